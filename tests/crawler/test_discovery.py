"""Titles judged, links scored, and whole small sites walked from their home pages."""

from collections.abc import Mapping
from time import perf_counter

import pytest

from crawler.discovery import (
    MAX_DEPTH,
    Candidate,
    CandidateKind,
    Place,
    follow,
    takes_as_column,
)
from crawler.page import Link, Page, read_page
from crawler.recognised import is_article, is_report_column
from crawler.scores import PageContext, score_link
from crawler.titles import TitleKind, title_kind
from crawler.traps import is_trap

SITE = "https://www.qingshi.gov.cn"


def in_scope(url: str) -> bool:
    return url.startswith((SITE, "https://jyj.qingshi.gov.cn"))


def page_of(body: str, url: str = f"{SITE}/", head: str = "") -> Page:
    return read_page(f"<html><head>{head}</head><body>{body}</body></html>".encode(), url)


def found(
    body: str, url: str = f"{SITE}/", head: str = "", depth: int = 0, within_report: bool = False
) -> dict[str, Candidate]:
    page = page_of(body, url, head)
    candidates = follow(page, Place(depth, within_report=within_report), in_scope=in_scope)
    return {one.url.removeprefix(SITE): one for one in candidates}


REPORTS = """
沙坡头区住房城乡建设局2023年政府信息公开工作年度报告
2017年政府信息公开工作年度报告
中卫市沙坡头区人民政府 2023 年政府信息公开工作年度报告
高岭镇2017年政府信息公开年报
二〇一九年政府信息公开工作年度报告
二○一○年度信息公开年度报告
XX区教育局2012年政府信息公开工作情况报告
某县人民政府办公室关于2016年政府信息公开工作情况的报告
2018年度政府信息公开年报
关于公布《2019年政府信息公开工作年度报告》的公告
沙坡头区2021年政府信息公开工作年度报告（图片版）
沙坡头区2021年政府信息公开工作年度报告（超链版）
某局政府信息公开工作年度报告统计表
2022年度政务公开工作年度报告
某市税务局2023年度政府信息公开工作报告
某镇政府信息公开2014年度报告
2013年政府信息公开年度工作报告
2015年政府信息公开年度报告.pdf
海原县人民政府2008年政府信息公开工作年度报告 2009-03-01
北京市密云区高岭镇人民政府政府信息公开工作年度报告(2017年度)
政府信息公开工作2011年年度报告
关于2016年政府信息公开工作年度报告的公示
沙坡头区教育局2023年政府信息公开工作年…
县审计局2023年政府信息公开工作年度报告
市考核办2020年政府信息公开工作年度报告
住房公积金管理中心2023年政府信息公开工作年度报告
市知识产权局2017年政府信息公开工作年度报告
"""
COLUMNS = """
政府信息公开年报
公开年报
信息公开年报
年度报告
年报
政府信息公开年度报告
政府信息公开工作年度报告
政府信息公开工作年报
政务公开年报
历年年报
部门信息公开年报
乡镇街道年报
县政府部门年报
区政府信息公开年报
政府信息公开年报>>
"""
NEAR_MISSES = """
沙坡头区2023年法治政府建设年度报告
2022年法治政府建设情况报告
2023年部门预算
2022年度部门决算
政府信息公开指南
政府信息公开制度
政府信息公开目录
依申请公开
2023年政务公开工作要点
2021年度工作总结
2020年国民经济和社会发展统计公报
企业年报
关于做好2023年政府信息公开工作年度报告编制的通知
关于报送2020年政府信息公开工作年度报告的通知
2023年政府信息公开工作年度报告解读
2023年政府网站工作年度报表
2022年住房公积金年度报告
事业单位法人年度报告
2024年政府工作报告
市政府办布置 2024 年政府信息公开工作年度报告发布事宜
政府信息公开年报栏目调整说明
2022年度市审计局审计结果公告
住房公积金管理中心2022年年报
知识产权局2022年知识产权白皮书
"""
NEUTRAL = """
政务公开
政府信息公开
首页
高岭镇_2017年
2017年
沙坡头区教育局
沙坡头区审计局
县审计局2023年
2022年度住房公积金管理中心
5、水资源管理处
海洋公园管委会
法定主动公开内容
通知公告
某某领导调研
"""


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        (title, kind)
        for kind, titles in (
            (TitleKind.REPORT, REPORTS),
            (TitleKind.COLUMN, COLUMNS),
            (TitleKind.NEAR_MISS, NEAR_MISSES),
            (TitleKind.NEUTRAL, NEUTRAL),
        )
        for title in titles.strip().splitlines()
    ],
)
def test_title_kind(title: str, kind: TitleKind) -> None:
    assert title_kind(title) == kind


