"""The statutory tables, read from HTML and PDF in the shapes that real reports have."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal

import pytest
from printed_docx import docx, p, report
from printed_docx import table as docx_table
from printed_reports import (
    Sheet,
    Spot,
    by_place,
    disclosure_sheet,
    page_html,
    page_pdf,
    requests_sheet,
    review_sheet,
    sheets,
    table_html,
    words_pdf,
    wrong,
)

from parsers.forms.vocabulary import vocabulary
from parsers.read import read
from parsers.report import Outcome, State

TITLE = "中卫市民政局2023年政府信息公开工作年度报告"


def html(printed: list[Sheet]) -> bytes:
    return page_html(TITLE, printed).encode()


def test_html_cell_for_cell(figures: dict[str, str]) -> None:
    extraction = read(html(sheets(figures)))
    assert extraction.outcome is Outcome.REPORT
    assert extraction.edition == "2021"
    assert len(figures) == 200 == len(extraction.facts)
    assert wrong(extraction, figures) == {}
    assert {c.passed for c in extraction.checks} == {True}
    assert len(extraction.checks) == 7 + 7 + 25 + 3


def test_pdf_cell_for_cell(figures: dict[str, str]) -> None:
    extraction = read(page_pdf(TITLE, sheets(figures)))
    assert extraction.edition == "2021"
    assert len(extraction.facts) == 200
    assert wrong(extraction, figures) == {}
    assert all(f.locator.startswith("pdf:p") for f in extraction.facts)


@pytest.mark.parametrize("row", range(27))
def test_pdf_cut_behind_each_row_of_the_requests_table(figures: dict[str, str], row: int) -> None:
    assert wrong(read(page_pdf(TITLE, sheets(figures), {1: row})), figures) == {}


@pytest.mark.parametrize("row", range(12))
def test_pdf_cut_behind_each_row_of_the_disclosure_table(figures: dict[str, str], row: int) -> None:
    assert wrong(read(page_pdf(TITLE, sheets(figures), {0: row})), figures) == {}


@pytest.mark.parametrize("row", range(3))
def test_pdf_cut_within_the_review_table(figures: dict[str, str], row: int) -> None:
    assert wrong(read(page_pdf(TITLE, sheets(figures), {2: row})), figures) == {}


def test_other_treatment_as_one_row_in_a_2021_report(figures: dict[str, str]) -> None:
    one_row = {k: v for k, v in figures.items() if not k.startswith("requests/other.")}
    one_row |= {
        k.replace("other.other", "other"): v for k, v in figures.items() if "requests/other.other/" in k
    }
    printed = [disclosure_sheet(one_row), requests_sheet(one_row, "2019"), review_sheet(one_row)]
    extraction = read(html(printed))
    assert extraction.edition == "2021"
    assert wrong(extraction, one_row) == {}
    assert len(extraction.facts) == 186
    assert not any(f.row_code.startswith("other.") for f in extraction.facts)


def test_2019_edition(figures: dict[str, str]) -> None:
    numbered = {
        f"disclosure/{row.code}/{column.code}": str(100 + 10 * i + j)
        for i, (block, row) in enumerate(
            (b, r) for b in vocabulary().table("disclosure", "2019").blocks for r in b.rows
        )
        for j, column in enumerate(block.columns)
    }
    printed_as = numbered | {
        "disclosure/licensing/change": "+1036",
        "disclosure/other_services/change": "减11",
        "disclosure/procurement/procurement_amount": "251000元",
    }
    expected = numbered | {
        "disclosure/licensing/change": "1036",
        "disclosure/other_services/change": "-11",
        "disclosure/procurement/procurement_amount": "25.1",
    }
    printed = [disclosure_sheet(printed_as, "2019"), requests_sheet(figures, "2019"), review_sheet(figures)]
    for data in (html(printed), page_pdf(TITLE, printed)):
        extraction = read(data)
        assert extraction.edition == "2019"
        assert wrong(extraction, expected) == {}


def test_typing_slips_seen_in_print(figures: dict[str, str]) -> None:
    slips = {
        "本年废止件数": "本年度止件数",
        "2.其他法律行政法规禁止公开": "2.其他法律行政止公开",
        "3.危及“三安全一稳定”": '3. 危及"三安全一稳定"',
        "（一）予以公开": "(一) 予以<br>公开",
        "结果维持": "结果 维持",
        "行政规范性文件": "规范性文件",
        "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请": "1.申请人无正当理由逾期不补正",
    }
    assert wrong(read(html([s.relabelled(slips) for s in sheets(figures)])), figures) == {}


@pytest.mark.parametrize(("front", "back"), [(0, 0), (0, 2), (1, 1), (2, 0)])
def test_rows_that_lost_their_spans(figures: dict[str, str], front: int, back: int) -> None:
    """As the Markdown of PDFs has it: no spans, cells missing in front, blank ones between and behind.

    A value that is blank itself must not be taken for padding.
    """
    figures = figures | {"requests/granted/total": "", "requests/received/natural_person": ""}
    sheet = requests_sheet(figures)
    rows = []
    for row in range(sheet.height):
        texts = [s.text for s in sorted(sheet.spots, key=lambda s: s.column) if s.row == row]
        texts = texts[:-7] + [""] * front + texts[-7:] + [""] * back
        rows.append("<tr>" + "".join(f"<td>{t}</td>" for t in texts) + "</tr>")
    page = html(sheets(figures)).decode().replace(table_html(sheet), f"<table>{''.join(rows)}</table>")
    extraction = read(page.encode())
    assert wrong(extraction, {place: value for place, value in figures.items() if value}) == {}
    blank = [place for place, fact in by_place(extraction).items() if fact.state is State.BLANK]
    assert blank == [place for place, value in figures.items() if not value]


def test_requests_table_in_two_html_tables(figures: dict[str, str]) -> None:
    whole = table_html(requests_sheet(figures))
    rows = whole.split("<tr>")
    cut = "<tr>".join(rows[:12]) + "</tbody></table><p></p><table><tbody><tr>" + "<tr>".join(rows[12:])
    page = html(sheets(figures)).decode().replace(whole, cut)
    assert wrong(read(page.encode()), figures) == {}


def test_a_head_whose_words_stand_in_two_rows(figures: dict[str, str]) -> None:
    """As 商业 above 企业: the 其他 beside them, which covers both rows, is the head's."""
    page = html(sheets(figures)).decode()
    before, head, after = page.partition('<td rowspan="1" colspan="1"><p>商业企业</p></td>')
    after = after.replace("科研机构", "科研", 1)
    for label in ("社会公益组织", "法律服务机构", "其他"):
        after = after.replace(f'<td rowspan="1" colspan="1"><p>{label}<', f'<td rowspan="2"><p>{label}<', 1)
    after = after.replace("</tr>", "</tr><tr><td>企业</td><td>机构</td></tr>", 1)
    for label in ("（本列数据的勾稽关系", "申请人情况", "自然人", "总计"):
        assert label in before
    before = re.sub(r'rowspan="(\d)"( colspan="\d"><p>(?:（本列|自然人|总计))', _one_more, before)
    assert wrong(read((before + head.replace("商业企业", "商业") + after).encode()), figures) == {}


