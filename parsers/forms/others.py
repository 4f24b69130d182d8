"""Tables that fit no form: kept cell by cell, as ``other.N`` with rows ``rI`` and columns ``cJ`` from 1.

A cell of words has the state ``unreadable``, for it holds no number; its text is in ``raw``.
"""

from __future__ import annotations

from collections.abc import Sequence

from parsers.document import Grid
from parsers.forms import facts
from parsers.report import Fact

_LEAST = 2
_MOST_CELLS = 5000
"""Of a table with more cells the first so many are kept: a database dump is not a report's table."""


def read(grids: Sequence[Grid], taken: frozenset[int]) -> tuple[Fact, ...]:
    """The cells of every grid that no form has taken."""
    kept = [g for i, g in enumerate(grids) if i not in taken and _is_table(g)]
    return tuple(
        facts.from_cell(f"other.{number}", f"r{cell.row + 1}", f"c{cell.column + 1}", cell)
        for number, grid in enumerate(kept, 1)
        for cell in grid.cells[:_MOST_CELLS]
    )


def _is_table(grid: Grid) -> bool:
    """Two rows and two columns at least, and something in more than one cell of it."""
    written = sum(bool(c.text) for c in grid.cells)
    return grid.height >= _LEAST and grid.width >= _LEAST and written > _LEAST
