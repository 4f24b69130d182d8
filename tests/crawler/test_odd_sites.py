"""Ways in which sites name, nest, number and hide their reports, each on a site of a few pages."""

import json
from urllib.parse import urlencode

import pytest

from crawler.families import is_article_url
from tests.crawler.driven import SITE, Pages, drive

BODY = "<p>一、总体情况</p><p>二、主动公开政府信息情况</p><p>三、收到和处理政府信息公开申请情况</p>"
COLUMN = "政府信息公开年报"
PDF = b"%PDF-1.4\nstartxref\n%%EOF"


def page(main: str, title: str = "", column: str = "", article: str = "") -> str:
    tags = f'<meta name="ColumnName" content="{column}">' if column else ""
    tags += f'<meta name="ArticleTitle" content="{article}">' if article else ""
    return f"<html><head><meta charset='utf-8'><title>{title}</title>{tags}</head><body>{main}</body></html>"


def title(year: int, body: str = "某局") -> str:
    return f"{body}{year}年政府信息公开工作年度报告"


def article(year: int = 2023) -> str:
    return page(f"<h1>{title(year)}</h1>{BODY}", title(year), article=title(year))


def home(*links: tuple[str, str]) -> str:
    return page("".join(f'<a href="{url}">{text}</a>' for url, text in links), "青石县人民政府")


def rows(*links: tuple[str, str]) -> str:
    return "".join(f'<li><a href="{url}">{text}</a><span>2024-01-20</span></li>' for url, text in links)


def test_a_body_s_own_column_elsewhere_is_reached_from_the_common_column() -> None:
    """The column lists bodies; each leads to its openness page in another folder, and that to its reports."""
    found = drive({
        "/": home(("/nb/", COLUMN)),
        "/nb/": page('<a href="/bm/jyj/">教育局</a><a href="/bm/czj/index.html">财政局</a>', column=COLUMN),
        "/bm/jyj/": page('<a href="/bm/jyj/nb_1/">信息公开年报</a>', "教育局"),
        "/bm/czj/index.html": page('<a href="/bm/czj/nb_2/">年报</a>', "财政局"),
        "/bm/jyj/nb_1/": page(rows(("./1.html", title(2023))), column="信息公开年报"),
        "/bm/czj/nb_2/": page(rows(("./2.html", title(2022))), column="年报"),
        "/bm/jyj/nb_1/1.html": article(),
        "/bm/czj/nb_2/2.html": article(2022),
    })  # fmt: skip
    assert found.reports == ["/bm/czj/nb_2/2.html", "/bm/jyj/nb_1/1.html"]


def test_years_in_a_list_to_choose_from() -> None:
    options = '<select><option value="">年份</option><option value="2023/">2023</option>'
    options += '<option value="2022/index.html">2022年</option></select>'
    found = drive({
        "/": home(("/nb/", COLUMN)),
        "/nb/": page(options, column=COLUMN),
        "/nb/2023/": page(rows(("a.html", "教育局"), ("b.html", "财政局"))),
        "/nb/2022/index.html": page(rows(("c.html", title(2022)))),
        "/nb/2023/a.html": article(), "/nb/2023/b.html": article(), "/nb/2022/c.html": article(2022),
    })  # fmt: skip
    assert found.reports == ["/nb/2022/c.html", "/nb/2023/a.html", "/nb/2023/b.html"]


def test_bodies_without_dates_in_the_folder_of_a_year_are_its_rows() -> None:
    found = drive({
        "/": home(("/nb/", COLUMN)),
        "/nb/": page('<a href="2016/">2016年</a>', column=COLUMN),
        "/nb/2016/": page('<a href="a0.html">民政局</a><a href="a1.html">统计局</a>', "2016年-青石县"),
        "/nb/2016/a0.html": page("<p>一、概述</p>", title(2016)),
        "/nb/2016/a1.html": page("<p>一、概述</p>", title(2016)),
    })  # fmt: skip
    assert found.reports == ["/nb/2016/a0.html", "/nb/2016/a1.html"]
    assert [(len(one.items), one.complete) for one in found.listings] == [(2, True)]


def test_posts_whose_addresses_are_queries_of_the_start_page() -> None:
    found = drive({
        "/": home(("/?cat=7", COLUMN), ("/?cat=2", "工作动态")),
        "/?cat=7": page(f'<h2><a href="/?p=109">{title(2023)}</a></h2>', COLUMN),
        "/?p=109": article(),
    })  # fmt: skip
    assert found.reports == ["/?p=109"]
    assert [len(one.items) for one in found.listings] == [1]
    assert found.problem is None


