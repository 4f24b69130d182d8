"""The browser on real servers: what is drawn, what is asked for on the way, and what is kept of it."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from archive.catalogue.engine import create_catalogue, open_catalogue, sqlite_url
from archive.hosts import load_host, save_host
from archive.recorder import read_blob
from crawler.browser.chromium import Chromium
from crawler.browser.drawing import draw
from crawler.browser.messages import Served, Wanted, find_chromium
from crawler.browser.need import is_empty_report
from crawler.hosts import host_of
from crawler.page import read_page
from tests.crawler.loopback import Answer, Asked, Loopback, captures, column, crawl, pages

pytestmark = pytest.mark.skipif(
    find_chromium() is None and not list(Path.home().glob(".cache/ms-playwright/chromium*")),
    reason="NO BROWSER: not tested are drawn pages and script challenges; apt-get install chromium",
)

PLAIN = {"Content-Type": "text/plain"}
JS = {"Content-Type": "application/javascript; charset=utf-8"}
SHELL = (
    '<!doctype html><html><head><title></title></head><body><div id="app"></div>'
    '<script src="/app.js"></script></body></html>'
)
APP = """
const asked = fetch('/api/list?page=1', {headers: {'X-Requested-With': 'XMLHttpRequest'}});
asked.then(r => r.json()).then(rows => {
  document.title = '政府信息公开年报';
  document.getElementById('app').innerHTML = '<h1>政府信息公开年报</h1><ul>' +
    rows.map(r => `<li><a href="${r.url}">${r.title}</a><span>${r.date}</span></li>`).join('') + '</ul>';
});
"""
ROWS = [
    {"url": f"/{n}.html", "title": f"第{n}局2023年政府信息公开工作年度报告", "date": f"2024-01-{n + 10}"}
    for n in range(3)
]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    create_catalogue(sqlite_url(tmp_path)).close()
    return tmp_path


def script_site() -> dict[str, Answer | str]:
    """Articles as usual, but the column is a shell whose script fetches the rows."""
    content = column(3)
    content["/"] = SHELL
    content["/app.js"] = Answer(APP, headers=JS)
    content["/api/list?page=1"] = Answer(_json(ROWS), headers={"Content-Type": "application/json"})
    return content


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def records(home: Path, kind: str) -> list[dict[str, str]]:
    """Headers of the records of one type, and their block."""
    found = []
    for path in sorted(home.glob("warc/*/*.warc.gz")):
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream, no_record_parse=True):
                if record.rec_type == kind:
                    headers = dict(record.rec_headers.headers)
                    found.append({**headers, "block": record.raw_stream.read().decode("utf-8", "replace")})
    return found


def test_a_shell_is_drawn_and_its_reports_are_fetched_by_plain_http(home: Path) -> None:
    with Loopback(pages(script_site())) as server:
        outcome = crawl(home, server.url)
        asked = list(server.asked)
    assert outcome.problem is None
    assert outcome.found == 3
    paths = [one.path for one in asked]
    assert paths[:4] == ["/robots.txt", "/", "/app.js", "/api/list?page=1"]
    assert sorted(paths[4:]) == ["/0.html", "/1.html", "/2.html"]
    by_path = {one.path: one.headers for one in asked}
    assert "nianbao-tests (+https://example.org/who)" in by_path["/api/list?page=1"]["User-Agent"]
    assert "Chrome" in by_path["/api/list?page=1"]["User-Agent"]
    assert by_path["/api/list?page=1"]["X-Requested-With"] == "XMLHttpRequest"
    assert by_path["/0.html"]["User-Agent"] == "nianbao-tests (+https://example.org/who)"


def test_a_list_that_no_family_can_ask_for_is_drawn_although_its_page_has_not_changed(home: Path) -> None:
    """The interface wants what only the script knows, and the server has told the page's tag already."""
    filled = APP.replace("'XMLHttpRequest'", "'XML' + 'HttpRequest'")
    page = SHELL.replace("<title></title>", "<title>政府信息公开年报</title>")
    content = script_site()
    content["/"] = page.replace('<script src="/app.js">', f"<a href='/zn.html'>指南</a><script>{filled}")

    def site(asked: Asked) -> Answer:
        if asked.path.startswith("/api/") and "X-Requested-With" not in asked.headers:
            return Answer("no", 404)
        if asked.path == "/" and asked.headers.get("If-None-Match") == '"1"':
            return Answer(b"", 304, {"ETag": '"1"'})
        found = pages(content)(asked)
        return replace(found, headers={"ETag": '"1"'}) if asked.path == "/" else found

    with Loopback(site) as server:
        assert [crawl(home, server.url).found for _ in range(2)] == [3, 3]
    assert [c["via"] for c in captures(home) if c["url"] == server.url].count("browser") == 2


