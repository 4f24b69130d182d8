"""Writing that a drawn line strikes out: it stands for nothing.

Such a line runs through the middle of some characters, begins with the first and ends with the last of them.
What runs on, or meets an upright rule, is a table's; what runs lower underlines; what is broad, or one of
many, is a ground. Lengths are in points.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from operator import attrgetter

from parsers.layout.page import Glyph, Page, Rule
from parsers.layout.strokes import THIN
from parsers.outcomes import TooMuch

_MIDDLE = 0.22
"""How far from its middle a line strikes a character out, by its height; underlines run at 0.35 and more."""
_BEYOND = 0.25
"""How far the line may reach beyond the outermost characters, by their height."""
_MEETS = 1.5
_STRIKES = 2
"""So many lines strike characters out; what has more through it stands on strips of a ground."""
_MOST_WORK = 5_000_000
_MIDDLE_OF, _POSITION_OF = attrgetter("middle"), attrgetter("position")


def take_struck_out(page: Page) -> None:
    """Take the characters that are struck out from the page, and the lines that do so or are a ground.

    Raises :class:`~parsers.outcomes.TooMuch` for more lines along characters than any table needs.
    """
    glyphs = sorted(page.glyphs, key=_MIDDLE_OF)
    if not glyphs or not page.across:
        return
    middles = [g.middle for g in glyphs]
    reach = _MIDDLE * max(g.bottom - g.top for g in glyphs)
    down, across = sorted(page.down, key=_POSITION_OF), sorted(page.across, key=_POSITION_OF)
    gone: set[int] = set()
    lines: set[int] = set()
    work = 0
    for rule in page.across:
        if rule.pen > THIN:
            continue
        first = bisect_left(middles, rule.position - reach)
        end = bisect_right(middles, rule.position + reach)
        work += end - first
        if work > _MOST_WORK:
            raise TooMuch("more lines along characters than any table has")
        crossed = [g for g in glyphs[first:end] if _crosses(rule, g)]
        if crossed and _ends_with(rule, crossed) and not _meets(rule, down):
            beside = _between(across, crossed[0].top, crossed[0].bottom)
            work += len(beside)
            strips = [r for r in beside if _is_like(r, rule)]
            lines.update(map(id, strips))
            if len(strips) <= _STRIKES:
                gone.update(map(id, crossed))
    if lines:
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
        for end in (rule.start, rule.end)
        for r in _between(down, end - _MEETS, end + _MEETS)
    )


def _is_like(other: Rule, rule: Rule) -> bool:
    """Whether two lines over each other are as long: both strike out, or are strips of a ground."""
    return max(abs(other.start - rule.start), abs(other.end - rule.end)) <= _MEETS


def _between(rules: Sequence[Rule], low: float, high: float) -> Sequence[Rule]:
    """Those of the rules, sorted, whose position lies between."""
    return rules[bisect_left(rules, low, key=_POSITION_OF) : bisect_right(rules, high, key=_POSITION_OF)]
