"""The report of a night: what each site brought, held against its own history, and what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from archive.catalogue.engine import Catalogue
from archive.tallies import Counts
from archive.times import iso
from scheduler.nights import SiteHistory, site_histories, span_of

MOST_CHANGES = 200


@dataclass(frozen=True, slots=True)
class NightlyChange:
    """A change that the office made, as the view ``changes`` has it."""

    agency: str | None
    year: int | None
    layer: str
    kind: str
    cell: str | None
    old: str | None
    new: str | None
    url: str


@dataclass(frozen=True, slots=True)
class RunOfNight:
    """A run that began on the night."""

    run_id: int
    kind: str
    status: str
    started_at: str
    finished_at: str | None


@dataclass(frozen=True, slots=True)
class NightReport:
    """A night. ``sites`` were asked on it, ``not_asked`` only on the nights before.

    Of more than 200 changes ``changes_left`` are left out. ``reports`` counts all that the archive holds.
    """

    night: date
    begins: str
    ends: str
    runs: tuple[RunOfNight, ...]
    sites: tuple[SiteHistory, ...]
    not_asked: tuple[str, ...]
    totals: Counts
    changes: tuple[NightlyChange, ...]
    changes_left: int
    reports: int


def report_of(catalogue: Catalogue, night: date) -> NightReport:
    """The report of the night so far."""
    begins, ends = (iso(moment) for moment in span_of(night))
    histories = site_histories(catalogue, night)
    asked = tuple(h for h in histories if h.on(night))
    with catalogue.reading() as session:
        runs = _runs(session, begins, ends)
        changes = _changes(session, [run.run_id for run in runs])
        reports = session.scalar(text("SELECT COUNT(*) FROM report")) or 0
    return NightReport(
        night,
        begins,
        ends,
        runs,
        asked,
        tuple(h.site for h in histories if h not in asked),
        _total([one.counts for h in asked if (one := h.on(night))]),
        tuple(changes[:MOST_CHANGES]),
        max(0, len(changes) - MOST_CHANGES),
        reports,
    )


def as_json(report: NightReport) -> dict[str, Any]:
    """The report for programs: each site with the night's counts, the usual ones, and its last nights."""
    return {
        "night": report.night.isoformat(),
        "begins": report.begins,
        "ends": report.ends,
        "runs": [asdict(run) for run in report.runs],
        "totals": asdict(report.totals),
        "sites": [_site(history, report.night) for history in report.sites],
        "not_asked": list(report.not_asked),
        "changes": [asdict(change) for change in report.changes],
        "changes_left_out": report.changes_left,
        "reports": report.reports,
    }


def _site(history: SiteHistory, night: date) -> dict[str, Any]:
    tonight = history.on(night)
    assert tonight is not None
    usual = history.usual(night)
    return {
        "site": history.site,
        "title": history.title,
        "division": history.division,
        "status": tonight.status,
        "message": tonight.message,
        **asdict(tonight.counts),
        "usual": asdict(usual) if usual else None,
        "nights": [
            {"night": one.night.isoformat(), "status": one.status, **asdict(one.counts)}
            for one in history.nights
        ],
    }


def _total(counts: Sequence[Counts]) -> Counts:
    names = asdict(Counts())
    return Counts(**{name: sum(getattr(one, name) for one in counts) for name in names})


def _runs(session: Session, begins: str, ends: str) -> tuple[RunOfNight, ...]:
    query = text(
        "SELECT run_id, kind, status, started_at, finished_at FROM run "
        "WHERE started_at >= :begins AND started_at < :ends ORDER BY run_id"
    )
    rows = session.execute(query, {"begins": begins, "ends": ends})
    return tuple(RunOfNight(*row) for row in rows)


def _changes(session: Session, run_ids: Sequence[int]) -> list[NightlyChange]:
    """What the office did, reports before their cells; a saved-again file or a counter is no news."""
    query = text(
        "SELECT agency, year, layer, kind, table_code, row_code, column_code, old_value, new_value, url "
        "FROM changes WHERE run_id = :run AND cause = 'source' AND layer <> 'bytes' "
        "ORDER BY CASE layer WHEN 'presence' THEN 0 WHEN 'location' THEN 1 WHEN 'field' THEN 2 ELSE 3 END, "
        "agency, year, change_id"
    )
    found = []
    for run_id in run_ids:
        for row in session.execute(query, {"run": run_id}):
            cell = "/".join((row.table_code, row.row_code, row.column_code)) if row.table_code else None
            said = (row.agency, row.year, row.layer, row.kind, cell, row.old_value, row.new_value, row.url)
            found.append(NightlyChange(*said))
    return found
