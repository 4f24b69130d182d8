"""The frame that a site puts round an article that no known container holds: taken off whatever it says."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from printed_reports import page_html, sheets, table_html, wrong

from parsers.read import read
from parsers.report import Extraction

TITLE = "某县财政局2023年政府信息公开工作年度报告"


@dataclass(frozen=True)
class Frame:
    """What the site says round its articles on one day."""

    crumb: str
    news: tuple[str, ...]
    foot: str
    weather: str
    visits: str

    def shown(self, layout: str, body: str) -> str:
        links = "".join(
            f"<li><a href='/{i}'>{t}</a><span>2024-01-1{i}</span></li>" for i, t in enumerate(self.news)
        )
        dated = "".join(f"<p>{t} [2024-01-1{i}]</p>" for i, t in enumerate(self.news))
        menu = "<br>".join(f"<a href='/m{i}'>{t}</a>" for i, t in enumerate(self.news))
        first, second = self.news[:2]
        beside = f"<p>上一篇：<a href='/1'>{first}</a></p><p>下一篇：<a href='/2'>{second}</a></p>"
        return layout.format(
            crumb=self.crumb, foot=self.foot, weather=self.weather, visits=self.visits,
            links=links, dated=dated, menu=menu, beside=beside, body=body, title=f"<h1>{TITLE}</h1>",
        )  # fmt: skip


ONE = Frame(
    "当前位置：首页 > 政务公开 > 年度报告",
    ("县政府召开会议研究防汛工作", "全县植树活动启动", "我县举办招聘会"),
    "主办：某县人民政府 承办：县政务中心 宁ICP备05000001号",
    "今日天气：晴 15℃",
    "您是第123456位访客",
)
OTHER = Frame(
    "您的位置：首页 > 信息公开 > 年报",
    ("县长调研重点项目", "我县举办招聘会", "县医院开展义诊", "全县秋收过半"),
    "主办：某县人民政府办公室 承办：县大数据局 宁ICP备05000001号-1 网站标识码6403000001",
    "今日天气：多云 3℃",
    "您是第223456位访客",
)
LAYOUTS = {
    "flat": "<div>{crumb}</div>{title}{body}<div><h3>最新动态</h3><ul>{links}</ul></div><div>{foot}</div>",
    "no links": "<div>{crumb}</div>{title}{body}<h3>推荐阅读</h3>{dated}<div>{foot}</div>",
    "a table": (
        "<table><tr><td colspan=3>{weather}</td></tr><tr><td><ul>{links}</ul></td><td>{title}{body}</td>"
        "<td><ul>{links}</ul></td></tr><tr><td colspan=3>{foot}<br>{visits}</td></tr></table>"
    ),
    "tables in tables": (
        "<table><tr><td>{weather}</td></tr></table><table><tr><td>{menu}</td><td><table><tr><td>{title}</td></tr>"
        "<tr><td>{body}</td></tr></table></td></tr></table><table><tr><td>{foot}</td></tr></table>"
    ),
    "boxes": (
        "<div><div>{crumb}</div><div>{title}<div>{body}</div><div>{dated}</div></div></div><div>{foot}</div>"
    ),
    "HTML 5": "<header>{weather}</header><main><article>{title}{body}</article><aside>{dated}</aside></main>",
    "one wrapper": "<div><p>{crumb}</p>{menu}{title}{body}{beside}<ul>{links}</ul><div>{foot}</div></div>",
    "no markup": "<center><font>{weather}</font><br>{body}<br>{foot}<br>{visits}</center>",
}


def body_of(figures: dict[str, str]) -> str:
    page = page_html(TITLE, sheets(figures))
    return page.partition(f"<p>{TITLE}</p>")[2].partition("</div><div class='foot'>")[0]


def read_page(body: str) -> Extraction:
    return read(f"<html><meta charset=utf-8><title>{TITLE}</title><body>{body}</body></html>".encode())


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_frame_is_no_part_of_the_report(figures: dict[str, str], layout: str) -> None:
    body = body_of(figures)
    one, other = (read_page(frame.shown(LAYOUTS[layout], body)) for frame in (ONE, OTHER))
    assert wrong(one, figures) == wrong(other, figures) == {}
    assert one.content_sha256 == other.content_sha256
    said = "".join(section.text for section in one.sections)
    assert [word for word in ("位置", "ICP", "招聘会", "天气", "访客") if word in said] == []


@pytest.mark.parametrize(
    "end",
    [
        "<p>附件：<a href='/a.pdf'>某县财政局2023年统计表.pdf</a></p>",
        "<p><a href='/a.docx'>2023年度报告全文</a></p>",
        "<p>联系人：<a href='mailto:a@b.example'>王某</a></p>",
        "<p>某县财政局</p><p>2024年1月22日</p>",
        "<p>《甲办法》2023-01-10</p><p>《乙办法》2023-02-10</p><p>《丙办法》2023-03-10</p>",
        "<p>我局承办的各项活动按时完成</p>",
        "<p>承办单位：某县财政局办公室 联系电话：0551-1234567</p>",
        "<p>（三）建议提案承办：人大建议12件；</p>",
        "<p>3.首页新增网站地图、无障碍浏览；</p>",
        "<p><a href='mailto:caizheng@b.example'>caizheng@b.example</a></p>",
        "<p><a href='/P0202401.pdf'>说明</a></p>",
        "<a href='javascript:void(0)'><p>某县财政局</p><p>2024年1月22日</p>",
        "<p>六、其他相关内容</p><p><a href='/x'>全县工作要点</a></p>",
    ],
)
def test_the_end_of_a_report_is_kept(figures: dict[str, str], end: str) -> None:
    shown = ONE.shown(LAYOUTS["flat"], body_of(figures) + end)
    said = "".join(section.heading + section.text for section in read_page(shown).sections)
    if "六、" in end:  # a heading is kept, the link below it is not the report's
        end = end.partition("</p>")[0]
    assert re.sub("<[^>]+>|\\s", "", end) in re.sub(r"\s", "", said)


def test_an_anchor_that_is_never_closed_takes_nothing_away(figures: dict[str, str]) -> None:
    """All that follows stands in the link, for a browser too."""
    body = body_of(figures)
    plain, opened = (
        read_page(f"<h1>{TITLE}</h1>{body}"),
        read_page(f"<h1>{TITLE}</h1><a href='/share'>{body}"),
    )
    assert [s.heading for s in plain.sections] == [s.heading for s in opened.sections]
    assert wrong(opened, figures) == {}


@pytest.mark.parametrize(
    "rows",
    [
        "<tr><td>{title}</td></tr><tr><td>本报告由办公室编写。</td></tr><tr><td>{body}</td></tr>",
        "<tr><td>{title}{body}</td></tr><tr><td>附件：统计表</td></tr><tr><td>联系电话：0551-1234567</td></tr>",
        "<tr><td>{title}{body}</td></tr><tr><td>某县财政局</td></tr><tr><td>2024年1月22日</td></tr>",
        "<caption>本报告由办公室编写。</caption><tr><td>{title}{body}</td></tr>",
        "<tr><td>本报告由办公室编写。</td></tr><tr><td><table><tr><td>{body}</td></tr></table></td></tr>",
    ],
)
def test_the_rows_of_a_report_in_a_layout_table_stay_together(figures: dict[str, str], rows: str) -> None:
    shown = rows.format(title=f"<h1>{TITLE}</h1>", body=body_of(figures))
    extraction = read_page(f"<p>{ONE.crumb}</p><table>{shown}</table>")
    assert wrong(extraction, figures) == {}
    said = "".join(section.text for section in extraction.sections)
    for word in ("本报告由办公室编写", "联系电话：0551-1234567", "2024年1月22日"):
        assert (word in said) is (word in rows), word


def test_a_row_that_says_the_unit_stays_with_the_tables_below_it(figures: dict[str, str]) -> None:
    fees = "disclosure/fees/amount_10k_yuan"
    printed = sheets(figures | {fees: "251000"})
    tables = "".join(
        table_html(s.relabelled({"本年收费金额（单位：万元）": "本年收费金额"})) for s in printed
    )
    rows = "".join(f"<tr><td>{part}</td></tr>" for part in (f"<h1>{TITLE}</h1>", "单位：元", tables))
    extraction = read_page(f"<table>{rows}</table>")
    assert wrong(extraction, figures | {fees: "25.1"}) == {}


@pytest.mark.parametrize("container", ["<div>{}</div>", "<div class=TRS_Editor>{}</div>"])
@pytest.mark.parametrize(
    "line",
    [
        "<span>{crumb}</span><span>发布时间：2024-01-22 来源：某县财政局</span>",
        "主办：某县财政局 发布时间：2024-01-22",
    ],
)
def test_a_line_that_dates_the_page_is_read(figures: dict[str, str], container: str, line: str) -> None:
    page = container.format(f"<div>{line.format(crumb=ONE.crumb)}</div><h1>{TITLE}</h1>{body_of(figures)}")
    assert str(read_page(page).published_on) == "2024-01-22"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("（三）建议提案承办：人大建议12件；", "（三）建议提案承办：人大建议99件；"),
        ("政务公开专区所在位置：政务大厅一楼", "政务公开专区所在位置：档案馆二楼"),
        ("2.全年网站访客量：12345人次；", "2.全年网站访客量：99999人次；"),
        ("（二）完成ICP备案3个；", "（二）完成ICP备案1个；"),
        ("公开重点工作最新动态12条", "公开重点工作最新动态8条"),
    ],
)
def test_an_edit_of_a_line_that_is_like_a_frame_is_seen(
    figures: dict[str, str], one: str, other: str
) -> None:
    body = body_of(figures)
    pages = [read_page(f"<div><h1>{TITLE}</h1>{body}<p>{line}</p></div>") for line in (one, other)]
    assert pages[0].content_sha256 != pages[1].content_sha256
    assert one in "".join(section.text for section in pages[0].sections)


def test_thousands_of_other_articles_take_no_longer_than_they_are_many() -> None:
    news = "<h3>最新动态</h3><p><a href='/x'>乙</a></p>" * 20_000
    assert read_page(f"<div><p>{'本报告由办公室编写。' * 30}</p>{news}</div>").outcome


@pytest.mark.parametrize(("container", "kept"), [("TRS_Editor", True), ("other", False)])
def test_what_a_known_container_holds_is_the_articles(
    figures: dict[str, str], container: str, kept: bool
) -> None:
    body = body_of(figures) + "<p><a href='/x'>全县工作要点</a></p>"
    extraction = read_page(f"<h1>{TITLE}</h1><div class={container}>{body}</div>")
    assert ("全县工作要点" in "".join(section.text for section in extraction.sections)) is kept
