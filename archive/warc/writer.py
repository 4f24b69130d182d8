"""Writes WARC/1.1 files (ISO 28500:2017): one gzip member a record, sha256 digests.

A file is called ``….warc.gz.open`` while it is written and loses ``.open`` when it is closed.
What :meth:`WarcWriter.store` returned is certain to be on disk only after :meth:`WarcWriter.sync`.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import zlib
from base64 import b32encode
from collections.abc import Mapping
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from types import TracebackType

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import BaseWARCWriter

from archive.times import Clock, compact, iso, utc_now
from archive.warc.exchange import Exchange, Original, Placed
from archive.warc.payload import split_head

COMPRESSION_LEVEL = 6  # level 9 takes twice the time for under 1 % of the size
Notes = Mapping[str, str]
MAX_FILE_BYTES = 1_000_000_000  # the size that ISO 28500, annex C, advises
MAX_FILE_AGE = timedelta(hours=6)  # so that a long crawl's files are closed, and backed up, on the day
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"


def digest(data: bytes) -> str:
    """``sha256:`` and the base32 form that WARC tools write."""
    return "sha256:" + b32encode(hashlib.sha256(data).digest()).decode("ascii")


class ArchiveUnwritable(Exception):
    """A WARC file could not be written, as on a full disk. What was stored before stays whole."""


class WarcWriter:
    """Writes the records of one run and host into ``home/warc/YEAR/``.

    Opens its file at the first record. Not thread-safe: one writer a process and host.
    """

    def __init__(
        self,
        home: Path,
        *,
        run_id: int,
        host: str,
        software: str,
        clock: Clock = utc_now,
        max_file_bytes: int = MAX_FILE_BYTES,
    ) -> None:
        self._home = home
        self._run_id = run_id
        self._host = re.sub(r"[^A-Za-z0-9.-]", "_", host)
        self._software = software
        self._clock = clock
        self._max_file_bytes = max_file_bytes
        self._builder = BaseWARCWriter(gzip=False, warc_version="WARC/1.1")
        self._fd: int | None = None
        self._file = ""
        self._size = 0
        self._serial = 0
        self._opened_at = clock()
        self._lost: str | None = None

    def __enter__(self) -> WarcWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def store(
        self, exchange: Exchange, original: Original | None = None, notes: Notes | None = None
    ) -> Placed:
        """Append the response (or a revisit of ``original``) and its request; the response's place.

        A response whose status is 304 becomes a ``server-not-modified`` revisit, without an HTTP
        block (so that replay gives the original's), its head in a ``metadata`` record. ``notes`` are header
        fields of our own (``Nianbao-…``), from which a lost catalogue can be made again.

        Raises :class:`ArchiveUnwritable`; the file is then cut back to its last whole record and closed.
        """
        self._ready()
        head, body = split_head(exchange.response)
        date = iso(exchange.fetched_at)
        if original is not None and _status(head) == 304:
            main = self._not_modified(exchange, original, date)
            extra = [self._metadata(exchange, head, main, date)]
        elif original is not None:
            main = self._identical(exchange, head, original, date)
            extra = []
        else:
            main = self._response(exchange, head, body, date)
            extra = []
        for name, value in (notes or {}).items():
            main.rec_headers.add_header(f"Nianbao-{name}", header_text(value))
        placed_at = self._size
        length = self._append(main)
        for record in [*extra, self._request(exchange, main, date)]:
            self._append(record)
        payload = main.rec_headers.get_header("WARC-Payload-Digest")
        return Placed(self._file, placed_at, length, main.rec_type, payload)

    def store_resource(self, url: str, media_type: str, data: bytes) -> Placed:
        """Append a file that did not come over HTTP as a ``resource`` record."""
        self._ready()
        record = self._record("resource", url, iso(self._clock()), data, content_type=media_type)
        record.rec_headers.add_header("WARC-Payload-Digest", digest(data))
        placed_at = self._size
        length = self._append(record)
        return Placed(self._file, placed_at, length, "resource", digest(data))

    def sync(self) -> None:
        """Return when everything stored so far is on disk. Raises :class:`ArchiveUnwritable`."""
        if self._lost is not None:
            raise ArchiveUnwritable(self._lost)
        if self._fd is not None:
            try:
                os.fsync(self._fd)
            except OSError as error:
                # after a failed fsync the kernel may drop the pages: nothing since the last one is certain
                self._lost = _complaint(self._home / self._file, error)
                raise ArchiveUnwritable(self._lost) from error

    def close(self) -> None:
        """Sync, take the ``.open`` off the file's name and sync its folder."""
        if self._fd is None:
            return
        os.fsync(self._fd)
        os.close(self._fd)
        self._fd = None
        path = self._home / self._file
        os.rename(f"{path}.open", path)
        _sync_folder(path.parent)

    def _ready(self) -> None:
        if self._lost is not None:
            raise ArchiveUnwritable(self._lost)
        full = self._size >= self._max_file_bytes or self._clock() - self._opened_at >= MAX_FILE_AGE
        if self._fd is not None and full:
            self.close()
        if self._fd is None:
            self._open()

    def _open(self) -> None:
        name, path = self._unused_name()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._fd = os.open(f"{path}.open", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        except OSError as error:
            raise ArchiveUnwritable(_complaint(path, error)) from error
        fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)  # tells `mend` that a writer is alive
        self._size = 0
        self._opened_at = self._clock()
        _sync_folder(path.parent)
        self._append(self._warcinfo(name))

    def _unused_name(self) -> tuple[str, Path]:
        """A name that no file bears yet, not even one of this second: closing would write over it."""
        now = self._clock()
        while True:
            self._serial += 1
            name = f"nianbao-{compact(now)}-run{self._run_id}-{self._serial:04d}-{self._host}.warc.gz"
            self._file = f"warc/{now.year}/{name}"
            path = self._home / self._file
            if not path.exists() and not path.with_name(f"{name}.open").exists():
                return name, path

    def _append(self, record: ArcWarcRecord) -> int:
        """Write one record as one gzip member with one call; on failure cut back what was written."""
        assert self._fd is not None
        member = _gzip_member(_serialise(record))
        try:
            written = 0
            while written < len(member):
                written += os.write(self._fd, member[written:])
        except OSError as error:
            raise self._cut_back(error) from error
        self._size += len(member)
        return len(member)

    def _cut_back(self, cause: OSError) -> ArchiveUnwritable:
        """Take off what was written of a record that failed, and close the file behind its last whole one."""
        complaint = _complaint(self._home / self._file, cause)
        assert self._fd is not None
        try:
            os.ftruncate(self._fd, self._size)
            self.close()
        except OSError as error:
            complaint = f"{complaint}; it could not be cut back either ({error.strerror}): run `nianbao mend`"
            self._lost = complaint
        return ArchiveUnwritable(complaint)

    def _record(self, kind: str, url: str, date: str, block: bytes, *, content_type: str) -> ArcWarcRecord:
        headers = StatusAndHeaders("", [("WARC-Type", kind)], protocol="WARC/1.1")
        headers.add_header("WARC-Record-ID", self._builder._make_warc_id())
        if url:
            headers.add_header("WARC-Target-URI", url)
        headers.add_header("WARC-Date", date)
        headers.add_header("WARC-Block-Digest", digest(block))
        record = ArcWarcRecord("warc", kind, headers, BytesIO(block), None, content_type, len(block))
        record.rec_headers.add_header("Content-Type", content_type)
        return record

    def _response(self, exchange: Exchange, head: bytes, body: bytes, date: str) -> ArcWarcRecord:
        record = self._http("response", exchange, head + body, date)
        record.rec_headers.add_header("WARC-Payload-Digest", digest(body))
        return record

    def _identical(self, exchange: Exchange, head: bytes, original: Original, date: str) -> ArcWarcRecord:
        record = self._http("revisit", exchange, head, date)
        _refer(record, original, IDENTICAL)
        return record

    def _not_modified(self, exchange: Exchange, original: Original, date: str) -> ArcWarcRecord:
        record = self._http("revisit", exchange, b"", date)
        _refer(record, original, NOT_MODIFIED)
        return record

    def _http(self, kind: str, exchange: Exchange, block: bytes, date: str) -> ArcWarcRecord:
        content_type = "application/http; msgtype=response"
        record = self._record(kind, exchange.url, date, block, content_type=content_type)
        if exchange.ip:
            record.rec_headers.add_header("WARC-IP-Address", exchange.ip)
        return record

    def _request(self, exchange: Exchange, response: ArcWarcRecord, date: str) -> ArcWarcRecord:
        content_type = "application/http; msgtype=request"
        record = self._record("request", exchange.url, date, exchange.request, content_type=content_type)
        _, body = split_head(exchange.request)
        record.rec_headers.add_header("WARC-Payload-Digest", digest(body))
        record.rec_headers.add_header("WARC-Concurrent-To", _record_id(response))
        return record

    def _metadata(self, exchange: Exchange, head: bytes, about: ArcWarcRecord, date: str) -> ArcWarcRecord:
        """The head of a 304 answer, whose revisit record carries no HTTP block."""
        block = head.rstrip(b"\r\n") + b"\r\n"
        record = self._record("metadata", exchange.url, date, block, content_type="message/http")
        record.rec_headers.add_header("WARC-Payload-Digest", digest(block))
        record.rec_headers.add_header("WARC-Refers-To", _record_id(about))
        return record

    def _warcinfo(self, name: str) -> ArcWarcRecord:
        lines = {
            "software": self._software,
            "format": "WARC File Format 1.1",
            "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
            "isPartOf": f"run {self._run_id}",
            "robots": "obey",
        }
        block = "".join(f"{key}: {value}\r\n" for key, value in lines.items()).encode()
        record = self._record(
            "warcinfo", "", iso(self._clock()), block, content_type="application/warc-fields"
        )
        record.rec_headers.add_header("WARC-Filename", name)
        return record


def _refer(record: ArcWarcRecord, original: Original, profile: str) -> None:
    record.rec_headers.add_header("WARC-Profile", profile)
    record.rec_headers.add_header("WARC-Refers-To-Target-URI", original.url)
    record.rec_headers.add_header("WARC-Refers-To-Date", original.fetched_at)
    record.rec_headers.add_header("WARC-Payload-Digest", original.payload_digest)


def header_text(value: str) -> str:
    """A value as a WARC header can hold it: on one line."""
    return " ".join(value.split())


def _complaint(path: Path, error: OSError) -> str:
    return (
        f"{path} cannot be written: {error.strerror or error}; free some space or mend the disk, then go on"
    )


def _record_id(record: ArcWarcRecord) -> str:
    return str(record.rec_headers.get_header("WARC-Record-ID"))


def _status(head: bytes) -> int | None:
    parts = head.split(b" ", 2)
    return int(parts[1][:3]) if len(parts) > 1 and parts[1][:3].isdigit() else None


def _serialise(record: ArcWarcRecord) -> bytes:
    """The record's bytes. Not by warcio's own writer: of a revisit that one leaves out the block."""
    block: bytes = record.raw_stream.read()
    record.rec_headers.replace_header("Content-Length", str(len(block)))
    head: bytes = record.rec_headers.to_bytes(encoding="utf-8")
    return head + block + b"\r\n\r\n"


def _gzip_member(data: bytes) -> bytes:
    engine = zlib.compressobj(COMPRESSION_LEVEL, zlib.DEFLATED, 31)
    return engine.compress(data) + engine.flush()


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
