"""Keeps what a run fetches: first the WARC record, then, once that is on disk, its row.

Rows wait in memory and are committed in batches, each after one sync of the WARC file, so the cost
of both stays small and no row ever points past what is on disk.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Table, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from surt import surt

from archive.capture import Fetched, Kind, Known, ListingSeen, Via
from archive.catalogue.engine import Catalogue, take_turn
from archive.catalogue.models import Blob, Capture, Listing, Resource, Sighting
from archive.times import Clock, iso, utc_now
from archive.warc.exchange import Original, Placed
from archive.warc.payload import split_head
from archive.warc.reader import read_payload
from archive.warc.writer import WarcWriter, digest

BATCH = 200
MEDIA_TYPE_LENGTH = 120
SQL_LIMIT = 500  # bound parameters that a single IN list may hold


class BlobMissing(Exception):
    """No record in the archive carries the bytes asked for."""


class FixityError(Exception):
    """The bytes on disk are not those that were stored."""


@dataclass(frozen=True, slots=True)
class _Pending:
    """A row that waits; ``fetched`` without its bytes, of which ``size`` tells how many the file has."""

    fetched: Fetched
    placed: Placed | None
    sha256: str | None
    size: int | None


class Recorder:
    """The archive of one run on one host. Use as a context manager: leaving it flushes and closes."""

    def __init__(
        self,
        catalogue: Catalogue,
        home: Path,
        *,
        run_id: int,
        host: str,
        software: str,
        site_id: int | None = None,
        clock: Clock = utc_now,
        batch: int = BATCH,
    ) -> None:
        self._catalogue = catalogue
        self._home = home
        self._run_id = run_id
        self._site_id = site_id
        self._clock = clock
        self._batch = batch
        self._writer = WarcWriter(home, run_id=run_id, host=host, software=software, clock=clock)
        self._pending: list[_Pending] = []
        self._listings: list[ListingSeen] = []
        self._originals: dict[tuple[str, str], Original] = {}
        self._known = _load_known(catalogue, host)
        self._archive_is_empty = _is_empty(catalogue)

    def __enter__(self) -> Recorder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def known(self, url: str) -> Known | None:
        """The newest stored bytes of ``url``, for a conditional request."""
        return self._known.get(url)

    def known_body(self, url: str) -> bytes:
        """The stored bytes of a URL that :meth:`known` knows."""
        self._make_durable()
        return read_blob(self._catalogue, self._home, self._known[url].sha256)

    def add(self, fetched: Fetched) -> None:
        """Keep one fetch. It is durable once :meth:`flush` (or a full batch) has returned."""
        placed = self._store(fetched)
        sha256 = self._remember(fetched, placed)
        size = len(fetched.body) if fetched.body is not None else None
        self._wait(_Pending(replace(fetched, body=None, exchange=None), placed, sha256, size))

    def add_placed(self, fetched: Fetched, placed: Placed, sha256: str | None, size: int | None) -> None:
        """Keep the row of a record that is on disk already, as an imported one is."""
        self._wait(_Pending(fetched, placed, sha256, size))

    def add_file(self, url: str, media_type: str, data: bytes) -> bool:
        """Keep a file that a person handed in, as a ``resource`` record under ``url``.

        False, and nothing is kept, when that file was imported under that URL before.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        if _was_imported(self._catalogue, url, sha256):
            return False
        placed = self._writer.store_resource(url, media_type, data)
        fetched = Fetched(
            url=url,
            fetched_at=self._clock(),
            kind=Kind.GIVEN,
            verdict="ok",
            media_type=media_type,
            via=Via.IMPORT,
        )
        self._wait(_Pending(fetched, placed, sha256, len(data)))
        return True

    def add_listing(self, listing: ListingSeen) -> None:
        self._listings.append(listing)

    def flush(self) -> None:
        """Sync the WARC file, then commit the rows that point at it."""
        self._make_durable()

    def close(self) -> None:
        try:
            self._make_durable()
        finally:
            self._writer.close()

    # ------------------------------------------------------------------

    def _wait(self, entry: _Pending) -> None:
        self._pending.append(entry)
        if len(self._pending) >= self._batch:
            self.flush()

    def _store(self, fetched: Fetched) -> Placed | None:
        if fetched.exchange is None:
            return None
        return self._writer.store(fetched.exchange, self._original_for(fetched))

    def _original_for(self, fetched: Fetched) -> Original | None:
        """The earlier record with this payload, if there is one to refer to."""
        assert fetched.exchange is not None
        if fetched.status == 304:
            known = self._known.get(fetched.url)
            return self._find_original(known.payload_digest, known.sha256) if known else None
        if fetched.body is None:
            return None
        _, body = split_head(fetched.exchange.response)
        sha256 = hashlib.sha256(fetched.body).hexdigest()
        return self._find_original(digest(body), sha256) if body else None

    def _find_original(self, payload_digest: str, sha256: str) -> Original | None:
        """Both must agree: the same bytes under another coding are another file with its own record."""
        found = self._originals.get((payload_digest, sha256))
        if found is None and not self._archive_is_empty:
            found = _stored_original(self._catalogue, payload_digest, sha256)
            if found is not None:
                self._originals[payload_digest, sha256] = found
        return found

    def _remember(self, fetched: Fetched, placed: Placed | None) -> str | None:
        """Note what a later fetch can refer to; the sha256 of the file's bytes, if there are any."""
        if placed is None:
            return None
        known = self._known.get(fetched.url)
        if fetched.status == 304:
            return known.sha256 if known else None
        if fetched.body is None:
            return None
        sha256 = hashlib.sha256(fetched.body).hexdigest()
        if placed.record_type == "response":
            self._originals[placed.payload_digest, sha256] = Original(
                fetched.url, iso(fetched.fetched_at), placed.payload_digest
            )
        if fetched.verdict == "ok":
            self._known[fetched.url] = Known(
                url=fetched.url,
                sha256=sha256,
                payload_digest=placed.payload_digest,
                media_type=fetched.media_type,
                etag=fetched.etag,
                last_modified=fetched.last_modified,
            )
        return sha256

    def _make_durable(self) -> None:
        if not self._pending and not self._listings:
            return
        self._writer.sync()
        with self._catalogue.writing() as session:
            take_turn(session, "recording")
            ids = _resource_ids(session, self._pending, self._site_id)
            _add_blobs(session, self._pending)
            now = iso(self._clock())
            rows = [_capture_row(p, ids[p.fetched.url], self._run_id, now) for p in self._pending]
            if rows:
                session.execute(insert(Capture), rows)
            for listing in self._listings:
                _add_listing(session, listing, self._run_id, self._site_id, iso(self._clock()))
        self._pending.clear()
        self._listings.clear()


