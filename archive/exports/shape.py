"""What the exported tables hold: the type and meaning of each column, and the names of the forms' codes."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from parsers.forms.vocabulary import vocabulary

VIEWS = ("reports", "facts", "sections", "checks", "changes", "coverage")
"""The views that are exported, besides the wide table of figures."""
WIDE = "facts_wide"

_INTEGERS = frozenset(
    ("report_id", "year", "ordinal", "passed", "change_id", "run_id", "versions", "late", "flicker",
     "correction_id", "capture_id", "size", "warc_offset", "fetched", "new", "changed", "unchanged", "gone",
     "failed", "blocked")
)  # fmt: skip
_NUMBERS = frozenset(("value", "expected", "actual", "read_value"))


class Kind(StrEnum):
    """The type of a column."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Meaning:
    """One column of one table."""

    table: str
    column: str
    type: Kind
    meaning: str


@dataclass(frozen=True, slots=True)
class Code:
    """A row or column of a form: its code and the words printed."""

    edition: str
    table_code: str
    place: str
    code: str
    label: str


def kind_of(column: str) -> Kind:
    if column in _INTEGERS:
        return Kind.INTEGER
    return Kind.NUMBER if column in _NUMBERS or "/" in column else Kind.TEXT


@cache
def meanings() -> dict[str, dict[str, str]]:
    """What each column of each view means; ``about`` is the view itself."""
    text = (files("archive") / "catalogue" / "view_columns.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def dictionary(columns: dict[str, tuple[str, ...]]) -> Iterator[Meaning]:
    """The meaning of each exported column."""
    for table, names in columns.items():
        for name in names:
            said = meanings().get("facts" if table == WIDE and "/" in name else table, {}).get(name, "")
            if table == WIDE:
                said = f"The figure {name}." if "/" in name else meanings()["reports"].get(name, "")
            yield Meaning(table, name, kind_of(name), said)


def codes() -> Iterator[Code]:
    """Every code of the forms with its printed words."""
    for table in vocabulary().tables:
        for block in table.blocks:
            for place, labels in (("row", block.rows), ("column", block.columns)):
                for label in labels:
                    yield Code(table.edition, table.code, place, label.code, label.label)


@cache
def cells() -> tuple[str, ...]:
    """``table/row/column`` of every cell of every edition, in the order of the forms."""
    found = (
        f"{table.code}/{row.code}/{column.code}"
        for table in vocabulary().tables
        for block in table.blocks
        for row in block.rows
        for column in block.columns
    )
    return tuple(dict.fromkeys(found))
