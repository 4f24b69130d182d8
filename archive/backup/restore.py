"""Brings a home back from a backup, and says what of it is damaged."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from archive.backup import catalogue as snapshot
from archive.backup.files import copy, entry_of
from archive.backup.manifest import BadBackup, Form, Manifest, backups_in, load
from archive.catalogue.copying import must_be_empty
from archive.catalogue.engine import Catalogue, sqlite_url
from archive.runs import close_all_runs
from archive.times import Clock, utc_now
from archive.warc.writer import sync_folder

Progress = Callable[[str, int], None]


class RestoreRefused(Exception):
    """Nothing was restored; the text says why."""


@dataclass
class Restored:
    """A home that was brought back. ``wrong`` names each file that is damaged or missing, one line each."""

    home: Path
    made_at: str
    files: int
    wrong: list[str] = field(default_factory=list)


def find_backup(path: Path) -> Path:
    """The backup meant: the folder itself, or the newest in it. Raises :class:`BadBackup`."""
    newest = next(backups_in(path), None)
    if newest is not None:
        return newest
    load(path)
    return path


def check(backup: Path, progress: Progress = lambda _file, _size: None) -> Iterator[str]:
    """Read the whole backup and give a line for each file that is not as it was written."""
    for file, expected in load(backup).files.items():
        path = backup / file
        if not path.is_file():
            yield f"{file} is missing from the backup"
        elif entry_of(path).sha256 != expected.sha256:
            yield f"{file} is damaged: its bytes are not those that were backed up"
        progress(file, expected.size)


def restore(
    backup: Path,
    home: Path,
    url: str | None = None,
    progress: Progress = lambda _file, _size: None,
    clock: Clock = utc_now,
) -> Restored:
    """Make ``home``, which is empty or not there, as it was backed up; the catalogue at ``url`` or in it.

    A damaged WARC file is brought back as it is, for most of its records may be sound, and is told of. The
    home appears under its name when it is whole. Raises :class:`RestoreRefused`, :class:`BadBackup`,
    :class:`archive.backup.catalogue.SnapshotFailed` and :class:`archive.catalogue.copying.NotEmpty`.
    """
    manifest = load(backup)
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise RestoreRefused(f"{home} is not empty: give --home a folder that is not there yet")
    _refuse_damaged_catalogue(backup, manifest)
    draft = home.with_name(f".{home.name}.restoring")
    if url is not None:
        must_be_empty(url)
    elif manifest.form is not Form.SQLITE:
        raise RestoreRefused("the catalogue was on PostgreSQL: name an empty database with --database")
    if draft.exists():
        shutil.rmtree(draft)  # of a restore that was broken off
    draft.mkdir(parents=True)
    done = Restored(home, manifest.made_at, len(manifest.files))
    for file, expected in manifest.files.items():
        if file != manifest.catalogue:
            done.wrong += _bring(backup / file, draft / file, file, expected.sha256)
        progress(file, expected.size)
    there = url or sqlite_url(draft)
    snapshot.bring_back(manifest.form, backup / manifest.catalogue, there, draft)
    _close_runs(there, clock)
    (draft / "logs").mkdir(exist_ok=True)
    if home.exists():
        home.rmdir()
    os.rename(draft, home)
    sync_folder(home.parent)
    return done


def _bring(source: Path, target: Path, file: str, sha256: str) -> Iterator[str]:
    if not source.is_file():
        yield f"{file} is missing from the backup"
    elif copy(source, target).sha256 != sha256:
        yield f"{file} is damaged: its bytes are not those that were backed up"


def _refuse_damaged_catalogue(backup: Path, manifest: Manifest) -> None:
    path = backup / manifest.catalogue
    if not path.is_file() or entry_of(path).sha256 != manifest.files[manifest.catalogue].sha256:
        raise RestoreRefused(
            f"the catalogue in {backup} is missing or damaged: take an older backup; or copy warc/ "
            "and nianbao.toml from it into a new home and run `nianbao mend --from-warc` there"
        )


def _close_runs(url: str, clock: Clock) -> None:
    """No process of the home that was backed up works on this one."""
    catalogue = Catalogue(url)
    try:
        close_all_runs(catalogue, clock)
    finally:
        catalogue.close()


__all__ = ["BadBackup", "RestoreRefused", "Restored", "check", "find_backup", "restore"]
