"""Reads WARC records of any origin, and is strict: what does not follow ISO 28500 is told, with its place.

A record is *damaged* when it cannot be trusted as evidence: it is cut, a digest is wrong, it has no date or
no address. It is *irregular* when it breaks a rule that does not touch what it says; then it is given, with
notes. After damage the walk goes on at the next record that begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from archive.warc.bytesource import (
    CHUNK,
    GZIP_MAGIC,
    ByteSource,
    DamagedGzip,
    Member,
    begins_member,
    next_member,
)
from archive.warc.digests import Digest, matches
from archive.warc.fields import FieldList, check_fields, first, read_date, read_fields
from archive.warc.payload import MAX_DECODED_BYTES, payload_forms

MAX_BLOCK_BYTES = MAX_DECODED_BYTES + (1 << 20)
"""Longer blocks are checked but not held in memory."""
MAX_HEADER_BYTES = 1 << 20
VERSIONS = ("0.17", "0.18", "1.0", "1.1")
_VERSION_LINE = re.compile(rb"WARC/(\d{1,2}\.\d{1,2})[ \t]*\r?\n", re.I)
_RECORD_START = re.compile(rb"WARC/\d\.\d{1,2}[ \t]*\r?\n[A-Za-z][A-Za-z-]*[ \t]*:", re.I)


class BadRecord(Exception):
    """No record that can be trusted stands here; the text says why."""


class CutShort(BadRecord):
    """The bytes end within the record."""


class NotOneRecord(BadRecord):
    """A gzip member of ``length`` bytes does not hold exactly one sound record.

    ``unaligned`` when records and members do not match: several are in it (then its length is not known), or
    one goes on in the next.
    """

    def __init__(self, reason: str, length: int, *, unaligned: bool) -> None:
        super().__init__(reason)
        self.length = length
        self.unaligned = unaligned


@dataclass(frozen=True, slots=True)
class Record:
    """One record. ``offset`` and ``length`` place it in its file: a gzip member, or plain bytes.

    ``fields`` are as they stand, folded lines joined. ``block`` is None when it is longer than
    :data:`MAX_BLOCK_BYTES`. ``notes`` say what is irregular.
    """

    offset: int
    length: int
    fields: FieldList
    block: bytes | None
    block_length: int
    notes: tuple[str, ...] = ()

    def field(self, name: str) -> str | None:
        """The first value of a field; None when it is missing or empty."""
        return first(self.fields, name)

    @property
    def kind(self) -> str:
        return (self.field("WARC-Type") or "").lower()

    @property
    def url(self) -> str | None:
        """The target, without the angle brackets of WARC/1.0's grammar, its blanks escaped."""
        return bare_uri(self.field("WARC-Target-URI"))

    @property
    def date(self) -> datetime:
        found = read_date(self.field("WARC-Date") or "")
        assert found is not None, "no record is given without a date"
        return found

    @property
    def is_http(self) -> bool:
        """Whether the block is an HTTP message; a record that does not say is judged by its target."""
        media_type = self.field("Content-Type")
        if media_type:
            return media_type.lower().startswith("application/http")
        return self.kind in ("request", "response", "revisit") and (self.url or "").lower().startswith("http")


class Sink(Protocol):
    def write(self, data: bytes, /) -> object: ...


@dataclass(frozen=True, slots=True)
class Damage:
    """A place from which no record could be read."""

    offset: int
    reason: str


@dataclass(frozen=True, slots=True)
class Unaligned:
    """From this member on, members and records do not match: the rest can only be read unpacked."""

    offset: int


def bare_uri(text: str | None) -> str | None:
    if text is None:
        return None
    inner = text[1:-1] if text.startswith("<") and text.endswith(">") else text
    return inner.strip().replace(" ", "%20")


def walk_records(path: Path) -> Iterator[Record | Damage | Unaligned]:
    """The records of a file, gzip or plain, in order. After an :class:`Unaligned` the walk ends."""
    with path.open("rb") as stream:
        packed = stream.read(2) == GZIP_MAGIC[:2]
        yield from (_walk_members if packed else _walk_plain)(stream, path.stat().st_size)


