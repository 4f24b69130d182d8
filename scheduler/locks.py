"""One schedule an archive, and one start of a job at a time.

A locked file in the home; with PostgreSQL an advisory lock beside it, so that schedules on several machines
keep off each other too. Either is let go by the system when its process dies.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from archive.catalogue.engine import Catalogue
from archive.runs import LOCKS


class Taken(Exception):
    """Another process holds the lock; the text says which."""


@contextmanager
def file_lock(home: Path, name: str) -> Iterator[None]:
    """Hold the lock of that name. Raises :class:`Taken` at once if another process has it."""
    folder = home / LOCKS
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(descriptor, 20).decode("ascii", "replace").strip()
            raise Taken(f"process {holder or 'unknown'} holds {folder / name}.lock") from None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode("ascii"))
        yield
    finally:
        os.close(descriptor)


class ScheduleLock:
    """The right to be the one schedule of a catalogue on PostgreSQL; on SQLite the file's lock says it all.

    A database that restarts forgets its locks, so the lock is looked after with :meth:`hold`.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._connection: Connection | None = None

    def hold(self) -> bool:
        """Have the lock, taking it if need be; False when another schedule has it.

        Raises SQLAlchemy's DBAPIError while the database cannot be reached.
        """
        if self._catalogue.is_sqlite:
            return True
        if self._connection is not None:
            try:
                self._connection.execute(text("SELECT 1"))
                return True
            except DBAPIError:
                self._drop()
        engine = self._catalogue.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._connection = engine.connect()
        if self._connection.scalar(text("SELECT pg_try_advisory_lock(hashtext('nianbao schedule'))")):
            return True
        self._drop()
        return False

    def close(self) -> None:
        if self._connection is not None:
            with suppress(DBAPIError):  # with its connection the database has let go of the lock
                self._connection.execute(text("SELECT pg_advisory_unlock_all()"))
            self._drop()

    def _drop(self) -> None:
        assert self._connection is not None
        self._connection.invalidate()
        self._connection.close()
        self._connection = None
