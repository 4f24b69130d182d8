"""Writes WARC/1.1 files (ISO 28500:2017): one gzip member a record, sha256 digests.

A file is called ``….warc.gz.open`` while it is written and loses ``.open`` when it is closed.
What :meth:`WarcWriter.store` returned is certain to be on disk only after :meth:`WarcWriter.sync`.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
from base64 import b32encode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Any

from isal import isal_zlib
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import BaseWARCWriter

from archive.times import Clock, compact, iso, utc_now
from archive.warc import manifest
from archive.warc.cdxj import cdxj_line, write_index
from archive.warc.exchange import Exchange, Original, Placed
from archive.warc.members import GZIP_WINDOW
from archive.warc.payload import split_head, status_of

COMPRESSION_LEVEL = 3  # on real pages 11 % larger than zlib's level 6, in a fifth of its time
Notes = Mapping[str, str]
MAX_FILE_BYTES = 1_000_000_000  # the size that ISO 28500, annex C, advises
MAX_FILE_AGE = timedelta(hours=6)  # so that a long crawl's files are closed, and backed up, on the day
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
FIELDS_TYPE = "application/warc-fields"
IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"


def open_name(path: Path) -> Path:
    """What a WARC file is called while it is written."""
    return path.with_name(path.name + ".open")


def digest(data: bytes) -> str:
    """``sha256:`` and the base32 form that WARC tools write."""
    return digest_label(hashlib.sha256(data).digest())


def digest_label(sha256: bytes) -> str:
    """A sha256 as WARC tools write it."""
    return "sha256:" + b32encode(sha256).decode("ascii")


_NOTHING = digest(b"")


class ArchiveUnwritable(Exception):
    """A WARC file could not be written, as on a full disk. What was stored before stays whole."""


@dataclass
class _OpenFile:
    """A file being written: ``name`` is relative to the home, ``path`` is where it stands once closed."""

    fd: int
    name: str
    path: Path
    opened_at: datetime
    size: int = 0
    sha256: Any = field(default_factory=hashlib.sha256)
    index: list[str] = field(default_factory=list)

    def close(self, home: Path) -> None:
        manifest.note(home, self.name, self.sha256.hexdigest())
        os.rename(open_name(self.path), self.path)
        sync_folder(self.path.parent)
        os.close(self.fd)
        with suppress(OSError):  # it follows from the file, and `mend` makes one that is missing
            write_index(home, self.name, sorted(self.index))


class WarcWriter:
    """Writes the records of one run and host into ``home/warc/YEAR/``.

    Opens its file at the first record. A file that is full keeps its ``.open`` until :meth:`release`, so
    that whoever catalogues records can do so first: a file without ``.open`` is catalogued to its end.
    ``about`` are further fields of the files' ``warcinfo``. Not thread-safe: one writer a process and host.
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
        about: Notes | None = None,
    ) -> None:
        self._home = home
        self._run_id = run_id
        self._host = re.sub(r"[^A-Za-z0-9.-]", "_", host)
        self._software = software
        self._clock = clock
        self._max_file_bytes = max_file_bytes
        self._about = about or {}
        self._builder = BaseWARCWriter(gzip=False, warc_version="WARC/1.1")
        self._file: _OpenFile | None = None
        self._full: list[_OpenFile] = []
        self._serial = 0
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
        self,
        exchange: Exchange,
        original: Original | None = None,
        notes: Notes | None = None,
        *,
        payload_digest: str | None = None,
    ) -> Placed:
        """Append the response (or a revisit of ``original``) and its request; the response's place.

        A response whose status is 304 becomes a ``server-not-modified`` revisit, without an HTTP
        block (so that replay gives the original's), its head in a ``metadata`` record. ``notes`` are header
        fields of our own (``Nianbao-…``), from which a lost catalogue can be made again. ``payload_digest``
        is that of the response's body, where the caller has worked it out.

        Raises :class:`ArchiveUnwritable`; the file is then cut back to its last whole record.
        """
        file = self._ready()
        head, body = split_head(exchange.response)
        date = iso(exchange.fetched_at)
        if original is not None and status_of(head) == 304:
            main = self._not_modified(exchange, original, date)
            extra = [self._metadata(exchange, head, main, date)]
        elif original is not None:
            main = self._identical(exchange, head, original, date)
            extra = []
        else:
            main = self._response(exchange, payload_digest or digest(body), date)
            extra = []
        placed = self._place(file, main, notes)
        for record in [*extra, self._request(exchange, main, date)]:
            self._append(file, record)
        return placed

    def store_resource(
        self, url: str, date: str, media_type: str, data: bytes, notes: Notes | None = None
    ) -> Placed:
        """Append a file that did not come over HTTP as a ``resource`` record."""
        record = self._record("resource", url, date, data, content_type=media_type)
        record.rec_headers.add_header("WARC-Payload-Digest", digest(data))
        return self._place(self._ready(), record, notes)

    def store_note(
        self, url: str, date: str, notes: Notes, *, content_type: str = FIELDS_TYPE, block: bytes = b""
    ) -> Placed:
        """Append what is known of a URL without an answer of its server as a ``metadata`` record."""
        record = self._record("metadata", url, date, block, content_type=content_type)
        record.rec_headers.add_header("WARC-Payload-Digest", digest(block))
        return self._place(self._ready(), record, notes)

    def store_conversion(
        self, url: str, date: str, media_type: str, data: bytes, of: Placed | None, notes: Notes | None = None
    ) -> Placed:
        """Append what was made of archived answers, such as a page as drawn, as a ``conversion``.

        ``of`` is the one answer that it was made of, None for several.
        """
        record = self._record("conversion", url, date, data, content_type=media_type)
        record.rec_headers.add_header("WARC-Payload-Digest", digest(data))
        if of is not None:
            record.rec_headers.add_header("WARC-Refers-To", of.record_id)
        return self._place(self._ready(), record, notes)

    def sync(self) -> None:
        """Return when everything stored so far is on disk. Raises :class:`ArchiveUnwritable`."""
        if self._lost is not None:
            raise ArchiveUnwritable(self._lost)
        if self._file is not None:
            self._sync(self._file)

    def release(self) -> None:
        """Close the files that are full: their digests into the manifest, the ``.open`` off their names.

        Raises :class:`ArchiveUnwritable`; a file that could not be closed keeps its ``.open``.
        """
        while self._full:
            file = self._full[0]
            try:
                file.close(self._home)
            except OSError as error:
                raise ArchiveUnwritable(_complaint(file.path, error)) from error
            del self._full[0]

    def close(self) -> None:
        """Sync and close all files. Raises :class:`ArchiveUnwritable`; they then keep their ``.open``."""
        try:
            self._finish()
            self.release()
        finally:
            self.abandon()

    def abandon(self) -> None:
        """Leave the files as they are, ``.open`` and all, for `mend` to look after."""
        for file in [*self._full, *([self._file] if self._file else [])]:
            os.close(file.fd)
        self._full.clear()
        self._file = None

    def _ready(self) -> _OpenFile:
        if self._lost is not None:
            raise ArchiveUnwritable(self._lost)
        if self._file is not None and self._is_full(self._file):
            self._finish()
        return self._file or self._open()

    def _is_full(self, file: _OpenFile) -> bool:
        return file.size >= self._max_file_bytes or self._clock() - file.opened_at >= MAX_FILE_AGE

    def _finish(self) -> None:
        if self._file is not None:
            self._sync(self._file)
            self._full.append(self._file)
            self._file = None

    def _sync(self, file: _OpenFile) -> None:
        try:
            os.fsync(file.fd)
        except OSError as error:
            # after a failed fsync the kernel may drop the pages: nothing since the last one is certain
            self._lost = _complaint(file.path, error)
            raise ArchiveUnwritable(self._lost) from error

    def _open(self) -> _OpenFile:
        name, path = self._unused_name()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            while (fd := _create_locked(open_name(path))) is None:
                name, path = self._unused_name()
            sync_folder(path.parent)
        except OSError as error:
            raise ArchiveUnwritable(_complaint(path, error)) from error
        file = _OpenFile(fd, path.relative_to(self._home).as_posix(), path, self._clock())
        self._file = file
        self._append(file, self._warcinfo(name))
        return file

    def _unused_name(self) -> tuple[str, Path]:
        """A name that no file bears yet, not even one of this second: closing would write over it."""
        now = self._clock()
        while True:
            self._serial += 1
            name = f"nianbao-{compact(now)}-run{self._run_id}-{self._serial:04d}-{self._host}.warc.gz"
            path = self._home / "warc" / str(now.year) / name
            if not path.exists() and not open_name(path).exists():
                return name, path

    def _place(self, file: _OpenFile, record: ArcWarcRecord, notes: Notes | None) -> Placed:
        for name, value in (notes or {}).items():
            record.rec_headers.add_header(f"Nianbao-{name}", header_text(value))
        offset = file.size
        length = self._append(file, record)
        payload = record.rec_headers.get_header("WARC-Payload-Digest")
        return Placed(file.name, offset, length, record.rec_type, payload, _record_id(record))

    def _append(self, file: _OpenFile, record: ArcWarcRecord) -> int:
        """Write one record as one gzip member with one call; on failure cut back what was written."""
        member = _gzip_member(_serialise(record))
        fields, block = tuple(record.rec_headers.headers), record.raw_stream.getvalue()
        line = cdxj_line(fields, block, offset=file.size, length=len(member), name=file.path.name)
        try:
            written = 0
            while written < len(member):
                written += os.write(file.fd, member[written:])
        except OSError as error:
            raise self._cut_back(file, error) from error
        file.size += len(member)
        file.sha256.update(member)
        if line is not None:
            file.index.append(line)
        return len(member)

    def _cut_back(self, file: _OpenFile, cause: OSError) -> ArchiveUnwritable:
        """Take off what was written of a record that failed; the file ends behind its last whole one."""
        complaint = _complaint(file.path, cause)
        try:
            os.ftruncate(file.fd, file.size)
            os.lseek(file.fd, file.size, os.SEEK_SET)
            self._finish()
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

    def _response(self, exchange: Exchange, payload_digest: str, date: str) -> ArcWarcRecord:
        record = self._http("response", exchange, exchange.response, date)
        record.rec_headers.add_header("WARC-Payload-Digest", payload_digest)
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
        if exchange.truncated:
            record.rec_headers.add_header("WARC-Truncated", exchange.truncated)
        if exchange.ip:
            record.rec_headers.add_header("WARC-IP-Address", exchange.ip)
        return record

    def _request(self, exchange: Exchange, response: ArcWarcRecord, date: str) -> ArcWarcRecord:
        content_type = "application/http; msgtype=request"
        record = self._record("request", exchange.url, date, exchange.request, content_type=content_type)
        _, body = split_head(exchange.request)
        record.rec_headers.add_header("WARC-Payload-Digest", digest(body) if body else _NOTHING)
        record.rec_headers.add_header("WARC-Concurrent-To", _record_id(response))
        return record

    def _metadata(self, exchange: Exchange, head: bytes, about: ArcWarcRecord, date: str) -> ArcWarcRecord:
        """The head of a 304 answer, whose revisit record carries no HTTP block.

        As named fields: of any other type the record would be indexed, and replayed for the page.
        """
        block = b"status-line: " + head.rstrip(b"\r\n") + b"\r\n"
        record = self._record("metadata", exchange.url, date, block, content_type="application/warc-fields")
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
            **{name: header_text(value) for name, value in self._about.items()},
        }
        block = "".join(f"{key}: {value}\r\n" for key, value in lines.items()).encode()
        record = self._record("warcinfo", "", iso(self._clock()), block, content_type=FIELDS_TYPE)
        record.rec_headers.add_header("WARC-Filename", name)
        return record


