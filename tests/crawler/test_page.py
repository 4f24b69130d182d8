"""What a page read once tells: text, links, breadcrumb, dates of rows."""

from datetime import date

import pytest

from crawler.addresses import resolver
from crawler.page import Link, read_page

URL = "https://www.qingshi.gov.cn/zwgk/nb/index.html"


def links(html: str, url: str = URL) -> tuple[Link, ...]:
    return read_page(html.encode(), url).links


def urls(html: str, url: str = URL) -> list[str]:
    return [link.url for link in links(html, url)]


def test_gb18030_holds_gb2312_and_more() -> None:
    page = read_page("<title>镕基䶮年报</title>".encode("gb18030"), URL, "text/html; charset=gb2312")
    assert page.title == "镕基䶮年报"


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("./202603/t20260301_1.html", "https://www.qingshi.gov.cn/zwgk/nb/202603/t20260301_1.html"),
        ("../../zcjd/", "https://www.qingshi.gov.cn/zcjd/"),
        ("../../../../x.html", "https://www.qingshi.gov.cn/x.html"),
        ("/a/./b/../c.html", "https://www.qingshi.gov.cn/a/c.html"),
        (".", "https://www.qingshi.gov.cn/zwgk/nb/"),
        ("..", "https://www.qingshi.gov.cn/zwgk/"),
        ("?page=2", "https://www.qingshi.gov.cn/zwgk/nb/index.html?page=2"),
        ("//www.other.gov.cn/x", "https://www.other.gov.cn/x"),
        ("HTTP://WWW.Other.GOV.cn:80/A#top", "http://www.other.gov.cn/A"),
        ("https://www.other.gov.cn", "https://www.other.gov.cn/"),
        ("https://www.other.gov.cn?x=1", "https://www.other.gov.cn/?x=1"),
        ("  /a.html\n", "https://www.qingshi.gov.cn/a.html"),
        (r"..\2020\a.html", "https://www.qingshi.gov.cn/zwgk/2020/a.html"),
        ("/a.jsp;jsessionid=0A1B?id=2", "https://www.qingshi.gov.cn/a.jsp?id=2"),
        ("/a.jsp?JSESSIONID=0A1B&id=2", "https://www.qingshi.gov.cn/a.jsp?id=2"),
        ("/a.jsp?id=2&PHPSESSID=0A1B", "https://www.qingshi.gov.cn/a.jsp?id=2"),
        ("/年报 1.pdf", "https://www.qingshi.gov.cn/%E5%B9%B4%E6%8A%A5%201.pdf"),
        ("/%E5%B9%B4.pdf", "https://www.qingshi.gov.cn/%E5%B9%B4.pdf"),
        ("javascript:void(0)", None),
        ("mailto:a@qingshi.gov.cn", None),
        ("tel:12345", None),
        ("ftp://a/b", None),
        ("#top", None),
        ("", None),
        ("http://", None),
        ("http://[2001:db8::1]:80/a", "http://[2001:db8::1]/a"),
        ("http://[www.a.gov.cn/a", None),
        ("http://user:secret@www.a.gov.cn/", None),
        ("http://www.a gov.cn/", None),
    ],
)
def test_resolving(href: str, url: str | None) -> None:
    assert resolver(URL)(href) == url


def test_a_query_is_escaped_in_the_encoding_of_its_page() -> None:
    assert resolver(URL, "gb18030")("/a.jsp?name=年") == "https://www.qingshi.gov.cn/a.jsp?name=%C4%EA"


def test_base_href_is_honoured() -> None:
    assert urls("<base href='/jxssthjt/'><a href='col/1.html'>年报</a>") == [
        "https://www.qingshi.gov.cn/jxssthjt/col/1.html"
    ]


def test_links_are_deduplicated_and_keep_the_fuller_text() -> None:
    found = links("<a href='/a'><img></a><a href='/a' title='年报全名'>年报</a><a href='/a#x'></a>")
    assert found == (Link("https://www.qingshi.gov.cn/a", "年报", "年报全名"),)
    assert found[0].label == "年报全名"


