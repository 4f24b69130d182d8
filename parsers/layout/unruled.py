"""Tables that no rules draw, or only level ones: columns are told by how the figures stand under each other.

Prose is never taken for a table: rows of several words far apart must follow each other, and most of what
stands behind their first words must be figures. A page that has a ruled table is not searched.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations

from parsers.layout.lines import Line, words
from parsers.layout.page import Glyph, Page
from parsers.layout.rulings import Box, Frame

_FIGURE = re.compile(r"(?:[+\-−]|净?[增减]|增加|减少)?\d[\d,]*(?:\.\d+)?[元件条]?|[-—–―－/／\\]{1,2}|无")
_LEAST_ROWS = 2
_LEAST_FIGURES = 0.6
"""Share of the words behind each row's first that must be figures."""
_NEXT_ROW = 3.0
"""Rows of a table are no further apart than this many times their height."""
_PROSE = 0.55
"""A single word wider than this share of the page is a line of prose."""
_CENTRED = 0.08
_MOST_LABELS = 400
_COLUMN_GAP = 3.0
_HEADING = re.compile(r"[一二三四五六七八九十]{1,3}、.*(?:情况|事项|问题|附表)$|第二十一?条第")
"""A part's heading, or the title of a block of table 2: 第二十条第（五）项."""


@dataclass(frozen=True, slots=True)
class _Row:
    """Words that stand side by side. ``figures`` are those of them that a table's cell may hold."""

    words: tuple[Line, ...]

    @property
    def top(self) -> float:
        return min(w.top for w in self.words)

    @property
    def bottom(self) -> float:
        return max(w.bottom for w in self.words)

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def figures(self) -> tuple[Line, ...]:
        return tuple(w for w in self.words if _FIGURE.fullmatch(w.text.replace(" ", "")))


def frames(page: Page) -> list[Frame]:
    """The tables of a page without ruled ones, from top to bottom."""
    rows = [_Row(tuple(row)) for row in words(page.glyphs)]
    found = (_frame(page, run) for run in _runs(rows, page.width))
    return [frame for frame in found if frame is not None]


def _runs(rows: Sequence[_Row], width: float) -> Iterator[list[_Row]]:
    """Stretches of rows between lines of prose, headings and titles of blocks."""
    run: list[_Row] = []
    for row in rows:
        far = bool(run) and row.top - run[-1].bottom > _NEXT_ROW * row.words[0].height
        parts = _parts_tables(row, width)
        if (parts or far) and run:
            yield run
            run = []
        if not parts:
            run.append(row)
    if run:
        yield run


def _parts_tables(row: _Row, width: float) -> bool:
    """A line of prose, a heading, or a title in the page's middle: one word, and none of a table's row."""
    word = row.words[0]
    if len(row.words) > 1:
        return False
    centred = abs(word.left + word.right - width) < _CENTRED * width
    return word.right - word.left > _PROSE * width or centred or bool(_HEADING.match(word.text))


def _frame(page: Page, run: list[_Row]) -> Frame | None:
    bearing = [row for row in run if len(row.words) > 1 and row.figures]
    behind = [w for row in bearing for w in row.words[1:]]
    bare = all(row.figures == row.words for row in bearing)
    figures = [w for row in bearing for w in row.figures if bare or w is not row.words[0]]
    if not figures or len(figures) < _LEAST_FIGURES * len(behind):
        return None
    above = [row for row in run if row.bottom <= bearing[0].top]
    columns = _columns(figures)
    columns = _columns([*figures, *_over_blanks(columns, above)])
    if bare and not _is_headed(columns, above):
        return None
    if len(bearing) < _LEAST_ROWS and not (bare or any(len(r.words) == len(bearing[0].words) for r in above)):
        return None
    end = max(w.right for row in run for w in row.words if w.left < columns[-1][1])
    labels = [w for row in run for w in row.words if w.right <= columns[0][0]]
    if not bare and not any(w.right <= columns[0][0] for row in bearing for w in row.words):
        return None
    ys = _levels(run, bearing)
    glyphs = [g for g in page.glyphs if ys[0] <= g.middle <= ys[-1]]
    first = min(w.left for row in run for w in row.words) - 1
    inner = None if bare else _inner_side(labels)
    sides = _sides([] if bare else labels, columns, glyphs)
    xs = (first, *((inner,) if inner else ()), *sides, end + 1)
    boxes = tuple(_boxes(xs, ys, labels if inner else []))
    return Frame(page.number, xs, ys, boxes, open_top=False, open_bottom=False)


