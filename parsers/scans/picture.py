"""Bytes into pictures of pages: grey, upright as the file shows them, at one resolution."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pypdfium2 as pdfium
from numpy.typing import NDArray
from PIL import Image, ImageOps, ImageSequence

from parsers.outcomes import TooMuch, UnreadableFile

Grey: TypeAlias = NDArray[np.uint8]
"""Rows of pixels, 0 is black and 255 white."""

DPI = 200
"""Below it thin rules vanish; above it recognition costs more and gains nothing."""
MOST_PIXELS = 64_000_000
MOST_PAGES = 100
_POINTS = 72.0
_PAGE_WIDTH = 595.0
"""Width of A4 in points: an image tells nothing reliable of its resolution, so it is taken for a page."""
_LEAST_SCALE, _MOST_SCALE = 0.25, 3.0
_LONGEST_SIDE = 4800
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError)
"""What Pillow raises on broken images."""
_RED = 40


@dataclass(frozen=True, slots=True)
class Picture:
    """A page. ``number`` is its place in the file, from 1; ``unit`` how much of the file's own measure
    (points of a PDF, pixels of an image) a pixel of ``grey`` is; ``seal`` is not 0 where red ink was taken
    off.
    """

    number: int
    grey: Grey
    unit: float
    seal: Grey | None = None


def of_pdf(data: bytes, numbers: frozenset[int]) -> Iterator[Picture]:
    """Draw the pages with these numbers. A broken page raises :class:`~parsers.outcomes.UnreadableFile`."""
    try:
        document = pdfium.PdfDocument(data)
        for number in sorted(numbers):
            yield _drawn(_whole(document[number - 1]), number)
    except pdfium.PdfiumError as fault:
        raise UnreadableFile(f"a page that cannot be drawn: {fault}") from fault


def _whole(page: pdfium.PdfPage) -> pdfium.PdfPage:
    """The page uncropped, for locators are measured on the whole of it."""
    page.set_cropbox(*page.get_mediabox())
    return page


def _drawn(page: pdfium.PdfPage, number: int) -> Picture:
    scale = DPI / _POINTS
    longest = max(page.get_size()) * scale
    scale *= min(1.0, _LONGEST_SIDE / max(longest, 1.0))
    image = page.render(scale=scale, may_draw_forms=False).to_pil()
    grey, seal = _grey(_flat(image))
    return Picture(number, grey, 1 / scale, seal)


def page_of_pdf(data: bytes, number: int, width: int) -> tuple[Image.Image, float]:
    """A page in colour, so many pixels wide, and how many pixels a point is."""
    try:
        page = _whole(pdfium.PdfDocument(data)[number - 1])
        scale = min(width / max(page.get_width(), 1.0), _LONGEST_SIDE / max(page.get_height(), 1.0))
        return page.render(scale=scale).to_pil().convert("RGB"), scale
    except (pdfium.PdfiumError, IndexError) as fault:
        raise UnreadableFile(f"page {number} cannot be drawn: {fault}") from fault


def page_of_image(data: bytes, number: int, width: int) -> tuple[Image.Image, float]:
    """A frame of an image in colour, at most so many pixels wide, and how many pixels one of its own is."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            image.seek(number - 1)
            frame = _upright(image)
            scale = min(1.0, width / frame.width, _LONGEST_SIDE / frame.height)
            size = (max(1, round(frame.width * scale)), max(1, round(frame.height * scale)))
            return frame.convert("RGB").resize(size), scale
    except _BROKEN as fault:
        raise UnreadableFile(f"picture {number} cannot be drawn: {fault}"[:300]) from fault


def of_image(data: bytes) -> Iterator[Picture]:
    """The frames of an image file (a TIFF may hold several), each scaled to the width of a page."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            for number, frame in enumerate(ImageSequence.Iterator(image), 1):
                if number > MOST_PAGES:
                    raise TooMuch(f"more than {MOST_PAGES} pages of pictures")
                yield _scaled(frame, number)
    except _BROKEN as fault:
        raise UnreadableFile(f"a broken image: {type(fault).__name__}: {fault}"[:300]) from fault


def _scaled(frame: Image.Image, number: int) -> Picture:
    upright = _flat(_upright(frame))
    wanted = _PAGE_WIDTH * DPI / _POINTS / min(upright.size)
    scale = min(max(wanted, _LEAST_SCALE), _MOST_SCALE, _LONGEST_SIDE / max(upright.size))
    if abs(scale - 1) < 0.1:
        scale = 1.0
    size = (max(1, round(upright.width * scale)), max(1, round(upright.height * scale)))
    how = Image.Resampling.BICUBIC if scale > 1 else Image.Resampling.BOX
    grey, seal = _grey(upright if scale == 1 else upright.resize(size, how))
    return Picture(number, grey, 1 / scale, seal)


def _upright(frame: Image.Image) -> Image.Image:
    """The frame as it is shown, its camera's turn undone."""
    width, height = frame.size
    if width * height > MOST_PIXELS:
        raise TooMuch(f"an image of {width} by {height} pixels")
    return ImageOps.exif_transpose(frame)


def _flat(image: Image.Image) -> Image.Image:
    """Grey or in three colours, what is transparent on white."""
    if image.mode in ("L", "1", "I;16"):
        return image.convert("L")
    if image.mode in ("RGBA", "LA", "PA", "P"):
        ground = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(ground, image.convert("RGBA"))
    return image.convert("RGB")


def _grey(image: Image.Image) -> tuple[Grey, Grey | None]:
    """Grey values without red ink, and where that was: a seal over a table hides no figure, none is red."""
    if image.mode == "L":
        return np.asarray(image, dtype=np.uint8), None
    red, green, blue = (np.asarray(image.getchannel(c), dtype=np.int16) for c in "RGB")
    grey = np.maximum(red, np.asarray(image.convert("L"), dtype=np.int16))
    inked = red - np.maximum(green, blue) > _RED
    if not inked.any():
        return grey.astype(np.uint8), None
    from parsers.scans.seal import without_seal  # with what finds shapes: drawing a page needs none of it

    return without_seal(grey, red, inked)
