"""Whether the schedule is well, as its heartbeat tells. Pure: whoever reads the file can watch it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from archive.jobs import JobStatus
from scheduler.heartbeat import Heartbeat
from scheduler.plans import Job

QUIET = timedelta(minutes=5)
"""A heartbeat that is older has stopped: it beats every minute."""
BEGUN = timedelta(hours=5)
"""So long after its time a crawl has begun, even where it is begun late by chance."""
LEAST_FREE_BYTES = 1_000_000_000
NIGHTLY = (Job.CRAWL, Job.LISTINGS)
_WELL = (JobStatus.DONE, JobStatus.FAILURES, JobStatus.RUNNING)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong, in one line, and what to do."""

    what: str
    fix: str


def troubles(beat: Heartbeat, now: datetime) -> list[Trouble]:
    """Everything that is wrong with the schedule itself and with the last night."""
    found = []
    if beat.beat_at is None:
        return [Trouble("the schedule has never run", "start it: nianbao schedule run")]
    if beat.stopped:
        found.append(Trouble("the schedule was stopped", "start it again: nianbao schedule run"))
    elif now - beat.beat_at > QUIET:
        fix = "look whether it runs; its log is logs/schedule.jsonl"
        since = f"{beat.beat_at:%Y-%m-%d %H:%M} UTC"
        found.append(Trouble(f"the schedule has not been heard of since {since}", fix))
    return [*found, *_last_night(beat, now)]


def _last_night(beat: Heartbeat, now: datetime) -> list[Trouble]:
    dues = [beat.due[job] for job in NIGHTLY if job in beat.due]
    if not dues:
        return []
    due = max(dues)
    known = [one for job in NIGHTLY if (one := beat.last.get(job)) is not None]
    newest = max(known, key=lambda one: one.due, default=None)
    if newest is None or newest.due < due:
        doing = beat.doing in NIGHTLY
        if now - due < BEGUN or doing:
            return []
        fix = "nianbao schedule now crawl does it; `nianbao schedule history` and the schedule's log say more"
        return [Trouble(f"the night of {due:%Y-%m-%d %H:%M} UTC did not run", fix)]
    if newest.status in _WELL:
        return []
    reason = f": {newest.reason}" if newest.reason else ""
    return [
        Trouble(
            f"the night of {newest.due:%Y-%m-%d %H:%M} UTC ended as {newest.status}{reason}",
            "nianbao schedule history names its log; nianbao schedule now crawl goes on with it",
        )
    ]
