"""Rows in bulk and past the ORM, as quickly as the database takes them: for what can be made again."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

from archive.catalogue.engine import Catalogue

Load = Callable[[str, Sequence[str], Iterable[Sequence[Any]]], None]
"""Adds rows to a table: its name, the columns, the values in that order."""


@contextmanager
def loading(catalogue: Catalogue) -> Iterator[Load]:
    """One transaction, which on SQLite is not safe from a crash."""
    with _sqlite(catalogue) if catalogue.is_sqlite else _postgresql(catalogue) as load:
        yield load


@contextmanager
def _sqlite(catalogue: Catalogue) -> Iterator[Load]:
    with closing(sqlite3.connect(str(catalogue.engine.url.database))) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA cache_size=-400000")

        def load(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
            marks = ", ".join("?" * len(columns))
            connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)

        yield load
        connection.commit()


@contextmanager
def _postgresql(catalogue: Catalogue) -> Iterator[Load]:
    with closing(catalogue.engine.raw_connection()) as connection:

        def load(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
            statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
            with closing(connection.cursor()) as cursor, cursor.copy(statement) as copy:  # type: ignore[attr-defined]
                for row in rows:
                    copy.write_row(row)

        yield load
        connection.commit()