def _refer(record: ArcWarcRecord, original: Original, profile: str) -> None:
    record.rec_headers.add_header("WARC-Profile", profile)
    record.rec_headers.add_header("WARC-Refers-To-Target-URI", original.url)
    record.rec_headers.add_header("WARC-Refers-To-Date", original.fetched_at)
    record.rec_headers.add_header("WARC-Payload-Digest", original.payload_digest)


def header_text(value: str) -> str:
    """A value as a WARC header can hold it: on one line, without control characters."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", value).split())


def _complaint(path: Path, error: OSError) -> str:
    return (
        f"{path} cannot be written: {error.strerror or error}; free some space or mend the disk, then go on"
    )


def _record_id(record: ArcWarcRecord) -> str:
    return str(record.rec_headers.get_header("WARC-Record-ID"))


def _serialise(record: ArcWarcRecord) -> bytes:
    """The record's bytes. Not by warcio's own writer: of a revisit that one leaves out the block."""
    block: bytes = record.raw_stream.read()
    record.rec_headers.replace_header("Content-Length", str(len(block)))
    head: bytes = record.rec_headers.to_bytes(encoding="utf-8")
    return head + block + b"\r\n\r\n"


def _create_locked(path: Path) -> int | None:
    """A new file, with the lock that tells `mend` that its writer lives; None where `mend` came between.

    It took the file, empty and not locked yet, for one that a crash left.
    """
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(fd), path.stat()):
            return fd
    except (BlockingIOError, FileNotFoundError):
        pass
    os.close(fd)
    return None


def _gzip_member(data: bytes) -> bytes:
    engine = isal_zlib.compressobj(COMPRESSION_LEVEL, isal_zlib.DEFLATED, GZIP_WINDOW)
    return bytes(engine.compress(data) + engine.flush())


def sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
