"""Nights of a schedule: its clock is the test's, its jobs are real processes that do as they are told."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from zoneinfo import ZoneInfo

import pytest
from apscheduler.schedulers.blocking import BlockingScheduler
from sqlalchemy import select, text
from stepped import SimulatedClock, SteppedScheduler, apscheduler_by

from archive.catalogue.engine import Catalogue
from archive.catalogue.models import JobRun
from archive.jobs import JobStatus, begin_job, note_process
from archive.runs import (
    RunStatus,
    SiteIdentity,
    close_run,
    note_site_run,
    open_run,
    site_row,
)
from scheduler.daemon import Daemon, executors
from scheduler.health import troubles
from scheduler.heartbeat import Heartbeat
from scheduler.locks import ScheduleLock, Taken
from scheduler.plans import Job, JobPlan, Limits, Timetable
from scheduler.processes import name_of
from scheduler.runner import Runner
from scheduler.window import Window

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)
NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
JOB = """
import json, os, signal, sys
from pathlib import Path
home, *words = sys.argv[1:]
told = Path(home, "told.json")
orders = json.loads(told.read_text()) if told.exists() else []
order = orders.pop(0) if orders else 0
told.write_text(json.dumps(orders))
with Path(home, "done").open("a") as done:
    done.write(" ".join(words) + "\\n")
print("it said so")
if order == "kill":
    os.kill(os.getpid(), signal.SIGKILL)
if order == "crash":
    raise ValueError(order)
