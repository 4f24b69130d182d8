"""What is to be done when: jobs with their times and limits. Pure; moments come as arguments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

from archive.jobs import UNFINISHED, Start
from archive.times import iso
from scheduler.window import Window


class Job(StrEnum):
    """What the schedule can do."""

    CRAWL = "crawl"
    LISTINGS = "listings"
    PARSE = "parse"
    AUDIT = "audit"
    BACKUP = "backup"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one start of a job, with all its processes."""

    time: timedelta
    memory_mb: int


@dataclass(frozen=True, slots=True)
class Timetable:
    """When something is due: the five fields of cron, in a zone."""

    cron: str
    zone: ZoneInfo

    def between(self, after: datetime, until: datetime) -> list[datetime]:
        """Every moment later than ``after`` and not later than ``until`` (aware), in UTC, oldest first."""
        return list(self._between(after, until))

    def next(self, after: datetime) -> datetime | None:
        """The first moment later than ``after``; None where the fields name a day that never comes.

        Where clocks are put back an hour comes twice: what is due in it is due the first time alone. Where
        they are put forward, what is due in the hour left out is due an hour later by the clock.
        """
        trigger = CronTrigger.from_crontab(self.cron, timezone=self.zone)
        after = after.astimezone(UTC)
        while True:
            found: datetime | None = trigger.get_next_fire_time(None, after + timedelta(microseconds=1))
            if found is None:
                return None
            after = found.astimezone(UTC)
            if not after.astimezone(self.zone).fold:
                return after

    def trigger(self, jitter: timedelta = timedelta(0)) -> BaseTrigger:
        """For APScheduler; up to ``jitter`` later, by chance."""
        return _WhenDue(self, jitter)

    def _between(self, after: datetime, until: datetime) -> Iterator[datetime]:
        moment = self.next(after)
        while moment is not None and moment <= until:
            yield moment
            moment = self.next(moment)


class _WhenDue(BaseTrigger):  # type: ignore[misc]
    """APScheduler's own for crons fires without end, if it has a jitter, in an hour that comes twice."""

    def __init__(self, timetable: Timetable, jitter: timedelta) -> None:
        self._timetable = timetable
        self._jitter = int(jitter.total_seconds())

    def get_next_fire_time(self, _previous: datetime | None, now: datetime) -> datetime | None:
        due = self._timetable.next(now)
        later: datetime | None = self._apply_jitter(due, self._jitter, now)
        return later


def check_cron(text: str) -> str:
    """``text`` if it is five fields of cron that ever come true. Raises ValueError."""
    fields = text.split()
    if len(fields) != 5:
        raise ValueError(f"{text!r} is not five fields of cron; write it like 30 2 * * *")
    if re.search(r"\d", fields[4]):
        # cron counts from Sunday, APScheduler from Monday
        raise ValueError(f"{text!r}: write days of the week as mon, tue, … sun, not as numbers")
    if Timetable(text, ZoneInfo("UTC")).next(datetime(2026, 1, 1, tzinfo=UTC)) is None:
        raise ValueError(f"{text!r} names a day that never comes")
    return text


@dataclass(frozen=True, slots=True)
class JobPlan:
    """One job: when, for how long it may be late, and how it is run.

    ``arguments`` are those of the command line. ``window`` bounds jobs that ask sites. An interrupted start
    is tried again up to ``retries`` times, each time ``retry_after`` later. ``tells_due`` hands the moment
    at which the job was due to it, by which it knows what an earlier try has done.
    """

    job: Job
    timetable: Timetable
    arguments: tuple[str, ...]
    limits: Limits
    jitter: timedelta = timedelta(0)
    grace: timedelta = timedelta(hours=12)
    window: Window | None = None
    retries: int = 3
    retry_after: timedelta = timedelta(minutes=10)
    tells_due: bool = False

    def command(self, due: datetime) -> tuple[str, ...]:
        return (*self.arguments, "--unfinished-since", iso(due)) if self.tells_due else self.arguments

    def stands(self, due: datetime, now: datetime) -> bool:
        """Whether the hours in which the job that was due then may still be done are not over."""
        if self.window is None:
            return now - due <= self.grace
        closes = self.window.closes_at(now)
        return closes is not None and closes == self.window.closes_at(due)

    def late(self, due: datetime, now: datetime) -> str | None:
        """Why a job that was due then is not begun any more; None when it is."""
        if now - due > self.grace:
            return "nothing ran then, and its misfire grace was over when the schedule could start it"
        if self.window is not None and not self.stands(due, now):
            return "the window of hours in which it may ask sites was shut"
        return None


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do about one job now: start it for ``due`` as this ``attempt``, and note what was missed."""

    due: datetime | None
    attempt: int
    missed: tuple[datetime, ...]
    reason: str


NOTHING = Decision(None, 0, (), "")


def decide(plan: JobPlan, last: Start | None, since: datetime, now: datetime) -> Decision:
    """What the plan asks for at ``now``, when ``last`` was its newest start and none is running.

    Of several moments that passed only the newest is made up for. ``since`` is when the schedule first ran:
    nothing was due before.
    """
    dues = plan.timetable.between(last.due if last is not None else since, now)
    if dues:
        reason = plan.late(dues[-1], now)
        if reason is None:
            return Decision(dues[-1], 1, tuple(dues[:-1]), "a later one came before the schedule ran again")
        return Decision(None, 0, tuple(dues), reason)
    if last is not None and last.status in UNFINISHED and last.attempt <= plan.retries:
        return Decision(last.due, last.attempt + 1, (), "") if plan.stands(last.due, now) else NOTHING
    return NOTHING
