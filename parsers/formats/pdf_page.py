"""One page of a PDF: its characters and its rules, measured in points from the page's top left corner.

The interpreter counts what it does: a small file can ask for endless work (forms that call forms) or memory
(streams deflated twice), and such a file is given up with :class:`~parsers.outcomes.TooMuch`.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Sequence
from typing import Any

from pdfminer import pdftypes
from pdfminer.pdfdevice import PDFTextDevice
from pdfminer.pdffont import PDFUnicodeNotDefined
from pdfminer.pdfinterp import PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.utils import apply_matrix_pt, apply_matrix_rect

from parsers.characters import mend
from parsers.formats import pdf_fonts
from parsers.formats.pdf_content import ContentInterpreter
from parsers.layout.page import Glyph, Page
from parsers.layout.strokes import draw
from parsers.layout.struck import take_struck_out
from parsers.layout.turning import Way, is_slanted, upright, way
from parsers.outcomes import TooMuch

MOST_CHARACTERS = 200_000
MOST_FORMS = 5_000
MOST_INFLATED = 256 * 1024 * 1024
_INVISIBLE = 3
"""Text rendering mode that shows nothing (ISO 32000-1, table 106)."""


class _Inflating:
    """Stands in for :mod:`zlib` within pdfminer: the same, with a limit on what streams may grow to."""

    error = zlib.error

    @staticmethod
    def decompress(data: bytes) -> bytes:
        inflator = zlib.decompressobj()
        result = inflator.decompress(data, MOST_INFLATED)
        if inflator.unconsumed_tail:
            raise TooMuch(f"a stream inflates to more than {MOST_INFLATED} bytes")
        if not inflator.eof:
            raise zlib.error("incomplete or truncated stream")
        return result

    @staticmethod
    def decompressobj() -> Any:
        return zlib.decompressobj()


setattr(pdftypes, "zlib", _Inflating)  # noqa: B010 - pdfminer offers no seam for the limit
pdf_fonts.install()


class _Device(PDFTextDevice):
    """Collects characters and rules of one page at a time."""

    def __init__(self, resources: PDFResourceManager) -> None:
        super().__init__(resources)
        self.page = Page(0, 0, 0)
        self.forms = 0
        self.operators = 0
        self._invisible = False
        self.ways: Counter[Way] = Counter()
        self.slanted: list[Glyph] = []

    def begin_page(self, page: Any, ctm: Any) -> None:
        """Forget what was on the page before."""
        super().begin_page(page, ctm)
        self.forms = 0
        self.ways.clear()
        self.slanted = []

    def end_page(self, page: Any) -> None:
        """Leave writing across the page away, which is a watermark, unless all is written so."""
        if not self.page.glyphs:
            self.page.glyphs += self.slanted

    def begin_figure(self, name: str, bbox: Any, matrix: Any) -> None:
        self.forms += 1
        if self.forms > MOST_FORMS:
            raise TooMuch(f"more than {MOST_FORMS} forms called on a page")

    def render_image(self, name: str, stream: Any) -> None:
        page = self.page
        x0, y0, x1, y1 = apply_matrix_rect(self.ctm, (0, 0, 1, 1)) if self.ctm else (0, 0, 0, 0)
        width = max(0.0, min(x1, page.width) - max(x0, 0.0))
        height = max(0.0, min(y1, page.height) - max(y0, 0.0))
        page.pictured += width * height / max(page.width * page.height, 1.0)

    def render_string(self, textstate: Any, seq: Any, ncs: Any, graphicstate: Any) -> None:
        self._invisible = textstate.render == _INVISIBLE
        super().render_string(textstate, seq, ncs, graphicstate)

    def render_char(
        self,
        matrix: Any,
        font: Any,
        fontsize: float,
        scaling: float,
        rise: float,
        cid: int,
        ncs: Any,
        graphicstate: Any,
    ) -> float:
        try:
            text = font.to_unichr(cid)
        except PDFUnicodeNotDefined:
            text = ""
            self.page.unmapped += 1
        advance: float = font.char_width(cid) * fontsize * scaling
        if text and self._invisible:
            self.page.hidden += 1
        elif text:
            self._put(text, matrix, font, fontsize, rise, advance, font.char_disp(cid))
        return advance

    def _put(
        self, text: str, matrix: Any, font: Any, size: float, rise: float, advance: float, displacement: Any
    ) -> None:
        if font.is_vertical():
            vx, vy = displacement if isinstance(displacement, tuple) else (None, 880)
            x = size * 0.5 if vx is None else vx * size * 0.001
            y = (1000 - vy) * size * 0.001
            box = (-x, y + rise + advance, -x + size, y + rise)
        else:
            box = (0, rise - 0.2 * size, advance, rise + 0.8 * size)
        x0, y0, x1, y1 = apply_matrix_rect(matrix, box)
        page = self.page
        if len(page.glyphs) + len(self.slanted) > MOST_CHARACTERS:
            raise TooMuch(f"more than {MOST_CHARACTERS} characters on a page")
        glyph = Glyph(mend(text), x0, page.height - y1, x1, page.height - y0)
        if is_slanted(matrix[0], matrix[1]):
            self.slanted.append(glyph)
            return
        self.ways[way(matrix[0], matrix[1])] += 1
        page.glyphs.append(glyph)

    def paint_path(
        self, graphicstate: Any, stroke: bool, fill: bool, evenodd: bool, path: Sequence[Any]
    ) -> None:
        if self.ctm is None:
            return
        pen = _pen(graphicstate, self.ctm) if stroke else 0.0
        for points in _subpaths(path):
            corners = [apply_matrix_pt(self.ctm, point) for point in points]
            draw(self.page, [(x, self.page.height - y) for x, y in corners], stroke, pen)


def _pen(graphicstate: Any, ctm: Any) -> float:
    """How broad a line is, in points."""
    a, b, c, d, *_ = ctm
    scale: float = abs(a * d - b * c) ** 0.5
    return float(graphicstate.linewidth or 0) * scale


def _subpaths(path: Sequence[Any]) -> list[list[tuple[float, float]]]:
    """The corners of each part of a path; a curve counts by its end."""
    parts: list[list[tuple[float, float]]] = []
    for operator, *numbers in path:
        if operator == "m":
            parts.append([(numbers[0], numbers[1])])
        elif operator == "h" and parts:
            parts[-1].append(parts[-1][0])
        elif parts and len(numbers) >= 2:
            parts[-1].append((numbers[-2], numbers[-1]))
    return [p for p in parts if len(p) > 1]


class PageReader:
    """Reads the pages of one file; fonts and character maps are shared between them."""

    def __init__(self) -> None:
        self._resources = PDFResourceManager()
        self._device = _Device(self._resources)
        self._interpreter = ContentInterpreter(self._resources, self._device)

    def read(self, page: PDFPage, number: int) -> Page:
        left, bottom, right, top = page.mediabox
        width, height = abs(right - left), abs(top - bottom)
        if page.rotate in (90, 270):
            width, height = height, width
        self._device.page = Page(number, width, height)
        self._interpreter.process_page(page)
        shown = upright(self._device.page, self._device.ways)
        take_struck_out(shown)
        return shown
