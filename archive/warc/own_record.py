"""Reads a record of our own writing, which is whole in memory once its gzip member is inflated.

For `mend` and `verify`, which read every record of the archive: at 20 KB a record this takes a third of the
time of :mod:`archive.warc.records`, which reads files of any origin as a stream.
Follows ISO 28500:2017, section 4 (syntax) and 5 (named fields).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_HEAD_END = b"\r\n\r\n"
_RECORD_END = b"\r\n\r\n"
_TOKEN = re.compile(r"[!#-'*+\-.0-9A-Z^-z|~]{1,64}")
_VERSIONS = (b"WARC/1.1\r\n", b"WARC/1.0\r\n")


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
    end = data.find(_HEAD_END)
    if end < 0:
        raise MalformedRecord("the record's head has no end")
    if not data.startswith(_VERSIONS):
        raise MalformedRecord(f"no WARC/1.0 or WARC/1.1 record begins here, but {data[:20]!r}")
    fields = _fields(data[:end])
    declared = fields.get("content-length", "")
    if not declared.isdecimal():
        raise MalformedRecord(f"Content-Length is {declared!r}, not a number")
    start, length = end + len(_HEAD_END), int(declared)
    if len(data) < start + length:
        raise MalformedRecord(f"the block has {len(data) - start} of the {length} bytes that it should have")
    if data[start + length :] != _RECORD_END:
        raise MalformedRecord("the record does not end with two line ends behind its block")
    return Record(fields, data[start : start + length])


class _Names(dict[str, str]):
    """Names of fields in lower case, as they come; ``KeyError`` for what is no name."""

    def __missing__(self, name: str) -> str:
        if not _TOKEN.fullmatch(name):
            raise KeyError(name)
        lower = name.lower()
        if len(self) < _MOST_NAMES:
            self[name] = lower
        return lower


_NAMES = _Names()
_MOST_NAMES = 1000


def _fields(head: bytes) -> dict[str, str]:
    text = head[len(_VERSIONS[0]) :].decode("utf-8", "replace")
    parts = [line.partition(": ") for line in reversed(text.split("\r\n"))]
    try:
        return {_NAMES[name]: value.strip() for name, _, value in parts}
    except KeyError:
        return _odd_fields(text)


def _odd_fields(text: str) -> dict[str, str]:
    """Heads with folded lines, with no blank behind a name, or with lines that are no fields."""
    fields: dict[str, str] = {}
    last = ""
    for line in text.split("\r\n"):
        if line[:1] in (" ", "\t") and last:
            fields[last] += " " + line.strip()
            continue
        name, colon, value = line.partition(":")
        last = name.strip().lower()
        if not colon or not last:
            raise MalformedRecord(f"the head has a line that is no field: {line[:40]!r}")
        fields.setdefault(last, value.strip())
    return fields
