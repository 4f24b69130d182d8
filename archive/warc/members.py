"""Walks a WARC file member by member, and says exactly where it stops being sound.

We write one gzip member a record (ISO 28500:2017, annex D), so a member's bounds are a record's bounds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from isal import isal_zlib

GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
"""How each member that we write begins: deflate, no name, no time (RFC 1952, 2.3)."""
GZIP_WINDOW = 31  # zlib's number for a gzip member with the largest window
CHUNK = 1 << 15  # what is left of a chunk behind a member is copied, so it is small
MAX_RECORD_BYTES = 1 << 30
DeflateError = cast(type[Exception], isal_zlib.error)  # its stub calls it an instance
_MAGIC = b"\x1f\x8b\x08"


@dataclass(frozen=True, slots=True)
class Member:
    """One gzip member: its place in the file, how it begins, and what it holds inflated."""

    offset: int
    length: int
    header: bytes
    data: bytes


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a file stops being a row of whole members. ``torn`` when its last member is only cut short."""

    offset: int
    reason: str
    torn: bool = False


def walk(path: Path, start: int = 0) -> Iterator[Member | Fault]:
    """The members of a file in order; after damage the walk goes on at the next member that holds a record.

    A fault is given where it stands. The walk ends at the file's end, or where the disk refuses to be read.
    """
    with path.open("rb", buffering=0) as stream:
        offset, ahead = start, _read_at(stream, start)
        while ahead:
            if isinstance(ahead, Fault):
                yield ahead
                return
            found, ahead = _member(stream, offset, ahead)
            yield found
            if isinstance(found, Member):
                offset += found.length
                ahead = ahead or _read(stream, offset)
                continue
            following = None if found.torn else _next_member(stream, offset + 1)
            if following is None:
                return
            offset, ahead = following, _read_at(stream, following)


def _member(stream: BinaryIO, offset: int, ahead: bytes) -> tuple[Member | Fault, bytes]:
    """The member at ``offset``, of which ``ahead`` is read already; and what was read beyond it."""
    engine = isal_zlib.decompressobj(GZIP_WINDOW)
    header = ahead[: len(GZIP_HEADER)]
    if not ahead.startswith(_MAGIC[: len(ahead)]):
        return Fault(offset, "no gzip member begins here"), b""
    parts: list[bytes] = []
    consumed = size = 0
    while True:
        try:
            piece = engine.decompress(ahead, MAX_RECORD_BYTES - size + 1)
        except DeflateError as error:
            return Fault(offset, f"the gzip member is damaged: {error}"), b""
        consumed += len(ahead)
        size += len(piece)
        if size > MAX_RECORD_BYTES:
            return Fault(offset, f"the record inflates past {MAX_RECORD_BYTES} bytes"), b""
        parts.append(piece)
        if engine.eof:
            rest = engine.unused_data
            whole = b"".join(parts) if len(parts) > 1 else piece
            return Member(offset, consumed - len(rest), header, whole), rest
        more = _read(stream, offset)
        if isinstance(more, Fault):
            return more, b""
        if not more:
            return Fault(offset, "the last record is cut short", torn=True), b""
        header += more[: len(GZIP_HEADER) - len(header)]  # which the end of a chunk may cut
        ahead = more


def _read(stream: BinaryIO, offset: int) -> bytes | Fault:
    try:
        return stream.read(CHUNK)
    except OSError as error:
        return Fault(offset, f"the disk cannot be read: {error.strerror}", torn=False)


def _read_at(stream: BinaryIO, offset: int) -> bytes | Fault:
    stream.seek(offset)
    return _read(stream, offset)


def _next_member(stream: BinaryIO, start: int) -> int | None:
    """The next place from ``start`` on where a sound member that holds a WARC record begins."""
    base, window = start, b""
    while True:
        chunk = _read_at(stream, base + len(window))
        if isinstance(chunk, Fault) or not chunk:
            return None
        window += chunk
        at = window.find(_MAGIC)
        while at >= 0:
            if _begins_record(stream, base + at):
                return base + at
            at = window.find(_MAGIC, at + 1)
        keep = min(len(_MAGIC) - 1, len(window))
        base += len(window) - keep
        window = window[len(window) - keep :]


def _begins_record(stream: BinaryIO, offset: int) -> bool:
    beginning = _read_at(stream, offset)
    if isinstance(beginning, Fault):
        return False
    try:
        return isal_zlib.decompressobj(GZIP_WINDOW).decompress(beginning, 8).startswith(b"WARC/1.")
    except DeflateError:
        return False
