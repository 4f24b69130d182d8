"""Scanned pages among others: what the readers of file formats see of this room.

Nothing here needs the extra until a picture is to be recognised.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from parsers.layout.page import Page
from parsers.layout.paging import Locate, Piece, pieces
from parsers.scans.extra import recogniser

if TYPE_CHECKING:
    from parsers.scans.picture import Picture


@dataclass(slots=True)
class ScannedPage(Page):
    """A page as recognised. ``pieces`` are its frames with their text."""

    pieces: list[Piece] = field(default_factory=list)


def recognise_all(pictures: Iterable[Picture]) -> Iterator[ScannedPage]:
    """Read page after page. Raises :class:`~parsers.scans.extra.NoRecognition` without the extra."""
    engine = recogniser()
    from parsers.scans.page import recognise

    return (recognise(picture, engine) for picture in pictures)


def pieces_of(page: Page) -> list[Piece]:
    """The tables' parts of a page, whether it was recognised or read from its text."""
    return page.pieces if isinstance(page, ScannedPage) else pieces(page)


def locate_in(pages: Sequence[Page], kind: str = "pdf") -> Locate:
    """Locators of pages: boxes are given where they stand in the file itself, however a page was turned."""
    turned = {page.number: page for page in pages if page.back is not None}

    def locate(number: int, left: float, top: float, right: float, bottom: float) -> str:
        page = turned.get(number)
        box = page.box(left, top, right, bottom) if page else (left, top, right, bottom)
        return f"{kind}:p{number}:" + ",".join(f"{x:.1f}" for x in box)

    return locate
