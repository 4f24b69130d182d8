"""Proves that the archive still holds what was written, and keeps the proof.

``verify`` reads WARC files from end to end, in several processes, and compares them with the manifests
and the catalogue, both ways. Each file's outcome goes to ``fixity.jsonl``, to which lines are only added
and whose lines are chained by their hashes, so that a line changed or taken out later shows.
"""

from __future__ import annotations

import multiprocessing
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from archive.catalogue.engine import Catalogue
from archive.catalogue.models import Blob, Capture, Resource
from archive.evidence import CARRIERS, SQL_LIMIT
from archive.fixity_log import FixityLog
from archive.mend import closed_files, left_over, missing_files
from archive.soundness import FileCheck, Sound, check_file
from archive.times import Clock, compact, iso, utc_now
from archive.warc import manifest
from archive.warc.kept import imported_files, imported_sha256
from archive.warc.records import BadRecord, read_record
from archive.warc.writer import open_name

AHEAD = 2  # files a worker has waiting


@dataclass(frozen=True, slots=True)
class Verified:
    """One file: its name relative to the home, what was read, and each thing wrong, one line each."""

    file: str
    records: int
    size: int
    raw_size: int
    wrong: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verification:
    """A run of ``verify``. ``wrong`` is what concerns no single file that was read."""

    files: int
    records: int
    size: int
    raw_size: int
    wrong: tuple[str, ...]


Progress = Callable[[Verified, int, int], None]
"""Called after each file with (its outcome, bytes read so far, bytes in all)."""


def all_files(home: Path) -> list[Path]:
    """Every closed file, ours and imported ones."""
    return [*closed_files(home), *imported_files(home)]


def files_since(home: Path, since: datetime) -> list[Path]:
    """Our files begun at ``since`` or later, by the time in their names."""
    moment = compact(since)
    return [path for path in closed_files(home) if path.name.split("-")[1:2] >= [moment]]


def sample_of(home: Path, share: float, choice: random.Random) -> list[Path]:
    """A random ``share`` (0 to 1) of the files, at least one."""
    files = all_files(home)
    return sorted(choice.sample(files, min(len(files), max(1, round(share * len(files))))))


def longest_unverified(home: Path, days: int) -> list[Path]:
    """One night's part of an audit that reads the whole archive within ``days``: the longest unread first."""
    last = FixityLog(home).last_verified()
    files = sorted(all_files(home), key=lambda p: (last.get(p.relative_to(home).as_posix(), ""), p.name))
    left = sum(path.stat().st_size for path in files) / days
    chosen = []
    for path in files:
        if left <= 0:
            break
        chosen.append(path)
        left -= path.stat().st_size
    return chosen


def verify(
    catalogue: Catalogue,
    home: Path,
    files: Sequence[Path],
    *,
    workers: int,
    progress: Progress,
    clock: Clock = utc_now,
) -> Verification:
    """Prove ``files``, write the outcome of each to the fixity log, and look for files and bytes missing."""
    log = FixityLog(home)
    listed = manifest.load(home)
    missing = [*missing_files(catalogue, home), *_taken_away(home, listed)]
    wrong = [*log.broken_links(), *missing, *left_over(home), *_blobs_without(catalogue)]
    total = sum(path.stat().st_size for path in files)
    done = records = size = raw_size = 0
    for path, check in _checked(files, workers):
        verified = _compare(catalogue, home, path.relative_to(home).as_posix(), check, listed)
        log.note(verified.file, check.size, check.sha256, len(verified.wrong), iso(clock()))
        records += verified.records
        size += verified.size
        raw_size += verified.raw_size
        done += 1
        progress(verified, size, total)
    return Verification(done, records, size, raw_size, tuple(wrong))


def _checked(files: Sequence[Path], workers: int) -> Iterator[tuple[Path, FileCheck]]:
    """Each file with its check, as they come; only a few results wait in memory."""
    if workers == 1 or len(files) == 1:
        yield from ((path, check_file(path)) for path in files)
        return
    waiting: dict[Future[FileCheck], Path] = {}
    left = iter(files)
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        while True:
            for path in left:
                waiting[pool.submit(check_file, path)] = path
                if len(waiting) >= workers * AHEAD:
                    break
            if not waiting:
                return
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                yield waiting.pop(future), future.result()


# ------------------------------------------------ against what we know of it


def _compare(
    catalogue: Catalogue, home: Path, file: str, check: FileCheck, listed: Mapping[str, str]
) -> Verified:
    if (expected := imported_sha256(file)) is not None:
        return _compare_imported(catalogue, home, file, check, expected)
    wrong = [f"{file}: at byte {d.offset} {d.reason}{_of(d.url)}" for d in check.damaged]
    wrong += [f"{file}: {reason}" for reason in _against_manifest(listed.get(file), check)]
    damaged = {d.offset for d in check.damaged}
    wrong += [f"{file}: {reason}" for reason in _against_rows(catalogue, file, check.sound, damaged)]
    wrong += [f"{file}: {reason}" for reason in _against_originals(catalogue, check.sound)]
    return Verified(file, check.records, check.size, check.raw_size, tuple(wrong))


