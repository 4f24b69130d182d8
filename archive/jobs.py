"""What the scheduler started, as rows: begun, ended, missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Select, func, select

from archive.catalogue.engine import Catalogue
from archive.catalogue.models import JobRun, Run, Site, SiteRun
from archive.runs import RunStatus
from archive.times import Clock, from_iso, iso, utc_now


class JobStatus(StrEnum):
    """How a start of a job stands or ended."""

    RUNNING = "running"
    DONE = "done"
    FAILURES = "failures"
    """Done, with failures that its output names."""
    FAILED = "failed"
    """It could not do its work at all."""
    INTERRUPTED = "interrupted"
    """Its process was ended before it was done."""
    OVERRUN = "overrun"
    """It was stopped at its limit of time or memory."""
    MISSED = "missed"
    """It was due and not started."""


UNFINISHED = (JobStatus.INTERRUPTED, JobStatus.FAILED)
"""What is worth another try on the same night."""


@dataclass(frozen=True, slots=True)
class Start:
    """One start of a job. ``due`` is aware and in UTC; ``process`` is a name that the scheduler gave."""

    job_run_id: int
    job: str
    due: datetime
    attempt: int
    status: JobStatus
    process: str | None


@dataclass(frozen=True, slots=True)
class End:
    """How a start ended. ``cpu_seconds`` and ``peak_mb`` are those of the job with all its processes."""

    status: JobStatus
    exit_code: int | None = None
    reason: str | None = None
    cpu_seconds: float | None = None
    peak_mb: int | None = None


def begin_job(
    catalogue: Catalogue, job: str, due: datetime, attempt: int, log_file: str, clock: Clock = utc_now
) -> int:
    """Add the row of a job that is being started; its id."""
    with catalogue.writing() as session:
        row = JobRun(
            job=job,
            due_at=iso(due),
            attempt=attempt,
            started_at=iso(clock()),
            status=JobStatus.RUNNING,
            log_file=log_file,
        )
        session.add(row)
        session.flush()
        return row.job_run_id


def note_process(catalogue: Catalogue, job_run_id: int, process: str) -> None:
    """Take down which process does the job."""
    with catalogue.writing() as session:
        session.get_one(JobRun, job_run_id).process = process


def end_job(catalogue: Catalogue, job_run_id: int, end: End, clock: Clock = utc_now) -> None:
    with catalogue.writing() as session:
        row = session.get_one(JobRun, job_run_id)
        row.finished_at = iso(clock())
        row.status = end.status
        row.exit_code = end.exit_code
        row.reason = end.reason
        row.cpu_seconds = end.cpu_seconds
        row.peak_mb = end.peak_mb


def note_missed(catalogue: Catalogue, job: str, dues: Sequence[datetime], reason: str) -> None:
    """Take down that the job was not started when it was due."""
    with catalogue.writing() as session:
        for due in dues:
            session.add(JobRun(job=job, due_at=iso(due), attempt=0, status=JobStatus.MISSED, reason=reason))


def last_start(catalogue: Catalogue, job: str) -> Start | None:
    """The newest start of the job, or what was missed after it."""
    query = (
        select(JobRun)
        .where(JobRun.job == job)
        .order_by(JobRun.due_at.desc(), JobRun.attempt.desc(), JobRun.job_run_id.desc())
        .limit(1)
    )
    with catalogue.reading() as session:
        row = session.scalar(query)
        return _start(row) if row is not None else None


@dataclass(frozen=True, slots=True)
class Last:
    """How the last start of a job ended, or that it was missed."""

    due: datetime
    finished: datetime
    status: JobStatus
    reason: str | None


def last_ends(catalogue: Catalogue) -> dict[str, Last]:
    """Of each job what was last taken down as ended or missed."""
    newest = (
        select(func.max(JobRun.job_run_id)).where(JobRun.status != JobStatus.RUNNING).group_by(JobRun.job)
    )
    with catalogue.reading() as session:
        rows = session.scalars(select(JobRun).where(JobRun.job_run_id.in_(newest)))
        return {
            row.job: Last(
                from_iso(row.due_at),
                from_iso(row.finished_at or row.due_at),
                JobStatus(row.status),
                row.reason,
            )
            for row in rows
        }


def open_starts(catalogue: Catalogue) -> list[Start]:
    """Those that nobody has ended."""
    query = select(JobRun).where(JobRun.status == JobStatus.RUNNING).order_by(JobRun.job_run_id)
    with catalogue.reading() as session:
        return [_start(row) for row in session.scalars(query)]


def finished_sites(catalogue: Catalogue, names: Sequence[str], since: datetime) -> set[str]:
    """Those of the sites that a crawl which began at ``since`` or later went through to its end."""
    query = (
        select(Site.name)
        .join(SiteRun, SiteRun.site_id == Site.site_id)
        .join(Run, Run.run_id == SiteRun.run_id)
        .where(Run.kind == "crawl", Run.started_at >= iso(since), SiteRun.status != RunStatus.INTERRUPTED)
    )
    with catalogue.reading() as session:
        return set(session.scalars(query)) & set(names)


def crawl_unfinished(catalogue: Catalogue, since: datetime) -> str | None:
    """Why the crawls that began at ``since`` or later are not through; None when they are."""
    newest = _crawls(since).order_by(Run.run_id.desc()).limit(1)
    with catalogue.reading() as session:
        run = session.scalar(newest)
    if run is not None and run.status in (RunStatus.RUNNING, RunStatus.INTERRUPTED):
        return f"run {run.run_id} was interrupted"
    return _told(catalogue, since, RunStatus.INTERRUPTED)


def crawl_failures(catalogue: Catalogue, since: datetime) -> str | None:
    """Which sites failed in the crawls that began at ``since`` or later; None when none did."""
    return _told(catalogue, since, RunStatus.FAILED)


def _told(catalogue: Catalogue, since: datetime, wanted: RunStatus) -> str | None:
    """The sites whose last crawl since then ended so."""
    query = (
        select(Site.name, SiteRun.status)
        .join(Site, Site.site_id == SiteRun.site_id)
        .where(SiteRun.run_id.in_(_crawls(since).with_only_columns(Run.run_id)))
        .order_by(SiteRun.site_run_id)
    )
    with catalogue.reading() as session:
        last = {row.name: row.status for row in session.execute(query)}
    names = sorted(name for name, status in last.items() if status == wanted)
    return f"{wanted}: {', '.join(names)}" if names else None


def _crawls(since: datetime) -> Select[Run]:
    return select(Run).where(Run.kind == "crawl", Run.started_at >= iso(since))


def _start(row: JobRun) -> Start:
    return Start(
        row.job_run_id, row.job, from_iso(row.due_at), row.attempt, JobStatus(row.status), row.process
    )