SHELL = page("<ul id='list'></ul><script src='/js/app.js'></script>", COLUMN)
LOST: dict[str, Pages] = {
    "no column at all": {"/": home(("/xxgk/", "信息公开")), "/xxgk/": page("", "信息公开")},
    "a column that its script fills": {"/": home(("/nb/", COLUMN)), "/nb/": SHELL},
    "only empty folders": {
        "/": home(("/nb/", COLUMN)), "/nb/": page('<a href="2023/">2023年</a>'), "/nb/2023/": page(""),
    },
}  # fmt: skip


@pytest.mark.parametrize("pages", LOST.values(), ids=list(LOST))
def test_a_site_that_names_no_report_says_so(pages: Pages) -> None:
    problem = drive(pages).problem
    assert problem is not None
    assert "look" in problem


def test_an_empty_column_among_others_is_no_problem() -> None:
    found = drive({
        "/": home(("/nb/", COLUMN), ("/b/nb/", "部门信息公开年报")),
        "/nb/": page(rows(("/nb/1.html", title(2023))), column=COLUMN), "/nb/1.html": article(),
        "/b/nb/": page("<ul></ul>", column=COLUMN),
    })  # fmt: skip
    assert found.problem is None


def test_the_next_pages_of_a_list_that_names_reports_among_other_things() -> None:
    """Its reports are taken, and nothing else of it; where it names none any more it is left."""
    notices = rows(*((f"/202401/t20240101_{n}.html", f"关于某事的通知{n}") for n in range(9)))
    pager = "<script>createPageHTML(9, {}, 'index', 'html');</script>"

    def board(number: int, first: int, last: int) -> str:
        return page(many(first, last) + notices + pager.format(number), "县直部门")

    found = drive({
        "/": home(("/nb/", COLUMN)),
        "/nb/": page(rows(("/nb/2023.html", title(2023))) + '<a href="/tab/">县直部门</a>', column=COLUMN),
        "/tab/": board(0, 2008, 2012), "/tab/index_1.html": board(1, 2012, 2015),
        "/tab/index_2.html": page(notices), "/tab/index_3.html": board(3, 2015, 2016), **ARTICLES,
    })  # fmt: skip
    assert found.reports == [f"/nb/{year}.html" for year in (*range(2008, 2016), 2023)]
    pages = [name for name in found.asked if name.startswith("/tab/index")]
    assert sorted(pages) == [f"/tab/index_{n}.html" for n in (1, 2, 3, 4)]  # not all nine
    assert len(found.listings) == 1


def test_menus_without_links() -> None:
    """Items that only a click handler moves on from, a tree that a script draws, markup that it writes."""
    menu = """<li onclick="location.href='/gk/'">政务公开</li>"""
    tree = """<script>d.add(1,-1,"公开"); d.add(2,1,"政府信息公开年报","/gk/nb.html");</script>"""
    written = """<script>document.write('<a href="/gk/xz.html">乡镇政府信息公开年报</a>');</script>"""
    found = drive({
        "/": page(menu),
        "/gk/": page(tree + written, "政务公开"),
        "/gk/nb.html": page(rows(("/gk/1.html", title(2023)))),
        "/gk/xz.html": page(rows(("/gk/2.html", title(2022, "某镇")))),
        "/gk/1.html": article(), "/gk/2.html": article(2022),
    })  # fmt: skip
    assert found.reports == ["/gk/1.html", "/gk/2.html"]


def test_a_report_that_stands_on_the_column_s_own_page() -> None:
    """Small bodies have one page and no list: it is followed as a list, and read as a report all the same."""
    from crawler.page import read_page
    from crawler.recognised import bears_a_report

    text = page(f"<h1>{title(2023)}</h1>{BODY}", column=COLUMN)
    assert bears_a_report(read_page(text.encode(), f"{SITE}/nb/"))
    assert drive({"/": home(("/nb/", COLUMN)), "/nb/": text}).problem is None


def test_rows_whose_link_only_says_download() -> None:
    table = (
        f"<table><tr><td>{title(2023)}</td><td><a href='/f/1.pdf'>下载</a></td></tr>"
        "<tr><td>2023年法治政府建设年度报告</td><td><a href='/f/2.pdf'>下载</a></td></tr></table>"
    )
    found = drive({
        "/": home(("/nb/", COLUMN)),
        "/nb/": page(table, column=COLUMN), "/f/1.pdf": PDF, "/f/2.pdf": PDF,
    })  # fmt: skip
    assert found.reports == ["/f/1.pdf"]
    assert [item.title for item in found.listings[0].items] == [title(2023)]