def test_the_raw_answers_are_kept_and_the_drawn_page_beside_them(home: Path) -> None:
    with Loopback(pages(script_site())) as server:
        crawl(home, server.url)
    rows = [c for c in captures(home) if c["url"] == server.url]
    assert [(c["via"], c["verdict"], c["record_type"]) for c in rows] == [
        ("http", "challenge", "response"),
        ("browser", "ok", "conversion"),
    ]
    parts = {c["url"].rpartition("/")[2]: c for c in captures(home) if c["via"] == "browser"}
    assert parts["app.js"]["record_type"] == parts["list?page=1"]["record_type"] == "response"
    catalogue = open_catalogue(sqlite_url(home))
    drawn = read_blob(catalogue, home, rows[1]["sha256"]).decode()
    raw = read_blob(catalogue, home, rows[0]["sha256"]).decode()
    assert load_host(catalogue, host_of(server.url)).needs_browser
    catalogue.close()
    assert raw == SHELL
    assert "第2局2023年" in drawn
    (conversion,) = records(home, "conversion")
    (page,) = [r for r in records(home, "response") if r["WARC-Target-URI"] == server.url]
    assert conversion["WARC-Refers-To"] == page["WARC-Record-ID"]
    assert conversion["block"] == drawn


def test_an_empty_list_with_a_list_script_is_drawn(home: Path) -> None:
    content = script_site()
    content["/"] = (
        "<html><head><title>政府信息公开年报</title></head><body><p>当前位置：首页 &gt; 政府信息公开年报。"
        + "本栏目由办公室维护，请按年度查阅。" * 5
        + '</p><div id="app"></div><script>var x = new XMLHttpRequest();</script>'
        + '<script src="/app.js"></script></body></html>'
    )
    with Loopback(pages(content)) as server:
        outcome = crawl(home, server.url)
    assert outcome.found == 3
    rows = [c for c in captures(home) if c["url"] == server.url]
    assert [(c["via"], c["verdict"]) for c in rows] == [("http", "ok"), ("browser", "ok")]


def test_a_list_whose_interface_no_family_can_read_is_drawn_after_all(home: Path) -> None:
    content = script_site()
    content["/"] = (
        "<html><head><title>政府信息公开年报</title></head><body><p>当前位置：首页 &gt; 政府信息公开年报。"
        + "本栏目由办公室维护，请按年度查阅。" * 5
        + '</p><div id="app"></div><script src="/app.js"></script>'
        + "<script>function more(){ $.ajax({url: '/api/old', data: {page: 1}}) }</script></body></html>"
    )
    with Loopback(pages(content)) as server:
        outcome = crawl(home, server.url)
        assert "/app.js" in server.paths
    assert outcome.found == 3


NAME = "第9局2023年政府信息公开工作年度报告"
EMPTY = (
    f'<html><head><title>{NAME}</title></head><body><a href="/">首页</a><h1>{NAME}</h1>'
    '<div id="con">正在加载</div>'
    "<script>fetch('/api/content?id=9').then(r => r.json())"
    ".then(d => { document.getElementById('con').innerHTML = d.content; });</script></body></html>"
)


def report_site(*contents: str) -> Callable[[Asked], Answer]:
    """Three reports, one of them filled by a script, each time with other words; its page stays as it is."""
    site = column(2)
    left = list(contents)
    site["/"] = f'<title>政府信息公开年报</title><li><a href="/9.html">{NAME}</a></li>{site["/"]}'

    def answer(asked: Asked) -> Answer:
        if asked.path == "/api/content?id=9":
            return Answer(_json({"content": left.pop(0)}), headers={"Content-Type": "application/json"})
        if asked.path != "/9.html":
            return pages(site)(asked)
        if asked.headers.get("If-None-Match") == '"9"':
            return Answer(b"", 304, {"ETag": '"9"'})
        return Answer(EMPTY, headers={"ETag": '"9"'})

    return answer


