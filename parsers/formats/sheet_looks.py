"""How the sheets of an XLSX look, which calamine passes over: cells that are drawn though nothing stands in
them, rows and columns that are hidden, numbers that are shown as others.

A form's last row may be left blank: its borders alone tell that it is there.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from parsers.formats.number_formats import PERCENT, rescales
from parsers.formats.sheet_size import Place, column_number
from parsers.formats.xml_parts import child, children, named, number
from parsers.formats.zips import Package

_WORKBOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_STYLES = "xl/styles.xml"
_CELL = rb"""<(?:\w+:)?c\s(?:[^>]*?\s)?r=["']([A-Z]{1,3})(\d{1,7})["']"""
_DRAWN = re.compile(_CELL + rb"""[^>]*(?:/>|></(?:\w+:)?c>)""")
_STYLED = re.compile(rb"""<(?:\w+:)?c\s[^>]*>""")
_PLACE = re.compile(rb"""\sr=["']([A-Z]{1,3})(\d{1,7})["']""")
_STYLE = re.compile(rb"""\ss=["'](\d{1,6})["']""")
_ROW = re.compile(rb"""<(?:\w+:)?row\s[^>]*>""")
_COLUMN = re.compile(rb"""<(?:\w+:)?col\s[^>]*>""")
_HIDDEN = re.compile(rb"""\s(?:hidden=["'](?:1|true)|(?:ht|width)=["']0(?:\.0*)?)["']""")
_NUMBER_OF_ROW = re.compile(rb"""\sr=["'](\d{1,7})["']""")
_FIRST, _LAST = (re.compile(rb"""\s%s=["'](\d{1,5})["']""" % name) for name in (b"min", b"max"))

MOST_COLUMNS = 16_384

Blank = dict[int, list[int]]
"""Columns of the blank cells of each row."""


@dataclass(frozen=True, slots=True)
class Looks:
    """A sheet's. Rows and columns count from 0."""

    blank: Blank = field(default_factory=dict)
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    formats: dict[Place, str] = field(default_factory=dict)  # of the cells that show another number

    def first_seen(self, rows: range, columns: range) -> Place | None:
        """Where a cell that reaches over these begins for a reader; None for one that is hidden."""
        row = next((r for r in rows if r not in self.hidden_rows), None)
        column = next((c for c in columns if c not in self.hidden_columns), None)
        return None if row is None or column is None else (row, column)


def looks_of_xlsx(data: bytes, most: int) -> list[Looks]:
    """Those of the first ``most`` sheets, in the workbook's order; none where the parts have unusual places.

    Raises :class:`~parsers.outcomes.UnreadableFile` when the container or a part is broken.
    """
    package = Package(data)
    if _WORKBOOK not in package or _RELATIONS not in package:
        return []
    targets = {e.get("Id"): e.get("Target") or "" for e in package.tree(_RELATIONS)}
    sheets = child(package.tree(_WORKBOOK), "sheets")
    formats = _formats(package)
    found = []
    of_parts: dict[str, Looks] = {}
    for sheet in islice(children(sheets, "sheet"), most) if sheets is not None else ():
        part = posixpath.normpath(posixpath.join("/xl", targets.get(named(sheet, "id"), ""))).lstrip("/")
        if part not in of_parts:
            of_parts[part] = _looks(package.read(part), formats) if part in package else Looks()
        found.append(of_parts[part])
    return found


def _looks(part: bytes, formats: dict[int, str]) -> Looks:
    blank: Blank = {}
    for letters, row in _DRAWN.findall(part):
        blank.setdefault(int(row) - 1, []).append(column_number(letters) - 1)
    rows = [_NUMBER_OF_ROW.search(row) for row in _ROW.findall(part) if _HIDDEN.search(row)]
    return Looks(
        blank,
        frozenset(int(row[1]) - 1 for row in rows if row),
        columns_of(_hidden_columns(part)),
        dict(_formatted(part, formats)) if formats else {},
    )


def columns_of(ranges: Iterable[range]) -> frozenset[int]:
    """The columns of all ranges, however often they overlap."""
    found: set[int] = set()
    end = 0
    for one in sorted(ranges, key=lambda r: r.start):
        found.update(range(max(one.start, end), min(one.stop, MOST_COLUMNS)))
        end = max(end, one.stop)
    return frozenset(found)


def _hidden_columns(part: bytes) -> Iterator[range]:
    for column in _COLUMN.findall(part):
        first, last = _FIRST.search(column), _LAST.search(column)
        if first and last and _HIDDEN.search(column):
            yield range(int(first[1]) - 1, int(last[1]))


def _formatted(part: bytes, formats: dict[int, str]) -> Iterator[tuple[Place, str]]:
    for cell in _STYLED.findall(part):
        place, style = _PLACE.search(cell), _STYLE.search(cell)
        if place and style and (code := formats.get(int(style[1]))):
            yield (int(place[2]) - 1, column_number(place[1]) - 1), code


def _formats(package: Package) -> dict[int, str]:
    """The number formats by the number of a cell's style, of those that show another number."""
    if _STYLES not in package:
        return {}
    styles = package.tree(_STYLES)
    codes = dict(PERCENT)
    own = child(styles, "numFmts")
    for one in children(own, "numFmt") if own is not None else ():
        codes[number(one.get("numFmtId"), -1, 99_999)] = one.get("formatCode") or ""
    of_cells = child(styles, "cellXfs")
    numbers = [number(xf.get("numFmtId"), 0, 99_999) for xf in of_cells] if of_cells is not None else []
    return {style: codes[n] for style, n in enumerate(numbers) if n in codes and rescales(codes[n])}