def test_a_table_of_bodies_and_years_whose_links_only_say_look() -> None:
    """Also where the bodies' names have words of other reports, and beside a row that is another report."""
    bodies = ("财政局", "审计局", "知识产权局", "住房公积金中心", "水资源管理处", "国有资产管理委员会")
    links = "<td><a href='/up/{0}a.pdf'>查看</a></td>\n<td><a href='/up/{0}b.pdf'>[查看]</a></td>"
    table = "".join(f"<tr><td>{n}</td><td>{body}</td>{links.format(n)}</tr>" for n, body in enumerate(bodies))
    table += "<tr><td>9</td><td>审计结果公告</td><td><a href='/up/9a.pdf'>查看</a></td></tr>"
    files: Pages = {f"/up/{n}{y}.pdf": PDF for n in range(len(bodies)) for y in "ab"}
    found = drive({
        "/": home(("/nb.jsp", COLUMN)), "/nb.jsp": page(f"<table>{table}</table>", COLUMN), **files,
        "/up/9a.pdf": PDF,
    })  # fmt: skip
    assert found.reports == sorted(files)
    assert {item.title for item in found.listings[0].items} == set(bodies)


def test_a_collection_of_reports_in_one_article() -> None:
    name = "2023年各部门政府信息公开工作年度报告汇总"
    links = f'<a href="/f/a.docx">{title(2023, "教育局")}</a><a href="/f/b.html">{title(2023, "财政局")}</a>'
    found = drive({
        "/": home(("/nb/", COLUMN)),
        "/nb/": page(rows(("/202401/t20240120_1.html", name)), column=COLUMN),
        "/202401/t20240120_1.html": page(links, article=name),
        "/f/a.docx": b"PK\x03\x04 PK\x05\x06", "/f/b.html": article(),
    })  # fmt: skip
    assert found.reports == ["/202401/t20240120_1.html", "/f/a.docx", "/f/b.html"]


def test_files_that_only_a_call_opens() -> None:
    links = """<a href="javascript:void(0)" onclick="openFile('/f/1.pdf','x')">附件</a>
    <a href="#" onclick="window.open('/f/2.doc')">附件</a>
    <script>PDFObject.embed("/f/3.pdf", "#v");</script>"""
    found = drive({
        "/": home(("/nb/", COLUMN)),
        "/nb/": page(rows(("/202401/t20240120_1.html", title(2023))), column=COLUMN),
        "/202401/t20240120_1.html": page(links, article=title(2023)),
        "/f/1.pdf": PDF, "/f/2.doc": b"\xd0\xcf\x11\xe0", "/f/3.pdf": PDF,
    })  # fmt: skip
    assert found.reports == ["/202401/t20240120_1.html", "/f/1.pdf", "/f/2.doc", "/f/3.pdf"]


def many(first: int, last: int) -> str:
    return rows(*((f"/nb/{year}.html", title(year)) for year in range(first, last)))


ARTICLES: Pages = {f"/nb/{year}.html": article(year) for year in range(2008, 2024)}


PAGE_NAMES = (
    "currentPage", "pageNumber", "paged", "pageNow", "nowPage", "topage", "pg", "currPageNo", "page_number",
)  # fmt: skip


@pytest.mark.parametrize(
    ("pager", "further"),
    [
        ('<a href="index_1.html">2</a><a href="index_1.html">下一页</a>', "/nb/index_1.html"),
        ('<script>createPageHTML(2, 0, "index", "shtml");</script>', "/nb/index_1.shtml"),
        ("<script>createPageHTML('p',2,1,'list','shtml',16)</script>", "/nb/list_2.shtml"),
        ("<script>var countPage = 2 //共多少页\nvar currentPage = 0;</script>", "/nb/index_1.html"),
        ('<span>1/2</span><a href="/nb/1.htm" class="p_fun">下页</a>', "/nb/1.htm"),
        (
            '<script>function go(n){location.href="/nb/?pageIndex="+n}</script>共2页'
            '<a href="javascript:go(2)">2</a>',
            "/nb/?pageIndex=2",
        ),
        (
            "<script>var pageCount=2;function to(n){location='column-index-'+n+'.shtml';}</script>"
            '<a href="javascript:to(2)">下一页</a>',
            "/nb/column-index-2.shtml",
        ),
        *(
            (f'<a href="?{name}=2">2</a><a href="?{name}=2">下一页</a>', f"/nb/?{name}=2")
            for name in PAGE_NAMES
        ),
        ('<a href="?start=15">2</a><a href="?start=15">下一页</a>', "/nb/?start=15"),
        ('<a href="/nb/page/2/">2</a><a href="/nb/page/2/">下一页</a>', "/nb/page/2/"),
        ('<a href="/nb/2/">2</a><a href="/nb/2/">下一页</a>', "/nb/2/"),
        ('<a href="/nb/p/2.html">2</a><a href="/nb/p/2.html">下一页</a>', "/nb/p/2.html"),
        ('<script>createPageHTML1(2, 0, "index", "html");</script>', "/nb/index_1.html"),
        ('<script>createPage(2, 0, "index", "html");</script>', "/nb/index_1.html"),
    ],
)
def test_pagers(pager: str, further: str) -> None:
    found = drive({
        "/": home(("/nb/", COLUMN)),
        "/nb/": page(many(2008, 2016) + pager, column=COLUMN),
        further: page(many(2016, 2024), column=COLUMN),
        **ARTICLES,
    })  # fmt: skip
    assert len(found.reports) == 16
    assert [one.complete for one in found.listings] == [True]


