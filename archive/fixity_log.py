"""``fixity.jsonl``: when each WARC file was proved and what came of it, as lines chained by their hashes.

Each line holds the sha256 of the line before it, so none can be changed, or taken out of the middle,
without the next one telling. Dates of checks and their outcomes are what a repository must be able to
show (OAIS; PREMIS event "fixity check").
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

NAME = "fixity.jsonl"
FIRST = "0" * 64
_LINE_ROOM = 1 << 16


@dataclass(frozen=True, slots=True)
class Entry:
    """One check. ``wrong`` is how many things were wrong; ``previous`` the sha256 of the line before."""

    number: int
    at: str
    file: str
    size: int
    sha256: str
    wrong: int
    previous: str


class FixityLog:
    def __init__(self, home: Path) -> None:
        self._path = home / NAME

    def note(self, file: str, size: int, sha256: str, wrong: int, at: str) -> None:
        """Add a line, on disk before this returns. A torn last line, left by a crash, is taken off first."""
        fd = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            end, last = _last_line(fd)
            entry = Entry(
                self._next_number(last), at, file, size, sha256, wrong, _hash(last) if last else FIRST
            )
            os.ftruncate(fd, end)
            os.pwrite(fd, _line(entry) + b"\n", end)
            os.fsync(fd)
        finally:
            os.close(fd)

    def last_verified(self) -> dict[str, str]:
        """When each file was last checked, whatever came of it."""
        return {entry.file: entry.at for _, entry in self._lines() if entry is not None}

    def damaged(self) -> list[Entry]:
        """The last check of each file with which something was wrong then."""
        last = {entry.file: entry for _, entry in self._lines() if entry is not None}
        return [entry for _, entry in sorted(last.items()) if entry.wrong]

    def broken_links(self) -> Iterator[str]:
        """A line for each place where the chain does not hold."""
        previous = FIRST
        for number, (line, entry) in enumerate(self._lines(), start=1):
            if entry is None:
                yield f"{NAME}: line {number} cannot be read"
            elif entry.previous != previous or entry.number != number:
                yield f"{NAME}: line {number} does not follow the line before it: the log was changed"
            previous = _hash(line)

    def _next_number(self, last: bytes) -> int:
        entry = _entry(last) if last else None
        return entry.number + 1 if entry else sum(1 for _ in self._lines()) + 1

    def _lines(self) -> Iterator[tuple[bytes, Entry | None]]:
        if not self._path.exists():
            return
        with self._path.open("rb") as stream:
            for line in stream:
                if line.endswith(b"\n"):
                    yield line[:-1], _entry(line)


def _entry(line: bytes) -> Entry | None:
    try:
        return Entry(**json.loads(line))
    except (ValueError, TypeError):
        return None


def _line(entry: Entry) -> bytes:
    return json.dumps(asdict(entry), ensure_ascii=False).encode()


def _hash(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def _last_line(fd: int) -> tuple[int, bytes]:
    """Where the last whole line ends, and that line without its end; (0, b"") for an empty file."""
    size = os.fstat(fd).st_size
    start = max(0, size - _LINE_ROOM)
    tail = os.pread(fd, size - start, start)
    end = tail.rfind(b"\n") + 1
    lines = tail[:end].splitlines()
    return start + end, lines[-1] if lines else b""
