"""The rules that a picture shows: long straight strokes, told from the strokes of writing by their length."""

from __future__ import annotations

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


def find(grey: Grey) -> Ruling:
    """The rules of a straightened page."""
    dark = _dark(grey)
    across = _strokes(dark, _ACROSS, level=True)
    down = _strokes(dark, _DOWN, level=False)
    mesh = _meshes(across | down)
    across &= mesh
    down &= mesh
    return Ruling(_rules(across, level=True), _rules(down, level=False), across | down)


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


def _meshes(strokes: Grey) -> Grey:
    """The strokes that hang together over at least a table's width."""
    touching = cv2.dilate(strokes, np.ones((5, 5), dtype=np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(touching)
    wide = [i for i in range(1, count) if stats[i, cv2.CC_STAT_WIDTH] >= _LEAST_TABLE * POINT]
    return np.where(np.isin(labels, wide), 255, 0).astype(np.uint8)


def _rules(strokes: Grey, *, level: bool) -> tuple[Rule, ...]:
    count, _, stats, centres = cv2.connectedComponentsWithStats(strokes)
    found = []
    for index in range(1, count):
        left, top, width, height = (int(stats[index, k]) for k in range(4))
        start, length = (left, width) if level else (top, height)
        position = float(centres[index][1 if level else 0])
        found.append(Rule(position / POINT, start / POINT, (start + length) / POINT))
    return tuple(found)