@pytest.mark.parametrize(
    "title", ["政府信息公开年报" + ">" * 60 + "x", "县区" * 500 + "x", "政府" * 4000, "…" * 9000]
)
def test_no_title_takes_long(title: str) -> None:
    start = perf_counter()
    title_kind(title)
    assert perf_counter() - start < 0.2


@pytest.mark.parametrize(
    "path",
    [
        "/was5/web/search?channelid=1",
        "/search.html",
        "/irs/front/search",
        "/rili/2024/",
        "/list.jsp?year=2024&month=3",
        "/login.jsp",
        "/zwgk/t20240101_1_wap.html",
        "/app.apk",
        "/v.mp4",
        "/a/b/a/b/index.html",
        "/x/x/x/",
        "/a" * 15,
        "/" + "a" * 500,
    ],
)
def test_traps(path: str) -> None:
    assert is_trap(SITE + path)


@pytest.mark.parametrize(
    "path",
    [
        "/zwgk/zfxxgknb/202401/t20240125_5100001.html",
        "/xxgk/bmxxgkml/jyj/xxgk/nb/",
        "/list.aspx?cid=1019&page=2",
        "/nb/P020240125000000000001.pdf",
    ],
)
def test_no_traps(path: str) -> None:
    assert not is_trap(SITE + path)


def test_scores_come_in_order() -> None:
    context = PageContext(f"{SITE}/")
    in_order = [
        Link(f"{SITE}/a/", "政府信息公开年报"),
        Link(f"{SITE}/b.html", "青石县2023年政府信息公开工作年度报告"),
        Link(f"{SITE}/zwgk/zfxxgknb/", "更多"),
        Link(f"{SITE}/c/", "政府信息公开"),
        Link(f"{SITE}/d/", "政务公开"),
        Link(f"{SITE}/xxgk_123/", "更多"),
    ]
    scores = [score_link(link, context) for link in in_order]
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] > 0


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/zwgk/zdxm/202307/t20230721_4189462.html", "重点项目开工"),
        ("/zwgk/202307/t20230721_4189462.html", "政务公开"),
        ("/zwgk/zcjd/", "政策解读"),
        ("/xwzx/", "新闻中心"),
        ("/zwgk/zfxxgkzn/", "政府信息公开指南"),
        ("/c110311/zwgklist.shtml", "政策法规"),
    ],
)
def test_what_is_not_worth_a_visit(path: str, text: str) -> None:
    assert score_link(Link(SITE + path, text), PageContext(f"{SITE}/")) == 0


def test_bodies_are_visited_from_a_page_that_lists_bodies() -> None:
    link = Link(f"{SITE}/bm/jyj/", "教育局")
    assert score_link(link, PageContext(f"{SITE}/")) == 0
    assert score_link(link, PageContext(f"{SITE}/", lists_bodies=True)) > 0


def test_an_article_of_the_report_column_is_no_column() -> None:
    head = '<meta name="ColumnName" content="政府信息公开年报"><meta name="ArticleTitle" content="某报告">'
    page = page_of("", f"{SITE}/nb/202401/t20240125_1.html", head)
    assert is_article(page)
    assert not is_report_column(page)


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ('<meta name="columnname" content="政府信息公开年报">', ""),
        ("<title>政府信息公开年报_青石县</title>", ""),
        ("<title>青石县人民政府-信息公开年报</title>", ""),
        ("<title>2019年</title>", "<div>当前位置：首页 &gt; 政府信息公开年报 &gt; 2019年</div>"),
        (
            "",
            "".join(
                f"<li><a href='{y}.html'>青石县{y}年政府信息公开年报</a></li>" for y in (2015, 2016, 2017)
            ),
        ),
    ],
)
def test_report_columns(head: str, body: str) -> None:
    assert is_report_column(page_of(body, f"{SITE}/zwgk/x/", head))


