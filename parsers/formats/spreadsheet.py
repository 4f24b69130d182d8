"""XLS and XLSX into a document, through calamine.

A sheet is cut at its blank rows. A row that holds one text across the whole width is a paragraph (a title, a
heading, a note); the rows between such rows are a grid.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from itertools import takewhile

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from parsers.characters import tidy
from parsers.document import Cell, Document, Grid, Paragraph
from parsers.formats.number_formats import shown
from parsers.formats.sheet_looks import Blank, Looks, looks_of_xlsx
from parsers.formats.sheet_size import MOST_CELLS, Place, demand_moderate
from parsers.formats.xls_looks import looks_of_xls
from parsers.outcomes import EncryptedFile, TooMuch, UnreadableFile
from parsers.sniff import XLS, XLSX

MOST_SHEETS = 200
_LONG = 60
"""A text of more characters is none of a table's, though nothing stands beside it."""
_DIGITS = 15
"""So many digits of a number does a spreadsheet keep; what comes behind them is noise of its arithmetic."""
_MOST_BLANK = 3
_PANIC = "PanicException"
_NAMES = {XLS: "xls", XLSX: "xlsx"}

Value = object


def read(data: bytes, media_type: str) -> Document:
    """Read a workbook. Raises :class:`~parsers.outcomes.UnreadableFile` when it is broken or locked."""
    demand_moderate(data, media_type)
    looks = looks_of_xlsx(data, MOST_SHEETS) if media_type == XLSX else looks_of_xls(data, MOST_SHEETS)
    name = _NAMES[media_type]
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [(sheet, looks[n] if n < len(looks) else Looks()) for n, sheet in _sheets(workbook)]
        blocks = tuple(block for sheet, look in sheets for block in _blocks(sheet, look, name))
    except PasswordError as fault:
        raise EncryptedFile("encrypted: the workbook needs a password") from fault
    except (CalamineError, OSError, ValueError) as fault:
        raise UnreadableFile(f"broken workbook: {fault}"[:300]) from fault
    except BaseException as fault:
        if type(fault).__name__ != _PANIC:  # calamine's Rust raises it, and it is no Exception
            raise
        raise UnreadableFile(f"broken workbook: {fault}"[:300]) from fault
    return Document(media_type, blocks)


read_xls = partial(read, media_type=XLS)
read_xlsx = partial(read, media_type=XLSX)


def _sheets(workbook: CalamineWorkbook) -> Iterator[tuple[int, CalamineSheet]]:
    """The sheets that are shown, each with its place in the workbook."""
    for number, sheet in enumerate(workbook.sheets_metadata):
        if number >= MOST_SHEETS:
            raise TooMuch(f"more than {MOST_SHEETS} sheets")
        if sheet.typ is SheetTypeEnum.WorkSheet and sheet.visible is SheetVisibleEnum.Visible:
            yield number, workbook.get_sheet_by_index(number)


def _blocks(sheet: CalamineSheet, looks: Looks, name: str) -> Iterator[Paragraph | Grid]:
    """The sheet's blocks from top to bottom: stretches of rows without a blank one, each cut at its texts.

    Blank rows that are drawn below a stretch belong to it. Hidden rows part nothing.
    """
    rows = _rows(sheet, looks, f"{name}:{sheet.name}!")
    drawn = looks.blank
    covered = {r for cells in rows.values() for c in cells if c.text for r in range(c.row, c.row + c.rowspan)}
    stretch: list[list[Cell]] = []
    last = max(covered, default=-1)
    for row in range(min(covered, default=0), last + 2):
        if row in looks.hidden_rows and row <= last:
            continue
        if row in covered:
            stretch.append(rows.get(row, []))
        elif stretch:
            below = takewhile(lambda r: len(drawn.get(r, [])) > 1, range(row, row + _MOST_BLANK))
            yield from _stretch([*stretch, *(rows[r] for r in below if r in rows)], drawn)
            stretch = []


