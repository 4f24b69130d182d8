"""Columns that move, vanish or change their system are told on that night; further sources are asked."""

import json
from pathlib import Path

import pytest

from archive.capture import ListedItem, ListingSeen
from archive.listings import PastListing
from crawler.columns import columns_told
from crawler.families import Ask
from crawler.page import read_page
from crawler.sources import read_source, sitemaps_of, sources_of
from nianbao.replica.families import FamilySite, Site, trs, ucap
from nianbao.replica.families.content import COLUMN_NAME, Entry, html, key_of, link, meta, reports
from nianbao.replica.families.server import Answer, Asked
from tests.crawler.replica_crawl import crawl

OLD, NEW = "http://a.gov.cn/nb/", "http://a.gov.cn/xxgk/nb/"
ROWS = tuple((f"{OLD}{n}.html", f"某局{n}年报") for n in range(2010, 2020))


def seen(url: str, count: int = 10, family: str = "trs") -> ListingSeen:
    items = tuple(ListedItem(url + address.removeprefix(OLD), title, None) for address, title in ROWS[:count])
    return ListingSeen(url, None, family, 1, 1, True, items)


@pytest.mark.parametrize(
    ("now", "fates", "told"),
    [
        ([seen(OLD)], {}, ()),
        ([seen(NEW)], {OLD: "status 404"}, (f"the column {OLD} moved to {NEW}",)),
        ([], {OLD: "status 412"}, (f"the column {OLD} was not seen this time: status 412",)),
        ([], {}, (f"the column {OLD} was not seen this time: no page led to it",)),
        ([seen(OLD, 5)], {}, (f"the column {OLD} lists 5 rows, 10 before",)),
        ([seen(OLD, family="ucap")], {}, ("the site's system changed from trs to ucap",)),
    ],
)
def test_what_is_told_of_a_column(
    now: list[ListingSeen], fates: dict[str, str], told: tuple[str, ...]
) -> None:
    assert columns_told([PastListing(OLD, "trs", ROWS)], now, fates) == told


def test_a_first_night_tells_nothing() -> None:
    assert columns_told([], [seen(OLD)], {}) == ()


def small(column: str, family: str = "trs") -> Site:
    """A site with one column of eight reports at `column`."""
    entries: list[Entry] = list(reports()[:8])
    site = Site(key=key_of(entries), family=family)
    if family == "trs":
        trs.listing(site, column, COLUMN_NAME, entries)
    else:
        ucap.listing(site, column, "zfxxgknb", COLUMN_NAME, entries)
        column += "zfxxgknb.shtml"
    site.routes["/"] = html("沙坡头区人民政府", link(column, COLUMN_NAME), meta())
    return site


def test_a_column_that_moves_and_a_new_system_are_told_that_night(tmp_path: Path) -> None:
    with FamilySite(small("/zwgk/nb/")) as served:
        first = crawl(served, tmp_path / "home")
        served.site = small("/xxgk/gknb/")
        served.site.routes["/robots.txt"] = Answer(b"", "text/plain")
        second = crawl(served, tmp_path / "home")
        served.site = small("/spt/c100028/", "ucap")
        served.site.routes["/robots.txt"] = Answer(b"", "text/plain")
        third = crawl(served, tmp_path / "home")
        base = served.url.rstrip("/")
    assert first.outcome.notes == ()
    assert second.outcome.notes == (f"the column {base}/zwgk/nb/ moved to {base}/xxgk/gknb/",)
    assert "the site's system changed from trs to ucap" in third.outcome.notes
    assert set(first.reports) == set(second.reports) == set(third.reports) == first.key
    assert [row["url"] for row in second.listings] == [f"{base}/xxgk/gknb/"]


def test_what_only_the_search_or_the_site_s_map_names_is_found(tmp_path: Path) -> None:
    """TRS's search takes JSON; robots.txt names the map."""
    listed, searched, mapped = list(reports()[:6]), list(reports()[6:9]), list(reports()[9:12])
    site = Site(key=key_of([*listed, *searched, *mapped]), family="trs")
    trs.listing(site, "/zwgk/nb/", COLUMN_NAME, listed)
    trs.listing(site, "/hidden/", "其他", searched)
    trs.listing(site, "/old/gknb/", COLUMN_NAME, mapped)
    box = '<a href="/nxsearch/search.html?code=17ccab70a79&amp;tenantId=167&amp;searchWord=">搜索</a>'
    home = link("/zwgk/nb/", COLUMN_NAME) + box
    site.routes["/"] = html("沙坡头区人民政府", home, meta())

    def search(asked: Asked) -> Answer:
        body = json.loads(asked.body)
        assert (body["tenantId"], body["orderBy"], body["searchBy"]) == ("167", "related", "title")
        part = searched[:2] if body["pageNo"] == "1" else searched[2:]
        rows = [
            {"title_no_tag": e.title, "url": f"/hidden/{trs.name_of(e)}", "time": str(e.day)} for e in part
        ]
        data = {"middle": {"list": rows}, "pager": {"pageNo": body["pageNo"], "pageCount": 2, "total": 3}}
        return Answer(json.dumps({"data": data}, ensure_ascii=False).encode(), "application/json")

    site.routes["/irs/front/search"] = search
    with FamilySite(site) as served:
        base = served.url.rstrip("/")
        site.routes["/robots.txt"] = Answer(
            f"User-agent: *\nSitemap: {base}/sitemap.xml\n".encode(), "text/plain"
        )
        locations = "".join(f"<url><loc>{base}{path}</loc></url>" for path in ("/xw/", "/old/gknb/"))
        site.routes["/sitemap.xml"] = Answer(f"<urlset>{locations}</urlset>".encode(), "application/xml")
        crawled = crawl(served, tmp_path / "home")
    assert sorted(crawled.key - set(crawled.reports)) == []
    assert crawled.precision == 1
    assert not [entry for entry in crawled.log if entry.path == "/xw/"]


def test_ucap_s_search_is_asked_with_the_site_s_code() -> None:
    head = '<meta name="SiteIDCode" content="6405020001"><script src="/search5/js/so.js"></script>'
    page = read_page(f"<html><head>{head}</head></html>".encode(), "http://www.a.gov.cn/")
    (ask,) = sources_of(page)
    assert ask.url == "http://www.a.gov.cn/search5/search/s"
    assert dict(ask.form)["siteCode"] == "6405020001"
    rows = [
        {
            "title": "<em>某局</em>2023年政府信息公开工作年度报告",
            "url": "/c1/1.shtml",
            "pubDate": "2024-01-20",
        },
        {"title": "某局召开年报会议", "url": "/c1/2.shtml", "pubDate": "2024-01-20"},
    ]
    answer = {"searchResultAll": {"searchTotal": rows, "total": 120}}
    part = read_source(json.dumps(answer), ask)
    assert [item.url for item in part.items] == ["http://www.a.gov.cn/c1/1.shtml"]
    assert part.paging is not None
    assert [dict(one.form)["pageNum"] for one in part.paging.others] == ["1", "2"]


def test_a_map_of_maps_leads_to_its_parts() -> None:
    (ask,) = sitemaps_of("User-agent: *\nDisallow:\nSitemap: http://a.gov.cn/sitemap.xml\n")
    text = "<sitemapindex><sitemap><loc>http://a.gov.cn/s1.xml</loc></sitemap></sitemapindex>"
    part = read_source(text, ask)
    assert part.paging is not None
    assert part.paging.others == (Ask("http://a.gov.cn/s1.xml", reader="sitemap"),)
