"""How the sheets of an XLS look, which calamine passes over: hidden rows and columns, and numbers that are
shown as others ([MS-XLS]).

A workbook is a stream of records, each a kind, a size and its bytes; a sheet's stand behind one another.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from parsers.formats.number_formats import PERCENT, rescales
from parsers.formats.ole import Streams
from parsers.formats.sheet_looks import Looks, columns_of
from parsers.formats.sheet_size import Place

_BEGIN, _END, _SHEET, _FORMAT, _STYLE = 0x0809, 0x000A, 0x0085, 0x041E, 0x00E0
_ROW, _COLUMNS, _NUMBERS = 0x0208, 0x007D, 0x00BD
_ONE_NUMBER = frozenset([0x0006, 0x0203, 0x027E])
"""Formula, number, short number."""
_BIFF8 = 0x0600
_HIDDEN_ROW, _HIDDEN_COLUMN = 0x20, 0x01
_IN_UTF16 = 0x01

_Record = tuple[int, bytes]


def looks_of_xls(data: bytes, most: int) -> list[Looks]:
    """Those of the first ``most`` sheets, in the workbook's order; none of workbooks older than Excel 97.

    Raises :class:`~parsers.outcomes.UnreadableFile` when the container is broken.
    """
    stream = Streams(data).read("Workbook", "Book")
    whole = list(_records(stream, 0))
    if not whole or whole[0][0] != _BEGIN or _u16(whole[0][1], 0) != _BIFF8:
        return []
    formats = _formats(whole)
    places = [struct.unpack_from("<I", body)[0] for kind, body in whole if kind == _SHEET and len(body) >= 4]
    of_places = {place: _looks(list(_records(stream, place)), formats) for place in set(places[:most])}
    return [of_places[place] for place in places[:most]]


def _records(stream: bytes, at: int) -> Iterator[_Record]:
    """Those of one part of the stream; of a sheet those of charts in it too."""
    depth = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + size]
        depth += (kind == _BEGIN) - (kind == _END)
        if depth <= 0:
            return
        at += 4 + size


def _formats(records: list[_Record]) -> dict[int, str]:
    """The number formats by the number of a cell's style, of those that show another number."""
    codes = dict(PERCENT)
    for kind, body in records:
        if kind == _FORMAT and len(body) >= 5:
            characters, wide = _u16(body, 2), body[4] & _IN_UTF16
            text = body[5 : 5 + characters * (2 if wide else 1)]
            codes[_u16(body, 0)] = text.decode("utf-16-le" if wide else "latin-1", "replace")
    numbers = [_u16(body, 2) for kind, body in records if kind == _STYLE]
    return {style: codes[n] for style, n in enumerate(numbers) if n in codes and rescales(codes[n])}


def _looks(records: list[_Record], formats: dict[int, str]) -> Looks:
    rows = [_u16(body, 0) for kind, body in records if kind == _ROW and _u16(body, 12) & _HIDDEN_ROW]
    columns = [
        range(_u16(body, 0), _u16(body, 2) + 1)
        for kind, body in records
        if kind == _COLUMNS and _u16(body, 8) & _HIDDEN_COLUMN
    ]
    styled = [one for kind, body in records for one in _styled(kind, body)] if formats else []
    return Looks(
        hidden_rows=frozenset(rows),
        hidden_columns=columns_of(columns),
        formats={place: formats[style] for place, style in styled if style in formats},
    )


def _styled(kind: int, body: bytes) -> Iterator[tuple[Place, int]]:
    """The cells of a record, each with the number of its style."""
    if kind in _ONE_NUMBER:
        yield (_u16(body, 0), _u16(body, 2)), _u16(body, 4)
    elif kind == _NUMBERS:
        for number, at in enumerate(range(4, len(body) - 6, 6)):
            yield (_u16(body, 0), _u16(body, 2) + number), _u16(body, at)


def _u16(body: bytes, at: int) -> int:
    """A number of two bytes; 0 behind the end of a record that is cut."""
    return int.from_bytes(body[at : at + 2], "little")
