"""The text beside the tables: page furniture taken off, lines joined to paragraphs, tables put at their
places.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from parsers.characters import tidy
from parsers.document import Grid, Paragraph
from parsers.layout.lines import Line, lines
from parsers.layout.page import Page
from parsers.layout.paging import Locate, Ruled, is_page_number, locator

_DIGITS = re.compile(r"\d+")
_HEADING = re.compile(r"^[（(]?[一二三四五六七八九十]{1,3}[）)、.．]|^第[一二三四五六七八九十]+部分")
_WORD = re.compile(r"[!-~]+")
_EDGE = 2
"""So many lines at a page's top and bottom may be furniture."""
_CELL_PADDING = 6.0
_FULL = 2.2
"""A line is full when fewer than so many characters would still fit."""


@dataclass(frozen=True, slots=True)
class _Placed:
    """A line or a table's first part, and the height where it stands."""

    top: float
    item: Line | Grid


def blocks(
    pages: Sequence[Page], tables: Sequence[Ruled], locate: Locate = locator
) -> Iterator[Paragraph | Grid]:
    """Paragraphs and grids in reading order. A table that pages cut stands where it begins."""
    texts = _without_furniture([_free_lines(page, tables) for page in pages])
    pending = _Pending(locate)
    right = _right_edge(texts, tables)
    for page, page_lines in zip(pages, texts, strict=True):
        firsts = [t for t in tables if t.pieces[0].frame.page == page.number]
        placed = [_Placed(line.top, line) for line in page_lines]
        placed += [_Placed(t.pieces[0].frame.ys[0], t.grid) for t in firsts]
        left = min((line.left for line in page_lines), default=0.0)
        for spot in sorted(placed, key=lambda p: p.top):
            if isinstance(spot.item, Grid):
                yield from pending.end()
                yield spot.item
            else:
                yield from pending.take(spot.item, page.number, left, right)
    yield from pending.end()


def _right_edge(texts: list[list[Line]], tables: Sequence[Ruled]) -> float:
    """How far lines reach to the right, in the whole file."""
    ends = [line.right for page in texts for line in page]
    return max([*ends, *(p.frame.xs[-1] - _CELL_PADDING for t in tables for p in t.pieces)], default=0.0)


@dataclass(slots=True)
class _Pending:
    """The paragraph under way."""

    locate: Locate
    text: str = ""
    start: str = ""
    last: Line | None = None

    def take(self, line: Line, page: int, left: float, right: float) -> Iterator[Paragraph]:
        """Add a line; the paragraph before it comes out when the line starts another."""
        if self.text and not self._goes_on(line, left, right):
            yield from self.end()
        if not self.text:
            self.start = self.locate(page, line.left, line.top, line.right, line.bottom)
        gap = " " if self.text[-1:].isascii() and line.text[:1].isascii() and self.text else ""
        self.text += gap + line.text
        self.last = line

    def _goes_on(self, line: Line, left: float, right: float) -> bool:
        """A line goes on with a full one of its size, unless it is indented or numbered."""
        if self.last is None or _HEADING.match(line.text):
            return False
        if right - self.last.right >= _FULL * self.last.height + _unbroken(line):
            return False
        if abs(line.height - self.last.height) > 0.15 * self.last.height:
            return False
        return line.left - left < 1.2 * line.height

    def end(self) -> Iterator[Paragraph]:
        if self.text:
            yield Paragraph(tidy(self.text), self.start)
        self.text, self.last = "", None


def _unbroken(line: Line) -> float:
    """The width of the number or word that a line begins with: it went to this line whole."""
    begins = _WORD.match(line.text)
    return begins.end() * (line.right - line.left) / max(len(line.text), 1) if begins else 0.0


def _free_lines(page: Page, tables: Sequence[Ruled]) -> list[Line]:
    """Lines of the characters that stand in no table."""
    frames = [p.frame for t in tables for p in t.pieces if p.frame.page == page.number]
    free = [
        g
        for g in page.glyphs
        if not any(f.xs[0] <= g.centre <= f.xs[-1] and f.ys[0] <= g.middle <= f.ys[-1] for f in frames)
    ]
    return [line for line in lines(free) if line.text]


def _without_furniture(pages: list[list[Line]]) -> list[list[Line]]:
    """Drop page numbers, and lines that stand at the edge of most pages alike but for their numbers."""
    edges = Counter(shape for page in pages for shape in {_shape(line) for line in _at_edge(page)})
    repeated = {
        shape for shape, count in edges.items() if len(pages) > 1 and count >= max(2, 0.6 * len(pages))
    }
    return [[line for line in page if not _is_furniture(line, page, repeated)] for page in pages]


def _at_edge(page: list[Line]) -> list[Line]:
    return page[:_EDGE] + page[-_EDGE:]


def _shape(line: Line) -> str:
    return f"{_DIGITS.sub('#', line.text)}@{round(line.top / 4)}"


def _is_furniture(line: Line, page: list[Line], repeated: set[str]) -> bool:
    if not any(line is edge for edge in _at_edge(page)):
        return False
    return is_page_number(line.text) or _shape(line) in repeated
