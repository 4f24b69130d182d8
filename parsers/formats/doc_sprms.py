"""Properties in a DOC: lists of single property modifiers, each a code and its operand ([MS-DOC] 2.6)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

Sprm = tuple[int, bytes]

T_DEF_TABLE = 0xD608
_CHANGE_TABS = 0xC615
_SIZES = (1, 1, 2, 4, 2, 2, 0, 3)
"""Bytes of the operand by the code's three highest bits; 0 where the operand says its own size."""


def sprms(grpprl: bytes) -> Iterator[Sprm]:
    """The modifiers of a list, up to the first that is cut off."""
    at, end = 0, len(grpprl)
    while at + 2 < end:
        code = grpprl[at] | grpprl[at + 1] << 8
        at += 2
        size = _SIZES[code >> 13]
        if not size:
            head, size = _stated(code, grpprl, at)
            at += head
        if at + size > end:
            return
        yield code, grpprl[at : at + size]
        at += size


def _stated(code: int, grpprl: bytes, at: int) -> tuple[int, int]:
    """Bytes of the operand's own size, and that size."""
    if code == T_DEF_TABLE:
        if at + 2 > len(grpprl):
            return 2, 0
        return 2, max(0, struct.unpack_from("<H", grpprl, at)[0] - 1)
    if code == _CHANGE_TABS and grpprl[at] == 255:
        deleted = grpprl[at + 1] if at + 1 < len(grpprl) else 0
        after = at + 2 + 4 * deleted
        added = grpprl[after] if after < len(grpprl) else 0
        return 1, 2 + 4 * deleted + 3 * added
    return 1, grpprl[at]
