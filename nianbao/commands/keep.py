"""Commands that look after what is archived: verify, mend."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from archive.catalogue.engine import Catalogue, create_catalogue
from archive.evidence import is_empty
from archive.fixity import Verified, all_files, files_since, longest_unverified, sample_of
from archive.fixity import verify as prove
from archive.imports.restore import restore_imported
from archive.mend import Mended, closed_files, mend_all
from nianbao.commands.context import DONE_WITH_FAILURES, Home, open_home, opened, stop
from nianbao.judging import judged
from nianbao.output import console, errors

_WORTH_A_WORKER = 16_000_000  # bytes on the disk; a worker takes a second to start


def verify(
    context: typer.Context,
    sample: Annotated[
        float | None, typer.Option(help="Read only so many per cent of the files, chosen by chance.")
    ] = None,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only files begun on that day or later.")
    ] = None,
    within: Annotated[
        int | None,
        typer.Option(min=1, help="One day's part, so that all is read within so many days."),
    ] = None,
) -> None:
    """Prove that every byte of the archive is as it was written. Exits with 1 if one is not.

    Example: nianbao verify --within 30
    """
    home = open_home(context)
    files = _chosen(home, sample, since, within)
    started = time.monotonic()
    wrong: list[str] = []
    with opened(home) as catalogue, _bar() as bar:
        task = bar.add_task("verifying", total=None)

        def tell(verified: Verified, done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)
            _say(verified.wrong)
            wrong.extend(verified.wrong)

        result = prove(catalogue, home.path, files, workers=_workers(home, files), progress=tell)
    _say(result.wrong)
    seconds = max(time.monotonic() - started, 0.001)
    console.print(
        f"{result.files} files, {result.records} records, {result.raw_size / 1e6:.1f} MB inflated "
        f"in {seconds:.1f} s; {len(wrong) + len(result.wrong)} things wrong"
    )
    if wrong or result.wrong:
        raise typer.Exit(DONE_WITH_FAILURES)


def _workers(home: Home, files: Iterable[Path]) -> int:
    """As many as the settings give, each with enough to read to be worth its start."""
    size = sum(path.stat().st_size for path in files)
    return min(home.settings.workers, 1 + size // _WORTH_A_WORKER)


def mend(
    context: typer.Context,
    from_warc: Annotated[
        bool,
        typer.Option("--from-warc", help="Make a lost catalogue's evidence again from the WARC files alone."),
    ] = False,
) -> None:
    """Put the archive right after a crash, and compare all WARC files with the catalogue, both ways.

    Example: nianbao mend
    """
    home = open_home(context)
    if from_warc:
        create_catalogue(home.catalogue_url).close()
    with opened(home) as catalogue:
        if from_warc and not is_empty(catalogue):
            raise stop("the catalogue is not empty: move it away, or run `nianbao mend` without --from-warc")
        restored, told = restore_imported(catalogue, home.path, judged)
        done = _mend(catalogue, home.path)
    say_mended(done)
    console.print(f"{done.rows + restored} captures and {done.listings} lists got back their rows")
    if from_warc:
        console.print(
            "How runs ended and corrections by people are not in WARC files. "
            "Next, read the files again: nianbao parse"
        )
    _say([*told, *done.findings])
    if told or done.findings:
        raise typer.Exit(DONE_WITH_FAILURES)


def say_mended(done: Mended) -> None:
    """Print what a crash had left behind; nothing where there was nothing."""
    for cut in done.cuts:
        console.print(
            f"{cut.file}: {cut.size} bytes of a record that was never finished are now in {cut.kept_in}",
            markup=False,
        )
    for file in done.closed:
        console.print(f"{file}: closed", markup=False)
    for run_id in done.runs:
        console.print(f"run {run_id} had been interrupted")


def _chosen(home: Home, sample: float | None, since: datetime | None, within: int | None) -> list[Path]:
    if sum(choice is not None for choice in (sample, since, within)) > 1:
        raise stop("give only one of --sample, --since and --within")
    if sample is not None:
        if not 0 < sample <= 100:
            raise stop("--sample is a share in per cent: above 0, at most 100")
        return sample_of(home.path, sample / 100, random.Random())
    if since is not None:
        return files_since(home.path, since.replace(tzinfo=UTC))
    if within is not None:
        return longest_unverified(home.path, within)
    return all_files(home.path)


def _mend(catalogue: Catalogue, path: Path) -> Mended:
    files = len(closed_files(path))
    with Progress(console=errors, transient=True, disable=not errors.is_terminal) as bar:
        task = bar.add_task("comparing files", total=files)
        return mend_all(catalogue, path, lambda: bar.advance(task))


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    return Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal)


def _say(lines: list[str] | tuple[str, ...]) -> None:
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)