def test_a_head_that_a_page_cuts_through(figures: dict[str, str]) -> None:
    """Half of each word stands above: that row's 其他 is still no row of the form."""
    page = html(sheets(figures)).decode()
    halves = [("商业", "企业"), ("科研", "机构"), ("社会公", "益组织"), ("法律服务", "机构"), ("其他", "")]
    for upper, lower in halves:
        page = page.replace(f"<p>{upper}{lower}</p>", f"<p>{upper}</p>", 1)
    below = "".join(f"<td>{lower}</td>" for _, lower in halves)
    cut = f"<p>其他</p></td></tr><tr><td colspan='3'></td><td></td>{below}<td></td></tr>"
    assert page.count("<p>其他</p></td></tr>") == 1
    assert wrong(read(page.replace("<p>其他</p></td></tr>", cut).encode()), figures) == {}


def test_the_next_table_s_head_cut_by_a_page_gives_no_row_of_this_one(figures: dict[str, str]) -> None:
    """Only half of each word stands above the cut; its 总计 is not the one of this table."""
    page = html(sheets(figures)).decode()
    before, review, after = page.partition("<p>行政复议</p>")
    for whole in ("结果维持", "结果纠正", "其他结果", "尚未审结"):
        after = after.replace(f"<p>{whole}</p>", f"<p>{whole[:2]}</p>", 1)
    extraction = read((before + review + after).encode())
    expected = {place: value for place, value in figures.items() if place.startswith("requests/")}
    assert wrong(extraction, expected) == {}


def _one_more(found: re.Match[str]) -> str:
    return f'rowspan="{int(found[1]) + 1}"{found[2]}'


def test_all_tables_in_one_grid(figures: dict[str, str]) -> None:
    page = html([])
    whole = "".join(table_html(s) for s in sheets(figures)).replace("</tbody></table><table><tbody>", "")
    extraction = read(page.replace(b"</h3>", b"</h3>" + whole.encode(), 1))
    assert wrong(extraction, figures) == {}


def test_a_second_report_behind_the_first_leaves_its_figures_alone(figures: dict[str, str]) -> None:
    printed = sheets(figures)
    second = table_html(requests_sheet(dict.fromkeys(figures, "7")))
    page = html(printed).decode().replace("</div><div class='foot'>", f"{second}</div><div class='foot'>")
    assert wrong(read(page.encode()), figures) == {}


def test_labels_cut_to_a_part_of_theirs(figures: dict[str, str]) -> None:
    cut = {
        "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请": "1.逾期不补正",
        "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请": "2.逾期未按收费通知要求",
    }
    assert wrong(read(html([s.relabelled(cut) for s in sheets(figures)])), figures) == {}
    shortened = {k: "2.逾期未缴费" for k in cut if k.startswith("2.")}
    assert wrong(read(html([s.relabelled(shortened) for s in sheets(figures)])), figures) == {}


def test_the_mark_of_a_note_is_no_digit(figures: dict[str, str]) -> None:
    page = html(sheets(figures)).decode()
    styled = "<span style='font-size:8pt;vertical-align: super'>1</span>"
    for mark in ("①", "<sup>1</sup>", "<sup><a href='#n2'>2</a></sup>", "²", "*", styled):
        marked = page.replace("<p>1543</p>", f"<p>1543{mark}</p>")
        assert marked != page
        assert wrong(read(marked.encode()), figures) == {}


@pytest.mark.parametrize(
    "struck",
    [
        "<del>9</del>", "<s>9</s>", "<strike><b>9</b></strike>",
        "<span style='Text-Decoration: underline line-through'>9<b>9</b></span>",
    ],
)  # fmt: skip
def test_what_is_struck_out_is_no_part_of_the_figure_beside_it(figures: dict[str, str], struck: str) -> None:
    page = html(sheets(figures)).decode()
    corrected = page.replace("<p>1543</p>", f"<p>{struck}1543</p>")
    assert corrected != page
    assert wrong(read(corrected.encode()), figures) == {}


@pytest.mark.parametrize(
    "style",
    [
        "visibility: hidden",
        "visibility:\nhidden",
        "FONT-SIZE: 0px;color:red",
        "font-size:0.00pt",
        "opacity:0",
        "mso-hide:all",
        "font-size:12pt;font-size:0 !important",
    ],
)
def test_what_a_style_keeps_from_the_eye_is_no_part_of_the_figure(
    figures: dict[str, str], style: str
) -> None:
    page = html(sheets(figures)).decode()
    disguised = page.replace("<p>1543</p>", f"<p><span style='{style}'>9<b>9</b><!-- 9 -->9</span>1543</p>")
    assert disguised != page
    assert wrong(read(disguised.encode()), figures) == {}


