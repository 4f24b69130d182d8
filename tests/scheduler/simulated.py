"""A catalogue filled with nights that were never crawled: runs, sites and lists as rows, at given moments."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta

from archive.catalogue.engine import Catalogue
from archive.catalogue.models import Listing, Run, SiteRun, Tally
from archive.runs import RunStatus, SiteIdentity, site_row
from archive.tallies import Counts
from archive.times import iso
from scheduler.nights import span_of

FIRST = date(2026, 11, 2)
AT = timedelta(hours=14, minutes=30)  # after noon: half past two at night


@dataclass(frozen=True)
class Walked:
    """A list as a night saw it."""

    url: str
    items: int
    complete: bool = True
    family: str = "trs"


@dataclass(frozen=True)
class Went:
    """How one site went on a night."""

    site: str
    lists: tuple[Walked, ...] = ()
    status: RunStatus = RunStatus.DONE
    message: str | None = None
    counts: Counts = field(default_factory=Counts)
    division: str | None = "640500"


def moment(night: date) -> datetime:
    return span_of(night)[0] + AT


def night_passes(catalogue: Catalogue, night: date, *sites: Went, status: RunStatus = RunStatus.DONE) -> int:
    """Add a run with its sites; its id."""
    at = iso(moment(night))
    ids = {w.site: _site(catalogue, w) for w in sites}
    with catalogue.writing() as session:
        run = Run(kind="crawl", started_at=at, finished_at=at, status=status)
        session.add(run)
        session.flush()
        for went in sites:
            site_id = ids[went.site]
            values = {"status": went.status, "message": went.message, "finished_at": at}
            session.add(SiteRun(run_id=run.run_id, site_id=site_id, **values))
            found = went.counts.found or sum(w.items for w in went.lists)
            counts = {**asdict(went.counts), "found": found, "lists": len(went.lists)}
            session.add(Tally(run_id=run.run_id, site_id=site_id, **counts))
            for walked in went.lists:
                session.add(_listing(walked, run.run_id, site_id, at))
        return run.run_id


def _site(catalogue: Catalogue, went: Went) -> int:
    start = (f"https://{went.site}/",)
    return site_row(catalogue, SiteIdentity(went.site, None, went.division, start))


def _listing(walked: Walked, run_id: int, site_id: int, at: str) -> Listing:
    return Listing(
        run_id=run_id,
        site_id=site_id,
        url=walked.url,
        column_name="政府信息公开年报",
        family=walked.family,
        pages_declared=1,
        pages_seen=1,
        complete=walked.complete,
        items=walked.items,
        seen_at=at,
    )
