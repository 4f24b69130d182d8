"""Runs one crawl in a process of its own and says what it cost and which pages it reached."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from archive.catalogue.engine import Catalogue, create_catalogue, sqlite_url
from archive.catalogue.models import Capture, Resource
from archive.runs import SiteIdentity, open_run, site_row
from crawler.job import CrawlJob, Outcome, read_message

ROOT = Path(__file__).resolve().parents[2]
PLAIN = "Scrapy"
OURS = "nianbao"


class CrawlFailed(Exception):
    """A crawl ended with an error, so that its figures would mean nothing."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One crawl: seconds of wall clock and of processor, bytes at the peak, and the paths it reached."""

    crawler: str
    wall: float
    cpu: float
    peak_rss: int
    fetched: int
    reached: frozenset[str]

    def rate(self, articles: int) -> float:
        """Article pages a second, the process's start and end included."""
        return articles / self.wall


@dataclass(frozen=True, slots=True)
class _Ended:
    wall: float
    cpu: float
    peak_rss: int
    output: str


def plain_crawl(start: str) -> Measured:
    """Scrapy with its defaults; see `plain_spider`."""
    ended = _run(["-m", "benchmarks.crawl.plain_spider", start])
    answer = json.loads(ended.output.splitlines()[-1])
    reached = frozenset(answer["reached"])
    return Measured(PLAIN, ended.wall, ended.cpu, ended.peak_rss, answer["fetched"], reached)


def our_crawl(start: str) -> Measured:
    """The crawler as `nianbao crawl` starts it, into a fresh home, with no delay between requests."""
    with tempfile.TemporaryDirectory(prefix="nianbao-bench-") as folder:
        home = Path(folder)
        catalogue = create_catalogue(sqlite_url(home))
        try:
            ended = _run(["-m", "crawler.process"], job_of(catalogue, home, start).to_json())
            outcome = _outcome(ended.output)
            reached = _archived_paths(catalogue, start)
        finally:
            catalogue.close()
    return Measured(OURS, ended.wall, ended.cpu, ended.peak_rss, outcome.fetched, reached)


def job_of(catalogue: Catalogue, home: Path, start: str) -> CrawlJob:
    """A crawl of the plain site, with no delay between requests."""
    return CrawlJob(
        catalogue_url=catalogue.url,
        home=str(home),
        run_id=open_run(catalogue, "crawl"),
        site_id=site_row(catalogue, SiteIdentity("plain", "plain", None, (start,))),
        name="plain",
        start=(start,),
        user_agent="nianbao/bench",
        delay=0,
        allow_private=True,
        log_file=str(home / "crawl.log"),
        max_pages=1_000_000,
    )


def _outcome(output: str) -> Outcome:
    outcome = read_message(output.splitlines()[-1])
    if not isinstance(outcome, Outcome):
        raise CrawlFailed(f"our crawl told no outcome: {output[-400:]}")
    if outcome.problem:
        raise CrawlFailed(f"our crawl: {outcome.problem}")
    return outcome


def _archived_paths(catalogue: Catalogue, start: str) -> frozenset[str]:
    """What the catalogue says is in the archive; the crawler's own counts are not taken for it."""
    query = (
        select(Resource.url)
        .join(Capture, Capture.resource_id == Resource.resource_id)
        .where(Capture.verdict == "ok", Capture.record_type == "response", Capture.sha256.is_not(None))
    )
    root = start.rstrip("/")
    with catalogue.reading() as session:
        return frozenset(url.removeprefix(root) for url in session.scalars(query))


def _run(arguments: Sequence[str], given: str = "") -> _Ended:
    """Run Python with the arguments; files, not pipes, so that nobody has to read while it works."""
    with tempfile.TemporaryFile("w+") as source, tempfile.TemporaryFile("w+") as out:
        source.write(given)
        source.seek(0)
        began = time.perf_counter()
        child = subprocess.Popen([sys.executable, *arguments], stdin=source, stdout=out, cwd=ROOT)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        output = out.read()
    if child.returncode != 0 or not output.strip():
        raise CrawlFailed(f"python {' '.join(arguments)} ended with {child.returncode}: {output[-400:]}")
    return _Ended(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, output)
