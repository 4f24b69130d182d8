"""Shared fixtures: an archive's home, and its catalogue on SQLite and on a real PostgreSQL server."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import NoReturn

import pytest
from sqlalchemy import text

from archive.catalogue.engine import SQLITE_NAME, Catalogue, create_catalogue
from archive.catalogue.models import Base, Division

START_SECONDS = 60
UNPRIVILEGED = ("postgres", "nobody")
DATABASES = ("sqlite", "postgresql")


@dataclass
class PostgresqlServer:
    """A server that answers on a socket in its own folder and on no network."""

    folder: Path
    user: str
    command: list[str]
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text("utf-8")

    def run(self, command: list[str]) -> subprocess.Popen[bytes]:
        """Start a program as the server's user."""
        as_user: Callable[..., subprocess.Popen[bytes]] = subprocess.Popen
        group = pwd.getpwnam(self.user).pw_gid
        who = {"user": self.user, "group": group, "extra_groups": []} if os.geteuid() == 0 else {}
        with (self.folder / "log").open("ab") as log:
            return as_user(command, stdout=log, stderr=log, cwd=self.folder, **who)

    def start(self) -> None:
        self._process = self.run(self.command)
        _wait_until_ready(self, self._process)

    def stop(self, by: signal.Signals = signal.SIGINT) -> None:
        """End the server: SIGINT is a fast shutdown; after SIGKILL it must mend itself when it starts."""
        if self._process is None:
            return
        self._process.send_signal(by)
        try:
            self._process.wait(START_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{self.user}@/{database}?host={self.folder}"

    def new_database(self) -> str:
        """The name of a database made now, and empty."""
        name = f"nianbao_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        return name

    def drop_database(self, name: str) -> None:
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def execute(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(
            host=str(self.folder), user=self.user, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement.encode())


def _program(name: str) -> str | None:
    """A program of PostgreSQL, from the path or from where Debian keeps it; the newest release."""
    found = shutil.which(name)
    if found:
        return str(Path(found).resolve())
    installed = Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    return max(map(str, installed), key=lambda path: int(path.split("/")[4].split(".")[0]), default=None)


def _owner() -> str | None:
    """Whom the server runs as: the present user, but never root, as which it refuses to start."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid()).pw_name
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in UNPRIVILEGED if name in known), None)


def _no_postgresql(reason: str, remedy: str) -> NoReturn:
    pytest.skip(f"NOT TESTED ON POSTGRESQL: {reason}; {remedy}")


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgresqlServer]:
    """A PostgreSQL server for the whole session; without the program the tests that need it are left out."""
    with running_postgresql() as server:
        yield server


@contextmanager
def running_postgresql() -> Iterator[PostgresqlServer]:
    """A server of one's own, that may be killed and started again."""
    initdb, postgres, user = _program("initdb"), _program("postgres"), _owner()
    if find_spec("psycopg") is None:
        _no_postgresql("psycopg is not installed", "pip install 'nianbao[postgresql]'")
    if initdb is None or postgres is None:
        _no_postgresql("initdb and postgres were not found", "on Debian: apt-get install postgresql")
    if user is None:
        _no_postgresql("it does not run as root", "add a user named postgres, or do not test as root")
    # pytest's own temporary folders are closed to other users
    folder = Path(tempfile.mkdtemp(prefix="nianbao-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, user)
    data = folder / "data"
    make = [initdb, "-D", str(data), "-U", user, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(folder),
        "fsync": "off",
        "deadlock_timeout": "100ms",
    }
    options = [f"--{key}={value}" for key, value in settings.items()]
    server = PostgresqlServer(folder, user, [postgres, "-D", str(data), *options])
    assert server.run(make).wait() == 0, server.log
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _wait_until_ready(server: PostgresqlServer, process: subprocess.Popen[bytes]) -> None:
    from psycopg import OperationalError

    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            server.execute("SELECT 1")
        except OperationalError:
            ended = process.poll() is not None
            assert not ended, (server.folder / "log").read_text("utf-8")
            assert time.monotonic() < deadline, (server.folder / "log").read_text("utf-8")
            time.sleep(0.05)
        else:
            return


@pytest.fixture
def postgresql_url(postgresql_server: PostgresqlServer) -> Iterator[str]:
    """A new, empty database."""
    name = postgresql_server.new_database()
    yield postgresql_server.url(name)
    postgresql_server.drop_database(name)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An archive's folder, still empty."""
    path = tmp_path / "home"
    path.mkdir()
    return path


@pytest.fixture(params=DATABASES)
def catalogue_url(request: pytest.FixtureRequest, home: Path) -> str:
    """Where a catalogue may be made; nothing is there yet. Once on each database."""
    if request.param == "sqlite":
        return f"sqlite:///{home / SQLITE_NAME}"
    url: str = request.getfixturevalue("postgresql_url")
    return url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new catalogue, to be copied: to make one from nothing takes longer than most tests."""
    path = tmp_path_factory.mktemp("template") / SQLITE_NAME
    create_catalogue(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session")
def postgresql_catalogue(postgresql_server: PostgresqlServer) -> str:
    """The URL of a catalogue that tests share one after the other; each leaves it empty."""
    url = postgresql_server.url(postgresql_server.new_database())
    create_catalogue(url).close()
    return url


@pytest.fixture(params=DATABASES)
def catalogue(request: pytest.FixtureRequest, home: Path) -> Iterator[Catalogue]:
    """A new catalogue, open. Once on each database. Rows may be added to it, its shape stays as it is."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), home / SQLITE_NAME)
        opened = Catalogue(f"sqlite:///{home / SQLITE_NAME}")
        yield opened
        opened.close()
        return
    opened = Catalogue(request.getfixturevalue("postgresql_catalogue"))
    yield opened
    _empty(opened)
    opened.close()


def _empty(catalogue: Catalogue) -> None:
    """Take out every row but those that a new catalogue has; to copy one takes ten times as long."""
    tables = ", ".join(name for name in Base.metadata.tables if name != Division.__tablename__)
    others = "datname = current_database() AND pid <> pg_backend_pid()"
    with catalogue.writing() as session:
        session.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))
        session.execute(text(f"TRUNCATE {tables} RESTART IDENTITY"))
