"""The plain site holds what a benchmark of crawlers assumes."""

import http.client
import re

import lxml.html

from nianbao.replica.plain import PlainSite, article_paths, build


def test_articles_are_of_the_size_and_language_promised() -> None:
    pages = build(60)
    for path in article_paths(60):
        body = pages[path]
        chinese = 3 * len(re.findall("[\u4e00-\u9fff]", body.decode()))
        assert 18_000 < len(body) < 23_000
        assert 0.45 < chinese / len(body) < 0.6
        assert len(lxml.html.fromstring(body).xpath("//ul[@class='nav']//a")) == 60


def test_the_site_is_the_same_at_each_building() -> None:
    assert build(30) == build(30)


def test_half_of_the_pagers_are_scripts() -> None:
    pages = build(450)
    first = {p: body for p, body in pages.items() if p.endswith("/index.html") and p != "/index.html"}
    assert len(first) == 10
    assert sum(b"createPageHTML(3, 0" in body for body in first.values()) == 5
    assert sum(b'<a href="index_2.html">' in body for body in first.values()) == 5


def test_every_article_stands_in_a_list() -> None:
    pages = build(450)
    listed = set()
    for path, body in pages.items():
        if "/index" in path:
            listed |= set(lxml.html.fromstring(body).xpath("//ul[@class='gl-list']//a/@href"))
    assert listed == article_paths(450)


def test_its_own_process_answers_on_one_connection() -> None:
    with PlainSite(pages=20) as site:
        client = http.client.HTTPConnection("127.0.0.1", site.port)
        for path in ("/", "/robots.txt", "/static/pager.js", *sorted(site.articles)):
            client.request("GET", path)
            answer = client.getresponse()
            assert answer.status == 200
            assert len(answer.read()) == int(answer.headers["Content-Length"])
        client.request("GET", "/nowhere.html")
        assert client.getresponse().status == 404
        client.close()
