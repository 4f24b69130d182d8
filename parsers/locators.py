"""Locators that name a box on a page, taken apart."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BOX = re.compile(r"(pdf|image):p(\d{1,5}):(-?[\d.]+),(-?[\d.]+),(-?[\d.]+),(-?[\d.]+)")


@dataclass(frozen=True, slots=True)
class PageBox:
    """A box on a page, in the file's own measure: points of a ``pdf``, pixels of an ``image``."""

    kind: str
    page: int
    left: float
    top: float
    right: float
    bottom: float


def box_of(locator: str) -> PageBox | None:
    """The box that a locator names; None when it names a path in a file without pages."""
    match = _BOX.fullmatch(locator)
    return PageBox(match[1], int(match[2]), *(float(match[i]) for i in range(3, 7))) if match else None
