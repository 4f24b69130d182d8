"""Each family against its own examples: folders of a page and what is read from it, found by themselves."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from crawler.discovery import Place, follow
from crawler.families import FAMILIES, drawn_lists_of, family_named, family_of, paging_of
from crawler.page import Page, read_page

CASES = Path(__file__).parent / "cases"
SAMPLES = Path(__file__).parents[3] / "shared" / "samples"
FOLDERS = sorted(path.parent for path in CASES.glob("*/expected.json"))


def expected(folder: Path) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads((folder / "expected.json").read_text("utf-8"))
    return answer


def page_of(folder: Path) -> Page:
    return read_page((folder / "page.html").read_bytes(), expected(folder)["url"])


each = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_every_family_has_an_example(family: Any) -> None:
    folder = CASES / family.name
    assert (folder / "page.html").exists(), f"write {folder}/page.html and expected.json"
    assert expected(folder)["family"] == family.name


@each
def test_family(folder: Path) -> None:
    assert family_of(page_of(folder)).name == expected(folder)["family"]


@each
def test_paging(folder: Path) -> None:
    page, wanted = page_of(folder), expected(folder)["paging"]
    paging = paging_of(page)
    if wanted is None:
        assert paging is None
        return
    assert paging is not None
    assert {
        "page_count": paging.page_count,
        "current": paging.current,
        "complete": paging.complete,
        "urls": list(paging.urls),
    } == {key: value for key, value in wanted.items() if key != "bodies"}
    assert [one.body for one in paging.others if one.body] == wanted.get(
        "bodies", [one.body for one in paging.others if one.body]
    )


@each
def test_items(folder: Path) -> None:
    page = page_of(folder)
    found = [
        [item.url, item.title, item.shown_date.isoformat() if item.shown_date else None]
        for item in family_of(page).items(page)
    ]
    assert found == expected(folder)["items"]


@each
def test_what_is_asked_for_a_list_that_a_script_draws(folder: Path) -> None:
    asked = [[ask.url, ask.body] for ask in drawn_lists_of(page_of(folder))]
    assert asked == expected(folder).get("asks", [])


@each
def test_links_that_a_script_writes(folder: Path) -> None:
    page = page_of(folder)
    written = [[link.url, link.label] for link in family_of(page).written_links(page)]
    assert written == expected(folder).get("written", [])


ANSWERED = [folder for folder in FOLDERS if (folder / "answer.txt").exists()]


@pytest.mark.parametrize("folder", ANSWERED, ids=lambda folder: folder.name)
def test_the_answer_to_what_is_asked(folder: Path) -> None:
    page, wanted = page_of(folder), expected(folder)["part"]
    paging = paging_of(page)
    ask = (*drawn_lists_of(page), *(paging.others if paging else ()))[0]
    part = family_named(ask.reader).read_part((folder / "answer.txt").read_text("utf-8"), ask, page.url)
    assert part is not None
    items = [[one.url, one.title, one.shown_date and one.shown_date.isoformat()] for one in part.items]
    assert items == wanted["items"]
    assert list(part.paging.urls if part.paging else ()) == wanted["urls"]
    assert (part.paging.rows if part.paging else None) == wanted["rows"]


@each
def test_attachments(folder: Path) -> None:
    page = page_of(folder)
    assert [link.url for link in family_of(page).attachments(page)] == expected(folder)["attachments"]


def sample(name: str, url: str) -> Page:
    if not SAMPLES.exists():
        pytest.skip(f"no {SAMPLES}: left out are the checks of families on real saved pages")
    return read_page((SAMPLES / name).read_bytes(), url)


def test_a_real_trs_list_names_its_56_pages() -> None:
    page = sample("trs-list-hd.gov.cn.html", "http://hdzfxxgk.hd.gov.cn/zfwj/jinqixxgk/")
    paging = family_of(page).list_pages(page)
    assert paging is not None
    assert (paging.page_count, paging.current, len(paging.urls)) == (56, 1, 55)
    assert paging.urls[-1] == "http://hdzfxxgk.hd.gov.cn/zfwj/jinqixxgk/index_55.html"


def test_a_real_answer_of_dataproxy_yields_its_rows() -> None:
    page = sample("hanweb-dataproxy-page1.xml", "http://gxt.jiangsu.gov.cn/module/web/jpage/dataproxy.jsp")
    items = family_of(page).items(page)
    assert len(items) == 76
    assert str(items[0].shown_date) == "2025-10-29"


def test_a_real_ucap_list_whose_pager_stands_in_a_comment_has_no_pages() -> None:
    page = sample("ucap-list-jyt.gansu.html", "https://jyt.gansu.gov.cn/jyt/c110634/zwgklist.shtml")
    assert family_of(page).name == "ucap"
    assert family_of(page).list_pages(page) is None


def test_a_list_drawn_by_script_says_that_it_is_not_complete() -> None:
    page = sample(
        "hanweb-jpaas-list-sthjt.jiangxi.html", "http://sthjt.jiangxi.gov.cn/col/col42150/index.html"
    )
    paging = family_of(page).list_pages(page)
    assert paging is not None
    assert not paging.complete


def test_the_first_page_of_a_trs_list_goes_by_its_folder() -> None:
    page = read_page(
        b'<script>createPageHTML(3, 2, "index", "html")</script>', "http://a.gov.cn/nb/index_2.html"
    )
    paging = family_of(page).list_pages(page)
    assert paging is not None
    assert paging.urls == ("http://a.gov.cn/nb/", "http://a.gov.cn/nb/index_1.html")


def test_a_trs_site_that_writes_an_ordinary_pager_is_walked_by_its_links() -> None:
    items = "".join(f'<li><a href="./202401/t20240105_{n}.html">某局{n}年报</a></li>' for n in range(3))
    pager = "".join(f'<a href="index_{n}.html">{n + 1}</a>' for n in (1, 2))
    pager += '<a href="index_1.html">下一页</a>'
    page = read_page(f"<ul>{items}</ul><div>{pager}</div>".encode(), "http://www.a.gov.cn/nb/")
    assert family_of(page).name == "trs"
    paging = paging_of(page)
    assert paging is not None
    assert {"http://www.a.gov.cn/nb/index_1.html", "http://www.a.gov.cn/nb/index_2.html"} <= set(paging.urls)


def test_a_real_drawn_list_is_asked_for_as_its_own_script_does() -> None:
    page = sample(
        "hanweb-jpaas-list-sthjt.jiangxi.html", "http://sthjt.jiangxi.gov.cn/jxssthjt/col/col42150/index.html"
    )
    assert family_of(page).name == "jpaas"
    (ask,) = drawn_lists_of(page)
    form = dict(ask.form)
    assert ask.url == "http://sthjt.jiangxi.gov.cn/queryList"
    assert (form["webSiteCode[]"], form["channelCode[]"]) == ("jxssthjt", "col42150")
    assert (form["current"], form["pageSize"], form["unitid"]) == ("1", "15", "380055")


def test_the_columns_of_a_real_menu_that_a_script_draws() -> None:
    page = sample(
        "hanweb-jpaas-list-sthjt.jiangxi.html", "http://sthjt.jiangxi.gov.cn/jxssthjt/col/col42150/index.html"
    )
    written = {link.label: link.url for link in family_of(page).written_links(page)}
    assert written["政府信息公开"] == "http://sthjt.jiangxi.gov.cn/jxssthjt/col/col42381/index.html"
    assert written["信息公开"] == "http://sthjt.jiangxi.gov.cn/jxssthjt/col/col42148/index.html"


def test_a_real_openness_home_of_a_city_leads_to_its_sister_sites_and_to_no_news() -> None:
    page = sample("trs-home-hd.gov.cn.html", "http://hdzfxxgk.hd.gov.cn/")
    followed = {
        one.url: one
        for one in follow(page, Place(), in_scope=lambda url: ".hd.gov.cn/" in url or "//hd.gov.cn/" in url)
    }
    assert {"http://jyj.hd.gov.cn/", "http://sfj.hd.gov.cn/", "http://hd.gov.cn/wzdt/"} <= set(followed)
    assert "http://hd.gov.cn/zjhd/hdgk/zhgk/" not in followed  # 邯郸概况
    assert not [url for url in followed if "fmprc" in url or re.search(r"/t\d{8}_", url)]


def test_a_real_menu_that_names_one_page_twice_is_followed_by_the_better_name() -> None:
    """政府信息公开 and 政府信息公开指南 lead to one address."""
    page = sample("ucap-list-jyt.gansu.html", "https://jyt.gansu.gov.cn/jyt/c110634/zwgklist.shtml")
    followed = [one.url for one in follow(page, Place(), in_scope=lambda url: ".gansu.gov.cn/" in url)]
    assert "https://jyt.gansu.gov.cn/jyt/c107268/zwgk.shtml" in followed
    assert "https://jyt.gansu.gov.cn/jyt/c250121/zwgklist.shtml" in followed  # 2024 under 政府信息公开年报


@pytest.mark.parametrize("gap", ["", " ", "\n" + " " * 12, "\n" + " " * 40])
def test_the_number_of_a_page_however_far_the_template_is_indented(gap: str) -> None:
    pager = f"首页 共{gap}12{gap}页 第{gap}3{gap}页 <a href='javascript:go(4)'>下一页</a>"
    paging = paging_of(read_page(f"<html><body>{pager}</body></html>".encode(), "http://a.gov.cn/nb/"))
    assert paging is not None
    assert (paging.page_count, paging.current, paging.complete) == (12, 3, False)