SHEET = """<style><!--
 @charset "utf-8"; @media print { .seen { display: none } }
 .old, td.old { text-decoration: line-through } /* .seen { display:none } */
 span.Note { vertical-align: super; font-size: 8pt } .away { DISPLAY: none !important } .tab { display: none }
--></style>"""


@pytest.mark.parametrize(
    "cell",
    [
        "<span class='big old'>9</span>1543",
        "1543<span class='Note'>1</span>",
        "<b class=away>9</b>1543",
        "<span class='seen'>15</span>43",
        "<span class='away' style='display:inline'>15</span>43",
        "1543",
    ],
)
@pytest.mark.parametrize("tab", [False, True], ids=["", "in a part that a script shows"])
def test_what_a_style_sheet_hides_strikes_out_or_raises(
    figures: dict[str, str], cell: str, tab: bool
) -> None:
    page = html(sheets(figures)).decode().replace("<head>", f"<head>{SHEET}")
    page = page.replace("<p>1543</p>", f"<p>{cell}</p>")
    page = page.replace("<div class='TRS_Editor'>", "<div class='TRS_Editor tab'>") if tab else page
    assert wrong(read(page.encode()), figures) == {}


@pytest.mark.parametrize("hidden", ["class='away'", "style='visibility: collapse'", "style='display:none'"])
def test_a_row_that_is_not_shown_is_none(figures: dict[str, str], hidden: str) -> None:
    page = html(sheets(figures)).decode().replace("<head>", f"<head>{SHEET}")
    (row,) = re.findall(r"<tr><td[^>]*><p>一、本年新收[^<]*</p></td>.*?</tr>", page)
    old = re.sub(r"<p>\d+</p>", "<p>0</p>", row).replace("<tr>", f"<tr {hidden}>", 1)
    assert wrong(read(page.replace(row, old + row).encode()), figures) == {}


@pytest.mark.parametrize("style", ["opacity:0", "opacity:0.5", "font-size:0.9em", "font-size:05pt"])
def test_what_a_script_fades_in_and_what_is_only_small_is_read(figures: dict[str, str], style: str) -> None:
    page = html(sheets(figures)).decode().replace("<p>1543</p>", f"<p style='{style}'>1543</p>")
    page = page.replace("<h3>一、", f"<div style='{style}'><h3>一、")
    assert wrong(read(page.encode()), figures) == {}


@pytest.mark.parametrize(
    "shown",
    [
        "<span style='backface-visibility:hidden;stroke-opacity:0'>1543</span>",
        "<span style='mso-bidi-font-size:0pt;font-size:12pt'>1543</span>",
        "<span style='opacity:0;opacity:1'>1543</span>",
        "<span style='font-size:0'>7<span style='font-size:16px'>1543</span>7</span>",
        "<b style='visibility:hidden'>7<i style='visibility:visible'>15<u>43</u></i>7</b>",
    ],
)
def test_what_is_seen_in_spite_of_a_style_is_read(figures: dict[str, str], shown: str) -> None:
    page = html(sheets(figures)).decode().replace("<p>1543</p>", f"<p>{shown}</p>")
    assert wrong(read(page.encode()), figures) == {}


def test_a_pdf_whose_tables_are_open_at_the_sides(figures: dict[str, str]) -> None:
    extraction = read(page_pdf(TITLE, sheets(figures), rules="inner"))
    assert wrong(extraction, figures) == {}


@pytest.mark.parametrize(("size", "rise"), [(0.65, 0.33), (0.5, 0.4), (0.58, 0.5), (0.7, 0.2)])
def test_a_raised_digit_in_a_pdf_never_joins_the_number_before_it(
    figures: dict[str, str], size: float, rise: float
) -> None:
    place = "requests/received/natural_person"
    extraction = read(page_pdf(TITLE, sheets(figures), raised=(figures[place], size, rise)))
    fact = by_place(extraction)[place]
    assert fact.state is State.UNREADABLE or str(fact.value) == figures[place]
    others = {p: v for p, v in figures.items() if v != figures[place]}
    assert wrong(extraction, others) == {}


@pytest.mark.parametrize("rules", ["level", "none"])
def test_a_pdf_whose_columns_no_rule_parts(figures: dict[str, str], rules: str) -> None:
    """Columns are told by how figures stand; what cannot be told is missing, never another cell's number."""
    extraction = read(page_pdf(TITLE, sheets(figures), rules=rules))
    read_as = by_place(extraction)
    false = {p: f for p, f in read_as.items() if p in figures and f.value not in (None, Decimal(figures[p]))}
    assert false == {}
    requests = [p for p in figures if p.startswith("requests/")]
    assert sum(read_as[p].value is not None for p in requests if p in read_as) >= 0.9 * len(requests)
    assert wrong(extraction, {p: v for p, v in figures.items() if p not in requests}) == {}


@pytest.mark.parametrize("seed", range(8))
def test_blanks_in_a_pdf_without_rules_never_move_a_figure(figures: dict[str, str], seed: int) -> None:
    """A column or row that is left blank wholly shows itself by its head or label alone."""
    chance = random.Random(seed)
    share = chance.choice([0.2, 0.5, 0.8])
    columns = {p.partition("/")[0] + p.rpartition("/")[2] for p in figures}
    blank = {c for c in sorted(columns) if chance.random() < share / 2}
    bent = {
        p: "" if p.partition("/")[0] + p.rpartition("/")[2] in blank or chance.random() < share else v
        for p, v in figures.items()
    }
    read_as = by_place(read(page_pdf(TITLE, sheets(bent), rules="none")))
    said = {p: f for p, f in read_as.items() if f.value is not None and p in bent}
    assert {p: f for p, f in said.items() if not bent[p] or f.value != Decimal(bent[p])} == {}


