"""What stands in a cell as far as its ink tells: nothing, a dash, a slash, or writing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np

from parsers.scans.picture import Grey
from parsers.scans.ruling import POINT

_SPECK = 1.7
"""A spot smaller than this both ways, in points, is dirt when it stands alone; a full stop of small print is
1.
"""
_FAINT = 3.2
"""Ink smaller than this both ways may be dirt or the rest of a character: neither blank nor writing."""
_DASH_LENGTH, _DASH_HEIGHT = 1.4, 1.8
_CONTRAST, _ENOUGH = 45.0, 70.0


class Kind(StrEnum):
    """``FAINT``: something is there, too small to be told."""

    NOTHING = "nothing"
    FAINT = "faint"
    DASH = "dash"
    SLASH = "slash"
    WRITING = "writing"


@dataclass(frozen=True, slots=True)
class Ink:
    """What a cell shows, and the box of its ink in pixels of the cell: left, top, right, bottom.

    ``gap`` is the widest stretch of columns without ink in that box.
    """

    kind: Kind
    box: tuple[int, int, int, int] = (0, 0, 0, 0)
    gap: int = 0


def look(cell: Grey) -> Ink:
    """Judge the inside of a cell, its rules already taken off."""
    if min(cell.shape) < 3:
        return Ink(Kind.NOTHING)
    mask = dark(cell)
    parts = _parts(mask)
    writing = [p for p in parts if _is_more_than_a_speck(p[2] - p[0], p[3] - p[1])]
    if not writing:
        return Ink(Kind.NOTHING)
    box = _around(_with_points(writing, parts))
    return Ink(_kind(cell, writing, box), box, _gap(mask, box))


def _gap(mask: Grey, box: _Part) -> int:
    left, top, right, bottom = box
    inked = np.flatnonzero(mask[top:bottom, left:right].any(axis=0))
    return int(np.diff(inked).max(initial=1)) - 1


def _is_more_than_a_speck(width: int, height: int) -> bool:
    """Specks are round; the hyphen of small print is as little, but long."""
    return max(width, height) > _SPECK * POINT or _is_dash(width / POINT, height / POINT)


def _is_dash(width: float, height: float) -> bool:
    longer = 1.4 if width >= _FAINT else 1.6
    return height <= _DASH_HEIGHT and width >= max(_DASH_LENGTH, longer * height)


def dark(cell: Grey) -> Grey:
    """The ink's pixels, 255: darker than the paper by more than its grain, perhaps far paler than a speck."""
    paper = float(np.percentile(cell, 80))
    limit = paper - min(max(_CONTRAST, 0.45 * (paper - float(cell.min()))), _ENOUGH)
    return np.where(cell < limit, 255, 0).astype(np.uint8)


_Part = tuple[int, int, int, int]


def _parts(mask: Grey) -> list[_Part]:
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask)
    boxes = []
    for index in range(1, count):
        left, top, width, height, area = (int(v) for v in stats[index])
        if area >= 3:
            boxes.append((left, top, left + width, top + height))
    return boxes


def _with_points(writing: list[_Part], parts: list[_Part]) -> list[_Part]:
    """The writing with the small parts within or close to its box: points, commas, broken strokes."""
    left, top, right, bottom = _around(writing)
    near = (bottom - top) * 0.5
    return [
        *writing,
        *(
            p
            for p in parts
            if left - near <= p[0] and p[2] <= right + near and top <= p[3] <= bottom + near / 2
        ),
    ]


def _around(parts: list[_Part]) -> _Part:
    lefts, tops, rights, bottoms = zip(*parts, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _kind(cell: Grey, writing: list[_Part], box: _Part) -> Kind:
    width, height = (box[2] - box[0]) / POINT, (box[3] - box[1]) / POINT
    if _is_dash(width, height):
        return Kind.DASH
    if max(width, height) < _FAINT:
        return Kind.FAINT
    if len(writing) == 1 and _is_slash(cell, writing[0]):
        return Kind.SLASH
    return Kind.WRITING


def _is_slash(cell: Grey, part: _Part) -> bool:
    """One thin straight stroke that leans: the ink of each row stands further left than that of the row
    above.
    """
    left, top, right, bottom = part
    width, height = right - left, bottom - top
    if height < 3.5 * POINT or width < 0.25 * height:
        return False
    mask = dark(cell)[top:bottom, left:right] > 0
    rows = [np.flatnonzero(row) for row in mask]
    if any(row.size == 0 for row in rows):
        return False
    centres = np.array([row.mean() for row in rows])
    widths = np.array([row[-1] - row[0] + 1 for row in rows])
    slope, start = np.polyfit(np.arange(height), centres, 1)
    straight = np.abs(centres - (slope * np.arange(height) + start)).max()
    thin = np.median(widths) <= max(3.0, 0.4 * width)
    return bool(
        slope < -0.22 and straight <= max(1.5, 0.08 * height) and thin and widths.max() <= 0.6 * width + 2
    )
