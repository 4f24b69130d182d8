"""Nights on real servers: a quiet one costs little, a lost column is looked for, a killed crawl goes on."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from sqlalchemy import text

from archive.catalogue.engine import create_catalogue, open_catalogue, sqlite_url
from archive.runs import (
    RunStatus,
    SiteIdentity,
    close_run,
    note_site_run,
    open_run,
    site_row,
    unfinished_since,
)
from crawler.job import Outcome
from nianbao.replica import REPORTS, Replica
from nianbao.replica.pdf import render_pdf
from scheduler.night import RESUME_WITHIN, NightSummary, SiteTask, run_night
from tests.crawler.loopback import (
    Answer,
    Asked,
    Loopback,
    captures,
    column,
    finish,
    job_for,
    pages,
    start_crawl,
)

IDENTITY = SiteIdentity("site", None, None, ())


@pytest.fixture
def home(tmp_path: Path) -> Path:
    create_catalogue(sqlite_url(tmp_path)).close()
    return tmp_path


def night(home: Path, url: str, **changes: object) -> NightSummary:
    """A whole run, with reading and comparing."""
    catalogue = open_catalogue(sqlite_url(home))
    try:
        job = job_for(home, url, **changes)
        task = SiteTask(SiteIdentity("site", None, None, (url,)), job)
        return run_night(catalogue, home, [task], workers=1)
    finally:
        catalogue.close()


def outcome_of(summary: NightSummary) -> Outcome:
    (outcome,) = summary.sites
    return outcome


def test_a_quiet_second_night_costs_a_third_of_the_requests_and_hardly_any_bytes(home: Path) -> None:
    with Replica() as replica:
        first = outcome_of(night(home, replica.url))
        asked = len(replica.requests)
        replica.requests.clear()
        second = outcome_of(night(home, replica.url, night=True))
        assert second.problem is None
        assert len(replica.requests) <= 0.35 * asked
        assert second.received_bytes <= 0.05 * first.received_bytes
    print(
        f"quiet night: {len(replica.requests)} of {asked} requests, "
        f"{second.received_bytes} of {first.received_bytes} bytes"
    )
    catalogue = open_catalogue(sqlite_url(home))
    with catalogue.reading() as session:
        listed = session.execute(
            text(
                "SELECT complete, count(*) FROM listing JOIN sighting USING (listing_id) GROUP BY listing_id"
            )
        ).all()
    catalogue.close()
    assert listed[0] == listed[1], "the list is walked to its end on the quiet night too"


def test_a_silent_edit_is_seen_when_the_interval_is_over(home: Path) -> None:
    with Replica() as replica:
        night(home, replica.url)
        replica.night = 2
        quiet = night(home, replica.url, night=True)
        assert quiet.projection.edited == 0
        _age(home, days=30)
        due = night(home, replica.url, night=True)
    assert due.projection.edited > 0


def _age(home: Path, days: int, only: str = "") -> None:
    """Let all captures lie so many days further back, or those of addresses that hold some words."""
    catalogue = open_catalogue(sqlite_url(home))
    older = f"strftime('%Y-%m-%dT%H:%M:%SZ', fetched_at, '-{days} days')"
    those = f"(SELECT resource_id FROM resource WHERE url LIKE '%{only}%')"
    with catalogue.writing() as session:
        session.execute(text(f"UPDATE capture SET fetched_at = {older} WHERE resource_id IN {those}"))
    catalogue.close()


def test_a_column_that_moves_is_found_on_the_same_night(home: Path) -> None:
    content = column(3, "/old/")
    home_page = '<html><title>某市政府</title><a href="/zwgk/">政府信息公开</a><p>欢迎</p></html>'
    portal = '<html><title>政府信息公开</title><a href="{}">政府信息公开年报</a><p>栏目</p></html>'
    content["/"], content["/zwgk/"] = home_page, portal.format("/old/")
    with Loopback(pages(content)) as server:
        assert outcome_of(night(home, server.url)).found == 3
        moved = {**column(3, "/new/"), "/": home_page, "/zwgk/": portal.format("/new/")}
        server.site = pages(moved)
        server.asked.clear()
        outcome = outcome_of(night(home, server.url, night=True))
        assert "/old/" in server.paths
        assert "/new/" in server.paths
    assert outcome.problem is None
    assert {c["url"].rpartition("/new/")[2] for c in captures(home) if "/new/" in c["url"]} == {
        "",
        "0.html",
        "1.html",
        "2.html",
    }


def test_a_killed_crawl_goes_on_where_it_stopped(home: Path) -> None:
    count = 30
    content = column(count)

    def slow(asked: Asked) -> Answer:
        time.sleep(0.05)
        return pages(content)(asked)

    with Loopback(slow) as server:
        process = start_crawl(job_for(home, server.url))
        while not any(c["url"].endswith("9.html") for c in captures(home)) and len(server.asked) < count:
            time.sleep(0.2)
        process.kill()
        process.communicate()
        before = len(set(server.paths))
        server.asked.clear()
        outcome = outcome_of(night(home, server.url))
        asked = len(set(server.paths))
    assert outcome.problem is None
    assert outcome.spared >= before - 2, "all but robots.txt and what was under way when it was killed"
    assert asked <= count + 2 - outcome.spared + 1
    everything = {c["url"] for c in captures(home) if c["verdict"] == "ok"}
    assert len({u for u in everything if u.endswith(".html")}) == count


def test_what_a_killed_crawl_had_of_a_cut_body_is_bound_by_the_next(home: Path) -> None:
    """It had both pages, and was killed on its way elsewhere: they are not asked for again."""
    content = column(1)
    first = str(content["/0.html"])
    content["/0.html"] = first.replace("</html>", "<a href='0_1.html'>下一页</a>")
    content["/0_1.html"] = first.replace("</html>", "<p>第二页</p><a href='/slow.pdf'>附件</a>")
    hanging = [True]

    def site(asked: Asked) -> Answer:
        while hanging[0] and asked.path == "/slow.pdf":
            time.sleep(0.05)
        return pages(content)(asked)

    with Loopback(site) as server:
        process = start_crawl(job_for(home, server.url))
        while "/slow.pdf" not in server.paths:
            time.sleep(0.1)
        process.kill()
        process.communicate()
        hanging[0] = False
        assert not any(c["url"].endswith("#body") for c in captures(home))
        server.asked.clear()
        assert outcome_of(night(home, server.url)).problem is None
        assert {"/0.html", "/0_1.html"}.isdisjoint(server.paths)
    assert [c["verdict"] for c in captures(home) if c["url"].endswith("/0.html#body")] == ["ok"]


def test_an_expired_address_is_not_asked_for_without_its_page(home: Path) -> None:
    """The page is not due and the file is: the archived page shows an address that is over by now."""
    content = column(1)
    shown = "/download.jsp?id=5&token=9f8e7d6c5b4a39281"
    content["/0.html"] = str(content["/0.html"]).replace("</html>", f"<a href='{shown}'>下载附件</a></html>")
    content[shown] = Answer(render_pdf(REPORTS[3]), headers={"Content-Type": "application/pdf"})
    with Loopback(pages(content)) as server:
        night(home, server.url)
        assert shown in server.paths
        content[shown] = Answer("over", status=404)
        _age(home, days=40, only="download.jsp")
        for _ in range(2):
            server.asked.clear()
            night(home, server.url, night=True)
            assert shown not in server.paths
    assert [c["verdict"] for c in captures(home) if "download" in c["url"]] == ["ok"]


def test_the_window_closes(home: Path) -> None:
    def slow(asked: Asked) -> Answer:
        time.sleep(0.2)
        return pages(column(40))(asked)

    with Loopback(slow) as server:
        soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 4))
        outcome = finish(start_crawl(job_for(home, server.url, stop_at=soon)))
        assert len(server.asked) < 40
    assert outcome.problem is None
    assert any("window" in note for note in outcome.notes)


def test_a_window_that_is_shut_when_the_crawl_begins_ends_it(home: Path) -> None:
    with Loopback(pages(column(40))) as server:
        gone_by = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 60))
        outcome = finish(start_crawl(job_for(home, server.url, stop_at=gone_by, delay=0.1)))
        assert len(server.asked) < 20, "only what was on its way already"
    assert any("window" in note for note in outcome.notes)


def test_only_a_killed_crawl_is_gone_on_with(home: Path) -> None:
    catalogue = open_catalogue(sqlite_url(home))
    site = site_row(catalogue, IDENTITY)

    def since(run_id: int) -> str | None:
        return unfinished_since(catalogue, run_id, site, RESUME_WITHIN)

    done, killed, killed_again = (open_run(catalogue, "crawl") for _ in range(3))
    note_site_run(catalogue, done, site, RunStatus.DONE, None)
    close_run(catalogue, done, RunStatus.DONE)
    assert since(killed) is None
    note_site_run(catalogue, killed, site, RunStatus.INTERRUPTED, "killed")
    assert since(killed_again) is not None
    note_site_run(catalogue, killed_again, site, RunStatus.INTERRUPTED, "killed")
    other = open_run(catalogue, "crawl")
    assert since(other) is not None, "a run that did not touch the site says nothing"
    note_site_run(catalogue, other, site, RunStatus.FAILED, "refused")
    assert since(open_run(catalogue, "crawl")) is None
    catalogue.close()
