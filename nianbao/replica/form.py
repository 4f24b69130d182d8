"""The statutory forms as this replica prints them, read from the label vocabulary of `parsers`."""

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True)
class Heading:
    """One row or column label of a form, with the group labels above it, outermost first."""

    code: str
    label: str
    under: tuple[str, ...] = ()


@dataclass(frozen=True)
class Block:
    """One item of Article 20 in the disclosure table."""

    article: str
    columns: tuple[Heading, ...]
    rows: tuple[Heading, ...]


@dataclass(frozen=True)
class Form:
    """One edition of the report form (2019 or 2021)."""

    edition: str
    source: str
    sections: tuple[str, ...]
    disclosure: tuple[Block, ...]
    note: str
    request_columns: tuple[Heading, ...]
    request_rows: tuple[Heading, ...]
    review_columns: tuple[Heading, ...]

    def cells(self) -> tuple[str, ...]:
        """The key `table/row/column` of every cell that holds a figure."""
        disclosure = [
            f"disclosure/{row.code}/{column.code}"
            for block in self.disclosure
            for row in block.rows
            for column in block.columns
        ]
        requests = [
            f"requests/{row.code}/{column.code}"
            for row in self.request_rows
            for column in self.request_columns
        ]
        review = [f"review/cases/{column.code}" for column in self.review_columns]
        return (*disclosure, *requests, *review)


def _headings(raw: list[dict[str, Any]]) -> tuple[Heading, ...]:
    return tuple(Heading(item["code"], item["label"], tuple(item.get("under", ()))) for item in raw)


@cache
def form(edition: str) -> Form:
    """The form of an edition that has the three statutory tables; KeyError for any other."""
    source = resources.files("parsers").joinpath("data/annual_report_forms.json")
    raw = json.loads(source.read_text(encoding="utf-8"))["editions"][edition]
    tables = raw["tables"]
    blocks = tables["disclosure"]["blocks"]
    return Form(
        edition=edition,
        source=raw["source"],
        sections=tuple(raw["sections"]),
        disclosure=tuple(Block(b["article"], _headings(b["columns"]), _headings(b["rows"])) for b in blocks),
        note=tables["requests"]["note"],
        request_columns=_headings(tables["requests"]["columns"]),
        request_rows=_headings(tables["requests"]["rows"]),
        review_columns=_headings(tables["review"]["columns"]),
    )