def test_heads_wider_than_their_figures_in_a_pdf_without_rules() -> None:
    """As an office suite prints a table without borders, in the middle of its columns."""
    columns = (70.0, 170.0, 240.0, 310.0)
    lines = [
        ("第二十条第（五）项",), ("信息内容", "上一年项目数量", "本年增/减", "处理决定数量"),
        ("行政许可", "12", "-3", "40"), ("其他对外管理服务事项", "5", "+5", "7"),
        ("第二十条第（六）项",), ("信息内容", "上一年项目数量", "本年增/减", "处理决定数量"),
        ("行政处罚", "20", "减少2", "8"), ("行政强制", "3", "", "1"),
        ("第二十条第（八）项",), ("信息内容", "上一年项目数量", "本年增/减"), ("行政事业性收费", "2", "0"),
    ]  # fmt: skip
    words = [
        (text, columns[index] if len(line) > 1 else 205.0, 150.0 + 24 * row)
        for row, line in enumerate(lines)
        for index, text in enumerate(line)
        if text
    ]
    read_as = by_place(read(words_pdf([(TITLE, 200.0, 60.0), *words])))
    expected = {
        "licensing": (12, -3, 40), "other_services": (5, 5, 7), "penalties": (20, -2, 8),
        "coercive_measures": (3, None, 1), "fees": (2, 0),
    }  # fmt: skip
    for row, values in expected.items():
        columns_of = ("previous_items", "change", "decisions")[: len(values)]
        said = [read_as[f"disclosure/{row}/{column}"].value for column in columns_of]
        assert said == [None if v is None else Decimal(v) for v in values], row


def test_blank_and_dash_are_not_zero(figures: dict[str, str]) -> None:
    bent = figures | {
        "requests/received/natural_person": "",
        "requests/received/business": "/",
        "requests/received/research": "—",
        "requests/received/welfare": "无",
        "requests/received/legal_services": "约20",
        "disclosure/normative_documents/in_force": "22（其中修订 16 件）",
    }
    extraction = read(html(sheets(bent)))
    read_as = by_place(extraction)
    states = [
        read_as[f"requests/received/{c}"].state for c in ("natural_person", "business", "research", "welfare")
    ]
    assert states == [State.BLANK, State.DASH, State.DASH, State.DASH]
    spoilt = read_as["requests/received/legal_services"]
    assert (spoilt.state, spoilt.value, spoilt.raw) == (State.UNREADABLE, None, "约20")
    remark = read_as["disclosure/normative_documents/in_force"]
    assert (remark.value, remark.raw) == (Decimal(22), "22（其中修订 16 件）")
    open_checks = {c.scope for c in extraction.checks if c.passed is None}
    assert "requests/*/natural_person" in open_checks
    assert "requests/received/*" in open_checks


def moved(sheet: Sheet, columns: dict[int, int], rows: set[int]) -> Sheet:
    """The sheet with columns of some of its rows in another order."""
    spots = (replace(s, column=columns.get(s.column, s.column)) if s.row in rows else s for s in sheet.spots)
    return Sheet(list(spots))


def test_columns_in_another_order_are_told_by_their_heads(figures: dict[str, str]) -> None:
    """A number is never put by its place alone where the head above it says otherwise."""
    disclosed, requested, reviewed = sheets(figures)
    by_threes = {s.row for s in disclosed.spots if s.column == 3}
    printed = [
        moved(disclosed, {1: 3, 3: 1}, by_threes),
        moved(requested, {4: 7, 7: 4}, set(range(2, requested.height))),
        moved(reviewed, {5: 8, 8: 5}, {2, 3}),
    ]
    assert wrong(read(html(printed)), figures) == {}
    beside = moved(requested, {3: 9, **{c: c - 1 for c in range(4, 10)}}, set(range(1, requested.height)))
    assert wrong(read(html([disclosed, beside, reviewed])), figures) == {}


@pytest.mark.parametrize(
    ("columns", "slips", "told"),
    [
        ({9: 3, **{c: c + 1 for c in range(3, 9)}}, {"总计": "合计"}, True),
        ({9: 3, **{c: c + 1 for c in range(3, 9)}}, {"总计": "共计（件）"}, False),
        ({3: 8, 8: 3}, {"自然人": "公民"}, False),
        ({4: 7, 7: 4}, {"商业企业": "商企"}, False),
    ],
)
def test_columns_in_another_order_under_heads_of_other_words(
    figures: dict[str, str], columns: dict[int, int], slips: dict[str, str], told: bool
) -> None:
    disclosed, requested, reviewed = sheets(figures)
    printed = moved(requested, columns, set(range(1, requested.height))).relabelled(slips)
    facts = [f for f in read(html([disclosed, printed, reviewed])).facts if f.table_code == "requests"]
    if told:
        assert wrong(read(html([disclosed, printed, reviewed])), figures) == {}
    else:
        assert {f.value for f in facts} == {None}


def test_a_column_of_remarks_behind_the_figures_is_none_of_them(figures: dict[str, str]) -> None:
    disclosed, requested, reviewed = sheets(figures)
    requested.put(1, 10, "备注", 2)
    for row in range(3, requested.height):
        requested.put(row, 10, "其中1件为上年补正" if row % 3 else "")
    assert wrong(read(html([disclosed, requested, reviewed])), figures) == {}


@pytest.mark.parametrize(
    ("head", "at"),
    [("行次", 3), ("序号", 0), ("栏次", 10), ("上年总计", 10), ("上年同期数", 3), ("去年合计", 10)],
)
@pytest.mark.parametrize("print_as", [html, lambda printed: page_pdf(TITLE, printed)], ids=["HTML", "PDF"])
def test_a_column_that_is_none_of_the_forms_by_its_head(
    figures: dict[str, str], print_as: Callable[[list[Sheet]], bytes], head: str, at: int
) -> None:
    disclosed, requested, reviewed = sheets(figures)
    wider = Sheet()
    for spot in requested.spots:
        wider.put(spot.row, spot.column + (spot.column >= at), spot.text, spot.rowspan, spot.colspan)
    wider.put(0, at, head, 3)
    for row in range(3, requested.height):
        wider.put(row, at, str(row - 2))
    assert wrong(read(print_as([disclosed, wider, reviewed])), figures) == {}


