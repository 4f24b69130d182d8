"""A picture of a page into a page with glyphs, rules and cells."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from unicodedata import east_asian_width

import cv2
import numpy as np

from parsers.layout.page import Back, Glyph
from parsers.layout.paging import Piece
from parsers.layout.rulings import frames
from parsers.scans import ruling, skew
from parsers.scans.cells import PageReading, Seen, read
from parsers.scans.picture import Grey, Picture
from parsers.scans.recognition import Recogniser
from parsers.scans.ruling import POINT
from parsers.scans.scanned import ScannedPage

_SAME_SIZE = 0.25
_SENSE = 0.7
_LEAST = 0.5


def recognise(picture: Picture, recogniser: Recogniser) -> ScannedPage:
    """Read one page."""
    page, reading = _turned(picture, 0, recogniser)
    if not _is_doubtful(reading):
        return page
    others = (1, 3) if reading.on_its_side else (2,)
    tried = [(page, reading), *(_turned(picture, quarters, recogniser) for quarters in others)]
    return max(tried, key=lambda t: _sense(t[1].seen))[0]


def _turned(picture: Picture, quarters: int, recogniser: Recogniser) -> tuple[ScannedPage, PageReading]:
    """Read the page turned counter-clockwise by so many quarters."""
    grey = np.ascontiguousarray(np.rot90(picture.grey, quarters))
    angle = skew.angle(grey)
    straight, back = skew.turned(grey, angle)
    seal = None
    if picture.seal is not None:
        seal, _ = skew.turned(np.ascontiguousarray(np.rot90(picture.seal, quarters)), angle, around=0)
    found = ruling.find(straight, seal)
    page = ScannedPage(picture.number, straight.shape[1] / POINT, straight.shape[0] / POINT)
    page.across, page.down = list(found.across), list(found.down)
    reading = read(_without(straight, found.mask), seal, frames(page), recogniser)
    page.pieces = reading.pieces
    page.glyphs = _glyphs(reading.beside) + _glyphs_of(page.pieces)
    page.back = _measure(back, quarters, picture)
    return page, reading


def _is_doubtful(reading: PageReading) -> bool:
    """Whether the page may be on its side or upside down: what was read makes little sense."""
    seen = reading.seen
    return bool(seen) and (reading.on_its_side or _sense(seen) < _SENSE * sum(s.spot.area for s in seen))


def _sense(seen: Sequence[Seen]) -> float:
    """How much of the page was read, and how surely."""
    return sum(s.said.confidence * s.spot.area for s in seen if s.said.confidence > _LEAST)


def _without(grey: Grey, mask: Grey) -> Grey:
    """The page with its rules painted over in the paper's grey."""
    paper = float(np.percentile(grey, 75))
    clean = grey.copy()
    clean[cv2.dilate(mask, np.ones((3, 3), dtype=np.uint8)) > 0] = paper
    return clean


def _glyphs(beside: Sequence[Seen]) -> list[Glyph]:
    """Characters spread evenly over their line; lines of nearly one height are given one."""
    heights = [s.spot.bottom - s.spot.top for s in beside]
    usual = median(heights) if heights else 0
    glyphs: list[Glyph] = []
    for one in beside:
        line = one.line()
        height = (one.spot.bottom - one.spot.top) / POINT
        if abs(height * POINT - usual) <= _SAME_SIZE * usual:
            height = usual / POINT
        middle = (line.top + line.bottom) / 2
        glyphs += _spread(line.text, line.left, line.right, middle - height / 2, middle + height / 2)
    return glyphs


def _glyphs_of(pieces: Sequence[Piece]) -> list[Glyph]:
    """Characters for the text of cells, so that a page's text is whole wherever it is counted."""
    return [
        glyph
        for piece in pieces
        for box, text in zip(piece.frame.boxes, piece.texts, strict=True)
        for glyph in _spread(
            text,
            piece.frame.xs[box.left],
            piece.frame.xs[box.right],
            piece.frame.ys[box.top],
            piece.frame.ys[box.bottom],
        )
    ]


def _spread(text: str, left: float, right: float, top: float, bottom: float) -> list[Glyph]:
    widths = [1.0 if east_asian_width(c) in "WFA" else 0.5 for c in text]
    each = (right - left) / max(sum(widths), 0.5)
    glyphs = []
    for character, width in zip(text, widths, strict=True):
        glyphs.append(Glyph(character, left, top, left + width * each, bottom))
        left += width * each
    return glyphs


def _measure(back: np.ndarray[tuple[int, int], np.dtype[np.float64]], turns: int, picture: Picture) -> Back:
    """From points of the straightened page to the file's own measure."""
    height, width = picture.grey.shape
    unturned = {
        0: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
        1: [[0, -1, width], [1, 0, 0], [0, 0, 1]],
        2: [[-1, 0, width], [0, -1, height], [0, 0, 1]],
        3: [[0, 1, 0], [-1, 0, height], [0, 0, 1]],
    }[turns]
    whole = np.diag([picture.unit, picture.unit, 1.0]) @ np.array(unturned, dtype=np.float64)
    whole = whole @ np.vstack([back, [0, 0, 1]]) @ np.diag([POINT, POINT, 1.0])
    (a, b, c), (d, e, f) = whole[:2].tolist()
    return (a, b, c), (d, e, f)
