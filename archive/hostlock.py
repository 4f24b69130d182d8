"""One process at a time asks one host, whatever crawls are going on over the same archive.

On SQLite a locked file in the home's ``locks/hosts/``, on PostgreSQL an advisory lock, so that crawls on
several machines keep off each other too. Either is let go by the system when its process dies.
"""

from __future__ import annotations

import fcntl
import os
import re
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, text

from archive.catalogue.engine import Catalogue


class HostLocks(Protocol):
    """The locks that one process holds."""

    def take(self, host: str) -> bool:
        """Try to take the host; False while another process has it. Taking it twice is no error."""

    def release(self, host: str) -> None:
        """Let go of a host; of one that is not held, nothing happens."""

    def close(self) -> None:
        """Let go of all."""


def host_locks(catalogue: Catalogue, home: Path) -> HostLocks:
    """The kind of locks that all crawls over this catalogue share."""
    return _FileLocks(home / "locks" / "hosts") if catalogue.is_sqlite else _AdvisoryLocks(catalogue)


class _FileLocks:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: dict[str, int] = {}

    def take(self, host: str) -> bool:
        if host in self._held:
            return True
        self._folder.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"[^A-Za-z0-9.-]", "_", host)[:200]
        descriptor = os.open(self._folder / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._held[host] = descriptor
        return True

    def release(self, host: str) -> None:
        descriptor = self._held.pop(host, None)
        if descriptor is not None:
            os.close(descriptor)

    def close(self) -> None:
        for host in list(self._held):
            self.release(host)


class _AdvisoryLocks:
    """Locks of one session, kept on a connection of its own for as long as the process works."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._connection: Connection | None = None
        self._held: set[str] = set()

    def take(self, host: str) -> bool:
        if host in self._held:
            return True
        if not self._ask("SELECT pg_try_advisory_lock(hashtext(:key))", host):
            return False
        self._held.add(host)
        return True

    def release(self, host: str) -> None:
        if host in self._held:
            self._held.discard(host)
            self._ask("SELECT pg_advisory_unlock(hashtext(:key))", host)

    def close(self) -> None:
        if self._connection is not None:
            # the connection goes back to the pool, which would keep the locks
            self._connection.execute(text("SELECT pg_advisory_unlock_all()"))
            self._connection.close()
            self._connection = None
        self._held.clear()

    def _ask(self, statement: str, host: str) -> bool:
        if self._connection is None:
            engine = self._catalogue.engine.execution_options(isolation_level="AUTOCOMMIT")
            self._connection = engine.connect()
        return bool(self._connection.scalar(text(statement), {"key": f"nianbao host {host}"}))