def test_a_row_that_is_not_printed_is_absent(figures: dict[str, str]) -> None:
    sheet = requests_sheet(figures)
    label = "8.属于行政查询事项"
    row = next(s.row for s in sheet.spots if s.text == label)
    kept = Sheet([s for s in sheet.spots if s.row != row])
    page = html([disclosure_sheet(figures), kept, review_sheet(figures)])
    read_as = by_place(read(page))
    assert read_as["requests/denied.administrative_inquiry/total"].state is State.ABSENT
    rest = {k: v for k, v in figures.items() if "administrative_inquiry" not in k}
    assert wrong(read(page), rest) == {}


def test_a_label_that_means_nothing_is_never_guessed(figures: dict[str, str]) -> None:
    page = html([s.relabelled({"2.重复申请": "2.某某某某"}) for s in sheets(figures)])
    facts = [f for f in read(page).facts if f.row_code == "not_processed.repeated"]
    assert {f.state for f in facts} == {State.UNREADABLE}
    assert [f.raw for f in facts][-1] == figures["requests/not_processed.repeated/total"]


def test_a_failing_sum_names_both_sides(figures: dict[str, str]) -> None:
    total = int(figures["review/cases/reconsideration.total"])
    extraction = read(html(sheets(figures | {"review/cases/reconsideration.total": "0"})))
    (check,) = [c for c in extraction.checks if c.passed is False]
    assert (check.rule, check.scope) == ("review.total", "review/cases/reconsideration.*")
    assert (check.expected, check.actual) == (Decimal(total), Decimal(0))
    assert "行政复议" in check.detail


def test_another_table_is_kept_cell_by_cell(figures: dict[str, str]) -> None:
    extra = "<table><tr><td>平台</td><td>条数</td></tr><tr><td>网站</td><td>178</td></tr></table>"
    page = html(sheets(figures)).decode().replace("<h3>五、", extra + "<h3>五、")
    extraction = read(page.encode())
    assert wrong(extraction, figures) == {}
    assert by_place(extraction)["other.1/r2/c2"].value == Decimal(178)


def test_fees_in_yuan_by_the_head(figures: dict[str, str]) -> None:
    bent = {"本年收费金额（单位：万元）": "本年收费金额（单位：元）"}
    page = html([s.relabelled(bent) for s in sheets(figures | {"disclosure/fees/amount_10k_yuan": "251000"})])
    assert by_place(read(page))["disclosure/fees/amount_10k_yuan"].value == Decimal("25.1")


@pytest.mark.parametrize(
    ("bent", "value"),
    [
        (
            {
                "第二十条第（八）项": "第二十条第（八）项（单位：元）",
                "本年收费金额（单位：万元）": "本年收费金额",
            },
            "25.1",
        ),
        ({"行政事业性收费": "行政事业性收费（元）", "本年收费金额（单位：万元）": "本年收费金额"}, "25.1"),
        ({"本年收费金额（单位：万元）": "本年收费金额"}, "251000"),
        ({"第二十条第（八）项": "第二十条第（八）项（单位：元）"}, None),
    ],
)
def test_fees_in_yuan_by_the_label_or_the_title_of_their_block(
    figures: dict[str, str], bent: dict[str, str], value: str | None
) -> None:
    """Two units that contradict each other leave the figure unread."""
    place = "disclosure/fees/amount_10k_yuan"
    page = html([s.relabelled(bent) for s in sheets(figures | {place: "251000"})])
    assert by_place(read(page))[place].value == (None if value is None else Decimal(value))


FEES = "disclosure/fees/amount_10k_yuan"
NO_UNIT = {"本年收费金额（单位：万元）": "本年收费金额"}
BLOCK = '<tr><td rowspan="1" colspan="4">'


@pytest.mark.parametrize(
    "unit", ["单位：元", "（单 位：人民币元）", "（单位：件、元）", "主动公开情况表（单位：元）"]
)
@pytest.mark.parametrize(
    "layout",
    [
        "<p align=right>{unit}</p>{table}",
        "<p>{unit}</p><p>2023年度</p>{table}",
        "<table><caption><b>{unit}</b></caption>{rows}</table>",
        "<table><tr><td colspan=4>{unit}</td></tr>{rows}</table>",
        "<p>{unit}</p><table>{parts}</table>",
        "<p>{unit}</p><table>{titled}</table>",
        "<table><tr><td colspan=4>{unit}</td></tr>{parts}</table>",
    ],
)
def test_fees_in_yuan_by_the_caption_of_their_table(figures: dict[str, str], layout: str, unit: str) -> None:
    """The caption holds for the whole table, also where that is cut into several."""
    printed = [s.relabelled(NO_UNIT) for s in sheets(figures | {FEES: "251000"})]
    table = table_html(printed[0])
    rows = table.removeprefix("<table><tbody>").removesuffix("</tbody></table>")
    shown = layout.format(
        unit=unit,
        table=table,
        rows=rows,
        parts=rows.replace(BLOCK, f"</table><table>{BLOCK}"),
        titled=re.sub(f"{BLOCK}(.*?)</td></tr>", r"</table>\1<p>（续表）</p><table>", rows),
    )
    page = html(printed).decode().replace(table, shown)
    assert wrong(read(page.encode()), figures | {FEES: "25.1"}) == {}


@pytest.mark.parametrize("cut", [None, 0, 9])
def test_fees_in_yuan_by_the_caption_on_paper(figures: dict[str, str], cut: int | None) -> None:
    printed = [s.relabelled(NO_UNIT) for s in sheets(figures | {FEES: "251000"})]
    data = page_pdf(TITLE, printed, None if cut is None else {0: cut}, above="单位：元")
    assert wrong(read(data), figures | {FEES: "25.1"}) == {}
    above = docx_table(printed[0])
    data = docx(report(TITLE, printed).replace(above, p("单位：元") + above))
    assert wrong(read(data), figures | {FEES: "25.1"}) == {}


