"""An article that its site cuts over several pages: read as one, whatever place it is cut at."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from printed_reports import page_html, sheets, wrong
from test_containers import zipped

from parsers.document import Grid
from parsers.formats.archives import Member
from parsers.formats.html_parts import read_all
from parsers.read import read
from parsers.report import Extraction, Outcome
from parsers.sniff import HTML

TITLE = "某县财政局2023年政府信息公开工作年度报告"
PAGER = (
    "<div class='page'><a href='t1.html'>上一页</a> <a>1</a> <a>2</a> <a href='t1_1.html'>下一页</a></div>"
)
SHOWN = "<p>发布时间：2024-01-22 浏览次数：{} 次</p>"
FOOT = "<p>责任编辑：张三</p>"
ROWS = 46
"""Rows of the three tables, the last of the last one among them."""


def template(body: str, visits: int) -> str:
    """What the site's system puts round each part."""
    return (
        f"<html><head><meta charset='utf-8'><title>{TITLE}</title></head><body>"
        f"<div class='nav'><a href='/'>首页</a>您现在的位置</div><h1>{TITLE}</h1><div class='TRS_Editor'>"
        f"{SHOWN.format(visits)}{body}{PAGER}{FOOT}</div>"
        "<div class='foot'>版权所有，未经许可不得转载</div></body></html>"
    )


def article(figures: dict[str, str]) -> str:
    whole = page_html(TITLE, sheets(figures))
    return whole.partition("<div class='TRS_Editor'>")[2].partition("</div><div class='foot'>")[0]


def parts(*bodies: str) -> dict[str, bytes]:
    return {f"{n:03}.html": template(body, 10 + n).encode() for n, body in enumerate(bodies, 1)}


def joined(*bodies: str) -> Extraction:
    return read(zipped(parts(*bodies)))


def cuts(body: str) -> Iterator[int]:
    """Behind each row of each table."""
    return (match.end() for match in re.finditer("</tr>", body))


def test_a_cut_between_paragraphs(figures: dict[str, str]) -> None:
    body = article(figures)
    whole, cut = read(template(body, 11).encode()), body.index("<h3>三、")
    extraction = joined(body[:cut], body[cut:])
    assert (extraction.outcome, extraction.media_type) == (Outcome.REPORT, HTML)
    assert (extraction.title, extraction.agency, extraction.year) == (TITLE, "某县财政局", 2023)
    assert wrong(extraction, figures) == {}
    assert [(s.heading, s.text) for s in extraction.sections] == [
        (s.heading, s.text.replace("\n上一页 1 2 下一页", "")) for s in whole.sections
    ]


def test_each_locator_names_its_part(figures: dict[str, str]) -> None:
    body = article(figures)
    cut = body.index("<h3>三、")
    facts = joined(body[:cut], body[cut:]).facts
    assert {f.locator.partition("!html:")[0] for f in facts if f.table_code == "disclosure"} == {"001.html"}
    assert {f.locator.partition("!html:")[0] for f in facts if f.table_code == "requests"} == {"002.html"}


@pytest.mark.parametrize("row", range(ROWS))
@pytest.mark.parametrize(("ends", "begins"), [("", ""), ("</tbody></table>", "<table><tbody>")])
def test_a_cut_behind_any_row(figures: dict[str, str], row: int, ends: str, begins: str) -> None:
    """In the midst of the markup, and with each part's table closed and opened anew."""
    body = article(figures)
    places = list(cuts(body))
    assert len(places) == ROWS
    extraction = joined(body[: places[row]] + ends, begins + body[places[row] :])
    assert wrong(extraction, figures) == {}


@pytest.mark.parametrize("row", range(3, 27))
def test_a_cut_that_repeats_the_tables_head(figures: dict[str, str], row: int) -> None:
    body = article(figures)
    table = body.index("<table>", body.index("<h3>三、"))
    places = [table + place for place in cuts(body[table:])]
    head = body[table : places[2]]
    extraction = joined(body[: places[row]] + "</tbody></table>", head + body[places[row] :])
    assert wrong(extraction, figures) == {}


def grids(*bodies: str) -> list[Grid]:
    return list(read_all([Member(name, data) for name, data in parts(*bodies).items()]).grids())


def rows(grid: Grid) -> list[list[str]]:
    return [[c.text for c in grid.cells if c.row == row] for row in range(grid.height)]


def test_a_table_of_no_form_is_one_too() -> None:
    first = "<table><tr><td>街道<td>件数<tr><td>东<td>3</table>"
    bare, headed = "<table><tr><td>西<td>4</table>", "<table><tr><td>街道<td>件数<tr><td>西<td>4</table>"
    for second in (bare, headed):
        (grid,) = grids(first, second)
        assert rows(grid) == [["街道", "件数"], ["东", "3"], ["西", "4"]]
        assert [c.locator.partition("!")[0] for c in grid.cells] == ["001.html"] * 4 + ["002.html"] * 2


def test_another_table_behind_the_cut_stays_apart() -> None:
    first = "<table><tr><td>街道<td>件数<tr><td>东<td>3</table>"
    other = "<table><tr><td>部门<td>次数<tr><td>北<td>5</table>"
    wider = "<table><tr><td>西<td>4<td>5</table>"
    assert len(grids(first, other)) == 2
    assert len(grids(first, wider)) == 2
    assert len(grids(first, f"<p>下表为部门情况</p>{other}")) == 2


def test_three_parts_and_what_each_repeats() -> None:
    texts = ["第一部分写的是总体情况，" * 6, "第二部分写的是申请情况。", "完"]
    files = [Member(name, data) for name, data in parts(*(f"<p>{text}</p>" for text in texts)).items()]
    seen = [p.text for p in read_all(files).paragraphs()]
    assert seen == ["发布时间：2024-01-22 浏览次数：11 次", *texts, "责任编辑：张三"]


def test_a_line_of_the_text_is_no_pager() -> None:
    said = ["共3页", "2023 1 2", "下一页续"]
    files = [Member("001.html", template("".join(f"<p>{text}</p>" for text in said), 1).encode())]
    seen = [p.text for p in read_all(files).paragraphs()]
    assert [text for text in said if text in seen] == ["2023 1 2", "下一页续"]


def test_a_zip_with_more_than_numbered_pages_is_a_container_as_ever(figures: dict[str, str]) -> None:
    body = article(figures)
    files = {"001.html": template(body, 1).encode(), "附表.html": b"<p>x</p>"}
    extraction = read(zipped(files))
    assert extraction.outcome is Outcome.REPORT
    assert extraction.reason == "read from 001.html"
