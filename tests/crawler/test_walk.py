"""A list is called complete only when all of it was seen: what it no longer names may be counted as gone."""

from __future__ import annotations

from crawler.families import Ask, ListItem, ListPaging
from crawler.frontier import Frontier
from crawler.walk import Walk
from crawler.walks import Walks
from tests.crawler.driven import Pages, drive

COLUMN = "http://www.qingshi.gov.cn/nb/"


def rows(first: int, last: int) -> list[ListItem]:
    return [ListItem(f"{COLUMN}{n}.html", f"某局{n}年政府信息公开工作年度报告") for n in range(first, last)]


def paging(pages: int, *, others: bool = True, declared_rows: int | None = None) -> ListPaging:
    asks = tuple(Ask(f"{COLUMN}index_{n}.html") for n in range(1, pages)) if others else ()
    return ListPaging(pages, 1, asks, complete=True, rows=declared_rows)


def begun(pages: int, **more: object) -> Walk:
    """A list whose first page was seen, its other pages asked for."""
    walk = Walk(COLUMN, "政府信息公开年报", "generic")
    told = paging(pages, **more)  # type: ignore[arg-type]
    walk.note_paging(told)
    walk.waiting.update(told.urls)
    walk.page_seen(COLUMN, new=walk.note_rows(rows(2008, 2012)))
    return walk


def test_a_list_of_one_page_is_complete_when_that_was_seen() -> None:
    assert begun(1).complete


def test_a_page_that_was_asked_for_and_has_not_come_leaves_it_incomplete() -> None:
    walk = begun(2)
    assert not walk.complete
    walk.page_seen(f"{COLUMN}index_1.html", new=walk.note_rows(rows(2012, 2016)))
    assert walk.complete


def test_a_page_held_back_until_another_answers_leaves_it_incomplete() -> None:
    walk = begun(1)
    walk.held.append(Ask(f"{COLUMN}data?page=2"))
    assert not walk.complete


def test_a_page_that_failed_leaves_it_incomplete_for_good() -> None:
    walk = begun(2)
    walk.page_failed(f"{COLUMN}index_1.html")
    assert not walk.complete


def test_fewer_pages_than_it_says_it_has_leave_it_incomplete() -> None:
    """The second page only showed the first one's rows again."""
    walk = begun(2)
    walk.page_seen(f"{COLUMN}index_1.html", new=walk.note_rows(rows(2008, 2012)))
    assert not walk.waiting
    assert not walk.complete


def test_fewer_rows_than_it_says_it_has_leave_it_incomplete() -> None:
    assert not begun(1, declared_rows=5).complete
    assert begun(1, declared_rows=4).complete


def test_an_empty_list_is_never_complete() -> None:
    walk = Walk(COLUMN, "政府信息公开年报", "generic")
    walk.page_seen(COLUMN, new=False)
    assert not walk.complete


def test_a_crawl_that_ends_before_the_list_does_leaves_it_incomplete() -> None:
    titles = {n: f"某局{n}年政府信息公开工作年度报告" for n in range(2008, 2016)}
    listed = [f'<li><a href="/nb/{n}.html">{title}</a></li>' for n, title in titles.items()]
    pager = '<a href="/nb/index_1.html">2</a><a href="/nb/index_1.html">下一页</a>共2页'
    head = "<html><title>政府信息公开年报</title><ul>"
    pages: Pages = {f"/nb/{n}.html": f"<h1>{t}</h1>" for n, t in titles.items()}
    pages["/nb/"] = head + "".join(listed[:4]) + pager
    pages["/nb/index_1.html"] = head + "".join(listed[4:])
    found = drive(pages, start="/nb/", max_pages=1)
    assert [one.complete for one in found.listings] == [False]
    whole = drive(pages, start="/nb/")
    assert [one.complete for one in whole.listings] == [True]


def test_columns_that_name_nothing_are_told_unless_they_did_before() -> None:
    walks = Walks(Frontier(10))
    assert "no annual-report column" in (walks.nothing_found(named_before=True) or "")
    walk = walks.begin("http://a.gov.cn/nb/", "政府信息公开年报", "generic")
    assert "http://a.gov.cn/nb/ names no report" in (walks.nothing_found(named_before=False) or "")
    assert walks.nothing_found(named_before=True) is None
    walk.waiting.add("http://a.gov.cn/nb/2.html")
    assert walks.nothing_found(named_before=False) is None
