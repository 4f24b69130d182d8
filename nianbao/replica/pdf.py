"""A report as a PDF: the same grids, the requests table broken over two pages without a repeated header."""

from collections.abc import Iterable
from functools import cache
from io import BytesIO
from typing import Any

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table

from nianbao.replica import prose
from nianbao.replica.form import Form, form
from nianbao.replica.grids import Grid, cut, disclosure_grid, printing, requests_grid, review_grid
from nianbao.replica.reports import Report

FONT = "STSong-Light"
WIDTH = A4[0] - 96
CUT_BEFORE_ROW = 20  # inside （五）不予处理, so that two vertical groups are broken by the page end


@cache
def _styles() -> dict[str, Any]:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    plain = {"fontName": FONT, "wordWrap": "CJK", "spaceBefore": 4}
    return {
        "title": ParagraphStyle("title", fontSize=18, leading=28, alignment=TA_CENTER, **plain),
        "heading": ParagraphStyle("heading", fontSize=14, leading=26, keepWithNext=1, **plain),
        "text": ParagraphStyle("text", fontSize=12, leading=22, firstLineIndent=24, **plain),
        "cell": ParagraphStyle("cell", fontSize=9, leading=12, alignment=TA_CENTER, **plain),
    }


def _texts(style: str, texts: Iterable[str]) -> list[Any]:
    return [Paragraph(text.replace("\n", "<br/>"), _styles()[style]) for text in texts]


def _table(grid: Grid, widths: list[float]) -> Any:
    data: list[list[Any]] = [[""] * grid.columns for _ in range(grid.rows)]
    style: list[tuple[Any, ...]] = [
        ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LEFTPADDING", (0, 0), (-1, -1), 2),
        ("RIGHTPADDING", (0, 0), (-1, -1), 2),
    ]
    for cell in grid.cells:
        data[cell.row][cell.column] = _texts("cell", [cell.text])[0] if cell.text else ""
        corner = (cell.column + cell.colspan - 1, cell.row + cell.rowspan - 1)
        style.append(("SPAN", (cell.column, cell.row), corner))
    return Table(data, colWidths=widths, style=style, repeatRows=0)


def _disclosure(shape: Form, report: Report) -> Any:
    grid = disclosure_grid(shape, printing(report))
    return _table(grid, [WIDTH / 4] + [WIDTH * 0.75 / (grid.columns - 1)] * (grid.columns - 1))


def _requests(shape: Form, report: Report) -> list[Any]:
    widths = [18.0, 60.0, WIDTH - 78 - 7 * 44] + [44.0] * 7
    first, rest = cut(requests_grid(shape, printing(report)), CUT_BEFORE_ROW)
    return [_table(first, widths), PageBreak(), _table(rest, widths)]


def _tabled(report: Report) -> list[Any]:
    shape = form(report.edition)
    one, two, three, four, five, six = (_texts("heading", [name]) for name in shape.sections)
    return [
        *_texts("text", [prose.preamble(report)]),
        *one, *_texts("text", prose.overview(report)),
        *two, _disclosure(shape, report),
        *three, *_requests(shape, report),
        *four, *_texts("text", [prose.review_note(report)]), Spacer(1, 6),
        _table(review_grid(shape, printing(report)), [WIDTH / 15] * 15),
        *five, *_texts("text", prose.problems(report)),
        *six, *_texts("text", prose.other_matters(report)),
    ]  # fmt: skip


def _untabled(report: Report) -> list[Any]:
    story: list[Any] = []
    for section in prose.prose_sections(report):
        story += _texts("heading", [section.heading]) + _texts("text", section.paragraphs)
    return story


def render_pdf(report: Report) -> bytes:
    """The report as PDF bytes, the same at each call."""
    out = BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=A4, invariant=1, title=report.title, author=report.agency,
        leftMargin=48, rightMargin=48, topMargin=48, bottomMargin=48,
    )  # fmt: skip
    story = _texts("title", [report.title])
    document.build(story + (_tabled(report) if report.has_tables else _untabled(report)))
    return out.getvalue()
