"""Reads archived blobs as reports and stores what came out, one row set an extraction.

Reading always starts from the archive, never from the live response: the first parse and a
re-parse ten years on are this one path.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, overload

from sqlalchemy import Select, and_, false, func, insert, not_, or_, select
from sqlalchemy.orm import Session

from archive.capture import READABLE_KINDS
from archive.catalogue.engine import Catalogue, take_turn
from archive.catalogue.models import (
    Base,
    Blob,
    Capture,
    Extraction,
    Fact,
    Finding,
    Mention,
    Resource,
    Section,
    Stated,
)
from archive.recorder import BlobMissing, FixityError, read_blob
from archive.times import Clock, iso, utc_now
from archive.warc.payload import UndecodableBody
from archive.warc.reader import RecordUnreadable
from parsers import report
from parsers.crowding import CROWDED
from parsers.isolation import Readers
from parsers.programs import installed
from parsers.scans import extra

STORE_BATCH = 50


@dataclass(frozen=True, slots=True)
class Failure:
    """A blob that could not be read; ``reason`` says why."""

    sha256: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReadingSummary:
    """How many blobs were read, how many were reports, and which failed."""

    read: int
    reports: int
    failures: tuple[Failure, ...]


Progress = Callable[[int, int], None]
"""Called with (done, total) after each blob."""

_READ_ANEW = (report.Outcome.UNSUPPORTED.value, report.Outcome.TIMED_OUT.value)
"""What may be another outcome at the same revision: a program was missing, or the machine was busy."""

FAILED = (
    report.Outcome.FAILED,
    report.Outcome.TIMED_OUT,
    report.Outcome.OUT_OF_MEMORY,
    report.Outcome.UNREADABLE,
    report.Outcome.ENCRYPTED,
)


def stale_blobs(catalogue: Catalogue, revision: int = report.REVISION) -> list[str]:
    """Blobs that reports may stand in and that this revision of the parser has not read yet.

    One that waited for a program, or for the extra that reads scans, is not read until that is there; one
    that ran out of time on a crowded machine is read again.
    """
    said = func.coalesce(Extraction.reason, "")
    waited = [said.contains(way, autoescape=True) for way in _ways_gone()]
    could_now = or_(
        and_(Extraction.outcome == report.Outcome.UNSUPPORTED.value, or_(false(), *waited)),
        and_(Extraction.outcome == report.Outcome.TIMED_OUT.value, said.contains(CROWDED, autoescape=True)),
    )
    with catalogue.reading() as session:
        done = select(Extraction.sha256).where(Extraction.revision == revision, not_(could_now))
        query = _readable().where(Blob.sha256.not_in(done))
        return list(session.scalars(query))


def _ways_gone() -> Iterator[str]:
    """How that was to be installed which is here now, as the reasons of files that waited for it say it."""
    yield from (program.install for program in installed())
    if extra.is_installed():
        yield extra.HOW_TO_INSTALL


def all_blobs(catalogue: Catalogue) -> list[str]:
    """Every blob that a report may stand in."""
    with catalogue.reading() as session:
        return list(session.scalars(_readable()))


def read_blobs(
    catalogue: Catalogue,
    home: Path,
    sha256s: Iterable[str],
    readers: Readers,
    *,
    total: int = 0,
    progress: Progress | None = None,
    clock: Clock = utc_now,
) -> ReadingSummary:
    """Read the blobs in the readers' processes and store each extraction at the readers' revision.

    A blob that is missing, damaged or fails to parse is a :class:`Failure`; the others go on.
    """
    failures: list[Failure] = []
    read = reports = 0
    batch: list[tuple[str, report.Extraction]] = []
    for sha256, extraction in readers.read_many(archived(catalogue, home, sha256s, failures)):
        read += 1
        reports += extraction.outcome is report.Outcome.REPORT
        if extraction.outcome in FAILED:
            failures.append(Failure(sha256, f"{extraction.outcome}: {extraction.reason}"))
        batch.append((sha256, extraction))
        if len(batch) >= STORE_BATCH:
            _store(catalogue, batch, clock)
        if progress is not None:
            progress(read, total)
    _store(catalogue, batch, clock)
    return ReadingSummary(read, reports, tuple(failures))


def _readable() -> Select[str]:
    kinds = [k.value for k in READABLE_KINDS]
    return (
        select(Blob.sha256)
        .join(Capture, Capture.sha256 == Blob.sha256)
        .join(Resource, Resource.resource_id == Capture.resource_id)
        .where(Resource.kind.in_(kinds), Capture.verdict == "ok", ~Capture.cut)
        .group_by(Blob.sha256)
        .order_by(func.min(Capture.capture_id))
    )


def archived(
    catalogue: Catalogue, home: Path, sha256s: Iterable[str], failures: list[Failure]
) -> Iterator[tuple[str, bytes, str | None]]:
    """Each blob's bytes, from the WARC files; one that cannot be had goes to ``failures``."""
    for sha256 in sha256s:
        try:
            data = read_blob(catalogue, home, sha256)
        except (BlobMissing, FixityError, RecordUnreadable, UndecodableBody) as error:
            failures.append(Failure(sha256, str(error)))
            continue
        with catalogue.reading() as session:
            blob = session.get_one(Blob, sha256)
        yield sha256, data, blob.media_type


