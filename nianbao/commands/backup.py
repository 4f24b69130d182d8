"""Commands that copy the whole home elsewhere and bring it back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress
from sqlalchemy.exc import SQLAlchemyError

from archive.backup.catalogue import SnapshotFailed, find_program
from archive.backup.make import BackedUp, BackupRefused, back_up
from archive.backup.manifest import BadBackup, Form
from archive.backup.restore import Restored, RestoreRefused, check, find_backup
from archive.backup.restore import restore as bring_back
from archive.catalogue.copying import CopyDiffers, NotEmpty
from archive.mend import mend_all
from nianbao.commands.context import DONE_WITH_FAILURES, Home, home_path, open_home, opened, stop
from nianbao.output import console, errors
from nianbao.settings import FILE_NAME, SettingsError, load_settings


def backup(
    context: typer.Context,
    destination: Annotated[Path, typer.Argument(metavar="DEST", help="A folder outside the home.")],
    keep: Annotated[
        int | None, typer.Option(min=1, help="How many backups stay there, this one included; the oldest go.")
    ] = None,
    copy: Annotated[
        bool, typer.Option("--copy", help="Copy each WARC file, even where a hard link would do.")
    ] = False,
    rows: Annotated[
        bool,
        typer.Option(
            "--rows", help="Keep a PostgreSQL catalogue as rows in SQLite, not as pg_dump writes it."
        ),
    ] = False,
) -> None:
    """Back the home up: the catalogue at one moment, every WARC file, and sums that prove them.

    It may run while a crawl goes on. Each backup is a folder named by its time, and whole; what has not
    changed since the one before is a hard link to it and costs nothing. Exits with 1 if something in the home
    is damaged or missing.

    Example: nianbao backup /mnt/disk2/nianbao --keep 14
    """
    home = open_home(context)
    with opened(home) as catalogue, _bar("backing up") as tell, _told():
        dump = None if rows or catalogue.is_sqlite else find_program("pg_dump")
        done = back_up(catalogue, home.path, destination, links=not copy, keep=keep, dump=dump, progress=tell)
    _say_backed_up(done)
    _end(done.wrong)


def restore(
    context: typer.Context,
    backup: Annotated[
        Path, typer.Argument(metavar="BACKUP", help="A backup, or the folder of several: the newest.")
    ],
    database: Annotated[
        str | None,
        typer.Option(help="An empty PostgreSQL database for the catalogue; else as its settings say."),
    ] = None,
    only_check: Annotated[
        bool, typer.Option("--check", help="Only prove the backup: restore nothing.")
    ] = False,
) -> None:
    """Bring a home back into --home, which must be empty, and prove every file of it.

    Exits with 1 if a file is damaged or missing; all that is sound is brought back.

    Example: nianbao --home restored restore /mnt/disk2/nianbao
    """
    with _bar("restoring") as tell, _told():
        source = find_backup(backup)
        if only_check:
            wrong = list(check(source, tell))
            console.print(
                f"{source}: {'damaged' if wrong else 'every file is as it was written'}", soft_wrap=True
            )
            _end(wrong)
            return
        done = bring_back(source, home_path(context), database or _database_of(source), tell)
    _put_right(done, database)


def _database_of(source: Path) -> str | None:
    try:
        return load_settings(source).database
    except SettingsError as error:
        raise stop(f"the settings in the backup cannot be used: {error}") from error


def _put_right(done: Restored, database: str | None) -> None:
    """What was being written when the backup was made is closed; records without rows get them."""
    settings = load_settings(done.home)
    home = Home(done.home, settings.model_copy(update={"database": database}) if database else settings)
    with opened(home) as catalogue:
        mended = mend_all(catalogue, home.path)
    console.print(f"{done.files} files of {done.made_at} are back in {done.home}.", soft_wrap=True)
    if database and settings.database != database:
        console.print(
            f'Set database = "{database}" in {done.home / FILE_NAME}.', markup=False, soft_wrap=True
        )
    _end([*done.wrong, *mended.findings])


def _say_backed_up(done: BackedUp) -> None:
    form = {Form.SQLITE: "SQLite", Form.PG_DUMP: "pg_dump", Form.ROWS: "rows in SQLite"}[done.form]
    console.print(
        f"{done.folder}: {done.files} files, {done.size / 1e6:.1f} MB; {done.copied} of them, "
        f"{done.copied_size / 1e6:.1f} MB, were copied, the others linked; the catalogue as {form}",
        markup=False,
        soft_wrap=True,
    )
    if done.removed:
        console.print(f"removed: {', '.join(done.removed)}", soft_wrap=True)


def _end(wrong: Sequence[str]) -> None:
    for line in wrong:
        console.print(line, markup=False, soft_wrap=True)
    if wrong:
        raise typer.Exit(DONE_WITH_FAILURES)


@contextmanager
def _told() -> Iterator[None]:
    """Known troubles end the program with one line."""
    try:
        yield
    except (BackupRefused, RestoreRefused, BadBackup, NotEmpty) as error:
        raise stop(str(error)) from error
    except (SnapshotFailed, CopyDiffers) as error:
        raise stop(str(error), DONE_WITH_FAILURES) from error
    except SQLAlchemyError as error:
        raise stop(f"the database: {str(error).splitlines()[0]}", DONE_WITH_FAILURES) from error


@contextmanager
def _bar(what: str) -> Iterator[Callable[[str, int], None]]:
    with Progress(console=errors, transient=True, disable=not errors.is_terminal) as bar:
        task = bar.add_task(what, total=None)
        yield lambda _file, size: bar.update(task, advance=size)