def read_blob(catalogue: Catalogue, home: Path, sha256: str) -> bytes:
    """The bytes whose sha256 this is, read from the WARC files and proved.

    Raises :class:`BlobMissing`, :class:`FixityError`, or the reader's ``RecordUnreadable``.
    """
    query = (
        select(Capture.warc_file, Capture.warc_offset)
        .where(Capture.sha256 == sha256, Capture.record_type.in_(("response", "resource")))
        .order_by(Capture.capture_id)
        .limit(1)
    )
    with catalogue.reading() as session:
        row = session.execute(query).first()
    if row is None:
        raise BlobMissing(f"no record in the archive carries sha256 {sha256}")
    data = read_payload(home, row.warc_file, row.warc_offset)
    if hashlib.sha256(data).hexdigest() != sha256:
        raise FixityError(f"{row.warc_file} at byte {row.warc_offset} no longer holds sha256 {sha256}")
    return data


def _load_known(catalogue: Catalogue, host: str) -> dict[str, Known]:
    """What the host sent us itself: a validator out of an imported file may be anyone's."""
    query = (
        select(Resource.url, Capture)
        .join(Capture, Capture.resource_id == Resource.resource_id)
        .where(
            Resource.host == host,
            Capture.verdict == "ok",
            Capture.sha256.is_not(None),
            Capture.via != Via.IMPORT.value,
        )
        .order_by(Capture.capture_id)
    )
    known: dict[str, Known] = {}
    with catalogue.reading() as session:
        for url, capture in session.execute(query).yield_per(1000):
            assert capture.sha256 is not None
            assert capture.payload_digest is not None
            known[url] = Known(
                url=url,
                sha256=capture.sha256,
                payload_digest=capture.payload_digest,
                media_type=capture.media_type,
                etag=capture.etag,
                last_modified=capture.last_modified,
            )
    return known


def _was_imported(catalogue: Catalogue, url: str, sha256: str) -> bool:
    query = (
        select(Capture.capture_id)
        .join(Resource, Resource.resource_id == Capture.resource_id)
        .where(Resource.url == url, Capture.sha256 == sha256, Capture.via == Via.IMPORT.value)
        .limit(1)
    )
    with catalogue.reading() as session:
        return session.scalar(query) is not None


def _is_empty(catalogue: Catalogue) -> bool:
    with catalogue.reading() as session:
        return session.scalar(select(Capture.capture_id).limit(1)) is None


def _stored_original(catalogue: Catalogue, payload_digest: str, sha256: str) -> Original | None:
    query = (
        select(Resource.url, Capture.fetched_at)
        .join(Capture, Capture.resource_id == Resource.resource_id)
        .where(
            Capture.payload_digest == payload_digest,
            Capture.sha256 == sha256,
            Capture.record_type == "response",
        )
        .order_by(Capture.capture_id)
        .limit(1)
    )
    with catalogue.reading() as session:
        row = session.execute(query).first()
    return Original(row.url, row.fetched_at, payload_digest) if row else None


