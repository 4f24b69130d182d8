"""Commands that take in and give out whole files: import, get."""

from __future__ import annotations

import mimetypes
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from archive.captures import captures_of, find_blob
from archive.catalogue.engine import Catalogue
from archive.history.project import project
from archive.imports.files import Finding, Importer, NotReadable, Taken, holds_records
from archive.mend import mend
from archive.reading import ReadingSummary
from archive.recorder import BlobMissing, FixityError, Recorder, read_blob
from archive.runs import RunStatus, running
from archive.times import read_moment
from archive.warc.kept import NoRoom
from archive.warc.payload import UndecodableBody
from archive.warc.reader import RecordUnreadable
from nianbao import __version__
from nianbao.commands.backfill import addresses, say_given
from nianbao.commands.context import DONE_WITH_FAILURES, Home, open_home, opened, stop
from nianbao.commands.keep import say_mended
from nianbao.commands.options import Csv, Json, form_of
from nianbao.commands.run import LiveWatcher, say_failures
from nianbao.handover import leave_readme
from nianbao.judging import judged
from nianbao.output import Format, console, errors, print_rows
from scheduler.night import read_stale

MOST_OF_A_REASON = 20


def import_(
    context: typer.Context,
    file: Annotated[list[Path], typer.Argument(help="WARC or WACZ files, or files of reports: PDF, HTML.")],
    url: Annotated[
        str | None,
        typer.Option(help="Where a plain file was published; a file: address is used if not given."),
    ] = None,
) -> None:
    """Take in WARC and WACZ files made by others, or plain files, archive them and read them.

    Captures of WARC and WACZ files keep their own addresses and times. What is damaged in them is named;
    the rest is taken in, and the program ends with 1.

    Example: nianbao import crawl-2019.warc.gz
    """
    home = open_home(context)
    missing = [str(f) for f in file if not f.is_file()]
    if missing:
        raise stop(f"no such file: {', '.join(missing)}")
    try:
        warcs = [one for one in file if holds_records(one)]
    except NotReadable as error:
        raise stop(str(error)) from error
    plain = [one for one in file if one not in warcs]
    if url is not None and (len(plain) > 1 or warcs):
        raise stop("--url names one plain file's address; WARC and WACZ files have their own")
    address = addresses([url])[0] if url else None
    given = {address or one.resolve().as_uri(): one for one in plain}
    with opened(home) as catalogue:
        faults, reading = _import(home, catalogue, warcs, given)
        say_given(catalogue, list(given))
    say_failures(reading)
    if faults or reading.failures:
        raise typer.Exit(DONE_WITH_FAILURES)


