"""Runs and sites as rows: opened, closed, and how each site went."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from tempfile import NamedTemporaryFile

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from archive.catalogue.engine import Catalogue
from archive.catalogue.models import Capture, Resource, Run, Site, SiteRun
from archive.notes import RunNotes
from archive.times import Clock, iso, utc_now

LOCKS = "locks"
_RECENT_RUNS = 20
DIED = "the process of the run ended before its crawl was done"


class RunStatus(StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class SiteIdentity:
    """What the settings say of a site; ``division`` is its GB/T 2260 code."""

    name: str
    title: str | None
    division: str | None
    start: tuple[str, ...]


def open_run(catalogue: Catalogue, kind: str, clock: Clock = utc_now) -> int:
    with catalogue.writing() as session:
        run = Run(kind=kind, started_at=iso(clock()), status=RunStatus.RUNNING)
        session.add(run)
        session.flush()
        return run.run_id


@dataclass
class Running:
    """A run while it lasts; ``status`` is what it ends with."""

    run_id: int
    status: RunStatus = RunStatus.INTERRUPTED


@contextmanager
def running(catalogue: Catalogue, home: Path, kind: str, clock: Clock = utc_now) -> Iterator[Running]:
    """A run from its beginning to its end, however it ends.

    While this lasts the process holds the lock of a file of the run, which is how others know that it lives.
    """
    folder = home / LOCKS
    folder.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=folder, prefix="opening-", delete=False) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        run = Running(open_run(catalogue, kind, clock))
        path = Path(lock.name).rename(folder / f"run-{run.run_id}")
        try:
            yield run
        finally:
            close_run(catalogue, run.run_id, run.status, clock)
            path.unlink(missing_ok=True)


def close_dead_runs(catalogue: Catalogue, home: Path, clock: Clock = utc_now) -> list[int]:
    """Close each run of this home whose process died, as interrupted; their ids."""
    dead = []
    for path in sorted((home / LOCKS).glob("run-*")):
        try:
            lock = path.open("rb")
        except FileNotFoundError:  # it ended just now
            continue
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            run_id = int(path.name.removeprefix("run-"))
            if _is_open(catalogue, run_id):
                _note_unfinished_sites(catalogue, run_id)
                close_run(catalogue, run_id, RunStatus.INTERRUPTED, clock)
                dead.append(run_id)
            path.unlink(missing_ok=True)
    return dead


def _is_open(catalogue: Catalogue, run_id: int) -> bool:
    with catalogue.reading() as session:
        run = session.get(Run, run_id)
        return run is not None and run.status == RunStatus.RUNNING


def _note_unfinished_sites(catalogue: Catalogue, run_id: int) -> None:
    """A row for each site that a run was at when its process died; it ends with the last answer."""
    query = (
        select(Resource.site_id, func.max(Capture.fetched_at))
        .join(Capture, Capture.resource_id == Resource.resource_id)
        .where(Capture.run_id == run_id, Resource.site_id.is_not(None))
        .group_by(Resource.site_id)
    )
    with catalogue.writing() as session:
        told = set(session.scalars(select(SiteRun.site_id).where(SiteRun.run_id == run_id)))
        for site_id, last in session.execute(query).all():
            if site_id not in told:
                values = {"status": RunStatus.INTERRUPTED, "message": DIED, "finished_at": last}
                session.add(SiteRun(run_id=run_id, site_id=site_id, **values))


def restore_run(catalogue: Catalogue, notes: RunNotes) -> bool:
    """Add the run that WARC files tell of if the catalogue lost it; False if its number is another run's."""
    with catalogue.writing() as session:
        run = session.get(Run, notes.run_id)
        if run is not None:
            return run.started_at == notes.started_at
        session.add(
            Run(
                run_id=notes.run_id,
                kind=notes.kind,
                started_at=notes.started_at,
                status=RunStatus.INTERRUPTED,
            )
        )
        session.flush()
        if session.get_bind().dialect.name == "postgresql":
            # an id that was given by hand does not move the sequence that gives the next
            behind = "SELECT setval(pg_get_serial_sequence('run', 'run_id'), max(run_id)) FROM run"
            session.execute(text(behind))
        return True


