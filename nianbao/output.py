"""Rows for people (a table), for programs (JSON) and for spreadsheets (CSV); progress for terminals."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Sequence
from decimal import Decimal
from enum import StrEnum
from itertools import islice
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from archive.queries import Rows

MOST_TABLE_ROWS = 2000
PAGE = 200


class Format(StrEnum):
    TABLE = "table"
    JSON = "json"
    CSV = "csv"


console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)


def print_rows(found: Rows, form: Format, *, shown: Sequence[str] | None = None) -> int:
    """Print all rows and return their number. ``shown`` narrows a table's columns; JSON and CSV have all."""
    if form is Format.JSON:
        return _print_json(found)
    if form is Format.CSV:
        return _print_csv(found)
    return _print_table(found, shown or found.columns)


def plain(value: Any) -> Any:
    """A value as JSON has it: whole numbers without ``.0``."""
    if isinstance(value, Decimal | float):
        return int(value) if value == int(value) else float(value)
    return value


def _print_json(found: Rows) -> int:
    count = 0
    sys.stdout.write("[")
    for row in found.rows:
        item = dict(zip(found.columns, map(plain, row), strict=True))
        sys.stdout.write((",\n " if count else "\n ") + json.dumps(item, ensure_ascii=False))
        count += 1
    sys.stdout.write("\n]\n" if count else "]\n")
    return count


def _print_csv(found: Rows) -> int:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(found.columns)
    count = 0
    for row in found.rows:
        writer.writerow(["" if v is None else plain(v) for v in row])
        count += 1
    return count


def _print_table(found: Rows, shown: Sequence[str]) -> int:
    places = [found.columns.index(name) for name in shown]
    rows = ([_cell(row[p]) for p in places] for row in found.rows)
    count = 0
    while page := list(islice(rows, PAGE)):
        _print_page(shown, page)
        count += len(page)
        if count >= MOST_TABLE_ROWS:
            errors.print(f"… cut after {count} rows; use --json or --csv for all")
            break
    if count == 0:
        errors.print("no rows")
    return count


def _print_page(columns: Sequence[str], page: Iterable[Sequence[str]]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    rows = list(page)
    for index, name in enumerate(columns):
        numeric = all(row[index].lstrip("-").replace(".", "", 1).isdigit() or not row[index] for row in rows)
        table.add_column(name, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    if console.is_terminal:
        console.print(table)
    else:  # a file or a pipe has no width: print each row whole
        widths = [max(cell_len(n), *(cell_len(r[i]) for r in rows)) for i, n in enumerate(columns)]
        Console(width=max(sum(widths) + 2 * len(widths) + 2, 80), highlight=False).print(table)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = str(plain(value)).replace("\n", " ")
    return text if len(text) <= 120 else text[:119] + "…"