sys.exit(order)
"""


def crawl(cron: str = "30 2 * * *", window: str = "00:00-00:00") -> JobPlan:
    return JobPlan(
        Job.CRAWL, Timetable(cron, SHANGHAI), ("crawl", "--night"), Limits(timedelta(minutes=5), 500),
        window=Window.parse(window), tells_due=True,
    )  # fmt: skip


def audit() -> JobPlan:
    limits = Limits(timedelta(minutes=5), 500)
    return JobPlan(Job.AUDIT, Timetable("0 13 * * *", SHANGHAI), ("verify",), limits)


class Nights:
    """A home with a schedule that can be stopped and started again."""

    def __init__(self, catalogue: Catalogue, home: Path) -> None:
        self.catalogue = catalogue
        self.home = home
        self.clock = SimulatedClock(NOON)
        self.plans: tuple[JobPlan, ...] = (crawl(),)

    @contextmanager
    def schedule(self) -> Iterator[SteppedScheduler]:
        program = (sys.executable, "-c", JOB, str(self.home))
        runner = Runner(self.catalogue, self.home, program, self.clock, patience=5.0)
        scheduler = SteppedScheduler(self.clock)
        with apscheduler_by(self.clock):
            daemon = Daemon(runner, self.plans, scheduler, Heartbeat.of(self.home, self.clock.now))
            daemon.start()
            yield scheduler
            daemon.stop()

    def run(self, days: float) -> None:
        with self.schedule() as scheduler:
            scheduler.run_until(self.clock.now + days * DAY)

    def tell(self, *orders: int | str) -> None:
        (self.home / "told.json").write_text(json.dumps(orders))

    def done(self) -> list[str]:
        path = self.home / "done"
        return path.read_text().splitlines() if path.exists() else []

    def rows(self) -> list[tuple[str, str, int, str]]:
        query = select(JobRun).order_by(JobRun.job_run_id)
        with self.catalogue.reading() as session:
            return [(r.job, r.due_at, r.attempt, r.status) for r in session.scalars(query)]


def test_each_night_is_crawled_once(catalogue: Catalogue, home: Path) -> None:
    nights = Nights(catalogue, home)
    nights.plans = (crawl(), audit())
    nights.run(3)
    nights.run(2.5)  # stopped and started again in the middle of the day
    crawls = [row for row in nights.rows() if row[0] == "crawl"]
    assert [(due, attempt, status) for _, due, attempt, status in crawls] == [
        (f"2026-11-{day}T18:30:00Z", 1, "done") for day in (20, 21, 22, 23, 24)
    ]
    assert len(nights.rows()) == len(crawls) + 6
    assert nights.done()[1] == "crawl --night --unfinished-since 2026-11-20T18:30:00Z"


def test_nights_without_the_machine_are_told_of(catalogue: Catalogue, home: Path) -> None:
    nights = Nights(catalogue, home)
    nights.run(1)
    nights.clock.now += 3 * DAY - timedelta(hours=8)  # until 04:00 in Shanghai
    nights.run(0.1)
    assert [row[1:] for row in nights.rows()] == [
        ("2026-11-20T18:30:00Z", 1, "done"),
        ("2026-11-21T18:30:00Z", 0, "missed"),
        ("2026-11-22T18:30:00Z", 0, "missed"),
        ("2026-11-23T18:30:00Z", 1, "done"),
    ]
    nights.clock.now += 2 * DAY + timedelta(hours=14)  # past the grace
    nights.run(0.1)
    assert [row[3] for row in nights.rows()[4:]] == ["missed", "missed"]
    assert len(nights.done()) == 2


def test_a_job_that_was_killed_is_started_again_on_the_same_night(catalogue: Catalogue, home: Path) -> None:
    nights = Nights(catalogue, home)
    nights.tell("kill", 2, 0)
    nights.run(2)
    due = "2026-11-20T18:30:00Z"
    assert [row[1:] for row in nights.rows()] == [
        (due, 1, "interrupted"),
        (due, 2, "failed"),
        (due, 3, "done"),
        ("2026-11-21T18:30:00Z", 1, "done"),
    ]


def test_a_job_that_never_works_is_left_alone_until_the_next_night(catalogue: Catalogue, home: Path) -> None:
    nights = Nights(catalogue, home)
    nights.tell(*[2] * 9)
    nights.run(2)
    assert [row[2:] for row in nights.rows()] == [(n, "failed") for n in (1, 2, 3, 4, 1, 2, 3, 4)]


def test_a_job_done_with_failures_is_not_done_again(catalogue: Catalogue, home: Path) -> None:
    nights = Nights(catalogue, home)
    nights.tell(1)
    nights.run(1)
    assert [row[3] for row in nights.rows()] == ["failures"]
    beat = Heartbeat.of(home, nights.clock.now)
    assert (beat.last[Job.CRAWL].status, beat.last[Job.CRAWL].reason) == ("failures", "it said so")
    assert beat.next == {Job.CRAWL: datetime(2026, 11, 21, 18, 30, tzinfo=UTC)}
    assert beat.stopped


def test_a_job_that_crashed_is_tried_again(catalogue: Catalogue, home: Path) -> None:
    nights = Nights(catalogue, home)
    nights.tell("crash", 0)
    nights.run(1)
    assert [row[2:] for row in nights.rows()] == [(1, "failed"), (2, "done")]


def test_a_crawl_whose_run_was_left_open_is_gone_on_with(catalogue: Catalogue, home: Path) -> None:
    """Exit codes do not tell of a crawl that the database's end cut off; its run does."""
    nights = Nights(catalogue, home)
    with nights.schedule() as scheduler:
        scheduler.run_until(NOON + timedelta(hours=14))
        nights.clock.now = datetime(2026, 11, 20, 18, 31, tzinfo=UTC)
        open_run(catalogue, "crawl", nights.clock)
        scheduler.run_until(nights.clock.now + timedelta(minutes=5))
    assert nights.rows()[0][3] == "interrupted"


def test_what_a_dead_schedule_left_is_closed_and_gone_on_with(catalogue: Catalogue, home: Path) -> None:
    nights = Nights(catalogue, home)
    nights.run(0.1)
    nights.clock.now = datetime(2026, 11, 20, 19, tzinfo=UTC)
    due = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)
    number = begin_job(catalogue, "crawl", due, 1, "logs/x", nights.clock)
    note_process(catalogue, number, name_of(1).replace(" 1 ", " 999999 "))
    nights.run(0.1)
    assert [row[2:] for row in nights.rows()] == [(1, JobStatus.INTERRUPTED), (2, JobStatus.DONE)]


