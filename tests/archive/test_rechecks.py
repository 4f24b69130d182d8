"""What was last seen of each URL, and which crawl was killed, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive.capture import Fetched, Kind
from archive.catalogue.engine import Catalogue
from archive.catalogue.models import Run
from archive.rechecks import Seen, load_seen
from archive.recorder import Recorder
from archive.runs import RunStatus, SiteIdentity, note_site_run, open_run, site_row, unfinished_since
from archive.times import iso

NOW = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
HOST = "www.qingshi.example.gov.cn"
WITHIN = timedelta(hours=12)


def test_the_newest_fetch_of_each_url_counts(catalogue: Catalogue, home: Path) -> None:
    run_id = open_run(catalogue, "crawl")
    with Recorder(catalogue, home, run_id=run_id, host=HOST, software="tests") as recorder:
        for hours, name, verdict in (
            (0, "a", "ok"),
            (1, "a", "gone"),
            (1, "b", "not_modified"),
            (2, "c", "gone"),
        ):
            moment = NOW + timedelta(hours=hours)
            recorder.add(Fetched(f"https://{HOST}/{name}.html", moment, Kind.ARTICLE, verdict))
        recorder.add(Fetched("https://other.example.gov.cn/", NOW, Kind.PAGE, "ok"))
    assert load_seen(catalogue, HOST) == {
        f"https://{HOST}/a.html": Seen(iso(NOW + timedelta(hours=1)), "gone", ever_good=True),
        f"https://{HOST}/b.html": Seen(iso(NOW + timedelta(hours=1)), "not_modified", ever_good=True),
        f"https://{HOST}/c.html": Seen(iso(NOW + timedelta(hours=2)), "gone", ever_good=False),
    }


def test_a_killed_crawl_of_the_site_is_found_by_what_it_fetched(catalogue: Catalogue, home: Path) -> None:
    site = site_row(catalogue, SiteIdentity("site", None, None, (f"https://{HOST}/",)))
    killed = open_run(catalogue, "crawl", lambda: NOW)
    with Recorder(catalogue, home, run_id=killed, host=HOST, software="tests", site_id=site) as recorder:
        recorder.add(Fetched(f"https://{HOST}/", NOW, Kind.START, "ok"))
    elsewhere = open_run(catalogue, "crawl", lambda: NOW)
    following = open_run(catalogue, "crawl", lambda: NOW)
    assert unfinished_since(catalogue, following, site, WITHIN, lambda: NOW) == iso(NOW)
    late = NOW + timedelta(hours=13)
    assert unfinished_since(catalogue, following, site, WITHIN, lambda: late) is None
    note_site_run(catalogue, elsewhere, site, RunStatus.DONE, None)
    assert unfinished_since(catalogue, following, site, WITHIN, lambda: NOW) is None
    with catalogue.reading() as session:
        assert session.get_one(Run, killed).status == RunStatus.RUNNING
