"""Opens the catalogue: SQLite in the home by default, PostgreSQL by URL."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, inspect, select, text
from sqlalchemy.orm import Session

from archive.catalogue.models import Division
from archive.catalogue.views import VIEWS

if TYPE_CHECKING:
    import psycopg
    from alembic.config import Config

SQLITE_NAME = "catalogue.sqlite3"
BUSY_SECONDS = 60
MIGRATIONS = Path(__file__).parent / "migrations"


class CatalogueMissing(Exception):
    """There is no catalogue here yet."""


class CatalogueNewer(Exception):
    """The catalogue was made by a newer nianbao than this one."""


class CatalogueOutdated(Exception):
    """The catalogue was made by an older nianbao and has not been migrated."""


class Catalogue:
    """A connection to the catalogue. ``writing`` takes the write lock at once, ``reading`` never."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _engine(url)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session in one transaction, committed at the end, rolled back on an error."""
        connection = self.engine.connect().execution_options(nianbao_write=True)
        with connection, Session(connection, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with Session(self.engine) as session:
            yield session

    def optimize(self) -> None:
        """Let SQLite look at how its tables have grown, so that it plans queries by it.

        PostgreSQL does so by itself.
        """
        if self.is_sqlite:
            with self.writing() as session:
                session.execute(text("PRAGMA analysis_limit=1000"))
                session.execute(text("ANALYZE"))

    def close(self) -> None:
        self.engine.dispose()


def take_turn(session: Session, task: str) -> None:
    """Wait until no other transaction does this task, and keep others from it until this one ends.

    On SQLite there is one writer anyway. On PostgreSQL two that add the same rows in different orders
    would block each other, and a row with a smaller id could come to light after a greater one was
    accounted for.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:task))"), {"task": f"nianbao {task}"})


def sqlite_url(home: Path) -> str:
    return f"sqlite:///{home / SQLITE_NAME}"


def open_catalogue(url: str) -> Catalogue:
    """Open an existing catalogue of this release's shape.

    Raises :class:`CatalogueMissing`, :class:`CatalogueOutdated` or :class:`CatalogueNewer`.
    """
    path = _sqlite_path(url)
    if path is not None and not path.exists():
        raise CatalogueMissing(f"no catalogue at {path}; make a home with `nianbao init`")
    catalogue = Catalogue(url)
    found = _revision(catalogue)
    known = revisions()
    if found == known[-1]:
        return catalogue
    catalogue.close()
    if found is None:
        raise CatalogueMissing(f"{url} holds no nianbao catalogue; make one with `nianbao init`")
    if found not in known:
        raise CatalogueNewer(f"the catalogue is at schema {found}, newer than this nianbao: upgrade nianbao")
    raise CatalogueOutdated(
        f"the catalogue is at schema {found}: run `nianbao migrate` to bring it up to date"
    )


def schema_of(url: str) -> str | None:
    """The revision of the schema that the database has; None when it has none."""
    catalogue = Catalogue(url)
    try:
        return _revision(catalogue)
    finally:
        catalogue.close()


def _revision(catalogue: Catalogue) -> str | None:
    """By Alembic's own table."""
    with catalogue.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return found


def create_catalogue(url: str) -> Catalogue:
    """Create the catalogue, or bring an older one up to date; an up-to-date one is left as it is."""
    from alembic import command  # to load it takes a fifth of a crawl process's start, which never needs it

    command.upgrade(alembic_config(url), "head")
    catalogue = Catalogue(url)
    with catalogue.writing() as session:
        remake_views(session.connection())
        if session.scalar(select(Division.code).limit(1)) is None:
            session.execute(insert(Division), _division_rows())
    return catalogue


def _division_rows() -> list[dict[str, str]]:
    table = files("parsers") / "data" / "divisions.csv"
    return list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))


def drop_views(connection: Connection) -> None:
    for name in reversed(VIEWS):
        connection.execute(text(f"DROP VIEW IF EXISTS {name}"))


def remake_views(connection: Connection) -> None:
    drop_views(connection)
    for name, body in VIEWS.items():
        connection.exec_driver_sql(f"CREATE VIEW {name} AS {_literal(connection, body)}")


def _literal(connection: Connection, body: str) -> str:
    # psycopg reads % as a placeholder
    return body.replace("%", "%%") if connection.dialect.name == "postgresql" else body


def alembic_config(url: str) -> Config:
    """What Alembic needs to migrate this catalogue."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    return config


def revisions() -> list[str]:
    """The revisions that this release knows, oldest first: a migration's file begins with its own."""
    return sorted(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def _sqlite_path(url: str) -> Path | None:
    prefix = "sqlite:///"
    return Path(url[len(prefix) :]) if url.startswith(prefix) else None


def _engine(url: str) -> Engine:
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    if engine.dialect.name == "postgresql":
        event.listen(engine, "connect", _prepare_postgresql)
    return engine


def _prepare_postgresql(connection: psycopg.Connection, _record: Any) -> None:
    """To compile an answer of some thousand rows takes longer than to give it."""
    with connection.cursor() as cursor:
        cursor.execute("SET jit = off")
    connection.commit()


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin_sqlite(connection: Connection) -> None:
    """A deferred transaction that reads and then writes fails as busy whatever the timeout."""
    writes = connection.get_execution_options().get("nianbao_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