def test_a_report_whose_text_a_script_fetches_is_drawn_each_time(home: Path) -> None:
    said = "<p>一、总体情况</p><p>收到申请 {} 件。</p>"
    with Loopback(report_site(said.format(5), said.format(6))) as server:
        assert [crawl(home, server.url).found for _ in range(2)] == [3, 3]
    rows = [c for c in captures(home) if c["url"] == f"{server.url}9.html"]
    assert [(c["via"], c["verdict"]) for c in rows if c["via"] == "browser"] == [("browser", "ok")] * 2
    catalogue = open_catalogue(sqlite_url(home))
    drawn = [read_blob(catalogue, home, c["sha256"]).decode() for c in rows if c["via"] == "browser"]
    catalogue.close()
    assert ["5 件" in drawn[0], "6 件" in drawn[1]] == [True, True]


def test_what_is_as_empty_when_drawn_is_kept_as_it_came(home: Path) -> None:
    with Loopback(report_site("<p>暂无内容</p>")) as server:
        assert crawl(home, server.url).found == 3
    rows = [c for c in captures(home) if c["url"] == f"{server.url}9.html"]
    assert [(c["via"], c["verdict"]) for c in rows] == [("http", "ok")]


def test_reports_leave_half_of_what_may_be_drawn_to_lists(home: Path) -> None:
    site = column(1)
    rows = "".join(f'<li><a href="/9{n}.html">{NAME.replace("9", str(n))}</a></li>' for n in range(3))
    site["/"] = f"<title>政府信息公开年报</title>{rows}{site['/']}"
    site |= {f"/9{n}.html": EMPTY for n in range(3)}
    said = {"content": "<p>一、总体情况</p>"}
    site["/api/content?id=9"] = Answer(_json(said), headers={"Content-Type": "application/json"})
    with Loopback(pages(site)) as server:
        crawl(home, server.url, max_drawn=4)
    drawn = [c for c in captures(home) if c["via"] == "browser" and c["record_type"] == "conversion"]
    assert len(drawn) == 2


@pytest.mark.parametrize(
    "held",
    [
        f"<p>{'本报告由本机关编制，所列数据截至年底。' * 40}</p>", "<p>一、总体情况</p>",
        '<a href="/9.pdf">附件：年度报告</a>', '<img src="/upload/2024/9-1.jpg" width="800">',
    ],
)  # fmt: skip
def test_a_report_that_is_there_is_not_drawn_for_a_script_that_counts_visits(held: str) -> None:
    counts = "<script>$.get('/count?id=9')</script>"
    page = read_page(EMPTY.replace("正在加载", held + counts).encode(), "http://a.gov.cn/9.html", "text/html")
    assert not is_empty_report(page)
    bare = read_page(EMPTY.encode(), "http://a.gov.cn/9.html", "text/html")
    assert is_empty_report(bare)


def test_an_ordinary_list_needs_no_browser(home: Path) -> None:
    with Loopback(pages(column(3))) as server:
        crawl(home, server.url)
    assert {c["via"] for c in captures(home)} == {"http"}


def challenge_site(asked: Asked) -> Answer:
    """Lets nobody in without the cookie that its script sets."""
    if "pass=yes" in asked.headers.get("Cookie", ""):
        return pages(column(4))(asked)
    script = "document.cookie='pass='+'yes'+';path=/';setTimeout(function(){location.reload()},300)"
    return Answer(
        f"<html><head><script>{script}</script></head><body></body></html>", 412, {"Set-Cookie": "srv=1"}
    )