def test_a_home_page_with_a_box_of_reports_among_news_is_no_column() -> None:
    news = "".join(f"<a href='/xwzx/202401/t20240101_{n}.html'>新闻{n}</a>" for n in range(20))
    reports = "".join(
        f"<a href='/nb/202401/t2024010{n}_9.html'>{2020 + n}年政府信息公开年报</a>" for n in (1, 2, 3)
    )
    assert not is_report_column(page_of(news + reports))
    assert set(found(news + reports)) == {f"/nb/202401/t2024010{n}_9.html" for n in (1, 2, 3)}


COLUMN = '<meta name="ColumnName" content="政府信息公开年报">'


def test_a_column_yields_soft_titles_and_no_near_misses() -> None:
    rows = found(
        """<ul><li><a href="./201802/t20180205_1.html">高岭镇_2017年</a><i>2018-02-05</i></li>
        <li><a href="./201802/t20180205_2.html">太师屯镇</a></li>
        <li><a href="./201802/t20180205_3.html">2017年法治政府建设年度报告</a></li></ul>
        <div><a href="/xwzx/202401/t20240101_9.html">县领导调研</a></div>""",
        f"{SITE}/zwgk/nb/",
        COLUMN,
    )
    assert set(rows) == {"/zwgk/nb/201802/t20180205_1.html", "/zwgk/nb/201802/t20180205_2.html"}
    first = rows["/zwgk/nb/201802/t20180205_1.html"]
    assert (first.kind, str(first.shown_date)) == (CandidateKind.ARTICLE, "2018-02-05")


def test_a_column_leads_to_its_years_pages_and_bodies() -> None:
    rows = found(
        """<a href="2019/">2019年</a><a href="/other/2018/">2018年度</a><a href="./xzjd/">乡镇街道</a>
        <a href="./202401/t20240125_1.html">2023年政府信息公开年报</a><a href="/xwzx/">新闻中心</a>
        <script>createPageHTML(2, 0, "index", "html");</script>""",
        f"{SITE}/zwgk/nb/",
        COLUMN,
    )
    kinds = {url: one.kind for url, one in rows.items()}
    assert kinds == {
        "/zwgk/nb/index_1.html": CandidateKind.LISTING,
        "/zwgk/nb/202401/t20240125_1.html": CandidateKind.ARTICLE,
        "/zwgk/nb/2019/": CandidateKind.LISTING,
        "/other/2018/": CandidateKind.LISTING,
        "/zwgk/nb/xzjd/": CandidateKind.LISTING,
    }


def test_a_column_without_folders_or_report_titles_yields_every_row() -> None:
    rows = found(
        "<li><a href='/info/1001/11.htm'>高岭镇</a></li><li><a href='/info/1001/12.htm'>城关镇</a></li>",
        f"{SITE}/nb.htm",
        COLUMN,
    )
    assert set(rows) == {"/info/1001/11.htm", "/info/1001/12.htm"}


ARTICLE = f"{SITE}/zwgk/nb/202401/t20240125_1.html"
FILES = """<a href="./P020240125000000000001.pdf" appendix="true">附件</a><a href="/xwzx/">新闻</a>
<script>createPageHTML(2, 0, "t20240125_1", "html");</script>"""


def test_a_report_leads_to_its_files_and_further_pages() -> None:
    head = '<meta name="ArticleTitle" content="青石县2023年政府信息公开工作年度报告">'
    kinds = {url: one.kind for url, one in found(FILES, ARTICLE, head).items()}
    assert kinds == {
        "/zwgk/nb/202401/P020240125000000000001.pdf": CandidateKind.ATTACHMENT,
        "/zwgk/nb/202401/t20240125_1_1.html": CandidateKind.ARTICLE,
    }


