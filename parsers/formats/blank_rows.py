"""Cells of an XLSX that are drawn though nothing stands in them, which calamine passes over.

A form's last row may be left blank: its borders alone tell that it is there.
"""

from __future__ import annotations

import posixpath
import re

from parsers.formats.sheet_size import column_number
from parsers.formats.xml_parts import child, children, named
from parsers.formats.zips import Package

_WORKBOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_DRAWN = re.compile(
    rb"""<(?:\w+:)?c\s(?:[^>]*?\s)?r=["']([A-Z]{1,3})(\d{1,7})["'][^>]*(?:/>|></(?:\w+:)?c>)"""
)

Blank = dict[int, list[int]]
"""Columns of the blank cells of each row, both from 0."""


def blank_cells(data: bytes) -> dict[str, Blank]:
    """The blank cells that are drawn, by the sheet's name; none where the parts have unusual places.

    Raises :class:`~parsers.outcomes.UnreadableFile` when the container or a part is broken.
    """
    package = Package(data)
    if _WORKBOOK not in package or _RELATIONS not in package:
        return {}
    targets = {e.get("Id"): e.get("Target") or "" for e in package.tree(_RELATIONS)}
    sheets = child(package.tree(_WORKBOOK), "sheets")
    found: dict[str, Blank] = {}
    for sheet in children(sheets, "sheet") if sheets is not None else ():
        part = posixpath.normpath(posixpath.join("/xl", targets.get(named(sheet, "id"), ""))).lstrip("/")
        blank = found.setdefault(sheet.get("name") or "", {})
        for letters, row in _DRAWN.findall(package.read(part)) if part in package else ():
            blank.setdefault(int(row) - 1, []).append(column_number(letters) - 1)
    return found
