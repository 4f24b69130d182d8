"""A file that says that the schedule lives, and how each job went last, for others to watch.

``schedule.json`` in the home. It is written every minute, whole or not at all; of a schedule that died it
keeps what was true, with the moment of its last beat.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any

from archive.jobs import End, JobStatus, Last
from archive.times import from_iso, iso
from scheduler.plans import Job

log = logging.getLogger(__name__)
FILE_NAME = "schedule.json"
ALIVE, STOPPED = "alive", "stopped"


@dataclass
class Heartbeat:
    """What the file says. ``since`` is when a schedule first ran in this home: nothing was due before.

    ``due`` is when each job was last due, ``next`` when it will be; ``doing`` is the job that is being done.
    """

    path: Path
    since: datetime
    beat_at: datetime | None = None
    stopped: bool = False
    doing: Job | None = None
    listens: str | None = None
    next: dict[Job, datetime] = field(default_factory=dict)
    due: dict[Job, datetime] = field(default_factory=dict)
    last: dict[Job, Last] = field(default_factory=dict)
    _writing: Lock = field(default_factory=Lock, repr=False)

    @staticmethod
    def of(home: Path, now: datetime) -> Heartbeat:
        """The home's, going on from what the file says; a new one begins ``now``."""
        path = home / FILE_NAME
        try:
            return Heartbeat._told(path, json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return Heartbeat(path, now)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            log.warning("heartbeat", extra={"reason": f"{path} cannot be read, and is begun anew: {error!r}"})
            return Heartbeat(path, now)

    @staticmethod
    def _told(path: Path, told: dict[str, Any]) -> Heartbeat:
        return Heartbeat(
            path,
            from_iso(told["since"]),
            from_iso(told["beat_at"]),
            told["state"] == STOPPED,
            Job(told["doing"]) if told["doing"] else None,
            told["listens"],
            {Job(job): from_iso(at) for job, at in told["next"].items()},
            {Job(job): from_iso(at) for job, at in told["due"].items()},
            {Job(job): _last_of(one) for job, one in told["last"].items()},
        )

    def began(self, job: Job, now: datetime) -> None:
        self.doing = job
        self.beat(now, self.next)

    def ended(self, job: Job, due: datetime, end: End, now: datetime) -> None:
        """Take down how a job ended."""
        self.doing = None
        self.last = {**self.last, job: Last(due, now, end.status, end.reason)}
        self.beat(now, self.next)

    def learn(self, last: Mapping[str, Last]) -> None:
        """Take over what the catalogue knows: jobs are done by hand, too."""
        # a dict of its own each time: others read it meanwhile
        self.last = self.last | {Job(job): one for job, one in last.items() if job in set(Job)}

    def beat(self, now: datetime, next_times: Mapping[Job, datetime | None]) -> None:
        """The schedule lives, and knows when its jobs are due."""
        self.due = {job: at for job, at in self.due.items() if job in next_times}
        self.due |= {job: at for job, at in self.next.items() if job in next_times and at <= now}
        self.next = {job: at for job, at in next_times.items() if at is not None}
        self.beat_at = now
        self.stopped = False
        self._write()

    def rest(self) -> None:
        """The schedule was stopped by a person, or because the machine goes down."""
        if self.beat_at is None:
            return  # it never ran
        self.stopped = True
        self.doing = None
        self._write()

    def _write(self) -> None:
        told = {
            "state": STOPPED if self.stopped else ALIVE,
            "beat_at": iso(self.beat_at) if self.beat_at else None,
            "since": iso(self.since),
            "process": os.getpid(),
            "listens": self.listens,
            "doing": self.doing,
            "next": {job: iso(at) for job, at in self.next.items()},
            "due": {job: iso(at) for job, at in self.due.items()},
            "last": {job: _told_of(last) for job, last in self.last.items()},
        }
        new = self.path.with_suffix(".json.new")
        try:
            with self._writing:
                new.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
                new.replace(self.path)
        except OSError as error:  # a full disk: the beat that stays away says so to whoever watches
            log.error("heartbeat", extra={"reason": f"{self.path} cannot be written: {error.strerror}"})


def _told_of(last: Last) -> dict[str, str | None]:
    return {
        "due_at": iso(last.due),
        "finished_at": iso(last.finished),
        "status": str(last.status),
        "reason": last.reason,
    }


def _last_of(told: dict[str, Any]) -> Last:
    status = JobStatus(told["status"])
    return Last(from_iso(told["due_at"]), from_iso(told["finished_at"]), status, told["reason"])
