"""Bytes into pictures of pages: grey, upright as the file shows them, at one resolution."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pypdfium2 as pdfium
from numpy.typing import NDArray
from PIL import Image, ImageFilter, ImageOps, ImageSequence

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
_RED = 40
_LIGHTER_THAN_INK = 140


@dataclass(frozen=True, slots=True)
class Picture:
    """A page. ``number`` is its place in the file, from 1; ``unit`` how much of the file's own measure
    (points of a PDF, pixels of an image) a pixel of ``grey`` is.
    """

    number: int
    grey: Grey
    unit: float


def of_pdf(data: bytes, numbers: frozenset[int]) -> Iterator[Picture]:
    """Draw the pages with these numbers. A broken page raises :class:`~parsers.outcomes.UnreadableFile`."""
    try:
        document = pdfium.PdfDocument(data)
        for number in sorted(numbers):
            yield Picture(number, *_drawn(document[number - 1]))
    except pdfium.PdfiumError as fault:
        raise UnreadableFile(f"a page that cannot be drawn: {fault}") from fault


def _drawn(page: pdfium.PdfPage) -> tuple[Grey, float]:
    scale = DPI / _POINTS
    page.set_cropbox(*page.get_mediabox())  # locators are measured on the whole page
    longest = max(page.get_size()) * scale
    scale *= min(1.0, _LONGEST_SIDE / max(longest, 1.0))
    image = page.render(scale=scale, may_draw_forms=False).to_pil()
    return _grey(image), 1 / scale


def of_image(data: bytes) -> Iterator[Picture]:
    """The frames of an image file (a TIFF may hold several), each scaled to the width of a page."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            for number, frame in enumerate(ImageSequence.Iterator(image), 1):
                if number > MOST_PAGES:
                    raise TooMuch(f"more than {MOST_PAGES} pages of pictures")
                yield Picture(number, *_scaled(frame))
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as fault:
        raise UnreadableFile(f"a broken image: {type(fault).__name__}: {fault}"[:300]) from fault


def _scaled(frame: Image.Image) -> tuple[Grey, float]:
    width, height = frame.size
    if width * height > MOST_PIXELS:
        raise TooMuch(f"an image of {width} by {height} pixels")
    upright = ImageOps.exif_transpose(frame)
    wanted = _PAGE_WIDTH * DPI / _POINTS / min(upright.size)
    scale = min(max(wanted, _LEAST_SCALE), _MOST_SCALE, _LONGEST_SIDE / max(upright.size))
    if abs(scale - 1) < 0.1:
        return _grey(upright), 1.0
    size = (max(1, round(upright.width * scale)), max(1, round(upright.height * scale)))
    how = Image.Resampling.BICUBIC if scale > 1 else Image.Resampling.BOX
    return _grey(upright.convert("RGB").resize(size, how)), 1 / scale


def _grey(image: Image.Image) -> Grey:
    """Grey values without red ink: a seal stamped over a table hides no figure, for figures are not red."""
    if image.mode in ("L", "1", "I;16"):
        return np.asarray(image.convert("L"), dtype=np.uint8)
    if image.mode in ("RGBA", "LA", "PA", "P"):
        ground = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(ground, image.convert("RGBA"))
    colours = image.convert("RGB")
    red, green, blue = (np.asarray(colours.getchannel(c), dtype=np.int16) for c in "RGB")
    grey = np.maximum(red, np.asarray(colours.convert("L"), dtype=np.int16))
    seal = red - np.maximum(green, blue) > _RED
    if seal.any():
        around = Image.fromarray(seal).filter(ImageFilter.MaxFilter(5))  # colours bleed in a JPEG
        grey[np.asarray(around) & (grey > _LIGHTER_THAN_INK)] = np.percentile(grey, 75)
    return grey.astype(np.uint8)
