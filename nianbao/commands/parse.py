"""The command that reads archived files again."""

from __future__ import annotations

from typing import Annotated

import typer

from archive.catalogue.engine import Catalogue
from archive.history.project import project
from archive.history.reread import differences
from archive.reading import Failure, ReadingSummary, all_blobs, archived, stale_blobs
from nianbao.commands.context import DONE_WITH_FAILURES, Home, open_home, opened, stop
from nianbao.commands.run import LiveWatcher, say_failures
from nianbao.output import console
from parsers.isolation import Readers
from scheduler.night import read_stale


def parse(
    context: typer.Context,
    stale: Annotated[
        bool, typer.Option("--stale", help="Files this release has not read yet (the default).")
    ] = False,
    all_: Annotated[
        bool, typer.Option("--all", help="Every archived file, compared with what is stored.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only print what would be read or would differ.")
    ] = False,
) -> None:
    """Read archived files again: from the archive, never from the net.

    Example: nianbao parse --all --dry-run
    """
    home = open_home(context)
    if stale and all_:
        raise stop("give --stale or --all, not both")
    with opened(home) as catalogue:
        if dry_run:
            reading = _compare(home, catalogue, all_blobs(catalogue) if all_ else stale_blobs(catalogue))
        else:
            with LiveWatcher() as watcher:
                reading = read_stale(catalogue, home.path, home.settings.workers, watcher)
            project(catalogue)
            console.print(f"{reading.read} files read, {reading.reports} of them reports")
        if all_ and not dry_run:
            reading = _compare(home, catalogue, all_blobs(catalogue))
    say_failures(reading)
    if reading.failures:
        raise typer.Exit(DONE_WITH_FAILURES)


def _compare(home: Home, catalogue: Catalogue, sha256s: list[str]) -> ReadingSummary:
    """Read the files and print what comes out otherwise than stored; nothing is written."""
    found = 0
    failures: list[Failure] = []
    with Readers(workers=home.settings.workers) as readers, LiveWatcher() as watcher:
        items = archived(catalogue, home.path, sha256s, failures)
        for done, (sha256, fresh) in enumerate(readers.read_many(items), start=1):
            for one in differences(catalogue, sha256, fresh):
                found += 1
                console.print(
                    f"{sha256[:12]} {one.place}: {one.old} -> {one.new}", markup=False, soft_wrap=True
                )
            watcher.reading(done, len(sha256s))
    console.print(f"{len(sha256s)} files read, {found} differences from what is stored")
    return ReadingSummary(len(sha256s), 0, tuple(failures))
