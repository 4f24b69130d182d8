"""Who, which year, published when, and whether a file is a report at all."""

from __future__ import annotations

from datetime import date

import pytest

from parsers.divisions import candidates, spelled_out
from parsers.identity import parse_title, to_date
from parsers.read import read
from parsers.report import Extraction, Outcome

LONG = "<p>" + "各项工作按要求有序开展，取得了新的成效。" * 12 + "</p>"


def page(title: str, body: str, head: str = "", dated: str = "") -> Extraction:
    text = (
        f"<html><head><title>{title}-某市人民政府</title>{head}</head><body><h1>{title}</h1>{dated}"
        f"<div id='zoom'>{body}</div></body></html>"
    )
    return read(text.encode("gb18030"))


@pytest.mark.parametrize(
    ("title", "agency", "year"),
    [
        ("沙坡头区人民政府办公室 2023 年政府信息公开工作年度报告", "沙坡头区人民政府办公室", 2023),
        ("2023年度沙坡头区民政局政府信息公开工作年度报告", "沙坡头区民政局", 2023),
        ("宁夏回族自治区民政厅关于2019年政府信息公开工作的年度报告", "宁夏回族自治区民政厅", 2019),
        ("某县教育局二〇一五年政府信息公开年报", "某县教育局", 2015),
        ("某县教育局政府信息公开工作2016年度报告", "某县教育局", 2016),
        ("淮安市洪泽区政府信息公开工作年度报告（2023年）", "淮安市洪泽区", 2023),
        ("2023年政府信息公开工作年度报告", None, 2023),
        ("关于公布《某县水利局2023年政府信息公开工作年度报告》的公告", "某县水利局", 2023),
        ("某县商务局发布2023年政府信息公开工作年度报告", "某县商务局", 2023),
        ("公开办2023年政府信息公开工作年度报告", "公开办", 2023),
        ("[年度报告]某县审计局2023年政府信息公开工作年度报告", "某县审计局", 2023),
        ("某县卫健委（原某县卫生和计划生育委员会）2023年政府信息公开工作年度报告", "某县卫健委", 2023),
        ("某县兴仁镇2022年-2023年政府信息公开工作年度报告", "某县兴仁镇", None),
    ],
)
def test_titles(title: str, agency: str | None, year: int) -> None:
    words = parse_title(title)
    assert words is not None
    assert (words.agency, words.year) == (agency, year)


@pytest.mark.parametrize("title", ["某县2023年法治政府建设年度报告", "某县财政局2023年部门决算", "信息公开"])
def test_other_titles(title: str) -> None:
    assert parse_title(title) is None


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("淮安市洪泽区人民政府", ("320813",)),
        ("沙坡头区民政和社会保障局", ("640502",)),
        ("中卫市民政局", ("640500",)),
        ("宁夏回族自治区民政厅", ("640000",)),
        ("鼓楼区财政局", ("320106", "320302", "350102", "410204")),
        ("南京市鼓楼区财政局", ("320106",)),
        ("东莞市教育局", ("441900",)),
        ("恩施州民政局", ("422800",)),
        ("国家税务总局盐池县税务局", ("640323",)),
        ("国家公务员局", ()),
        (None, ()),
    ],
)
def test_divisions(name: str | None, codes: tuple[str, ...]) -> None:
    assert candidates(name) == codes


@pytest.mark.parametrize(
    "written",
    ["2024-01-31", "2024-01-31 10:20", "2024-01-31-10:20:30", "2024年1月31日", "2024年01月31日", "2024/1/31"],
)
def test_dates(written: str) -> None:
    assert to_date(written) == date(2024, 1, 31)


def test_impossible_date() -> None:
    assert to_date("2024-02-31") is None


def test_report_before_2019() -> None:
    body = f"<p>中卫市民政局</p><p>2017 年政府信息公开工作年度报告</p>{LONG}<p>一、概述</p>{LONG}"
    body += f"<p>二、政府信息主动公开情况</p>{LONG}<p>三、政府信息公开的主要问题及措施</p>{LONG}"
    extraction = page(
        "2017年政府信息公开工作年度报告", body, dated="<p>发布时间：2018年03月05日 浏览次数：12</p>"
    )
    assert (extraction.outcome, extraction.edition) == (Outcome.REPORT, "pre-2019")
    assert (extraction.agency, extraction.year) == ("中卫市民政局", 2017)
    assert extraction.published_on == date(2018, 3, 5)
    assert [s.heading for s in extraction.sections if s.heading][1] == "二、政府信息主动公开情况"