@pytest.mark.parametrize(
    "pager",
    [
        '<a href="javascript:next()">下一页</a> 共2页',
        "<a onclick='go(2)'>2</a><a onclick='go(2)'>下一页</a>",
        "<script>var pageCount = 7; draw();</script>",
        '<a href="index_1.html">2</a><a href="index_1.html">下一页</a>',  # which answers 404
        "<script src='/p.js'></script><button>1</button><button>2</button><button>下一页</button>",
        "<script src='/p.js'></script><span data-page='1'>1</span><span data-page='2'>2</span>",
        "<script src='/p.js'></script><a href='javascript:;'>1</a><a href='javascript:void(0)'>下一页</a>",
        "<script>bind()</script><ul><li><a href='#'>上一页</a></li><li><a href='#'>下一页</a></li></ul>",
        "<script>bind()</script><input type='button' value='下一页'>",
        "<script>function go(n){}</script><span onclick='go(2)'>下一页</span>",
        "<script>function go(n){}</script><ul><li onclick='go(1)'>1</li><li onclick='go(2)'>2</li></ul>",
        "<a href='?seite=1'>1</a><a href='?seite=2'>2</a><a href='?seite=2'>下一页</a>",
        "<a href='/more/b'>2</a><a href='/more/c'>3</a>",
        "<a href='/more/last'>尾页</a>",
    ],
)
def test_a_list_that_cannot_be_walked_is_never_called_complete(pager: str) -> None:
    found = drive({
        "/": home(("/nb/", COLUMN)), "/nb/": page(many(2008, 2016) + pager, column=COLUMN), **ARTICLES,
    })  # fmt: skip
    assert len(found.reports) == 8
    assert [one.complete for one in found.listings] == [False]


@pytest.mark.parametrize(
    "pager",
    [
        "<script src='/p.js'></script><button disabled>上一页</button><button disabled>下一页</button>",
        "<script src='/p.js'></script><a class='page-next layui-disabled' href='javascript:;'>下一页</a>",
        "<script>bind()</script><ul><li class='disabled'><a href='#'>下一页</a></li></ul>",
        "<script>bind()</script><span>1</span><span>下一页</span>",
        "<script>bind()</script><a>1</a><a>下一页</a>",
        "<script>bind()</script><span data-page='1'>1</span>",
        "<button>搜索</button><script>bind()</script><a href='#'>返回顶部</a>",
        "<a href='index.html'>首页</a><a href='/nb/'>下一页</a><a href='index.html'>尾页</a>",
        "<a href='?seite=1'>1</a><a href='?seite=1'>尾页</a>",
        "<a href='/more/b'>2</a>",
        "<script>function go(n){}</script><span class='disabled' onclick='go(1)'>下一页</span>",
        "<a href='/?m=20261102'>2</a><a href='/?m=20261103'>3</a><a href='/2026/11/12/'>12</a>",
        "<a href='https://www.guangdong.gov.cn/more/b'>下一页</a>",
    ],
)
def test_a_pager_that_is_at_its_end_leaves_the_list_complete(pager: str) -> None:
    found = drive({
        "/": home(("/nb/", COLUMN)), "/nb/": page(many(2008, 2016) + pager, column=COLUMN), **ARTICLES,
    })  # fmt: skip
    assert len(found.reports) == 8
    assert [one.complete for one in found.listings] == [True]


