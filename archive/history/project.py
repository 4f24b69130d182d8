"""Turns new evidence into what people see: reports, versions and changes.

What is new names the resources it concerns; their reports are derived anew from all that is known of
them (:mod:`archive.history.derive`), so it does not matter in which order evidence arrived. The common
night on which a file is just as it was takes a short way.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, Subquery, case, func, select, update
from sqlalchemy.orm import Session, aliased

from archive.capture import READABLE_KINDS
from archive.catalogue.engine import Catalogue, take_turn
from archive.catalogue.models import (
    Agency,
    Capture,
    Change,
    Correction,
    Decision,
    Extraction,
    Linkage,
    Listing,
    Projection,
    Report,
    Resource,
    Sighting,
    Version,
)
from archive.history.batched import batches
from archive.history.seen import ANSWERED, GONE
from archive.history.settle import settle
from archive.search.index import refresh

BATCH = 500
_READABLE = Resource.kind.in_([k.value for k in READABLE_KINDS])


@dataclass(frozen=True, slots=True)
class ProjectionSummary:
    """Captures taken into account, reports that appeared, and reports whose content the source changed."""

    captures: int
    appeared: int
    edited: int


@dataclass(frozen=True, slots=True)
class _Span:
    """Rows of a table that have not been accounted for: ids above ``after`` up to ``upto``."""

    after: int
    upto: int

    @property
    def empty(self) -> bool:
        return self.upto <= self.after

    def holds(self, key: Any) -> ColumnElement[bool]:
        return (key > self.after) & (key <= self.upto)  # type: ignore[no-any-return]


_TABLES: dict[str, Any] = {
    "capture": Capture.capture_id,
    "extraction": Extraction.extraction_id,
    "listing": Listing.listing_id,
    "correction": Correction.correction_id,
    "decision": Decision.decision_id,
}


def project(catalogue: Catalogue, *, progress: Callable[[int], None] | None = None) -> ProjectionSummary:
    """Account for all evidence that has not been yet, and index the text. Files must be read before."""
    with catalogue.writing() as session:
        take_turn(session, "projecting")
        spans = _spans(session)
        captures = _count(session, spans["capture"])
        before = session.scalar(select(func.max(Change.change_id))) or 0
        waiting = _concerned(session, spans)
        looked_at = _looked_at(session, spans["capture"]) - waiting
        quiet = _seen_as_before(session, spans["capture"], looked_at)
        _prolong(session, quiet)
        waiting |= looked_at - {q.resource_id for q in quiet}
        waiting -= _no_reports(session, spans["capture"], waiting & looked_at)
    done = len(quiet)
    for part in _parts(sorted(waiting)):
        with catalogue.writing() as session:
            take_turn(session, "projecting")
            settle(session, part)
        done += len(part)
        if progress is not None:
            progress(done)
    with catalogue.writing() as session:
        take_turn(session, "projecting")
        _account(session, spans)
    refresh(catalogue)
    if waiting:
        catalogue.optimize()
    return _summary(catalogue, captures, before)


def touch(session: Session, resource_ids: Sequence[int]) -> None:
    """Derive the reports of these resources at once, as after a correction."""
    take_turn(session, "projecting")
    for part in _parts(sorted(resource_ids)):
        settle(session, part)


def bearing_resources(session: Session) -> list[int]:
    """Every resource that may bear a report."""
    return list(session.scalars(select(Resource.resource_id).where(_READABLE).order_by(Resource.resource_id)))


def _parts(resource_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(resource_ids), BATCH):
        yield resource_ids[start : start + BATCH]


# ------------------------------------------------------------------ what is new


def _spans(session: Session) -> dict[str, _Span]:
    marks = {m.name: m.position for m in session.scalars(select(Projection))}
    return {
        name: _Span(marks.get(name, 0), session.scalar(select(func.max(key))) or 0)
        for name, key in _TABLES.items()
    }


def _account(session: Session, spans: dict[str, _Span]) -> None:
    for name, span in spans.items():
        mark = session.get(Projection, name)
        if mark is None:
            session.add(Projection(name=name, position=span.upto))
        else:
            mark.position = max(mark.position, span.upto)


def _count(session: Session, span: _Span) -> int:
    query = select(func.count()).where(span.holds(Capture.capture_id), Capture.verdict.in_(ANSWERED))
    return session.scalar(query) or 0


def _looked_at(session: Session, span: _Span) -> set[int]:
    """Resources with a new answer. A block or an error says nothing about any report."""
    if span.empty:
        return set()
    query = (
        select(Capture.resource_id)
        .join(Resource, Resource.resource_id == Capture.resource_id)
        .where(_READABLE, span.holds(Capture.capture_id), Capture.verdict.in_((*ANSWERED, *GONE, "moved")))
        .distinct()
    )
    return set(session.scalars(query))


def _concerned(session: Session, spans: dict[str, _Span]) -> set[int]:
    """Resources that something else than a capture of their own concerns."""
    found: set[int] = set()
    readings, corrections = spans["extraction"], spans["correction"]
    by_file = select(Capture.resource_id).join(Resource, Resource.resource_id == Capture.resource_id)
    if not readings.empty:
        query = by_file.join(Extraction, Extraction.sha256 == Capture.sha256)
        found.update(session.scalars(query.where(_READABLE, readings.holds(Extraction.extraction_id))))
    if not corrections.empty:
        query = by_file.join(Correction, Correction.sha256 == Capture.sha256)
        found.update(session.scalars(query.where(corrections.holds(Correction.correction_id))))
    found |= _of_learnt_hosts(session, spans["capture"])
    if not spans["listing"].empty:
        found |= _missed(session, spans["listing"], spans["capture"])
    if not spans["decision"].empty:
        found |= _decided(session, spans["decision"])
    return found


def _of_learnt_hosts(session: Session, captures: _Span) -> set[int]:
    """Resources that bear reports on hosts of which a second fetch has taught what changes by itself."""
    if captures.empty:
        return set()
    learnt = (
        select(Resource.host)
        .join(Capture, Capture.resource_id == Resource.resource_id)
        .where(Capture.again, captures.holds(Capture.capture_id))
    )
    query = (
        select(Linkage.resource_id)
        .join(Resource, Resource.resource_id == Linkage.resource_id)
        .where(Resource.host.in_(learnt))
    )
    return set(session.scalars(query))


def _missed(session: Session, listings: _Span, captures: _Span) -> set[int]:
    """Resources that bear a report and gave nothing, on sites whose columns were walked to the end."""
    walked = select(Listing.url, Listing.site_id).where(listings.holds(Listing.listing_id), Listing.complete)
    columns = session.execute(walked).all()
    hosts = sorted({urlsplit(c.url).netloc.lower() for c in columns})
    sites = sorted({c.site_id for c in columns if c.site_id is not None})
    answered = select(Capture.capture_id).where(
        Capture.resource_id == Linkage.resource_id,
        captures.holds(Capture.capture_id),
        Capture.verdict.in_(ANSWERED),
    )
    page = aliased(Resource)
    query = (
        select(Linkage.resource_id, Resource.url, page.url)
        .join(Resource, Resource.resource_id == Linkage.resource_id)
        .outerjoin(page, page.resource_id == Resource.parent_id)
        .where(Linkage.until.is_(None), ~answered.exists())
    )
    # what is still listed is not missed: a night asks only for what is due
    shown = set(session.scalars(select(Sighting.url).where(listings.holds(Sighting.listing_id))))
    wanted = [query.where(Resource.host.in_(part)) for part in batches(hosts)]
    wanted += [query.where(Resource.site_id.in_(ids)) for ids in batches(sites)]
    return {
        row[0]
        for one in wanted
        for row in session.execute(one)
        if row[1] not in shown and row[2] not in shown
    }


def _decided(session: Session, span: _Span) -> set[int]:
    """Resources of the reports of agencies that a person has decided about."""
    rows = session.execute(select(Decision.subject, Decision.object).where(span.holds(Decision.decision_id)))
    keys = {key for row in rows for key in row}
    return agency_resources(session, keys)


def agency_resources(session: Session, keys: Collection[str]) -> set[int]:
    """Resources that bear reports of the agencies with these keys."""
    query = (
        select(Linkage.resource_id)
        .join(Report, Report.report_id == Linkage.report_id)
        .join(Agency, Agency.agency_id == Report.agency_id)
    )
    found: set[int] = set()
    for part in batches(sorted(keys)):
        found.update(session.scalars(query.where(Agency.key.in_(part))))
    return found


# ------------------------------------------------------------ the quiet night


@dataclass(frozen=True, slots=True)
class _Quiet:
    """A file seen again as it was: when and by which capture it was seen last."""

    resource_id: int
    version_id: int
    report_id: int
    at: str
    capture_id: int


def _seen_as_before(session: Session, span: _Span, looked_at: set[int]) -> list[_Quiet]:
    """Of these, the resources that bear a report and whose new captures all gave the file that was there."""
    if not looked_at:
        return []
    new = _new_captures(span)
    other = aliased(Version)
    last_version = (
        select(func.max(other.ordinal))
        .where(other.report_id == Linkage.report_id, other.resource_id == Linkage.resource_id)
        .correlate(Linkage)
        .scalar_subquery()
    )
    query = (
        select(new.c.resource_id, Version.version_id, Report.report_id, new.c.last, new.c.capture_id)
        .join(Linkage, (Linkage.resource_id == new.c.resource_id) & Linkage.until.is_(None))
        .join(Report, Report.report_id == Linkage.report_id)
        .join(
            Version,
            (Version.report_id == Linkage.report_id)
            & (Version.resource_id == Linkage.resource_id)
            & (Version.ordinal == last_version),
        )
        .where(
            new.c.captures == new.c.answered,
            new.c.files == 1,
            new.c.sha256 == Version.sha256,
            new.c.first >= Version.last_seen,
            Report.status == "present",
            Linkage.decided_by.not_in(("listing", "mirror")),
            Report.key.not_like("url %"),
        )
    )
    return [_Quiet(*row) for row in session.execute(query) if row[0] in looked_at]


def _new_captures(span: _Span) -> Subquery:
    """The new captures of each resource in one row."""
    answered = case((Capture.verdict.in_(ANSWERED) & ~Capture.again & (Capture.via != "import"), 1), else_=0)
    return (
        select(
            Capture.resource_id,
            func.count().label("captures"),
            func.sum(answered).label("answered"),
            func.count(func.distinct(Capture.sha256)).label("files"),
            func.max(Capture.sha256).label("sha256"),
            func.min(Capture.fetched_at).label("first"),
            func.max(Capture.fetched_at).label("last"),
            func.max(Capture.capture_id).label("capture_id"),
        )
        .where(span.holds(Capture.capture_id))
        .group_by(Capture.resource_id)
        .subquery()
    )


def _prolong(session: Session, quiet: Sequence[_Quiet]) -> None:
    if not quiet:
        return
    session.execute(
        update(Version),
        [{"version_id": q.version_id, "last_seen": q.at, "last_capture_id": q.capture_id} for q in quiet],
    )
    last: dict[int, str] = {}
    for q in quiet:
        last[q.report_id] = max(q.at, last.get(q.report_id, ""))
    session.execute(update(Report), [{"report_id": i, "last_seen": at} for i, at in last.items()])


def _no_reports(session: Session, span: _Span, resource_ids: set[int]) -> set[int]:
    """Of these, the resources that never bore a report and gave again the file that they gave before."""
    if not resource_ids:
        return set()
    new = _new_captures(span)
    earlier = aliased(Capture)
    before = (
        select(func.max(earlier.capture_id))
        .where(
            earlier.resource_id == new.c.resource_id,
            earlier.capture_id <= span.after,
            earlier.verdict.in_(ANSWERED),
            ~earlier.again,
        )
        .correlate(new)
        .scalar_subquery()
    )
    linked = select(Linkage.linkage_id).where(Linkage.resource_id == new.c.resource_id)
    query = (
        select(new.c.resource_id)
        .join(Capture, Capture.capture_id == before)
        .where(
            new.c.captures == new.c.answered,
            new.c.files == 1,
            new.c.sha256 == Capture.sha256,
            new.c.first >= Capture.fetched_at,
            ~linked.exists(),
        )
    )
    return resource_ids.intersection(session.scalars(query))


def _summary(catalogue: Catalogue, captures: int, after: int) -> ProjectionSummary:
    with catalogue.reading() as session:
        new = select(func.count(func.distinct(Change.report_id))).where(
            Change.change_id > after, Change.cause == "source"
        )
        appeared = session.scalar(new.where(Change.kind == "appeared", Change.layer == "presence")) or 0
        edited = session.scalar(new.where(Change.layer.in_(("content", "field")))) or 0
    return ProjectionSummary(captures, appeared, edited)
