"""The frame that a site puts round an article that no known container holds: taken off whatever it says."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from printed_reports import page_html, sheets, wrong

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
        "<td>{dated}</td></tr><tr><td colspan=3>{foot}<br>{visits}</td></tr></table>"
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
        "<p>首次公开 2023-01-10</p><p>再次公开 2023-02-10</p>",
        "<p>我局承办的各项活动按时完成</p>",
    ],
)
def test_the_end_of_a_report_is_kept(figures: dict[str, str], end: str) -> None:
    shown = ONE.shown(LAYOUTS["flat"], body_of(figures) + end)
    said = "".join(section.text for section in read_page(shown).sections)
    assert re.sub("<[^>]+>", "", end) in said.replace("\n", "")


def test_an_anchor_that_is_never_closed_takes_nothing_away(figures: dict[str, str]) -> None:
    """All that follows stands in the link, for a browser too."""
    body = body_of(figures)
    plain, opened = (
        read_page(f"<h1>{TITLE}</h1>{body}"),
        read_page(f"<h1>{TITLE}</h1><a href='/share'>{body}"),
    )
    assert [s.heading for s in plain.sections] == [s.heading for s in opened.sections]
    assert wrong(opened, figures) == {}