@pytest.mark.parametrize(
    ("unit", "value"),
    [("千元", "25.1"), ("亿元", "2510000"), ("百万元", None), ("仟元", None), ("万美元", None)],
)
def test_rare_units(figures: dict[str, str], unit: str, value: str | None) -> None:
    printed = [s.relabelled(NO_UNIT) for s in sheets(figures | {FEES: "251"})]
    headed = [s.relabelled({"本年收费金额": f"本年收费金额（{unit}）"}) for s in printed]
    noted = [s.relabelled(NO_UNIT) for s in sheets(figures | {FEES: f"251（{unit}）"})]
    for page in (page_pdf(TITLE, printed, above=f"单位：{unit}"), html(headed), html(noted)):
        fact = by_place(read(page))[FEES]
        assert fact.value == (None if value is None else Decimal(value))
        assert fact.state is (State.UNREADABLE if value is None else State.VALUE)


@pytest.mark.parametrize(
    "before",
    [
        "<p>三公经费支出表（单位：元）</p><table><tr><td>公务接待费</td><td>无</td></tr></table>",
        "<p>三公经费支出表（单位：元）</p><p>说明见附件。</p>",
        "<p>单位：元</p><h3>二、主动公开政府信息情况</h3>",
        "<p>2023年收取信息处理费（元）0</p>",
        "<p>承办单位：县财政局</p>",
        "<p>单位：百元、件</p>",
    ],
)
def test_the_caption_of_something_else_is_not_that_of_the_table(figures: dict[str, str], before: str) -> None:
    printed = [s.relabelled(NO_UNIT) for s in sheets(figures | {FEES: "25.1"})]
    table = table_html(printed[0])
    page = html(printed).decode().replace(table, before + table)
    assert wrong(read(page.encode()), figures | {FEES: "25.1"}) == {}


def test_a_caption_that_is_not_shown_says_nothing(figures: dict[str, str]) -> None:
    hidden = "<table><caption style='display:none'>单位：元</caption><tbody>"
    page = html(sheets(figures)).decode().replace("<table><tbody>", hidden)
    assert wrong(read(page.encode()), figures) == {}


@pytest.mark.parametrize("above", ["单位：元", "单位：亿元"])
def test_a_caption_that_contradicts_the_head_leaves_the_figure_unread(
    figures: dict[str, str], above: str
) -> None:
    printed = sheets(figures | {"disclosure/fees/amount_10k_yuan": "251000"})
    fact = by_place(read(page_pdf(TITLE, printed, above=above)))["disclosure/fees/amount_10k_yuan"]
    assert (fact.value, fact.state, fact.raw) == (None, State.UNREADABLE, "251000")


def test_money_in_the_text_above_a_table_is_no_caption(figures: dict[str, str]) -> None:
    said = (
        "政府采购由县公共资源交易中心统一公开，预算与成交金额的单位：元，"
        "详见其网站，本报告不再重复列出这些内容。"
    )
    page = page_pdf(TITLE, sheets(figures), above=said)
    assert wrong(read(page), figures) == {}


def test_statistics_annex_of_2014() -> None:
    rows = "".join(
        f"<tr><td>{row.label}</td><td>{row.unit}</td><td>{i}</td></tr>"
        for i, row in enumerate(vocabulary().table("statistics", "2014").rows(), 1)
    )
    page = (
        "<html><body><div id='zoom'><p>某某县2016年政府信息公开工作年度报告</p><p>一、概述</p><p>本报告。</p>"
        f"<table><tr><td>统计指标</td><td>单位</td><td>统计数</td></tr>{rows}</table></div></body></html>"
    )
    extraction = read(page.encode())
    assert extraction.edition == "2014"
    assert [f.value for f in extraction.facts] == [Decimal(i) for i in range(1, len(extraction.facts) + 1)]
    assert len(extraction.facts) == len(vocabulary().table("statistics", "2014").rows())


def test_slips_in_the_annex_of_2014_give_no_row_the_figure_of_another() -> None:
    form = vocabulary().table("statistics", "2014").rows()
    left_out = {"channels.website", "litigation.corrected", "reconsideration.other"}
    slips = {
        "channels.wechat": "4.务政信微公开政府信息数", "litigation": "五、诉讼", "litigation.upheld": "维护",
    }  # fmt: skip
    rows = "".join(
        f"<tr><td>{slips.get(row.code, row.label)}</td><td>{row.unit}</td><td>{number}</td></tr>"
        for number, row in enumerate(form, 1)
        if row.code not in left_out
    )
    page = (
        "<html><body><div id='zoom'><p>某某县2016年政府信息公开工作年度报告</p><p>一、概述</p><p>本报告。</p>"
        f"<table><tr><td>统计指标</td><td>单位</td><td>统计数</td></tr>{rows}</table></div></body></html>"
    )
    said = {f.row_code: f.value for f in read(page.encode()).facts if f.value is not None}
    assert {c: v for c, v in said.items() if v != [row.code for row in form].index(c) + 1} == {}
    assert len(said) >= len(form) - len(left_out) - len(slips)


def test_labels_that_reach_over_the_column_of_numbers_stay(figures: dict[str, str]) -> None:
    disclosed, requested, reviewed = sheets(figures)
    split = Sheet()
    for spot in requested.spots:
        if (spot.row, spot.column) == (0, 0):
            split.put(0, 0, "序号", 3)
            split.put(0, 1, spot.text, 3, 2)
        else:
            split.put(spot.row, spot.column, spot.text, spot.rowspan, spot.colspan)
    assert wrong(read(html([disclosed, split, reviewed])), figures) == {}


