"""The views as files for spreadsheets, programs and notebooks: CSV, JSON lines or Parquet."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from archive.asof import ask_as_of
from archive.catalogue.engine import Catalogue
from archive.exports.shape import VIEWS, WIDE, Code, Meaning, cells, codes, dictionary
from archive.history.standing import NOW, Clocks
from archive.queries import Filter, Rows
from archive.times import Clock, iso, utc_now

SOURCE = (
    "Annual reports on information disclosure (政府信息公开工作年度报告), published by the bodies named; "
    "the column url leads to each, and sha256 to the file as it was archived."
)
NO_LICENCE = "none given by the archive's keeper"
_OF_REPORT = (
    "report_id",
    "agency",
    "division_code",
    "year",
    "edition",
    "published_on",
    "status",
    "url",
    "sha256",
)


class Form(StrEnum):
    """A file format."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written, and how many rows it holds."""

    path: Path
    rows: int


def export_tables(
    catalogue: Catalogue,
    folder: Path,
    form: Form,
    *,
    keep: Filter | None = None,
    clocks: Clocks = NOW,
    licence: str | None = None,
    clock: Clock = utc_now,
) -> list[Written]:
    """Write every view, the wide table of figures, the dictionary and a README into the folder.

    A file that was there is replaced once the new one is whole.
    """
    folder.mkdir(parents=True, exist_ok=True)
    about = {"source": SOURCE, "licence": licence or NO_LICENCE, "made_at": iso(clock())}
    about |= {f"as_{name}": at for name, at in (("seen", clocks.seen), ("known", clocks.known)) if at}
    written: list[Written] = []
    columns: dict[str, tuple[str, ...]] = {}
    for table in (*VIEWS, WIDE):
        if table == "coverage" and not clocks.now:
            continue
        with _rows(catalogue, table, keep or Filter(), clocks) as found:
            columns[table] = found.columns
            written.append(_write(folder / f"{table}.{form}", form, table, found, about))
    written += [
        _write(
            folder / "dictionary.csv", Form.CSV, "dictionary", _listed(Meaning, dictionary(columns)), about
        ),
        _write(folder / "codes.csv", Form.CSV, "codes", _listed(Code, codes()), about),
    ]
    (folder / "README.md").write_text(_readme(about, written), encoding="utf-8")
    return written


@contextmanager
def _rows(catalogue: Catalogue, table: str, keep: Filter, clocks: Clocks) -> Iterator[Rows]:
    if table != WIDE:
        with ask_as_of(catalogue, table, keep, clocks) as found:
            yield found
        return
    with ask_as_of(catalogue, "reports", keep, clocks) as found:
        heads = {row[0]: [row[found.columns.index(c)] for c in _OF_REPORT] for row in found.rows}
    with ask_as_of(catalogue, "facts", keep, clocks) as found:
        yield Rows((*_OF_REPORT, *cells()), _wide(heads, found))


def _wide(heads: dict[Any, list[Any]], found: Rows) -> Iterator[Sequence[Any]]:
    """A row for each report with figures; a cell that is no number is empty here, and told in ``facts``."""
    at = {name: i for i, name in enumerate(found.columns)}
    place = itemgetter(at["table_code"], at["row_code"], at["column_code"])
    for report_id, facts in groupby(found.rows, key=itemgetter(at["report_id"])):
        values: dict[str, Any] = {}
        for fact in facts:
            values.setdefault("/".join(place(fact)), fact[at["value"]])
        if report_id in heads:
            yield [*heads[report_id], *(values.get(cell) for cell in cells())]


def _listed(kind: type[Any], items: Iterator[Any]) -> Rows:
    return Rows(tuple(f.name for f in fields(kind)), (list(asdict(item).values()) for item in items))


def _write(path: Path, form: Form, table: str, found: Rows, about: dict[str, str]) -> Written:
    whole = path.with_name(f"{path.name}.part")
    if form is Form.PARQUET:
        from archive.exports.arrow import write_parquet  # pyarrow is an extra

        count = write_parquet(whole, table, found, about)
    else:
        count = _WRITERS[form](whole, found)
    whole.replace(path)
    return Written(path, count)


def _write_csv(path: Path, found: Rows) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(found.columns)
        for row in found.rows:
            writer.writerow(["" if value is None else plain(value) for value in row])
            count += 1
    return count


def _write_jsonl(path: Path, found: Rows) -> int:
    count = 0
    with path.open("w", encoding="utf-8") as stream:
        for row in found.rows:
            item = dict(zip(found.columns, map(plain, row), strict=True))
            stream.write(json.dumps(item, ensure_ascii=False) + "\n")
            count += 1
    return count


_WRITERS: dict[Form, Callable[[Path, Rows], int]] = {Form.CSV: _write_csv, Form.JSONL: _write_jsonl}


def plain(value: Any) -> Any:
    """A value as JSON has it: whole numbers without ``.0``."""
    if isinstance(value, Decimal | float):
        return int(value) if value == int(value) else float(value)
    return value


def _readme(about: dict[str, str], written: Sequence[Written]) -> str:
    lines = ["# Annual reports on information disclosure", "", SOURCE, ""]
    lines += [f"* {name}: {said}" for name, said in about.items() if name != "source"]
    lines += ["", "| file | rows |", "|---|---|"]
    lines += [f"| {one.path.name} | {one.rows} |" for one in written]
    lines += [
        "",
        "`dictionary.csv` says what each column means, `codes.csv` what the codes of cells stand for.",
        "In `facts` a cell that holds no number has an empty value and its state; it is never 0.",
        "",
    ]
    return "\n".join(lines)
