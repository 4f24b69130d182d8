"""Reports that print a form more than once, or columns and blocks beside the form's own."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from printed_reports import (
    Sheet,
    by_place,
    disclosure_sheet,
    page_html,
    requests_sheet,
    review_sheet,
    sheets,
    table_html,
    wrong,
)

from parsers.forms.vocabulary import vocabulary
from parsers.read import read
from parsers.report import Extraction, Outcome, State

TITLE = "中卫市民政局2023年政府信息公开工作年度报告"
ALL = ("disclosure/licensing/decisions", "disclosure/penalties/decisions")


def page(figures: dict[str, str]) -> str:
    return page_html(TITLE, sheets(figures))


def tabled(html: str) -> Extraction:
    return read(html.encode())


def beside(html: str, head: str, other: str, added: int) -> str:
    """The page with a column behind one that is headed so, each figure so much higher."""

    def more(found: re.Match[str]) -> str:
        row = found[0]
        cells = re.findall(r"<td[^>]*><p>[^<]*</p></td>", row)
        if head in row:
            return row.replace(cells[-1], cells[-1] + f"<td><p>{other}</p></td>")
        last = re.search(r"<p>(\d+)</p></td>$", cells[-1]) if len(cells) == 2 else None
        return row.replace(cells[-1], cells[-1] + f"<td><p>{int(last[1]) + added}</p></td>") if last else row

    return re.sub(r"<tr>.*?</tr>", more, html)


@pytest.mark.parametrize("other", ["上年处理决定数量", "累计处理决定数量", "去年处理决定数量"])
def test_a_column_of_another_span_of_time_is_not_this_years(figures: dict[str, str], other: str) -> None:
    html = beside(page(figures), "本年处理决定数量", other, 7)
    assert html.count(other) == 2
    assert wrong(tabled(html), figures) == {}


def test_of_two_years_side_by_side_none_is_guessed(figures: dict[str, str]) -> None:
    html = page(figures).replace("本年处理决定数量", "2023年处理决定数量")
    found = by_place(tabled(beside(html, "2023年处理决定数量", "2022年处理决定数量", 7)))
    assert {found[cell].state for cell in ALL} == {State.UNREADABLE}


def test_blocks_side_by_side(figures: dict[str, str]) -> None:
    table = (
        "<table><tr><td colspan=2>第二十条第（五）项</td><td colspan=2>第二十条第（八）项</td></tr>"
        "<tr><td>信息内容</td><td>本年处理决定数量</td><td>信息内容</td><td>本年收费金额（单位：万元）</td></tr>"
        "<tr><td>行政许可</td><td>11</td><td>行政事业性收费</td><td>4.5</td></tr>"
        "<tr><td>信息内容</td><td>本年处理决定数量</td><td>信息内容</td><td>本年处理决定数量</td></tr>"
        "<tr><td>行政处罚</td><td>22</td><td>行政强制</td><td>33</td></tr></table>"
    )
    html = re.sub("<table>.*?</table>", table, page(figures), count=1)
    found = by_place(tabled(html))
    read_as = {place: float(found[place].value or -1) for place in found if found[place].value is not None}
    assert read_as[ALL[0]] == 11
    assert read_as[ALL[1]] == 22
    assert read_as["disclosure/coercive_measures/decisions"] == 33
    assert read_as["disclosure/fees/amount_10k_yuan"] == 4.5


def test_the_article_in_a_column_of_its_own(figures: dict[str, str]) -> None:
    first, rest = page(figures).split("</table>", 1)
    first = re.sub(r"<tr>(<td[^>]*><p>信息内容)", r"<tr><td><p>条款</p></td>\1", first)
    row = r"<tr>(<td[^>]*><p>(?!第二十|信息内容|条款))"
    first = re.sub(row, r"<tr><td><p>第二十条第（五）项</p></td>\1", first)
    assert wrong(tabled(f"{first}</table>{rest}"), figures) == {}


OTHERS = {
    "last year's": "附：上年度（2022年）情况",
    "last year's, by the year": "2022年情况表",
    "the whole city's": "全市总体情况：",
}


@pytest.mark.parametrize("caption", OTHERS.values(), ids=OTHERS)
@pytest.mark.parametrize("sheet", [requests_sheet, review_sheet], ids=["requests", "review"])
@pytest.mark.parametrize("behind", [False, True], ids=["before", "behind"])
def test_a_table_of_another_year_or_body_is_not_the_reports(
    figures: dict[str, str], caption: str, sheet: object, behind: bool
) -> None:
    assert callable(sheet)
    other = f"<p>{caption}</p>{table_html(sheet(dict.fromkeys(figures, '7')))}"
    at = "<h3>五、" if behind else "<h3>二、"
    assert wrong(tabled(page(figures).replace(at, other + at, 1)), figures) == {}


@pytest.mark.parametrize("first", [True, False], ids=["this year's first", "last year's first"])
def test_last_years_whole_report_on_the_same_page(figures: dict[str, str], first: bool) -> None:
    body = re.search("<div class='TRS_Editor'>(.*)</div><div class='foot'>", page(figures))
    sevens = page(dict.fromkeys(figures, "7"))
    other = re.search("<div class='TRS_Editor'>(.*)</div><div class='foot'>", sevens)
    assert body is not None
    assert other is not None
    last = other[1].replace("2023", "2022")
    both = body[1] + last if first else last + body[1]
    assert wrong(tabled(page(figures).replace(body[1], both)), figures) == {}


def test_what_two_tables_of_one_form_say_unlike_is_not_read(figures: dict[str, str]) -> None:
    """Nothing tells which of them the report states."""
    other = {**figures, "requests/received/total": "99999"}
    second = table_html(requests_sheet(other))
    html = page(figures).replace("<h3>四、", f"{second}<h3>四、", 1)
    found = by_place(tabled(html.replace("<h3>三、", "<h3>").replace("<h3>二、", "<h3>")))
    assert found["requests/received/total"].state is State.UNREADABLE
    assert found["requests/granted/total"].raw == figures["requests/granted/total"]


def test_a_row_that_is_printed_twice_with_other_figures_is_the_only_one_lost(figures: dict[str, str]) -> None:
    html = page(figures)
    (row,) = re.findall(r"<tr><td[^>]*><p>一、本年新收[^<]*</p></td>.*?</tr>", html)
    html = html.replace(row, re.sub(r"<p>\d+</p>", "<p>0</p>", row) + row)
    lost = {place for place in figures if place.startswith("requests/received/")}
    found = tabled(html)
    assert {by_place(found)[place].state for place in lost} == {State.UNREADABLE}
    assert wrong(found, {k: v for k, v in figures.items() if k not in lost}) == {}


@pytest.mark.parametrize(
    "title",
    [
        "某县2023年上半年政府信息公开工作报告",
        "某县2023年第三季度依申请公开情况统计",
        "某县2023年法治政府建设年度报告",
        "某县2023年行政执法情况统计年报",
        "某县2023年行政复议行政应诉案件统计分析报告",
    ],
)
def test_a_report_of_another_kind_may_print_the_same_tables(figures: dict[str, str], title: str) -> None:
    assert tabled(page_html(title, sheets(figures))).outcome is Outcome.NOT_A_REPORT


def test_a_notice_with_a_sample_of_zeros_is_no_report(figures: dict[str, str]) -> None:
    zeros = sheets(dict.fromkeys(figures, "0"))
    notice = page_html("关于报送2023年度政府信息公开工作年度报告有关数据的通知", zeros)
    assert tabled(notice).outcome is Outcome.NOT_A_REPORT
    assert tabled(page_html(TITLE, zeros)).outcome is Outcome.REPORT


@pytest.mark.parametrize("title", ["某市综合行政执法局", "某市行政复议局网站", "年报"])
def test_a_report_under_a_name_only_is_one(figures: dict[str, str], title: str) -> None:
    assert tabled(page_html(title, sheets(figures))).outcome is Outcome.REPORT


FEES = "disclosure/fees/amount_10k_yuan"
HEAD = "本年收费金额（单位：万元）"


@pytest.mark.parametrize(
    ("bend", "value"),
    [
        (lambda html: html.replace(HEAD, "本年收费金额：元"), "25.1"),
        (lambda html: html.replace(HEAD, "本年收费金额（元/人民币）"), "25.1"),
        (lambda html: html.replace(HEAD, "本年收费金额（以元计）"), None),
        (lambda html: html.replace(HEAD, "本年收费金额").replace(
            "<h3>三、", "<p>注：本表收费金额单位为元。</p><h3>三、"), "25.1"),
        (lambda html: html.replace(HEAD, "本年收费金额").replace(
            "<p>251000</p></td>", "<p>251000</p></td><td>元</td>"), "25.1"),
    ],
    ids=["behind a colon", "beside the currency", "in other words", "in a note", "in a cell"],
)  # fmt: skip
def test_the_unit_of_fees(figures: dict[str, str], bend: object, value: str | None) -> None:
    assert callable(bend)
    html = bend(page({**figures, FEES: "251000"}))
    found = by_place(tabled(html))[FEES]
    assert found.value == (None if value is None else Decimal(value))


@pytest.mark.parametrize(
    ("printed", "value"),
    [("20（减少）", -20), ("↓20", -20), ("20 （增加）", 20), ("↑20", 20), ("20（比上年减少）", None)],
)
def test_the_direction_of_a_change(figures: dict[str, str], printed: str, value: int | None) -> None:
    cell = "disclosure/licensing/change"
    sheet = table_html(disclosure_sheet({cell: printed, "disclosure/licensing/decisions": "120"}, "2019"))
    html = re.sub("<table>.*?</table>", sheet, page(figures), count=1)
    found = by_place(tabled(html))[cell]
    assert (found.value, found.raw) == (value, printed)


def test_the_row_of_a_group_beside_its_parts(figures: dict[str, str]) -> None:
    """（六）其他处理 with a sum of its own, as in the form of 2019, over the three rows of 2021."""
    html = page(figures)
    (first,) = re.findall(r"<tr>(?:(?!<tr>).)*1\.申请人无正当理由逾期不补正.*?</tr>", html)
    group = "<tr><td colspan=3>（六）其他处理</td>" + "<td>8</td>" * 7 + "</tr>"
    extraction = tabled(html.replace(first, group + first))
    assert extraction.edition == "2021"
    assert wrong(extraction, figures) == {}


def test_labels_with_their_groups_in_one_cell(figures: dict[str, str]) -> None:
    sheet = requests_sheet(figures)
    flat = Sheet([s for s in sheet.spots if not (s.row > 2 and s.column < 3)])
    for row, line in enumerate(vocabulary().table("requests", "2021").rows(), 3):
        flat.put(row, 0, f"{line.under[-1] if line.under else ''}{line.label}", 1, 3)
    flat.spots.sort(key=lambda spot: (spot.row, spot.column))
    html = page(figures).replace(table_html(sheet), table_html(flat))
    assert wrong(tabled(html), figures) == {}


@pytest.mark.parametrize("by", ["", "本年"])
def test_what_is_carried_into_the_next_year_in_other_words(figures: dict[str, str], by: str) -> None:
    label = f"四、{by}结转下年度政府信息公开申请数量"
    html = page(figures).replace("四、结转下年度继续办理", label)
    assert label in html
    assert wrong(tabled(html), figures) == {}


def test_a_blank_before_figures_one_of_which_was_lost_is_no_value(figures: dict[str, str]) -> None:
    html = page(figures)
    (row,) = re.findall(r"<tr>(?:(?!<tr>).)*（七）总计.*?</tr>", html)
    cells = re.findall(r"<td.*?</td>", row)
    bent = "".join([re.sub(r"colspan=\"2\"", 'colspan="1"', cells[0]), "<td></td>", *cells[1:-1]])
    found = by_place(tabled(html.replace(row, f"<tr>{bent}</tr>")))
    for place in (p for p in figures if p.startswith("requests/handled_total/")):
        assert found[place].value in (None, Decimal(figures[place]))


@pytest.mark.parametrize("sheet", [requests_sheet, review_sheet], ids=["requests", "review"])
def test_a_sentence_above_a_table_does_not_say_whose_it_is(figures: dict[str, str], sheet: object) -> None:
    """That numbers rose against last year is told by the text; the other table has a caption."""
    assert callable(sheet)
    own = table_html(sheet(figures))
    other = f"<p>全市总体情况：</p>{table_html(sheet(dict.fromkeys(figures, '7')))}"
    html = page(figures).replace(own, f"<p>数量比去年有所增加。</p>{own}{other}")
    assert html.count(own) == 1
    assert wrong(tabled(html), figures) == {}


def disclosed(figures: dict[str, str], *rows: str) -> dict[str, State]:
    """The states of the report's cells, its first table replaced by these rows."""
    table = "".join(f"<tr><td>{row.replace('|', '</td><td>')}</td></tr>" for row in rows)
    table = table.replace("<td>本年处理决定数量", "<td colspan=2>本年处理决定数量")
    html = re.sub("<table>.*?</table>", f"<table>{table}</table>", page(figures), count=1)
    return {place: fact.state for place, fact in by_place(tabled(html)).items()}


def test_of_two_figures_under_one_head_none_is_guessed(figures: dict[str, str]) -> None:
    told = disclosed(figures, "信息内容|本年处理决定数量", "行政许可|11|22", "行政处罚|33|")
    assert (told[ALL[0]], told[ALL[1]]) == (State.UNREADABLE, State.VALUE)


def test_a_figure_under_no_head_may_be_that_of_a_column_whose_head_is_gone(figures: dict[str, str]) -> None:
    told = disclosed(figures, "信息内容|本年制发件数|本年废止件数||", "规章|1|2|3|4", "行政规范性文件|1|2||")
    assert told["disclosure/regulations/in_force"] is State.UNREADABLE
    assert told["disclosure/normative_documents/in_force"] is State.ABSENT