def test_a_machine_that_was_restarted(catalogue: Catalogue, home: Path) -> None:
    nights = Nights(catalogue, home)
    nights.run(0.1)
    nights.clock.now = datetime(2026, 11, 20, 19, tzinfo=UTC)
    number = begin_job(catalogue, "crawl", datetime(2026, 11, 20, 18, 30, tzinfo=UTC), 1, "x", nights.clock)
    note_process(catalogue, number, "another-boot 1 7")
    nights.run(0.1)
    with catalogue.reading() as session:
        assert session.get_one(JobRun, number).reason == "the machine was restarted"
    assert [row[2:] for row in nights.rows()] == [(1, JobStatus.INTERRUPTED), (2, JobStatus.DONE)]


def test_a_job_that_was_done_by_hand_makes_the_night_well(catalogue: Catalogue, home: Path) -> None:
    nights = Nights(catalogue, home)
    nights.tell(*[2] * 9)
    nights.run(1)
    assert troubles(Heartbeat.of(home, nights.clock.now), nights.clock.now)[-1].what.endswith("it said so")
    nights.tell(0)
    Runner(catalogue, home, (sys.executable, "-c", JOB, str(home)), nights.clock).run(
        crawl(), nights.clock.now, 1, Event()
    )
    with nights.schedule():
        pass
    (left,) = troubles(Heartbeat.of(home, nights.clock.now), nights.clock.now)
    assert left.what == "the schedule was stopped"


def test_a_crawl_with_failures_says_of_which_sites(catalogue: Catalogue, home: Path) -> None:
    nights = Nights(catalogue, home)
    nights.tell(1)
    with nights.schedule() as scheduler:
        scheduler.run_until(NOON + timedelta(hours=14))
        nights.clock.now = datetime(2026, 11, 20, 18, 31, tzinfo=UTC)
        run = open_run(catalogue, "crawl", nights.clock)
        for name, status in (("b", RunStatus.FAILED), ("a", RunStatus.FAILED), ("c", RunStatus.DONE)):
            site = site_row(catalogue, SiteIdentity(name, None, None, ()))
            note_site_run(catalogue, run, site, status, None, nights.clock)
        close_run(catalogue, run, RunStatus.DONE, nights.clock)
        scheduler.run_until(nights.clock.now + timedelta(minutes=5))
    with catalogue.reading() as session:
        assert session.scalars(select(JobRun.reason)).all() == ["failed: a, b"]


def test_two_schedules_do_not_work_on_one_database(catalogue: Catalogue, home: Path, tmp_path: Path) -> None:
    """Of two homes, as on two machines; on SQLite the catalogue is in one home, whose file is locked."""
    first = ScheduleLock(catalogue)
    assert first.hold()
    nights = Nights(catalogue, home)
    if catalogue.is_sqlite:
        nights.run(0.1)
    else:
        with pytest.raises(Taken):
            nights.run(0.1)
    first.close()
    nights.run(0.1)


def test_a_schedule_whose_database_another_took_ends(catalogue: Catalogue, home: Path) -> None:
    if catalogue.is_sqlite:
        return  # no server whose restart makes it forget a lock
    nights = Nights(catalogue, home)
    other = ScheduleLock(catalogue)
    with nights.schedule() as scheduler:
        with catalogue.reading() as session:
            mine = "datname = current_database() AND pid <> pg_backend_pid()"
            session.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {mine}"))
        deadline = time.monotonic() + 30
        while not other.hold():  # the server ends a session when it comes to it
            assert time.monotonic() < deadline
        scheduler.run_until(NOON + DAY)
        assert not scheduler.running
    other.close()
    assert nights.done() == []


def test_a_schedule_whose_database_another_took_is_no_success(
    catalogue: Catalogue, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends by itself; its service would not be started again if it said that all was well."""
    held = iter((True, True))
    monkeypatch.setattr(ScheduleLock, "hold", lambda _self: next(held, False))
    runner = Runner(catalogue, home, (sys.executable, "-c", JOB, str(home)))
    now = datetime.now(UTC)
    daemon = Daemon(runner, (), BlockingScheduler(executors=executors()), Heartbeat.of(home, now))
    with pytest.raises(Taken, match="another schedule"):
        daemon.start()
    daemon.stop()
