"""Walks a WARC file member by member, and says exactly where it stops being sound.

We write one gzip member a record (ISO 28500, annex D), so a member's bounds are a record's bounds.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

CHUNK = 1 << 18
MAX_RECORD_BYTES = 1 << 30
_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Member:
    """One gzip member: its place in the file, and what it holds inflated."""

    offset: int
    length: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a file stops being a row of whole members. ``torn`` when its last member is only cut short."""

    offset: int
    reason: str
    torn: bool


def walk(path: Path) -> Iterator[Member | Fault]:
    """The members of a file in order; after damage the walk goes on at the next member that begins.

    A fault is given where it stands, and the walk ends after one that reaches the file's end.
    """
    with path.open("rb") as stream:
        offset, end = 0, path.stat().st_size
        while offset < end:
            found = _member_at(stream, offset)
            yield found
            if isinstance(found, Member):
                offset += found.length
                continue
            following = _next_member(stream, offset + 1)
            if following is None:
                return
            offset = following


def _member_at(stream: BinaryIO, offset: int) -> Member | Fault:
    stream.seek(offset)
    engine = zlib.decompressobj(31)
    parts: list[bytes] = []
    consumed = size = 0
    while not engine.eof:
        chunk = stream.read(CHUNK)
        if not chunk:
            return Fault(offset, "the last record is cut short", torn=True)
        if consumed == 0 and not chunk.startswith(_MAGIC[: len(chunk)]):
            return Fault(offset, "no gzip member begins here", torn=False)
        try:
            piece = engine.decompress(chunk, MAX_RECORD_BYTES - size + 1)
        except zlib.error as error:
            return Fault(offset, f"the gzip member is damaged: {error}", torn=False)
        consumed += len(chunk)
        size += len(piece)
        if size > MAX_RECORD_BYTES:
            return Fault(offset, f"the record inflates past {MAX_RECORD_BYTES} bytes", torn=False)
        parts.append(piece)
    length = consumed - len(engine.unused_data)
    return Member(offset, length, b"".join(parts) if len(parts) > 1 else parts[0])


def _next_member(stream: BinaryIO, start: int) -> int | None:
    """The next place from ``start`` on where a sound member that holds a WARC record begins."""
    stream.seek(start)
    base, window = start, b""
    while chunk := stream.read(CHUNK):
        window += chunk
        at = window.find(_MAGIC + b"\x08")
        while at >= 0:
            if _begins_record(stream, base + at):
                return base + at
            at = window.find(_MAGIC + b"\x08", at + 1)
        keep = min(2, len(window))
        base += len(window) - keep
        window = window[len(window) - keep :]
        stream.seek(base + keep)
    return None


def _begins_record(stream: BinaryIO, offset: int) -> bool:
    stream.seek(offset)
    try:
        return zlib.decompressobj(31).decompress(stream.read(4096), 8).startswith(b"WARC/1.")
    except zlib.error:
        return False
