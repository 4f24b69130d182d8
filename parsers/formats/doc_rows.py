"""A table row of a DOC as its definition has it: the cells' edges, and which are merged."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass

from parsers.formats.doc_sprms import T_DEF_TABLE, Sprm

_LEFT, _GAP, _MERGE, _VERTICAL_MERGE = 0x9601, 0x9602, 0x5624, 0xD62B
_INSERT, _DELETE, _WIDTH = 0x7621, 0x5622, 0x7623
_CELL = 20
_MOST_CELLS = 200


@dataclass(slots=True)
class RowCell:
    """A cell from ``left`` to ``right`` in twips; ``continues`` the one above, ``joined`` to that before."""

    left: int
    right: int
    continues: bool = False
    joined: bool = False


def row_cells(modifiers: Iterable[Sprm]) -> list[RowCell]:
    """The cells of a row; none where its definition is missing or broken."""
    cells: list[RowCell] = []
    left, gap = None, 0
    for code, operand in modifiers:
        if code == T_DEF_TABLE:
            cells = _defined(operand)
        elif code == _LEFT:
            left = struct.unpack("<h", operand)[0]
        elif code == _GAP:
            gap = struct.unpack("<h", operand)[0]
        elif cells:
            _change(cells, code, operand)
    if left is not None and cells:
        _move(cells, left - gap - cells[0].left)
    return cells


def _defined(operand: bytes) -> list[RowCell]:
    count = operand[0] if operand else 0
    if not 0 < count <= _MOST_CELLS or len(operand) < 1 + 2 * (count + 1):
        return []
    edges = struct.unpack_from(f"<{count + 1}h", operand, 1)
    cells = []
    for index in range(count):
        at = 1 + 2 * (count + 1) + _CELL * index
        flags = struct.unpack_from("<H", operand, at)[0] if at + 2 <= len(operand) else 0
        cells.append(RowCell(edges[index], edges[index + 1], flags & 0x60 == 0x20, flags & 3 >= 2))
    return cells


def _change(cells: list[RowCell], code: int, operand: bytes) -> None:
    """Apply what was changed after the row was defined."""
    if code == _MERGE:
        for cell in cells[operand[0] + 1 : operand[1]]:
            cell.joined = True
    elif code == _VERTICAL_MERGE and len(operand) >= 2 and operand[0] < len(cells):
        cells[operand[0]].continues = operand[1] == 1
    elif code == _WIDTH:
        first, end, width = struct.unpack("<BBh", operand)
        for index in range(first, min(end, len(cells))):
            _widen(cells, index, width)
    elif code == _DELETE:
        gone = sum(cell.right - cell.left for cell in cells[operand[0] : operand[1]])
        _move(cells[operand[1] :], -gone)
        del cells[operand[0] : operand[1]]
    elif code == _INSERT:
        _insert(cells, *struct.unpack("<BBh", operand))


def _insert(cells: list[RowCell], first: int, count: int, width: int) -> None:
    if len(cells) + count > _MOST_CELLS or first > len(cells):
        return
    left = cells[first].left if first < len(cells) else cells[-1].right
    _move(cells[first:], count * width)
    cells[first:first] = [RowCell(left + n * width, left + (n + 1) * width) for n in range(count)]


def _widen(cells: list[RowCell], index: int, width: int) -> None:
    more = width - (cells[index].right - cells[index].left)
    cells[index].right += more
    _move(cells[index + 1 :], more)


def _move(cells: Iterable[RowCell], by: int) -> None:
    for cell in cells:
        cell.left += by
        cell.right += by
