"""From a record that somebody else wrote to the capture that it is: with its own time, judged, and marked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from archive.capture import Fetched, Kind, Via
from archive.sortkey import sort_key
from archive.times import iso
from archive.warc.digests import Digest
from archive.warc.exchange import Placed
from archive.warc.payload import (
    UndecodableBody,
    decode_kept,
    head_fields,
    media_type_of,
    split_head,
    status_of,
)
from archive.warc.records import Record
from archive.warc.writer import digest

CAPTURES = ("response", "resource", "revisit")
"""Types of records that are captures. Others are kept in the file and have no row."""
MAX_URL_LENGTH = 2000
UNRESOLVED = "a revisit of a record that the archive does not hold"
_REDIRECTS = (301, 302, 303, 307, 308)
_READABLE = (
    *("html", "pdf", "word", "excel", "sheet", "officedocument", "opendocument", "wps", "ofd", "rtf"),
    *("octet-stream", "zip", "rar", "7z", "text/plain"),
)


@dataclass(frozen=True, slots=True)
class Judged:
    """Verdict and reason; of a page that holds only a piece of a report's body the addresses of all pages of
    that body, in their order.
    """

    verdict: str
    reason: str
    body: tuple[str, ...] = ()


Judge = Callable[[int, Mapping[str, str], bytes, str, int | None, int], Judged]
"""What comes of (status, header fields, file, url, declared length, received length)."""

CaptureKey = tuple[str, str, str, int | None, str | None]
"""What makes two records the same capture: address, time, type, status and payload digest."""


class Unfit(Exception):
    """The record is sound and can be no row of the catalogue; the text says why."""


@dataclass(frozen=True, slots=True)
class CaptureRow:
    """A capture and where its record stands. ``size`` is that of the file, None where it is not known.

    ``body`` are the pages of the body that the page holds a piece of.
    """

    fetched: Fetched
    placed: Placed
    sha256: str | None
    size: int | None
    body: tuple[str, ...] = ()

    @property
    def key(self) -> CaptureKey:
        at, digest = iso(self.fetched.fetched_at), self.placed.payload_digest or None
        return self.fetched.url, at, self.placed.record_type, self.fetched.status, digest


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the block says."""

    verdict: str
    reason: str
    status: int | None = None
    content: bytes | None = None
    media_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    location: str | None = None
    body: tuple[str, ...] = ()


def capture_of(record: Record, file: str, judge: Judge) -> CaptureRow:
    """The capture that a response, resource or revisit record is. Raises :class:`Unfit`.

    A revisit's bytes are those of another record, found later (:mod:`archive.imports.revisits`).
    """
    url = _usable(record.url or "")
    answer = _answer(record, url, judge)
    fetched = Fetched(
        url=url,
        fetched_at=record.date,
        kind=_kind(url, answer.media_type),
        verdict=answer.verdict,
        reason=answer.reason,
        status=answer.status,
        media_type=answer.media_type,
        etag=answer.etag,
        last_modified=answer.last_modified,
        via=Via.IMPORT,
        location=_location(url, answer),
        again=record.field("Nianbao-Again") == "yes",  # an archive of ours fetched it twice in a row
        cut=bool(answer.body),
    )
    sha256 = hashlib.sha256(answer.content).hexdigest() if answer.content is not None else None
    size = len(answer.content) if answer.content is not None else None
    placed = Placed(file, record.offset, record.length, record.kind, _payload_digest(record))
    return CaptureRow(fetched, placed, sha256, size, answer.body)


def _usable(url: str) -> str:
    if len(url) > MAX_URL_LENGTH:
        raise Unfit(f"its address has {len(url)} characters; at most {MAX_URL_LENGTH} can be catalogued")
    if "\0" in url:
        raise Unfit("its address has a NUL in it")
    try:
        urlsplit(url)
        sort_key(url)
    except (ValueError, UnicodeError) as error:
        raise Unfit(f"its address cannot be taken apart: {error}") from error
    return url


def _answer(record: Record, url: str, judge: Judge) -> _Answer:
    if record.block is None:
        return _Answer("too_large", f"a block of {record.block_length} bytes")
    if record.kind == "revisit":
        return _revisit(record)
    if not record.is_http:
        verdict = "ok" if record.block else "error"
        return _Answer(verdict, f"a {record.kind} record", None, record.block, record.field("Content-Type"))
    head, body = split_head(record.block)
    fields = head_fields(head)
    status = status_of(head)
    if status is None:
        return _Answer("error", "the record holds no HTTP status line")
    content: bytes | None = None
    try:
        content = decode_kept(body, fields)
    except UndecodableBody as error:
        judged = Judged("error", f"the body cannot be decoded: {error}")
    else:
        judged = _judged(record, url, status, fields, body, content, judge)
    return _Answer(
        judged.verdict,
        judged.reason,
        status,
        None if status == 304 else content,
        media_type_of(fields),
        fields.get("etag"),
        fields.get("last-modified"),
        fields.get("location"),
        judged.body,
    )


def _judged(
    record: Record, url: str, status: int, fields: dict[str, str], body: bytes, content: bytes, judge: Judge
) -> Judged:
    if cut := record.field("WARC-Truncated"):
        return Judged("truncated", f"the record says that it is cut: {cut}")
    if record.field("WARC-Segment-Number"):
        return Judged("truncated", "the first segment of a record whose continuation is not joined")
    length = fields.get("content-length", "")
    as_sent = "transfer-encoding" not in fields and ("content-encoding" not in fields or content != body)
    declared = int(length) if length.isdecimal() and len(length) < 16 and as_sent else None
    return judge(status, fields, content, url, declared, len(body))


def _revisit(record: Record) -> _Answer:
    head = split_head(record.block or b"")[0] if record.is_http else b""
    fields = head_fields(head)
    not_modified = "not-modified" in (record.field("WARC-Profile") or "")
    return _Answer(
        "error",
        UNRESOLVED,
        304 if not_modified else status_of(head),
        None,
        media_type_of(fields),
        fields.get("etag"),
        fields.get("last-modified"),
    )


def _location(url: str, answer: _Answer) -> str | None:
    """Where a redirect led, as far as that is an address."""
    if answer.status not in _REDIRECTS or not answer.location:
        return None
    try:
        return urljoin(url, answer.location)
    except ValueError:
        return None


def _payload_digest(record: Record) -> str:
    """As the header says, so that revisits of other tools find it, else our own; of a revisit maybe none."""
    said = Digest.read(record.field("WARC-Payload-Digest"))
    if said is not None:
        return said.label
    if record.kind == "revisit" or record.block is None:
        return ""
    return digest(split_head(record.block)[1] if record.is_http else record.block)


def _kind(url: str, media_type: str | None) -> Kind:
    """What a URL that nobody asked for before is taken as: a file to read, if its type may be a report's."""
    if urlsplit(url).path == "/robots.txt":
        return Kind.ROBOTS
    readable = media_type is None or any(part in media_type for part in _READABLE)
    return Kind.GIVEN if readable else Kind.PAGE