def test_another_article_leads_nowhere_unless_it_was_asked_for_as_a_report() -> None:
    head = '<meta name="ArticleTitle" content="高岭镇">'
    assert found(FILES, ARTICLE, head) == {}
    assert len(found(FILES, ARTICLE, head, within_report=True)) == 2


def test_other_sites_only_by_the_name_of_a_report_or_column() -> None:
    rows = found(
        """<a href="https://www.zhongwei.gov.cn/nb/">政府信息公开年报</a>
        <a href="https://www.zhongwei.gov.cn/zwgk/">政务公开</a>
        <a href="https://www.news.cn/nb/">政府信息公开年报</a>
        <a href="https://jyj.qingshi.gov.cn/xxgk/">信息公开</a>"""
    )
    assert set(rows) == {"https://www.zhongwei.gov.cn/nb/", "https://jyj.qingshi.gov.cn/xxgk/"}


def test_a_page_of_another_site_leads_no_farther() -> None:
    rows = found(
        """<a href="/nb/202401/t20240125_1.html">中卫市2023年政府信息公开年报</a>
        <a href="https://www.yinchuan.gov.cn/nb/">政府信息公开年报</a><a href="/zwgk/">政务公开</a>""",
        "https://www.zhongwei.gov.cn/nb/",
        COLUMN,
    )
    assert set(rows) == {"https://www.zhongwei.gov.cn/nb/202401/t20240125_1.html"}


def test_exploring_ends_at_the_depth_but_reports_are_taken_still() -> None:
    body = "<a href='/xxgk/'>信息公开</a><a href='/nb/'>政府信息公开年报</a>"
    assert set(found(body, depth=6)) == {"/nb/"}


def test_a_frame_of_an_openness_page_is_looked_into() -> None:
    frame = "<iframe src='/xxgk/index_bm.shtml'></iframe>"
    assert set(found(frame, f"{SITE}/xxgk/", depth=1)) == {"/xxgk/index_bm.shtml"}
    assert set(found(frame, f"{SITE}/main.asp", depth=1)) == {"/xxgk/index_bm.shtml"}
    assert found(frame + NEWS, f"{SITE}/xwzx/tpxw/", depth=1) == {}


MENU = """<a href="/">首页</a><a href="/xwzx/">新闻中心</a><a href="/zwgk/">政务公开</a>
<a href="/bsfw/">办事服务</a><a href="/hdjl/">互动交流</a><a href="/rili/?day=3">3</a>
<a href="/app.apk">APP下载</a><a href="/search.html">搜索</a>"""
NEWS = "".join(f"<a href='/xwzx/202401/t20240101_{n}.html'>县领导调研{n}</a>" for n in range(30))
TOWN = """<title>{0}</title><a href="fdzdgknr_1/">法定主动公开内容</a>
<a href="zfxxgkzn_2/">政府信息公开指南</a>
<a href="nb_3/">政府信息公开年报</a>"""
BODIES = """<title>部门信息公开</title><div>当前位置：首页 &gt; 政务公开 &gt; 部门信息公开</div>
<a href="jyj/">教育局</a><a href="sczj/">市场监督管理局</a><a href="/xwzx/">新闻中心</a>"""
NB = (
    COLUMN
    + """<li><a href="./202401/t20240120_1.html">2023年政府信息公开工作年度报告</a></li>
<li><a href="./202401/t20240120_2.html">2023年政府网站工作年度报表</a></li>"""
)
WHOLE_SITE: Mapping[str, str] = {
    "/": MENU + NEWS,
    "/zwgk/": MENU
    + """<a href="/zwgk/zfxxgk/">政府信息公开</a><a href="/zwgk/zcjd/">政策解读</a>
    <a href="/zwgk/bmxxgkml/">部门信息公开</a>"""
    + NEWS,
    "/zwgk/zfxxgk/": '<a href="/zwgk/zfxxgk/nb/">政府信息公开年报</a><a href="/zn/">政府信息公开指南</a>',
    "/zwgk/zfxxgk/nb/": NB,
    "/zwgk/bmxxgkml/": BODIES,
    "/zwgk/bmxxgkml/jyj/": TOWN.format("教育局"),
    "/zwgk/bmxxgkml/sczj/": TOWN.format("市场监督管理局"),
    "/zwgk/bmxxgkml/jyj/nb_3/": NB,
    "/zwgk/bmxxgkml/sczj/nb_3/": NB,
}


