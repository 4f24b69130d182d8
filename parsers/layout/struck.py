"""Writing that a drawn line strikes out: it stands for nothing.

Such a line runs through the middle of some characters, begins with the first and ends with the last of them.
What runs on, or meets an upright rule, is a table's; what runs lower underlines. Lengths are in points.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from operator import attrgetter

from parsers.layout.page import Glyph, Page, Rule

_MIDDLE = 0.22
"""How far from its middle a line strikes a character out, by its height; underlines run at 0.35 and more."""
_BEYOND = 0.25
"""How far the line may reach beyond the outermost characters, by their height."""
_MEETS = 1.5
_MIDDLE_OF = attrgetter("middle")


def take_struck_out(page: Page) -> None:
    """Take the characters that are struck out from the page, and the lines that do so."""
    glyphs = sorted(page.glyphs, key=_MIDDLE_OF)
    if not glyphs or not page.across:
        return
    middles = [g.middle for g in glyphs]
    reach = _MIDDLE * max(g.bottom - g.top for g in glyphs)
    gone: set[int] = set()
    lines: set[int] = set()
    for rule in page.across:
        near = glyphs[
            bisect_left(middles, rule.position - reach) : bisect_right(middles, rule.position + reach)
        ]
        crossed = [g for g in near if _crosses(rule, g)]
        if crossed and _ends_with(rule, crossed) and not _meets(rule, page.down):
            gone.update(map(id, crossed))
            lines.add(id(rule))
    if gone:
        page.glyphs[:] = [g for g in page.glyphs if id(g) not in gone]
        page.across[:] = [r for r in page.across if id(r) not in lines]


def _crosses(rule: Rule, glyph: Glyph) -> bool:
    height = glyph.bottom - glyph.top
    return rule.start <= glyph.centre <= rule.end and abs(rule.position - glyph.middle) <= _MIDDLE * height


def _ends_with(rule: Rule, crossed: Sequence[Glyph]) -> bool:
    beyond = _BEYOND * max(g.bottom - g.top for g in crossed)
    first, last = min(g.left for g in crossed), max(g.right for g in crossed)
    return rule.start >= first - beyond and rule.end <= last + beyond


def _meets(rule: Rule, down: Sequence[Rule]) -> bool:
    """Whether an upright rule begins, ends or passes at one of its ends."""
    return any(
        r.start - _MEETS <= rule.position <= r.end + _MEETS
        and min(abs(r.position - rule.start), abs(r.position - rule.end)) <= _MEETS
        for r in down
    )
