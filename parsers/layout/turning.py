"""Pages whose writing runs up, down or upside down, turned so that it runs to the right."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from enum import Enum
from typing import Final

from parsers.layout.page import Back, Glyph, Page, Rule

_SLANT = math.tan(math.radians(5))
"""A page that was scanned askew runs up or down by less."""
_MOST = 0.6
"""Share of a page's characters that must run the same other way; a stamp or a margin's note turns no page."""


class Way(Enum):
    """Where writing runs."""

    RIGHT = "right"
    UP = "up"
    LEFT = "left"
    DOWN = "down"


def is_slanted(a: float, b: float) -> bool:
    """Whether writing whose matrix begins with these numbers runs across the page, as a watermark does."""
    smaller, larger = sorted((abs(a), abs(b)))
    return smaller > _SLANT * larger


def way(a: float, b: float) -> Way:
    """Where writing runs whose matrix begins with these two numbers (ISO 32000-1, 8.3.4)."""
    if abs(b) > abs(a):
        return Way.UP if b > 0 else Way.DOWN
    return Way.RIGHT if a >= 0 else Way.LEFT


def upright(page: Page, ways: Counter[Way]) -> Page:
    """The page turned; its ``back`` leads from the turned page to the one that the file shows."""
    if not ways:
        return page
    main, count = ways.most_common(1)[0]
    if main is Way.RIGHT or count < _MOST * sum(ways.values()):
        return page
    turns = {Way.UP: 1, Way.LEFT: 2, Way.DOWN: 3}[main]
    width, height = page.width, page.height
    for _ in range(turns):
        page = _turned(page)
    page.back = _BACK[main](width, height)
    return page


def _turned(page: Page) -> Page:
    """A quarter to the right: what ran up runs to the right."""
    height = page.height
    glyphs = [Glyph(g.text, height - g.bottom, g.left, height - g.top, g.right) for g in page.glyphs]
    across = [Rule(r.position, height - r.end, height - r.start, r.pen) for r in page.down]
    down = [Rule(height - r.position, r.start, r.end, r.pen) for r in page.across]
    return replace(page, width=height, height=page.width, glyphs=glyphs, across=across, down=down)


def _from_up(width: float, height: float) -> Back:
    return (0, 1, 0), (-1, 0, height)


def _from_left(width: float, height: float) -> Back:
    return (-1, 0, width), (0, -1, height)


def _from_down(width: float, height: float) -> Back:
    return (0, -1, width), (1, 0, 0)


_BACK: Final = {Way.UP: _from_up, Way.LEFT: _from_left, Way.DOWN: _from_down}
