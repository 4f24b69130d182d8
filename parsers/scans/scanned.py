"""Scanned pages among others: what the readers of file formats see of this room.

Nothing here needs the extra until a picture is to be recognised.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from parsers.layout.page import Page
from parsers.layout.paging import Locate, Piece, pieces
from parsers.scans.extra import recogniser

if TYPE_CHECKING:
    from parsers.scans.picture import Picture

Back: TypeAlias = tuple[tuple[float, float, float], tuple[float, float, float]]
"""An affine map: two rows of three."""


@dataclass(slots=True)
class ScannedPage(Page):
    """A page as recognised. ``pieces`` are its frames with their text; ``back`` leads from its points to the
    file's own measure.
    """

    pieces: list[Piece] = field(default_factory=list)
    back: Back = ((1, 0, 0), (0, 1, 0))

    def box(self, left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
        """Where a box of this page stands in the file, askew as the page may be: what encloses it there."""
        (a, b, c), (d, e, f) = self.back
        corners = [(x, y) for x in (left, right) for y in (top, bottom)]
        xs = [a * x + b * y + c for x, y in corners]
        ys = [d * x + e * y + f for x, y in corners]
        return min(xs), min(ys), max(xs), max(ys)


def recognise_all(pictures: Iterable[Picture]) -> Iterator[ScannedPage]:
    """Read page after page. Raises :class:`~parsers.scans.extra.NoRecognition` without the extra."""
    engine = recogniser()
    from parsers.scans.page import recognise

    return (recognise(picture, engine) for picture in pictures)


def pieces_of(page: Page) -> list[Piece]:
    """The tables' parts of a page, whether it was recognised or read from its text."""
    return page.pieces if isinstance(page, ScannedPage) else pieces(page)


def locate_in(pages: Sequence[Page], kind: str = "pdf") -> Locate:
    """Locators of pages that may be scanned: boxes are given where they stand in the file itself."""
    scanned = {page.number: page for page in pages if isinstance(page, ScannedPage)}

    def locate(number: int, left: float, top: float, right: float, bottom: float) -> str:
        page = scanned.get(number)
        box = page.box(left, top, right, bottom) if page else (left, top, right, bottom)
        return f"{kind}:p{number}:" + ",".join(f"{x:.1f}" for x in box)

    return locate
