"""As what a page is archived: a report that was only looked at is one all the same."""

from pathlib import Path

import pytest
from sqlalchemy import text

from archive.capture import Kind
from archive.catalogue.engine import create_catalogue, open_catalogue, sqlite_url
from crawler.page import Page, read_page
from crawler.recognised import bears_a_report
from tests.crawler.loopback import HTML, Answer, Loopback, crawl, pages

SITE = "http://www.qingshi.gov.cn"
TITLE = "青石县民政局2016年政府信息公开工作年度报告"
PROSE = (
    "<p>一、概述</p><p>二、主动公开政府信息的情况</p><p>三、依申请公开政府信息和不予公开政府信息的情况</p>"
    f"<p>{'我局认真贯彻落实上级部署，健全机构，明确专人负责。' * 20}</p>"
)


def html(title: str, main: str) -> str:
    return (
        f"<html><head><meta charset='utf-8'><title>{title} - 青石县</title></head><body>{main}</body></html>"
    )


def page(title: str, main: str, name: str = "a0.html", head: str = "") -> Page:
    return read_page((head + html(title, main)).encode(), f"{SITE}/nb/2016/{name}", HTML)


def kinds(home: Path) -> dict[str, str]:
    catalogue = open_catalogue(sqlite_url(home))
    with catalogue.reading() as session:
        found = {row.url: row.kind for row in session.execute(text("SELECT url, kind FROM resource"))}
    catalogue.close()
    return {f"/{url.split('/', 3)[3]}": kind for url, kind in found.items()}


def test_reports_of_a_year_folder_that_names_only_bodies(tmp_path: Path) -> None:
    """Rows without a date or an article's address: they are looked at, and told by their own titles."""
    folder = html("往年", '<li><a href="a0.html">民政局</a></li><li><a href="a1.html">统计局</a></li>')
    content: dict[str, Answer | str] = {
        "/": html("青石县", '<a href="/nb/">政府信息公开年报</a>'),
        "/nb/": html("政府信息公开年报", '<a href="/nb/2016/">2016年</a>'),
        "/nb/2016/": folder,
        "/nb/2016/a0.html": html(TITLE, PROSE),
        "/nb/2016/a1.html": html("统计局2016年政务公开工作要点", PROSE),
    }
    create_catalogue(sqlite_url(tmp_path)).close()
    with Loopback(pages(content)) as server:
        crawl(tmp_path, server.url)
    found = kinds(tmp_path)
    assert (found["/nb/2016/a0.html"], found["/nb/2016/a1.html"]) == (Kind.ARTICLE, Kind.PAGE)
    assert found["/nb/2016/"] == Kind.LISTING


def test_an_article_called_a_report_bears_one() -> None:
    assert bears_a_report(page(TITLE, PROSE))
    assert bears_a_report(page(TITLE, "<p>见附件</p><a href='1.pdf'>附件</a>", "t20170105_1.html"))


@pytest.mark.parametrize(
    "title", ["青石县民政局2016年法治政府建设年度报告", "民政局2016年工作总结", "民政局"]
)
def test_prose_under_another_title_bears_none(title: str) -> None:
    assert not bears_a_report(page(title, PROSE))


def test_a_list_under_a_report_s_title_bears_none() -> None:
    rows = "".join(
        f"<li><a href='{year}.html'>{year}年政府信息公开年报</a></li>" for year in range(2010, 2017)
    )
    assert not bears_a_report(page("青石县2016年政府信息公开工作年度报告", rows, "202401/1.html"))
