"""Where a figure stands in its archived file: `nianbao show REPORT --where TABLE/ROW/COLUMN`."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.asof import ask_as_of
from archive.catalogue.engine import Catalogue
from archive.history.standing import Clocks
from archive.queries import Filter
from archive.recorder import BlobMissing, FixityError, read_blob
from archive.warc.payload import UndecodableBody
from archive.warc.reader import RecordUnreadable
from nianbao.commands.context import DONE_WITH_FAILURES, Home, stop
from nianbao.output import console, plain
from parsers.isolation import NotDrawn, Readers
from parsers.locators import box_of


@dataclass(frozen=True, slots=True)
class Cell:
    """Which figure, ``where`` as TABLE/ROW/COLUMN, and as of when."""

    catalogue: Catalogue
    report_id: int
    where: str
    clocks: Clocks


def show_spot(home: Home, cell: Cell, out: Path | None, as_json: bool) -> None:
    """Print a figure's place; where that is on a page, also write a PNG of it, the cell outlined."""
    fact = _fact(cell)
    drawn = _drawn(home, cell.catalogue, fact, out) if box_of(fact["locator"]) else None
    if out is not None and drawn is None:
        raise stop(f"{fact['locator'] or 'an absent cell'} is no place on a page: nothing to draw into {out}")
    fact["picture"] = str(drawn) if drawn else None
    if as_json:
        sys.stdout.write(json.dumps(fact, ensure_ascii=False, indent=1) + "\n")
        return
    for name, value in fact.items():
        if value not in (None, ""):
            console.print(f"  {name:10} {value}", markup=False, soft_wrap=True)


def _fact(cell: Cell) -> dict[str, Any]:
    """The figure so called, with the URL of its file. Ends the program with code 2 when there is none."""
    names = cell.where.split("/")
    if len(names) != 3:
        raise stop(f"--where takes TABLE/ROW/COLUMN, such as requests/received/total, not {cell.where!r}")
    keep = Filter(report_id=cell.report_id, table=names[0], row=names[1], column=names[2])
    known = _first(cell, "facts", keep)
    if known is None:
        lists = f"`nianbao facts --report {cell.report_id}` lists them"
        raise stop(f"the report has no cell {cell.where}; {lists}")
    report = _first(cell, "reports", Filter(report_id=cell.report_id)) or {}
    shown = ("value", "state", "raw", "certainty", "evidence", "locator", "sha256")
    return {"cell": cell.where, **{name: known[name] for name in shown}, "url": report.get("url")}


def _first(cell: Cell, view: str, keep: Filter) -> dict[str, Any] | None:
    with ask_as_of(cell.catalogue, view, keep, cell.clocks) as found:
        row = next(found.rows, None)
        return None if row is None else dict(zip(found.columns, map(plain, row), strict=True))


def _drawn(home: Home, catalogue: Catalogue, fact: dict[str, Any], out: Path | None) -> Path:
    path = out or Path(f"{fact['cell'].replace('/', '-')}.png")
    try:
        data = read_blob(catalogue, home.path, fact["sha256"])
        with Readers(workers=1) as readers:
            picture = readers.draw(data, fact["locator"])
        path.write_bytes(picture)
    except (BlobMissing, FixityError, RecordUnreadable, UndecodableBody, NotDrawn, OSError) as error:
        raise stop(f"{fact['locator']}: {error}", DONE_WITH_FAILURES) from error
    return path
