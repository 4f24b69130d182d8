"""Nights that nobody watches: real crawls of replica sites, under a schedule whose clock the test turns.

Sites change and are in trouble, crawls are killed, the machine is off for some nights; at the end every
night is accounted for once, and the archive says what one says that was never disturbed. Each morning the
night is judged: trouble is told of and closed, and nothing else is told.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import psutil
import pytest
from sqlalchemy import text
from stepped import SimulatedClock, SteppedScheduler, apscheduler_by
from troubled_site import CELL, OFFICES, Life, Trouble, TroubledSite

from archive.catalogue.engine import Catalogue, create_catalogue, open_catalogue, sqlite_url
from archive.fixity import all_files, verify
from nianbao.settings import SiteSettings, add_site, load_settings, write_new
from scheduler.daemon import Daemon
from scheduler.heartbeat import Heartbeat
from scheduler.plans import Job, JobPlan, Limits, Timetable
from scheduler.runner import Runner
from scheduler.window import Window

SHANGHAI = ZoneInfo("Asia/Shanghai")
BEGIN = datetime(2026, 10, 1, 18, tzinfo=SHANGHAI).astimezone(UTC)
DAY = timedelta(days=1)
CLOCK = Path(__file__).parent / "clock"
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Month:
    """What is to happen. ``off``: nights on which the machine is off; ``killed``: the crawl is, once."""

    nights: int
    lives: tuple[Life, ...]
    off: frozenset[int] = frozenset()
    killed: frozenset[int] = frozenset()


def a_month(nights: int, sites: int) -> Month:
    """Each site has its own edit, its own new report and its own trouble, spread over the nights."""
    kinds = tuple(Trouble)
    lives = []
    for place, office in enumerate(OFFICES[:sites]):
        when = 2 + place * (nights - 2) // sites  # never on the first night: nothing is there to lose yet
        lasting = 1 + place % 2
        troubles = {when + n: kinds[place % len(kinds)] for n in range(lasting) if when + n < nights}
        edited = 2 + (place * 7) % (nights - 2) if nights > 3 else 2
        published = 2 + (place * 5) % (nights - 2) if place % 3 == 0 else None
        lives.append(Life(office, edited, published, troubles))
    off = frozenset({nights // 2, nights // 2 + 1}) if nights > 6 else frozenset({2})
    killed = frozenset(range(4, nights, 5)) - off if nights > 6 else frozenset({3})
    return Month(nights, tuple(lives), off, killed)


class Archive:
    """A home with its sites, run through a month."""

    def __init__(self, home: Path, month: Month, sites: list[TroubledSite], *, disturbed: bool) -> None:
        home.mkdir()
        write_new(home, "https://example.org/crawler")
        for number, site in enumerate(sites):
            add_site(home, SiteSettings(name=f"site{number}", start=[site.url], delay=0, allow_private=True))
        create_catalogue(sqlite_url(home)).close()
        self.home = home
        self.month = month
        self.sites = sites
        self.disturbed = disturbed
        self.clock = SimulatedClock(BEGIN)

    def run(self) -> None:
        """Every night of the month; the machine goes off by day, and is off for the nights that say so."""
        night = 1
        while night <= self.month.nights:
            if self.disturbed and night in self.month.off:
                self.clock.now += DAY
                night += 1
                continue
            for site in self.sites:
                site.night = night
            self._one_night(self.disturbed and night in self.month.killed)
            night += 1

    def _one_night(self, kill: bool) -> None:
        ends = self.clock.now + DAY
        with closing_catalogue(self.home) as catalogue, apscheduler_by(self.clock):
            scheduler = SteppedScheduler(self.clock)
            heartbeat = Heartbeat.of(self.home, self.clock.now)
            daemon = Daemon(self._runner(catalogue, kill), [crawl(), report()], scheduler, heartbeat)
            daemon.start()
            scheduler.run_until(ends, self._turned)
            daemon.stop()
        self.clock.now = ends

    def _turned(self, now: datetime) -> None:
        shift = now - datetime.now(UTC)
        os.environ["SIMULATED_OFFSET"] = str(shift.total_seconds())

    def _runner(self, catalogue: Catalogue, kill: bool) -> Runner:
        self._turned(self.clock.now)
        program = [sys.executable, "-m", "nianbao.cli", "--home", str(self.home)]
        if kill:
            mark = self.home / "killed"
            mark.unlink(missing_ok=True)
            program = [sys.executable, str(Path(__file__).parent / "killed_once.py"), str(mark), *program]
        return Runner(catalogue, self.home, program, self.clock)


def crawl() -> JobPlan:
    return JobPlan(
        Job.CRAWL, Timetable("30 2 * * *", SHANGHAI), ("crawl", "--night"),
        Limits(timedelta(minutes=30), 4096), window=Window.parse("00:00-00:00"), tells_due=True,
    )  # fmt: skip


def report() -> JobPlan:
    limits = Limits(timedelta(minutes=30), 4096)
    return JobPlan(Job.REPORT, Timetable("0 8 * * *", SHANGHAI), ("night", "--close"), limits)


@contextmanager
def closing_catalogue(home: Path) -> Iterator[Catalogue]:
    catalogue = open_catalogue(sqlite_url(home))
    try:
        yield catalogue
    finally:
        catalogue.close()


@contextmanager
def month_of(tmp_path: Path, month: Month) -> Iterator[tuple[Archive, Archive]]:
    """The same sites twice: with all that happens to them, and with only what they publish."""
    calm = False
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", f"{CLOCK}{os.pathsep}{ROOT}")
        patch.setenv("SIMULATED_OFFSET", "0")
        sites = [stack.enter_context(TroubledSite(life, undisturbed=lambda: calm)) for life in month.lives]
        disturbed = Archive(tmp_path / "disturbed", month, sites, disturbed=True)
        disturbed.run()
        calm = True
        undisturbed = Archive(tmp_path / "undisturbed", month, sites, disturbed=False)
        undisturbed.run()
        yield disturbed, undisturbed


def ask(archive: Archive, query: str) -> list[tuple[object, ...]]:
    with closing_catalogue(archive.home) as catalogue, catalogue.reading() as session:
        return [tuple(row) for row in session.execute(text(query))]


REPORTS = "SELECT agency, year, status, url FROM reports ORDER BY agency, year"
FACTS = (
    "SELECT agency, year, table_code, row_code, column_code, value, state FROM facts "
    "ORDER BY agency, year, table_code, row_code, column_code"
)
CHANGES = (
    "SELECT agency, year, layer, cause, kind, table_code, row_code, column_code, old_value, new_value "
    "FROM changes WHERE cause = 'source' AND layer IN ('presence', 'field') AND flicker = {no} "
    "ORDER BY agency, year, layer, kind, table_code, row_code, column_code"
)
STARTS = "SELECT due_at, attempt, status FROM job_run WHERE job = 'crawl' ORDER BY due_at, attempt"


@pytest.mark.parametrize(
    ("nights", "sites"), [(4, 2), pytest.param(30, 20, marks=pytest.mark.faults)], ids=["short", "month"]
)
def test_a_disturbed_month_ends_as_an_undisturbed_one(tmp_path: Path, nights: int, sites: int) -> None:
    month = a_month(nights, sites)
    before = processes()  # other tests' database
    with month_of(tmp_path, month) as (disturbed, undisturbed):
        assert_each_night_once(disturbed, month)
        for query in (REPORTS, FACTS, CHANGES.format(no=0)):
            assert ask(disturbed, query) == ask(undisturbed, query)
        assert_alarms(disturbed, undisturbed, month)
        edits = [row for row in ask(disturbed, CHANGES.format(no=0)) if row[4] == "edited"]
        assert len(edits) == sum(life.edits for life in month.lives)
        assert {"/".join(map(str, row[5:8])) for row in edits} == {CELL}
        with closing_catalogue(disturbed.home) as catalogue:
            wrong: list[str] = []
            done = verify(
                catalogue, disturbed.home, all_files(disturbed.home), workers=1,
                progress=lambda one, size, total: wrong.extend(one.wrong),
            )  # fmt: skip
            assert [*wrong, *done.wrong] == []
    assert {p for p in processes() if p.status() != "zombie"} <= before


def processes() -> set[psutil.Process]:
    return set(psutil.Process().children(recursive=True))


def assert_each_night_once(archive: Archive, month: Month) -> None:
    """Nights with the machine were crawled to their end once; the others are told of as missed."""
    starts = ask(archive, STARTS)
    due = [(BEGIN + n * DAY).strftime("%Y-%m-%dT18:30:00Z") for n in range(month.nights)]
    for night, moment in enumerate(due, start=1):
        told = [(attempt, status) for at, attempt, status in starts if at == moment]
        if night in month.off:
            assert told == [(0, "missed")], night
        elif night in month.killed:
            assert told[:-1] == [(1, "interrupted")], night
            assert told[-1][0] == 2, night
            assert told[-1][1] in ("done", "failures"), night
        else:
            assert len(told) == 1, night
            assert told[0][1] in ("done", "failures"), night
    assert {at for at, _, _ in starts} == set(due)
    runs = ask(archive, "SELECT status, COUNT(*) FROM run WHERE kind = 'crawl' GROUP BY status")
    interrupted = dict(runs).get("interrupted", 0)
    assert interrupted <= len(month.killed)
    assert sum(n for _, n in runs) - interrupted == month.nights - len(month.off)


def assert_alarms(disturbed: Archive, undisturbed: Archive, month: Month) -> None:
    """Trouble is told of and over at the end; where there was none, nothing is told but what offices owe."""
    owed = {"agencies_overdue", "siblings_publish"}
    assert {kind for (kind,) in ask(undisturbed, "SELECT kind FROM alarm")} <= owed
    still = ask(disturbed, "SELECT kind, subject FROM alarm WHERE closed_at IS NULL")
    assert {kind for kind, _ in still} <= owed
    told = {subject for (subject,) in ask(disturbed, "SELECT subject FROM alarm WHERE kind = 'site_failed'")}
    for number, life in enumerate(month.lives):
        seen = {kind for night, kind in life.troubles.items() if night not in month.off}
        if seen & {Trouble.DOWN, Trouble.BROKEN}:
            assert f"site{number}" in told


def test_the_sites_of_a_home_are_what_the_month_says(tmp_path: Path) -> None:
    month = a_month(30, 20)
    assert {kind for life in month.lives for kind in life.troubles.values()} == set(Trouble)
    home = tmp_path / "home"
    Archive(home, month, [], disturbed=True)
    assert load_settings(home).site == []
