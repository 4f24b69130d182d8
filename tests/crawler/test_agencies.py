"""Bodies by their names, and the pages that list them."""

import pytest

from crawler.agencies import is_body, is_group
from crawler.discovery import CandidateKind
from tests.crawler.driven import Pages, drive
from tests.crawler.test_discovery import SITE, found
from tests.crawler.test_odd_sites import COLUMN, article, home, page, rows, title

BODIES = """
县政府 市政府 镇政府 人民政府 县政府办 县政府办公室 白阳镇人民政府
教育局 发展和改革局 发改委 卫健委 国资委 编办 民宗委 新区管委会 经济开发区管理委员会
城关街道办事处 城关街道 街道办事处 高岭镇 新集乡
档案馆 图书馆 县文化馆 妇联 县妇联 残联 总工会 团县委 科协
经济开发区 高新区 工业园区 风景区 自然保护区
政务服务中心 公共资源交易中心 疾控中心 人民医院 县第一中学 供销社 史志研究室
税务局 气象局 供电公司 自来水公司 消防救援大队
"""
NO_BODIES = """
办事指南 办事大厅 网上办事大厅 政务大厅 便民服务中心 服务中心 新闻发布会 政府常务会 听证会 领导干部
政府 社会 视频新闻部 人民法院 人民检察院 政府信息公开指南 依申请公开 通知公告 首页 更多 专题专区 社区
"""


@pytest.mark.parametrize("name", BODIES.split())
def test_bodies(name: str) -> None:
    assert is_body(name)


@pytest.mark.parametrize("name", NO_BODIES.split())
def test_what_is_no_body(name: str) -> None:
    assert not is_body(name)


@pytest.mark.parametrize("name", ["县直部门", "乡镇", "各乡镇街道", "市直单位", "县级机关", "本级", "镇办"])
def test_groups_of_bodies(name: str) -> None:
    assert is_group(name)


OPENNESS = "<title>政府信息公开-青石县人民政府</title>"
TWO = '<ul><li><a href="/a.htm">财政局</a></li><li><a href="/b/">甲水镇</a></li></ul>'
MENU = '<a href="/zn/">政府信息公开指南</a><a href="/xwzx/">新闻中心</a>'


@pytest.mark.parametrize("heading", ["部门信息公开", "县级机关、镇办信息公开", "县直部门", "乡镇（街道）"])
def test_bodies_under_a_heading_of_a_page_on_openness(heading: str) -> None:
    part = f"{MENU}<h3>{heading}</h3>" + TWO
    assert set(found(part, f"{SITE}/zfxxgk.htm", OPENNESS, depth=1)) == {"/a.htm", "/b/"}


def test_on_another_page_only_a_heading_on_openness_counts() -> None:
    assert found("<h3>部门动态</h3>" + TWO) == {}
    assert set(found("<h3>部门信息公开</h3>" + TWO)) == {"/a.htm", "/b/"}


def test_a_page_on_openness_that_names_three_bodies_lists_them() -> None:
    two = '<a href="/a/">财政局</a><a href="/b/">县政府办公室</a>'
    assert found(two, f"{SITE}/zwgk/", OPENNESS) == {}
    assert set(found(two + '<a href="/c/">档案馆</a>', f"{SITE}/zwgk/", OPENNESS)) == {"/a/", "/b/", "/c/"}
    assert found(two + '<a href="/c/">档案馆</a>', f"{SITE}/xwzx/", "<title>新闻中心</title>") == {}


def test_a_body_s_own_folder_among_those_of_bodies_is_enough() -> None:
    assert set(found('<a href="/bmxxgk/czj.htm">财政局</a><a href="/czj.htm">财政局</a>')) == {
        "/bmxxgk/czj.htm"
    }


def test_parts_under_the_heading_of_the_column() -> None:
    part = """<li><a href="javascript:;">政府信息公开年报</a><ul><li><a href="/1.htm">县政府</a></li>
    <li><a href="/2.htm">县直部门</a></li><li><a href="/f/2023.pdf">财政局</a></li></ul></li>"""
    kinds = {url: one.kind for url, one in found(part, f"{SITE}/zwgk/", OPENNESS).items()}
    assert kinds == {
        "/1.htm": CandidateKind.LISTING,
        "/2.htm": CandidateKind.LISTING,
        "/f/2023.pdf": CandidateKind.ATTACHMENT,
    }


def test_the_item_before_in_a_menu_is_no_heading() -> None:
    menu = '<li><a href="/nb/">政府信息公开年报</a></li><li><a href="/bm/">县直部门</a></li>'
    kinds = {url: one.kind for url, one in found(menu, f"{SITE}/zwgk/", OPENNESS).items()}
    assert kinds == {"/nb/": CandidateKind.LISTING, "/bm/": CandidateKind.EXPLORE}


def test_reports_of_bodies_that_only_the_page_on_openness_names() -> None:
    pages: Pages = {
        "/": home(("/zfxxgk.htm", "政府信息公开"), ("/xw.htm", "要闻")),
        "/zfxxgk.htm": page(
            "<h3>县级机关、镇办信息公开</h3><ul><li><a href='/gk/czj.htm'>财政局</a></li><li>"
            "<a href='/gk/cgz.htm'>城关街道办事处</a></li><li><a href='/gk/xzf.htm'>县政府</a></li></ul>",
            "政府信息公开-青石县人民政府",
        ),
    }
    for key in ("czj", "cgz", "xzf"):
        pages[f"/gk/{key}.htm"] = page(f'<a href="{key}/nb.htm">政府信息公开年报</a>', key)
        pages[f"/gk/{key}/nb.htm"] = page(rows((f"/{key}/1.html", title(2023))), column=COLUMN)
        pages[f"/{key}/1.html"] = article()
    assert drive(pages).reports == ["/cgz/1.html", "/czj/1.html", "/xzf/1.html"]


def test_a_body_is_named_by_any_of_the_links_to_it() -> None:
    part = '<li><a href="/a.htm">点击进入</a></li><li><a href="/a.htm">财政局</a></li>'
    part = f"<h3>部门信息公开</h3><ul>{part}</ul>"
    assert set(found(part, f"{SITE}/zfxxgk.htm", OPENNESS, depth=1)) == {"/a.htm"}
