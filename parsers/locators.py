"""Locators that name a box on a page, taken apart."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUMBER = r"(-?[\d.]+)"
_BOX = re.compile(r"(?:(.+)!)?(pdf|image):p(\d{1,5}):" + ",".join([_NUMBER] * 4))


@dataclass(frozen=True, slots=True)
class PageBox:
    """A box on a page, in the file's own measure: points of a ``pdf``, pixels of an ``image``.

    ``file`` is its name in the archived file where that is a container; within another, ``a.zip!b.pdf``.
    """

    file: str | None
    kind: str
    page: int
    left: float
    top: float
    right: float
    bottom: float


def box_of(locator: str) -> PageBox | None:
    """The box that a locator names; None when it names a path in a file without pages."""
    match = _BOX.fullmatch(locator)
    if match is None:
        return None
    left, top, right, bottom = (float(match[i]) for i in range(4, 8))
    return PageBox(match[1], match[2], int(match[3]), left, top, right, bottom)
