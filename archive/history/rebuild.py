"""Proves that what people see follows from the evidence, and repairs it where it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.catalogue.engine import Catalogue, take_turn
from archive.catalogue.models import Agency, Linkage, Report
from archive.history.project import BATCH, bearing_resources, project
from archive.history.settle import (
    Difference,
    agency_names,
    differences,
    name_agencies,
    remove_report,
    settle,
)
from archive.search.index import unindexed

Progress = Callable[[int, int], None]
"""Called with (done, total) resources."""


def check(catalogue: Catalogue, progress: Progress | None = None) -> list[Difference]:
    """Derive every projection anew and compare it with what is stored, row for row. Writes nothing.

    Evidence that waits to be projected shows as rows that are missing.
    """
    found: list[Difference] = []
    with catalogue.reading() as session:
        for part in _parts(bearing_resources(session), progress):
            found += differences(session, part)
            session.expunge_all()
        found += [Difference(r.key, "report", True, f"report_id={r.report_id}") for r in _orphans(session)]
        found += _misnamed(session)
        if stale := unindexed(session):
            found.append(Difference("the index", "search", True, f"reports={stale}"))
    return list(dict.fromkeys(found))


def rebuild(catalogue: Catalogue, progress: Progress | None = None) -> list[Difference]:
    """Derive every projection anew and store what differs; numbers of reports that stay are kept."""
    found: list[Difference] = []
    with catalogue.reading() as session:
        resource_ids = bearing_resources(session)
    for part in _parts(resource_ids, progress):
        with catalogue.writing() as session:
            take_turn(session, "projecting")
            found += settle(session, part)
    with catalogue.writing() as session:
        take_turn(session, "projecting")
        for report in _orphans(session):
            found.append(Difference(report.key, "report", True, f"report_id={report.report_id}"))
            remove_report(session, report)
        found += _misnamed(session)
        name_agencies(session, list(session.scalars(select(Agency.agency_id))))
    project(catalogue)
    return list(dict.fromkeys(found))


def _parts(resource_ids: Sequence[int], progress: Progress | None) -> Iterator[Sequence[int]]:
    for start in range(0, len(resource_ids), BATCH):
        yield resource_ids[start : start + BATCH]
        if progress is not None:
            progress(min(start + BATCH, len(resource_ids)), len(resource_ids))


def _orphans(session: Session) -> list[Report]:
    """Reports that nothing bears: no evidence leads to them."""
    linked = select(Linkage.linkage_id).where(Linkage.report_id == Report.report_id)
    return list(session.scalars(select(Report).where(~linked.exists()).order_by(Report.report_id)))


def _misnamed(session: Session) -> list[Difference]:
    """Agencies that go by a name that does not follow from their reports."""
    names = agency_names(session, None)
    return [
        Difference(agency.key, "agency", True, f"name={agency.name}")
        for agency in session.scalars(select(Agency).order_by(Agency.agency_id))
        if agency.name != names.get(agency.agency_id)
    ]
