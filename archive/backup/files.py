"""The home's files on their way into a backup and out: linked where that is safe, else copied and hashed."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from archive.backup.manifest import Entry
from archive.catalogue.engine import SQLITE_NAME
from archive.warc.bytesource import CHUNK

OPEN = ".open"
_LEFT_OUT = ("locks", "logs")
"""Folders that only serve the processes of one machine, and that nothing depends on."""
_NO_LINK = (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP, errno.EACCES)


def files_of(home: Path) -> Iterator[str]:
    """Each file to be kept, relative to the home; the catalogue apart, which is kept in its own way."""
    for folder, folders, names in os.walk(home):
        here = Path(folder).relative_to(home)
        folders[:] = sorted(
            f for f in folders if not f.startswith(".") and (here / f).as_posix() not in _LEFT_OUT
        )
        for name in sorted(names):
            if name.startswith((".", SQLITE_NAME)) or name.endswith(".part"):
                continue
            if (home / here / name).is_file():
                yield (here / name).as_posix()


def is_final(file: str) -> bool:
    """A closed WARC file is never written to again, so that a link to it stays what it is."""
    return file.endswith((".warc.gz", ".warc"))


def link(source: Path, target: Path) -> bool:
    """Make ``target`` the same file; False where the file system has no such link."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno in _NO_LINK:
            return False
        raise
    return True


def copy(source: Path, target: Path) -> Entry:
    """Copy the bytes as they are now, with their time; whole and on disk, or not there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f"{target.name}.part")
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as reading, fresh.open("wb") as writing:
        status = os.fstat(reading.fileno())
        while piece := reading.read(CHUNK):
            digest.update(piece)
            size += len(piece)
            writing.write(piece)
        writing.flush()
        os.fsync(writing.fileno())
    os.chmod(fresh, stat.S_IMODE(status.st_mode))
    os.utime(fresh, ns=(status.st_mtime_ns, status.st_mtime_ns))
    os.replace(fresh, target)
    return Entry(digest.hexdigest(), size, status.st_mtime_ns)


def entry_of(path: Path) -> Entry:
    """The file read from end to end."""
    with path.open("rb") as stream:
        status = os.fstat(stream.fileno())
        digest = hashlib.file_digest(stream, "sha256")
    return Entry(digest.hexdigest(), status.st_size, status.st_mtime_ns)