def read_record(path: Path, offset: int) -> Record:
    """The record at ``offset``, checked. Raises :class:`BadRecord` or OSError."""
    with path.open("rb") as stream:
        stream.seek(offset)
        begins = stream.read(5)
        stream.seek(offset)
        if begins.startswith(GZIP_MAGIC):
            return _record_in_member(stream, offset)
        if begins.upper() == b"WARC/":
            return _parse(ByteSource(stream.read), offset)
    raise BadRecord("none begins there")


def unpack(path: Path, start: int, target: Sink) -> Iterator[Damage]:
    """Write to ``target`` what the gzip members from ``start`` on inflate to, and tell of damage."""
    end = path.stat().st_size
    with path.open("rb") as stream:
        offset = start
        while offset < end:
            stream.seek(offset)
            member = Member(stream)
            try:
                while piece := member.read(CHUNK):
                    target.write(piece)
                offset += member.length
            except DamagedGzip as error:
                yield Damage(offset, str(error))
                following = next_member(stream, offset + 1)
                offset = end if following is None else following


# ---------------------------------------------------------------- walking


def _walk_plain(stream: BinaryIO, end: int) -> Iterator[Record | Damage]:
    offset = 0
    stream.seek(0)
    source = ByteSource(stream.read)
    while offset < end:
        try:
            record = _parse(source, offset)
            yield record
            offset += record.length
        except BadRecord as error:
            yield Damage(offset, str(error))
            following = _next_plain(stream, offset + 1)
            if following is None:
                return
            offset = following
            stream.seek(offset)
            source = ByteSource(stream.read)


def _walk_members(stream: BinaryIO, end: int) -> Iterator[Record | Damage | Unaligned]:
    offset = 0
    while offset < end:
        stream.seek(offset)
        try:
            record = _record_in_member(stream, offset)
            yield record
            offset += record.length
        except NotOneRecord as error:
            if error.unaligned:
                yield Unaligned(offset)
                return
            yield Damage(offset, str(error))
            offset += error.length
        except BadRecord as error:
            yield Damage(offset, str(error))
            following = next_member(stream, offset + 1, b"WARC/")
            if following is None:
                return
            offset = following


def _record_in_member(stream: BinaryIO, offset: int) -> Record:
    """The one record of the member at ``offset``. Raises :class:`NotOneRecord` or another BadRecord."""
    if not begins_member(stream, offset):
        raise BadRecord("no gzip member begins here")
    stream.seek(offset)
    member = Member(stream)
    content = ByteSource(member.read)
    record: Record | None = None
    fault = BadRecord("something follows the record within its gzip member")
    try:
        try:
            record = _parse(content, offset)
        except BadRecord as error:
            fault = error
        following = content.peek(5)
        if record is not None and following.upper() == b"WARC/":
            raise NotOneRecord("several records are in one gzip member", 0, unaligned=True)
        while content.read(CHUNK):
            pass
    except DamagedGzip as error:
        raise BadRecord(str(error)) from error
    if record is not None and not following:
        return replace(record, length=member.length)
    unaligned = isinstance(fault, CutShort) and _goes_on(stream, offset + member.length)
    raise NotOneRecord(str(fault), member.length, unaligned=unaligned)


def _goes_on(stream: BinaryIO, offset: int) -> bool:
    """Whether the member at ``offset`` holds something else than the beginning of a record."""
    return begins_member(stream, offset) and not begins_member(stream, offset, b"WARC/")


def _next_plain(stream: BinaryIO, start: int) -> int | None:
    """The next place where a record's first two lines stand, even within a line: that one may be torn."""
    base, window = start, b""
    stream.seek(base)
    while chunk := stream.read(CHUNK):
        window += chunk
        if found := _RECORD_START.search(window):
            return base + found.start()
        keep = min(len(window), 256)
        base += len(window) - keep
        window = window[-keep:]
    return None


