"""XLSX as offices fill it in: all on one sheet, or a sheet a table; numbers as numbers or as text."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from benchmarks.eval.printed import Printed, Table
from nianbao.replica.grids import Cell, Grid

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"


class Spreadsheet:
    """One file after the other, in process."""

    name = "xlsx-office"
    media_type = f"{_SHEET}.sheet"
    suffix = ".xlsx"
    most: int | None = None

    def missing(self) -> str | None:
        return None

    def write(self, documents: Sequence[Printed]) -> list[bytes]:
        return [_packed(document) for document in documents]


def _packed(document: Printed) -> bytes:
    sheets = list(_sheets(document))
    numbers = range(1, len(sheets) + 1)
    listed = "".join(f'<sheet name="表{n}" sheetId="{n}" r:id="r{n}"/>' for n in numbers)
    related = "".join(
        f'<Relationship Id="r{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{related}'
        "</Relationships>",
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets>'
        "</workbook>",
    }
    numeric = document.seed % 2 == 0
    parts |= {
        f"xl/worksheets/sheet{n}.xml": _sheet(cells, numeric)
        for n, cells in zip(numbers, sheets, strict=True)
    }
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as container:
        for name, text in parts.items():
            container.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{text}')
    return out.getvalue()


def _sheets(document: Printed) -> Iterator[list[Cell]]:
    """The cells of each sheet: one for all, or, in every third document, a further one for each table."""
    width = max(b.grid.columns for b in document.blocks if isinstance(b, Table))
    apart, gap = document.seed % 3 == 0, document.seed % 4 < 2
    cells = [Cell(0, 0, document.title, colspan=width)]
    row = 1
    for block in document.blocks:
        if isinstance(block, Table) and apart:
            if cells:
                yield cells
            yield list(_moved(block.grid, 0))
            cells, row = [], 0
            continue
        row += gap or (isinstance(block, Table) and block.part > 0)
        if isinstance(block, Table):
            cells += _moved(block.grid, row)
            row += block.grid.rows
        else:
            cells.append(Cell(row, 0, block.text, colspan=width))
            row += 1
    if cells:
        yield cells


def _moved(grid: Grid, down: int) -> Iterator[Cell]:
    return (replace(cell, row=cell.row + down) for cell in grid.cells)


def _sheet(cells: Sequence[Cell], numeric: bool) -> str:
    rows = "".join(
        f'<row r="{row + 1}">'
        + "".join(_cell(c, numeric) for c in sorted(cells, key=lambda c: c.column) if c.row == row)
        + "</row>"
        for row in range(max((c.row for c in cells), default=0) + 1)
    )
    merged = [_range(c) for c in cells if c.rowspan * c.colspan > 1]
    merges = f'<mergeCells count="{len(merged)}">{"".join(merged)}</mergeCells>' if merged else ""
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData>{merges}</worksheet>'


def _range(cell: Cell) -> str:
    last = _place(cell.row + cell.rowspan - 1, cell.column + cell.colspan - 1)
    return f'<mergeCell ref="{_place(cell.row, cell.column)}:{last}"/>'


def _cell(cell: Cell, numeric: bool) -> str:
    place = _place(cell.row, cell.column)
    if not cell.text:  # its borders are drawn all the same
        return f'<c r="{place}" s="0"/>'
    if numeric and cell.text.isascii() and cell.text.replace(".", "", 1).isdigit():
        return f'<c r="{place}"><v>{cell.text}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(cell.text)}</t></is></c>'


def _place(row: int, column: int) -> str:
    return f"{chr(ord('A') + column)}{row + 1}"


PRODUCERS = (Spreadsheet(),)
