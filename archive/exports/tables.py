"""The views as files for spreadsheets, programs and notebooks: CSV, JSON lines or Parquet."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, fields
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

from archive.asof import ask_as_of
from archive.catalogue.engine import Catalogue
from archive.exports.shape import VIEWS, WIDE, Code, Meaning, codes, dictionary
from archive.history.standing import NOW, Clocks
from archive.queries import Filter, Rows
from archive.times import Clock, iso, utc_now
from archive.wide import ask_wide

SOURCE = (
    "Annual reports on information disclosure (政府信息公开工作年度报告), published by the bodies named; "
    "the column url leads to each, and sha256 to the file as it was archived."
)
NO_LICENCE = "none given by the archive's keeper"


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
        with _asked(catalogue, table, keep or Filter(), clocks) as found:
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


def _asked(catalogue: Catalogue, table: str, keep: Filter, clocks: Clocks) -> AbstractContextManager[Rows]:
    return ask_wide(catalogue, keep, clocks) if table == WIDE else ask_as_of(catalogue, table, keep, clocks)


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