def _rows(sheet: CalamineSheet, looks: Looks, place: str) -> dict[int, list[Cell]]:
    """The cells that start in each row, at their places on the sheet; of merged cells the first alone."""
    if sheet.start is None or sheet.end is None:
        return {}
    if sheet.height * sheet.width > MOST_CELLS:
        raise TooMuch(f"more than {MOST_CELLS} cells in a sheet")
    (top, left), (bottom, right) = sheet.start, sheet.end
    values = {(r, c): v for r, row in enumerate(sheet.to_python(), top) for c, v in enumerate(row, left)}
    reach = range(top, bottom + 1 + _MOST_BLANK)
    blank = {(r, c) for r in reach for c in looks.blank.get(r, []) if c <= right + _MOST_BLANK}
    end = max([bottom, *(r for r, _ in blank)]), max([right, *(c for _, c in blank)])
    merged = dict(sheet.merged_cell_ranges or ())
    rows: dict[int, list[Cell]] = {}
    for at in sorted({*values, *blank} - _covered(merged, end)):
        last_row, last_column = map(min, merged.get(at, at), end)
        seen = looks.first_seen(range(at[0], last_row + 1), range(at[1], last_column + 1))
        if seen is None:
            continue
        row, column = seen
        text = _shown(values.get(at, ""), looks.formats.get(at, ""))
        spans = last_row - row + 1, last_column - column + 1
        rows.setdefault(row, []).append(
            Cell(row, column, text, f"{place}{_letters(at[1])}{at[0] + 1}", *spans)
        )
    return rows


def _covered(merged: Mapping[Place, Place], end: Place) -> set[Place]:
    """The places that merged cells cover, their first ones left out."""
    places: set[Place] = set()
    for (top, left), (bottom, right) in merged.items():
        rows, columns = range(top, min(bottom, end[0]) + 1), range(left, min(right, end[1]) + 1)
        if len(places) + len(rows) * len(columns) > MOST_CELLS:
            raise TooMuch(f"more than {MOST_CELLS} merged cells in a sheet")
        places.update((r, c) for r in rows for c in columns if (r, c) != (top, left))
    return places


def _stretch(rows: list[list[Cell]], drawn: Blank) -> Iterator[Paragraph | Grid]:
    """Rows without a blank one between them, as paragraphs and grids."""
    left = min(c.column for cells in rows for c in cells if c.text)
    right = max(c.column + c.colspan for cells in rows for c in cells if c.text)
    table: list[list[Cell]] = []
    for cells, following in zip(rows, [*rows[1:], []], strict=True):
        written = [c for c in cells if c.text]
        if len(written) == 1 and _is_text(written[0], left, right, bool(table), following):
            yield from _grid(table, drawn)
            table = []
            yield Paragraph(written[0].text, written[0].locator)
        else:
            table.append(cells)
    yield from _grid(table, drawn)


def _is_text(cell: Cell, left: int, right: int, in_table: bool, following: list[Cell]) -> bool:
    """Whether the only text of a row is a paragraph, and not the label of a row that is not filled in.

    Above a table it is a title wherever it stands, unless the row below has its label there as well.
    """
    if cell.rowspan > 1:
        return False
    if len(cell.text) > _LONG or (cell.column == left and cell.colspan == right - left > 1):
        return True
    below = {c.column for c in following if c.text}
    return not in_table and (cell.column == left or cell.column not in below)


def _grid(rows: list[list[Cell]], drawn: Blank) -> Iterator[Grid]:
    """The rows as a grid as wide as what is written in them, or as all of them are drawn."""
    written = [c for row in rows for c in row if c.text]
    if written:
        left, right = min(c.column for c in written), max(c.column + c.colspan for c in written)
        edges = {max((e for c in row for e in _edges(c, drawn)), default=0) for row in rows}
        if len(edges) == 1:
            right = max(right, *edges)
        cells = [c for row in rows for c in row if left <= c.column < right]
        top = min(c.row for c in cells)
        placed = tuple(
            Cell(c.row - top, c.column - left, c.text, c.locator, c.rowspan, c.colspan) for c in cells
        )
        yield Grid(placed, cells[0].locator)


def _edges(cell: Cell, drawn: Blank) -> Iterator[int]:
    """Where a cell ends to the right, if it is written or drawn at all."""
    if cell.text or cell.column in drawn.get(cell.row, []):
        yield cell.column + cell.colspan


def _shown(value: Value, number_format: str) -> str:
    """A value as the sheet shows it: numbers with all places, without the noise of their binary form."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return shown(Decimal(f"{value:.{_DIGITS}g}"), number_format)
    if isinstance(value, datetime):
        return value.date().isoformat() if not (value.hour or value.minute) else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return tidy(str(value))


def _letters(column: int) -> str:
    """A column's name: A for 0, AA for 26."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
