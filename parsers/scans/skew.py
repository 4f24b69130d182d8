"""How far a page lies askew, and turning it back."""

from __future__ import annotations

import cv2
import numpy as np

from parsers.scans.picture import Grey

_SEARCHED = 5.0
"""Degrees to either side; a page that lies worse was not scanned but thrown."""
_COARSE, _FINE = 0.5, 0.05
_LEAST = 0.04
_WIDTH = 700


def angle(grey: Grey) -> float:
    """Degrees by which the page's lines rise to the right; 0 where no direction stands out.

    Lines of text and rules are sharpest in the sums of rows when they lie level.
    """
    dark = _dark(grey)
    if not dark.any():
        return 0.0
    rough = max(np.arange(-_SEARCHED, _SEARCHED + _COARSE, _COARSE), key=lambda a: _sharpness(dark, a))
    near = np.arange(rough - _COARSE, rough + _COARSE + _FINE, _FINE)
    found = float(max(near, key=lambda a: _sharpness(dark, a)))
    return 0.0 if abs(found) < _LEAST else found


def turned(
    grey: Grey, degrees: float, around: int = 255
) -> tuple[Grey, np.ndarray[tuple[int, int], np.dtype[np.float64]]]:
    """The picture turned about its middle, and the matrix that leads from it back to the one given.

    ``around`` is what the corners are filled with.
    """
    height, width = grey.shape
    there = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    back = np.asarray(cv2.invertAffineTransform(there), dtype=np.float64)
    if not degrees:
        return grey, back
    straight = cv2.warpAffine(
        grey, there, (width, height), flags=cv2.INTER_CUBIC, borderValue=(float(around),)
    )
    return straight.astype(np.uint8, copy=False), back


def _dark(grey: Grey) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    scale = min(1.0, _WIDTH / grey.shape[1])
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    ground = cv2.blur(small, (31, 31)).astype(np.float32)
    return np.asarray(np.clip(ground - small - 12, 0, 60), dtype=np.float32)


def _sharpness(dark: np.ndarray[tuple[int, int], np.dtype[np.float32]], degrees: float) -> float:
    height, width = dark.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -float(degrees), 1.0)
    rows = cv2.warpAffine(dark, matrix, (width, height)).sum(axis=1)
    return float(np.square(np.diff(rows)).sum())
