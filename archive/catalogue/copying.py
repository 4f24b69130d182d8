"""Copies a whole catalogue into another database: from SQLite to PostgreSQL, or back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from sqlalchemy import Table, bindparam, func, insert, select, text, update
from sqlalchemy.orm import Session

from archive.catalogue.engine import Catalogue, create_catalogue, schema_of
from archive.catalogue.models import Base, Division, Run, SearchReport, SearchSection

BATCH = 5000
_SNAPSHOT = "REPEATABLE READ"
_MADE_THERE = {Division.__tablename__, SearchReport.__tablename__, SearchSection.__tablename__}
"""Tables that a new catalogue has already, or makes for itself in its own way."""

Progress = Callable[[str, int], None]
"""Called with a table's name and how many of its rows have been copied."""


class NotEmpty(Exception):
    """The database that was to be copied into holds a catalogue with runs."""


class CopyDiffers(Exception):
    """After copying the two do not hold the same; the text says where."""


def copy_catalogue(source: Catalogue, url: str, progress: Progress | None = None) -> dict[str, int]:
    """Copy every row into a new catalogue at ``url`` and give the number of rows of each table.

    All is one transaction: a copy that is broken off leaves nothing. The source is only read. The full-text
    index is not copied; make it with :func:`archive.search.index.refresh`.
    Raises :class:`NotEmpty` and :class:`CopyDiffers`.
    """
    must_be_empty(url)
    target = create_catalogue(url)
    counts: dict[str, int] = {}
    try:
        with _at_one_moment(source) as reading, target.writing() as writing:
            for table in _tables():
                counts[table.name] = _copy(reading, writing, table, progress)
            _compare(writing, counts)
            if not target.is_sqlite:
                _set_sequences(writing)
    finally:
        target.close()
    return counts


@contextmanager
def _at_one_moment(source: Catalogue) -> Iterator[Session]:
    """Every query sees the same state, whoever writes meanwhile; on SQLite a transaction always does."""
    engine = source.engine if source.is_sqlite else source.engine.execution_options(isolation_level=_SNAPSHOT)
    with Session(engine) as session:
        yield session


def must_be_empty(url: str) -> None:
    """Raises :class:`NotEmpty` where a catalogue with runs is."""
    if schema_of(url) is None:
        return
    there = Catalogue(url)
    try:
        with there.reading() as session:
            if session.scalar(select(Run.run_id).limit(1)) is not None:
                where = there.engine.url.render_as_string(hide_password=True)
                raise NotEmpty(f"{where} holds a catalogue with runs already; give an empty database")
    finally:
        there.close()


def _tables() -> list[Table]:
    """Each after those that it refers to."""
    return [table for table in Base.metadata.sorted_tables if table.name not in _MADE_THERE]


def _copy(reading: Session, writing: Session, table: Table, progress: Progress | None) -> int:
    """Rows that refer to rows of their own table get that reference afterwards."""
    own = [c for c in table.columns if any(k.column.table is table for k in c.foreign_keys)]
    (key,) = table.primary_key.columns
    count = 0
    for part in _parts(reading, table):
        writing.execute(insert(table), [{**row, **{c.name: None for c in own}} for row in part])
        count += len(part)
        if progress is not None:
            progress(table.name, count)
    for column in own:
        statement = update(table).where(key == bindparam("of")).values({column.name: bindparam("to")})
        links = reading.execute(select(key, column).where(column.is_not(None)))
        while some := [{"of": of, "to": to} for of, to in links.fetchmany(BATCH)]:
            writing.connection().execute(statement, some)
    return count


def _parts(reading: Session, table: Table) -> Iterator[list[dict[str, Any]]]:
    order = list(table.primary_key.columns)
    rows = reading.execute(select(table).order_by(*order), execution_options={"yield_per": BATCH}).mappings()
    waiting = iter(rows)
    while part := [dict(row) for row in islice(waiting, BATCH)]:
        yield part


def _compare(writing: Session, counts: dict[str, int]) -> None:
    for table in _tables():
        there = writing.scalar(select(func.count()).select_from(table))
        if there != counts[table.name]:
            raise CopyDiffers(f"{table.name}: {counts[table.name]} rows were read and {there} are there")


def _set_sequences(writing: Session) -> None:
    """So that the next row of each table gets the next number."""
    for table in _tables():
        (key,) = table.primary_key.columns
        sequence = writing.scalar(
            text("SELECT pg_get_serial_sequence(:table, :key)"), {"table": table.name, "key": key.name}
        )
        last = writing.scalar(select(func.max(key))) if sequence else None
        if last is not None:
            writing.execute(text("SELECT setval(:sequence, :last)"), {"sequence": sequence, "last": last})
