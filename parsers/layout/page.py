"""What a page shows, whatever format drew it: its characters and its rules.

Lengths are in points, measured from the page's top left corner.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

Back: TypeAlias = tuple[tuple[float, float, float], tuple[float, float, float]]
"""An affine map: two rows of three."""


class Glyph(NamedTuple):
    """A character and its box: left, top, right, bottom. (A tuple, for a page has thousands.)"""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def centre(self) -> float:
        return (self.left + self.right) / 2


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line: at ``position`` across, from ``start`` to ``end`` along its direction, drawn with a
    stroke so broad as ``pen``.
    """

    position: float
    start: float
    end: float
    pen: float = 0.0


@dataclass(slots=True)
class Page:
    """What a page draws. ``unmapped`` counts characters for which the font gives no text, ``hidden`` those
    that are not shown (a scan's own recognised text); ``pictured`` is the share of the page that images
    cover; ``back`` leads from here to the file's own measure where the page was turned or straightened.
    """

    number: int
    width: float
    height: float
    glyphs: list[Glyph] = field(default_factory=list)
    across: list[Rule] = field(default_factory=list)
    down: list[Rule] = field(default_factory=list)
    unmapped: int = 0
    hidden: int = 0
    pictured: float = 0.0
    back: Back | None = None

    def box(self, left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
        """Where a box of this page stands in the file; of one that lies askew there, what encloses it."""
        if self.back is None:
            return left, top, right, bottom
        (a, b, c), (d, e, f) = self.back
        corners = [(x, y) for x in (left, right) for y in (top, bottom)]
        xs = [a * x + b * y + c for x, y in corners]
        ys = [d * x + e * y + f for x, y in corners]
        return min(xs), min(ys), max(xs), max(ys)
