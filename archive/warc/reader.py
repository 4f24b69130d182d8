"""Reads one record back from its place in a WARC file, ours or an imported one."""

from __future__ import annotations

from pathlib import Path

from archive.warc.payload import decode_kept, head_fields, split_head
from archive.warc.records import BadRecord, Record, read_record


class RecordUnreadable(Exception):
    """The WARC file is missing, or no whole record stands at the place named."""


def warc_path(home: Path, file: str) -> Path:
    """The file on disk: with its final name, or still ``.open``."""
    path = home / file
    if path.exists():
        return path
    still_open = path.with_name(path.name + ".open")
    if still_open.exists():
        return still_open
    raise RecordUnreadable(f"{path} is missing; run `nianbao doctor`, and restore it from a backup")


def record_at(home: Path, file: str, offset: int) -> Record:
    """The record at ``offset``, its digests proved. Raises :class:`RecordUnreadable`."""
    path = warc_path(home, file)
    try:
        return read_record(path, offset)
    except (BadRecord, OSError) as error:
        raise RecordUnreadable(f"{path} holds no whole record at byte {offset}: {error}") from error


def read_payload(home: Path, file: str, offset: int) -> bytes:
    """The bytes of the file that the ``response``, ``resource`` or ``conversion`` record at ``offset``
    carries, transfer and content codings taken off.

    Raises :class:`RecordUnreadable`, or ``UndecodableBody``.
    """
    record = record_at(home, file, offset)
    if record.kind not in ("response", "resource", "conversion"):
        raise RecordUnreadable(f"{home / file} at byte {offset} is a {record.kind} record, not a response")
    if record.block is None:
        raise RecordUnreadable(
            f"{home / file} at byte {offset}: its {record.block_length} bytes are too many"
        )
    if not record.is_http:
        return record.block
    head, body = split_head(record.block)
    return decode_kept(body, head_fields(head))
