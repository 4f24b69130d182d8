"""By the dates of archived answers this machine's clock is held to be right, or not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from archive.capture import Fetched, Kind
from archive.catalogue.engine import Catalogue
from archive.clock_error import clock_error
from archive.recorder import Recorder
from archive.runs import open_run
from archive.times import iso
from archive.warc.exchange import Exchange

NOW = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)
SINCE = iso(NOW - timedelta(hours=1))


def crawled(catalogue: Catalogue, home: Path, *late: float | str) -> None:
    """A host each, whose answer is dated so many seconds after this machine's moment, or as given."""
    run_id = open_run(catalogue, "crawl", lambda: NOW)
    for number, said in enumerate(late):
        host = f"www.h{number}.example.gov.cn"
        date = said if isinstance(said, str) else format_datetime(NOW + timedelta(seconds=said), usegmt=True)
        head = f"HTTP/1.1 200 OK\r\nDate: {date}\r\n\r\n".encode()
        sent = Exchange(f"https://{host}/", NOW, b"GET / HTTP/1.1\r\n\r\n", head + b"x%d" % number)
        with Recorder(catalogue, home, run_id=run_id, host=host, software="t", clock=lambda: NOW) as recorder:
            recorder.add(
                Fetched(
                    f"https://{host}/", NOW, Kind.PAGE, "ok", status=200, exchange=sent, body=b"x%d" % number
                )
            )


def test_the_middle_of_several_hosts_counts(catalogue: Catalogue, home: Path) -> None:
    crawled(catalogue, home, 1, 2, 86400)
    assert clock_error(catalogue, home, SINCE, NOW) == (2.0, 3)


def test_two_hosts_tell_nothing_and_a_bad_date_is_none(catalogue: Catalogue, home: Path) -> None:
    crawled(catalogue, home, 600, 600, "yesterday")
    assert clock_error(catalogue, home, SINCE, NOW) == (None, 2)
    assert clock_error(catalogue, home, iso(NOW + timedelta(seconds=1)), NOW) == (None, 0)


def test_a_clock_that_was_set_back_is_behind_its_own_runs(catalogue: Catalogue, home: Path) -> None:
    crawled(catalogue, home, 0)
    back = NOW - timedelta(hours=2)
    assert clock_error(catalogue, home, SINCE, back) == (7200.0, 0)