def _store(catalogue: Catalogue, batch: list[tuple[str, report.Extraction]], clock: Clock) -> None:
    if not batch:
        return
    with catalogue.writing() as session:
        take_turn(session, "reading")
        for sha256, extraction in batch:
            stored = _stored(session, sha256, extraction.revision)
            if stored is None or stored.outcome in _READ_ANEW:
                _store_one(session, stored or Extraction(), sha256, extraction, iso(clock()))
    batch.clear()


def _stored(session: Session, sha256: str, revision: int) -> Extraction | None:
    return session.scalar(
        select(Extraction).where(Extraction.sha256 == sha256, Extraction.revision == revision)
    )


def _store_one(session: Session, row: Extraction, sha256: str, read: report.Extraction, read_at: str) -> None:
    """Fill in the row of an extraction: a new one, or that of a file that could not be read until now."""
    row.sha256 = sha256
    row.revision = read.revision
    row.outcome = read.outcome.value
    row.reason = _clean(read.reason)
    row.media_type = read.media_type
    row.title = _clean(read.title)
    row.agency = _clean(read.agency)
    row.year = read.year
    row.edition = read.edition
    row.published_on = read.published_on.isoformat() if read.published_on else None
    row.divisions = " ".join(read.divisions)
    row.content_sha256 = read.content_sha256
    row.read_at = read_at
    session.add(row)
    session.flush()
    key = row.extraction_id
    _insert(session, Fact, [_fact_row(key, f) for f in read.facts])
    _insert(session, Section, [_section_row(key, s) for s in read.sections])
    _insert(session, Finding, [_finding_row(key, c) for c in read.checks])
    _insert(session, Stated, [_stated_row(key, s) for s in read.narrative])
    _insert(session, Mention, [_mention_row(key, m) for m in read.mentions])


def _insert(session: Session, table: type[Base], rows: list[dict[str, Any]]) -> None:
    if rows:
        session.execute(insert(table), rows)


def _fact_row(key: int, fact: report.Fact) -> dict[str, Any]:
    return {
        "extraction_id": key,
        "table_code": fact.table_code,
        "row_code": fact.row_code,
        "column_code": fact.column_code,
        "value": _number(fact.value),
        "state": fact.state.value,
        "raw": _clean(fact.raw),
        "locator": fact.locator,
        "certainty": fact.certainty.value,
        "evidence": _clean(fact.evidence),
    }


def _section_row(key: int, section: report.Section) -> dict[str, Any]:
    return {
        "extraction_id": key,
        "ordinal": section.ordinal,
        "heading": _clean(section.heading),
        "text": _clean(section.text),
    }


def _finding_row(key: int, check: report.Check) -> dict[str, Any]:
    return {
        "extraction_id": key,
        "rule": check.rule,
        "scope": check.scope,
        "passed": None if check.passed is None else int(check.passed),
        "expected": _number(check.expected),
        "actual": _number(check.actual),
        "detail": _clean(check.detail),
        "fault": check.fault.value if check.fault else None,
    }


def _stated_row(key: int, stated: report.Stated) -> dict[str, Any]:
    return {
        "extraction_id": key,
        "code": stated.code,
        "value": _number(stated.value),
        "unit": stated.unit,
        "sentence": _clean(stated.sentence),
        "locator": stated.locator,
    }


def _mention_row(key: int, mention: report.Mention) -> dict[str, Any]:
    return {
        "extraction_id": key,
        "kind": mention.kind.value,
        "value": _clean(mention.value),
        "locator": mention.locator,
    }


@overload
def _clean(read: str) -> str: ...
@overload
def _clean(read: None) -> None: ...
def _clean(read: str | None) -> str | None:
    """Without NUL, which some PDF files hold and PostgreSQL takes in no text."""
    return None if read is None else read.replace("\0", "")


def _number(value: Decimal | None) -> float | None:
    """None as well for what is too great for a column: some hundred digits, which are in ``raw`` too."""
    number = None if value is None else float(value)
    return number if number is None or math.isfinite(number) else None