def _insert_new(session: Session, table: Any, rows: list[dict[str, Any]]) -> None:
    """Insert the rows that are not there yet; another process may have added some."""
    assert isinstance(table.__table__, Table)
    if session.get_bind().dialect.name == "postgresql":
        session.execute(postgresql.insert(table.__table__).on_conflict_do_nothing(), rows)
    else:
        session.execute(sqlite.insert(table.__table__).on_conflict_do_nothing(), rows)


def _resource_ids(session: Session, pending: list[_Pending], site_id: int | None) -> dict[str, int]:
    """Ids of all URLs of the batch; new ones are added, with their parent."""
    first: dict[str, Fetched] = {}
    for entry in pending:
        first.setdefault(entry.fetched.url, entry.fetched)
    ids = _ids_of(session, first)
    new = [f for url, f in first.items() if url not in ids]
    if not new:
        return ids
    _insert_new(session, Resource, [_resource_row(f, site_id) for f in new])
    ids |= _ids_of(session, (f.url for f in new))
    parents = _ids_of(session, {f.parent_url for f in new if f.parent_url})
    links = [
        {"resource_id": ids[f.url], "parent_id": parents[f.parent_url]}
        for f in new
        if f.parent_url in parents
    ]
    if links:
        session.execute(update(Resource), links)
    return ids


def _ids_of(session: Session, urls: Iterable[str | None]) -> dict[str, int]:
    wanted = [u for u in urls if u]
    ids: dict[str, int] = {}
    for start in range(0, len(wanted), SQL_LIMIT):
        part = wanted[start : start + SQL_LIMIT]
        rows = session.execute(select(Resource.url, Resource.resource_id).where(Resource.url.in_(part)))
        ids.update((url, resource_id) for url, resource_id in rows)
    return ids


def _resource_row(fetched: Fetched, site_id: int | None) -> dict[str, Any]:
    return {
        "url": fetched.url,
        "surt": surt(fetched.url),
        "host": (urlsplit(fetched.url).netloc or "").lower(),
        "kind": fetched.kind.value,
        "site_id": site_id,
    }


def _add_blobs(session: Session, pending: list[_Pending]) -> None:
    rows = {
        p.sha256: {
            "sha256": p.sha256,
            "size": p.size,
            "media_type": _storable(p.fetched.media_type, MEDIA_TYPE_LENGTH),
        }
        for p in pending
        if p.sha256 is not None and p.size is not None and p.fetched.status != 304
    }
    if rows:
        _insert_new(session, Blob, list(rows.values()))


def _storable(said: str | None, length: int | None = None) -> str | None:
    """What a server said as a column can hold it; the record keeps it as it was sent."""
    # PostgreSQL takes no NUL in a text
    return None if said is None else said.replace("\0", "")[:length]


def _capture_row(entry: _Pending, resource_id: int, run_id: int, now: str) -> dict[str, Any]:
    fetched, placed = entry.fetched, entry.placed
    return {
        "run_id": run_id,
        "resource_id": resource_id,
        "fetched_at": iso(fetched.fetched_at),
        "via": fetched.via.value,
        "status": fetched.status,
        "verdict": fetched.verdict,
        "reason": _storable(fetched.reason),
        "sha256": entry.sha256,
        "media_type": _storable(fetched.media_type, MEDIA_TYPE_LENGTH),
        "size": entry.size,
        "etag": _storable(fetched.etag),
        "last_modified": _storable(fetched.last_modified),
        "record_type": placed.record_type if placed else None,
        "payload_digest": placed.payload_digest or None if placed else None,
        "warc_file": placed.file if placed else None,
        "warc_offset": placed.offset if placed else None,
        "warc_length": placed.length if placed else None,
        "location": _storable(fetched.location),
        "again": fetched.again,
        "recorded_at": now,
    }


def _add_listing(session: Session, seen: ListingSeen, run_id: int, site_id: int | None, seen_at: str) -> None:
    listing = Listing(
        run_id=run_id,
        site_id=site_id,
        url=seen.url,
        column_name=seen.column_name,
        family=seen.family,
        pages_declared=seen.pages_declared,
        pages_seen=seen.pages_seen,
        complete=seen.complete,
        items=len(seen.items),
        seen_at=seen_at,
    )
    session.add(listing)
    session.flush()
    rows = [
        {
            "listing_id": listing.listing_id,
            "url": item.url,
            "title": item.title,
            "shown_date": item.shown_date,
            "position": position,
        }
        for position, item in enumerate(seen.items)
    ]
    if rows:
        session.execute(insert(Sighting), rows)
