"""A table of a page as a grid, its cells placed as browsers place them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache

from lxml import etree
from lxml.etree import _Element as Element

from parsers.characters import tidy
from parsers.document import Cell, Grid
from parsers.formats.html_markup import BLOCKS, CELLS, SKIPPED
from parsers.formats.html_paths import Paths
from parsers.outcomes import TooMuch

_GROUPS = frozenset(["tbody", "thead", "tfoot", "form", "center"])
_WITHIN_ROWS = frozenset(["form", "center", "span", "font", "tr"])
_PLAIN = frozenset(["p", "span", "div", "font", "b", "strong"])
_LINES = BLOCKS | {"br"}
_NUMBER = re.compile(r"\s*\+?(\d{1,6})")
_MOST_COLUMNS = 1000
"""The widest span that browsers take."""
_MOST_SPANNED = 1_000_000

_Placed = tuple[Element, str]
"""A cell and its locator."""


def lays_out(table: Element) -> bool:
    """Whether a table holds another one with more than a few cells, and so only lays out the page."""
    inner = (t for t in table.iter("table") if t is not table)
    return any(len(list(t.iter("td", "th"))) > 3 for t in inner)


def read_grid(table: Element, paths: Paths, hidden: frozenset[Element]) -> Grid:
    """Place the cells as a browser does: spans push later cells aside, a row's span ends with its table, and
    cells that are not shown are none.

    Raises :class:`~parsers.outcomes.TooMuch` for spans that no form has.
    """
    return _placed(list(_rows(table, paths, hidden)), hidden, paths.locator(table))


def read_rows(rows: Sequence[Element], paths: Paths, hidden: frozenset[Element]) -> Grid:
    """The same for rows that have lost their table."""
    placed = [_cells(row, paths) for row in rows if row not in hidden]
    return _placed(placed, hidden, paths.locator(rows[0]))


def _placed(rows: Sequence[Sequence[_Placed]], hidden: frozenset[Element], locator: str) -> Grid:
    busy: dict[int, int] = {}
    cells: list[Cell] = []
    spanned = width = 0
    for row, placed in enumerate(rows):
        column, left = 0, len(rows) - row
        for cell, path in placed:
            if cell in hidden:
                continue
            while busy and busy.get(column, 0) > row:
                column += 1
            wide, high = cell.get("colspan"), cell.get("rowspan")
            colspan = _span(wide, _MOST_COLUMNS) if wide else 1
            rowspan = _span(high, left, left) if high else 1
            cells.append(Cell(row, column, text_of(cell, hidden), path, rowspan, colspan))
            if rowspan > 1:
                spanned += rowspan + colspan
                busy.update(dict.fromkeys(range(column, column + colspan), row + rowspan))
                if spanned > _MOST_SPANNED:
                    raise TooMuch("a table whose cells span more than any form's")
            column += colspan
        width = max(width, column)
    return Grid(tuple(_without_empty_columns(cells, width)), locator)


def _rows(table: Element, paths: Paths, hidden: frozenset[Element]) -> Iterator[list[_Placed]]:
    """The rows of a table as lists of cells. Cells that stand in no row make one, as in browsers."""
    loose: list[_Placed] = []
    for child in table.iterchildren(etree.Element):
        if child.tag in CELLS:
            loose.append((child, paths.locator(child)))
            continue
        if loose:
            yield loose
            loose = []
        if child.tag == "tr":
            if child not in hidden:
                yield _cells(child, paths)
        elif child.tag in _GROUPS:
            yield from _rows(child, paths, hidden)
    if loose:
        yield loose


def _cells(row: Element, paths: Paths) -> list[_Placed]:
    """The cells of a row, also within forms and such that stand between."""
    cells: list[_Placed] = []
    for placed in paths.children(row):
        tag = placed[0].tag
        if tag in CELLS:
            cells.append(placed)
        elif tag in _WITHIN_ROWS:
            cells += _cells(placed[0], paths)
    return cells


def _span(stated: str, most: int, whole: int = 1) -> int:
    """A span as browsers read it: the digits it begins with; 0 means ``whole``, no number 1."""
    written = _NUMBER.match(stated)
    return min(int(written[1]) or whole, most) if written else 1


def _without_empty_columns(cells: list[Cell], width: int) -> list[Cell]:
    """The cells without the columns that none of them begins in: spans may be wider than their table."""
    starts = sorted({cell.column for cell in cells})
    if width == len(starts):
        return cells

    def kept(column: int) -> int:
        return bisect_left(starts, column)

    return [
        c._replace(column=kept(c.column), colspan=kept(c.column + c.colspan) - kept(c.column)) for c in cells
    ]


def text_of(cell: Element, hidden: frozenset[Element]) -> str:
    """The text of a cell or a caption; lines and blocks in it are parted by a space unless Han meets Han."""
    innermost = cell
    while count := len(innermost):
        text, child = innermost.text, innermost[0]
        if count > 1 or (text and not text.isspace()) or child.tag not in _PLAIN or child in hidden:
            break
        if (tail := child.tail) and not tail.isspace():
            break
        innermost = child
    else:
        return _tidied(innermost.text or "")
    return _text_of_parts(innermost, hidden)


_tidied = lru_cache(maxsize=4096)(tidy)


def _text_of_parts(cell: Element, hidden: frozenset[Element]) -> str:
    parts: list[str] = []
    todo: list[Element | str] = [cell]
    while todo:
        item = todo.pop()
        if isinstance(item, str):
            parts.append(item)
        elif (tag := item.tag) not in SKIPPED and isinstance(tag, str) and item not in hidden:
            if tag in _LINES:
                parts.append(" ")
                todo.append(" ")
            parts.append(item.text or "")
            for child in reversed(item):
                if tail := child.tail:
                    todo.append(tail)
                todo.append(child)
    return tidy("".join(parts))
