"""Keeps what a run fetches: first the WARC record, then, once that is on disk, its row.

Rows wait in memory and are committed in batches, each after one sync of the WARC file, so the cost
of both stays small and no row ever points past what is on disk.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType

from sqlalchemy import select

from archive.bound import MEDIA_TYPE, Binding, as_fetched, bound
from archive.capture import POSTED, Fetched, Kind, Known, ListingSeen, Via
from archive.catalogue.engine import Catalogue, take_turn
from archive.catalogue.models import Capture, Resource
from archive.evidence import CARRIERS, Archived, add_captures, add_listing, is_empty
from archive.notes import LISTING_TYPE, fields_of, listing_block, notes_of
from archive.runs import run_notes
from archive.times import Clock, iso, utc_now
from archive.warc.exchange import Original, Placed
from archive.warc.payload import UndecodableBody, split_head
from archive.warc.reader import RecordUnreadable, read_payload
from archive.warc.writer import WarcWriter, digest, digest_label

BATCH = 200


class BlobMissing(Exception):
    """No record in the archive carries the bytes asked for."""


class FixityError(Exception):
    """The bytes on disk are not those that were stored."""


class StoredUnreadable(Exception):
    """The archive no longer gives back what it holds of an address."""


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
        about = fields_of(run_notes(catalogue, run_id, site_id))
        self._writer = WarcWriter(home, run_id=run_id, host=host, software=software, clock=clock, about=about)
        self._pending: list[Archived] = []
        self._listings: list[tuple[ListingSeen, str]] = []
        self._originals: dict[tuple[str, str], Original] = {}
        self._known = _load_known(catalogue, host)
        self._archive_is_empty = is_empty(catalogue)
        self._damaged: set[str] = set()

    def __enter__(self) -> Recorder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def known(self, url: str) -> Known | None:
        """The newest stored bytes of ``url``, for a conditional request."""
        return self._known.get(url)

    def verdict_before(self, url: str) -> str | None:
        """What came of asking for ``url`` on the run before, None where no earlier run did."""
        query = (
            select(Capture.verdict)
            .join(Resource, Resource.resource_id == Capture.resource_id)
            .where(Resource.url == url, Capture.run_id != self._run_id)
            .order_by(Capture.capture_id.desc())
            .limit(1)
        )
        with self._catalogue.reading() as session:
            return session.scalar(query)

    def known_body(self, url: str) -> bytes:
        """The stored bytes of a URL that :meth:`known` knows.

        Raises :class:`StoredUnreadable`; the URL is not known any more then, and comes to be kept whole anew.
        """
        self._make_durable()
        known = self._known[url]
        try:
            return read_blob(self._catalogue, self._home, known.sha256)
        except (BlobMissing, FixityError, RecordUnreadable, UndecodableBody) as error:
            del self._known[url]
            self._damaged.add(known.sha256)
            raise StoredUnreadable(str(error)) from error

    def add(self, fetched: Fetched) -> Placed | None:
        """Keep one fetch; where its record stands. It is durable once :meth:`flush` (or a full batch) has
        returned.
        """
        sums = _sums_of(fetched)
        placed = self._store(fetched, sums)
        sha256 = self._remember(fetched, placed, sums)
        size = len(fetched.body) if fetched.body is not None else None
        # a row waits without the bytes: they are in the record, and a batch of them would fill the memory
        self.add_placed(replace(fetched, body=None, exchange=None), placed, sha256, size)
        return placed

    def add_drawn(self, fetched: Fetched, of: Placed) -> None:
        """Keep a page as a browser drew it, beside the answer ``of`` that it was drawn from."""
        assert fetched.body is not None
        media_type = fetched.media_type or "text/html"
        date = iso(fetched.fetched_at)
        notes = notes_of(fetched)
        placed = self._writer.store_conversion(fetched.url, date, media_type, fetched.body, of, notes)
        sums = _Sums(placed.payload_digest, hashlib.sha256(fetched.body).hexdigest())
        self._remember(fetched, placed, sums)
        self.add_placed(replace(fetched, body=None), placed, sums.sha256, len(fetched.body))

    def add_placed(self, fetched: Fetched, placed: Placed, sha256: str | None, size: int | None) -> None:
        """Keep the row of a record that is on disk already, as an imported one is."""
        self._pending.append(Archived(fetched, placed, iso(self._clock()), sha256, size))
        if len(self._pending) >= self._batch:
            self.flush()

    def add_file(self, url: str, media_type: str, data: bytes) -> bool:
        """Keep a file that a person handed in, as a ``resource`` record under ``url``.

        False, and nothing is kept, when that file was imported under that URL before.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        if _was_imported(self._catalogue, url, sha256):
            return False
        fetched = Fetched(
            url=url,
            fetched_at=self._clock(),
            kind=Kind.GIVEN,
            verdict="ok",
            media_type=media_type,
            via=Via.IMPORT,
        )
        placed = self._writer.store_resource(
            url, iso(fetched.fetched_at), media_type, data, notes_of(fetched)
        )
        self.add_placed(fetched, placed, sha256, len(data))
        return True

    def add_bound(self, page_url: str, binding: Binding, pieces: Sequence[str]) -> None:
        """Keep the pieces in which a page hands out its report as one file; what was never had is left out.

        Raises :class:`~archive.bound.TooManyPieces`.
        """
        had = {url: self._known[url].sha256 for url in pieces if url in self._known}
        self.bind(binding, had, as_fetched(page_url, binding, self._clock()))

    def bind(self, binding: Binding, pieces: Mapping[str, str], whole: Fetched) -> None:
        """Keep archived pieces, by address and sha256 and in this order, as the file ``whole``.

        Raises as :meth:`add_bound`.
        """
        self._make_durable()
        addresses: dict[str, str] = {}
        for url, sha256 in pieces.items():
            addresses.setdefault(sha256, url)
        files = {url: read_blob(self._catalogue, self._home, sha256) for sha256, url in addresses.items()}
        files = {url: data for url, data in files.items() if binding.takes(data)}
        if files:
            self._keep_bound(whole, list(files), bound(files.values()))

    def _keep_bound(self, whole: Fetched, pieces: Sequence[str], data: bytes) -> None:
        name, sha256, date = whole.url, hashlib.sha256(data).hexdigest(), iso(whole.fetched_at)
        known = self._known.get(name)
        if known is not None and known.sha256 == sha256:
            same = replace(whole, verdict="not_modified")
            notes = notes_of(same) | {"Payload": known.payload_digest}
            self.add_placed(same, self._writer.store_note(name, date, notes), sha256, None)
            return
        notes = notes_of(whole) | {"Pieces": " ".join(pieces)}
        placed = self._writer.store_conversion(name, date, MEDIA_TYPE, data, None, notes)
        self._known[name] = Known(name, sha256, placed.payload_digest, MEDIA_TYPE, None, None)
        self.add_placed(whole, placed, sha256, len(data))

    def add_listing(self, listing: ListingSeen) -> None:
        """Keep a list as it was walked."""
        seen_at = iso(self._clock())
        # under an address of its own: replay tools would show it for the page
        url = f"urn:nianbao:listing:{listing.url}"
        self._writer.store_note(url, seen_at, {}, content_type=LISTING_TYPE, block=listing_block(listing))
        self._listings.append((listing, seen_at))

    def flush(self) -> None:
        """Sync the WARC file, then commit the rows that point at it."""
        self._make_durable()

    def close(self) -> None:
        """Flush, and close the WARC file. Where that fails the file is left to `mend`, as after a crash."""
        try:
            self._make_durable()
            self._writer.close()
        finally:
            self._writer.abandon()

    # ------------------------------------------------------------------

    def _store(self, fetched: Fetched, sums: _Sums) -> Placed:
        notes = notes_of(fetched)
        if fetched.exchange is None:
            return self._writer.store_note(fetched.url, iso(fetched.fetched_at), notes)
        return self._writer.store(
            fetched.exchange, self._original_for(fetched, sums), notes, payload_digest=sums.payload or None
        )

    def _original_for(self, fetched: Fetched, sums: _Sums) -> Original | None:
        """The earlier record with this payload, if there is one to refer to."""
        if fetched.status == 304:
            known = self._known.get(fetched.url)
            return self._find_original(known.payload_digest, known.sha256) if known else None
        if fetched.body is None or _was_posted(fetched):
            return None
        return self._find_original(sums.payload, sums.sha256) if sums.payload else None

    def _find_original(self, payload_digest: str, sha256: str) -> Original | None:
        """Both must agree: the same bytes under another coding are another file with its own record."""
        if sha256 in self._damaged:
            return None
        found = self._originals.get((payload_digest, sha256))
        if found is None and not self._archive_is_empty:
            found = _stored_original(self._catalogue, payload_digest, sha256)
            if found is not None:
                self._originals[payload_digest, sha256] = found
        return found

    def _remember(self, fetched: Fetched, placed: Placed, sums: _Sums) -> str | None:
        """Note what a later fetch can refer to; the sha256 of the file's bytes, if there are any."""
        known = self._known.get(fetched.url)
        if fetched.status == 304:
            # it refers to no record where what is known is the page as drawn
            return known.sha256 if known and placed.record_type == "revisit" else None
        if fetched.body is None:
            return None
        sha256 = sums.sha256
        if placed.record_type == "response" and not _was_posted(fetched):
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
                changed=_has_changed(known, sha256),
                cut=fetched.cut,
            )
        return sha256

    def _make_durable(self) -> None:
        if not self._pending and not self._listings:
            return
        self._writer.sync()
        with self._catalogue.writing() as session:
            take_turn(session, "recording")
            add_captures(session, self._pending, self._run_id, self._site_id)
            for listing, seen_at in self._listings:
                add_listing(session, listing, self._run_id, self._site_id, seen_at)
        self._pending.clear()
        self._listings.clear()
        self._writer.release()


