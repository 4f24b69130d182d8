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
_SHORT_AT_ONCE, _LONG_AT_ONCE = 6, 2
"""Lines: six of body text take 300 MB more than two, and no less time."""
_BORDER = 10
_FIGURES = frozenset("0123456789.,+-件条次元万增减")
"""What figures are written with, their units and signs included."""
_CIRCLES = frozenset("〇○")
_LEAST_CIRCLE = 0.05
"""Where nothing is seen rather than a 〇, but that at least so likely, it is one: the models learnt few."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where text stands, in pixels: left, top, right, bottom."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def area(self) -> int:
        return (self.right - self.left) * (self.bottom - self.top)


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
        self._decoder = _Decoder(self._reader.postprocess_op.character)
        self._reader.postprocess_op = self._decoder

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

    def read(self, lines: Sequence[Grey], *, figures: bool = False) -> list[Recognised]:
        """The text of pictures of single lines, figures apart from long ones: width is what takes time.

        With ``figures`` they are read as if nothing else could stand in them.
        """
        self._decoder.figures = figures
        short = [i for i, line in enumerate(lines) if line.shape[1] <= _SHORT * line.shape[0]]
        long = [i for i in range(len(lines)) if i not in set(short)]
        said: dict[int, Recognised] = {}
        for chosen, width, at_once in ((short, _SHORT, _SHORT_AT_ONCE), (long, _USUAL, _LONG_AT_ONCE)):
            self._reader.rec_batch_num = at_once
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


class _Decoder:
    """The model's answer as text: of each step the likeliest character, what is repeated once (CTC)."""

    def __init__(self, characters: Sequence[str]) -> None:
        self.figures = False
        self.character = list(characters)
        self._blank = 0
        self._circle = self.character.index("〇")
        self._circles = [i for i, c in enumerate(characters) if c in _CIRCLES]
        self._others = [i for i, c in enumerate(characters) if i and c not in _FIGURES]

    def __call__(
        self, steps: np.ndarray[Any, Any], *_: object, **__: object
    ) -> tuple[list[tuple[str, float]], list[object]]:
        """``steps``: for each line and step the likelihood of each character. The second list is not used."""
        if self.figures:
            steps = steps.copy()
            steps[:, :, self._others] = 0
        return [self._line(line) for line in steps], []

    def _line(self, steps: np.ndarray[Any, Any]) -> tuple[str, float]:
        best, likely = steps.argmax(axis=1), steps.max(axis=1)
        circle = steps[:, self._circles].sum(axis=1)
        seen = (best == self._blank) & (circle >= _LEAST_CIRCLE)
        best[seen], likely[seen] = self._circle, circle[seen]
        kept = (best != self._blank) & np.concatenate([[True], best[1:] != best[:-1]])
        if not kept.any():
            return "", 0.0
        return "".join(self.character[i] for i in best[kept]), float(likely[kept].mean())


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
