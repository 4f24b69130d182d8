"""Taking a red seal off a page: what is printed under it stays.

In the red channel a seal is nearly as light as the paper, and black ink as dark as ever. Only along its
edge, where the colours of a JPEG bleed, the red channel shows dark lines that are none.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

_STROKE = 9
"""Pixels: black strokes under a seal are no wider, and its red closes over them."""
_BLEEDING = 5
_LIGHTER_THAN_INK = 140

Values = NDArray[np.int16]


def without_seal(
    grey: Values, red: Values, inked: NDArray[np.bool_]
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The page in grey without its seal, and where that was, not 0.

    ``red`` is the red channel, ``grey`` no darker than it; ``inked`` is where the page is red.
    """
    closing = np.ones((_STROKE, _STROKE), dtype=np.uint8)
    bleeding = np.ones((_BLEEDING, _BLEEDING), dtype=np.uint8)
    solid = cv2.morphologyEx(inked.astype(np.uint8), cv2.MORPH_CLOSE, closing)
    around = cv2.dilate(solid, bleeding) > 0
    inside = cv2.erode(solid, bleeding) > 0
    paper = float(np.percentile(grey, 75))
    clean = np.where(around & ~inside & (grey > _LIGHTER_THAN_INK), paper, grey)
    if (inside & inked).any():
        light = max(float(np.median(red[inside & inked])), 1.0)
        clean[inside] = np.minimum(red[inside] * (paper / light), 255)
    return clean.astype(np.uint8), np.where(around, 255, 0).astype(np.uint8)