def close_run(catalogue: Catalogue, run_id: int, status: RunStatus, clock: Clock = utc_now) -> None:
    with catalogue.writing() as session:
        run = session.get_one(Run, run_id)
        run.status = status
        run.finished_at = iso(clock())


def close_all_runs(catalogue: Catalogue, clock: Clock = utc_now) -> None:
    """Close each open run as interrupted: no process works on this catalogue, as after it was restored."""
    with catalogue.reading() as session:
        left = list(session.scalars(select(Run.run_id).where(Run.status == RunStatus.RUNNING)))
    for run_id in left:
        _note_unfinished_sites(catalogue, run_id)
        close_run(catalogue, run_id, RunStatus.INTERRUPTED, clock)


def run_notes(catalogue: Catalogue, run_id: int, site_id: int | None) -> RunNotes:
    """What a WARC file says of the run and the site it is of."""
    with catalogue.reading() as session:
        run = session.get_one(Run, run_id)
        site = session.get_one(Site, site_id) if site_id is not None else None
        return RunNotes(
            run_id=run_id,
            kind=run.kind,
            started_at=run.started_at,
            site=site.name if site else None,
            title=site.title if site else None,
            division=site.division_code if site else None,
            start=tuple(site.start.splitlines()) if site else (),
        )


def site_row(catalogue: Catalogue, site: SiteIdentity) -> int:
    """The id of the site, added or brought up to date with its settings."""
    with catalogue.writing() as session:
        row = session.scalar(select(Site).where(Site.name == site.name))
        if row is None:
            row = Site(name=site.name)
            session.add(row)
        row.title = site.title
        row.division_code = site.division
        row.start = "\n".join(site.start)
        session.flush()
        return row.site_id


def restore_site(catalogue: Catalogue, site: SiteIdentity) -> int:
    """The id of the site; what the catalogue knows of it already is newer than what a WARC file says."""
    with catalogue.reading() as session:
        known = session.scalar(select(Site.site_id).where(Site.name == site.name))
    return known if known is not None else site_row(catalogue, site)


def unfinished_since(
    catalogue: Catalogue, run_id: int, site_id: int, within: timedelta, clock: Clock = utc_now
) -> str | None:
    """When the crawl of the site began that was killed before this run; None where the last one ended.

    Of several that were killed one after the other, the first. What is older than ``within`` is not gone on
    with.
    """
    recent = (
        select(Run)
        .where(Run.run_id < run_id, Run.kind != "import", Run.started_at >= iso(clock() - within))
        .order_by(Run.run_id.desc())
        .limit(_RECENT_RUNS)
    )
    since: str | None = None
    with catalogue.reading() as session:
        for run in session.scalars(recent):
            told = select(SiteRun.status).where(SiteRun.run_id == run.run_id, SiteRun.site_id == site_id)
            status = session.scalar(told)
            if status is None and not _touched(session, run.run_id, site_id):
                continue  # a run of other sites
            if status not in (None, RunStatus.INTERRUPTED):
                break
            since = run.started_at
    return since


def _touched(session: Session, run_id: int, site_id: int) -> bool:
    query = (
        select(Capture.capture_id)
        .join(Resource, Resource.resource_id == Capture.resource_id)
        .where(Capture.run_id == run_id, Resource.site_id == site_id)
        .limit(1)
    )
    return session.scalar(query) is not None


def note_site_run(
    catalogue: Catalogue,
    run_id: int,
    site_id: int,
    status: RunStatus,
    message: str | None,
    clock: Clock = utc_now,
) -> None:
    with catalogue.writing() as session:
        session.add(
            SiteRun(run_id=run_id, site_id=site_id, status=status, message=message, finished_at=iso(clock()))
        )
