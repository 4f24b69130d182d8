"""Reads a WARC file from end to end and proves each record: bounds, CRC, lengths, digests.

Runs in worker processes: a pure function of the file, which may be damaged or hostile.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from archive.notes import is_capture
from archive.warc.digests import OF_NOTHING, fits, is_sha256
from archive.warc.kept import imported_sha256
from archive.warc.members import GZIP_HEADER, Fault, Member, walk
from archive.warc.own_record import MalformedRecord, Record, read_record
from archive.warc.payload import UndecodableBody, decode_body, head_fields, split_head, status_of

_CODED = re.compile(rb"^(transfer|content)-encoding[ \t]*:", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Sound:
    """A capture's record that is as it was written.

    ``sha256`` is that of the file which it carries, decoded. ``payload_digest`` is as the record says.
    ``original`` names a revisit's target: URL and date.
    """

    offset: int
    length: int
    type: str
    url: str
    date: str
    payload_digest: str
    sha256: str | None
    original: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Damage:
    """Something in a WARC file is not as it was written: where, and in what record if that can be read."""

    offset: int
    reason: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class FileCheck:
    """A file's captures in order, what is damaged, its size in bytes and its sha256.

    ``records`` counts all its sound records, the captures' requests and the like too; ``raw_size`` is what
    its members inflate to.
    """

    records: int
    sound: tuple[Sound, ...]
    damaged: tuple[Damage, ...]
    size: int
    raw_size: int
    sha256: str


def check_file(path: Path) -> FileCheck:
    """Read a file of our own writing, or hash an imported one, whose name says what its bytes hash to.

    Raises ``OSError`` where it cannot be opened.
    """
    if imported_sha256("/".join(path.parts[-3:])) is not None:
        return _hashed(path)
    sound: list[Sound] = []
    damaged: list[Damage] = []
    raw_size = records = 0
    for found in walk(path):
        if isinstance(found, Fault):
            damaged.append(Damage(found.offset, found.reason))
            continue
        raw_size += len(found.data)
        seen = _check_member(found)
        if isinstance(seen, Damage):
            damaged.append(seen)
            continue
        records += 1
        if seen is not None:
            sound.append(seen)
    whole = _hashed(path)
    return FileCheck(records, tuple(sound), tuple(damaged), whole.size, raw_size, whole.sha256)


def _hashed(path: Path) -> FileCheck:
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        return FileCheck(0, (), (), stream.tell(), stream.tell(), sha256)


def _check_member(member: Member) -> Sound | Damage | None:
    """None for a sound record that is no capture."""
    try:
        record = read_record(member.data)
    except MalformedRecord as error:
        return Damage(member.offset, str(error))
    fields, kind = record.fields, record.type
    http = fields.get("content-type", "").startswith("application/http")
    head, body = split_head(record.block) if http else (b"", record.block)
    try:
        if member.header != GZIP_HEADER:  # which no checksum covers; it is the only one that we write
            raise _NotAsWritten("the gzip header is not the one that was written")
        _prove(fields, "warc-block-digest", record.block)
        # a revisit's payload is its original's
        proved = _prove(fields, "warc-payload-digest", body) if kind != "revisit" else None
    except _NotAsWritten as error:
        return Damage(member.offset, str(error), record.url)
    if not is_capture(record):
        return None
    return Sound(
        member.offset,
        member.length,
        kind,
        record.url,
        record.date,
        fields.get("warc-payload-digest", ""),
        _sha256(kind, head, body, proved),
        _original(record),
    )


class _NotAsWritten(Exception):
    """What of a record is not as it was written."""


def _prove(fields: Mapping[str, str], name: str, data: bytes) -> str | None:
    """The SHA-256 of the bytes, if that is what the field of the name gives. Raises _NotAsWritten."""
    said = fields.get(name)
    if said is None or (not data and said == OF_NOTHING):
        return None
    if said.startswith("sha256:"):
        found = hashlib.sha256(data).hexdigest()
        if is_sha256(said, found):
            return found
    fit = fits(said, data)
    if fit is None:
        raise _NotAsWritten(f"{name} is {said!r}, which is no digest")
    if not fit:
        raise _NotAsWritten(f"the bytes do not fit {name}")
    return None


def _sha256(kind: str, head: bytes, body: bytes, proved: str | None) -> str | None:
    """The SHA-256 of the file that a record carries; ``proved`` is the payload's."""
    if kind == "resource":
        return proved or hashlib.sha256(body).hexdigest()
    if kind != "response" or status_of(head) == 304:
        return None
    if proved is not None and not _CODED.search(head):
        return proved
    try:
        return hashlib.sha256(decode_body(body, head_fields(head))).hexdigest()
    except UndecodableBody:
        return None


def _original(record: Record) -> tuple[str, str] | None:
    if record.type != "revisit":
        return None
    fields = record.fields
    return fields.get("warc-refers-to-target-uri", "").strip("<>"), fields.get("warc-refers-to-date", "")
