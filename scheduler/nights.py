"""Nights, from noon to noon by the clock of the sites, and how each site went on each.

A night is named by the day it ends on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from statistics import median

from sqlalchemy import func, select

from archive.catalogue.engine import Catalogue
from archive.catalogue.models import Run
from archive.runs import RunStatus
from archive.tallies import Counts, SiteRunRow, site_runs_between
from archive.times import from_iso, iso
from scheduler.window import ZONE

HISTORY = timedelta(days=30)
_NOON = time(12)


def night_of(moment: datetime) -> date:
    """The night of a moment (aware)."""
    here = moment.astimezone(ZONE)
    return here.date() if here.time() < _NOON else here.date() + timedelta(days=1)


def span_of(night: date) -> tuple[datetime, datetime]:
    """When a night begins, and when the next one does."""
    ends = datetime.combine(night, _NOON, ZONE)
    return ends - timedelta(days=1), ends


def newest_night(catalogue: Catalogue, now: datetime) -> date:
    """The night that a report is about when none is named: the newest with a crawl.

    Where nothing ran, the present one; before midnight that is the one that ended at noon.
    """
    begun = select(func.max(Run.started_at)).where(Run.kind == "crawl")
    with catalogue.reading() as session:
        last = session.scalar(begun)
    present = night_of(now - timedelta(hours=12))
    return max(present, night_of(from_iso(last))) if last else present


@dataclass(frozen=True, slots=True)
class SiteNight:
    """One night of one site, of however many runs. The status and the message are those of the last run."""

    night: date
    status: RunStatus
    message: str | None
    counts: Counts
    families: frozenset[str]

    @property
    def done(self) -> bool:
        return self.status is RunStatus.DONE


@dataclass(frozen=True, slots=True)
class SiteHistory:
    """A site and its nights, oldest first."""

    site: str
    title: str | None
    division: str | None
    nights: tuple[SiteNight, ...]

    def on(self, night: date) -> SiteNight | None:
        return next((one for one in self.nights if one.night == night), None)

    def before(self, night: date) -> tuple[SiteNight, ...]:
        return tuple(one for one in self.nights if one.night < night)

    def usual(self, night: date) -> Counts | None:
        """The median of each count over the nights before it that were gone through; None for the first."""
        past = [one.counts for one in self.before(night) if one.done]
        if not past:
            return None
        return Counts(**{f.name: round(median(getattr(c, f.name) for c in past)) for f in fields(Counts)})


def site_histories(catalogue: Catalogue, night: date) -> list[SiteHistory]:
    """Each site that was crawled on the night or in the thirty days before, by name."""
    begins, ends = span_of(night)
    rows = site_runs_between(catalogue, iso(begins - HISTORY), iso(ends))
    by_site: dict[str, list[SiteRunRow]] = defaultdict(list)
    for row in rows:
        by_site[row.site].append(row)
    return [_history(site, of_site) for site, of_site in sorted(by_site.items())]


def _history(site: str, rows: Sequence[SiteRunRow]) -> SiteHistory:
    by_night: dict[date, list[SiteRunRow]] = defaultdict(list)
    for row in rows:
        by_night[night_of(from_iso(row.started_at))].append(row)
    nights = tuple(_merged(night, runs) for night, runs in sorted(by_night.items()))
    return SiteHistory(site, rows[-1].title, rows[-1].division, nights)


def _merged(night: date, runs: Sequence[SiteRunRow]) -> SiteNight:
    last = runs[-1]
    return SiteNight(night, last.status, last.message, _sum(r.counts for r in runs), _families(runs))


def _families(runs: Iterable[SiteRunRow]) -> frozenset[str]:
    return frozenset(family for run in runs for family in run.families)


_MOST = ("found", "lists")
"""Several runs on one night walk the same lists: of these the greatest counts, of the others the sum."""


def _sum(counts: Iterable[Counts]) -> Counts:
    all_of_it = list(counts)
    values = {
        f.name: (max if f.name in _MOST else sum)(getattr(c, f.name) for c in all_of_it)
        for f in fields(Counts)
    }
    return Counts(**values)
