"""Courtesy on a real server, proved by the server's own log."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from archive.catalogue.engine import create_catalogue, open_catalogue, sqlite_url
from archive.hostlock import host_locks
from archive.hosts import HostState, load_host
from crawler.hosts import host_of
from tests.crawler.loopback import Answer, Asked, Loopback, captures, column, crawl, pages

RUISHU = """<html><head><meta content="x" r="m"><script r='m'>$_ts=window['$_ts'];$_ts.cd="1";</script></head>
<body></body></html>"""
SHIELD = "<html><title>拦截</title><p>网防G01：您的请求存在危险，已被拦截。</p></html>"
REPORTS = 12


@pytest.fixture
def home(tmp_path: Path) -> Path:
    create_catalogue(sqlite_url(tmp_path)).close()
    return tmp_path


def gaps(server: Loopback) -> list[float]:
    return [later.at - earlier.at for earlier, later in pairwise(server.asked)]


def test_a_host_that_turns_to_412_is_told_of_and_left_alone(home: Path) -> None:
    with Loopback(pages(column(REPORTS))) as server:
        assert crawl(home, server.url).problem is None
        server.asked.clear()
        server.site = lambda asked: Answer(RUISHU, 412)
        outcome = crawl(home, server.url)
        assert outcome.problem is not None
        assert "412" in outcome.problem
        assert "not asked before" in outcome.problem
        assert set(server.paths) == {"/robots.txt", "/"}
        assert len(server.paths) <= 3, "the start page once more in the browser, where there is one"
        assert outcome.gone == 0
        state = _state(home, server)
        assert state.refusals == 1
        assert state.retry_at is not None

        server.asked.clear()
        again = crawl(home, server.url)
        assert server.asked == []
        assert again.problem == outcome.problem
        assert again.not_asked == 1
        assert crawl(home, server.url, ask_again=True).problem is not None
        assert set(server.paths) == {"/robots.txt", "/"}
        assert _state(home, server).refusals == 2

        server.site = pages(column(REPORTS))
        assert crawl(home, server.url, ask_again=True).problem is None
        assert _state(home, server).refusals == 0
    assert not {c["verdict"] for c in captures(home)} & {"gone", "soft_gone"}


def test_after_a_shields_page_nothing_more_is_sent_not_even_what_waits(home: Path) -> None:
    content = column(REPORTS)
    blocked_at = 6

    def site(asked: Asked) -> Answer:
        return pages(content)(asked) if len(server.asked) < blocked_at else Answer(SHIELD, 405)

    with Loopback(site) as server:
        outcome = crawl(home, server.url, delay=0.05)
        assert len(server.asked) == blocked_at
    assert outcome.not_asked == REPORTS + 2 - blocked_at
    assert outcome.blocked == 1
    assert outcome.problem is not None


def test_one_forbidden_folder_does_not_stop_the_crawl(home: Path) -> None:
    content = column(REPORTS)
    content["/3.html"] = Answer("<html><h1>403 Forbidden</h1></html>", 403)
    with Loopback(pages(content)) as server:
        outcome = crawl(home, server.url)
        assert len(server.asked) == REPORTS + 2
    assert outcome.blocked == 1
    assert outcome.problem is None


def test_the_delay_is_kept_between_all_requests(home: Path) -> None:
    with Loopback(pages(column(5))) as server:
        crawl(home, server.url, delay=0.3)
        assert min(gaps(server)) > 0.28  # what the wire takes may bring two a little closer


def test_crawl_delay_is_kept_and_remembered(home: Path) -> None:
    content = column(3)
    content["/robots.txt"] = Answer(
        "User-agent: *\nCrawl-delay: 0.4\n", headers={"Content-Type": "text/plain"}
    )
    with Loopback(pages(content)) as server:
        crawl(home, server.url)
        assert min(gaps(server)[1:]) > 0.38
        assert _state(home, server).crawl_delay == 0.4
        server.asked.clear()
        crawl(home, server.url)
        assert min(gaps(server)) > 0.38


def test_retry_after_is_waited_for_and_the_page_comes_after_all(home: Path) -> None:
    content = column(3)
    told: list[float] = []

    def site(asked: Asked) -> Answer:
        if asked.path == "/1.html" and not told:
            told.append(asked.at)
            return Answer("<html>later</html>", 503, {"Retry-After": "1"})
        return pages(content)(asked)

    with Loopback(site) as server:
        outcome = crawl(home, server.url, delay=0.05)
        after = min(one.at for one in server.asked if one.at > told[0])
    assert after - told[0] > 0.98
    assert outcome.found == 3


def test_a_host_that_asks_for_hours_gets_them(home: Path) -> None:
    with Loopback(lambda asked: Answer("<html>later</html>", 429, {"Retry-After": "7200"})) as server:
        outcome = crawl(home, server.url)
        assert outcome.problem is not None
        assert "7200 seconds" in outcome.problem
        assert len(server.asked) == 1
        crawl(home, server.url)
        assert len(server.asked) == 1


def test_where_the_server_fails_to_say_what_it_allows_nothing_is_asked(home: Path) -> None:
    content = column(2)
    rules = content["/robots.txt"]
    content["/robots.txt"] = Answer("<html>error</html>", 500)
    with Loopback(pages(content)) as server:
        outcome = crawl(home, server.url)
        assert set(server.paths) == {"/robots.txt"}
        assert any("could not say what it allows" in note for note in outcome.notes)
        content["/robots.txt"] = rules
        assert crawl(home, server.url).found == 2
        content["/robots.txt"] = Answer("<html>not here</html>", 404)
        assert crawl(home, server.url).problem is None


def test_rules_that_have_moved_are_followed_and_kept(home: Path) -> None:
    content = column(3)
    content["/robots.txt"] = Answer("", 301, {"Location": "/rules.txt"})
    content["/rules.txt"] = Answer(
        "User-agent: *\nDisallow: /1.html\n", headers={"Content-Type": "text/plain"}
    )
    with Loopback(pages(content)) as server:
        assert crawl(home, server.url).found == 2
        assert server.paths[:2] == ["/robots.txt", "/rules.txt"]
        assert "/1.html" not in server.paths


def test_a_host_that_another_crawl_asks_is_not_asked(home: Path) -> None:
    catalogue = open_catalogue(sqlite_url(home))
    locks = host_locks(catalogue, home)
    with Loopback(pages(column(2))) as server:
        assert locks.take(host_of(server.url))
        outcome = crawl(home, server.url)
        assert server.asked == []
        assert outcome.problem is not None
        assert "another crawl" in outcome.problem
        locks.release(host_of(server.url))
        assert crawl(home, server.url).problem is None
    catalogue.close()


def _state(home: Path, server: Loopback) -> HostState:
    catalogue = open_catalogue(sqlite_url(home))
    try:
        return load_host(catalogue, host_of(server.url))
    finally:
        catalogue.close()
