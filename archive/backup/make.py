"""Makes a backup: the catalogue first and the WARC files after it, so that each row finds its record."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from archive.backup import catalogue as snapshot
from archive.backup.files import OPEN, copy, entry_of, files_of, is_final, link
from archive.backup.manifest import NAME, Entry, Form, Manifest, backups_in, load, save
from archive.catalogue.engine import Catalogue, revisions
from archive.catalogue.models import Capture
from archive.times import Clock, compact, iso, utc_now
from archive.warc import manifest as warc_manifest
from archive.warc.kept import imported_sha256
from archive.warc.writer import sync_folder

PARTIAL = "partial"
LOCK = ".lock"

Progress = Callable[[str, int], None]
"""Called with each file's name and its size."""


class BackupRefused(Exception):
    """No backup can be made there; the text says why."""


@dataclass
class BackedUp:
    """A backup that was made. ``wrong`` is what was found damaged or missing on the way, one line each."""

    folder: Path
    form: Form
    files: int = 0
    size: int = 0
    copied: int = 0
    copied_size: int = 0
    removed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def back_up(
    catalogue: Catalogue,
    home: Path,
    destination: Path,
    *,
    links: bool = True,
    keep: int | None = None,
    dump: str | None = None,
    progress: Progress = lambda _file, _size: None,
    clock: Clock = utc_now,
) -> BackedUp:
    """Back the home up into a new folder of ``destination``; of the older ones ``keep`` - 1 stay.

    With ``links`` a closed WARC file becomes a hard link where home and destination share a file system. A
    backup that was broken off is gone on with. Raises :class:`BackupRefused`,
    :class:`archive.backup.catalogue.SnapshotFailed` and OSError.
    """
    if destination.resolve().is_relative_to(home.resolve()):
        raise BackupRefused(f"{destination} lies in the home itself: give a folder elsewhere")
    destination.mkdir(parents=True, exist_ok=True)
    with _alone(destination):
        now = clock()
        folder = destination / PARTIAL
        before = next(backups_in(destination), None)
        folder.mkdir(exist_ok=True)
        form, name = snapshot.take(catalogue, folder, dump)
        done = BackedUp(destination / compact(now), form)
        if done.folder.exists():
            raise BackupRefused(f"{done.folder} is there already: wait a second")
        files = {name: entry_of(folder / name)}
        known = load(before).files if before else {}
        files |= _Keeper(home, folder, before, known, links, done).keep_all(progress)
        _drop_others(folder, files)
        done.wrong += _missing(catalogue, files)
        _sync_folders(folder)
        save(folder, Manifest(iso(now), form, name, revisions()[-1], files))
        os.rename(folder, done.folder)
        sync_folder(destination)
        done.files, done.size = len(files), sum(entry.size for entry in files.values())
        done.removed = _prune(destination, keep)
    return done


@contextmanager
def _alone(destination: Path) -> Iterator[None]:
    with (destination / LOCK).open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupRefused(f"another backup into {destination} is going on") from error
        yield


@dataclass(frozen=True, slots=True)
class _Keeper:
    """Takes the home's files into ``folder``; ``known`` is what the backup ``before`` holds."""

    home: Path
    folder: Path
    before: Path | None
    known: Mapping[str, Entry]
    links: bool
    done: BackedUp

    def keep_all(self, progress: Progress) -> dict[str, Entry]:
        listed = warc_manifest.load(self.home)
        kept: dict[str, Entry] = {}
        for file in files_of(self.home):
            # one that is closed a moment after it was listed goes by its new name
            closed = file.endswith(OPEN) and not (self.home / file).exists()
            name = file.removesuffix(OPEN) if closed else file
            try:
                entry = self._keep(name)
            except FileNotFoundError:
                continue  # it was there for a moment; a WARC file that is gone is told of at the end
            kept[name] = entry
            progress(name, entry.size)
            expected = imported_sha256(name) or listed.get(name)
            if expected is not None and entry.sha256 != expected:
                self.done.wrong.append(f"{name} is damaged in the home: restore it from an older backup")
        return kept

    def _keep(self, file: str) -> Entry:
        source, target = self.home / file, self.folder / file
        there = self._linked_to_the_one_before(file, source.stat(), target)
        if there is not None:
            return there
        if is_final(file) and target.exists() and _same(target.stat(), source.stat()):
            return entry_of(target)  # a backup that was broken off had got so far
        target.unlink(missing_ok=True)
        if self.links and is_final(file) and link(source, target):
            return entry_of(target)
        entry = copy(source, target)
        self.done.copied += 1
        self.done.copied_size += entry.size
        return entry

    def _linked_to_the_one_before(self, file: str, now: os.stat_result, target: Path) -> Entry | None:
        there = self.known.get(file)
        if self.before is None or there is None or not (self.before / file).exists():
            return None
        if (there.size, there.modified) != (now.st_size, now.st_mtime_ns):
            return None
        target.unlink(missing_ok=True)
        return there if link(self.before / file, target) else None


def _same(one: os.stat_result, other: os.stat_result) -> bool:
    return (one.st_size, one.st_mtime_ns) == (other.st_size, other.st_mtime_ns)


def _drop_others(folder: Path, files: Mapping[str, Entry]) -> None:
    """What a backup that was broken off had copied and the home no longer has."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path.relative_to(folder).as_posix() not in files:
            path.unlink()


def _sync_folders(folder: Path) -> None:
    """A hard link is on disk when its folder is; the manifest, which says that all is there, comes after."""
    for path in folder.rglob("*"):
        if path.is_dir():
            sync_folder(path)
    sync_folder(folder)


def _missing(catalogue: Catalogue, files: Mapping[str, Entry]) -> Iterator[str]:
    with catalogue.reading() as session:
        named = session.scalars(select(Capture.warc_file).where(Capture.warc_file.is_not(None)).distinct())
        for file in named:
            if file not in files and f"{file}{OPEN}" not in files:
                yield f"{file}, which the catalogue names, is not there: restore it from an older backup"


def _prune(destination: Path, keep: int | None) -> list[str]:
    """Remove the oldest beyond ``keep``; without its manifest a folder counts as none, so that goes first."""
    removed = []
    for old in list(backups_in(destination))[keep:] if keep else ():
        (old / NAME).unlink()
        shutil.rmtree(old)
        removed.append(old.name)
    return removed
