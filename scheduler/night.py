"""One whole run: crawl the sites, read what is new, compare with what was known.

This is what ``nianbao crawl`` does by hand and what a nightly schedule starts.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from archive.catalogue.engine import Catalogue
from archive.history.project import ProjectionSummary, project
from archive.mend import Mended, mend
from archive.reading import ReadingSummary, read_blobs, stale_blobs
from archive.runs import RunStatus, SiteIdentity, note_site_run, running, site_row, unfinished_since
from archive.tallies import count_runs
from crawler.job import CrawlJob, Outcome, Progress, read_message
from parsers.isolation import Readers

LOG_TAIL_BYTES = 4000
RESUME_WITHIN = timedelta(hours=12)
"""What a killed crawl fetched is as good as fetched now for so long."""


@dataclass(frozen=True, slots=True)
class SiteTask:
    """One site to crawl: who it is, and how to crawl it (the run's and site's ids are filled in here)."""

    identity: SiteIdentity
    job: CrawlJob


class Watcher:
    """Told of progress; the default keeps silent. Calls come from several threads."""

    def mended(self, done: Mended) -> None:
        """What an earlier crash had left behind."""

    def crawling(self, site: str, progress: Progress) -> None:
        """A site's counts so far."""

    def reading(self, done: int, total: int) -> None:
        """How many files have been read."""


@dataclass(frozen=True, slots=True)
class NightSummary:
    """A run as a whole. ``sites`` is in the order asked for."""

    run_id: int
    sites: tuple[Outcome, ...]
    reading: ReadingSummary
    projection: ProjectionSummary

    @property
    def clean(self) -> bool:
        return not any(s.problem for s in self.sites) and not self.reading.failures


def run_night(
    catalogue: Catalogue,
    home: Path,
    tasks: Sequence[SiteTask],
    *,
    kind: str = "crawl",
    parallel_hosts: int = 4,
    workers: int = 2,
    watcher: Watcher | None = None,
) -> NightSummary:
    """Mend what a crash left, then crawl, read, compare. Without tasks only what was archived is read.

    A site that fails does not stop the others; its outcome says why.
    """
    watcher = watcher or Watcher()
    watcher.mended(mend(catalogue, home))
    with running(catalogue, home, kind) as run:
        outcomes = _Crawls(catalogue, run.run_id, parallel_hosts, watcher).all(tasks)
        reading = read_stale(catalogue, home, workers, watcher)
        projection = project(catalogue)
        count_runs(catalogue, run.run_id)
        all_failed = bool(outcomes) and all(o.problem for o in outcomes)
        run.status = RunStatus.FAILED if all_failed else RunStatus.DONE
    return NightSummary(run.run_id, tuple(outcomes), reading, projection)


def read_stale(catalogue: Catalogue, home: Path, workers: int, watcher: Watcher) -> ReadingSummary:
    """Read every archived file that the present parser has not read yet."""
    stale = stale_blobs(catalogue)
    if not stale:
        return ReadingSummary(0, 0, ())
    with Readers(workers=min(workers, len(stale))) as readers:
        return read_blobs(catalogue, home, stale, readers, total=len(stale), progress=watcher.reading)


class _Crawls:
    """The crawls of one run: hosts side by side, sites of one host one after the other."""

    def __init__(self, catalogue: Catalogue, run_id: int, parallel_hosts: int, watcher: Watcher) -> None:
        self._catalogue = catalogue
        self._run_id = run_id
        self._parallel_hosts = parallel_hosts
        self._watcher = watcher
        self._lock = threading.Lock()
        self._processes: set[subprocess.Popen[str]] = set()
        self._stopping = False

    def all(self, tasks: Sequence[SiteTask]) -> list[Outcome]:
        """Crawl them. When this is interrupted the crawls are asked to end, and waited for."""
        by_host: dict[str, list[int]] = {}
        for index, task in enumerate(tasks):
            by_host.setdefault(urlsplit(task.job.start[0]).netloc.lower(), []).append(index)
        outcomes: dict[int, Outcome] = {}

        def crawl_host(indices: list[int]) -> None:
            for index in indices:
                outcome = self._site(tasks[index])
                if outcome is None:
                    return
                with self._lock:
                    outcomes[index] = outcome

        with ThreadPoolExecutor(max_workers=self._parallel_hosts) as pool:
            try:
                for future in [pool.submit(crawl_host, indices) for indices in by_host.values()]:
                    future.result()
            except BaseException:
                self._stop()
                raise
        return [outcomes[i] for i in range(len(tasks))]

    def _stop(self) -> None:
        with self._lock:
            self._stopping = True
            for process in self._processes:
                process.terminate()

    def _site(self, task: SiteTask) -> Outcome | None:
        """How the crawl of the site went; None when there was none because the run is being ended."""
        site_id = None if task.job.given else site_row(self._catalogue, task.identity)
        job = replace(task.job, run_id=self._run_id, site_id=site_id, parent=os.getpid())
        if site_id is not None:
            since = unfinished_since(self._catalogue, self._run_id, site_id, RESUME_WITHIN)
            job = replace(job, resume_since=since)
        outcome = self._process(job)
        if outcome is not None and site_id is not None:
            told = "; ".join(filter(None, (outcome.problem, *outcome.notes)))
            note_site_run(self._catalogue, self._run_id, site_id, _status_of(outcome), told or None)
        return outcome

    def _process(self, job: CrawlJob) -> Outcome | None:
        """Run the crawl process to its end; a process that dies is an outcome too."""
        with self._lock:
            if self._stopping:
                return None
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "crawler.process"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
            )
            self._processes.add(process)
        try:
            return _outcome_of(process, job, self._watcher.crawling)
        finally:
            with self._lock:
                self._processes.discard(process)


def _status_of(outcome: Outcome) -> RunStatus:
    if outcome.interrupted:
        return RunStatus.INTERRUPTED
    return RunStatus.FAILED if outcome.problem else RunStatus.DONE


def _outcome_of(
    process: subprocess.Popen[str], job: CrawlJob, tell: Callable[[str, Progress], None]
) -> Outcome:
    """Hand the job to the process and listen to it until it ends."""
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    stderr = process.stderr
    errors: list[str] = []
    drain = threading.Thread(target=lambda: errors.append(stderr.read()[-LOG_TAIL_BYTES:]))
    drain.start()
    outcome: Outcome | None = None
    try:
        with suppress(BrokenPipeError):  # it died at once: its code says so
            process.stdin.write(job.to_json())
            process.stdin.close()
        for line in process.stdout:
            event = read_message(line)
            if isinstance(event, Outcome):
                outcome = event
            elif isinstance(event, Progress):
                tell(job.name, event)
        code = process.wait()
    except BaseException:
        process.terminate()
        process.wait()
        raise
    finally:
        drain.join()
    if outcome is not None:
        return outcome
    last = errors[0].strip().splitlines()[-1:] if errors else []
    detail = last[0] if last else f"see {job.log_file}"
    problem = f"the crawl process ended with code {code}: {detail}"
    return Outcome(name=job.name, problem=problem, interrupted=True)
