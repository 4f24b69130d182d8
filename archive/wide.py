"""Figures wide: a row for each report, a column for each cell of the forms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import Any

from archive.asof import ask_as_of
from archive.catalogue.engine import Catalogue
from archive.exports.shape import cells
from archive.history.standing import NOW, Clocks
from archive.queries import Filter, Rows

OF_REPORT = (
    "report_id",
    "agency",
    "division_code",
    "year",
    "edition",
    "published_on",
    "status",
    "url",
    "sha256",
)
_OF_CELL = ("table_code", "row_code", "column_code", "value")


def wide_cells(keep: Filter) -> tuple[str, ...]:
    """``table/row/column`` of the cells of all editions that the filter keeps, in the order of the forms."""
    wanted = (keep.table, keep.row, keep.column)
    return tuple(
        cell
        for cell in cells()
        if all(want in (None, name) for want, name in zip(wanted, cell.split("/"), strict=True))
    )


@contextmanager
def ask_wide(catalogue: Catalogue, keep: Filter, clocks: Clocks = NOW) -> Iterator[Rows]:
    """A row for each report with such figures. A cell without number is None; ``facts`` tells its state."""
    shown = wide_cells(keep)
    with ask_as_of(catalogue, "facts", keep, clocks, (*OF_REPORT, *_OF_CELL)) as found:
        yield Rows((*OF_REPORT, *shown), _rows(found.rows, shown))


def _rows(facts: Iterable[Sequence[Any]], shown: Sequence[str]) -> Iterator[Sequence[Any]]:
    """A report's figures come one after the other, each with what is said of the report."""
    for head, cells_of in groupby(facts, key=lambda fact: tuple(fact[: len(OF_REPORT)])):
        values: dict[str, Any] = {}
        for *place, value in (fact[len(OF_REPORT) :] for fact in cells_of):
            values.setdefault("/".join(place), value)
        yield [*head, *(values.get(cell) for cell in shown)]
