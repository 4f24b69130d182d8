"""Lists of ASP.NET, whose pager sends the page's form back: a small site of them, with its hidden fields."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from tests.crawler.driven import Driven, Pages, drive

COLUMN = "政府信息公开年报"
PER_PAGE = 3
CALENDAR = "".join(
    f"<a href=\"javascript:__doPostBack('Calendar1','{9400 + day}')\">{day}</a>" for day in range(1, 29)
)
CALENDAR += "<a href=\"javascript:__doPostBack('Calendar1','V9428')\">&gt;</a>"


def title(number: int) -> str:
    return f"第{number}局2023年政府信息公开工作年度报告"


def turn(target: str, argument: str, text: object) -> str:
    return f"<a href=\"javascript:__doPostBack('{target}','{argument}')\">{text}</a>"


def grid_view(page: int, last: int) -> str:
    """Ten numbers, and dots that lead on; the current one is no link."""
    first = (page - 1) // 10 * 10 + 1
    numbers = range(first, min(first + 9, last) + 1)
    cells = [f"<span>{n}</span>" if n == page else turn("GridView1", f"Page${n}", n) for n in numbers]
    before = [turn("GridView1", f"Page${first - 1}", "...")] if first > 1 else []
    after = [turn("GridView1", f"Page${first + 10}", "...")] if first + 9 < last else []
    return "".join([*before, *cells, *after])


def asp_net_pager(page: int, last: int) -> str:
    numbers = [turn("Pager1", str(n), n) for n in range(1, last + 1) if n != page]
    return f"第{page}页/共{last}页 " + "".join(numbers)


def only_next(page: int, last: int) -> str:
    onward = turn("lbtnNext", "", "下一页") if page < last else '<a disabled="disabled">下一页</a>'
    back = turn("lbtnPrev", "", "上一页") if page > 1 else '<a disabled="disabled">上一页</a>'
    return back + onward


def state(page: int) -> str:
    return f"/wEPDwUK{page}=="


def listing(page: int, last: int, pager: str) -> str:
    rows = "".join(
        f'<li><a href="/ShowInfo.aspx?ID={n}">{title(n)}</a><span>2024-01-20</span></li>'
        for n in range(page * PER_PAGE, page * PER_PAGE + PER_PAGE)
    )
    hidden = f'<input type="hidden" name="__VIEWSTATE" value="{state(page)}"><input name="q" type="text">'
    return (
        f"<html><head><meta charset='utf-8'><title>{COLUMN}</title></head><form method='post'>{hidden}"
        f"<ul>{rows}</ul>{CALENDAR}{pager}</form></html>"
    )


def posted(page: int, target: str, argument: str) -> str:
    form = {"__VIEWSTATE": state(page), "__EVENTTARGET": target, "__EVENTARGUMENT": argument}
    return f"/list.aspx?lm=3 {urlencode(form)}"


def crawl(lists: Pages, last: int) -> Driven:
    numbers = range(PER_PAGE, (last + 1) * PER_PAGE)
    text = "本报告由本机关编制，所列数据截至年底。" * 20
    reports = {
        f"/ShowInfo.aspx?ID={n}": f"<html><title>{title(n)}</title><h1>{title(n)}</h1><p>{text}</p></html>"
        for n in numbers
    }
    start = f'<html><title>县政府</title><a href="/list.aspx?lm=3">{COLUMN}</a></html>'
    return drive({"/": start, **lists, **reports})


def posts(found: Driven) -> list[str]:
    """What was asked for at the list's address after its first page."""
    return [address for address in found.asked if address == "/list.aspx?lm=3"][1:]


@pytest.mark.parametrize("last", [2, 3, 10, 11, 23])
def test_the_pager_of_a_grid_view(last: int) -> None:
    lists: Pages = {"/list.aspx?lm=3": listing(1, last, grid_view(1, last))}
    for number in range(2, last + 1):
        page = listing(number, last, grid_view(number, last))
        lists |= {posted(held, "GridView1", f"Page${number}"): page for held in range(1, last + 1)}
    found = crawl(lists, last)
    assert len(found.reports) == last * PER_PAGE
    assert len(posts(found)) == last - 1, "each page once, whichever page's fields it is asked for with"
    assert [one.complete for one in found.listings] == [True]


def test_the_pager_of_asp_net_pager() -> None:
    lists: Pages = {"/list.aspx?lm=3": listing(1, 4, asp_net_pager(1, 4))}
    for number in range(2, 5):
        lists[posted(1, "Pager1", str(number))] = listing(number, 4, asp_net_pager(number, 4))
    found = crawl(lists, 4)
    assert (len(found.reports), len(posts(found))) == (4 * PER_PAGE, 3)
    assert [one.complete for one in found.listings] == [True]


@pytest.mark.parametrize("printed", ["", "共4页", "第{}页/共4页"])
def test_a_pager_that_only_leads_to_the_next_page(printed: str) -> None:
    lists: Pages = {"/list.aspx?lm=3": listing(1, 4, printed.format(1) + only_next(1, 4))}
    for number in range(2, 5):
        pager = printed.format(number) + only_next(number, 4)
        lists[posted(number - 1, "lbtnNext", "")] = listing(number, 4, pager)
    found = crawl(lists, 4)
    assert (len(found.reports), len(posts(found))) == (4 * PER_PAGE, 3)
    assert [one.complete for one in found.listings] == [True]


@pytest.mark.parametrize("pager", [grid_view, asp_net_pager])
def test_a_form_that_is_refused_once_is_not_sent_for_every_page(pager: Callable[[int, int], str]) -> None:
    found = crawl({"/list.aspx?lm=3": listing(1, 9, pager(1, 9))}, 9)
    assert len(posts(found)) == 1
    assert [one.complete for one in found.listings] == [False]


def test_a_calendar_sends_its_form_back_too_and_is_no_pager() -> None:
    found = crawl({"/list.aspx?lm=3": listing(1, 1, "")}, 1)
    assert posts(found) == []
    assert [one.complete for one in found.listings] == [True]


def test_a_call_that_is_switched_off_leads_nowhere() -> None:
    def pager(page: int) -> str:
        onward = turn("lbtnNext", "", "下一页")
        return turn("lbtnPrev", "", "上一页") + (
            onward if page < 3 else onward.replace("<a ", '<a disabled="disabled" ')
        )

    lists: Pages = {"/list.aspx?lm=3": listing(1, 3, pager(1))}
    for number in (2, 3):
        lists[posted(number - 1, "lbtnNext", "")] = listing(number, 3, pager(number))
    found = crawl(lists, 3)
    assert (len(found.reports), len(posts(found))) == (3 * PER_PAGE, 2)
    assert [one.complete for one in found.listings] == [True]
