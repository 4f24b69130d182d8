"""Crawls killed at random moments lose nothing that was committed, and leave files that others can read.

The suite kills a few times; `make faults` fifty times.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import text
from warcio.checker import Checker

from archive.catalogue.engine import Catalogue, create_catalogue, open_catalogue, sqlite_url
from archive.fixity import Verified, all_files, verify
from archive.mend import Mended, mend_all
from nianbao.replica.plain import PlainSite
from nianbao.settings import SiteSettings, add_site, write_new

PAGES = 3000
LONGEST = 4.0  # seconds of crawling before a kill
LOOKS = 3000
KILLED = 128 + signal.SIGKILL
TRIES = 5


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    write_new(home, "tests@localhost")
    create_catalogue(sqlite_url(home)).close()
    return home


@pytest.mark.parametrize("kills", [3, pytest.param(50, marks=pytest.mark.faults)])
def test_killed_crawls_lose_no_committed_capture(home: Path, kills: int) -> None:
    chance = Random(kills)
    torn = recovered = 0
    committed: set[tuple[object, ...]] = set()
    with PlainSite(PAGES) as site:
        add_site(home, SiteSettings(name="plain", start=[site.url], delay=0, allow_private=True))
        for _ in range(kills):
            _killed_crawl(home, chance.uniform(0, LONGEST), at_once=chance.random() < 0.1)
            catalogue = open_catalogue(sqlite_url(home))
            committed |= _captures(catalogue)
            done = _mend(catalogue, home)
            torn += len(done.cuts)
            recovered += done.rows
            assert done.findings == []
            assert committed <= _captures(catalogue)
            assert mend_all(catalogue, home).rows == 0
            assert _wrong(catalogue, home) == []
            catalogue.close()
    print(f"{kills} kills: {torn} torn tails, {recovered} rows given back, {len(committed)} captures kept")
    assert len(committed) > 10 * kills
    files = [str(path) for path in all_files(home)]
    assert _open_files(home) == []
    subprocess.run(["gzip", "-t", *files], check=True)
    for file in files:
        assert not Checker(_CheckerOptions([file])).process_all()


class _CheckerOptions:
    """What `warcio check` is told on its command line."""

    verbose = False

    def __init__(self, inputs: list[str]) -> None:
        self.inputs = inputs


def _killed_crawl(home: Path, after: float, *, at_once: bool) -> None:
    """Kill a crawl; one that was done first, as when this process was woken late, is followed by another."""
    for attempt in range(TRIES):  # there is less to fetch each time
        if _kill_a_crawl(home, after / 2**attempt, at_once=at_once):
            return
    pytest.fail(f"{TRIES} crawls were done before they could be killed")


KILL = """
set -m  # a job is a process group of its own
"${@:4}" &
crawl=$!
for _ in $(seq "$3"); do
  kill -0 $crawl 2>/dev/null && [ -z "$(find "$1/warc" -name '*.open' 2>/dev/null)" ] || break
  sleep 0.01
done
sleep "$2"
kill -KILL -- -$crawl 2>/dev/null
wait $crawl
"""


def _kill_a_crawl(home: Path, after: float, *, at_once: bool) -> bool:
    """Start a crawl as a user does; kill all its processes ``after`` seconds of writing, or of starting.

    False if it was done before. A shell does it: the test's own process is now and then woken late.
    """
    command = [sys.executable, "-m", "nianbao.cli", "--home", str(home), "crawl"]
    looks = "0" if at_once else str(LOOKS)
    done = subprocess.run(
        ["bash", "-c", KILL, "kill", str(home), str(after), looks, *command],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    assert done.returncode in (0, KILLED), done.stdout
    return done.returncode == KILLED


def _mend(catalogue: Catalogue, home: Path) -> Mended:
    """As soon as the killed processes are gone: one that was waiting for the disk takes a moment to die."""
    done = mend_all(catalogue, home)
    while done.in_use:
        time.sleep(0.1)
        done = mend_all(catalogue, home)
    return done


def _open_files(home: Path) -> list[Path]:
    return list((home / "warc").rglob("*.open"))


def _captures(catalogue: Catalogue) -> set[tuple[object, ...]]:
    query = "SELECT capture_id, url, fetched_at, verdict, sha256, warc_file, warc_offset FROM captures"
    with catalogue.reading() as session:
        return {tuple(row) for row in session.execute(text(query))}


def _wrong(catalogue: Catalogue, home: Path) -> list[str]:
    wrong: list[str] = []

    def tell(one: Verified, done: int, total: int) -> None:
        wrong.extend(one.wrong)

    result = verify(catalogue, home, all_files(home), workers=1, progress=tell)
    return [*wrong, *result.wrong]
