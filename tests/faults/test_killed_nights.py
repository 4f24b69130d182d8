"""Nights in which a process is killed at a random moment: the schedule, the crawl's command, a site's crawl,
a reader, the browser, the database. The schedule is the real one, as a process, on a shifted clock.

The suite kills three times; `make faults` thirty times on each database.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import psutil
import pytest
from drawn_site import DrawnSite
from sqlalchemy import text

from archive.catalogue.engine import create_catalogue, open_catalogue, sqlite_url
from archive.fixity import all_files, verify
from archive.jobs import JobStatus
from archive.mend import mend_all
from crawler.browser.messages import find_chromium
from nianbao.replica import EXPECTED, Replica
from nianbao.settings import SiteSettings, add_site, write_new
from scheduler.heartbeat import Heartbeat
from scheduler.plans import Job
from tests.conftest import PostgresqlServer, running_postgresql

ROOT = Path(__file__).resolve().parents[2]
CLOCK = ROOT / "tests" / "scheduler" / "clock"
PATIENCE = 240.0
FIRST_NIGHT = datetime(2026, 9, 1, 18, 30, tzinfo=UTC)
LONGEST = 6.0  # seconds of a night before something is killed
SETTINGS = """
young_days = 100000
[schedule]
jitter_minutes = 0
retry_minutes = 0.01
retries = 20
listen = "off"
[schedule.crawl]
cron = "30 2 * * *"
"""
VICTIMS = {
    "schedule": lambda words: "schedule" in words and "run" in words,
    "command": lambda words: "crawl" in words and "--night" in words,
    "crawl": lambda words: "crawler.process" in words,
    "reader": lambda words: any("parsers." in word for word in words),
    "browser": lambda words: any("chrom" in word for word in words),
}


class Nights:
    """A home whose schedule is started for each night, and again when it was killed."""

    def __init__(self, home: Path, database: str) -> None:
        self.home = home
        self.database = database
        self.process: subprocess.Popen[bytes] | None = None
        self.killed: Counter[str] = Counter()

    def start(self, night: int) -> None:
        """The schedule, at a moment shortly after the night was due."""
        now = FIRST_NIGHT + timedelta(days=night, minutes=1)
        shift = (now - datetime.now(UTC)).total_seconds()
        environment = {
            **os.environ,
            "PYTHONPATH": f"{CLOCK}{os.pathsep}{ROOT}",
            "SIMULATED_OFFSET": str(shift),
            "NIANBAO_DATABASE": self.database,
        }
        command = [sys.executable, "-m", "nianbao.cli", "--home", str(self.home), "schedule", "run"]
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
        )

    def pass_night(self, night: int, kill: Callable[[], str | None]) -> None:
        """From the moment the night was due until it is done; ``kill`` is called until it has killed."""
        due = FIRST_NIGHT + timedelta(days=night)
        self.start(night)
        deadline = time.monotonic() + PATIENCE
        victim: str | None = None
        while not self._done(due):
            assert time.monotonic() < deadline, f"night {night}, after the {victim} was killed"
            assert self.process is not None
            if victim is None and (victim := kill()) is not None:
                self.killed[victim] += 1
            if self.process.poll() is not None:
                self.start(night)
            time.sleep(0.05)
        self.stop()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(PATIENCE)

    def _done(self, due: datetime) -> bool:
        last = Heartbeat.of(self.home, due).last.get(Job.CRAWL)
        well = (JobStatus.DONE, JobStatus.FAILURES)
        return last is not None and last.due == due and last.status in well

    def family(self) -> Iterator[tuple[str, psutil.Process]]:
        """What may be killed now, with what it is."""
        assert self.process is not None
        try:
            head = psutil.Process(self.process.pid)
            processes = [head, *head.children(recursive=True)]
        except psutil.NoSuchProcess:
            return
        for one in processes:
            try:
                words = one.cmdline()
            except psutil.Error:
                continue
            for name, fits in VICTIMS.items():
                if fits(words) and "scheduler.launch" not in words:
                    yield name, one


class Killer:
    """Kills what it is after, a random time after it is first seen."""

    def __init__(self, nights: Nights, wanted: str, chance: Random, server: PostgresqlServer | None) -> None:
        self._nights = nights
        self._wanted = wanted
        self._after = chance.uniform(0, LONGEST)
        self._server = server
        self._began = time.monotonic()
        self._seen: float | None = None

    def __call__(self) -> str | None:
        now = time.monotonic()
        if self._wanted == "database":
            if self._server is None or now - self._began < self._after:
                return None
            self._server.stop(signal.SIGKILL)
            time.sleep(1)
            self._server.start()
            return "database"
        found = [one for name, one in self._nights.family() if name == self._wanted]
        if found and self._seen is None:
            self._seen = now
        # readers live for a moment only: they are killed as they are seen
        wait = 0.0 if self._wanted in ("reader", "browser") else self._after
        if not found or self._seen is None or now - self._seen < wait:
            return None
        try:
            found[0].kill()
        except psutil.NoSuchProcess:
            return None
        return self._wanted


@contextmanager
def a_database(kind: str, home: Path) -> Iterator[tuple[str, PostgresqlServer | None]]:
    if kind == "sqlite":
        yield sqlite_url(home), None
        return
    with running_postgresql() as server:
        yield server.url(server.new_database()), server


FEW, MANY = 3, 30


@pytest.mark.parametrize(
    ("kind", "kills"),
    [
        ("postgresql", FEW),
        *(pytest.param(k, MANY, marks=pytest.mark.faults) for k in ("sqlite", "postgresql")),
    ],
)
def test_nights_end_right_whatever_was_killed(tmp_path: Path, kind: str, kills: int) -> None:
    chance = Random(kills)
    home = tmp_path / "home"
    home.mkdir()
    with ExitStack() as stack:
        database, server = stack.enter_context(a_database(kind, home))
        replica = stack.enter_context(Replica())
        nights = Nights(home, database)
        stack.callback(nights.stop)
        wanted = ["command", "schedule", "crawl", "reader", "database" if server else "command"]
        sites = {"replica": replica.url}
        if kills > FEW and find_chromium() is not None:
            wanted.append("browser")
            sites["drawn"] = stack.enter_context(DrawnSite()).url
        make_home(home, database, sites)
        for night in range(kills):
            replica.night = 1 if night < kills - 1 else 2
            victim = "database" if kills == FEW and night == 1 else wanted[night % len(wanted)]
            nights.pass_night(night, Killer(nights, victim, chance, server))
        assert_all_is_right(home, database, kills)
        print(f"{kind}: killed {dict(nights.killed)} in {kills} nights")


def make_home(home: Path, database: str, sites: Mapping[str, str]) -> None:
    write_new(home, "https://example.org/crawler")
    others = "".join(f'[schedule.{job}]\ncron = "off"\n' for job in Job if job is not Job.CRAWL)
    with (home / "nianbao.toml").open("a", encoding="utf-8") as file:
        file.write(SETTINGS + others.replace('[schedule.backup]\ncron = "off"\n', ""))
    for name, url in sites.items():
        site = SiteSettings(name=name, start=[url], division="640500", delay=0.05, allow_private=True)
        add_site(home, site)
    create_catalogue(database).close()
    slept = FIRST_NIGHT - timedelta(hours=1)
    Heartbeat(home / "schedule.json", slept).beat(slept, {})


def assert_all_is_right(home: Path, database: str, nights: int) -> None:
    """Every night is done once, every report is there, every byte is as it was written."""
    catalogue = open_catalogue(database)
    assert mend_all(catalogue, home).findings == []
    with catalogue.reading() as session:
        rows = session.execute(text("SELECT due_at, status FROM job_run ORDER BY job_run_id")).all()
        open_runs = session.scalar(text("SELECT COUNT(*) FROM run WHERE status = 'running'"))
        reports = session.execute(
            text("SELECT agency, year FROM reports WHERE status = 'present' AND agency <> '某局'")
        ).all()
        drawn = session.scalar(text("SELECT COUNT(*) FROM captures WHERE via = 'browser' AND verdict = 'ok'"))
        sites = session.scalar(text("SELECT COUNT(*) FROM site"))
        edited = session.scalar(text("SELECT COUNT(*) FROM changes WHERE layer = 'field'"))
    well = [due for due, status in rows if status in ("done", "failures")]
    assert len(well) == len(set(well)) == nights
    assert {status for _, status in rows} <= {"done", "failures", "interrupted", "failed"}
    assert open_runs == 0
    assert sites == 1 or drawn >= nights  # some pages of each night
    assert sorted(map(tuple, reports)) == sorted((r.agency, r.year) for r in EXPECTED[2])
    assert edited == 2 or nights == 0
    wrong: list[str] = []
    done = verify(
        catalogue, home, all_files(home), workers=1, progress=lambda one, size, total: wrong.extend(one.wrong)
    )
    assert [*wrong, *done.wrong] == []
    catalogue.close()
