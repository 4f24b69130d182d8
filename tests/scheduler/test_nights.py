"""A night is held against the site's own history."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from simulated import FIRST, Walked, Went, night_passes
from sqlalchemy import select

from archive.capture import Fetched, Kind, ListedItem, ListingSeen
from archive.catalogue.engine import Catalogue
from archive.catalogue.models import SiteRun
from archive.mend import mend
from archive.recorder import Recorder
from archive.runs import LOCKS, RunStatus, SiteIdentity, open_run, site_row
from archive.tallies import Counts, count_open_runs, count_runs, site_runs_between
from archive.warc.exchange import Exchange
from nianbao.night_page import night_page
from scheduler.nights import night_of, site_histories, span_of
from scheduler.report import as_json, report_of

HOST = "www.wuzhong.example"
NIGHT = FIRST + timedelta(days=9)


@pytest.mark.parametrize(
    ("moment", "night"),
    [
        (datetime(2026, 11, 20, 18, 30, tzinfo=UTC), date(2026, 11, 21)),  # half past two in China
        (datetime(2026, 11, 20, 14, 0, tzinfo=UTC), date(2026, 11, 21)),  # ten in the evening
        (datetime(2026, 11, 21, 3, 59, tzinfo=UTC), date(2026, 11, 21)),
        (datetime(2026, 11, 21, 4, 0, tzinfo=UTC), date(2026, 11, 22)),  # noon
    ],
)
def test_a_night_goes_from_noon_to_noon_in_china(moment: datetime, night: date) -> None:
    assert night_of(moment) == night
    begins, ends = span_of(night)
    assert begins <= moment < ends


def test_a_run_is_counted_by_site_from_what_is_archived(catalogue: Catalogue, home: Path) -> None:
    run_id = _crawled(catalogue, home)
    count_runs(catalogue, run_id)
    count_runs(catalogue, run_id)  # counting twice counts once
    (row,) = site_runs_between(catalogue, "2026-11-20T00:00:00Z", "2026-11-22T00:00:00Z")
    expected = Counts(found=2, lists=1, lists_cut=1, fetched=3, blocked=1, failed=1, bytes=4, seconds=40)
    assert row.counts == Counts(**{**asdict(expected), "stored": row.counts.stored})
    assert row.counts.stored > 0
    assert row.families == {"trs"}
    assert row.division == "640300"


def test_a_run_that_died_is_closed_with_its_sites_and_counted_with_the_next(
    catalogue: Catalogue, home: Path
) -> None:
    run_id = _crawled(catalogue, home, noted=False)
    (home / LOCKS).mkdir()
    (home / LOCKS / f"run-{run_id}").touch()  # the lock of a process that is no more
    assert mend(catalogue, home).runs == [run_id]
    following = open_run(catalogue, "crawl", lambda: datetime(2026, 11, 20, 22, tzinfo=UTC))
    count_runs(catalogue, following)
    (row,) = site_runs_between(catalogue, "2026-11-20T00:00:00Z", "2026-11-22T00:00:00Z")
    assert (row.status, row.counts.fetched, row.counts.found) == (RunStatus.INTERRUPTED, 3, 2)
    with catalogue.reading() as session:
        assert session.scalar(select(SiteRun.finished_at)) == "2026-11-20T18:30:40Z"


def test_a_run_that_goes_on_is_counted_so_far(catalogue: Catalogue, home: Path) -> None:
    _crawled(catalogue, home)
    count_open_runs(catalogue)
    (row,) = site_runs_between(catalogue, "2026-11-20T00:00:00Z", "2026-11-22T00:00:00Z")
    assert (row.counts.fetched, row.counts.found) == (3, 2)


def test_several_runs_of_a_night_are_one_night(catalogue: Catalogue) -> None:
    cut = Went(
        "a", (Walked("u", 40),), RunStatus.INTERRUPTED, "killed", Counts(fetched=30, new=2, seconds=10)
    )
    rest = Went("a", (Walked("u", 40),), counts=Counts(fetched=12, new=1, seconds=5))
    night_passes(catalogue, NIGHT, cut, status=RunStatus.INTERRUPTED)
    night_passes(catalogue, NIGHT, rest)
    (history,) = site_histories(catalogue, NIGHT)
    (tonight,) = history.nights
    assert (tonight.status, tonight.message) == (RunStatus.DONE, None)
    assert tonight.counts == Counts(found=40, lists=1, fetched=42, new=3, seconds=15)


def test_the_usual_is_the_median_of_the_nights_that_were_done(catalogue: Catalogue) -> None:
    for day, items in enumerate((40, 40, 41, 41, 41, 500, 42, 42, 42)):
        status = RunStatus.FAILED if items == 500 else RunStatus.DONE
        night_passes(catalogue, FIRST + timedelta(days=day), Went("a", (Walked("u", items),), status))
    night_passes(catalogue, NIGHT, Went("a", (Walked("u", 12),)))
    (history,) = site_histories(catalogue, NIGHT)
    usual = history.usual(NIGHT)
    assert usual is not None
    assert usual.found == 41
    assert history.usual(FIRST) is None
    (site,) = as_json(report_of(catalogue, NIGHT))["sites"]
    assert (site["found"], site["usual"]["found"], len(site["nights"])) == (12, 41, 10)


def test_a_site_that_was_not_asked_is_named(catalogue: Catalogue) -> None:
    night_passes(catalogue, FIRST, Went("a"), Went("b"))
    night_passes(catalogue, NIGHT, Went("b"))
    report = report_of(catalogue, NIGHT)
    assert [s.site for s in report.sites] == ["b"]
    assert report.not_asked == ("a",)


def test_the_page_escapes_what_sites_say_and_loads_nothing(catalogue: Catalogue) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    night_passes(catalogue, FIRST, Went("a"), Went("<b>left</b>"))
    night_passes(catalogue, NIGHT, Went("a", (Walked("u", 3),), RunStatus.FAILED, evil))
    page = night_page(report_of(catalogue, NIGHT))
    assert "<script" not in page
    assert "<img" not in page
    assert "<b>left" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "default-src 'none'" in page
    assert re.findall(r"(?:src|href)\s*=", page.replace("&lt;img src=x", "")) == []
    assert page.count("<svg") == 1
    assert 'class="bad" x=' in page  # tonight's bar


def test_a_night_without_a_run_says_so(catalogue: Catalogue) -> None:
    assert "这一夜没有运行" in night_page(report_of(catalogue, NIGHT))


def _crawled(catalogue: Catalogue, home: Path, *, noted: bool = True) -> int:
    """A run that was killed, or not, when it had asked four addresses of a site and walked half a list."""
    at = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)
    site = site_row(catalogue, SiteIdentity("wuzhong", None, "640300", (f"https://{HOST}/",)))
    run_id = open_run(catalogue, "crawl", lambda: at)
    with Recorder(catalogue, home, run_id=run_id, host=HOST, software="t", site_id=site) as recorder:
        for number, (verdict, status, body) in enumerate(
            (("ok", 200, b"page"), ("blocked", 403, None), ("error", None, None), ("not_modified", 304, None))
        ):
            when = at + timedelta(seconds=[0, 10, 20, 40][number])
            recorder.add(_fetch(f"https://{HOST}/{number}", when, verdict, status, body))
        items = tuple(ListedItem(f"https://{HOST}/r{n}", "年报", "2026-01-20") for n in range(2))
        recorder.add_listing(ListingSeen(f"https://{HOST}/", "年报", "trs", 2, 1, False, items))
    if noted:
        with catalogue.writing() as session:
            session.add(
                SiteRun(run_id=run_id, site_id=site, status="done", finished_at="2026-11-20T19:00:00Z")
            )
    return run_id


def _fetch(url: str, at: datetime, verdict: str, status: int | None, body: bytes | None) -> Fetched:
    head = f"HTTP/1.1 {status} X\r\nContent-Type: text/html\r\n\r\n".encode()
    sent = Exchange(url, at, b"GET / HTTP/1.1\r\n\r\n", head + (body or b"")) if status else None
    return Fetched(url, at, Kind.PAGE, verdict, status=status, exchange=sent, body=body)
