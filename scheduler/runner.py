"""Runs one start of a job: a process within its limits, its row, its log."""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

from archive.catalogue.engine import Catalogue
from archive.jobs import End, JobStatus, begin_job, crawl_failures, crawl_unfinished, end_job, note_process
from archive.times import Clock, compact, utc_now
from scheduler.locks import file_lock
from scheduler.plans import JobPlan
from scheduler.processes import PATIENCE_SECONDS, Cut, Ran, run_limited
from scheduler.recovery import lock_of

log = logging.getLogger(__name__)
LOGS = Path("logs") / "jobs"
DATABASE_SECONDS = 10.0
"""How long to wait before a database that could not be reached is tried again."""
_TAIL_BYTES = 16_000
_CRASHED = "Traceback (most recent call last):"
_DONE, _DONE_WITH_FAILURES = 0, 1
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Runner:
    """``program`` is the command line with the home, to which a job's arguments are added.

    ``patience``: how many seconds a job may take to end by itself.
    """

    catalogue: Catalogue
    home: Path
    program: Sequence[str]
    clock: Clock = utc_now
    patience: float = PATIENCE_SECONDS

    def run(self, plan: JobPlan, due: datetime, attempt: int, stop: Event) -> End:
        """Do the job and take down how it ended.

        Raises :class:`scheduler.locks.Taken` if another process is doing it.
        """
        file = LOGS / f"{compact(self.clock())}-{plan.job}-{attempt}.log"
        with file_lock(self.home, lock_of(plan.job)):
            number = self._insist(
                stop,
                lambda: begin_job(self.catalogue, plan.job, due, attempt, file.as_posix(), self.clock),
            )
            if number is None:
                return End(JobStatus.INTERRUPTED, reason="the database could not be reached")
            about = {"job": str(plan.job), "job_run": number, "attempt": attempt}
            log.info("started", extra={**about, "due": due.isoformat(), "log_file": file.as_posix()})

            def started(process: str) -> None:
                self._insist(stop, lambda: note_process(self.catalogue, number, process))

            command = (*self.program, *plan.command(due))
            ran = run_limited(command, plan.limits, self.home / file, stop, started, patience=self.patience)
            end = self._end_of(plan, due, ran, self.home / file, stop)
            self._insist(stop, lambda: end_job(self.catalogue, number, end, self.clock))
            log.info("ended", extra={**about, "status": str(end.status), "reason": end.reason})
        return end

    def _end_of(self, plan: JobPlan, due: datetime, ran: Ran, file: Path, stop: Event) -> End:
        status, reason = _judged(ran, file)
        if plan.tells_due and status in (JobStatus.DONE, JobStatus.FAILURES):
            left = self._insist(stop, lambda: crawl_unfinished(self.catalogue, due))
            if left:
                status, reason = JobStatus.INTERRUPTED, left
            elif status is JobStatus.FAILURES:
                reason = self._insist(stop, lambda: crawl_failures(self.catalogue, due)) or reason
        return End(status, ran.exit_code, reason, round(ran.cpu_seconds, 2), ran.peak_mb)

    def _insist(self, stop: Event, step: Callable[[], _Result]) -> _Result | None:
        """Try until the database answers; None when the schedule is stopped before it does."""
        while True:
            try:
                return step()
            except DBAPIError as error:
                log.warning("database", extra={"reason": str(error.orig).strip().partition("\n")[0]})
                if stop.wait(DATABASE_SECONDS):
                    return None


def _judged(ran: Ran, file: Path) -> tuple[JobStatus, str | None]:
    if ran.cut is Cut.STOP:
        return JobStatus.INTERRUPTED, ran.cut.value
    if ran.cut is not None:
        return JobStatus.OVERRUN, ran.cut.value
    if ran.exit_code == _DONE:
        return JobStatus.DONE, None
    if ran.exit_code < 0 or ran.exit_code > 128:
        number = -ran.exit_code if ran.exit_code < 0 else ran.exit_code - 128
        return JobStatus.INTERRUPTED, f"it was ended by {_signal_name(number)}"
    told = _tail(file)
    well = ran.exit_code == _DONE_WITH_FAILURES and _CRASHED not in told  # Python ends so with 1 too
    return JobStatus.FAILURES if well else JobStatus.FAILED, told[-1] if told else "it printed nothing"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _tail(file: Path) -> list[str]:
    """The last lines that hold anything."""
    with file.open("rb") as printed:
        printed.seek(max(0, file.stat().st_size - _TAIL_BYTES))
        lines = printed.read().decode("utf-8", "replace").split("\n")
    return [line.strip() for line in lines if line.strip()]
