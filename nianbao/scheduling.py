"""The jobs of a home, as its settings have them."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from nianbao.schedule_settings import OFF, JobSettings, ScheduleSettings
from nianbao.settings import Settings
from scheduler.plans import Job, JobPlan, Limits, Timetable
from scheduler.window import Window

_CRAWL = ("crawl", "--night")
_LISTINGS = (*_CRAWL, "--explore")


def plans_of(settings: Settings) -> list[JobPlan]:
    """Every job that is not off; a backup needs somewhere to go."""
    schedule = settings.schedule
    audit = ("verify", "--within", str(schedule.audit.within_days))
    backup = ("backup", schedule.backup.to or "", "--keep", str(schedule.backup.keep))
    jobs: tuple[tuple[Job, JobSettings, tuple[str, ...]], ...] = (
        (Job.CRAWL, schedule.crawl, _CRAWL),
        (Job.LISTINGS, schedule.listings, _LISTINGS),
        (Job.PARSE, schedule.parse, ("parse", "--stale")),
        (Job.AUDIT, schedule.audit, audit),
        (Job.BACKUP, schedule.backup, backup),
        (Job.REPORT, schedule.report, ("night", "--close")),
    )
    window = Window.parse(settings.window)
    return [
        _plan(schedule, job, its, words, window if words[0] == "crawl" else None)
        for job, its, words in jobs
        if its.cron != OFF and (job is not Job.BACKUP or schedule.backup.to)
    ]


def _plan(
    schedule: ScheduleSettings, job: Job, its: JobSettings, words: tuple[str, ...], window: Window | None
) -> JobPlan:
    return JobPlan(
        job,
        Timetable(its.cron, ZoneInfo(schedule.zone)),
        words,
        Limits(timedelta(minutes=its.max_minutes), its.memory_mb),
        jitter=timedelta(minutes=schedule.jitter_minutes),
        grace=timedelta(hours=schedule.misfire_hours),
        window=window,
        retries=schedule.retries,
        retry_after=timedelta(minutes=schedule.retry_minutes),
        tells_due=window is not None,
    )


def program(home: Path) -> tuple[str, ...]:
    """The command line of this very installation, over the home."""
    return (sys.executable, "-P", "-m", "nianbao.cli", "--home", str(home))
