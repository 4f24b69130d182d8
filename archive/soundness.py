"""Reads a WARC file from end to end and proves each record: bounds, CRC, lengths, digests.

Runs in worker processes: a pure function of the file, which may be damaged or hostile.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b32decode
from dataclasses import dataclass
from pathlib import Path

from archive.notes import is_capture
from archive.warc.members import GZIP_HEADER, Fault, Member, walk
from archive.warc.payload import UndecodableBody, decode_body, head_fields, split_head, status_of
from archive.warc.record import MalformedRecord, Record, read_record

_DIGEST = re.compile(r"(sha1|sha256|sha512|md5):([A-Za-z0-9+/]+)=*")


@dataclass(frozen=True, slots=True)
class Sound:
    """A record that is as it was written.

    ``sha256`` is that of the file which it carries, decoded. ``payload_digest`` is as the record says.
    ``original`` names a revisit's target: URL and date. ``is_capture`` tells records that have a row in the
    catalogue from their requests and the like.
    """

    offset: int
    length: int
    type: str
    url: str
    date: str
    payload_digest: str
    sha256: str | None
    original: tuple[str, str] | None
    is_capture: bool


@dataclass(frozen=True, slots=True)
class Damage:
    """Something in a WARC file is not as it was written: where, and in what record if that can be read."""

    offset: int
    reason: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class FileCheck:
    """A file's records in order, what is damaged, its size in bytes and its sha256.

    ``raw_size`` is what its sound members inflate to.
    """

    sound: tuple[Sound, ...]
    damaged: tuple[Damage, ...]
    size: int
    raw_size: int
    sha256: str


def check_file(path: Path) -> FileCheck:
    """Read a file of our own writing. Raises ``OSError`` where it cannot be opened."""
    sound: list[Sound] = []
    damaged: list[Damage] = []
    raw_size = 0
    for found in walk(path):
        if isinstance(found, Fault):
            damaged.append(Damage(found.offset, found.reason))
            continue
        raw_size += len(found.data)
        seen = _check_member(found)
        if isinstance(seen, Sound):
            sound.append(seen)
        else:
            damaged.append(seen)
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        size = stream.tell()
    return FileCheck(tuple(sound), tuple(damaged), size, raw_size, sha256)


def _check_member(member: Member) -> Sound | Damage:
    try:
        record = read_record(member.data)
    except MalformedRecord as error:
        return Damage(member.offset, str(error))
    reason = _wrong_header(member) or _wrong_digest(record, "warc-block-digest", record.block)
    body = _payload(record)
    if reason is None and record.type != "revisit":  # whose payload is its original's
        reason = _wrong_digest(record, "warc-payload-digest", body)
    if reason is not None:
        return Damage(member.offset, reason, record.url)
    return Sound(
        member.offset,
        member.length,
        record.type,
        record.url,
        record.date,
        record.fields.get("warc-payload-digest", ""),
        _sha256(record, body),
        _original(record),
        is_capture(record),
    )


def _wrong_header(member: Member) -> str | None:
    # no checksum covers a gzip member's header, so it is compared with the only one we write
    return None if member.header == GZIP_HEADER else "the gzip header is not the one that was written"


def _payload(record: Record) -> bytes:
    if record.fields.get("content-type", "").startswith("application/http"):
        return split_head(record.block)[1]
    return record.block


def _wrong_digest(record: Record, field: str, data: bytes) -> str | None:
    """What is wrong with a digest; None if it fits, or the record has none."""
    said = record.fields.get(field)
    if said is None:
        return None
    found = _DIGEST.fullmatch(said)
    if found is None:
        return f"{field} is {said!r}, which is no digest"
    algorithm, value = found.groups()
    actual = hashlib.new(algorithm, data)
    return None if actual.digest() == _raw(value, actual.digest_size) else f"the bytes do not fit {field}"


def _raw(value: str, size: int) -> bytes | None:
    """A digest's bytes from base32, as ISO 28500 shows it, or hexadecimal, as some tools write."""
    try:
        return bytes.fromhex(value) if len(value) == 2 * size else b32decode(value + "=" * (-len(value) % 8))
    except ValueError:
        return None


def _sha256(record: Record, body: bytes) -> str | None:
    if record.type == "resource":
        return hashlib.sha256(body).hexdigest()
    if record.type != "response":
        return None
    head, _ = split_head(record.block)
    fields = head_fields(head)
    if status_of(head) == 304:
        return None
    if not ("transfer-encoding" in fields or "content-encoding" in fields):
        said = _DIGEST.fullmatch(record.fields.get("warc-payload-digest", ""))
        proved = _raw(said[2], 32) if said and said[1] == "sha256" else None
        if proved is not None:  # of the same bytes
            return proved.hex()
    try:
        return hashlib.sha256(decode_body(body, fields)).hexdigest()
    except UndecodableBody:
        return None


def _original(record: Record) -> tuple[str, str] | None:
    if record.type != "revisit":
        return None
    fields = record.fields
    return fields.get("warc-refers-to-target-uri", "").strip("<>"), fields.get("warc-refers-to-date", "")
