"""Figures wide: a row for each report, a column for each cell of the forms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from operator import itemgetter
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
_KEY = ("report_id", "agency", "division_code", "year", "sha256")
"""What a report is known by: under the clocks one may have no number."""


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
    with ask_as_of(catalogue, "reports", keep, clocks) as found:
        key, head = _taking(found, _KEY), _taking(found, OF_REPORT)
        heads = {key(row): head(row) for row in found.rows}
    with ask_as_of(catalogue, "facts", keep, clocks) as found:
        yield Rows((*OF_REPORT, *shown), _rows(heads, found, shown))


def _rows(heads: dict[Any, Any], found: Rows, shown: Sequence[str]) -> Iterator[Sequence[Any]]:
    place, value = _taking(found, ("table_code", "row_code", "column_code")), found.columns.index("value")
    for key, facts in groupby(found.rows, key=_taking(found, _KEY)):
        values: dict[str, Any] = {}
        for fact in facts:
            values.setdefault("/".join(place(fact)), fact[value])
        if key in heads:
            yield [*heads[key], *(values.get(cell) for cell in shown)]


def _taking(found: Rows, names: Sequence[str]) -> itemgetter[Any]:
    return itemgetter(*(found.columns.index(name) for name in names))
