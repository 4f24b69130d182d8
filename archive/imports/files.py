"""Takes in whole files: keeps each as it is and gives every sound record that is a capture its row.

A record that is held already, from whatever file, gets no second row; a file that holds no other captures
is not kept. Where gzip members and records do not match, the rest of the file is kept unpacked beside it,
since a record is addressed by the byte at which it, or its member, begins.
"""

from __future__ import annotations

import fcntl
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from sqlalchemy import select

from archive.catalogue.engine import Catalogue
from archive.catalogue.models import Capture, Resource
from archive.imports.bodies import bind_bodies
from archive.imports.capture import CAPTURES, CaptureKey, CaptureRow, Judge, Unfit, capture_of
from archive.imports.revisits import RevisitsFound, resolve_revisits
from archive.recorder import Recorder
from archive.runs import run_notes
from archive.times import Clock, iso, utc_now
from archive.warc.bytesource import GZIP_MAGIC, begins_member
from archive.warc.cdxj import SortedLines, index_path, line_of, write_index
from archive.warc.kept import FOLDER, Kept, draft, forget, keep, write_note
from archive.warc.records import Damage, Record, Unaligned, unpack, walk_records
from archive.warc.wacz import Inner, NoWacz, inner_warcs, is_wacz, package_faults

BATCH = 200


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong in a file, at a byte of it, or of its unpacked form where ``source`` says so.

    ``imported`` when the record was taken in all the same.
    """

    source: str
    offset: int | None
    reason: str
    imported: bool = False


Tell = Callable[[Finding], None]
Progress = Callable[[str, int, int], None]
"""Called with a file, the byte reached, and its length."""


@dataclass(slots=True)
class Taken:
    """What became of one file: ``file`` is where it is kept, ``before`` when it was kept there before.

    ``file`` is None when it holds nothing new.
    """

    source: str
    file: str | None = None
    before: bool = False
    new: int = 0
    held: int = 0
    other: int = 0
    faults: int = 0


class NotReadable(Exception):
    """The file is of a kind that cannot be imported; the text says what to do."""


def holds_records(path: Path) -> bool:
    """Whether a file is a WARC or WACZ file, by what is in it or, when that is damaged, by its name.

    Raises :class:`NotReadable` for the older ARC format.
    """
    name = path.name.lower().removesuffix(".open")
    if name.endswith((".warc", ".warc.gz", ".wacz")) or is_wacz(path):
        return True
    with path.open("rb") as stream:
        head = stream.read(16)
        packed = head.startswith(GZIP_MAGIC[:2])
        if head.upper().startswith(b"WARC/") or (packed and begins_member(stream, 0, b"WARC/")):
            return True
        if head.startswith(b"filedesc://") or (packed and begins_member(stream, 0, b"FILEDESC://")):
            raise NotReadable(
                f"{path} is an ARC file; turn it into WARC first: warcio recompress {path} NEW.warc.gz"
            )
    return False


class Importer:
    """Takes in files for one run; call :meth:`finish` when all are there."""

    def __init__(
        self,
        catalogue: Catalogue,
        home: Path,
        recorder: Recorder,
        *,
        run_id: int,
        judge: Judge,
        tell: Tell,
        progress: Progress | None = None,
        clock: Clock = utc_now,
    ) -> None:
        self._catalogue = catalogue
        self._home = home
        self._recorder = recorder
        self._run_id = run_id
        self._judge = judge
        self._tell = tell
        self._progress = progress
        self._clock = clock
        self._bodies: dict[tuple[str, str], tuple[str, ...]] = {}

    def take(self, path: Path) -> list[Taken]:
        """Take in a WARC file, or the WARC files of a WACZ. Raises OSError and ``NoRoom``."""
        with _alone(self._home):
            if is_wacz(path):
                return list(self._take_wacz(path))
            with path.open("rb") as stream:
                kept = keep(self._home, path.name, stream, path.stat().st_size)
            return [self._take_kept(kept, Taken(str(path)), {"name": path.name})]

    def restore(self, file: str) -> Taken:
        """Give a file that is kept already its rows again, as when the catalogue was lost."""
        with _alone(self._home):
            taken = Taken(file, file, before=True)
            self._walk(file, taken)
            self._bodies.clear()  # the files that were made of them are our own, and back already
            return taken

    def finish(self) -> RevisitsFound:
        """Commit what waits, look for what revisit records refer to, and bind bodies that are cut."""
        self._recorder.flush()
        found = resolve_revisits(self._catalogue, self._home, self._run_id, self._clock)
        bind_bodies(self._catalogue, self._recorder, self._run_id, self._bodies)
        return found

    # ------------------------------------------------------------ a file

    def _take_wacz(self, path: Path) -> Iterator[Taken]:
        try:
            with zipfile.ZipFile(path) as whole:
                for reason in package_faults(whole):
                    self._tell(Finding(str(path), None, reason, imported=True))
                for inner in inner_warcs(whole):
                    yield self._take_inner(path, whole, inner)
        except (NoWacz, zipfile.BadZipFile, NotImplementedError) as error:
            self._tell(Finding(str(path), None, str(error)))
            yield Taken(str(path), faults=1)

    def _take_inner(self, path: Path, whole: zipfile.ZipFile, inner: Inner) -> Taken:
        taken = Taken(f"{path}!{inner.path}")
        try:
            with whole.open(inner.path) as stream:
                kept = keep(self._home, inner.path, stream, inner.size)
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
            self._tell(Finding(taken.source, None, f"it cannot be taken out of the ZIP: {error}"))
            taken.faults += 1
            return taken
        if inner.sha256 is not None and inner.sha256 != kept.sha256:
            reason = "it does not have the digest that datapackage.json gives"
            self._tell(Finding(taken.source, None, reason, imported=True))
            taken.faults += 1
        return self._take_kept(kept, taken, {"name": inner.path, "from": path.name})

    def _take_kept(self, kept: Kept, taken: Taken, origin: dict[str, object]) -> Taken:
        unpacked = self._walk(kept.file, taken)
        holds_something_new = taken.new or (taken.other and not taken.held)
        if kept.fresh and not holds_something_new:
            for file in (kept, unpacked):
                if file is not None and file.fresh:
                    forget(self._home, file.file)
                    index_path(self._home, file.file).unlink(missing_ok=True)
            return taken
        taken.file, taken.before = kept.file, not kept.fresh
        if kept.fresh:
            run = run_notes(self._catalogue, self._run_id, None)
            note = {**origin, "sha256": kept.sha256, "imported_at": iso(self._clock())}
            note |= {"run": run.run_id, "run_started": run.started_at}
            note |= {"captures": taken.new, "held_already": taken.held, "other_records": taken.other}
            note |= {"faults": taken.faults, "unpacked": unpacked.file if unpacked else None}
            write_note(self._home, kept.file, note)
        return taken

    # --------------------------------------------------------- its records

    def _walk(self, file: str, taken: Taken) -> Kept | None:
        """Give the file's records their rows; the unpacked rest of it, where one had to be made."""
        start = self._walk_records(file, taken)
        if start is None:
            return None
        with draft(self._home, f"{PurePosixPath(file).name[:40]}-unpacked") as new:
            for damage in unpack(self._home / file, start, new):
                self._fault(taken, Finding(taken.source, damage.offset, damage.reason))
            unpacked = new.finish()
        if unpacked.file == file:
            return None
        rest = replace(
            taken, source=f"{taken.source} (unpacked from byte {start})", new=0, held=0, other=0, faults=0
        )
        self._walk_records(unpacked.file, rest)
        taken.new += rest.new
        taken.held += rest.held
        taken.other += rest.other
        taken.faults += rest.faults
        return unpacked

    def _walk_records(self, file: str, taken: Taken) -> int | None:
        """The byte from which on the file must be unpacked, None when it need not be."""
        path = self._home / file
        size = path.stat().st_size
        batch: list[CaptureRow] = []
        start: int | None = None
        with closing(SortedLines()) as index:
            for found in walk_records(path):
                if isinstance(found, Unaligned):
                    start = found.offset
                elif isinstance(found, Damage):
                    self._fault(taken, Finding(taken.source, found.offset, found.reason))
                else:
                    index.add(line_of(found, file))
                    batch += self._capture(found, file, taken)
                if len(batch) >= BATCH:
                    self._add(batch, taken)
                    if self._progress is not None:
                        self._progress(taken.source, found.offset, size)
            self._add(batch, taken)
            write_index(self._home, file, index)
        return start

    def _capture(self, record: Record, file: str, taken: Taken) -> list[CaptureRow]:
        for note in record.notes:
            self._tell(Finding(taken.source, record.offset, note, imported=True))
        taken.faults += bool(record.notes)
        if record.kind not in CAPTURES:
            taken.other += 1
            return []
        try:
            return [capture_of(record, file, self._judge)]
        except Unfit as error:
            self._fault(taken, Finding(taken.source, record.offset, str(error)))
            return []

    def _fault(self, taken: Taken, finding: Finding) -> None:
        taken.faults += 1
        self._tell(finding)

    def _add(self, batch: list[CaptureRow], taken: Taken) -> None:
        held = _held(self._catalogue, batch)
        for row in batch:
            if row.key in held:
                taken.held += 1
                continue
            held.add(row.key)
            taken.new += 1
            if row.body and row.sha256 is not None:
                self._bodies[row.fetched.url, row.sha256] = row.body
            self._recorder.add_placed(row.fetched, row.placed, row.sha256, row.size)
        self._recorder.flush()
        batch.clear()


def _held(catalogue: Catalogue, rows: Iterable[CaptureRow]) -> set[CaptureKey]:
    """Which of the captures the catalogue has, from whatever file."""
    keys = [row.key for row in rows]
    query = (
        select(Resource.url, Capture.fetched_at, Capture.record_type, Capture.status, Capture.payload_digest)
        .join(Resource, Resource.resource_id == Capture.resource_id)
        .where(Resource.url.in_({k[0] for k in keys}), Capture.fetched_at.in_({k[1] for k in keys}))
    )
    with catalogue.reading() as session:
        return {(u, at, kind or "", status, digest) for u, at, kind, status, digest in session.execute(query)}


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """One import at a time: two of the same file would both find that it is new."""
    folder = home / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
