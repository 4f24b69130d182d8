"""Read-only SQL with a time limit: what people type is never allowed to change anything."""

from __future__ import annotations

import re
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
ONLY_READING = "only reading is allowed here: give a SELECT"
_QUERY = re.compile(
    r"(?:\s|\(|--[^\n]*\n|/\*.*?\*/)*(?:select|with|values|table)\b", re.IGNORECASE | re.DOTALL
)


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
            if cursor.description is None:
                raise SqlRefused(ONLY_READING)
            yield Rows(tuple(c[0] for c in cursor.description), iter(cursor))
        except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
            # of two statements Python 3.11 warns, of a NUL within one it raises ValueError
            raise SqlRefused(_say(str(error), seconds)) from error


def _no_other_files(action: int, *_names: str | None) -> int:
    """``mode=ro`` keeps the catalogue from writes; ATTACH could still make a file elsewhere."""
    return sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_ATTACH else sqlite3.SQLITE_OK


@contextmanager
def _on_postgresql(catalogue: Catalogue, statement: str, seconds: float) -> Iterator[Rows]:
    """Through a cursor on the server: it streams, and it takes one query and nothing else.

    Sent plainly, ``COMMIT; DELETE …`` would leave the read-only transaction and then write.
    """
    if not _QUERY.match(statement):
        raise SqlRefused(ONLY_READING)
    try:
        with catalogue.engine.connect() as connection:
            connection.execute(text("SET TRANSACTION READ ONLY"))
            connection.execute(text(f"SET LOCAL statement_timeout = {int(seconds * 1000)}"))
            streamed = connection.execution_options(stream_results=True, max_row_buffer=1000)
            result = streamed.exec_driver_sql(statement.rstrip("; \t\r\n").replace("%", "%%"))
            yield Rows(tuple(result.keys()), iter(result))
    except DBAPIError as error:
        raise SqlRefused(_say(str(error.orig), seconds)) from error


def _say(error: str, seconds: float) -> str:
    first = error.strip().splitlines()[0]
    if "readonly" in first or "read-only" in first:
        return ONLY_READING
    if "interrupted" in first or "statement timeout" in first:
        return f"stopped after {seconds:g} s; narrow the query, or allow more with --seconds"
    if "not authorized" in first:
        return "other databases cannot be attached here"
    return first
