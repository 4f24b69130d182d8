"""CDXJ: one line a record, by which replay tools find it. Equal to what ``cdxj-indexer`` makes of the file.

The index of ``warc/2026/A.warc.gz`` is ``index/2026/A.cdxj``: sorted lines of sort key, time and JSON. It
follows from the file and can be made again from it (:func:`build_index`).
"""

from __future__ import annotations

import hashlib
import heapq
import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path, PurePosixPath
from tempfile import TemporaryFile
from typing import IO

from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParser

from archive.sortkey import sort_key
from archive.warc.digests import Digest
from archive.warc.fields import FieldList, first, read_date
from archive.warc.payload import split_head
from archive.warc.records import Record, bare_uri, walk_records

LINES_IN_MEMORY = 100_000
_INDEXED = ("response", "revisit", "resource", "metadata")
_HTTP = StatusAndHeadersParser([], verify=False)


def cdxj_line(fields: FieldList, block: bytes, *, offset: int, length: int, name: str) -> str | None:
    """The line of one record, None for one that replay has no use for.

    ``name`` is that of the file, without its folders.
    """
    kind = (first(fields, "WARC-Type") or "").lower()
    media_type = first(fields, "Content-Type")
    if kind not in _INDEXED or (kind in ("resource", "metadata") and media_type == "application/warc-fields"):
        return None
    url = bare_uri(first(fields, "WARC-Target-URI"))
    http = _http_head(kind, url or "", block)
    index = {
        "url": url,
        "mime": _mime(kind, media_type, http),
        "status": http.get_statuscode() if http is not None else None,
        "digest": first(fields, "WARC-Payload-Digest") or _own_digest(kind, block, http),
        "length": str(length),
        "offset": str(offset),
        "filename": name,
    }
    date = read_date(first(fields, "WARC-Date") or "")
    assert date is not None, "no record is indexed without a date"
    said = json.dumps({key: value for key, value in index.items() if value is not None})
    return f"{_key(url)} {date:%Y%m%d%H%M%S} {said}\n"


class SortedLines:
    """Any number of lines, given back in order and each once; what memory does not hold waits on disk."""

    def __init__(self, most: int = LINES_IN_MEMORY) -> None:
        self._most = most
        self._lines: list[str] = []
        self._parts: list[IO[str]] = []

    def add(self, line: str | None) -> None:
        if line is None:
            return
        self._lines.append(line)
        if len(self._lines) >= self._most:
            part = TemporaryFile("w+", encoding="utf-8", newline="")  # noqa: SIM115 (closed by close)
            part.writelines(sorted(self._lines))
            part.seek(0)
            self._parts.append(part)
            self._lines = []

    def __iter__(self) -> Iterator[str]:
        """To be gone through once."""
        last = None
        for line in heapq.merge(*self._parts, sorted(self._lines)):
            if line != last:
                yield line
            last = line

    def close(self) -> None:
        for part in self._parts:
            part.close()


def index_path(home: Path, file: str) -> Path:
    """Where the index of a WARC file is."""
    inner = PurePosixPath(file).relative_to("warc")
    return home / "index" / inner.parent / (re.sub(r"\.warc(?:\.gz)?$", "", inner.name) + ".cdxj")


def write_index(home: Path, file: str, lines: Iterable[str]) -> None:
    """Put the index of a file in its place, whole or not at all."""
    path = index_path(home, file)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.part")
    with fresh.open("w", encoding="utf-8", newline="") as target:
        target.writelines(lines)
        target.flush()
        os.fsync(target.fileno())
    os.replace(fresh, path)


def build_index(home: Path, file: str) -> None:
    """Make the index of a closed file from the file itself, as after a crash. Damage in it is left out."""
    with closing(SortedLines()) as lines:
        for found in walk_records(home / file):
            if isinstance(found, Record):
                lines.add(line_of(found, file))
        write_index(home, file, lines)


def line_of(record: Record, file: str) -> str | None:
    """The line of a record that was read from ``file``."""
    # the tool counts a gzip member whole, and a plain record without the line ends behind its block
    length = record.length if file.endswith(".gz") else record.length - len(b"\r\n\r\n")
    name = PurePosixPath(file).name
    return cdxj_line(record.fields, record.block or b"", offset=record.offset, length=length, name=name)


def _key(url: str | None) -> str:
    try:
        return sort_key(url) if url is not None else "-"
    except (ValueError, UnicodeError):
        return url or "-"


def _http_head(kind: str, url: str, block: bytes) -> StatusAndHeaders | None:
    if kind not in ("response", "revisit") or not block or not url.startswith(("http:", "https:")):
        return None
    head, _ = split_head(block)
    try:
        return _HTTP.parse(BytesIO(head))
    except EOFError:
        return None


def _mime(kind: str, media_type: str | None, http: StatusAndHeaders | None) -> str | None:
    if kind == "revisit":
        return "warc/revisit"
    if kind == "response":
        media_type = http.get_header("content-type") if http is not None else None
    return re.split(r"[;\s]", media_type, maxsplit=1)[0].strip() if media_type else media_type


def _own_digest(kind: str, block: bytes, http: StatusAndHeaders | None) -> str | None:
    if kind == "revisit":
        return None
    payload = split_head(block)[1] if http is not None else block
    return Digest("sha1", hashlib.sha1(payload).digest()).label
