"""Puts the archive right after a crash: WARC files closed behind their last whole record, and each record
with its row.

What it does is decided by what is on disk alone, so it can be stopped anywhere and run again.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.capture import ListingSeen
from archive.catalogue.engine import Catalogue, take_turn
from archive.catalogue.models import Blob, Capture, Listing, Resource
from archive.evidence import Archived, add_captures, add_listing
from archive.notes import FileOf, RunNotes, recall, recall_listing, recall_run
from archive.runs import SiteIdentity, close_dead_runs, restore_run, restore_site
from archive.warc import manifest
from archive.warc.cdxj import build_index, index_path
from archive.warc.exchange import Original, Placed
from archive.warc.members import CHUNK, Fault, Member, walk
from archive.warc.own_record import MalformedRecord, Record, read_record
from archive.warc.writer import open_name, sync_folder

_Waiting = tuple[Record, Placed, RunNotes]
BATCH = 200
QUARANTINE = "quarantine"


@dataclass(frozen=True, slots=True)
class Cut:
    """What was cut off a WARC file behind byte ``offset``, and the file that keeps it."""

    file: str
    offset: int
    size: int
    kept_in: str


@dataclass
class Mended:
    """What was done. ``findings`` are what could not be put right, one line each."""

    closed: list[str] = field(default_factory=list)
    in_use: list[str] = field(default_factory=list)
    cuts: list[Cut] = field(default_factory=list)
    rows: int = 0
    listings: int = 0
    runs: list[int] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)


def mend(catalogue: Catalogue, home: Path) -> Mended:
    """What each crawl begins with: close the files and the runs that a crash left open."""
    done = Mended()
    for path in _files_left_open(home):
        try:
            stream = _hold(path)
        except BlockingIOError:
            done.in_use.append(path.relative_to(home).as_posix())
            continue
        if stream is not None:
            with stream:
                _close(catalogue, home, path, stream, done)
    done.runs += close_dead_runs(catalogue, home)
    return done


def mend_all(catalogue: Catalogue, home: Path, progress: Callable[[], None] = lambda: None) -> Mended:
    """:func:`mend`, then every closed file against the catalogue, both ways.

    ``progress`` is told of each file. With an empty catalogue this makes all its evidence again. Not in
    WARC files, and so not made again: when and how runs ended, and corrections by people. What follows
    from the evidence comes with `nianbao parse`.
    """
    done = mend(catalogue, home)
    waiting: list[_Waiting] = []
    listed = manifest.load(home)
    for path in closed_files(home):
        file = path.relative_to(home).as_posix()
        _reconcile(catalogue, path, file, done, waiting)
        if not index_path(home, file).exists():
            _index(home, file)
        if file not in listed:
            manifest.note(home, file, _sha256(path))
            done.findings.append(f"{file} had no line in {manifest.NAME}; it has one now")
        progress()
    batch = _Batch(catalogue, done)
    for revisit in waiting:
        batch.take(*revisit)
    batch.commit()
    done.findings += missing_files(catalogue, home)
    return done


def closed_files(home: Path) -> list[Path]:
    """Our own WARC files that are complete, oldest first."""
    return sorted((home / "warc").glob("[0-9][0-9][0-9][0-9]/*.warc.gz"))


def missing_files(catalogue: Catalogue, home: Path) -> list[str]:
    """A line for each WARC file that rows point into and that is not there."""
    with catalogue.reading() as session:
        named = session.scalars(select(Capture.warc_file).where(Capture.warc_file.is_not(None)).distinct())
        return [
            f"{file} is missing, though the catalogue points into it: restore it from a backup"
            for file in sorted(f for f in named if f)
            if not (home / file).exists() and not open_name(home / file).exists()
        ]


# --------------------------------------------------------- files left open


def left_over(home: Path) -> list[str]:
    """A line for each WARC file left open whose writer lives no more."""
    lines = []
    for path in _files_left_open(home):
        with suppress(BlockingIOError):
            if (stream := _hold(path)) is not None:
                stream.close()
                file = path.relative_to(home).as_posix()
                lines.append(f"{file} was left open by a crawl that ended: run `nianbao mend`")
    return lines


def _files_left_open(home: Path) -> list[Path]:
    return sorted((home / "warc").rglob("*.warc.gz.open"))


def _hold(path: Path) -> BinaryIO | None:
    """A file left open, with its lock; None where another closed it meanwhile.

    Raises ``BlockingIOError`` while its writer lives.
    """
    try:
        stream = path.open("r+b", buffering=0)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if path.exists() and os.path.samestat(os.fstat(stream.fileno()), path.stat()):
            return stream
    except BlockingIOError:
        stream.close()
        raise
    stream.close()
    return None


def _close(catalogue: Catalogue, home: Path, path: Path, stream: BinaryIO, done: Mended) -> None:
    final = path.with_suffix("")
    file = final.relative_to(home).as_posix()
    _take_off_tail(catalogue, home, path, file, stream, done)
    if path.stat().st_size == 0:
        path.unlink()
        sync_folder(path.parent)
        return
    _reconcile(catalogue, path, file, done, None)
    manifest.note(home, file, _sha256(path))
    os.rename(path, final)
    sync_folder(final.parent)
    _index(home, file)
    done.closed.append(file)


def _index(home: Path, file: str) -> None:
    with suppress(OSError):  # as on a full disk: it follows from the file, and can be made any time
        build_index(home, file)


def _take_off_tail(
    catalogue: Catalogue, home: Path, path: Path, file: str, stream: BinaryIO, done: Mended
) -> None:
    """Cut the file behind its last whole record; sound records behind the damage are put in its place.

    Damage before a record that has its row is no torn tail, and stays where it is: `verify` names it.
    """
    walked = list(_bounds(path))
    fault = next((at for at, length in walked if length is None), None)
    if fault is None or fault < _catalogued_end(catalogue, file):
        return
    size = path.stat().st_size - fault
    kept_in = _quarantine(home, path, fault)
    sound = [(at - fault, length) for at, length in walked if length is not None and at > fault]
    if sound:
        _put_behind(path, fault, home / kept_in, sound)
    else:
        os.ftruncate(stream.fileno(), fault)
        os.fsync(stream.fileno())
    done.cuts.append(Cut(file, fault, size, kept_in))


def _put_behind(path: Path, end: int, source: Path, members: list[tuple[int, int]]) -> None:
    """Make the file anew from its first ``end`` bytes and the members named; all of it or nothing."""
    anew = path.with_name(path.name + ".anew")
    with path.open("rb") as old, source.open("rb") as behind, anew.open("wb") as new:
        for stream, at, length in [(old, 0, end), *((behind, at, length) for at, length in members)]:
            stream.seek(at)
            _copy(stream, new, length)
        new.flush()
        os.fsync(new.fileno())
    os.rename(anew, path)
    sync_folder(path.parent)


def _bounds(path: Path) -> Iterator[tuple[int, int | None]]:
    """Where each member begins and its length; None for the length where the file is damaged."""
    for found in walk(path):
        yield found.offset, found.length if isinstance(found, Member) else None


def _catalogued_end(catalogue: Catalogue, file: str) -> int:
    query = select(Capture.warc_offset + Capture.warc_length).where(Capture.warc_file == file)
    with catalogue.reading() as session:
        return max((end for end in session.scalars(query) if end is not None), default=0)


def _quarantine(home: Path, path: Path, offset: int) -> str:
    """Copy what stands from ``offset`` on, on disk before this returns; the copy's name."""
    name = f"{QUARANTINE}/{path.name.removesuffix('.open')}.from-byte-{offset}"
    target = home / name
    target.parent.mkdir(exist_ok=True)
    with path.open("rb") as source, target.open("wb") as copy:
        source.seek(offset)
        _copy(source, copy, path.stat().st_size - offset)
        copy.flush()
        os.fsync(copy.fileno())
    sync_folder(target.parent)
    return name


