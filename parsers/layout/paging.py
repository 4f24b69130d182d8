"""Tables that pages cut, joined again.

Two frames are parts of one table when one ends its page, the other begins the next, and their outer edges
agree. Inner boundaries may differ: the joined table has them all. A row that neither page closes is one row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat

from parsers.characters import tidy
from parsers.document import Cell, Grid, Reading
from parsers.layout import unruled
from parsers.layout.lines import joined, lines
from parsers.layout.page import Glyph, Page
from parsers.layout.rulings import SNAP, Box, Frame, frames

_SAME_EDGE = 4.0
_PROSE = 40
"""A frame of one column whose cells hold more than this is text in a drawn grid, not a table's row."""


Locate = Callable[[int, float, float, float, float], str]
"""Page and box to a locator."""


def locator(page: int, left: float, top: float, right: float, bottom: float) -> str:
    """Where something stands: page from 1; left, top, right, bottom in points from the page's top left."""
    return f"pdf:p{page}:{left:.1f},{top:.1f},{right:.1f},{bottom:.1f}"


@dataclass(frozen=True, slots=True)
class Piece:
    """A table's part on one page: its frame, and the text of each box; for a picture, its readings too."""

    frame: Frame
    texts: tuple[str, ...]
    readings: tuple[tuple[Reading, ...], ...] = ()

    def cells(self) -> Iterator[tuple[Box, str, tuple[Reading, ...]]]:
        return zip(self.frame.boxes, self.texts, self.readings or repeat(()), strict=False)


@dataclass(frozen=True, slots=True)
class Ruled:
    """A whole table: its pieces in order, and the grid that they are."""

    pieces: tuple[Piece, ...]
    grid: Grid


def pieces(page: Page) -> list[Piece]:
    """The tables' parts that a page's rules and characters make."""
    ruled = frames(page)
    if not any(frame.columns > 1 for frame in ruled):
        ruled = unruled.frames(page)
    return [_piece(page, frame) for frame in ruled]


def _piece(page: Page, frame: Frame) -> Piece:
    """Put the page's characters into the frame's boxes, by their centres."""
    held: list[list[Glyph]] = [[] for _ in frame.boxes]
    at = {
        (r, c): i
        for i, b in enumerate(frame.boxes)
        for r in range(b.top, b.bottom)
        for c in range(b.left, b.right)
    }
    for glyph in page.glyphs:
        row, column = _between(frame.ys, glyph.middle), _between(frame.xs, glyph.centre)
        if row is not None and column is not None:
            held[at[row, column]].append(glyph)
    texts = (
        joined(lines(h), frame.xs[b.left], frame.xs[b.right]) for h, b in zip(held, frame.boxes, strict=True)
    )
    return Piece(frame, tuple(texts))


def _between(boundaries: tuple[float, ...], position: float) -> int | None:
    """The index of the space that a position lies in."""
    if not boundaries[0] <= position <= boundaries[-1]:
        return None
    for index in range(len(boundaries) - 1):
        if position <= boundaries[index + 1]:
            return index
    return None


def join(
    pages: Sequence[Page], read: Callable[[Page], list[Piece]] = pieces, locate: Locate = locator
) -> list[Ruled]:
    """All tables of a file, in reading order. Frames of one column are no tables and are left out.

    ``read`` gives the pieces of a page, ``locate`` a locator for a page and a box.
    """
    chains: list[list[Piece]] = []
    last: list[Piece] | None = None
    for page in pages:
        found = read(page)
        for index, piece in enumerate(found):
            begins = index == 0 and not _text_outside(page, 0, piece.frame.ys[0])
            if last is not None and begins and _continues(last[-1], piece):
                last.append(piece)
            else:
                chains.append([piece])
            last = None
        if found and not _text_outside(page, found[-1].frame.ys[-1], page.height):
            last = next(c for c in chains if c[-1] is found[-1])
    tables = [chain for chain in chains if max(p.frame.columns for p in chain) > 1]
    return [Ruled(tuple(chain), _grid(chain, locate)) for chain in tables]


def is_page_number(text: str) -> bool:
    """Whether a line is a page's number: ``- 3 -``, ``第 3 页 共 5 页``, ``3/5``."""
    bare = text.replace(" ", "").strip("-—–―－·")
    if bare.startswith("第") and "页" in bare:
        bare = "".join(c for c in bare if c not in "第页共,，/")
    return bool(bare) and len(bare) <= 7 and all(c.isdigit() or c == "/" for c in bare)


def _text_outside(page: Page, top: float, bottom: float) -> bool:
    """Whether more than furniture stands between two heights: the margins' outer part is not looked at."""
    beside = [g for g in page.glyphs if top < g.middle < bottom and g.text.strip()]
    margin = 0.045 * page.height
    found = (line for line in lines(beside) if margin < (line.top + line.bottom) / 2 < page.height - margin)
    return any(not is_page_number(line.text) for line in found)