def _compare_imported(
    catalogue: Catalogue, home: Path, file: str, check: FileCheck, expected: str
) -> Verified:
    """A file of others is as it was given if its hash is that of its name; else its records tell where."""
    query = select(Capture.warc_offset, Resource.url).join(Resource).where(Capture.warc_file == file)
    with catalogue.reading() as session:
        rows = sorted((offset or 0, url) for offset, url in session.execute(query))
    wrong: list[str] = []
    if check.sha256 != expected:
        wrong.append(f"{file}: its bytes are not those that were imported, whose SHA-256 its name gives")
        for offset, url in rows:
            try:
                read_record(home / file, offset)
            except (BadRecord, OSError) as error:
                wrong.append(f"{file}: at byte {offset} {error}{_of(url)}")
    return Verified(file, len(rows), check.size, check.raw_size, tuple(wrong))


def _of(url: str) -> str:
    return f" ({url})" if url else ""


def _against_manifest(listed: str | None, check: FileCheck) -> Iterator[str]:
    if listed is None:
        yield f"{manifest.NAME} has no line of it; run `nianbao mend`"
    elif listed != check.sha256:
        # of a deflate stream up to seven bits before its checksum are filling, which no checksum covers
        where = "" if check.damaged else ", though every record is sound: bits that hold nothing have changed"
        yield f"its bytes do not fit its line in {manifest.NAME}{where}"


def _against_rows(
    catalogue: Catalogue, file: str, sound: Iterable[Sound], damaged: set[int]
) -> Iterator[str]:
    """Every row's record is there and says what the row says; every capture's record has its row."""
    with catalogue.reading() as session:
        columns = (Capture.warc_length, Capture.record_type, Capture.fetched_at, Capture.payload_digest)
        query = select(Capture.warc_offset, Capture.capture_id, *columns, Capture.sha256)
        rows = {row[0]: tuple(row) for row in session.execute(query.where(Capture.warc_file == file))}
    for record in sound:
        row = rows.pop(record.offset, None)
        if row is None:
            yield f"the record at byte {record.offset} has no row; run `nianbao mend`{_of(record.url)}"
        elif (why := _differs(row[2:], record)) is not None:
            yield f"capture {row[1]} and its record at byte {record.offset} differ in {why}"
    for offset, row in rows.items():
        if offset not in damaged:
            yield f"no record stands at byte {offset}, where the catalogue has capture {row[1]}"


def _differs(told: tuple[Any, ...], record: Sound) -> str | None:
    found = (record.length, record.type, record.date, record.payload_digest, record.sha256 or told[-1])
    if told == found:
        return None
    names = ("length", "type", "date", "payload digest", "sha256")
    return next(name for name, ours, theirs in zip(names, told, found, strict=True) if ours != theirs)


def _against_originals(catalogue: Catalogue, sound: Iterable[Sound]) -> Iterator[str]:
    """Every revisit's original is a record that the catalogue has, with the same payload."""
    revisits = [r for r in sound if r.original is not None]
    for start in range(0, len(revisits), SQL_LIMIT):
        part = revisits[start : start + SQL_LIMIT]
        query = (
            select(Resource.url, Capture.fetched_at, Capture.payload_digest)
            .join(Capture, Capture.resource_id == Resource.resource_id)
            .where(
                Capture.record_type.in_(CARRIERS),
                Capture.payload_digest.in_({r.payload_digest for r in part}),
            )
        )
        with catalogue.reading() as session:
            known = {(url, at, digest) for url, at, digest in session.execute(query)}
        for record in part:
            assert record.original is not None
            if (*record.original, record.payload_digest) not in known:
                at = f"byte {record.offset}{_of(record.url)}"
                yield f"the original of the revisit at {at} is not in the archive"


def _taken_away(home: Path, listed: Iterable[str]) -> Iterator[str]:
    for file in listed:
        if not (home / file).exists() and not open_name(home / file).exists():
            yield f"{file} is named in {manifest.NAME} and not there: restore it from a backup"


def _blobs_without(catalogue: Catalogue) -> Iterator[str]:
    """Files' bytes that the catalogue knows of and no record carries."""
    carrier = aliased(Capture)
    carried = exists().where(carrier.sha256 == Blob.sha256, carrier.record_type.in_(CARRIERS))
    with catalogue.reading() as session:
        for sha256 in session.scalars(select(Blob.sha256).where(~carried)):
            yield f"no record carries sha256 {sha256}, which the catalogue knows of"
