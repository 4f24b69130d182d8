"""Reads one record back from its place in a WARC file."""

from __future__ import annotations

from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from archive.warc.payload import decode_body, head_fields, split_head


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


def read_payload(home: Path, file: str, offset: int) -> bytes:
    """The bytes of the file that the ``response`` or ``resource`` record at ``offset`` carries,
    transfer and content codings taken off.
    """
    path = warc_path(home, file)
    with path.open("rb") as stream:
        stream.seek(offset)
        if not stream.read(5).startswith((b"\x1f\x8b", b"WARC/")):
            raise RecordUnreadable(f"{path} holds no whole record at byte {offset}: none begins there")
        stream.seek(offset)
        try:
            record = next(iter(ArchiveIterator(stream, no_record_parse=True)))
            block = record.raw_stream.read()
        except (StopIteration, ArchiveLoadFailed, EOFError, OSError) as error:
            raise RecordUnreadable(f"{path} holds no whole record at byte {offset}: {error}") from error
    if len(block) != record.length:
        raise RecordUnreadable(
            f"{path} holds no whole record at byte {offset}: {len(block)} of {record.length} bytes are there"
        )
    if record.rec_type == "resource":
        return bytes(block)
    if record.rec_type != "response":
        raise RecordUnreadable(f"{path} at byte {offset} is a {record.rec_type} record, not a response")
    head, body = split_head(block)
    return decode_body(body, head_fields(head))
