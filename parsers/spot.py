"""A figure's place in its file, drawn: the part of the page around a cell, the cell outlined."""

from __future__ import annotations

import io

from PIL import ImageDraw

from parsers.locators import box_of
from parsers.outcomes import UnreadableFile
from parsers.scans import picture

_WIDTH = 1600
"""Pixels that a page's width is drawn with."""
_AROUND = 0.12
"""How much of the page's height is shown above and below the cell."""
_RED = (220, 30, 30)
_LINE = 4


class NoSpot(UnreadableFile):
    """The locator leads to no page that can be drawn."""


def draw(data: bytes, locator: str) -> bytes:
    """A PNG of the page's part around the locator's box. Raises :class:`NoSpot`.

    Runs in a worker (:meth:`parsers.isolation.Readers.draw`), for what draws PDF may abort its process.
    """
    spot = box_of(locator)
    if spot is None:
        raise NoSpot(f"{locator} is no place on a page")
    page_of = picture.page_of_image if spot.kind == "image" else picture.page_of_pdf
    page, scale = page_of(data, spot.page, _WIDTH)
    left, top, right, bottom = (scale * side for side in (spot.left, spot.top, spot.right, spot.bottom))
    pad, around = _LINE / 2, _AROUND * page.height
    part = (0, max(0, int(top - around)), page.width, min(page.height, int(bottom + around)))
    if part[3] <= part[1]:
        raise NoSpot(f"{locator} is outside its page")
    outline = (left - pad, top - pad, right + pad, bottom + pad)
    ImageDraw.Draw(page).rectangle(outline, outline=_RED, width=_LINE)
    out = io.BytesIO()
    page.crop(part).save(out, "PNG")
    return out.getvalue()