@pytest.mark.parametrize(
    ("first", "address"),
    [
        ("/cat/nb/", "/cat/nb/page/{}/"),
        ("/list/7.html", "/list/7/p/{}.html"),
        ("/12/", "/12/{}/"),
        ("/nb.jsp?id=3", "/nb.jsp?id=3&offset={rows}"),
        ("/node_1234.htm", "/node_1234_{}.htm"),
    ],
)
def test_pages_that_a_pager_leaves_out_are_worked_out_in_any_shape(first: str, address: str) -> None:
    """Six pages of a list, of which each links its neighbours and the last one."""

    def at(number: int) -> str:
        return first if number == 1 else address.format(number, rows=4 * number - 4)

    def listing(number: int) -> str:
        shown = {1, number - 1, number, number + 1} & set(range(1, 7)) - {number}
        links = "".join(f'<a href="{at(n)}">{n}</a>' for n in sorted(shown))
        ends = f'<a href="{at(1)}">首页</a>' + (f'<a href="{at(6)}">尾页</a>' if number < 6 else "")
        here = range(4 * number, 4 * number + 4)
        return page(rows(*((f"/a/t{n}.html", title(1990 + n)) for n in here)) + links + ends, column=COLUMN)

    reports: Pages = {f"/a/t{n}.html": article(1990 + n) for n in range(4, 28)}
    lists: Pages = {at(number): listing(number) for number in range(1, 7)}
    found = drive({"/": home((first, COLUMN)), **lists, **reports})
    assert len(found.reports) == 24
    assert set(found.asked) == {"/", *lists, *reports}
    assert [one.complete for one in found.listings] == [True]


def test_a_calendar_is_no_pager_and_a_post_of_wordpress_is_an_article() -> None:
    calendar = '<a href="/?m=20261103">3</a><a href="/?m=20261112">12</a>'
    posts = rows(*((f"/?p={100 + year}", title(year)) for year in range(2012, 2018)))
    more = rows(*((f"/?p={100 + year}", title(year)) for year in range(2006, 2012)))
    plain = page("<p>一、概述</p>" + "全年主动公开信息二百条。" * 90)
    reports: Pages = {f"/?p={100 + year}": plain for year in range(2006, 2018)}
    found = drive({
        "/": home(("/?cat=7", COLUMN)),
        "/?cat=7": page(posts + '<a href="/?cat=7&paged=2">2</a>' + calendar, column=COLUMN),
        "/?cat=7&paged=2": page(more + '<a href="/?cat=7">1</a>' + calendar, column=COLUMN),
        **reports,
    })  # fmt: skip
    assert set(found.reports) == set(reports)
    assert not any("m=" in address for address in found.asked)
    assert [one.complete for one in found.listings] == [True]


def test_the_way_back_to_the_start_page_is_no_page_of_a_list_whose_own_name_is_a_number() -> None:
    found = drive({
        "/": home(("/12/", COLUMN)),
        "/12/": page(many(2008, 2016) + '<a href="/">首页</a><a href="/12/2/">2</a>', column=COLUMN),
        "/12/2/": page(many(2016, 2024), column=COLUMN),
        **ARTICLES,
    })  # fmt: skip
    assert found.asked.count("/") == 1
    assert found.listings[0].pages_seen == 2


def test_an_empty_list_is_not_complete() -> None:
    found = drive({"/": home(("/nb/", COLUMN)), "/nb/": page("<ul></ul>", column=COLUMN)})
    assert [(one.complete, one.items) for one in found.listings] == [(False, ())]


def test_rows_of_json_that_hold_no_address() -> None:
    script = """<script>fetch(`/api/list?cat=9&pageNum=${pageNum}`).then(r => r.json()).then(d =>
    d.data.forEach(x => $('#l').append('<a href="/show/' + x.id + '.html">' + x.title + '</a>')));</script>"""
    answer = json.dumps(
        {"total": 2, "data": [{"id": 7, "title": title(2023)}, {"id": 8, "title": title(2022)}]}
    )
    found = drive({
        "/": home(("/nb/", COLUMN)), "/nb/": page(script, column=COLUMN), "/api/list?cat=9&pageNum=1": answer,
        "/show/7.html": article(), "/show/8.html": article(2022),
    })  # fmt: skip
    assert found.reports == ["/show/7.html", "/show/8.html"]
    assert [one.complete for one in found.listings] == [True]


@pytest.mark.parametrize(
    ("script", "asked"),
    [
        ("var catId = '3021', size=12;", "/api/list?catId=3021&size=12&page=1"),
        ("var catId = getQuery('catId')||'3001', size = 12;", "/api/list?catId=9&size=12&page=1"),
        ("var catId=getUrlParam('cat') || '3001', size='12'", "/api/list?catId=3001&size=12&page=1"),
        ("var catId = $('#cat').val(); var size = 12;", ""),
        ("let size = 12; const catId = tree.node().id;", ""),
    ],
)
def test_an_interface_is_asked_for_with_what_the_script_says_plainly(script: str, asked: str) -> None:
    """With another value it would give another list."""
    call = "$.getJSON('/api/list?catId=' + catId + '&size=' + size + '&page=' + page, show);"
    scripts = f"<script>{script}\nfunction load(page){{{call}}}</script>"
    shell = page(f"<a href='/'>首页</a>{scripts}", column=COLUMN)
    found = drive({"/": home(("/nb.html?catId=9", COLUMN)), "/nb.html?catId=9": shell})
    assert [one for one in found.asked if one.startswith("/api/")] == ([asked] if asked else [])


