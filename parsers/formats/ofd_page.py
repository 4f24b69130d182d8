"""One page of an OFD: its text objects as characters, its paths as rules.

An object has a boundary on the page and draws within it, through a matrix where it has one. Lengths in the
file are millimetres; pages are measured in points, as everywhere here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml.etree import _Element as Element

from parsers.characters import mend
from parsers.formats.xml_parts import children, tag
from parsers.layout.page import Glyph, Page
from parsers.layout.strokes import Point, draw
from parsers.outcomes import TooMuch

POINTS_A_MM = 72 / 25.4
MOST_CHARACTERS = 200_000
_DEEPEST = 30
_NARROW = 0.5
"""Width of a letter or digit whose advance is not stated, by its height."""
_PEN = 0.353
"""Millimetres of a line whose width is not stated (GB/T 33190, table of the graphic unit)."""
_CONTAINERS = frozenset(["Content", "Layer", "PageBlock"])
_OPERANDS = {"M": 2, "S": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}
_PATH = re.compile(r"[A-Za-z]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where an object draws: its boundary's corner, and its matrix."""

    left: float
    top: float
    matrix: tuple[float, ...] = (1, 0, 0, 1, 0, 0)

    def at(self, x: float, y: float) -> Point:
        """A point of the object on the page, in points."""
        a, b, c, d, e, f = self.matrix
        across, down = a * x + c * y + e + self.left, b * x + d * y + f + self.top
        return across * POINTS_A_MM, down * POINTS_A_MM


def draw_content(page: Page, parent: Element, depth: int = 0) -> None:
    """Put what a page's content, or a template's, draws on the page."""
    if depth > _DEEPEST:
        raise TooMuch(f"contents more than {_DEEPEST} deep")
    for element in parent:
        name = tag(element)
        if name == "TextObject":
            _text(page, element)
        elif name == "PathObject":
            _path(page, element)
        elif name in _CONTAINERS:
            draw_content(page, element, depth + 1)


def numbers(written: str | None) -> list[float]:
    """The numbers of a list; none where something else stands in it."""
    try:
        found = [float(part) for part in (written or "").split()]
    except ValueError:
        return []
    return found if all(map(math.isfinite, found)) else []


def _frame(element: Element) -> _Frame | None:
    boundary, matrix = numbers(element.get("Boundary")), numbers(element.get("CTM"))
    if len(boundary) != 4 or element.get("Visible") == "false":
        return None
    if len(matrix) == 6:
        return _Frame(boundary[0], boundary[1], tuple(matrix))
    return _Frame(boundary[0], boundary[1])


def _text(page: Page, element: Element) -> None:
    frame, size = _frame(element), numbers(element.get("Size"))
    if frame is None or len(size) != 1:
        return
    scale = (numbers(element.get("HScale")) or [1.0])[0]
    x = y = 0.0
    for code in children(element, "TextCode"):
        x, y = (numbers(code.get("X")) or [x])[0], (numbers(code.get("Y")) or [y])[0]
        text = code.text or ""
        if len(page.glyphs) + len(text) > MOST_CHARACTERS:
            raise TooMuch(f"more than {MOST_CHARACTERS} characters on a page")
        across = steps(code.get("DeltaX"), len(text))
        down = steps(code.get("DeltaY"), len(text))
        for index, character in enumerate(text):
            width = size[0] * scale * (_NARROW if character.isascii() else 1)
            _glyph(page, frame, character, x, y, width, size[0])
            x += across[index] if index < len(across) else 0.0 if down else width
            y += down[index] if index < len(down) else 0.0


def steps(written: str | None, most: int) -> list[float]:
    """The way from each character to the next: numbers, or ``g 5 4.2`` for five times 4.2."""
    found: list[float] = []
    parts = (written or "").split()
    at = 0
    while at < len(parts) and len(found) < most:
        if parts[at] == "g":
            count, step = numbers(" ".join(parts[at + 1 : at + 2])), numbers(" ".join(parts[at + 2 : at + 3]))
            found += step * min(int(count[0]) if count else 0, most)
            at += 3
        else:
            found += numbers(parts[at])
            at += 1
    return found[:most]


def _glyph(page: Page, frame: _Frame, character: str, x: float, y: float, width: float, size: float) -> None:
    corners = [frame.at(x, y - 0.8 * size), frame.at(x + width, y + 0.2 * size)]
    (x0, y0), (x1, y1) = corners
    page.glyphs.append(Glyph(mend(character), min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)))


def _path(page: Page, element: Element) -> None:
    frame = _frame(element)
    data = next(children(element, "AbbreviatedData"), None)
    if frame is None or data is None:
        return
    stroked, filled = element.get("Stroke", "true") == "true", element.get("Fill", "false") == "true"
    if stroked or filled:
        pen = next(iter(numbers(element.get("LineWidth"))), _PEN) * POINTS_A_MM if stroked else 0.0
        for corners in subpaths(data.text or ""):
            draw(page, [frame.at(x, y) for x, y in corners], stroked, pen)


def subpaths(data: str) -> list[Sequence[Point]]:
    """The corners of each part of a path; a curve counts by its end."""
    parts: list[list[Point]] = []
    for operator, operands in _operations(data):
        if operator in "MS":
            parts.append([(operands[0], operands[1])])
        elif operator == "C" and parts:
            parts[-1].append(parts[-1][0])
        elif parts and operands:
            parts[-1].append((operands[-2], operands[-1]))
    return [part for part in parts if len(part) > 1]


def _operations(data: str) -> Iterator[tuple[str, list[float]]]:
    operator, operands = "", list[float]()
    for part in _PATH.findall(data):
        if part.isalpha():
            if operator and len(operands) == _OPERANDS.get(operator, -1):
                yield operator, operands
            operator, operands = part, []
        else:
            operands.append(float(part))
    if operator and len(operands) == _OPERANDS.get(operator, -1):
        yield operator, operands
