"""The rules that a picture shows: long straight strokes, told from the strokes of writing by their length."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from parsers.layout.page import Rule
from parsers.scans.picture import DPI, Grey

POINT = DPI / 72
"""Pixels in a point."""
_ACROSS, _DOWN = 24.0, 12.5
"""Least lengths in points: longer than the strokes of body text and of table text."""
_GAP = 1.2
"""A break in a rule that is bridged, in points."""
_THICK = 4.0
_BREAK, _SEAL, _COVERED = 12.0, 80.0, 0.4
"""A break as short as the first, in points, is closed; up to the second if a seal covers such a share."""
_SHORT, _MEETS, _BROKEN = 120.0, 1.5, 15.0
"""In points: a stroke no longer may be writing; ends as near as that meet; a rule may be broken so far."""
_CHARACTER = 18.0
"""No stroke of a character in a table is longer, even where it touches the next one."""
_LEAST_TABLE = 60.0
"""A mesh of rules narrower than this is a box drawn by a character."""
_CONTRAST = 10
"""Least difference from the neighbourhood, of 255; fine rules are pale at 200 dpi."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """Rules in points from the page's top left, and the pixels that they cover."""

    across: tuple[Rule, ...]
    down: tuple[Rule, ...]
    mask: Grey


@dataclass(frozen=True, slots=True)
class _Stroke:
    """A rule that may be, and its box in pixels: left, top, width, height."""

    rule: Rule
    box: tuple[int, int, int, int]


def find(grey: Grey, seal: Grey | None = None) -> Ruling:
    """The rules of a straightened page; ``seal`` is where red ink was taken off, and rules with it."""
    dark = _dark(grey)
    across = _strokes(dark, _ACROSS, level=True)
    down = _strokes(dark, _DOWN, level=False)
    mesh = _meshes(across | down, seal)
    level, upright = _rules(across & mesh, level=True), _rules(down & mesh, level=False)
    held = [s for s in level if _is_held(s, level, upright)]
    upheld = [s for s in upright if _is_held(s, upright, level)]
    mask = np.zeros_like(grey)
    for strokes, drawn in ((held, across), (upheld, down)):
        for left, top, width, height in (s.box for s in strokes):
            place = np.s_[top : top + height, left : left + width]
            mask[place] |= drawn[place]
    across_rules = _bridged([s.rule for s in held], seal)
    down_rules = _bridged([s.rule for s in upheld], None if seal is None else np.ascontiguousarray(seal.T))
    return Ruling(across_rules, down_rules, mask)


def _bridged(rules: Sequence[Rule], seal: Grey | None) -> tuple[Rule, ...]:
    """Rules with the breaks closed that are small, or that a seal made."""
    joined: list[Rule] = []
    for rule in sorted(rules, key=lambda r: r.start):
        index = next((i for i in range(len(joined) - 1, -1, -1) if _goes_on(joined[i], rule, seal)), None)
        if index is None:
            joined.append(rule)
        else:
            before = joined[index]
            joined[index] = Rule(before.position, before.start, max(before.end, rule.end))
    return tuple(joined)


def _goes_on(before: Rule, rule: Rule, seal: Grey | None) -> bool:
    gap = rule.start - before.end
    if abs(rule.position - before.position) > 1 or gap > _SEAL:
        return False
    if gap <= _BREAK or seal is None:
        return gap <= _BREAK
    row, start, end = (round(x * POINT) for x in (rule.position, before.end, rule.start))
    covered = seal[max(0, row - 1) : row + 2, start:end]
    return covered.size > 0 and float((covered > 0).any(axis=0).mean()) > _COVERED


def _is_held(stroke: _Stroke, alike: Sequence[_Stroke], crossing: Sequence[_Stroke]) -> bool:
    """Whether a stroke is a rule: one that is short meets another one or is the part of a broken one.

    Strokes of characters that stand side by side in a narrow cell meet none. One no longer than a character
    may touch the rule below its line: it has to meet rules with both ends.
    """
    rule = stroke.rule
    length = rule.end - rule.start
    if length > _SHORT:
        return True
    met = [c.rule for c in crossing if c.rule.start - _MEETS <= rule.position <= c.rule.end + _MEETS]
    ends = [any(abs(c.position - end) <= _MEETS for c in met) for end in (rule.start, rule.end)]
    if all(ends) or (any(ends) and length > _CHARACTER):
        return True
    beside = (a.rule for a in alike if a is not stroke and abs(a.rule.position - rule.position) <= 1)
    return any(
        max(a.start - rule.end, rule.start - a.end) <= _BROKEN and max(length, a.end - a.start) > _CHARACTER
        for a in beside
    )


def _dark(grey: Grey) -> Grey:
    size = round(14 * POINT) | 1
    smooth = cv2.GaussianBlur(grey, (3, 3), 0)
    return np.asarray(
        cv2.adaptiveThreshold(
            smooth, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, size, _CONTRAST
        ),
        dtype=np.uint8,
    )


def _strokes(dark: Grey, least: float, *, level: bool) -> Grey:
    """Pixels of straight strokes of at least this length and no more than a rule's thickness."""

    def along(points: float) -> Grey:
        pixels = max(3, round(points * POINT))
        return np.ones((1, pixels) if level else (pixels, 1), dtype=np.uint8)

    bridged = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, along(_GAP))
    long = cv2.morphologyEx(bridged, cv2.MORPH_OPEN, along(least))
    thick = max(3, round(_THICK * POINT))
    solid = cv2.morphologyEx(long, cv2.MORPH_OPEN, np.ones((thick, thick), dtype=np.uint8))
    return np.asarray(cv2.subtract(long, solid), dtype=np.uint8)


def _meshes(strokes: Grey, seal: Grey | None) -> Grey:
    """The strokes that hang together over at least a table's width, be it by way of a seal."""
    touching = cv2.dilate(strokes if seal is None else strokes | seal, np.ones((5, 5), dtype=np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(touching)
    wide = [i for i in range(1, count) if stats[i, cv2.CC_STAT_WIDTH] >= _LEAST_TABLE * POINT]
    return np.where(np.isin(labels, wide), 255, 0).astype(np.uint8)


def _rules(strokes: Grey, *, level: bool) -> list[_Stroke]:
    count, _, stats, centres = cv2.connectedComponentsWithStats(strokes)
    found = []
    for index in range(1, count):
        left, top, width, height = (int(stats[index, k]) for k in range(4))
        start, length = (left, width) if level else (top, height)
        position = float(centres[index][1 if level else 0])
        rule = Rule(position / POINT, start / POINT, (start + length) / POINT)
        found.append(_Stroke(rule, (left, top, width, height)))
    return found