# ---------------------------------------------------------------- one record


def _parse(source: ByteSource, offset: int) -> Record:
    """The record that begins where the source stands; its length is that of its plain bytes."""
    fields, header_length, notes = _read_header(source)
    errors, more = check_fields(fields)
    notes += more
    declared = first(fields, "Content-Length") or ""
    if not re.fullmatch(r"\d{1,15}", declared):
        raise BadRecord("; ".join([*errors, "it has no Content-Length that can be read"]))
    length = int(declared)
    block, proved = _read_block(source, length, Digest.read(first(fields, "WARC-Block-Digest")))
    end = _read_end(source)
    if not end and not proved:
        raise BadRecord("; ".join([*errors, "the record does not end where its Content-Length says"]))
    if end != b"\r\n\r\n":
        notes.append("the record ends without its two line ends" if not end else "lines end without returns")
    if proved is False:
        errors.append("the block does not have the digest that the header gives")
    record = Record(offset, header_length + length + len(end), fields, block, length, tuple(notes))
    errors += _payload_errors(record)
    if errors:
        raise BadRecord("; ".join(errors))
    return record


def _read_header(source: ByteSource) -> tuple[FieldList, int, list[str]]:
    line = source.readline(64)
    match = _VERSION_LINE.fullmatch(line)
    if not match:
        if b"WARC/".startswith(line[:5].upper()) and line and len(line) < 16 and not line.endswith(b"\n"):
            raise CutShort("the record is cut short in its first line")
        raise BadRecord("no WARC record begins here" if line else "nothing is in it")
    notes = [] if match[1].decode() in VERSIONS else [f"its version is {match[1].decode()}"]
    length = len(line)
    lines: list[bytes] = []
    while True:
        line = source.readline(MAX_HEADER_BYTES)
        length += len(line)
        if length > MAX_HEADER_BYTES:
            raise BadRecord(f"the header is longer than {MAX_HEADER_BYTES} bytes")
        if not line.endswith(b"\n"):
            raise CutShort("the record is cut short within its header")
        if not line.strip(b"\r\n"):
            fields, more = read_fields(lines)
            return fields, length, notes + more
        lines.append(line)


def _read_block(source: ByteSource, length: int, digest: Digest | None) -> tuple[bytes | None, bool | None]:
    """The block, and whether it has its digest: None when there is none that can be tried."""
    hasher = digest.hasher() if digest else None
    parts: list[bytes] = []
    left = length
    while left:
        piece = source.read(min(CHUNK, left))
        if not piece:
            raise CutShort(
                f"the record is cut short: {length - left} of the {length} bytes of its block are there"
            )
        left -= len(piece)
        if length <= MAX_BLOCK_BYTES:
            parts.append(piece)
        if hasher is not None:
            hasher.update(piece)
    proved = digest.value == hasher.digest() if digest and hasher else None
    return (b"".join(parts) if length <= MAX_BLOCK_BYTES else None), proved


def _read_end(source: ByteSource) -> bytes:
    """The two line ends behind the block; nothing is read when they are not there."""
    ahead = source.peek(4)
    for end in (b"\r\n\r\n", b"\n\n"):
        if ahead.startswith(end):
            source.read(len(end))
            return end
    return b""


def _payload_errors(record: Record) -> list[str]:
    """Tools disagree on whether the payload is taken before or after the codings: any of them will do.

    A revisit's digest is that of the record it refers to, and a segment's that of the whole.
    """
    digest = Digest.read(record.field("WARC-Payload-Digest"))
    checked = record.kind in ("response", "resource", "request", "metadata", "conversion")
    if digest is None or record.block is None or not checked or record.field("WARC-Segment-Number"):
        return []
    forms = payload_forms(record.block) if record.is_http else iter((record.block,))
    if matches(digest, forms) is False:
        return ["the payload does not have the digest that the header gives"]
    return []
