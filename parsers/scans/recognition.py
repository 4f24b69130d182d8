"""Recognising text in pictures: the one place that knows RapidOCR.

Its models (PP-OCRv6, small) come in the package; nothing is fetched.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from rapidocr import RapidOCR
from rapidocr.ch_ppocr_rec import TextRecInput

from parsers.scans.picture import Grey

_SEARCHED = 0.6
"""Scale at which text is searched for: it is found as well at 120 dpi, in a third of the time and memory."""
_BAND = 1400
"""Rows of pixels that are searched at once; memory grows with them."""
_LEAST_BAND = 64
_HEIGHT, _USUAL, _SHORT = 48, 7, 3
"""The model takes lines 48 pixels high; widths in heights."""
_BORDER = 10


@dataclass(frozen=True, slots=True)
class Spot:
    """Where text stands, in pixels: left, top, right, bottom."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class Recognised:
    """What was recognised, and how sure the model is of it, from 0 to 1."""

    text: str
    confidence: float


class Recogniser:
    """Finds lines of text and reads them, in one thread."""

    def __init__(self, engine: Any) -> None:
        self._detector = engine._load_det_model()
        self._reader = engine._load_rec_model()

    def find(self, grey: Grey) -> list[Spot]:
        """The places of lines of text on a page."""
        found: list[Spot] = []
        for top, bottom in _bands(grey):
            band = grey[top:bottom]
            small = cv2.resize(band, None, fx=_SEARCHED, fy=_SEARCHED, interpolation=cv2.INTER_AREA)
            boxes = self._detector(_three(small.astype(np.uint8, copy=False))).boxes
            for box in () if boxes is None else boxes:
                left, upper = np.floor(box.min(axis=0) / _SEARCHED).astype(int)
                right, lower = np.ceil(box.max(axis=0) / _SEARCHED).astype(int)
                spot = Spot(
                    max(0, left),
                    max(0, upper) + top,
                    min(grey.shape[1], right),
                    min(bottom - top, lower) + top,
                )
                if spot.right - spot.left > 2 and spot.bottom - spot.top > 2:
                    found.append(spot)
        return found

    def read(self, lines: Sequence[Grey]) -> list[Recognised]:
        """The text of pictures of single lines, figures apart from long ones: width is what takes time."""
        short = [i for i, line in enumerate(lines) if line.shape[1] <= _SHORT * line.shape[0]]
        long = [i for i in range(len(lines)) if i not in set(short)]
        said: dict[int, Recognised] = {}
        for chosen, width in ((short, _SHORT), (long, _USUAL)):
            said.update(zip(chosen, self._read([lines[i] for i in chosen], width), strict=True))
        return [said[i] for i in range(len(lines))]

    def _read(self, lines: Sequence[Grey], width: int) -> list[Recognised]:
        """``width``: what the lines are filled up to at least, in heights."""
        if not lines:
            return []
        self._reader.rec_image_shape = [3, _HEIGHT, width * _HEIGHT]
        answer = self._reader(TextRecInput(img=[_three(line) for line in lines], return_word_box=False))
        return [
            Recognised(text, float(score)) for text, score in zip(answer.txts, answer.scores, strict=True)
        ]


def load() -> Recogniser:
    """A recogniser with its models, a second's work."""
    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    return Recogniser(
        RapidOCR(
            params={
                "EngineConfig.onnxruntime.intra_op_num_threads": 1,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
                "Global.use_cls": False,
                "Det.limit_side_len": _LEAST_BAND,
                "Global.log_level": "error",
            }
        )
    )


def _three(grey: Grey) -> np.ndarray[Any, Any]:
    return np.repeat(grey[:, :, None], 3, axis=2)


def _bands(grey: Grey) -> list[tuple[int, int]]:
    """Parts of the page one below the other, cut where the least ink stands."""
    height = grey.shape[0]
    ink = (grey < 160).sum(axis=1)
    bounds = [0]
    while height - bounds[-1] > 1.25 * _BAND:
        low, high = bounds[-1] + int(0.75 * _BAND), bounds[-1] + int(1.1 * _BAND)
        smooth = np.convolve(ink[low:high], np.ones(_BORDER), mode="same")
        bounds.append(low + int(np.argmin(smooth)))
    bounds.append(height)
    return [
        (a, b) for a, b in zip(bounds, bounds[1:], strict=False) if b - a >= _LEAST_BAND or len(bounds) == 2
    ]