def _copy(source: BinaryIO, target: BinaryIO, length: int) -> None:
    while length > 0 and (chunk := source.read(min(CHUNK, length))):
        target.write(chunk)
        length -= len(chunk)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


# ------------------------------------------------------- records and rows


def _reconcile(
    catalogue: Catalogue, path: Path, file: str, done: Mended, waiting: list[_Waiting] | None
) -> None:
    """Give each record of a file its row; tell of each row whose record is not there.

    A revisit whose original has no row yet goes to ``waiting``, if that is given.
    """
    rows = _catalogued(catalogue, file)
    found: set[int] = set()
    run: RunNotes | None = None
    batch = _Batch(catalogue, done, waiting)
    for member in walk(path):
        record = _record(member, file, done.findings)
        if record is None or isinstance(member, Fault):
            continue
        run = recall_run(record) or run
        found.add(member.offset)
        if member.offset in rows:
            continue
        if run is None:
            done.findings.append(f"{file}: its warcinfo names no run, so its records get no rows")
            return
        batch.take(record, _placed(file, member, record), run)
    batch.commit()
    done.findings += [
        f"{file}: no whole record stands at byte {offset}, where the catalogue has capture {capture_id}"
        for offset, capture_id in sorted(rows.items())
        if offset not in found
    ]


