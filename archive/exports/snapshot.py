"""A SQLite file of the views for Datasette and the like: tables, indexes and a description."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from archive.catalogue.engine import Catalogue
from archive.exports.shape import VIEWS, Kind, kind_of, meanings
from archive.exports.tables import NO_LICENCE, SOURCE, plain
from archive.queries import Filter, Rows, ask

BATCH = 5000
_SEARCHED = {"reports": "title", "sections": "text"}
_TYPES = {Kind.TEXT: "TEXT", Kind.INTEGER: "INTEGER", Kind.NUMBER: "REAL"}
_INDEXES = {
    "reports": (("agency", "year"), ("division_code", "year")),
    "facts": (("report_id",), ("table_code", "row_code", "column_code", "year")),
    "sections": (("report_id", "ordinal"),),
    "checks": (("report_id",), ("passed",)),
    "changes": (("report_id",), ("recorded_at",)),
    "coverage": (("agency", "year"), ("state",)),
}


def write_snapshot(
    catalogue: Catalogue, path: Path, *, keep: Filter | None = None, licence: str | None = None
) -> dict[str, int]:
    """Write the snapshot and ``metadata.json`` beside it; the number of rows of each table.

    A snapshot that was there is replaced once the new one is whole.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = path.with_name(f"{path.name}.part")
    whole.unlink(missing_ok=True)
    counts = {}
    with closing(sqlite3.connect(whole)) as connection:
        connection.execute("PRAGMA synchronous=OFF")  # it is replaced only when whole
        for view in VIEWS:
            with ask(catalogue, view, keep or Filter()) as found:
                counts[view] = _table(connection, view, found)
        _index_text(connection)
        connection.commit()
        connection.execute("ANALYZE")
        connection.commit()
    whole.replace(path)
    described = json.dumps(_metadata(path.stem, licence), ensure_ascii=False, indent=1)
    path.with_name("metadata.json").write_text(described + "\n", encoding="utf-8")
    return counts


def _table(connection: sqlite3.Connection, view: str, found: Rows) -> int:
    columns = ", ".join(f"{name} {_TYPES[kind_of(name)]}" for name in found.columns)
    connection.execute(f"CREATE TABLE {view} ({columns})")
    marks = ", ".join("?" * len(found.columns))
    count = 0
    for part in _parts(found.rows):
        connection.executemany(f"INSERT INTO {view} VALUES ({marks})", part)
        count += len(part)
    for names in _INDEXES[view]:
        connection.execute(f"CREATE INDEX ix_{view}_{'_'.join(names)} ON {view} ({', '.join(names)})")
    return count


def _index_text(connection: sqlite3.Connection) -> None:
    """What Datasette's search box asks. SQLite comes with no better way for Chinese than three characters."""
    for table, column in _SEARCHED.items():
        index = f"{table}_fts"
        connection.execute(
            f"CREATE VIRTUAL TABLE {index} USING fts5({column}, content='{table}', tokenize='trigram')"
        )
        connection.execute(f"INSERT INTO {index}({index}) VALUES ('rebuild')")


def _parts(rows: Iterator[Sequence[Any]]) -> Iterator[list[list[Any]]]:
    while part := [[plain(value) for value in row] for row in islice(rows, BATCH)]:
        yield part


def _metadata(database: str, licence: str | None) -> dict[str, Any]:
    """What Datasette shows beside the tables."""
    tables: dict[str, dict[str, Any]] = {}
    for view in VIEWS:
        said = dict(meanings()[view])
        about = said.pop("about")
        tables[view] = {"description": about, "columns": said}
        if view in _SEARCHED:
            tables[view] |= {"fts_table": f"{view}_fts", "fts_pk": "rowid"}
    return {
        "title": "政府信息公开工作年度报告",
        "description": SOURCE,
        "license": licence or NO_LICENCE,
        "databases": {database: {"tables": tables}},
    }