def walk(site: Mapping[str, str]) -> tuple[list[str], set[str]]:
    """Fetch best first as the spider does; what was fetched in order, and the articles among it."""
    waiting = {f"{SITE}/": (0.0, 0, False)}
    fetched: list[str] = []
    articles: set[str] = set()
    while waiting:
        url = max(waiting, key=lambda one: waiting[one][0])
        _, depth, within = waiting.pop(url)
        fetched.append(url.removeprefix(SITE))
        page = read_page(site.get(url.removeprefix(SITE), "").encode(), url)
        for one in follow(page, Place(depth, within_report=within), in_scope=in_scope):
            if one.url.removeprefix(SITE) not in fetched:
                article = one.kind is CandidateKind.ARTICLE
                articles |= {one.url.removeprefix(SITE)} if article else set()
                waiting.setdefault(one.url, (one.priority, depth + 1, article))
    return fetched, articles


def test_from_the_home_page_to_every_body_s_reports_and_to_no_news() -> None:
    fetched, articles = walk(WHOLE_SITE)
    assert articles == {
        "/zwgk/zfxxgk/nb/202401/t20240120_1.html",
        "/zwgk/bmxxgkml/jyj/nb_3/202401/t20240120_1.html",
        "/zwgk/bmxxgkml/sczj/nb_3/202401/t20240120_1.html",
    }
    assert not [
        url for url in fetched if url.startswith(("/xwzx", "/bsfw", "/hdjl", "/rili", "/app", "/search"))
    ]
    assert len(fetched) < 20


def test_the_column_is_reached_on_the_shortest_way() -> None:
    fetched, _ = walk(WHOLE_SITE)
    assert fetched[:5] == [
        "/",
        "/zwgk/",
        "/zwgk/zfxxgk/",
        "/zwgk/zfxxgk/nb/",
        "/zwgk/zfxxgk/nb/202401/t20240120_1.html",
    ]


def test_at_the_greatest_depth_a_list_is_not_followed_to_its_next_pages() -> None:
    """Its reports are taken all the same."""
    listed = [(f"/nb/{year}.html", f"某局{year}年政府信息公开工作年度报告") for year in (2021, 2022, 2023)]
    listed += [(f"/202401/t20240101_{n}.html", f"关于某事的通知{n}") for n in range(9)]
    board = "".join(f'<li><a href="{url}">{name}</a><span>2024-01-20</span></li>' for url, name in listed)
    board += "<script>createPageHTML(9, 0, 'index', 'html');</script>"
    for depth, further in ((MAX_DEPTH - 1, 3), (MAX_DEPTH, 0)):
        kinds = [one.kind for one in found(board, f"{SITE}/tab/", "<title>县直部门</title>", depth).values()]
        assert (kinds.count(CandidateKind.EXPLORE), kinds.count(CandidateKind.ARTICLE)) == (further, 3)


def test_an_article_that_bears_a_report_is_no_column_though_a_column_led_to_it() -> None:
    parts = ("总体情况", "主动公开政府信息情况", "收到和处理政府信息公开申请情况")
    text = "".join(f"<p>{part}</p>" for part in parts)
    years = range(2015, 2019)
    more = "".join(f'<li><a href="/nb/t{y}_1.html">某局{y}年政府信息公开工作年度报告</a></li>' for y in years)
    shown = page_of(text + more, f"{SITE}/nb/202401/t20240120_1.html", "<title>某局年报全文</title>")
    assert not takes_as_column(shown, Place(depth=2, within_column=True))