@dataclass(frozen=True, slots=True)
class _Sums:
    """The digests of one answer: that of its body as sent, as WARC writes it, and the file's own, in hex.

    Empty where there is no such thing.
    """

    payload: str
    sha256: str


def _sums_of(fetched: Fetched) -> _Sums:
    file = hashlib.sha256(fetched.body) if fetched.body is not None else None
    sent = split_head(fetched.exchange.response)[1] if fetched.exchange is not None else b""
    if not sent:
        payload = ""
    elif file is not None and sent == fetched.body:
        payload = digest_label(file.digest())  # sent without any coding: they are the same bytes
    else:
        payload = digest(sent)
    return _Sums(payload, file.hexdigest() if file is not None else "")


def _was_posted(fetched: Fetched) -> bool:
    """Such an answer is kept under another name than its record's, which no revisit could refer to."""
    return POSTED in fetched.url


def read_blob(catalogue: Catalogue, home: Path, sha256: str) -> bytes:
    """The bytes whose sha256 this is, read from the WARC files and proved.

    Raises :class:`BlobMissing`, :class:`FixityError`, or the reader's ``RecordUnreadable``.
    """
    query = (
        select(Capture.warc_file, Capture.warc_offset)
        .where(Capture.sha256 == sha256, Capture.record_type.in_(CARRIERS))
        .order_by(Capture.capture_id)
    )
    with catalogue.reading() as session:
        places = [(row.warc_file, row.warc_offset) for row in session.execute(query)]
    fault: Exception = BlobMissing(f"no record in the archive carries sha256 {sha256}")
    for file, offset in places:
        try:
            return _proved(home, file, offset, sha256)
        except (FixityError, RecordUnreadable, UndecodableBody) as error:
            fault = error
    raise fault


