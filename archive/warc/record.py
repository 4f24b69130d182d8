"""A WARC record's own head: read strictly, because what is misread here is lost.

Follows ISO 28500:2017, section 4 (syntax) and 5 (named fields).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_HEAD_END = b"\r\n\r\n"
_RECORD_END = b"\r\n\r\n"
_VERSION = re.compile(rb"WARC/1\.[01]")


class MalformedRecord(ValueError):
    """The bytes are no whole WARC record; the text says why."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its named fields, in lower case, and its block. Of a repeated field the first counts."""

    fields: dict[str, str]
    block: bytes

    @property
    def type(self) -> str:
        return self.fields.get("warc-type", "")

    @property
    def url(self) -> str:
        """The target, without the angle brackets that WARC/1.0 had round it."""
        return self.fields.get("warc-target-uri", "").strip("<>")

    @property
    def date(self) -> str:
        return self.fields.get("warc-date", "")


def read_record(data: bytes) -> Record:
    """The record that ``data`` holds from its first byte to its last. Raises :class:`MalformedRecord`."""
    head, found, rest = data.partition(_HEAD_END)
    if not found:
        raise MalformedRecord("the record's head has no end")
    lines = head.split(b"\r\n")
    if not _VERSION.fullmatch(lines[0]):
        raise MalformedRecord(f"no WARC/1.0 or WARC/1.1 record begins here, but {lines[0][:20]!r}")
    fields = _fields(lines[1:])
    declared = fields.get("content-length", "")
    if not declared.isdecimal():
        raise MalformedRecord(f"Content-Length is {declared!r}, not a number")
    length = int(declared)
    if len(rest) < length:
        raise MalformedRecord(f"the block has {len(rest)} of the {length} bytes that its head declares")
    if rest[length:] != _RECORD_END:
        raise MalformedRecord("the record does not end with two line ends behind its block")
    return Record(fields, rest[:length])


def _fields(lines: list[bytes]) -> dict[str, str]:
    fields: dict[str, str] = {}
    last = ""
    for line in lines:
        if line[:1] in (b" ", b"\t") and last:  # a folded line
            fields[last] += " " + line.strip().decode("utf-8", "replace")
            continue
        name, colon, value = line.partition(b":")
        if not colon or not name.strip():
            raise MalformedRecord(f"the head has a line that is no field: {line[:40]!r}")
        last = name.strip().decode("ascii", "replace").lower()
        fields.setdefault(last, value.strip().decode("utf-8", "replace"))
    return fields
