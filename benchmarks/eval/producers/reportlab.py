"""PDF by reportlab: a Chinese font that is not embedded, rules one by one, page breaks at a given row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer
from reportlab.platypus import Table as RuledTable

from benchmarks.eval.printed import Heading, Printed, Table, TableKind
from nianbao.replica.grids import Grid, cut

FONT = "STSong-Light"
_MARGIN = 48.0
_MOST_LEAD = 120.0
_THICKNESS = (0.5, 0.25, 1.0)


class Reportlab:
    """One file after the other, in process."""

    name = "pdf-reportlab"
    media_type = "application/pdf"
    suffix = ".pdf"
    most: int | None = None

    def missing(self) -> str | None:
        return None

    def write(self, documents: Sequence[Printed]) -> list[bytes]:
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))
        return [_write(document) for document in documents]


def _write(document: Printed) -> bytes:
    out = BytesIO()
    size = (A4[1], A4[0]) if document.variation.landscape else A4
    template = SimpleDocTemplate(
        out, pagesize=size, invariant=1, title="report", leftMargin=_MARGIN, rightMargin=_MARGIN,
        topMargin=_MARGIN, bottomMargin=_MARGIN,
    )  # fmt: skip
    decorate = _numbered if document.variation.page_numbers else _plain
    template.build(list(_story(document, size[0] - 2 * _MARGIN)), onFirstPage=decorate, onLaterPages=decorate)
    return out.getvalue()


def _numbered(canvas: Any, template: Any) -> None:
    canvas.setFont(FONT, 9)
    canvas.drawCentredString(template.pagesize[0] / 2, 24, f"— {canvas.getPageNumber()} —")


def _plain(canvas: Any, template: Any) -> None:
    """A page with nothing at its edges."""


def _style(size: float, **more: Any) -> ParagraphStyle:
    return ParagraphStyle("style", fontName=FONT, fontSize=size, leading=size * 1.4, wordWrap="CJK", **more)


def _story(document: Printed, width: float) -> Iterator[Any]:
    yield Paragraph(document.title, _style(18, alignment=TA_CENTER, spaceAfter=12))
    yield Spacer(1, min(document.variation.lead, _MOST_LEAD))
    for block in document.blocks:
        if isinstance(block, Table):
            yield from _table(block, document, width)
        elif isinstance(block, Heading):
            yield Paragraph(block.text, _style(14, spaceBefore=8, spaceAfter=4, keepWithNext=1))
        else:
            yield Paragraph(block.text, _style(12, firstLineIndent=24))


def _table(table: Table, document: Printed, width: float) -> Iterator[Any]:
    """The table; table 3 ends its page before the row that the variation names."""
    row = document.variation.break_row
    widths = _widths(table, width)
    if table.part:
        yield PageBreak() if table.kind in (TableKind.REQUESTS, TableKind.STATISTICS) else Spacer(1, 8)
        yield _ruled(table.grid, widths, document)
    elif table.kind is TableKind.REQUESTS and not document.variation.cut_tables:
        first, rest = cut(table.grid, min(row, table.grid.rows - 1))
        yield _ruled(first, widths, document)
        yield PageBreak()
        yield _ruled(rest, widths, document)
    else:
        yield _ruled(table.grid, widths, document)
    yield Spacer(1, 10)


def _widths(table: Table, width: float) -> list[float]:
    columns = table.grid.columns
    if table.kind is TableKind.REQUESTS:
        return [20.0, 62.0, width - 82 - 7 * 42] + [42.0] * 7
    if table.kind is TableKind.STATISTICS:
        return [width - 140, 50.0, 90.0]
    if table.kind is TableKind.DISCLOSURE:
        return [width / 4] + [width * 0.75 / (columns - 1)] * (columns - 1)
    return [width / columns] * columns


def _ruled(grid: Grid, widths: list[float], document: Printed) -> Any:
    size = min(document.variation.font_size, 9.0)
    thick = _THICKNESS[document.variation.line_style]
    style: list[tuple[Any, ...]] = [
        ("GRID", (0, 0), (-1, -1), thick, colors.black), ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LEFTPADDING", (0, 0), (-1, -1), 1.5), ("RIGHTPADDING", (0, 0), (-1, -1), 1.5),
        ("TOPPADDING", (0, 0), (-1, -1), 1.5), ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
    ]  # fmt: skip
    data: list[list[Any]] = [[""] * grid.columns for _ in range(grid.rows)]
    for cell in grid.cells:
        text = cell.text.replace("\n", "<br/>")
        data[cell.row][cell.column] = Paragraph(text, _style(size, alignment=TA_CENTER)) if text else ""
        corner = (cell.column + cell.colspan - 1, cell.row + cell.rowspan - 1)
        style.append(("SPAN", (cell.column, cell.row), corner))
    return RuledTable(data, colWidths=widths, style=style)


PRODUCERS = (Reportlab(),)