def test_tags_case_and_repeats() -> None:
    head = "<meta name='PUBDATE' content='2024-01-20'><meta name='meta-PubDate' content='null'>"
    extraction = page("某县财政局2023年政府信息公开工作年度报告", "<p>一、总体情况</p>" + LONG, head)
    assert extraction.published_on == date(2024, 1, 20)


def test_page_that_only_links_the_report() -> None:
    extraction = page(
        "某县财政局2023年政府信息公开工作年度报告", "<p><a href='a.pdf'>附件：年度报告.pdf</a></p>"
    )
    assert extraction.outcome is Outcome.NOT_A_REPORT
    assert (extraction.agency, extraction.year) == ("某县财政局", 2023)
    assert extraction.reason


@pytest.mark.parametrize(
    "title",
    [
        "关于做好2023年政府信息公开工作年度报告编制工作的通知",
        "某县2023年法治政府建设年度报告",
        "某县财政局2023年度部门决算公开报告",
        "某县财政局政府信息公开指南",
    ],
)
def test_other_pages(title: str) -> None:
    extraction = page(title, f"<p>一、总体情况</p>{LONG}<p>二、存在问题</p>{LONG}")
    assert extraction.outcome is Outcome.NOT_A_REPORT


def test_list_page() -> None:
    items = "".join(
        f"<li><a href='{y}.html'>某县{y}年政府信息公开工作年度报告</a></li>" for y in range(2010, 2024)
    )
    assert page("政府信息公开年报", f"<ul>{items}</ul>").outcome is Outcome.NOT_A_REPORT


def test_digest_ignores_counters_and_the_page_around() -> None:
    body = f"<p>一、总体情况</p>{LONG}<p>二、主动公开政府信息情况</p>{LONG}"
    title = "某县财政局2023年政府信息公开工作年度报告"
    first = page(title, body + "<p>浏览次数：12</p>", dated="<span>今天是周一</span>")
    again = page(title, body + "<p>浏览次数：99</p>", dated="<b>今天是周二</b>")
    edited = page(title, body.replace("新的成效", "新成效") + "<p>浏览次数：12</p>")
    assert first.content_sha256 == again.content_sha256
    assert first.content_sha256 != edited.content_sha256


@pytest.mark.parametrize(
    "said",
    [
        "<p>根据条例规定，现公布盐池县水务局2023年政府信息公开工作年度报告。</p>" + LONG,
        "<p>盐池县水务局2023年度政府信息公开年报如下。</p>" + LONG,
        LONG + "<p style='text-align:right'>盐池县水务局</p><p>2024年1月20日</p>",
        LONG + "<p>2024 年 1 月 20 日</p><p>盐池县水务局</p>",
        "<p>来源：盐池县水务局　发布时间：2024-01-20　浏览次数：12</p>" + LONG,
    ],
)
def test_an_agency_that_the_title_does_not_name(said: str) -> None:
    extraction = page("2023年政府信息公开工作年度报告", said)
    assert (extraction.agency, extraction.divisions) == ("盐池县水务局", ("640323",))


@pytest.mark.parametrize(
    "said",
    [
        "<p>根据国务院办公厅2023年政府信息公开工作年度报告格式要求，现将有关情况报告如下。</p>",
        "<p>根据条例，省人民政府办公厅2023年政府信息公开工作年度报告的要求，现公布。</p>",
        "<p>参照某市人民政府2022年政府信息公开工作年度报告，我局编制了本报告。</p>",
        "<p>参照某市人民政府2022年政府信息公开工作年度报告</p>",
        "<p>对照某县人民政府2022年政府信息公开工作年度报告，我镇改进了工作。</p>",
        "<p>现将《某市人民政府2022年政府信息公开工作年度报告》所列问题的整改情况报告如下。</p>",
        "<p>按照《国务院办公厅政府信息公开工作年度报告》格式编制。</p>",
        "<p>现向某市人民政府办公室报送2023年政府信息公开工作年度报告。</p>",
        LONG + "<p>抄送：市人民政府办公室</p><p>2024年1月20日</p>",
        LONG + "<p>联系单位：县人民政府办公室</p><p>2024年1月20日</p>",
    ],
)
def test_an_agency_that_is_only_cited_is_not_the_reports(said: str) -> None:
    extraction = page("2023年政府信息公开工作年度报告", said + LONG)
    assert (extraction.agency, extraction.year) == (None, 2023)