def test_a_list_asked_for_by_a_json_body() -> None:
    script = """<script>axios.post('/cms/article/page', {data: 1});
    $.ajax({url: '/cms/article/query', type: 'POST', contentType: 'application/json',
    data: JSON.stringify({channel: 'nb', pageNo: 1, pageSize: 1})});</script>"""
    body = json.dumps({"channel": "nb", "pageNo": 1, "pageSize": 1})
    parts = [
        json.dumps({"data": {"totalPage": 2, "list": [{"title": title(year), "url": f"/a/{year}.html"}]}})
        for year in (2023, 2022)
    ]
    found = drive({
        "/": home(("/nb/", COLUMN)), "/nb/": page(script, column=COLUMN),
        f"/cms/article/query {json.dumps({'channel': 'nb', 'pageNo': '1', 'pageSize': '1'})}": parts[0],
        f"/cms/article/query {body}": parts[0],
        f"/cms/article/query {json.dumps({'channel': 'nb', 'pageNo': '2', 'pageSize': '1'})}": parts[1],
        "/a/2023.html": article(), "/a/2022.html": article(2022),
    })  # fmt: skip
    assert found.reports == ["/a/2022.html", "/a/2023.html"]


def test_a_session_that_every_page_writes_anew_is_no_new_site() -> None:
    """Under a name that no rule knows: the copy of a list is seen to be one."""
    from itertools import count

    fresh = count(1)

    class Sessions(dict[str, str]):
        def get(self, name: str, default: object = None) -> object:
            path = name.partition("?")[0]
            key = f"key={next(fresh):040x}"
            if path == "/":
                return home((f"/nb/?{key}", COLUMN))
            if path == "/nb/":
                links = [(f"/nb/{year}.html?{key}", title(year)) for year in (2021, 2022, 2023)]
                return page(rows(*links) + f'<a href="/nb/?{key}">{COLUMN}</a>', column=COLUMN)
            return article() if path.startswith("/nb/20") else default

    found = drive(Sessions(), most=60)
    assert len(found.reports) <= 6


def test_near_misses_are_left_alone() -> None:
    links = [
        ("/zn/", "政府信息公开指南"), ("/zd/", "政府信息公开制度"), ("/fz/", "法治政府建设年度报告"),
        ("/ys/", "部门预算决算"), ("/wz/", "政府网站工作年度报表"), ("/ysq/", "依申请公开"), ("/xw/", "新闻"),
    ]  # fmt: skip
    found = drive(
        {"/": home(*links, ("/nb/", COLUMN)), "/nb/": page(many(2020, 2022), column=COLUMN), **ARTICLES}
    )
    assert [name for name in found.asked if not name.startswith("/nb")] == ["/"]


def test_hanweb_with_unquoted_and_spaced_fields() -> None:
    script = """<script type="text/xml"><datastore><recordset></recordset></datastore></script>
    <script>$('#56').jpage({ perPage : 2, totalRecord : 3, columnid : 77, unitid : "56", webid : '9',
    webname : '青石县 人民政府', path : '/', permissiontype : 0 });</script>"""
    fields = {
        "col": "1", "appid": "1", "webid": "9", "path": "/", "columnid": "77", "unitid": "56",
        "webname": "青石县 人民政府", "permissiontype": "0",
    }  # fmt: skip

    def records(*years: int) -> str:
        return "".join(
            f"<record><![CDATA[<a href='/art/2024/1/2/art_77_{y}.html'>{title(y)}</a>]]></record>"
            for y in years
        )

    proxy, body = "/module/web/jpage/dataproxy.jsp", urlencode(fields)
    found = drive({
        "/": home(("/col/col77/index.html", COLUMN)), "/col/col77/index.html": page(script, column=COLUMN),
        f"{proxy}?startrecord=1&endrecord=2&perpage=2 {body}": records(2023, 2022),
        f"{proxy}?startrecord=3&endrecord=3&perpage=2 {body}": records(2021),
        **{f"/art/2024/1/2/art_77_{year}.html": article(year) for year in (2021, 2022, 2023)},
    })  # fmt: skip
    assert len(found.reports) == 3
    assert [one.complete for one in found.listings] == [True]


