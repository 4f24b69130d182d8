"""``backup.json``: what a backup holds, and by which it proves itself."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

NAME = "backup.json"
SUMS = "SHA256SUMS"
FORMAT = 1


class BadBackup(Exception):
    """The folder is no backup, or not one that this release can read."""


class Form(StrEnum):
    """How the catalogue is kept."""

    SQLITE = "sqlite"
    """The SQLite file itself."""
    PG_DUMP = "pg_dump"
    """PostgreSQL's own archive (``pg_dump --format=custom``)."""
    ROWS = "rows"
    """The rows of a PostgreSQL catalogue, in a SQLite file of the same tables."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file as it was copied; ``modified`` is the original's time in nanoseconds."""

    sha256: str
    size: int
    modified: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """``files`` are named as from the backup's folder. ``catalogue`` is one of them, of schema ``schema``."""

    made_at: str
    form: Form
    catalogue: str
    schema: str
    files: Mapping[str, Entry]


def save(folder: Path, manifest: Manifest) -> None:
    """Write it, and beside it the sums for ``sha256sum -c``; on disk when this returns."""
    sums = "".join(f"{entry.sha256}  {file}\n" for file, entry in sorted(manifest.files.items()))
    _write(folder / SUMS, sums)
    _write(folder / NAME, json.dumps({"format": FORMAT, **asdict(manifest)}, ensure_ascii=False, indent=1))


def load(folder: Path) -> Manifest:
    """Raises :class:`BadBackup`."""
    path = folder / NAME
    try:
        data = json.loads(path.read_text("utf-8"))
        if data.pop("format") != FORMAT:
            raise BadBackup(f"{path} was written by a newer nianbao: upgrade nianbao")
        files = {_inside(path, file): Entry(**entry) for file, entry in data.pop("files").items()}
        form = Form(data.pop("form"))
        return Manifest(**data, form=form, files=files)
    except FileNotFoundError as error:
        raise BadBackup(f"{folder} is no backup: it has no {NAME}") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadBackup(f"{path} cannot be read: {error}") from error


def backups_in(destination: Path) -> Iterator[Path]:
    """The whole backups there, newest first."""
    yield from sorted((path.parent for path in destination.glob(f"2*Z/{NAME}")), reverse=True)


def _inside(path: Path, file: str) -> str:
    parts = Path(file).parts
    if not parts or Path(file).is_absolute() or ".." in parts:
        raise BadBackup(f"{path} names {file!r}, which lies outside the backup")
    return file


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