def _groups(figures: dict[str, str]) -> list[tuple[list[str], list[str], list[str]]]:
    """The labels of each group of table 4, its outcomes and their figures."""
    columns = vocabulary().table("review", "2021").blocks[0].columns
    labels = [["行政复议"], ["行政诉讼", "未经复议直接起诉"], ["行政诉讼", "复议后起诉"]]
    return [
        (label, [c.label for c in five], [figures[f"review/cases/{c.code}"] for c in five])
        for label, five in zip(labels, (columns[:5], columns[5:10], columns[10:]), strict=True)
    ]


def review_in_stacked_groups(figures: dict[str, str]) -> Sheet:
    sheet = Sheet()
    for label, outcomes, values in _groups(figures):
        row = sheet.height if sheet.spots else 0
        for below, text in enumerate(label):
            sheet.put(row + below, 0, text, 1, 5)
        for column in range(5):
            sheet.put(row + len(label), column, outcomes[column])
            sheet.put(row + len(label) + 1, column, values[column])
    return sheet


def review_in_groups_beside_their_labels(figures: dict[str, str]) -> Sheet:
    sheet = Sheet()
    for row, (label, outcomes, values) in enumerate(_groups(figures)):
        sheet.put(2 * row, 0, label[-1], 2)
        for column in range(5):
            sheet.put(2 * row, column + 1, outcomes[column])
            sheet.put(2 * row + 1, column + 1, values[column])
    return sheet


def review_in_three_rows(figures: dict[str, str]) -> Sheet:
    sheet = Sheet()
    sheet.put(0, 0, "类别", 1, 2)
    for row, (label, outcomes, values) in enumerate(_groups(figures), 1):
        if row < 3:
            sheet.put(row, 0, label[0], row, 2 if row == 1 else 1)
        if row > 1:
            sheet.put(row, 1, label[1])
        for column in range(5):
            if row == 1:
                sheet.put(0, column + 2, outcomes[column])
            sheet.put(row, column + 2, values[column])
    return sheet


def review_upright(figures: dict[str, str]) -> Sheet:
    sheet = Sheet()
    sheet.put(0, 0, "行政复议", 5, 2)
    sheet.put(5, 0, "行政诉讼", 10)
    for group, (label, outcomes, values) in enumerate(_groups(figures)):
        if group:
            sheet.put(5 * group, 1, label[1], 5)
        for index in range(5):
            sheet.put(5 * group + index, 2, outcomes[index])
            sheet.put(5 * group + index, 3, values[index])
    return sheet


REVIEWS = [
    review_in_stacked_groups, review_in_groups_beside_their_labels, review_in_three_rows, review_upright,
]  # fmt: skip


@pytest.mark.parametrize("printed", REVIEWS)
def test_the_review_table_in_other_shapes(figures: dict[str, str], printed: Callable[..., Sheet]) -> None:
    disclosed, requested, _ = sheets(figures)
    tables = [disclosed, requested, printed(figures)]
    for data in (html(tables), page_pdf(TITLE, tables)):
        assert wrong(read(data), figures) == {}


@pytest.mark.parametrize("blank", [range(15), range(5), range(5, 15), (0, 1, 2, 3), (7,)])
@pytest.mark.parametrize("printed", REVIEWS)
def test_blanks_in_the_review_table_in_other_shapes(
    figures: dict[str, str], printed: Callable[..., Sheet], blank: Iterable[int]
) -> None:
    columns = vocabulary().table("review", "2021").blocks[0].columns
    left_out = {f"review/cases/{columns[n].code}": "" for n in blank}
    disclosed, requested, _ = sheets(figures)
    extraction = read(html([disclosed, requested, printed(figures | left_out)]))
    assert wrong(extraction, {k: v for k, v in figures.items() if k not in left_out}) == {}
    assert {by_place(extraction)[place].state for place in left_out} == {State.BLANK}


def _beside(sheet: Sheet, text: str, column: int) -> Sheet:
    """The sheet with one more column, its head down all rows of the head, its cell blank."""
    spots = [replace(s, column=s.column + (s.column >= column)) for s in sheet.spots]
    return Sheet([*spots, Spot(0, column, text, sheet.height - 1), Spot(sheet.height - 1, column, "")])


def review_with_remarks(figures: dict[str, str]) -> Sheet:
    return _beside(review_sheet(figures), "备注", 15)


def review_with_a_blank_corner(figures: dict[str, str]) -> Sheet:
    return _beside(review_sheet(figures), "", 0)


@pytest.mark.parametrize("times", [0, 2], ids=["missing", "twice"])
@pytest.mark.parametrize(
    "shape",
    [
        disclosure_sheet,
        requests_sheet,
        review_sheet,
        review_with_remarks,
        review_with_a_blank_corner,
        *REVIEWS,
    ],
)
def test_a_cell_too_few_or_too_many_makes_no_figure_wrong(
    figures: dict[str, str], shape: Callable[..., Sheet], times: int
) -> None:
    """Whichever it is: in HTML all that stand behind it in its row move by a column."""
    spots = shape(figures).spots
    for n, spot in enumerate(spots):
        beside = [replace(spot, column=spot.column + i) for i in range(times)]
        said = _said(html([Sheet([*spots[:n], *beside, *spots[n + 1 :]])]))
        assert {p: v for p, v in said.items() if p in figures and v != Decimal(figures[p])} == {}, spot


def _said(data: bytes) -> dict[str, Decimal]:
    """The figures read, by place."""
    return {place: fact.value for place, fact in by_place(read(data)).items() if fact.value is not None}


@pytest.mark.parametrize("shape", [review_with_remarks, review_with_a_blank_corner])
def test_columns_beside_the_review_table(figures: dict[str, str], shape: Callable[..., Sheet]) -> None:
    disclosed, requested, _ = sheets(figures)
    assert wrong(read(html([disclosed, requested, shape(figures)])), figures) == {}


