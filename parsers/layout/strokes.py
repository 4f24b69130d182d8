"""Drawn paths into rules: what is thin is one, and of a stroked outline every straight side."""

from __future__ import annotations

from collections.abc import Sequence

from parsers.layout.page import Page, Rule
from parsers.outcomes import TooMuch

MOST_RULES = 200_000
THIN = 3.0
"""A shape no thicker than this many points is a rule."""
_STRAIGHT = 1.0

Point = tuple[float, float]


def draw(page: Page, corners: Sequence[Point], stroked: bool, pen: float = 0.0) -> None:
    """Add a path's part to the page, its corners in points from the page's top left, its pen in points.

    Raises :class:`~parsers.outcomes.TooMuch` when a page has more rules than any table needs.
    """
    if len(page.across) + len(page.down) > MOST_RULES:
        raise TooMuch(f"more than {MOST_RULES} lines on a page")
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    if min(max(xs) - min(xs), max(ys) - min(ys)) <= THIN:
        _rule(page, min(xs), min(ys), max(xs), max(ys), pen)
    elif stroked:
        for (x0, y0), (x1, y1) in zip(corners, corners[1:], strict=False):
            if min(abs(x1 - x0), abs(y1 - y0)) <= _STRAIGHT:
                _rule(page, min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1), pen)


def _rule(page: Page, left: float, top: float, right: float, bottom: float, pen: float) -> None:
    if right - left >= bottom - top:
        page.across.append(Rule((top + bottom) / 2, left, right, pen))
    else:
        page.down.append(Rule((left + right) / 2, top, bottom, pen))
