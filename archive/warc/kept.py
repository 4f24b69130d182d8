"""Files made by others, kept byte for byte: ``warc/imported/NAME-SHA256.warc.gz``, and what is known of them.

The name holds the file's sha256, so that whoever inherits the disk can prove it without a catalogue, and so
that the same file given twice is one file. Such a file is never written to again: a fault that it came with
stays in it, and is told when it is taken in.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

from archive.warc.bytesource import CHUNK, GZIP_MAGIC

FOLDER = "warc/imported"
MOST_STEM = 100
SPARE_BYTES = 64 * 1024 * 1024
_NAME = re.compile(r".*-([0-9a-f]{64})\.warc(?:\.gz)?")


class NoRoom(Exception):
    """The disk would be full before the file is kept."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file in the archive. ``file`` is relative to the home; ``fresh`` when it was not there before."""

    file: str
    sha256: str
    fresh: bool


def imported_sha256(file: str) -> str | None:
    """What the bytes of an imported file must hash to, from its name; None for a file of our own."""
    path = PurePosixPath(file)
    match = _NAME.fullmatch(path.name)
    return match[1] if match and str(path.parent) == FOLDER else None


def imported_files(home: Path) -> list[Path]:
    """All files of others that are kept."""
    files = sorted((home / FOLDER).glob("*.warc*"))
    return [path for path in files if imported_sha256(f"{FOLDER}/{path.name}") is not None]


def keep(home: Path, name: str, source: IO[bytes], size: int) -> Kept:
    """Copy ``source`` (about ``size`` bytes long) into the archive; on disk when this returns.

    Raises :class:`NoRoom` or OSError; then nothing is left behind.
    """
    with draft(home, name) as new:
        if shutil.disk_usage(new.path.parent).free < size + SPARE_BYTES:
            raise NoRoom(f"{name} has {size} bytes, and the disk has no room for it")
        while piece := source.read(CHUNK):
            new.write(piece)
        return new.finish()


class Draft:
    """A file on its way into the archive, hashed as it is written."""

    def __init__(self, home: Path, name: str, path: Path, stream: BinaryIO) -> None:
        self._home = home
        self._stem = _stem(name)
        self._stream = stream
        self._hash = hashlib.sha256()
        self._packed = False
        self.path = path

    def write(self, data: bytes) -> None:
        if not self._stream.tell():
            self._packed = data.startswith(GZIP_MAGIC[:2])
        self._hash.update(data)
        self._stream.write(data)

    def finish(self) -> Kept:
        """Sync the file and give it its name. A file of that name is the same file, and stays."""
        self._stream.flush()
        os.fsync(self._stream.fileno())
        sha256 = self._hash.hexdigest()
        file = self._known(sha256)
        if file is not None:
            return Kept(file, sha256, fresh=False)
        file = f"{FOLDER}/{self._stem}-{sha256}.warc{'.gz' if self._packed else ''}"
        os.rename(self.path, self._home / file)
        _sync_folder(self.path.parent)
        return Kept(file, sha256, fresh=True)

    def _known(self, sha256: str) -> str | None:
        """The same bytes may have come under another name."""
        found = sorted(self.path.parent.glob(f"*-{sha256}.warc*"))
        files = [f"{FOLDER}/{path.name}" for path in found]
        return next((file for file in files if imported_sha256(file)), None)


@contextmanager
def draft(home: Path, name: str) -> Iterator[Draft]:
    """A new file to write to; what was not finished is removed."""
    folder = home / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f".{os.getpid()}-{_stem(name)}.part"
    try:
        with path.open("wb") as stream:
            yield Draft(home, name, path, stream)
    finally:
        path.unlink(missing_ok=True)


def write_note(home: Path, file: str, note: Mapping[str, object]) -> None:
    """Leave a note beside an imported file: where it came from, and what was wrong with it."""
    path = note_path(home, file)
    fresh = path.with_name(f"{path.name}.part")
    fresh.write_text(json.dumps(note, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    os.replace(fresh, path)


def note_path(home: Path, file: str) -> Path:
    return home / f"{file}.json"


def forget(home: Path, file: str) -> None:
    """Remove a file that was kept a moment ago and turned out to hold nothing new."""
    (home / file).unlink()
    note_path(home, file).unlink(missing_ok=True)


def _stem(name: str) -> str:
    plain = re.sub(r"(?:\.open|\.warc|\.gz)+$", "", PurePosixPath(name).name, flags=re.I)
    return re.sub(r"[^A-Za-z0-9._-]", "_", plain).strip(".")[:MOST_STEM] or "import"


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
