"""HTML: tables as browsers lay them out, markup of all hands, and what no browser would take."""

from __future__ import annotations

import base64
import quopri

import pytest
from printed_reports import page_html, sheets, table_html, wrong

from parsers.document import Grid
from parsers.formats.html import read as read_html
from parsers.outcomes import TooMuch
from parsers.read import read
from parsers.report import Outcome
from parsers.sniff import MHTML

TITLE = "某县财政局2023年政府信息公开工作年度报告"


def placed(table: str) -> list[tuple[int, int, int, int, str]]:
    """Row, column, rows, columns and text of the cells of a table."""
    grid = next(read_html(f"<body>{table}</body>".encode()).grids())
    return [(c.row, c.column, c.rowspan, c.colspan, c.text) for c in grid.cells]


def test_spans_push_later_cells_aside() -> None:
    table = "<table><tr><td rowspan=2>a<td>b<tr><td>c</table>"
    assert placed(table) == [(0, 0, 2, 1, "a"), (0, 1, 1, 1, "b"), (1, 1, 1, 1, "c")]


@pytest.mark.parametrize(
    ("written", "columns"), [("2", 2), ("2px", 2), (" +2 ", 2), ("two", 1), ("0", 1), ("-2", 1)]
)
def test_spans_are_read_as_browsers_do(written: str, columns: int) -> None:
    table = f"<table><tr><td colspan='{written}'>a<tr><td>b<td>c<td>d</table>"
    assert placed(table)[0] == (0, 0, 1, columns, "a")


def test_a_span_of_no_rows_reaches_to_the_end() -> None:
    assert placed("<table><tr><td rowspan=0>a<td>b<tr><td>c<tr><td>d</table>")[0] == (0, 0, 3, 1, "a")


def test_a_span_wider_than_the_table_is_as_wide_as_the_table() -> None:
    table = "<table><tr><td colspan=100>a<tr><td colspan=3>b<td colspan=3>c<tr><td rowspan=99>d<td>e</table>"
    assert placed(table) == [
        (0, 0, 1, 3, "a"), (1, 0, 1, 2, "b"), (1, 2, 1, 1, "c"), (2, 0, 1, 1, "d"), (2, 1, 1, 1, "e"),
    ]  # fmt: skip


def test_cells_that_stand_in_no_row_make_one() -> None:
    assert placed("<table><td>a<td>b<tr><td>c<td>d</table>")[:2] == [(0, 0, 1, 1, "a"), (0, 1, 1, 1, "b")]


def test_cells_and_rows_that_are_not_shown_are_none() -> None:
    """Editors that merge cells leave those merged away in place, and hide them."""
    table = (
        "<table><tr style='display:none'><td>x<td>y<td>z</tr>"
        "<tr><td colspan=2>a<td style='display: none'>x<td>b</tr><tr><td>c<td>d<td>e</tr></table>"
    )
    assert [c[:2] for c in placed(table)] == [(0, 0), (0, 2), (1, 0), (1, 1), (1, 2)]


@pytest.mark.parametrize("depth", [240, 400, 2000])
def test_markup_that_is_never_closed(figures: dict[str, str], depth: int) -> None:
    """Editors pile up tags, hundreds deep; browsers show what stands in them."""
    page = page_html(TITLE, sheets(figures)).replace("<h3>一、", "<font face=x>" * depth + "<h3>一、")
    assert wrong(read(page.encode()), figures) == {}


def test_markup_deeper_than_the_parser_goes_is_told() -> None:
    extraction = read(("<body>" + "<font>" * 5000 + "<p>年报</p>").encode())
    assert (extraction.outcome, extraction.reason) == (Outcome.UNREADABLE, "markup too deep to be read")


def test_markup_of_word(figures: dict[str, str]) -> None:
    """Conditional comments, paragraphs of its own, numbers in spans, office tags."""
    page = page_html(TITLE, sheets(figures))
    page = page.replace("<p>", "<p class=MsoNormal style='mso-outline-level:1'><span lang=EN-US><o:p></o:p>")
    page = page.replace("</p>", "</span></p>").replace("<h3>一、", "<h3><![if !supportLists]>一、<![endif]>")
    page = page.replace(
        "<tbody>", "<!--[if !supportMisalignedColumns]><tr height=0><td></td></tr><![endif]--><tbody>"
    )
    extraction = read(page.encode())
    assert wrong(extraction, figures) == {}
    assert [s.heading for s in extraction.sections if s.heading][0] == "一、总体情况"


def test_a_table_within_a_table_that_lays_out(figures: dict[str, str]) -> None:
    page = page_html(TITLE, sheets(figures))
    for sheet in sheets(figures):
        whole = table_html(sheet)
        page = page.replace(
            whole, f"<table width=100%><tr><td></td><td align=center>{whole}</td></tr></table>"
        )
    assert wrong(read(page.encode()), figures) == {}


def test_spans_without_end_are_given_up() -> None:
    row = "<tr>" + "<td rowspan=65000 colspan=1000>1</td>" * 20 + "</tr>"
    with pytest.raises(TooMuch):
        read_html(f"<table>{row * 200}</table>".encode())


def test_text_in_reading_order() -> None:
    page = (
        "<body><p>一<b>二</b>三<br>四</p>五<div>六<!-- 注 -->七</div><table><tr><td>八<td>九</table>十</body>"
    )
    blocks = read_html(page.encode()).blocks
    assert [b.cells[0].text if isinstance(b, Grid) else b.text for b in blocks] == [
        "一二三", "四", "五", "六七", "八", "十",
    ]  # fmt: skip


@pytest.mark.parametrize("coding", ["quoted-printable", "base64", "8bit"])
def test_a_page_saved_in_one_file_with_its_images(figures: dict[str, str], coding: str) -> None:
    page = page_html(TITLE, sheets(figures)).encode("gb18030")
    coded = {"quoted-printable": quopri.encodestring(page), "base64": base64.encodebytes(page), "8bit": page}
    head = b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="x"\r\n\r\n--x\r\n'
    own = f"Content-Type: text/html; charset=gb2312\r\nContent-Transfer-Encoding: {coding}\r\n\r\n"
    extraction = read(head + own.encode() + coded[coding] + b"\r\n--x--\r\n", "application/msword")
    assert (extraction.media_type, wrong(extraction, figures)) == (MHTML, {})


def test_page_tags() -> None:
    page = b"<meta name='meta-ArticleTitle' content='a'><meta name='articletitle' content='b'>"
    assert read_html(page + b"<meta name=URL content=null>").meta == {"articletitle": "b"}


@pytest.mark.parametrize("page", [b"", b" ", b"<!---->", b"<?x?>", b"\x00"])
def test_a_page_of_nothing_but_comments_is_no_report(page: bytes) -> None:
    assert read(page, "text/html").outcome is not Outcome.REPORT