def test_a_challenge_is_passed_once_and_its_cookies_serve_plain_http(home: Path) -> None:
    with Loopback(challenge_site) as server:
        outcome = crawl(home, server.url)
        asked = list(server.asked)
        assert outcome.problem is None
        assert outcome.found == 4
        refused = [one for one in asked if "pass=yes" not in one.headers.get("Cookie", "")]
        assert [one.path for one in refused] == ["/robots.txt", "/", "/"]
        articles = [one for one in asked if one.path.endswith(".html")]
        assert {one.headers["User-Agent"] for one in articles} == {refused[-1].headers["User-Agent"]}
        assert all("nianbao-tests" in one.headers["User-Agent"] for one in asked)
        catalogue = open_catalogue(sqlite_url(home))
        assert load_host(catalogue, host_of(server.url)).challenged
        catalogue.close()

        server.asked.clear()
        assert crawl(home, server.url).problem is None
        refused = [one for one in server.asked if "pass=yes" not in one.headers.get("Cookie", "")]
        assert [one.path for one in refused] == ["/robots.txt", "/"], (
            "the browser goes first on a known challenge"
        )


def test_cookies_that_hold_still_serve_the_next_crawl_without_a_browser(home: Path) -> None:
    """And those that have lapsed do not: the challenge is passed anew."""

    def site(asked: Asked) -> Answer:
        if "pass=yes" in asked.headers.get("Cookie", ""):
            return pages(column(4))(asked)
        script = "document.cookie='pass='+'yes'+';path=/;max-age=3600';setTimeout(()=>location.reload(),300)"
        return Answer(f"<html><script>{script}</script></html>", 412)

    def without(asked: list[Asked]) -> list[str]:
        return [one.path for one in asked if "pass=yes" not in one.headers.get("Cookie", "")]

    with Loopback(site) as server:
        assert crawl(home, server.url).found == 4
        agents = {one.headers["User-Agent"] for one in server.asked if one.path.endswith(".html")}
        server.asked.clear()
        assert crawl(home, server.url, browser="off").problem is None
        assert without(server.asked) == []
        assert {one.headers["User-Agent"] for one in server.asked} == agents, "they were given to this name"
        lapse(home, host_of(server.url))
        server.asked.clear()
        assert crawl(home, server.url).problem is None
        assert without(server.asked) == ["/robots.txt", "/"]


def lapse(home: Path, host: str) -> None:
    """As if the host had been asked long ago."""
    catalogue = open_catalogue(sqlite_url(home))
    state = load_host(catalogue, host)
    assert state.cookies is not None
    said = json.loads(state.cookies)
    for one in said["cookies"]:
        one["expires"] -= 7200
    save_host(catalogue, replace(state, cookies=json.dumps(said)))
    catalogue.close()


def test_what_robots_say_behind_a_challenge_is_kept(home: Path) -> None:
    content = column(4)
    content["/robots.txt"] = Answer(
        "User-agent: *\nDisallow: /2.html\n", headers={"Content-Type": "text/plain"}
    )

    def site(asked: Asked) -> Answer:
        return (
            pages(content)(asked) if "pass=yes" in asked.headers.get("Cookie", "") else challenge_site(asked)
        )

    with Loopback(site) as server:
        outcome = crawl(home, server.url)
        assert outcome.found == 3
        assert outcome.excluded == 1
        assert "/2.html" not in server.paths


def test_when_the_cookies_lapse_the_challenge_is_passed_again(home: Path) -> None:
    lapsed: list[str] = []

    def site(asked: Asked) -> Answer:
        if asked.path == "/1.html" and not lapsed:
            lapsed.append(asked.path)
            return Answer(
                "<html><script>document.cookie='pass=yes;path=/';location.reload()</script></html>", 412
            )
        return challenge_site(asked)

    with Loopback(site) as server:
        outcome = crawl(home, server.url, delay=0.05)
        assert outcome.problem is None
        assert outcome.found == 4


def test_a_challenge_that_the_browser_does_not_pass_is_a_block_and_not_asked_again(home: Path) -> None:
    script = "document.cookie='a=1';if(!sessionStorage.n){sessionStorage.n=1;location.reload()}"
    page = f"<html><head><script>{script}</script></head></html>"
    with Loopback(lambda asked: Answer(page, 412)) as server:
        outcome = crawl(home, server.url)
        assert outcome.problem is not None
        assert "the browser did not pass" in outcome.problem
        assert outcome.blocked == 1
        assert server.paths == ["/robots.txt", "/", "/", "/"]
        server.asked.clear()
        crawl(home, server.url)
        assert server.asked == []