def _over_blanks(columns: Sequence[tuple[float, float]], above: Sequence[_Row]) -> list[Line]:
    """The words of a head under which no figure and no other word stands: that column is left blank."""
    heads = [w for row in above if len(row.words) > 1 for w in row.words[1:]]
    return [
        w
        for w in heads
        if not any(w.left < right and left < w.right for left, right in columns)
        and not any(w.bottom < other.bottom and _overlap(w, other) for other in heads)
    ]


def _overlap(a: Line, b: Line) -> bool:
    return a.left < b.right and b.left < a.right


def _is_headed(columns: Sequence[tuple[float, float]], above: Sequence[_Row]) -> bool:
    """Whether a word stands over each of several columns, as in table 4, which has no labels at its side."""
    heads = [w for row in above for w in row.words]
    return len(columns) > 1 and all(any(w.left < r and left < w.right for w in heads) for left, r in columns)


def _columns(figures: Sequence[Line]) -> list[tuple[float, float]]:
    """The stretches from left to right that figures stand in; those that overlap are one column."""
    columns: list[tuple[float, float]] = []
    for left, right in sorted((w.left, w.right) for w in figures):
        if columns and left < columns[-1][1] + _COLUMN_GAP:
            columns[-1] = (columns[-1][0], max(columns[-1][1], right))
        else:
            columns.append((left, right))
    return columns


def _sides(
    labels: Sequence[Line], columns: Sequence[tuple[float, float]], glyphs: Sequence[Glyph]
) -> tuple[float, ...]:
    """Where labels, if there are any, and columns of figures part; heads may reach further than figures."""
    outer = [_gap(max(w.right for w in labels), columns[0][0], glyphs)] if labels else []
    return (*outer, *(_gap(a[1], b[0], glyphs) for a, b in pairwise(columns)))


def _gap(left: float, right: float, glyphs: Iterable[Glyph]) -> float:
    """Where between two places the fewest characters stand; of several such stretches the widest's middle."""
    begin_or_end = Counter[float]()
    for glyph in glyphs:
        if left < glyph.right and glyph.left < right:
            begin_or_end[max(left, glyph.left)] += 1
            begin_or_end[min(right, glyph.right)] -= 1
    stretches: list[tuple[int, float, float]] = []
    standing = 0
    for here, following in pairwise(sorted({left, right, *begin_or_end})):
        standing += begin_or_end[here]
        stretches.append((standing, here - following, (here + following) / 2))
    return min(stretches)[2] if stretches else left


def _inner_side(labels: Sequence[Line]) -> float | None:
    """Between groups and rows: where two labels stand side by side most often and fewest reach across."""
    if len(labels) > _MOST_LABELS:
        return None
    pairs = [(a, b) for a, b in permutations(labels, 2) if a.right < b.left and _is_beside(a, b)]
    if len(pairs) < _LEAST_ROWS:
        return None
    places = [(a.right + b.left) / 2 for a, b in pairs]

    def worth(x: float) -> tuple[int, int]:
        return sum(a.right <= x <= b.left for a, b in pairs), -sum(w.left < x < w.right for w in labels)

    return max(places, key=worth)


def _is_beside(a: Line, b: Line) -> bool:
    return min(a.bottom, b.bottom) - max(a.top, b.top) > 0.3 * min(a.height, b.height)


def _levels(run: Sequence[_Row], bearing: Sequence[_Row]) -> tuple[float, ...]:
    """Where one row ends and the next begins: half way between rows that bear figures.

    A label of several lines stands around the figures of its row, so the half way keeps it together.
    """
    head = [row for row in run if row.bottom <= bearing[0].top and len(row.words) > 1]
    first = ((head[-1].bottom + bearing[0].top) / 2,) if head else ()
    between = ((a.middle + b.middle) / 2 for a, b in pairwise(bearing))
    return (run[0].top - 1, *first, *between, max(row.bottom for row in run) + 1)


def _boxes(xs: tuple[float, ...], ys: tuple[float, ...], labels: Sequence[Line]) -> Iterator[Box]:
    """A cell for each row and column. Of two columns of ``labels`` (of groups and of rows) a row in which
    none begins in the second has one cell for both, for no figure can stand there.
    """
    for row, (top, bottom) in enumerate(pairwise(ys)):
        mine = [w for w in labels if top <= (w.top + w.bottom) / 2 < bottom]
        across = bool(labels) and (
            all(w.left < xs[1] for w in mine) or any(w.left < xs[1] - 1 and xs[1] + 1 < w.right for w in mine)
        )
        if across:
            yield Box(0, row, 2, row + 1)
        for column in range(2 if across else 0, len(xs) - 1):
            yield Box(column, row, column + 1, row + 1)
