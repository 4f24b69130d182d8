"""``manifest-sha256.txt`` in the home: what each closed WARC file's bytes hash to.

Lines are those of ``sha256sum``, so that whoever inherits the disk can check it with
``sha256sum -c manifest-sha256.txt`` and nothing else. A line is only ever added.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

NAME = "manifest-sha256.txt"


def note(home: Path, file: str, sha256: str) -> None:
    """Add the line of a file that is complete, named as from the home; on disk before this returns."""
    line = f"{sha256}  {file}\n".encode()
    fd = os.open(home / NAME, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        if _is_torn(fd):
            line = b"\n" + line
        os.write(fd, line)
        os.fsync(fd)
    finally:
        os.close(fd)


def load(home: Path) -> dict[str, str]:
    """The sha256 by file; of a file's lines the last. Empty where there is no manifest.

    A line that is none, torn by a crash or damaged, counts for nothing: its file is then one without a line.
    """
    path = home / NAME
    if not path.exists():
        return {}
    lines = (line.split("  ", 1) for line in path.read_text("utf-8", "replace").splitlines())
    return {parts[1]: parts[0] for parts in lines if len(parts) == 2 and len(parts[0]) == 64}


def _is_torn(fd: int) -> bool:
    size = os.fstat(fd).st_size
    return size > 0 and os.pread(fd, 1, size - 1) != b"\n"
