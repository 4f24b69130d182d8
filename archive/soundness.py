"""Reads a WARC file from end to end and proves each record: bounds, CRC, lengths, digests.

Runs in worker processes: a pure function of the file, which may be damaged or hostile.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from archive.notes import is_capture
from archive.warc.digests import Digest, fits
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
    head, body = _parts(record)
    reason = _wrong_header(member) or _wrong_digest(record, "warc-block-digest", record.block)
    if reason is None and record.type != "revisit":  # whose payload is its original's
        reason = _wrong_digest(record, "warc-payload-digest", body)
    if reason is not None:
        return Damage(member.offset, reason, record.url)
    if not is_capture(record):
        return None
    return Sound(
        member.offset,
        member.length,
        record.type,
        record.url,
        record.date,
        record.fields.get("warc-payload-digest", ""),
        _sha256(record, head, body),
        _original(record),
    )


def _wrong_header(member: Member) -> str | None:
    # no checksum covers a gzip member's header, so it is compared with the only one we write
    return None if member.header == GZIP_HEADER else "the gzip header is not the one that was written"


def _parts(record: Record) -> tuple[bytes, bytes]:
    """The head of an HTTP message, if the block is one, and the payload."""
    if record.fields.get("content-type", "").startswith("application/http"):
        return split_head(record.block)
    return b"", record.block


def _wrong_digest(record: Record, field: str, data: bytes) -> str | None:
    """What is wrong with a digest; None if it fits, or the record has none."""
    said = record.fields.get(field)
    fit = True if said is None else fits(said, data)
    if fit is None:
        return f"{field} is {said!r}, which is no digest"
    return None if fit else f"the bytes do not fit {field}"


def _sha256(record: Record, head: bytes, body: bytes) -> str | None:
    if record.type == "resource":
        return hashlib.sha256(body).hexdigest()
    if record.type != "response" or status_of(head) == 304:
        return None
    if not _CODED.search(head):
        proved = Digest.read(record.fields.get("warc-payload-digest"))
        if proved is not None and proved.algorithm == "sha256":  # of the same bytes
            return proved.value.hex()
    try:
        return hashlib.sha256(decode_body(body, head_fields(head))).hexdigest()
    except UndecodableBody:
        return None


def _original(record: Record) -> tuple[str, str] | None:
    if record.type != "revisit":
        return None
    fields = record.fields
    return fields.get("warc-refers-to-target-uri", "").strip("<>"), fields.get("warc-refers-to-date", "")
