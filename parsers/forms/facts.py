"""Making facts of cells; the one place where a cell's text becomes a number with its state."""

from __future__ import annotations

from parsers.document import Cell
from parsers.forms.values import read_value
from parsers.report import Fact, ReadAs, State


def from_cell(table: str, row: str, column: str, cell: Cell, unit: str = "", printed_unit: str = "") -> Fact:
    """The fact that a cell states; of a picture's cell with each of its readings."""
    reading = read_value(cell.text, unit, printed_unit)
    if not cell.readings:
        return Fact(table, row, column, reading.value, reading.state, cell.text, cell.locator)
    said = [(r, read_value(r.text, unit, printed_unit)) for r in cell.readings]
    readings = tuple(ReadAs(v.value, v.state, r.text, r.confidence, r.source) for r, v in said)
    return Fact(table, row, column, reading.value, reading.state, cell.text, cell.locator, readings=readings)


def absent(table: str, row: str, column: str) -> Fact:
    """The form has this cell, the printed table has not."""
    return Fact(table, row, column, None, State.ABSENT, "", "")


def unreadable(table: str, row: str, column: str, raw: str, locator: str) -> Fact:
    """Something is printed, but which cell of the form it belongs to, or what it says, cannot be told."""
    return Fact(table, row, column, None, State.UNREADABLE, raw, locator)
