"""What a schedule finds when it starts: jobs that a crash, a kill or a reboot left open."""

from __future__ import annotations

import logging
from pathlib import Path

from archive.catalogue.engine import Catalogue
from archive.jobs import End, JobStatus, Start, end_job, open_starts
from archive.mend import mend
from archive.times import Clock, utc_now
from scheduler.locks import Taken, file_lock
from scheduler.processes import PATIENCE_SECONDS, boot_id, end_named

log = logging.getLogger(__name__)


def recover(
    catalogue: Catalogue, home: Path, clock: Clock = utc_now, patience: float = PATIENCE_SECONDS
) -> list[Start]:
    """Close what nobody is doing any more, end what is left of its processes, and put the archive right.

    Can be stopped anywhere and run again.
    """
    dead = [one for one in open_starts(catalogue) if _close(catalogue, home, one, clock, patience)]
    if dead:
        done = mend(catalogue, home)
        log.info("mended", extra={"cuts": len(done.cuts), "rows": done.rows, "runs": done.runs})
    return dead


def _close(catalogue: Catalogue, home: Path, start: Start, clock: Clock, patience: float) -> bool:
    try:
        with file_lock(home, lock_of(start.job)):
            reason = _how_it_died(start, patience)
            end_job(catalogue, start.job_run_id, End(JobStatus.INTERRUPTED, reason=reason), clock)
    except Taken:
        return False  # `schedule now` is doing it
    log.warning("closed", extra={"job": start.job, "job_run": start.job_run_id, "reason": reason})
    return True


def _how_it_died(start: Start, patience: float) -> str:
    if start.process is None:
        return "the schedule died before it had started the job"
    if start.process.split()[0] != boot_id():
        return "the machine was restarted"
    lived = end_named(start.process, patience)
    return "the schedule died" + (", and its job was ended after it" if lived else "")


def lock_of(job: str) -> str:
    """The name of the lock that whoever runs the job holds."""
    return f"job-{job}"