@pytest.mark.parametrize("caption", ["附：2022年度行政复议、行政诉讼情况", "上年度情况：", "全市汇总情况"])
@pytest.mark.parametrize("first", [True, False], ids=["before", "behind"])
def test_a_review_table_of_another_shape_and_year_hides_none(
    figures: dict[str, str], caption: str, first: bool
) -> None:
    page = html(sheets(figures)).decode()
    other = f"<p>{caption}</p>{table_html(review_upright(dict.fromkeys(figures, '7')))}"
    at = "<h3>四、" if first else "<h3>五、"
    assert at in page
    assert wrong(read(page.replace(at, other + at, 1).encode()), figures) == {}


@pytest.mark.parametrize(
    ("label", "group"),
    [
        ("未经行政复议提起诉讼", "litigation_direct"), ("不经复议直接起诉", "litigation_direct"),
        ("经行政复议后起诉", "litigation_after_reconsideration"),
        ("经复议起诉", "litigation_after_reconsideration"), ("行政复议", "reconsideration"),
        ("政府信息公开行政复议、行政诉讼情况", None),
    ],
)  # fmt: skip
def test_the_groups_of_the_review_table_in_other_words(
    figures: dict[str, str], label: str, group: str | None
) -> None:
    sheet = Sheet()
    for column, outcome in enumerate(["类别", "结果维持", "结果纠正", "其他结果", "尚未审结", "总计"]):
        sheet.put(0, column, outcome)
    for column, text in enumerate([label, "16", "17", "18", "19", "70"]):
        sheet.put(1, column, text)
    disclosed, requested, _ = sheets(figures)
    said = _said(html([disclosed, requested, sheet]))
    assert {p.split("/")[2].split(".")[0] for p in said if p.startswith("review/")} == (
        {group} if group else set()
    )


@pytest.mark.parametrize("values", ["", "<tr><td colspan=5></td></tr>", "<tr>" + "<td></td>" * 4 + "</tr>"])
def test_a_group_without_figures_takes_none_of_the_next(figures: dict[str, str], values: str) -> None:
    outcomes = "".join(f"<td>{w}</td>" for w in ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"])
    first = f"<table><tr><td colspan=5>行政复议</td></tr><tr>{outcomes}</tr>{values}</table>"
    figures_of_next = "".join(f"<td>{n}</td>" for n in (16, 17, 18, 19, 70))
    second = f"<p>未经复议直接起诉</p><table><tr>{outcomes}</tr><tr>{figures_of_next}</tr></table>"
    page = html(sheets(figures)[:2]).decode().replace("<h3>五、", first + second + "<h3>五、", 1)
    assert not [place for place in _said(page.encode()) if place.startswith("review/")]


def test_a_figure_that_spans_two_outcomes_is_none_of_either(figures: dict[str, str]) -> None:
    disclosed, requested, reviewed = sheets(figures)
    last = [s for s in reviewed.spots if s.row == 3 and s.column >= 13]
    merged = [*(s for s in reviewed.spots if s not in last), replace(last[0], colspan=2)]
    read_as = by_place(read(html([disclosed, requested, Sheet(merged)])))
    assert read_as["review/cases/litigation_after_reconsideration.pending"].value is None


@pytest.mark.parametrize("rules", ["level", "none"])
@pytest.mark.parametrize("shape", REVIEWS)
def test_review_tables_in_print_without_rules_make_no_figure_wrong(
    figures: dict[str, str], shape: Callable[..., Sheet], rules: str
) -> None:
    disclosed, requested, _ = sheets(figures)
    said = _said(page_pdf(TITLE, [disclosed, requested, shape(figures)], rules=rules))
    assert {p: v for p, v in said.items() if p in figures and v != Decimal(figures[p])} == {}


def test_a_figure_and_an_outcome_that_are_missing_make_no_figure_wrong(figures: dict[str, str]) -> None:
    """Head and row are as long as each other then, and the figures between stand under others' heads."""
    disclosed, requested, reviewed = sheets(figures)
    for outcome in range(5, 15):
        for value in range(15):
            spots = [s for s in reviewed.spots if (s.row, s.column) not in {(2, outcome), (3, value)}]
            said = _said(html([disclosed, requested, Sheet(spots)]))
            assert {p: v for p, v in said.items() if v != Decimal(figures[p])} == {}, (outcome, value)


def test_a_group_whose_label_stands_over_another_is_not_read(figures: dict[str, str]) -> None:
    disclosed, requested, _ = sheets(figures)
    slipped = {"未经复议直接起诉": "复议后起诉", "复议后起诉": ""}
    said = _said(html([disclosed, requested, review_with_remarks(figures).relabelled(slipped)]))
    assert {p: v for p, v in said.items() if v != Decimal(figures[p])} == {}


def test_two_years_side_by_side_in_an_upright_table_are_not_guessed(figures: dict[str, str]) -> None:
    disclosed, requested, _ = sheets(figures)
    sheet = review_upright(figures)
    both = Sheet([*sheet.spots, *(replace(s, column=4, text="7") for s in sheet.spots if s.column == 3)])
    assert not [p for p in _said(html([disclosed, requested, both])) if p.startswith("review/")]


def test_a_title_within_the_review_table_names_no_group(figures: dict[str, str]) -> None:
    disclosed, requested, _ = sheets(figures)
    sheet = review_in_three_rows(figures)
    title = Spot(0, 0, "政府信息公开行政复议、行政诉讼情况", 1, sheet.width)
    titled = Sheet([title, *(replace(s, row=s.row + 1) for s in sheet.spots)])
    assert wrong(read(html([disclosed, requested, titled])), figures) == {}


def test_two_values_under_one_outcome_are_not_read(figures: dict[str, str]) -> None:
    disclosed, requested, _ = sheets(figures)
    twice = review_in_stacked_groups(figures).relabelled({"结果纠正": "结果维持"})
    read_as = by_place(read(html([disclosed, requested, twice])))
    assert read_as["review/cases/reconsideration.upheld"].value is None
