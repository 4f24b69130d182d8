"""A report as the body of a web page: markup as Word leaves it when it is pasted into a TRS editor."""

from collections.abc import Iterable, Iterator
from html import escape

from nianbao.replica import prose
from nianbao.replica.form import form
from nianbao.replica.grids import Cell, Grid, disclosure_grid, printing, requests_grid, review_grid
from nianbao.replica.reports import Report

_INDENT = "margin:0pt;text-indent:32pt;line-height:28pt;mso-pagination:none;text-align:justify;"
_CELL = "padding:0pt 5.4pt;border:1pt solid windowtext;mso-border-alt:0.5pt solid windowtext;"


def _run(text: str, font: str, size: str) -> str:
    inner = escape(text, quote=False).replace("\n", "<br/>")
    style = f"font-family:{font};font-size:{size};mso-font-kerning:0pt;"
    return f'<span style="{style}" lang="ZH-CN"><font face="{font}">{inner}</font></span>'


def paragraph(text: str) -> str:
    return f'<p class="MsoNormal" style="{_INDENT}">{_run(text, "仿宋_GB2312", "16.0000pt")}<o:p></o:p></p>\n'


def heading(text: str) -> str:
    return f'<p class="MsoNormal" style="{_INDENT}"><b>{_run(text, "黑体", "16.0000pt")}</b></p>\n'


def _cell(cell: Cell) -> str:
    spans = f' rowspan="{cell.rowspan}"' if cell.rowspan > 1 else ""
    spans += f' colspan="{cell.colspan}"' if cell.colspan > 1 else ""
    return (
        f'<td{spans} style="{_CELL}" valign="center"><p class="MsoNormal" align="center" '
        f'style="text-align:center;">{_run(cell.text, "宋体", "10.5000pt")}</p></td>'
    )


def table(grid: Grid) -> str:
    rows = "\n".join(f'<tr style="height:18pt;">{"".join(map(_cell, cells))}</tr>' for cells in grid.by_row())
    style = "border-collapse:collapse;mso-table-layout-alt:fixed;border:none;"
    opening = f'<table class="MsoNormalTable" border="1" cellspacing="0" style="{style}">'
    return f"{opening}<tbody>\n{rows}\n</tbody></table>\n"


def _paragraphs(texts: Iterable[str]) -> str:
    return "".join(map(paragraph, texts))


def _tabled(report: Report) -> Iterator[str]:
    shape = form(report.edition)
    one, two, three, four, five, six = shape.sections
    yield paragraph(prose.preamble(report))
    yield heading(one) + _paragraphs(prose.overview(report))
    yield heading(two) + table(disclosure_grid(shape, printing(report)))
    yield heading(three) + table(requests_grid(shape, printing(report)))
    yield heading(four) + paragraph(prose.review_note(report)) + table(review_grid(shape, printing(report)))
    yield heading(five) + _paragraphs(prose.problems(report))
    yield heading(six) + _paragraphs(prose.other_matters(report))


def _untabled(report: Report) -> Iterator[str]:
    for section in prose.prose_sections(report):
        yield heading(section.heading) + _paragraphs(section.paragraphs)


def render_html(report: Report) -> str:
    """The report's body, to stand inside `div.TRS_UEDITOR`; one root-less run of paragraphs and tables."""
    return "".join(_tabled(report) if report.has_tables else _untabled(report))