def _catalogued(catalogue: Catalogue, file: str) -> dict[int, int]:
    query = select(Capture.warc_offset, Capture.capture_id).where(Capture.warc_file == file)
    with catalogue.reading() as session:
        return {offset: capture_id for offset, capture_id in session.execute(query) if offset is not None}


def _record(member: Member | Fault, file: str, findings: list[str]) -> Record | None:
    if isinstance(member, Fault):
        findings.append(f"{file}: at byte {member.offset} {member.reason}")
        return None
    try:
        return read_record(member.data)
    except MalformedRecord as error:
        findings.append(f"{file}: at byte {member.offset} {error}")
        return None


def _placed(file: str, member: Member, record: Record) -> Placed:
    digest = record.fields.get("warc-payload-digest", "")
    return Placed(file, member.offset, member.length, record.type, digest)


class _Batch:
    """Rows on their way into the catalogue, with what later ones of the same batch refer to."""

    def __init__(self, catalogue: Catalogue, done: Mended, waiting: list[_Waiting] | None = None) -> None:
        self._catalogue = catalogue
        self._done = done
        self._waiting = waiting
        self._kept: list[Archived] = []
        self._files: dict[tuple[str, str], FileOf] = {}
        self._run: RunNotes | None = None

    def take(self, record: Record, placed: Placed, run: RunNotes) -> None:
        if run != self._run or len(self._kept) >= BATCH:
            self.commit()
        self._run = run
        try:
            listing = recall_listing(record)
            kept = recall(record, placed, self._resolve) if listing is None else None
        except ValueError as error:
            self._done.findings.append(f"{placed.file}: at byte {placed.offset} {error}")
            return
        if listing is not None:
            self._add_listing(*listing, run)
        elif kept is not None:
            self._take_capture(record, kept, run)

    def commit(self) -> None:
        if not self._kept or self._run is None:
            return
        site_id = self._ready(self._run)
        with self._catalogue.writing() as session:
            take_turn(session, "recording")
            add_captures(session, self._kept, self._run.run_id, site_id)
        self._done.rows += len(self._kept)
        self._kept.clear()

    def _take_capture(self, record: Record, kept: Archived, run: RunNotes) -> None:
        placed = kept.placed
        if record.type == "revisit" and kept.sha256 is None:
            if self._waiting is not None:
                self._waiting.append((record, placed, run))
                return
            self._done.findings.append(
                f"{placed.file}: the original of the revisit at byte {placed.offset} is not in the archive"
            )
        if kept.sha256 is not None and kept.size is not None:
            self._files[placed.payload_digest, kept.fetched.url] = FileOf(kept.sha256, kept.size)
        self._kept.append(kept)

    def _add_listing(self, listing: ListingSeen, seen_at: str, run: RunNotes) -> None:
        query = select(Listing.listing_id).where(
            Listing.run_id == run.run_id, Listing.url == listing.url, Listing.seen_at == seen_at
        )
        site_id = self._ready(run)
        with self._catalogue.writing() as session:
            if session.scalar(query) is None:
                add_listing(session, listing, run.run_id, site_id, seen_at)
                self._done.listings += 1

    def _ready(self, run: RunNotes) -> int | None:
        """The site's id, with the run and the site in the catalogue."""
        if not restore_run(self._catalogue, run):
            self._done.findings.append(
                f"run {run.run_id} of {run.started_at} is not the catalogue's run {run.run_id}: "
                "is this catalogue the one of these WARC files?"
            )
        if run.site is None:
            return None
        return restore_site(self._catalogue, SiteIdentity(run.site, run.title, run.division, run.start))

    def _resolve(self, original: Original) -> FileOf | None:
        found = self._files.get((original.payload_digest, original.url))
        if found is None:
            with self._catalogue.reading() as session:
                found = _stored_file(session, original)
        return found


def _stored_file(session: Session, original: Original) -> FileOf | None:
    query = (
        select(Blob.sha256, Blob.size)
        .join(Capture, Capture.sha256 == Blob.sha256)
        .join(Resource, Resource.resource_id == Capture.resource_id)
        .where(Capture.payload_digest == original.payload_digest, Resource.url == original.url)
        .limit(1)
    )
    row = session.execute(query).first()
    return FileOf(row.sha256, row.size) if row else None
