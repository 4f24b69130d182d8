"""How large the sheets of a workbook are, asked before calamine reads them.

Calamine holds a sheet as one rectangle of cells and ends the process where memory does not suffice: two
cells at the corners of a sheet ask for seventeen thousand million.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence

from parsers.formats.ole import Streams
from parsers.formats.zips import Package
from parsers.outcomes import EncryptedFile, TooMuch
from parsers.sniff import XLSX

MOST_CELLS = 400_000
_CELL = re.compile(rb"""<(?:\w+:)?c\s(?:[^>]*?\s)?r=["']([A-Z]{1,3})(\d{1,7})["'][^>]*(?<!/)>""")
_MANY_NUMBERS, _SHEET_ENDS, _LOCKED = 0x00BD, 0x000A, 0x002F
_CELL_RECORDS = frozenset([0x06, 0xBD, 0xD6, 0xFD, 0x203, 0x204, 0x205, 0x27E, 0x02, 0x03, 0x04, 0x05])
"""Formula, many numbers, rich text, shared text, number, text, truth, short number; and those of BIFF 2."""

Place = tuple[int, int]
"""Row and column."""


def demand_moderate(data: bytes, media_type: str) -> None:
    """Raises :class:`~parsers.outcomes.TooMuch` for sheets that are too large, and other
    :class:`~parsers.outcomes.UnreadableFile` for containers that cannot be opened.
    """
    if media_type == XLSX:
        _xlsx(data)
    else:
        _xls(data)


def _xlsx(data: bytes) -> None:
    """The places of a sheet's cells are attributes in its part."""
    for name, part in Package(data).inflated():
        found = _CELL.findall(part) if "/worksheets/" in name else []
        _demand_few([(int(row), column_number(letters)) for letters, row in found])


def _xls(data: bytes) -> None:
    """A stream of records ([MS-XLS]), each with its kind and size; those of cells begin with their place."""
    stream = Streams(data).read("Workbook", "Book")
    places: list[Place] = []
    at = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        if kind == _LOCKED:
            raise EncryptedFile("encrypted: the workbook needs a password")
        if kind in _CELL_RECORDS and at + 8 <= len(stream):
            places.append(struct.unpack_from("<HH", stream, at + 4))
        if kind == _MANY_NUMBERS and size >= 6 and at + 4 + size <= len(stream):
            places.append((places[-1][0], struct.unpack_from("<H", stream, at + 2 + size)[0]))
        if kind == _SHEET_ENDS:
            _demand_few(places)
            places = []
        at += 4 + size
    _demand_few(places)


def _demand_few(places: Sequence[Place]) -> None:
    """Places of cells by row and column: refuse them where the rectangle around them is too large."""
    if places:
        rows, columns = [row for row, _ in places], [column for _, column in places]
        if (max(rows) - min(rows) + 1) * (max(columns) - min(columns) + 1) > MOST_CELLS:
            raise TooMuch(f"more than {MOST_CELLS} cells in a sheet")


def column_number(letters: bytes) -> int:
    """A column's number: 1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = 26 * number + letter - ord("A") + 1
    return number
