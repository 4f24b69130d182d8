"""A figure's place in its file, drawn: the part of the page around a cell, the cell outlined."""

from __future__ import annotations

import io

from PIL import ImageDraw

from parsers import containers
from parsers.formats import archives
from parsers.locators import PageBox, box_of
from parsers.outcomes import UnreadableFile
from parsers.scans import picture
from parsers.sniff import IMAGES, sniff

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
    page, scale = page_of(*_unpacked(data, spot), _WIDTH)
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


def _unpacked(data: bytes, spot: PageBox) -> tuple[bytes, int]:
    """The file within the containers, and its page. Pictures in a container are the pages, in their order."""
    for name in spot.file.split("!") if spot.file else ():
        found = {m.name: m for m in archives.members(data, sniff(data), containers.likely)}
        if name not in found:
            raise NoSpot(f"{name} is not in its container")
        pictures = containers.in_order(m for m in found.values() if sniff(m.data) in IMAGES)
        if spot.kind == "image" and name == pictures[0].name and len(pictures) >= spot.page > 1:
            return pictures[spot.page - 1].data, 1
        data = found[name].data
    return data, spot.page
