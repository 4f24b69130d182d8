"""Read-only SQL with a time limit: what people type is never allowed to change anything."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from archive.catalogue.engine import Catalogue
from archive.queries import Rows

DEFAULT_SECONDS = 60.0


class SqlRefused(Exception):
    """The statement is wrong, writes, or took too long; the text says which."""


@contextmanager
def run_sql(catalogue: Catalogue, statement: str, seconds: float = DEFAULT_SECONDS) -> Iterator[Rows]:
    """Run one SELECT and stream its rows. Raises :class:`SqlRefused`."""
    if catalogue.is_sqlite:
        with _on_sqlite(Path(str(catalogue.engine.url.database)), statement, seconds) as rows:
            yield rows
    else:
        with _on_postgresql(catalogue, statement, seconds) as rows:
            yield rows


@contextmanager
def _on_sqlite(path: Path, statement: str, seconds: float) -> Iterator[Rows]:
    deadline = time.monotonic() + seconds
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        connection.set_authorizer(_no_other_files)
        connection.set_progress_handler(lambda: int(time.monotonic() > deadline), 10_000)
        try:
            cursor = connection.execute(statement)
            yield Rows(tuple(c[0] for c in cursor.description or ()), iter(cursor))
        except sqlite3.Error as error:
            raise SqlRefused(_say(str(error), seconds)) from error


def _no_other_files(action: int, *_names: str | None) -> int:
    """``mode=ro`` keeps the catalogue from writes; ATTACH could still make a file elsewhere."""
    return sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_ATTACH else sqlite3.SQLITE_OK


@contextmanager
def _on_postgresql(catalogue: Catalogue, statement: str, seconds: float) -> Iterator[Rows]:
    try:
        with catalogue.engine.connect() as connection:
            connection.execute(text("SET TRANSACTION READ ONLY"))
            connection.execute(text(f"SET LOCAL statement_timeout = {int(seconds * 1000)}"))
            result = connection.exec_driver_sql(statement.replace("%", "%%"))
            yield Rows(tuple(result.keys()), iter(result))
    except DBAPIError as error:
        raise SqlRefused(_say(str(error.orig), seconds)) from error


def _say(error: str, seconds: float) -> str:
    first = error.strip().splitlines()[0]
    if "readonly" in first or "read-only" in first:
        return "only reading is allowed here: give a SELECT"
    if "interrupted" in first or "statement timeout" in first:
        return f"stopped after {seconds:g} s; narrow the query, or allow more with --seconds"
    if "not authorized" in first:
        return "other databases cannot be attached here"
    return first
