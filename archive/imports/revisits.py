"""Finds what imported revisit records refer to, wherever it stands, and gives their rows its bytes.

The record referred to may come later in the file, in another file, or in an import years on. Until it is
there the row says so (verdict ``error``); then the row is made anew, so that what follows from captures in
their order takes it into account.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Row, Select, delete, insert, select
from sqlalchemy.orm import Session

from archive.capture import Via
from archive.catalogue.engine import Catalogue, take_turn
from archive.catalogue.models import Capture, Resource
from archive.times import Clock, iso, utc_now
from archive.warc.digests import Digest
from archive.warc.fields import read_date
from archive.warc.reader import RecordUnreadable, record_at
from archive.warc.records import Record, bare_uri

BATCH = 200
Query = Select[str | None, int | None, str, str | None, str | None, bool]
Bearer = Row[str | None, int | None, str, str | None, str | None, bool]
"""Sha256, size, verdict, media type and payload digest of a record that a revisit may refer to, and whether
it is a piece of a body that is cut."""
_BEARERS = ("response", "resource")


@dataclass(frozen=True, slots=True)
class RevisitsFound:
    """How many revisits found their original now, and how many of this run have none."""

    resolved: int
    left: int


def resolve_revisits(catalogue: Catalogue, home: Path, run_id: int, clock: Clock = utc_now) -> RevisitsFound:
    """Look for the originals of all imported revisits that have none yet; ``left`` counts this run's."""
    resolved = left = after = 0
    while batch := _unresolved(catalogue, after):
        after = batch[-1].capture_id
        with catalogue.reading() as session:
            pairs = [(row, _original(session, home, row)) for row in batch]
        found = [(row, original) for row, original in pairs if original is not None]
        if found:
            _renew(catalogue, found, iso(clock()))
        resolved += len(found)
        left += sum(row.run_id == run_id and original is None for row, original in pairs)
    return RevisitsFound(resolved, left)


def _unresolved(catalogue: Catalogue, after: int) -> Sequence[Capture]:
    query = (
        select(Capture)
        .where(
            Capture.capture_id > after,
            Capture.via == Via.IMPORT.value,
            Capture.record_type == "revisit",
            Capture.sha256.is_(None),
        )
        .order_by(Capture.capture_id)
        .limit(BATCH)
    )
    with catalogue.reading() as session:
        return session.scalars(query).all()


def _original(session: Session, home: Path, revisit: Capture) -> Bearer | None:
    assert revisit.warc_file is not None
    assert revisit.warc_offset is not None
    try:
        record = record_at(home, revisit.warc_file, revisit.warc_offset)
    except RecordUnreadable:
        return None  # `verify` tells of it; the row stays without bytes
    for query in _ways(record, revisit):
        for found in session.execute(query.limit(20)):
            if _agree(revisit.payload_digest, found.payload_digest):
                return found
    return None


def _ways(record: Record, revisit: Capture) -> Iterator[Query]:
    """By address and time, by digest, and for a 304 by the validator that it repeats."""
    url = bare_uri(record.field("WARC-Refers-To-Target-URI"))
    date = read_date(record.field("WARC-Refers-To-Date") or "")
    if url and date:
        yield _bearers().where(Resource.url == url, Capture.fetched_at == iso(date))
    if revisit.payload_digest:
        yield _bearers().where(Capture.payload_digest == revisit.payload_digest)
    if revisit.status == 304 and revisit.etag:
        yield (
            _bearers()
            .where(
                Capture.resource_id == revisit.resource_id,
                Capture.etag == revisit.etag,
                Capture.fetched_at <= revisit.fetched_at,
            )
            .order_by(None)
            .order_by(Capture.fetched_at.desc())
        )


def _bearers() -> Query:
    return (
        select(
            Capture.sha256,
            Capture.size,
            Capture.verdict,
            Capture.media_type,
            Capture.payload_digest,
            Capture.cut,
        )
        .join(Resource, Resource.resource_id == Capture.resource_id)
        .where(Capture.record_type.in_(_BEARERS), Capture.sha256.is_not(None))
        .order_by(Capture.capture_id)
    )


def _agree(one: str | None, other: str | None) -> bool:
    """Two digests of one algorithm must be the same; of two algorithms nothing can be said."""
    first, second = Digest.read(one), Digest.read(other)
    if first is None or second is None or first.algorithm != second.algorithm:
        return True
    return first == second


def _renew(catalogue: Catalogue, found: Sequence[tuple[Capture, Bearer]], now: str) -> None:
    rows = []
    for revisit, original in found:
        row = {c.key: getattr(revisit, c.key) for c in Capture.__table__.columns if c.key != "capture_id"}
        not_modified = revisit.status == 304
        row["recorded_at"] = now
        row["sha256"] = original.sha256
        row["cut"] = original.cut
        row["size"] = None if not_modified else original.size
        row["media_type"] = revisit.media_type or original.media_type
        row["verdict"] = "not_modified" if not_modified else original.verdict
        row["reason"] = "not modified" if not_modified else "the same bytes as an earlier capture"
        rows.append(row)
    with catalogue.writing() as session:
        take_turn(session, "recording")
        session.execute(delete(Capture).where(Capture.capture_id.in_([r.capture_id for r, _ in found])))
        session.execute(insert(Capture), rows)