def get(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="A file's sha256, or a URL (its newest capture).")],
    at: Annotated[
        str | None, typer.Option(help="The URL's capture nearest to this time, such as 2023-05-01.")
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="List the URL's captures, oldest first.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write here, not to the screen.")
    ] = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Give back an archived file, byte for byte, its sha256 proved; or list the captures of a URL.

    Example: nianbao get https://www.example.gov.cn/report.pdf --at 2023-05-01 -o report.pdf
    """
    if all_ and (at or output):
        raise stop("--all lists captures; --at and --output give one of them")
    if not all_ and (as_json or as_csv):
        raise stop("--json and --csv belong to --all; a file is given as it is")
    try:
        moment = read_moment(at) if at else None
    except ValueError as error:
        raise stop(str(error)) from error
    home = open_home(context)
    with opened(home) as catalogue:
        if all_:
            _list_captures(catalogue, name, form_of(as_json, as_csv))
            return
        try:
            data = read_blob(catalogue, home.path, find_blob(catalogue, name, moment))
        except LookupError as error:
            raise stop(str(error)) from error
        except (BlobMissing, FixityError, RecordUnreadable, UndecodableBody) as error:
            raise stop(str(error), DONE_WITH_FAILURES) from error
    if output is None:
        if sys.stdout.isatty():
            raise stop("give -o FILE: a file's bytes are not printed on a terminal")
        sys.stdout.buffer.write(data)
    else:
        output.write_bytes(data)


def _list_captures(catalogue: Catalogue, url: str, form: Format) -> None:
    shown = ("fetched_at", "via", "status", "verdict", "media_type", "size", "sha256", "url")
    with captures_of(catalogue, url) as found:
        count = print_rows(found, form, shown=shown)
    if not count:
        raise stop(f"the archive holds no capture of {url}")


def _import(
    home: Home, catalogue: Catalogue, warcs: list[Path], given: Mapping[str, Path]
) -> tuple[int, ReadingSummary]:
    """The number of faults that were named, and how reading went."""
    leave_readme(home.path)
    faults = 0
    say_mended(mend(catalogue, home.path))
    with running(catalogue, home.path, "import") as run:
        software = f"nianbao/{__version__}"
        with Recorder(catalogue, home.path, run_id=run.run_id, host="import", software=software) as recorder:
            for address, one in given.items():
                if not recorder.add_file(address, _media_type(one), one.read_bytes()):
                    console.print(f"{one}: imported before", markup=False, soft_wrap=True)
            if warcs:
                faults = _take(home, catalogue, recorder, run.run_id, warcs)
        with LiveWatcher() as watcher:
            reading = read_stale(catalogue, home.path, home.settings.workers, watcher)
        project(catalogue)
        run.status = RunStatus.DONE
    return faults, reading


def _take(home: Home, catalogue: Catalogue, recorder: Recorder, run_id: int, warcs: list[Path]) -> int:
    with _Teller() as teller:
        importer = Importer(
            catalogue,
            home.path,
            recorder,
            run_id=run_id,
            judge=judged,
            tell=teller.tell,
            progress=teller.reached,
        )
        for path in warcs:
            try:
                taken = importer.take(path)
            except NoRoom as error:
                raise stop(f"{error}; free some space, then import it again", DONE_WITH_FAILURES) from error
            for one in taken:
                console.print(_line(one), markup=False, soft_wrap=True)
        found = importer.finish()
    if found.resolved or found.left:
        left = f"; {found.left} refer to records that the archive does not hold" if found.left else ""
        console.print(f"{found.resolved} revisits found what they refer to{left}", soft_wrap=True)
    return teller.faults


def _line(taken: Taken) -> str:
    parts = [f"{taken.new} captures"]
    if taken.held:
        parts.append(f"{taken.held} held already")
    if taken.other:
        parts.append(f"{taken.other} other records")
    if taken.faults:
        parts.append(f"{taken.faults} faults")
    where = (
        f"kept {'already ' if taken.before else ''}as {taken.file}"
        if taken.file
        else "nothing new, so not kept"
    )
    return f"{taken.source}: {', '.join(parts)}; {where}"


def _media_type(path: Path) -> str:
    return mimetypes.guess_type(path.name)[0] or "application/octet-stream"


class _Teller:
    """Prints what is wrong as it is found, and on a terminal how far the import is."""

    def __init__(self) -> None:
        self.faults = 0
        self._reasons: Counter[tuple[str, str]] = Counter()
        columns = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn())
        self._bar = Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal)
        self._task = self._bar.add_task("import", visible=False)

    def __enter__(self) -> _Teller:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()
        for (source, reason), count in self._reasons.items():
            if count > MOST_OF_A_REASON:
                line = f"{source}: {count - MOST_OF_A_REASON} more records: {reason} (imported all the same)"
                errors.print(line, markup=False, soft_wrap=True)

    def tell(self, finding: Finding) -> None:
        """Each damaged record is named; of those that were taken in all the same, the first of each kind."""
        self.faults += 1
        if finding.imported:
            self._reasons[finding.source, finding.reason] += 1
            if self._reasons[finding.source, finding.reason] > MOST_OF_A_REASON:
                return
        place = f" at byte {finding.offset}" if finding.offset is not None else ""
        fate = " (imported all the same)" if finding.imported else " (not imported)"
        errors.print(f"{finding.source}{place}: {finding.reason}{fate}", markup=False, soft_wrap=True)

    def reached(self, source: str, done: int, total: int) -> None:
        self._bar.update(self._task, description=source, completed=done, total=total, visible=True)
