"""The rows of a document's grids, in reading order, as the readers of forms walk over them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from parsers.document import Cell, Grid
from parsers.forms.values import looks_like_value

_COLUMN = attrgetter("column")


class Row(NamedTuple):
    """One row of a grid. ``table`` numbers the grid from 0.

    ``cells`` is every cell that covers the row, from left to right; ``own`` those that start in it, so that a
    group's cell that only reaches into it is left out; ``labels`` those of its own that hold words; ``text``
    is what its own say together.
    """

    table: int
    cells: tuple[Cell, ...]
    own: tuple[Cell, ...]
    labels: tuple[Cell, ...]
    text: str


def grid_rows(grid: Grid, table: int) -> Iterator[Row]:
    """The rows of one grid; rows without any cell are left out."""
    covering = defaultdict[int, list[Cell]](list)
    for cell in grid.cells:
        covering[cell.row].append(cell)
        if cell.rowspan > 1:
            for row in range(cell.row + 1, cell.row + cell.rowspan):
                covering[row].append(cell)
    for index in sorted(covering):
        cells = sorted(covering[index], key=_COLUMN)
        own = [c for c in cells if c.row == index]
        labels = [c for c in own if not looks_like_value(c.text)]
        text = "".join([c.text for c in own])
        yield Row(table, tuple(cells), tuple(own), tuple(labels), text)


def all_rows(grids: Iterable[Grid]) -> tuple[Row, ...]:
    """The rows of all grids, one after the other."""
    return tuple(row for table, grid in enumerate(grids) for row in grid_rows(grid, table))


def without_columns(row: Row, columns: Collection[int]) -> Row:
    """The row without the cells that stand in one of these columns alone."""
    if not columns:
        return row
    cells, own, labels = (
        tuple([c for c in part if c.colspan > 1 or c.column not in columns])
        for part in (row.cells, row.own, row.labels)
    )
    return Row(row.table, cells, own, labels, "".join([c.text for c in own]))


def values_after(
    row: Row, label: Cell, columns: tuple[tuple[int, int], ...], wanted: int
) -> tuple[Cell, ...] | None:
    """The row's ``wanted`` value cells, left to right; None where which is which cannot be told.

    The values are the cells behind the row's label. Where their number is off, the columns of the head
    (``columns``: first column and width of each) decide if the row fits them; else blank cells that
    pad the row on one side are dropped. A row that lost its group's cell is thus read from the right.
    """
    cells = behind(row, label)
    if len(cells) == wanted:
        return cells
    by_head = _under_head(cells, columns)
    if by_head and len(by_head) == wanted:
        return by_head
    return _without_padding(cells, wanted)


def _under_head(cells: tuple[Cell, ...], columns: tuple[tuple[int, int], ...]) -> tuple[Cell, ...] | None:
    """The cells that stand exactly under the head's columns, if no number is written beside them: behind them
    only words may stand, as in a column of remarks.
    """
    at = {c.column: c for c in cells}
    if not columns or any(c.text and c.column < columns[0][0] for c in cells):
        return None
    end = columns[-1][0] + columns[-1][1]
    if any(c.text and c.column >= end and looks_like_value(c.text) for c in cells):
        return None
    found = [at.get(first) for first, _ in columns]
    complete = tuple(c for c in found if c is not None)
    return complete if len(complete) == len(columns) else None


def behind(row: Row, label: Cell) -> tuple[Cell, ...]:
    """All cells of the row to the right of its label."""
    column = label.column
    return tuple([c for c in row.cells if c.column > column])


def _without_padding(cells: tuple[Cell, ...], wanted: int) -> tuple[Cell, ...] | None:
    """Drop the blank cells on both sides, where what is left can only be the values."""
    written = [i for i, c in enumerate(cells) if c.text]
    if len(cells) <= wanted or not written:
        return None
    first, last = written[0], written[-1]
    if last - first + 1 == wanted:
        return cells[first : last + 1]
    if first == 0 and last < wanted:
        return cells[:wanted]
    if last == len(cells) - 1 and first >= len(cells) - wanted:
        return cells[-wanted:]
    return None


def ascending(columns: Iterable[tuple[int, int]]) -> bool:
    """Whether the columns stand side by side in order, none overlapping the next."""
    return all(a[0] + a[1] <= b[0] for a, b in pairwise(columns))
