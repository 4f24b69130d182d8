"""The questions of :mod:`archive.queries` under the two clocks: as seen on one day, as known on another.

The columns are those of the views, so that whoever reads rows need not know which clock gave them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.catalogue.engine import Catalogue
from archive.catalogue.models import (
    Agency,
    Correction,
    Extraction,
    Fact,
    Finding,
    Mention,
    Report,
    Resource,
    Section,
    Stated,
)
from archive.history.batched import rows_of
from archive.history.reckoning import ReckoningRow, reckoned
from archive.history.standing import Chosen, Clocks, Standing, histories, standings
from archive.queries import CHANGE_ORDER, COLUMNS, Filter, Rows, ask, keeps_agency, of_reports
from parsers.report import CONTACT_KINDS, MentionKind

VIEWS = ("reports", "facts", "sections", "checks", "narrative", "contacts", "citations")
"""Views that can be asked as seen and as known, besides ``changes``."""


@contextmanager
def ask_as_of(
    catalogue: Catalogue, view: str, keep: Filter, clocks: Clocks, columns: Sequence[str] = ()
) -> Iterator[Rows]:
    """The rows of a view that the filter keeps, under the two clocks; of the ``columns`` named: of facts
    those of their report too.
    """
    if clocks.now or (view == "changes" and clocks.known is None):
        keep = replace(keep, happened_by=clocks.seen)
        with ask(catalogue, view, keep, ", ".join(columns) or None) as found:
            yield found
        return
    columns = tuple(columns) or tuple(c.strip() for c in COLUMNS[view].split(","))
    with catalogue.reading() as session:
        rows = _changes(session, clocks, keep) if view == "changes" else _rows(session, view, keep, clocks)
        yield Rows(columns, ([row.get(c) for c in columns] for row in rows))


def report_as_of(session: Session, report_id: int, clocks: Clocks) -> Standing | None:
    """One report as it stood; None when it had not been seen by then."""
    found = standings(session, clocks, _chosen(Filter(report_id=report_id)))
    return next((s for part in found for s in part if s.report_id == report_id), None)


def _chosen(keep: Filter) -> Chosen | None:
    wanted = of_reports(keep)
    if not wanted:
        return None
    numbers = select(Report.report_id).outerjoin(Agency, Agency.agency_id == Report.agency_id).where(*wanted)
    return Chosen(numbers, by_number=keep.report_id is not None)


def _rows(session: Session, view: str, keep: Filter, clocks: Clocks) -> Iterator[dict[str, Any]]:
    for part in standings(session, clocks, _chosen(keep)):
        kept = [standing for standing in part if _keeps(keep, standing)]
        files = _files(session, kept)
        urls = _urls(session, kept)
        for standing in kept:
            head = _head(standing, files[standing.extraction_id], urls)
            for row in _PARTS[view](session, standing):
                if _keeps_row(keep, row):
                    yield head | row


def _keeps(keep: Filter, standing: Standing) -> bool:
    return (
        (keep.report_id is None or standing.report_id == keep.report_id)
        and (keep.year is None or keep.year == standing.year)
        and keeps_agency(keep, standing.agency, standing.division_code)
    )


def _keeps_row(keep: Filter, row: dict[str, Any]) -> bool:
    wanted = {"table_code": keep.table, "row_code": keep.row, "column_code": keep.column}
    if any(value is not None and name in row and row[name] != value for name, value in wanted.items()):
        return False
    return not keep.failed or row.get("passed") == 0


def _files(session: Session, found: Sequence[Standing]) -> dict[int, Any]:
    """What is said of the files that the reports were read from."""
    query = select(Extraction.extraction_id, Extraction.edition, Extraction.media_type, Extraction.sha256)
    rows = rows_of(session, query, Extraction.extraction_id, (s.extraction_id for s in found))
    return {row.extraction_id: row for row in rows}


def _urls(session: Session, found: Sequence[Standing]) -> dict[int, str]:
    query = select(Resource.resource_id, Resource.url)
    wanted = (i for s in found for i in (s.resource_id, s.page_id) if i is not None)
    rows = rows_of(session, query, Resource.resource_id, wanted)
    return {row.resource_id: row.url for row in rows}


def _head(standing: Standing, file: Any, urls: Mapping[int, str]) -> dict[str, Any]:
    return {
        "report_id": standing.report_id,
        "agency": standing.agency,
        "division_code": standing.division_code,
        "year": standing.year,
        "title": standing.title,
        "edition": file.edition,
        "published_on": standing.published_on,
        "status": standing.status,
        "url": urls[standing.resource_id],
        "page_url": urls.get(standing.page_id) if standing.page_id else None,
        "media_type": file.media_type,
        "sha256": file.sha256,
        "versions": standing.versions,
        "first_seen": standing.first_seen,
        "last_seen": standing.last_seen,
    }


def _nothing_more(_session: Session, _standing: Standing) -> Iterator[dict[str, Any]]:
    yield {}


def _facts(session: Session, standing: Standing) -> Iterator[dict[str, Any]]:
    corrected = {
        (o.table_code, o.row_code, o.column_code): session.get_one(Correction, o.correction_id)
        for o in standing.overrides
    }
    query = select(Fact).where(Fact.extraction_id == standing.extraction_id).order_by(Fact.fact_id)
    for fact in session.scalars(query):
        instead = corrected.get((fact.table_code, fact.row_code, fact.column_code))
        yield {
            "table_code": fact.table_code,
            "row_code": fact.row_code,
            "column_code": fact.column_code,
            "value": instead.value if instead else fact.value,
            "state": instead.state if instead else fact.state,
            "raw": fact.raw,
            "locator": fact.locator,
            "read_value": fact.value,
            "correction_id": instead.correction_id if instead else None,
            "certainty": fact.certainty,
            "evidence": fact.evidence,
        }


def _sections(session: Session, standing: Standing) -> Iterator[dict[str, Any]]:
    query = select(Section).where(Section.extraction_id == standing.extraction_id).order_by(Section.ordinal)
    for part in session.scalars(query):
        yield {"ordinal": part.ordinal, "heading": part.heading, "text": part.text}


def _checks(session: Session, standing: Standing) -> Iterator[dict[str, Any]]:
    names = ("rule", "scope", "passed", "expected", "actual", "detail", "fault")
    for finding in _findings(session, standing):
        yield {name: getattr(finding, name) for name in names}


def _findings(session: Session, standing: Standing) -> Iterable[Finding | ReckoningRow]:
    key = standing.extraction_id
    if standing.overrides:
        corrections = [session.get_one(Correction, o.correction_id) for o in standing.overrides]
        return reckoned(session, key, corrections)
    return session.scalars(select(Finding).where(Finding.extraction_id == key).order_by(Finding.finding_id))


def _narrative(session: Session, standing: Standing) -> Iterator[dict[str, Any]]:
    query = select(Stated).where(Stated.extraction_id == standing.extraction_id).order_by(Stated.code)
    for stated in session.scalars(query):
        names = ("code", "value", "unit", "sentence", "locator")
        yield {name: getattr(stated, name) for name in names}


def _contacts(session: Session, standing: Standing) -> Iterator[dict[str, Any]]:
    for mention in _mentions(session, standing, CONTACT_KINDS):
        yield {"kind": mention.kind, "value": mention.value, "locator": mention.locator}


def _citations(session: Session, standing: Standing) -> Iterator[dict[str, Any]]:
    for mention in _mentions(session, standing, (MentionKind.DOCUMENT,)):
        yield {"document": mention.value, "locator": mention.locator}


def _mentions(session: Session, standing: Standing, kinds: Collection[MentionKind]) -> Iterator[Mention]:
    wanted = (Mention.extraction_id == standing.extraction_id) & Mention.kind.in_([k.value for k in kinds])
    return iter(session.scalars(select(Mention).where(wanted).order_by(Mention.kind, Mention.value)))


_PARTS = {
    "reports": _nothing_more,
    "facts": _facts,
    "sections": _sections,
    "checks": _checks,
    "narrative": _narrative,
    "contacts": _contacts,
    "citations": _citations,
}


def _changes(session: Session, clocks: Clocks, keep: Filter) -> Iterator[dict[str, Any]]:
    """Changes as they could be told by ``known``, of those that had happened by ``seen``."""
    found = list(_known_changes(session, clocks, keep))
    found.sort(key=lambda row: [(row[name] is not None, row[name]) for name in CHANGE_ORDER])
    return iter(found)


def _known_changes(session: Session, clocks: Clocks, keep: Filter) -> Iterator[dict[str, Any]]:
    for report_id, history in histories(session, clocks.known, _chosen(keep)):
        head = history.report
        agency = head.agency
        for change in history.changes:
            row = asdict(change) | {
                "change_id": None,
                "report_id": report_id,
                "agency": agency.name if agency else None,
                "division_code": agency.division if agency else None,
                "year": head.year,
                "flicker": int(change.flicker),
            }
            if _keeps_change(keep, clocks, row):
                row["url"] = session.get_one(Resource, change.resource_id).url
                yield row


def _keeps_change(keep: Filter, clocks: Clocks, row: dict[str, Any]) -> bool:
    wanted = {
        "layer": keep.layer, "cause": keep.cause, "kind": keep.kind, "run_id": keep.run_id, "year": keep.year,
    }  # fmt: skip
    return (
        (keep.since is None or row["recorded_at"] >= keep.since)
        and (clocks.seen is None or row["window_to"] <= clocks.seen)
        and all(value is None or row[name] == value for name, value in wanted.items())
        and keeps_agency(keep, row["agency"], row["division_code"])
    )