def test_without_a_browser_the_run_says_what_to_install(home: Path) -> None:
    with Loopback(pages(script_site())) as server:
        outcome = crawl(home, server.url, browser="no-such-browser")
        assert any(
            "no program no-such-browser" in note and "apt-get install chromium" in note
            for note in outcome.notes
        )
        assert [c["verdict"] for c in captures(home) if c["url"] == server.url] == ["challenge"]
        server.site = challenge_site
        outcome = crawl(home, server.url, browser="off")
    assert outcome.problem is not None
    assert any("switched off" in note for note in outcome.notes)


def test_robots_and_the_delay_hold_for_the_browser(home: Path) -> None:
    content = script_site()
    content["/robots.txt"] = Answer(
        "User-agent: *\nDisallow: /api/\n", headers={"Content-Type": "text/plain"}
    )
    with Loopback(pages(content)) as server:
        outcome = crawl(home, server.url, delay=0.3)
        assert "/api/list?page=1" not in server.paths
        assert "/app.js" in server.paths
        assert min(b.at - a.at for a, b in pairwise(server.asked)) > 0.28
        assert server.most_at_once == 1
    assert outcome.found == 0


def test_the_browser_reaches_no_private_address(home: Path, tmp_path: Path) -> None:
    """The page is handed in as from a public host; what it asks for on loopback is never connected to."""
    with Loopback(pages({"/secret": "x", "/": "x", "/s.js": "x"})) as inner:
        script = f"""
          fetch('{inner.url}secret').catch(e => 0);
          new WebSocket('{inner.url.replace("http", "ws")}ws');
          var i = document.createElement('iframe'); i.src = '{inner.url}'; document.body.appendChild(i);
          var s = document.createElement('script'); s.src = '{inner.url}s.js'; document.body.appendChild(s);
          new Image().src = '{inner.url}i.png';
          fetch('/away').catch(e => 0);
          navigator.sendBeacon('{inner.url}beacon', 'x');
        """
        _draw_as_public(home, script, away=inner.url)
        assert inner.asked == []


def _draw_as_public(home: Path, script: str, away: str) -> None:
    wanted: list[str] = []

    async def fetch(one: Wanted) -> Served | None:
        wanted.append(one.url)
        if one.url == "http://www.example.gov.cn/":
            page = f"<html><body><p>x</p><script>{script}</script></body></html>"
            return Served(one.url, 200, {"content-type": "text/html"}, page.encode())
        return None  # what the guard, robots.txt or the breaker refuse comes back as nothing

    async def go() -> None:
        chromium = Chromium("auto", "nianbao-tests")
        try:
            context = await chromium.context("www.example.gov.cn")
            await draw(context, "http://www.example.gov.cn/", fetch, given=None, seconds=30)
        finally:
            await chromium.close()

    asyncio.run(go())
    assert f"{away}secret" in wanted


def test_chromium_is_found_by_name_and_switched_off_by_setting() -> None:
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("no chromium in the path: the one of Playwright is used")
    assert find_chromium() == program
    assert find_chromium(program) == program


@pytest.mark.parametrize("end", ["", "2023年政府信息公开工作年度报告"])
def test_a_list_of_bodies_that_is_called_as_a_report_is_not_drawn(end: str) -> None:
    """The column of one year: its rows are the bodies' names or their reports, and a script counts visits."""
    bodies = ("民政局", "财政局", "教育局", "审计局", "水务局")
    listed = "".join(
        f'<li><a href="/nb/2023/{n}.html">{body}{end}</a><span>2024-01-2{n}</span></li>'
        for n, body in enumerate(bodies)
    )
    bare = f'<title>{NAME}</title><a href="/">首页</a><h1>{NAME}</h1><div>正在加载</div>'
    bare += '<script>$.get("/count?id=9")</script>'
    column = bare.replace("正在加载", f"<ul>{listed}</ul>")
    assert not is_empty_report(read_page(column.encode(), "http://a.gov.cn/nb/2023/", "text/html"))
    assert is_empty_report(read_page(bare.encode(), "http://a.gov.cn/nb/2023/", "text/html"))