def test_a_platform_of_guangdong_without_a_tree() -> None:
    """The portal names the column by its fragment, and the page holds the site's number only."""
    answer = json.dumps({
        "total": 1,
        "articles": [{"title": title(2023), "url": "", "post_url": "/gkmlpt/content/0/9/post_9.html"}],
    })  # fmt: skip
    found = drive({
        "/": home(("/jyj/gkmlpt/index#2971", COLUMN)),
        "/jyj/gkmlpt/index": page("<script>var cfg = {SID:'755325'}</script>", "政府信息公开平台"),
        "/jyj/gkmlpt/api/all/2971?page=1&sid=755325": answer, "/gkmlpt/content/0/9/post_9.html": article(),
    })  # fmt: skip
    assert found.reports == ["/gkmlpt/content/0/9/post_9.html"]
    assert [one.url for one in found.listings] == [f"{SITE}/jyj/gkmlpt/index#2971"]


def test_redirects_are_followed_and_loops_end() -> None:
    found = drive({
        "/": (302, "/index.html"), "/index.html": home(("/nb", COLUMN), ("/gk/", "政务公开")),
        "/nb": (301, "/nb/"), "/nb/": page(many(2022, 2024), column=COLUMN), **ARTICLES,
        "/gk/": (302, "/gk/a"), "/gk/a": (302, "/gk/"),
    })  # fmt: skip
    assert len(found.reports) == 2
    assert found.asked.count("/gk/") == 1


def test_years_under_a_heading_that_is_no_link() -> None:
    """A menu's heading names the column, its items only the years; a box is named beside its 更多."""
    menu = (
        "<h3><div>政府信息<br>公开年报</div></h3><ul><li>·<a href='/c2/list.shtml'>2023</a></li>"
        "<li>·<a href='/c1/list.shtml'>2022</a></li></ul>"
        "<h3>政策文件</h3><ul><li><a href='/c9/'>2023</a></li></ul>"
        "<div><span>乡镇政府信息公开年报</span><a href='/xz/'>更多&gt;&gt;</a></div>"
    )
    found = drive({
        "/": page(menu), "/c2/list.shtml": page(rows(("1.html", title(2023)))),
        "/c1/list.shtml": page(rows(("2.html", "教育局"))), "/xz/": page(rows(("3.html", "某镇2021年"))),
        "/c2/1.html": article(), "/c1/2.html": article(2022), "/xz/3.html": article(2021),
    })  # fmt: skip
    assert found.reports == ["/c1/2.html", "/c2/1.html", "/xz/3.html"]
    assert "/c9/" not in found.asked


def test_a_platform_of_anhui() -> None:
    """The pager's script holds the count, and an address that ends in the parameter it counts by."""
    column = "/public/column/6617021?type=6&action=list&nav=3"
    pager = """<script>Ls.pagination("#page", function (i) {
    location.href = "/public/column/6617021?type=6&action=list&nav=3&pageIndex=" + i;
    }, {pageCount: 2});</script>"""
    found = drive({
        "/": home(("/public/column/6617021", "政府信息公开")),
        "/public/column/6617021": home((column, COLUMN)),
        column: page(rows(("/public/6617021/11.html", title(2023))) + pager, column=COLUMN),
        f"{column}&pageIndex=2": page(rows(("/public/6617021/10.html", title(2022))), column=COLUMN),
        "/public/6617021/11.html": article(), "/public/6617021/10.html": article(2022),
    })  # fmt: skip
    assert found.reports == ["/public/6617021/10.html", "/public/6617021/11.html"]
    assert [one.complete for one in found.listings] == [True]


def test_budgets_end_a_crawl_and_what_is_left_is_named() -> None:
    site: Pages = {"/": home(("/nb/", COLUMN)), "/nb/": page(many(2008, 2016), column=COLUMN), **ARTICLES}
    short = drive(site, max_pages=4)
    assert len(short.asked) == 4
    assert short.unexplored == 6
    assert all("titled as a report" in told for told in short.unexplored_best)
    ticks = iter(range(1000))
    late = drive(site, clock=lambda: float(next(ticks)), max_seconds=1.5)
    assert late.asked == ["/"]
    assert late.unexplored_best == (f"{SITE}/nb/ (named as a report column)",)