@pytest.mark.parametrize(
    ("title", "agency", "year"),
    [
        ("和平区经济和信息化局2023年政府信息公开工作年度报告", "和平区经济和信息化局", 2023),
        ("从江县人民政府2023年政府信息公开工作年度报告", "从江县人民政府", 2023),
        ("某县水务局2024年公布2023年度政府信息公开工作年度报告", "某县水务局", None),
        ("某县水务局转发县政府办2023年政府信息公开工作年度报告", None, 2023),
    ],
)
def test_titles_of_pages(title: str, agency: str | None, year: int | None) -> None:
    """Of two years neither is taken, and who passes a report on has not made it."""
    extraction = page(title, f"<p>一、总体情况</p>{LONG}<p>二、主动公开政府信息情况</p>{LONG}")
    assert (extraction.agency, extraction.year) == (agency, year)


@pytest.mark.parametrize("part", ["上半年", "第一季度", "3月份"])
def test_a_report_of_a_part_of_a_year_is_none(part: str) -> None:
    title = f"某县水务局2023年{part}政府信息公开工作报告"
    extraction = page(title, f"<p>一、总体情况</p>{LONG}<p>二、主动公开政府信息情况</p>{LONG}")
    assert extraction.outcome is Outcome.NOT_A_REPORT


@pytest.mark.parametrize(
    "line",
    ["信息来源：县水务局 时间：2024/01/20", "日期：2024年1月20日 字号：大", "发布时间：2024-01-20 09:30"],
)
def test_the_line_that_dates_a_page(line: str) -> None:
    body = f"<p>{line}</p><p>统计时间：2023-12-31</p>{LONG}"
    assert page("某县水务局2023年政府信息公开工作年度报告", body).published_on == date(2024, 1, 20)


def test_a_period_is_no_date_of_publication() -> None:
    body = f"<p>统计时间：2023-12-31</p>{LONG}"
    assert page("某县水务局2023年政府信息公开工作年度报告", body).published_on is None


@pytest.mark.parametrize(
    ("name", "home", "whole"),
    [
        ("县水务局", "640323", "盐池县水务局"), ("县人民政府", "640323", "盐池县人民政府"),
        ("市民政局", "640500", "中卫市民政局"), ("市政府办公室", "640500", "中卫市政府办公室"),
        ("区财政局", "640502", "沙坡头区财政局"), ("自治区民政厅", "640000", "宁夏回族自治区民政厅"),
        ("省教育厅", "430000", "湖南省教育厅"), ("州民政局", "422800", "恩施土家族苗族自治州民政局"),
        ("市场监督管理局", "640500", None), ("市政管理局", "640500", None), ("县级公立医院", "640323", None),
        ("市民政局", "640502", None), ("县水务局", "640502", None), ("大水坑镇", "640323", None),
        ("水务局", "640323", None), ("中卫市民政局", "640500", None), ("县水务局", "999999", None),
    ],
)  # fmt: skip
def test_a_name_that_says_only_its_level_is_that_of_the_site(name: str, home: str, whole: str | None) -> None:
    assert spelled_out(name, home) == whole


@pytest.mark.parametrize("date_of", ["打印日期", "填报日期", "填表时间"])
def test_the_day_of_printing_or_of_a_form_is_not_that_of_publication(date_of: str) -> None:
    title, line = "某县水务局2023年政府信息公开工作年度报告", f"<p>{date_of}：2026-11-22</p>"
    assert page(title, LONG, dated=line).published_on is None
    assert page(title, line + LONG).published_on is None


def test_the_year_that_the_text_says_the_report_is_on() -> None:
    body = f"<p>现向社会公布2023年度政府信息公开工作年度报告。</p><p>一、总体情况</p>{LONG}"
    assert page("某县水务局政府信息公开工作年度报告", body).year == 2023
    two = body.replace("。", "，与2022年政府信息公开工作年度报告相比有变化。", 1)
    assert page("某县水务局政府信息公开工作年度报告", two).year is None


@pytest.mark.parametrize("line", ["2024-01-25 15:30 来源：某县水务局", "2024年1月25日 信息来源：某县水务局"])
def test_the_day_that_a_line_below_the_title_begins_with(line: str) -> None:
    title, other = "某县水务局2023年政府信息公开工作年度报告", "<p>2024-05-01 来源：某县财政局</p>"
    assert page(title, f"<p>{line}</p>{LONG}").published_on == date(2024, 1, 25)
    assert page(title, LONG, dated=f"<p>{line}</p>").published_on == date(2024, 1, 25)
    below = read(f"<h1>{title}</h1><div id='zoom'>{LONG}</div>{other}".encode())
    assert below.published_on is None


@pytest.mark.parametrize(
    "line", ["打印时间：2025-06-01 来源：某局", "截至2024-12-31 来源：某局", "今天是2025年6月1日 来源：某局"]
)
def test_a_day_behind_another_label_is_not_that_of_publication(line: str) -> None:
    title = "某县水务局2023年政府信息公开工作年度报告"
    assert page(title, LONG, dated=f"<p>{line}</p>").published_on is None
