"""A scanner that misbehaves as told: pages of a PDF as pictures, the same for the same seed."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
import pypdfium2 as pdfium
from numpy.typing import NDArray
from PIL import Image, ImageDraw

Paper: TypeAlias = NDArray[np.float32]
"""Rows of pixels with three colours, 0 to 255."""

_POINTS = 72


@dataclass(frozen=True)
class Scanner:
    """How pages come out. Lengths are in pixels, ``skew`` in degrees to either side at most, ``noise`` the
    grain's standard deviation of 255, ``specks`` how many a million pixels, ``quality`` that of the JPEG.
    """

    dpi: int = 200
    skew: float = 0.6
    noise: float = 6.0
    specks: float = 20.0
    blur: float = 0.5
    quality: int = 75
    stamp: bool = False
    edges: bool = False
    quarters: int = 0

    def pages(self, pdf: bytes, seed: int) -> list[bytes]:
        """Each page as a JPEG."""
        random = np.random.default_rng(seed)
        return [_jpeg(self._scanned(page, random), self) for page in _drawn(pdf, self.dpi)]

    def pdf(self, pdf: bytes, seed: int) -> bytes:
        """The pages as pictures in a PDF without text."""
        return bound(self.pages(pdf, seed), self.dpi)

    def _scanned(self, page: Paper, random: np.random.Generator) -> Paper:
        if self.stamp:
            page = _stamped(page, random)
        height, width = page.shape[:2]
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), random.uniform(-self.skew, self.skew), 1.0)
        page = _array(cv2.warpAffine(page, turn, (width, height), borderValue=(255.0,) * 3))
        if self.edges:
            page = _with_edges(page, random)
        if self.blur:
            page = _array(cv2.GaussianBlur(page, (0, 0), self.blur))
        page = page * random.uniform(0.85, 1.0) + random.uniform(0, 15)
        page += random.normal(0, self.noise, (height, width, 1)).astype(np.float32)
        for _ in range(int(height * width * self.specks / 1e6)):
            y, x, size = random.integers(0, height), random.integers(0, width), random.integers(1, 3)
            page[y : y + size, x : x + size] = random.uniform(0, 120)
        return np.rot90(page, self.quarters)


def bound(pages: Sequence[bytes], dpi: int) -> bytes:
    """Pictures as the pages of a PDF."""
    images = [Image.open(io.BytesIO(page)) for page in pages]
    out = io.BytesIO()
    images[0].save(out, "PDF", save_all=True, append_images=images[1:], resolution=dpi)
    return out.getvalue()


def _array(values: object) -> Paper:
    return np.asarray(values, dtype=np.float32)


def _drawn(pdf: bytes, dpi: int) -> Iterator[Paper]:
    document = pdfium.PdfDocument(pdf)
    for page in document:
        yield _array(page.render(scale=dpi / _POINTS).to_pil().convert("RGB"))


def _jpeg(page: Paper, scanner: Scanner) -> bytes:
    image = Image.fromarray(np.clip(page, 0, 255).astype(np.uint8))
    out = io.BytesIO()
    (image if scanner.stamp else image.convert("L")).save(
        out, "JPEG", quality=scanner.quality, dpi=(scanner.dpi, scanner.dpi)
    )
    return out.getvalue()


def _stamped(page: Paper, random: np.random.Generator) -> Paper:
    """A round red seal with a star, somewhere on the page's middle part, over whatever stands there."""
    height, width = page.shape[:2]
    radius = width // 10
    x, y = (int(random.uniform(0.3, 0.8) * side) for side in (width, height))
    seal = Image.new("L", (width, height), 0)
    pen = ImageDraw.Draw(seal)
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), outline=255, width=max(3, radius // 12))
    pen.regular_polygon((x, y, radius // 3), 5, fill=255)
    shade = (_array(seal) / 255)[:, :, None]
    red = np.array([215, 40, 45], dtype=np.float32)
    return _array(np.minimum(page, page * (1 - shade) + red * shade))


def _with_edges(page: Paper, random: np.random.Generator) -> Paper:
    """The dark rim of paper that lay short of the glass, and a shadow along one side."""
    height, width = page.shape[:2]
    rim = int(random.integers(4, 14))
    page[:, :rim] = random.uniform(0, 60)
    page[-rim:, :] = random.uniform(0, 60)
    shadow = np.clip(np.arange(width, dtype=np.float32) / (0.04 * width), 0, 1)
    return _array(page * (0.75 + 0.25 * shadow[None, ::-1, None]))
