"""The catalogue as one file, at one moment, while others may write to it; and made from that file again."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, make_url

from archive.backup.manifest import Form
from archive.catalogue.copying import copy_catalogue
from archive.catalogue.engine import SQLITE_NAME, Catalogue, create_catalogue, sqlite_url
from archive.search.index import refresh

DUMP_NAME = "catalogue.pgdump"
_DEBIAN = Path("/usr/lib/postgresql")
ERROR_TAIL = 500


class SnapshotFailed(Exception):
    """The catalogue could not be copied whole, or not be brought back; the text says why."""


def take(catalogue: Catalogue, folder: Path, dump: str | None) -> tuple[Form, str]:
    """Write the catalogue into ``folder``: its form, and the file's name.

    ``dump`` is the program ``pg_dump``, or None: then the rows of PostgreSQL go into a SQLite file. Raises
    :class:`SnapshotFailed`.
    """
    if catalogue.is_sqlite:
        _copy_sqlite(Path(str(catalogue.engine.url.database)), folder / SQLITE_NAME)
        return Form.SQLITE, SQLITE_NAME
    if dump is not None:
        words = [dump, "--format=custom", f"--file={folder / DUMP_NAME}", "--no-owner", "--no-privileges"]
        _run_postgresql(words, catalogue.engine.url)
        return Form.PG_DUMP, DUMP_NAME
    target = folder / SQLITE_NAME
    for old in folder.glob(f"{SQLITE_NAME}*"):  # of a backup that was broken off
        old.unlink()
    copy_catalogue(catalogue, f"sqlite:///{target}")
    _settle(target)
    return Form.ROWS, SQLITE_NAME


def bring_back(form: Form, file: Path, url: str, home: Path) -> None:
    """Make the catalogue at ``url``, which holds none with runs, from a file that :func:`take` wrote.

    A catalogue of an older release is brought up to date. Raises :class:`SnapshotFailed` and
    :class:`archive.catalogue.copying.NotEmpty`.
    """
    if form is Form.PG_DUMP:
        _restore_dump(file, url)
        create_catalogue(url).close()
        return
    path = home / SQLITE_NAME
    shutil.copyfile(file, path)
    copied = create_catalogue(sqlite_url(home))
    try:
        if url != sqlite_url(home):
            copy_catalogue(copied, url)
    finally:
        copied.close()
    if url != sqlite_url(home):
        for left in home.glob(f"{SQLITE_NAME}*"):
            left.unlink()
        copied = Catalogue(url)
        refresh(copied)
        copied.close()
    elif form is Form.ROWS:
        copied = Catalogue(url)
        refresh(copied)
        copied.close()


def find_program(name: str) -> str | None:
    """A program of PostgreSQL: from the path, else the newest that Debian keeps."""
    found = shutil.which(name)
    if found:
        return found
    installed = (path for path in _DEBIAN.glob(f"*/bin/{name}") if path.parts[4].isdigit())
    newest = max(installed, key=lambda path: int(path.parts[4]), default=None)
    return str(newest) if newest else None


def _copy_sqlite(path: Path, target: Path) -> None:
    """By SQLite's backup interface: one moment of the catalogue, whoever writes to it meanwhile."""
    target.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
    _settle(target)


def _settle(path: Path) -> None:
    """Leave one file, without a log beside it, and prove that it is sound."""
    with closing(sqlite3.connect(path)) as copy:
        try:
            copy.execute("PRAGMA journal_mode=DELETE")
            (said,) = copy.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.DatabaseError as error:
            said = str(error)
    if said != "ok":
        raise SnapshotFailed(
            f"the catalogue is damaged ({said}): move it away and make it again with "
            "`nianbao mend --from-warc`, or restore an older backup"
        )


def _restore_dump(file: Path, url: str) -> None:
    if make_url(url).get_backend_name() != "postgresql":
        raise SnapshotFailed("the backup holds a catalogue of PostgreSQL: name one with --database")
    program = find_program("pg_restore")
    if program is None:
        raise SnapshotFailed("pg_restore was not found: install PostgreSQL's client programs")
    options = ("--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction")
    _run_postgresql([program, *options, str(file)], make_url(url))


def _run_postgresql(words: list[str], url: URL) -> None:
    """Raises :class:`SnapshotFailed` with what the program said."""
    database = f"--dbname={_connection(url)}"
    done = subprocess.run(
        [words[0], database, *words[1:]],
        env={**os.environ, **_secret(url)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        said = done.stderr.strip()[-ERROR_TAIL:]
        raise SnapshotFailed(f"{Path(words[0]).name} failed with code {done.returncode}: {said}")


def _connection(url: URL) -> str:
    """As the programs of PostgreSQL take it, without the password, which others could see in ``ps``."""
    plain: dict[str, object] = {**url.query, "dbname": url.database, "user": url.username}
    parts = {**plain, "host": url.host or url.query.get("host"), "port": url.port or url.query.get("port")}
    return " ".join(f"{key}={_quoted(str(value))}" for key, value in parts.items() if value is not None)


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _secret(url: URL) -> Mapping[str, str]:
    return {"PGPASSWORD": url.password} if url.password is not None else {}