def test_lists_that_look_like_articles() -> None:
    """A year's folder titled like a report, a column's name in the article's tag, a program with pages."""
    listing = "/InfoPublic.aspx?cid=1019&pid=971&page={}&kw="
    second = f'<a href="{listing.format(2)}">2</a>'
    found = drive({
        "/": home(("/nb/", COLUMN), ("/xz/", "乡镇政府信息公开年报"), (listing.format(1), "部门年报")),
        "/nb/": page('<a href="2023/">2023年</a><a href="202201/index.html">2022年</a>', column=COLUMN),
        "/nb/2023/": page(rows(("a.html", "教育局"), ("b.html", "财政局")), "2023年政府信息公开年报"),
        "/nb/202201/index.html": page(rows(("c.html", title(2022)))),
        "/xz/": page(rows(("d.html", title(2021, "某镇"))), article="乡镇政府信息公开年报"),
        listing.format(1): page(rows(("/InfoDetail.aspx?id=5", title(2020))) + second, column="部门年报"),
        listing.format(2): page(rows(("/InfoDetail.aspx?id=6", title(2019)))),
        "/nb/2023/a.html": article(), "/nb/2023/b.html": article(), "/nb/202201/c.html": article(2022),
        "/xz/d.html": article(2021),
        "/InfoDetail.aspx?id=5": article(2020), "/InfoDetail.aspx?id=6": article(2019),
    })  # fmt: skip
    assert found.reports == [
        "/InfoDetail.aspx?id=5", "/InfoDetail.aspx?id=6", "/nb/202201/c.html",
        "/nb/2023/a.html", "/nb/2023/b.html", "/xz/d.html",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "link",
    [
        """<a href="javascript:openUrl('/nb/1.html')">{}</a>""",
        """<a href="#" onclick="show('./1.html', 'new'); return false">{}</a>""",
        """<a href="javascript:void(0)" onclick="toView(&quot;../nb/1.html&quot;)">{}</a>""",
    ],
)
def test_an_address_handed_to_a_function_of_the_page_s_own(link: str) -> None:
    found = drive({
        "/": home(("/nb/", COLUMN)),
        "/nb/": page(f"<li>{link.format(title(2023))}</li>", column=COLUMN),
        "/nb/1.html": article(),
    })  # fmt: skip
    assert found.reports == ["/nb/1.html"]


def test_reports_named_by_their_years_alone_on_a_body_s_openness_page() -> None:
    found = drive({
        "/": home(("/nb/", COLUMN)),
        "/nb/": page('<a href="/bm/mzj/">民政局</a>', column=COLUMN),
        "/bm/mzj/": page('<a href="/bm/mzj/gk/">信息公开</a>', "民政局"),
        "/bm/mzj/gk/": page(rows(("1.html", "2023年度"), ("2.html", "2022年")), "信息公开"),
        "/bm/mzj/gk/1.html": article(), "/bm/mzj/gk/2.html": article(2022),
    })  # fmt: skip
    assert found.reports == ["/bm/mzj/gk/1.html", "/bm/mzj/gk/2.html"]


@pytest.mark.parametrize(
    "box",
    [
        '<h3>政府信息公开年报<a href="/more.asp?id=3">更多&gt;&gt;</a></h3>',
        '<div><span>政府信息公开年报</span><a href="/more.asp?id=3">more</a></div>',
        '<p>政府信息公开年报 <img src="i.png"><a href="/more.asp?id=3">查看更多 »</a></p>',
    ],
)
def test_a_box_of_the_start_page_whose_heading_leads_on(box: str) -> None:
    found = drive({
        "/": page(box + '<h3>通知公告<a href="/more.asp?id=4">更多</a></h3>', "青石县人民政府"),
        "/more.asp?id=3": page(rows(("/1.html", title(2023)))),
        "/more.asp?id=4": page(rows(("/n.html", "关于放假的通知"))),
        "/1.html": article(),
    })  # fmt: skip
    assert found.reports == ["/1.html"]


@pytest.mark.parametrize(
    "address",
    [
        "InfoList.aspx?ClassID=12", "infolist.jsp?id=5", "NewsList.asp?id=3", "ArticleList.asp?classid=3",
        "NewsMore.asp?ClassID=2", "ViewList.aspx?cid=2", "ContentList.jsp?catalogid=2", "news.asp?classid=7",
        "Info.asp?typeid=4", "ShowClass.asp?ClassID=4", "detail.aspx?sid=9",
    ],
)  # fmt: skip
def test_programs_that_list_a_column(address: str) -> None:
    """The last one shows a column by an address that looks like an entry's: its link says what it is."""
    listed = rows(*((f"/ShowInfo.aspx?ID={year}", title(year)) for year in (2021, 2022, 2023)))
    reports: Pages = {f"/ShowInfo.aspx?ID={year}": article(year) for year in (2021, 2022, 2023)}
    found = drive({
        "/": home((f"/{address}", COLUMN)), f"/{address}": page(listed, "列表"), **reports,
    })  # fmt: skip
    assert found.reports == sorted(reports)
    assert [one.complete for one in found.listings] == [True]


@pytest.mark.parametrize(
    "address",
    [
        "ShowInfo.aspx?ClassID=12&ID=5",
        "info.asp?id=5",
        "news_view.php?typeid=3&newsid=7",
        "detail.jsp?uuid=a1",
    ],
)
def test_programs_that_show_an_entry(address: str) -> None:
    assert is_article_url(f"{SITE}/{address}")
