"""Rows of a Word table, as DOC and DOCX keep them, into a grid.

A row is a list of cells with the columns that they cover. Word keeps a column for every edge that any row
has, also for those a hair apart that hands drew: such ghost columns are merged away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from parsers.document import Cell, Grid

GHOST = 120
"""Columns narrower than so many twips (a twentieth of a point) hold no text, where the widths are true."""


@dataclass(frozen=True, slots=True)
class WordCell:
    """A cell from column ``left`` to ``right``; ``continues`` when it is merged with the one above."""

    left: int
    right: int
    text: str
    locator: str
    continues: bool = False


@dataclass(slots=True)
class _Open:
    """A placed cell that further rows may lengthen."""

    row: int
    left: int
    right: int
    text: str
    locator: str
    bottom: int


def word_grid(rows: Sequence[Sequence[WordCell]], boundaries: Sequence[int], locator: str) -> Grid:
    """The grid of the rows; ``boundaries`` are the columns' edges in twips, empty when they are unknown."""
    placed: list[_Open] = []
    above: list[_Open] = []
    index = _merged(boundaries)
    if any(cell.text and _at(index, cell.right) <= _at(index, cell.left) for row in rows for cell in row):
        index = []  # widths that are no widths: a column with text in it is none of hands that drew
    for number, row in enumerate(rows):
        current: list[_Open] = []
        for cell in row:
            left, right = _at(index, cell.left), _at(index, cell.right)
            if right <= left and not cell.text:
                continue
            upper = _above(above, left, right) if cell.continues else None
            if upper is not None:
                upper.bottom = number + 1
                current.append(upper)
                continue
            opened = _Open(number, left, max(right, left + 1), cell.text, cell.locator, number + 1)
            placed.append(opened)
            current.append(opened)
        above = current
    return Grid(
        tuple(Cell(o.row, o.left, o.text, o.locator, o.bottom - o.row, o.right - o.left) for o in placed),
        locator,
    )


def _above(above: list[_Open], left: int, right: int) -> _Open | None:
    """The cell of the row above that this one continues: the same columns, else the same left edge."""
    same = [o for o in above if o.left == left]
    return next((o for o in same if o.right == right), same[0] if same else None)


def _merged(boundaries: Sequence[int]) -> list[int]:
    """For each boundary the number of the merged one; boundaries nearer than a ghost column are one."""
    index: list[int] = []
    last = None
    for position in boundaries:
        if last is None or position - last >= GHOST:
            index.append(index[-1] + 1 if index else 0)
            last = position
        else:
            index.append(index[-1])
    return index


def _at(index: Sequence[int], column: int) -> int:
    if not index:
        return column
    return index[column] if column < len(index) else index[-1] + column - len(index) + 1
