"""Characters into lines of text, by where they stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from parsers.characters import raised, tidy
from parsers.layout.page import Glyph

_NOT_TOLD = "\ufffd"
"""Stands between digits that are printed over each other."""
_APART = 0.9
"""A gap wider than this many heights parts two words of a table."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text and its box, in points from the page's top left."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        return self.bottom - self.top


def lines(glyphs: Iterable[Glyph]) -> list[Line]:
    """Lines from top to bottom; characters whose middles are within half their height share a line."""
    return [_line(row) for row in _rows(glyphs)]


def words(glyphs: Iterable[Glyph]) -> list[list[Line]]:
    """The same line by line, each in the parts that stand clearly apart, from left to right."""
    return [[_line(part) for part in _apart(row)] for row in _rows(glyphs)]


def _apart(row: Sequence[Glyph]) -> list[list[Glyph]]:
    parts: list[list[Glyph]] = []
    for glyph in row:
        if parts and glyph.left - parts[-1][-1].right <= _APART * (glyph.bottom - glyph.top):
            parts[-1].append(glyph)
        else:
            parts.append([glyph])
    return parts


def _rows(glyphs: Iterable[Glyph]) -> list[list[Glyph]]:
    rows: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda g: g.middle):
        if not glyph.text.strip():
            continue
        if (
            rows
            and glyph.middle - rows[-1][-1].middle < 0.35 * (glyph.bottom - glyph.top)
            and _beside(rows[-1], glyph)
        ):
            rows[-1].append(glyph)
        else:
            rows.append([glyph])
    return [sorted(row, key=lambda g: g.left) for row in rows]


def _beside(row: Sequence[Glyph], glyph: Glyph) -> bool:
    return abs(glyph.middle - row[0].middle) < 0.6 * max(glyph.bottom - glyph.top, 1)


def _line(row: Sequence[Glyph]) -> Line:
    parts: list[str] = []
    last: Glyph | None = None
    number: Glyph | None = None
    for glyph in row:
        if last is not None:
            if _is_shadow(last, glyph):
                continue
            if glyph.left - last.right > 0.22 * (glyph.bottom - glyph.top):
                parts.append(" ")
            elif _is_over(last, glyph):
                parts.append(_NOT_TOLD)
        if number is not None and glyph.text.isdigit() and _is_raised(number, glyph):
            parts.append(raised(glyph.text))
        else:
            parts.append(glyph.text)
            number = glyph if glyph.text.isdigit() else None
        last = glyph
    return Line(
        tidy("".join(parts)),
        row[0].left,
        min(g.top for g in row),
        max(g.right for g in row),
        max(g.bottom for g in row),
    )


def _is_shadow(last: Glyph, glyph: Glyph) -> bool:
    """The same character printed again a hair's breadth away, as some writers make bold."""
    return glyph.text == last.text and abs(glyph.left - last.left) < 0.15 * max(last.right - last.left, 1)


def _is_over(last: Glyph, glyph: Glyph) -> bool:
    """Whether a digit is printed over another, so that no eye tells the number: nearer than digits of any
    font stand, and over more than a third of its box (which is too wide where a font does not say widths).
    """
    near = min(0.3 * (last.bottom - last.top), 0.6 * (last.right - last.left))
    return last.text.isdigit() and glyph.text.isdigit() and glyph.left - last.left < near


def _is_raised(number: Glyph, glyph: Glyph) -> bool:
    """Whether a digit is a note's mark behind a number: smaller than its digits, its foot above theirs."""
    height = number.bottom - number.top
    return glyph.bottom - glyph.top < 0.8 * height and number.bottom - glyph.bottom > 0.1 * height


def joined(rows: Sequence[Line], left: float, right: float) -> str:
    """The lines of one cell as its text. A number goes on in the next line only if the first one is full.

    ``left`` and ``right`` are the cell's sides: a line is full when no further character would fit.
    """
    text = ""
    for index, line in enumerate(rows):
        if text and text[-1].isascii() and line.text[:1].isascii():
            above = rows[index - 1]
            room = (right - left) - (above.right - above.left)
            text += "" if _goes_on(text, line.text) and room < 1.5 * above.height else " "
        text += line.text
    return tidy(text)


def _goes_on(text: str, following: str) -> bool:
    return (text[-1].isdigit() or text[-1] in ".,") and (following[0].isdigit() or following[0] in ".,")
