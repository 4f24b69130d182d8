"""Turns evidence into what people see: reports, versions and changes.

Captures are taken in the order in which they were made, each once; a report's state follows from
them and from nothing else. Only captures with the verdict ``ok`` or ``not_modified`` count: a block
page or an error is never a change.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.catalogue.engine import Catalogue, take_turn
from archive.catalogue.models import (
    Agency,
    Capture,
    Change,
    Extraction,
    Finding,
    Linkage,
    Projection,
    Report,
    Resource,
    Site,
    Version,
)
from archive.history.compare import changed_cells, text_differs
from archive.history.identity import Identity, division_of, identify
from archive.times import Clock, iso, utc_now
from parsers.report import REVISION, Outcome

NAME = "history"
BATCH = 500


@dataclass(frozen=True, slots=True)
class ProjectionSummary:
    """Reports that appeared, reports whose content changed, and captures taken into account."""

    captures: int
    appeared: int
    edited: int


def project(
    catalogue: Catalogue,
    *,
    clock: Clock = utc_now,
    progress: Callable[[int], None] | None = None,
) -> ProjectionSummary:
    """Account for every capture that has not been yet. Their blobs must have been read before."""
    done = 0
    before = _last_change(catalogue)
    while True:
        with catalogue.writing() as session:
            take_turn(session, "projecting")
            mark = _mark(session)
            captures = _next_captures(session, mark.capture_id)
            for capture in captures:
                _Projector(session, capture, iso(clock())).run()
            if captures:
                mark.capture_id = captures[-1].capture_id
        done += len(captures)
        if progress is not None:
            progress(done)
        if len(captures) < BATCH:
            return _summary(catalogue, done, before)


class _Projector:
    """Takes one capture into account."""

    def __init__(self, session: Session, capture: Capture, now: str) -> None:
        self._session = session
        self._capture = capture
        self._now = now

    def run(self) -> None:
        if self._capture.sha256 is None:
            return
        extraction = _extraction(self._session, self._capture.sha256)
        if extraction is None:
            return
        if extraction.outcome != Outcome.REPORT:
            self._not_a_report()
            return
        resource = self._session.get_one(Resource, self._capture.resource_id)
        identity = identify(self._session, resource, extraction)
        report = self._report_of(resource, identity, extraction)
        self._take(report, resource, extraction)
        self._refresh(report, identity)

    # ------------------------------------------------------- which report

    def _report_of(self, resource: Resource, identity: Identity, extraction: Extraction) -> Report:
        linked = self._linked(resource)
        if linked is not None and self._is_of(linked, identity):
            return linked
        report = self._find(identity)
        if report is None:
            report = self._create(resource, identity, extraction)
        self._link(report, resource, identity)
        return report

    def _linked(self, resource: Resource) -> Report | None:
        query = (
            select(Report)
            .join(Linkage, Linkage.report_id == Report.report_id)
            .where(Linkage.resource_id == resource.resource_id, Linkage.until.is_(None))
        )
        return self._session.scalar(query)

    def _is_of(self, report: Report, identity: Identity) -> bool:
        """Whether a resource that bore this report still does; an incomplete identity says nothing new."""
        if not identity.complete:
            return True
        agency = self._session.get(Agency, report.agency_id) if report.agency_id else None
        return agency is not None and agency.name == identity.agency and report.year == identity.year

    def _find(self, identity: Identity) -> Report | None:
        if not identity.complete:
            return None
        query = (
            select(Report)
            .join(Agency, Agency.agency_id == Report.agency_id)
            .where(Agency.name == identity.agency, Report.year == identity.year)
        )
        return self._session.scalar(query)

    def _create(self, resource: Resource, identity: Identity, extraction: Extraction) -> Report:
        report = Report(
            agency_id=self._agency(resource, identity),
            year=identity.year,
            title=identity.title,
            status="present",
            resource_id=resource.resource_id,
            page_id=_page_of(resource),
            extraction_id=extraction.extraction_id,
            published_on=identity.published_on,
            first_seen=self._capture.fetched_at,
            last_seen=self._capture.fetched_at,
        )
        self._session.add(report)
        self._session.flush()
        self._change(report, resource, "presence", "appeared", new=identity.title)
        return report

    def _agency(self, resource: Resource, identity: Identity) -> int | None:
        if identity.agency is None:
            return None
        agency = self._session.scalar(select(Agency).where(Agency.name == identity.agency))
        if agency is None:
            site = self._session.get(Site, resource.site_id) if resource.site_id else None
            agency = Agency(name=identity.agency, division_code=division_of(identity, site))
            self._session.add(agency)
            self._session.flush()
        return agency.agency_id

    def _link(self, report: Report, resource: Resource, identity: Identity) -> None:
        """Tie the resource to the report; what it bore before ends here."""
        for old in self._session.scalars(
            select(Linkage).where(Linkage.resource_id == resource.resource_id, Linkage.until.is_(None))
        ):
            old.until = self._capture.fetched_at
        self._session.add(
            Linkage(
                report_id=report.report_id,
                resource_id=resource.resource_id,
                role=self._role(report, resource),
                since=self._capture.fetched_at,
                decided_by=identity.decided_by,
            )
        )
        self._session.flush()

    def _role(self, report: Report, resource: Resource) -> str:
        if resource.kind == "attachment":
            return "attachment"
        first = self._session.get_one(Resource, report.resource_id)
        own = first.resource_id == resource.resource_id or first.parent_id == resource.resource_id
        return "page" if own else "mirror"

    # ------------------------------------------------- versions and changes

    def _take(self, report: Report, resource: Resource, extraction: Extraction) -> None:
        latest = self._latest_version(report, resource)
        if latest is None:
            self._add_version(report, resource, extraction, 1)
            return
        if latest.sha256 != extraction.sha256:
            self._compare(report, resource, latest, extraction)
        else:
            latest.last_seen = self._capture.fetched_at
            latest.last_capture_id = self._capture.capture_id

    def _compare(self, report: Report, resource: Resource, latest: Version, extraction: Extraction) -> None:
        """Two blobs under one parser: whatever differs was changed by the source."""
        since = latest.last_seen
        old = _extraction(self._session, latest.sha256)
        assert old is not None
        self._change(
            report, resource, "bytes", "replaced", since=since, old=latest.sha256, new=extraction.sha256
        )
        if old.content_sha256 == extraction.content_sha256:
            latest.sha256 = extraction.sha256
            latest.extraction_id = extraction.extraction_id
            latest.last_seen = self._capture.fetched_at
            latest.last_capture_id = self._capture.capture_id
            return
        self._note_edits(report, resource, old, extraction, since)
        self._add_version(report, resource, extraction, latest.ordinal + 1)

    def _note_edits(
        self, report: Report, resource: Resource, old: Extraction, new: Extraction, since: str
    ) -> None:
        cells = changed_cells(self._session, old, new)
        for cell in cells:
            self._change(
                report,
                resource,
                "field",
                "edited",
                since=since,
                place=(cell.table_code, cell.row_code, cell.column_code),
                old=cell.old,
                new=cell.new,
            )
        if not cells or text_differs(self._session, old, new):
            self._change(
                report,
                resource,
                "content",
                "edited",
                since=since,
                old=old.content_sha256,
                new=new.content_sha256,
            )

    def _not_a_report(self) -> None:
        """A page that bore a report and does not any more: the report is kept, and marked."""
        query = (
            select(Report)
            .join(Linkage, Linkage.report_id == Report.report_id)
            .where(Linkage.resource_id == self._capture.resource_id, Linkage.until.is_(None))
        )
        for report in self._session.scalars(query):
            if report.resource_id == self._capture.resource_id:
                report.status = "suspect"

    def _latest_version(self, report: Report, resource: Resource) -> Version | None:
        return self._session.scalar(
            select(Version)
            .where(Version.report_id == report.report_id, Version.resource_id == resource.resource_id)
            .order_by(Version.ordinal.desc())
            .limit(1)
        )

    def _add_version(self, report: Report, resource: Resource, extraction: Extraction, ordinal: int) -> None:
        self._session.add(
            Version(
                report_id=report.report_id,
                resource_id=resource.resource_id,
                ordinal=ordinal,
                sha256=extraction.sha256,
                extraction_id=extraction.extraction_id,
                first_seen=self._capture.fetched_at,
                last_seen=self._capture.fetched_at,
                first_capture_id=self._capture.capture_id,
                last_capture_id=self._capture.capture_id,
            )
        )
        self._session.flush()

    def _change(
        self,
        report: Report,
        resource: Resource,
        layer: str,
        kind: str,
        *,
        since: str | None = None,
        place: tuple[str, str, str] | tuple[None, None, None] = (None, None, None),
        old: str | None = None,
        new: str | None = None,
    ) -> None:
        table_code, row_code, column_code = place
        self._session.add(
            Change(
                report_id=report.report_id,
                layer=layer,
                cause="source",
                kind=kind,
                table_code=table_code,
                row_code=row_code,
                column_code=column_code,
                old_value=old,
                new_value=new,
                resource_id=resource.resource_id,
                run_id=self._capture.run_id,
                window_from=since,
                window_to=self._capture.fetched_at,
                recorded_at=self._now,
            )
        )

    # --------------------------------------------------------- the present

    def _refresh(self, report: Report, identity: Identity) -> None:
        """Choose the reading: of the files that bear the report now, the one whose checks pass best."""
        self._session.flush()
        best = min(self._present(report), key=self._rank)
        report.resource_id = best.resource_id
        report.extraction_id = best.extraction_id
        report.page_id = _page_of(self._session.get_one(Resource, best.resource_id))
        report.status = "present"
        report.last_seen = max(report.last_seen, self._capture.fetched_at)
        if best.resource_id == self._capture.resource_id:
            report.title = identity.title or report.title
            report.published_on = identity.published_on or report.published_on

    def _present(self, report: Report) -> list[Version]:
        newest = (
            select(func.max(Version.version_id))
            .join(Linkage, Linkage.resource_id == Version.resource_id)
            .where(
                Version.report_id == report.report_id,
                Linkage.report_id == report.report_id,
                Linkage.until.is_(None),
            )
            .group_by(Version.resource_id)
        )
        return list(self._session.scalars(select(Version).where(Version.version_id.in_(newest))))

    def _rank(self, version: Version) -> tuple[int, int, int]:
        """Fewest failed checks, then most passed, then the file that was known first."""
        query = (
            select(Finding.passed, func.count())
            .where(Finding.extraction_id == version.extraction_id)
            .group_by(Finding.passed)
        )
        counts = {row[0]: row[1] for row in self._session.execute(query)}
        return counts.get(0, 0), -counts.get(1, 0), version.resource_id


def _page_of(resource: Resource) -> int | None:
    """The page that leads to an attachment; an article is its own page."""
    return resource.parent_id if resource.kind == "attachment" else resource.resource_id


def _extraction(session: Session, sha256: str) -> Extraction | None:
    query = select(Extraction).where(Extraction.sha256 == sha256, Extraction.revision == REVISION)
    return session.scalar(query)


def _mark(session: Session) -> Projection:
    mark = session.get(Projection, NAME)
    if mark is None:
        mark = Projection(name=NAME, capture_id=0)
        session.add(mark)
        session.flush()
    return mark


def _next_captures(session: Session, after: int) -> list[Capture]:
    query = (
        select(Capture)
        .where(Capture.capture_id > after, Capture.verdict.in_(("ok", "not_modified")))
        .order_by(Capture.capture_id)
        .limit(BATCH)
    )
    return list(session.scalars(query))


def _last_change(catalogue: Catalogue) -> int:
    with catalogue.reading() as session:
        return session.scalar(select(func.max(Change.change_id))) or 0


def _summary(catalogue: Catalogue, captures: int, after: int) -> ProjectionSummary:
    with catalogue.reading() as session:
        new = select(func.count(func.distinct(Change.report_id))).where(Change.change_id > after)
        appeared = session.scalar(new.where(Change.kind == "appeared")) or 0
        edited = session.scalar(new.where(Change.layer.in_(("content", "field")))) or 0
    return ProjectionSummary(captures, appeared, edited)
