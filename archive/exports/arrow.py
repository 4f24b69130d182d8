"""Rows as Arrow tables and Parquet files. Needs pyarrow, an extra: ``pip install 'nianbao[parquet]'``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from archive.exports.shape import Kind, kind_of, meanings
from archive.queries import Rows

BATCH = 20_000
_TYPES = {Kind.TEXT: pa.string(), Kind.INTEGER: pa.int64(), Kind.NUMBER: pa.float64()}


def arrow_table(table: str, found: Rows) -> pa.Table:
    """All rows as one Arrow table whose fields tell what they mean."""
    schema = _schema(table, found.columns)
    return pa.Table.from_batches(_batches(found.rows, schema), schema)


def write_parquet(path: Path, table: str, found: Rows, about: dict[str, str]) -> int:
    """Write the rows as they come, and return their number; ``about`` goes into the file's metadata."""
    schema = _schema(table, found.columns).with_metadata(about)
    count = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in _batches(found.rows, schema):
            writer.write_batch(batch)
            count += batch.num_rows
    return count


def _schema(table: str, columns: Sequence[str]) -> pa.Schema:
    said = meanings().get(table, {})
    return pa.schema(
        [pa.field(c, _TYPES[kind_of(c)], metadata={"description": said.get(c, c)}) for c in columns]
    )


def _batches(rows: Iterable[Sequence[Any]], schema: pa.Schema) -> Iterable[pa.RecordBatch]:
    waiting = iter(rows)
    while part := list(islice(waiting, BATCH)):
        columns = [
            pa.array([_value(row[i], field.type) for row in part], field.type)
            for i, field in enumerate(schema)
        ]
        yield pa.RecordBatch.from_arrays(columns, schema=schema)


def _value(value: Any, kind: pa.DataType) -> Any:
    """Drivers give whole numbers as numbers of any type; Arrow takes none that is not the column's."""
    if value is None:
        return None
    if pa.types.is_string(kind):
        return str(value)
    return int(value) if pa.types.is_integer(kind) else float(value)
