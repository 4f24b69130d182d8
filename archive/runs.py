"""Runs and sites as rows: opened, closed, and how each site went."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from archive.catalogue.engine import Catalogue
from archive.catalogue.models import Run, Site, SiteRun
from archive.times import Clock, iso, utc_now


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


def close_run(catalogue: Catalogue, run_id: int, status: RunStatus, clock: Clock = utc_now) -> None:
    with catalogue.writing() as session:
        run = session.get_one(Run, run_id)
        run.status = status
        run.finished_at = iso(clock())


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