def _continues(above: Piece, below: Piece) -> bool:
    a, b = above.frame, below.frame
    if abs(a.xs[0] - b.xs[0]) > _SAME_EDGE or abs(a.xs[-1] - b.xs[-1]) > _SAME_EDGE:
        return False
    return not any(p.frame.columns == 1 and any(len(t) > _PROSE for t in p.texts) for p in (above, below))


@dataclass(slots=True)
class _Placed:
    """A cell under way: boundaries in the joined table, text, and where it stands."""

    top: int
    bottom: int
    left: int
    right: int
    text: str
    locator: str
    readings: tuple[Reading, ...]


def _grid(chain: list[Piece], locate: Locate) -> Grid:
    xs = _union(chain)
    placed: list[_Placed] = []
    offset = 0
    for index, piece in enumerate(chain):
        cells = list(_place(piece, xs, offset, locate))
        if index and (
            (piece.frame.open_top and chain[index - 1].frame.open_bottom)
            and _halves(placed, cells, offset)
            or _is_rest_of_row(placed, cells, offset)
        ):
            cells = _join_halves(placed, cells, offset)
            offset -= 1
        placed += cells
        offset += len(piece.frame.ys) - 1
    placed.sort(key=lambda c: (c.top, c.left))
    first = chain[0].frame
    return Grid(
        tuple(
            Cell(c.top, c.left, tidy(c.text), c.locator, c.bottom - c.top, c.right - c.left, c.readings)
            for c in placed
        ),
        locate(first.page, first.xs[0], first.ys[0], first.xs[-1], first.ys[-1]),
    )


def _union(chain: Iterable[Piece]) -> list[float]:
    """All pieces' column boundaries; those nearer than the tolerance are one."""
    merged: list[float] = []
    for x in sorted(x for piece in chain for x in piece.frame.xs):
        if not merged or x - merged[-1] > SNAP + 1:
            merged.append(x)
    return merged


def _place(piece: Piece, xs: list[float], offset: int, locate: Locate) -> Iterator[_Placed]:
    frame = piece.frame
    index = [min(range(len(xs)), key=lambda i: abs(xs[i] - x)) for x in frame.xs]
    index[0], index[-1] = 0, len(xs) - 1
    for box, text, readings in piece.cells():
        spot = locate(
            frame.page, frame.xs[box.left], frame.ys[box.top], frame.xs[box.right], frame.ys[box.bottom]
        )
        top, bottom, left, right = box.top + offset, box.bottom + offset, index[box.left], index[box.right]
        yield _Placed(top, bottom, left, right, text, spot, readings)


def _halves(above: list[_Placed], below: list[_Placed], offset: int) -> bool:
    """Whether two open rows are halves of one: no number stands in both at the same place."""
    return not any(
        a.text and b.text and a.text[-1].isdigit() and b.text[0].isdigit()
        for a, b in _facing(above, below, offset)
    )


def _is_rest_of_row(above: list[_Placed], below: list[_Placed], offset: int) -> bool:
    """Whether a row that its page closed goes on: a remark that it opens is ended, or only digits are left.

    A row without a label that has digits under digits alone is no row of its own.
    """
    facing = _facing(above, below, offset)
    if any(_unclosed(a.text) > 0 > _unclosed(b.text) for a, b in facing):
        return True
    written = [b for b in below if b.top == offset and b.text]
    under = [b for a, b in facing if b.text.isdecimal() and a.text[-1:].isdecimal()]
    labelled = any(a.text and not a.text[-1].isdecimal() for a, _ in facing)
    return bool(written) and labelled and len(under) == len(written)


def _unclosed(text: str) -> int:
    """Brackets opened less brackets closed."""
    return sum((c in "（(") - (c in "）)") for c in text)


def _facing(above: list[_Placed], below: list[_Placed], offset: int) -> list[tuple[_Placed, _Placed]]:
    lower = [c for c in below if c.top == offset]
    return [
        (a, b) for a in above if a.bottom == offset for b in lower if a.left == b.left and a.right == b.right
    ]


def _join_halves(above: list[_Placed], below: list[_Placed], offset: int) -> list[_Placed]:
    """Put the lower halves into the upper ones; what faces no single cell keeps its own place in that row."""
    joined_cells: set[int] = set()
    for a, b in _facing(above, below, offset):
        if b.text and not a.text:
            a.locator, a.readings = b.locator, b.readings
        number = a.text[-1:].isdecimal() and b.text[:1].isdecimal()
        a.text = tidy(f"{a.text}{'' if number else ' '}{b.text}") if a.text and b.text else a.text or b.text
        a.bottom = b.bottom - 1
        joined_cells.add(id(b))
    kept = [c for c in below if id(c) not in joined_cells]
    for cell in kept:
        cell.top, cell.bottom = max(cell.top - 1, 0), max(cell.bottom - 1, 1)
    return kept