def test_kinds_of_links() -> None:
    html = """<a href="/nb/">年报</a><a href="x.PDF">附件</a><a href="P1" appendix="true">文件</a>
    <a href="index_1.html">下一页</a><a href="index_2.html">3</a><a href="/2017/">2017</a>
    <iframe src="list.html"></iframe>
    <select><option value="/dept/">教育局</option><option value="3">x</option></select>
    <a onclick="window.open('/opened.html')">打开</a><a href="javascript:location.href='/went.html'">去</a>"""
    assert [(link.url.rpartition("qingshi.gov.cn")[2], link.kind) for link in links(html)] == [
        ("/nb/", "anchor"),
        ("/zwgk/nb/x.PDF", "attachment"),
        ("/zwgk/nb/P1", "attachment"),
        ("/zwgk/nb/index_1.html", "pager"),
        ("/zwgk/nb/index_2.html", "pager"),
        ("/2017/", "anchor"),
        ("/zwgk/nb/list.html", "frame"),
        ("/dept/", "anchor"),
        ("/opened.html", "anchor"),
        ("/went.html", "anchor"),
    ]


def test_links_in_comments_are_no_links() -> None:
    assert urls("<!-- <a href='/old/'>年报</a> --><a href='/new/'>年报</a>") == [
        "https://www.qingshi.gov.cn/new/"
    ]


@pytest.mark.parametrize(
    "shell",
    [
        "<meta http-equiv='refresh' content='0; url=/portal/index.html'>",
        "<script>window.location.href = '/portal/index.html';</script>",
        '<html><script>location.replace("/portal/index.html")</script></html>',
    ],
)
def test_a_shell_that_only_sends_on_is_a_frame(shell: str) -> None:
    assert links(shell) == (Link("https://www.qingshi.gov.cn/portal/index.html", kind="frame"),)


@pytest.mark.parametrize(
    ("html", "breadcrumb"),
    [
        ("<div>当前位置：<a>首页</a> &gt; <a>政务公开</a></div>", "首页 > 政务公开"),
        ("<div><span>您现在的位置：</span><a>首页</a>&gt;&gt;<b>年报</b></div>", "首页>>年报"),
        ("<p>您的位置： 首页 / 年报</p>", "首页 / 年报"),
        ("<a class='CurrChnlCls'>首页</a>-<a class='CurrChnlCls'>年报</a>", "首页 > 年报"),
        ("<p>地理位置优越</p>", ""),
        (f"<p>当前位置{'很长' * 200}</p>", ""),
    ],
)
def test_breadcrumb(html: str, breadcrumb: str) -> None:
    assert read_page(f"<body>{html}</body>".encode(), URL).breadcrumb == breadcrumb


def test_main_text_leaves_out_links_scripts_and_blanks() -> None:
    html = "<body><p>全文 十个<b>字</b></p><a>链接</a><script>var a</script><style>b{}</style></body>"
    assert read_page(html.encode(), URL).main_text_length == 5


@pytest.mark.parametrize(
    ("row", "day"),
    [
        ("<li><a href='/a'>年报</a><span>2017-01-12</span></li>", date(2017, 1, 12)),
        ("<tr><td><a href='/a'>年报</a></td><td>2017年1月12日</td></tr>", date(2017, 1, 12)),
        ("<li>[2017/01/12]<a href='/a'>2016-12-31年报</a></li>", date(2017, 1, 12)),
        ("<div><a href='/a'>年报</a> 2017.1.12</div>", date(2017, 1, 12)),
        ("<a href='/a'>年报<i>2017-01-12</i></a>", date(2017, 1, 12)),
        ("<div><a href='/a'>年报</a><a href='/b'>别的</a> 2017.1.12</div>", None),
        ("<li><a href='/a'>年报</a><span>01-12</span></li>", None),
    ],
)
def test_date_shown_in_a_row(row: str, day: date | None) -> None:
    html = f"<table>{row}</table>" if row.startswith("<tr") else f"<div>{row}</div>"
    assert read_page(html.encode(), URL).shown_date("https://www.qingshi.gov.cn/a") == day


@pytest.mark.parametrize("data", [b"", b"   ", b"\0\0", b"<", b"%PDF-1.7", b"<!-- only -->", b"\xff\xfe\x00"])
def test_nothing_raises(data: bytes) -> None:
    page = read_page(data, URL)
    assert page.links == ()
    assert page.main_text_length >= 0
    assert page.breadcrumb == ""


def test_very_deep_markup_is_read() -> None:
    page = read_page(b"<div>" * 5000 + "<a href='/a'>年报</a>".encode(), URL)
    assert page.main_text_length == 0
    assert page.breadcrumb == ""
