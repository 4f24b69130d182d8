"""Rules into grids: lines that touch make a table, and the spaces that they enclose its cells.

Lengths are in points.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from parsers.layout.page import Page, Rule

SNAP = 2.5
"""Rules nearer than this are one; ends that miss each other by less still touch."""
_LEAST_LENGTH = 4.0
_OPEN_SIDE = 12.0
"""A column is at least so wide: rules that reach as far beyond the last upright one enclose another."""
_TOGETHER = 2


@dataclass(frozen=True, slots=True)
class Box:
    """A cell of a frame: rows ``top`` to ``bottom``, columns ``left`` to ``right``, by boundary."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class Frame:
    """A table's boundaries on one page and its cells. ``open_top`` and ``open_bottom``: no rule closes it
    there.
    """

    page: int
    xs: tuple[float, ...]
    ys: tuple[float, ...]
    boxes: tuple[Box, ...]
    open_top: bool
    open_bottom: bool

    @property
    def columns(self) -> int:
        return len(self.xs) - 1


def frames(page: Page) -> list[Frame]:
    """The tables that the page's rules draw, from top to bottom."""
    across = _merge(page.across)
    down = _merge(page.down)
    found = [frame for a, d in _components(across, down) if (frame := _frame(page.number, a, d))]
    return sorted(found, key=lambda f: (f.ys[0], f.xs[0]))


def _merge(rules: Iterable[Rule]) -> list[Rule]:
    """Rules at the same place that touch become one."""
    merged: list[Rule] = []
    for group in _at_one_place(sorted(rules, key=lambda r: r.position)):
        position = sum(r.position for r in group) / len(group)
        start, end = group[0].start, group[0].end
        for rule in group[1:]:
            if rule.start <= end + SNAP:
                end = max(end, rule.end)
            else:
                merged.append(Rule(position, start, end))
                start, end = rule.start, rule.end
        merged.append(Rule(position, start, end))
    return [r for r in merged if r.end - r.start >= _LEAST_LENGTH]


def _at_one_place(rules: Sequence[Rule]) -> list[list[Rule]]:
    groups: list[list[Rule]] = []
    for rule in rules:
        if groups and rule.position - groups[-1][0].position <= SNAP:
            groups[-1].append(rule)
        else:
            groups.append([rule])
    return [sorted(g, key=lambda r: r.start) for g in groups]


def _components(across: list[Rule], down: list[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Rules that touch, directly or through others."""
    parent = list(range(len(across) + len(down)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    positions = [a.position for a in across]
    for j, d in enumerate(down):
        for i in range(bisect_left(positions, d.start - SNAP), bisect_right(positions, d.end + SNAP)):
            if across[i].start - SNAP <= d.position <= across[i].end + SNAP:
                parent[root(i)] = root(len(across) + j)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for i, rule in enumerate([*across, *down]):
        groups.setdefault(root(i), ([], []))[i >= len(across)].append(rule)
    return list(groups.values())


def _frame(page: int, across: list[Rule], down: list[Rule]) -> Frame | None:
    """The boundaries and cells; rows that the vertical rules reach are kept though no rule closes them."""
    if not across and not down:
        return None
    if not down:
        return None
    xs = _with_open_sides(_distinct(r.position for r in down), across)
    top, bottom = min(r.start for r in down), max(r.end for r in down)
    ruled = _distinct(r.position for r in across)
    open_top = not ruled or ruled[0] - top > 2 * SNAP
    open_bottom = not ruled or bottom - ruled[-1] > 2 * SNAP
    ys = ((top,) if open_top else ()) + ruled + ((bottom,) if open_bottom else ())
    if len(xs) < 2 or len(ys) < 2:
        return None
    return Frame(page, xs, ys, _boxes(xs, ys, across, down), open_top, open_bottom)


def _with_open_sides(xs: tuple[float, ...], across: list[Rule]) -> tuple[float, ...]:
    """The columns' boundaries, and where level rules end together clearly beyond the outermost of them."""
    if len(across) + len(xs) <= 2:
        return xs
    starts, ends = [r.start for r in across], [r.end for r in across]
    left, right = min(starts), max(ends)
    least = min(_TOGETHER, len(across))
    before = xs[0] - left > _OPEN_SIDE and sum(s - left <= SNAP for s in starts) >= least
    behind = right - xs[-1] > _OPEN_SIDE and sum(right - e <= SNAP for e in ends) >= least
    return (*((left,) if before else ()), *xs, *((right,) if behind else ()))


def _distinct(positions: Iterable[float]) -> tuple[float, ...]:
    kept: list[float] = []
    for position in sorted(positions):
        if not kept or position - kept[-1] > SNAP:
            kept.append(position)
    return tuple(kept)


def _covers(rules: list[Rule], start: float, end: float) -> bool:
    """Whether the rules cover at least half of the way."""
    return sum(max(0.0, min(r.end, end) - max(r.start, start)) for r in rules) >= 0.5 * (end - start)


def _by_position(rules: list[Rule], positions: tuple[float, ...]) -> list[list[Rule]]:
    return [[r for r in rules if abs(r.position - p) <= SNAP] for p in positions]


def _boxes(
    xs: tuple[float, ...], ys: tuple[float, ...], across: list[Rule], down: list[Rule]
) -> tuple[Box, ...]:
    """The largest rectangles without a rule inside, row by row."""
    upright = _by_position(down, xs)
    level = _by_position(across, ys)
    wide, high = len(xs) - 1, len(ys) - 1
    wall = [[_covers(upright[c], ys[r], ys[r + 1]) for c in range(wide + 1)] for r in range(high)]
    floor = [[_covers(level[r], xs[c], xs[c + 1]) for c in range(wide)] for r in range(high + 1)]
    taken: set[tuple[int, int]] = set()
    boxes: list[Box] = []
    for r in range(high):
        for c in range(wide):
            if (r, c) in taken:
                continue
            right = c + 1
            while right < wide and not wall[r][right] and (r, right) not in taken:
                right += 1
            bottom = r + 1
            while (
                bottom < high
                and not any(floor[bottom][k] for k in range(c, right))
                and _clear(wall[bottom], c, right)
            ):
                bottom += 1
            taken.update((i, j) for i in range(r, bottom) for j in range(c, right))
            boxes.append(Box(c, r, right, bottom))
    return tuple(boxes)


def _clear(walls: list[bool], left: int, right: int) -> bool:
    return not any(walls[k] for k in range(left + 1, right))
