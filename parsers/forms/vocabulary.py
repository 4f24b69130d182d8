"""The statutory forms' rows and columns, from ``data/annual_report_forms.json``.

Editions: ``2021`` (国办公开办函〔2021〕30号), ``2019`` (国办公开办函〔2019〕60号) and ``2014``, the
statistics
annex (政府信息公开情况统计表) of the reports for 2014 to 2018.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Label:
    """A row or column: its code, its printed label, the labels it stands under, its unit if the form names
    one.
    """

    code: str
    label: str
    under: tuple[str, ...] = ()
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """Rows that share columns. ``article`` is the provision of the Regulation that the block reports on."""

    rows: tuple[Label, ...]
    columns: tuple[Label, ...]
    article: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One table of one edition."""

    code: str
    edition: str
    blocks: tuple[Block, ...]

    def rows(self) -> tuple[Label, ...]:
        return tuple(row for block in self.blocks for row in block.rows)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All tables of all editions, and the headings that the forms prescribe."""

    tables: tuple[Table, ...]
    headings: tuple[str, ...]

    def table(self, code: str, edition: str) -> Table:
        return next(t for t in self.tables if t.code == code and t.edition == edition)


def _label(entry: dict[str, Any]) -> Label:
    under = entry.get("under", ())
    return Label(
        entry["code"],
        entry["label"],
        (under,) if isinstance(under, str) else tuple(under),
        entry.get("unit", ""),
    )


def _block(entry: dict[str, Any]) -> Block:
    return Block(
        tuple(map(_label, entry["rows"])), tuple(map(_label, entry["columns"])), entry.get("article", "")
    )


def _table(code: str, edition: str, entry: dict[str, Any]) -> Table:
    return Table(code, edition, tuple(map(_block, entry.get("blocks", [entry]))))


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary, read once a process."""
    data = json.loads((files("parsers") / "data" / "annual_report_forms.json").read_text("utf-8"))
    tables = [
        _table(code, edition, entry)
        for edition, content in data["editions"].items()
        for code, entry in content["tables"].items()
    ]
    headings = [h for content in data["editions"].values() for h in content.get("sections", [])]
    return Vocabulary(tuple(tables), tuple(dict.fromkeys(headings)))