def _proved(home: Path, file: str, offset: int, sha256: str) -> bytes:
    data = read_payload(home, file, offset)
    if hashlib.sha256(data).hexdigest() != sha256:
        raise FixityError(f"{file} at byte {offset} no longer holds sha256 {sha256}")
    return data


def _load_known(catalogue: Catalogue, host: str) -> dict[str, Known]:
    query = (
        select(Resource.url, Capture)
        .join(Capture, Capture.resource_id == Resource.resource_id)
        .where(Resource.host == host, Capture.verdict == "ok", Capture.sha256.is_not(None))
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
                changed=_has_changed(known.get(url), capture.sha256),
                cut=capture.cut,
            )
    return known


def _has_changed(before: Known | None, sha256: str) -> bool:
    return before is not None and (before.changed or before.sha256 != sha256)


def _was_imported(catalogue: Catalogue, url: str, sha256: str) -> bool:
    query = (
        select(Capture.capture_id)
        .join(Resource, Resource.resource_id == Capture.resource_id)
        .where(Resource.url == url, Capture.sha256 == sha256, Capture.via == Via.IMPORT.value)
        .limit(1)
    )
    with catalogue.reading() as session:
        return session.scalar(query) is not None


def _stored_original(catalogue: Catalogue, payload_digest: str, sha256: str) -> Original | None:
    query = (
        select(Resource.url, Capture.fetched_at)
        .join(Capture, Capture.resource_id == Resource.resource_id)
        .where(
            Capture.payload_digest == payload_digest,
            Capture.sha256 == sha256,
            Capture.record_type == "response",
            Resource.url.not_like(f"%{POSTED}%"),
        )
        .order_by(Capture.capture_id)
        .limit(1)
    )
    with catalogue.reading() as session:
        row = session.execute(query).first()
    return Original(row.url, row.fetched_at, payload_digest) if row else None
