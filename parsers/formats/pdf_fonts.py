"""Character maps of fonts, read quickly: pdfminer's tokenizer spends most of a page's time on them.

A ToUnicode map (ISO 32000-1, 9.10.3) is nearly always the same few sections of hexadecimal strings, which
regular expressions read; whatever else stands in one goes to pdfminer's own parser, so that what comes out is
the same.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Iterator
from functools import lru_cache
from io import BytesIO
from typing import Any

from pdfminer import pdffont
from pdfminer.cmapdb import CMapParser, FileUnicodeMap
from pdfminer.encodingdb import EncodingDB, name2unicode
from pdfminer.pdftypes import resolve_all
from pdfminer.psparser import PSLiteral

from parsers.outcomes import TooMuch

MOST_CODES = 1_000_000
"""Characters that one map may name: there are no more code points."""

_SPACE = rb"[\x00\t\n\f\r ]*"
_HEX = rb"<([0-9A-Fa-f\x00\t\n\f\r ]*)>"
_SECTION = re.compile(rb"begin(bfchar|bfrange)\b(.*?)end\1\b", re.DOTALL)
_CHARACTER = re.compile(_SPACE + _HEX + _SPACE + _HEX)
_RANGE = re.compile(_SPACE + _HEX + _SPACE + _HEX + _SPACE + rb"(?:" + _HEX + rb"|\[([^\[\]()]*)\])")
_STRING = re.compile(_SPACE + _HEX)
_OTHER = re.compile(rb"usecmap|begincid|%|\(|endcmap.*begincmap", re.DOTALL)
"""Signs of what the quick reader leaves to the slow one."""

_NUMBERS = frozenset((int, float))

_Pair = tuple[int, bytes]


class _Odd(Exception):
    """Something that the quick reader leaves to the slow one."""


class QuickMapParser:
    """Stands in for pdfminer's parser of ToUnicode maps."""

    def __init__(self, target: FileUnicodeMap, source: BytesIO) -> None:
        self._target = target
        self._data = source.getvalue()

    def run(self) -> None:
        try:
            pairs = _pairs(self._data)
        except _Odd:
            CMapParser(self._target, BytesIO(self._data)).run()
            return
        for cid, code in pairs:
            self._target.add_cid2unichr(cid, code)


def _pairs(data: bytes) -> list[_Pair]:
    """Codes with their text in UTF-16, in order."""
    found: list[_Pair] = []
    rest = data[: end if (end := data.find(b"endcmap")) >= 0 else len(data)]
    if _OTHER.search(rest.split(b"beginbf", 1)[-1]) or b"begincid" in rest or b"usecmap" in rest:
        raise _Odd
    for section in _SECTION.finditer(rest):
        found += _characters(section[2]) if section[1] == b"bfchar" else _ranges(section[2])
        if len(found) > MOST_CODES:
            raise TooMuch(f"a font's map names more than {MOST_CODES} characters")
    return found


def _characters(section: bytes) -> Iterator[_Pair]:
    for match in _all(_CHARACTER, section):
        yield int.from_bytes(_bytes(match[1]), "big"), _bytes(match[2])


def _ranges(section: bytes) -> Iterator[_Pair]:
    for match in _all(_RANGE, section):
        first, last = _bytes(match[1]), _bytes(match[2])
        if len(first) != len(last):
            continue
        start, end = int.from_bytes(first, "big"), int.from_bytes(last, "big")
        if end - start >= MOST_CODES:
            raise TooMuch(f"a font's map names more than {MOST_CODES} characters")
        codes = range(start, end + 1)
        if match[3] is None:
            yield from zip(codes, (_bytes(m[1]) for m in _all(_STRING, match[4])), strict=False)
        else:
            yield from zip(codes, _counted(_bytes(match[3]), len(codes)), strict=False)


def _counted(code: bytes, count: int) -> Iterator[bytes]:
    """The code and those that follow it; only its last four bytes count up."""
    head, tail = code[:-4], code[-4:]
    base, size = int.from_bytes(tail, "big"), len(tail)
    if base + count > 1 << 32:
        raise _Odd
    for index in range(count):
        yield head + struct.pack(">L", base + index)[4 - size :]


def _all(pattern: re.Pattern[bytes], section: bytes) -> Iterator[re.Match[bytes]]:
    """The matches that make up the whole section."""
    position = 0
    while match := pattern.match(section, position):
        yield match
        position = match.end()
    if section[position:].strip(b"\x00\t\n\f\r "):
        raise _Odd


@lru_cache(maxsize=65536)
def _bytes(digits: bytes) -> bytes:
    bare = digits.translate(None, b"\x00\t\n\f\r ")
    return bytes.fromhex((bare + b"0" * (len(bare) % 2)).decode("ascii"))


def install() -> None:
    """Put the quick readers in the place of pdfminer's: it offers no seam for it."""
    fonts: Any = pdffont
    fonts.CMapParser = QuickMapParser
    fonts.resolve_all = _resolved
    encodings: Any = EncodingDB
    encodings.get_encoding = staticmethod(_encoding)


def _resolved(found: object) -> object:
    """What pdfminer's function gives; a font's widths are nearly always numbers, and need no resolving."""
    plain = isinstance(found, dict) and _NUMBERS.issuperset(map(type, found.values()))
    return found if plain else resolve_all(found)


def _encoding(name: str, differences: Iterable[object] | None = None) -> dict[int, str]:
    """What pdfminer's function gives; names are remembered, those without a character too."""
    base = EncodingDB.encodings.get(name, EncodingDB.std2unicode)
    if not differences:
        return base
    result, code = base.copy(), 0
    for item in differences:
        if isinstance(item, int):
            code = item
        elif isinstance(item, PSLiteral):
            character = _named(str(item.name))
            if character is not None:
                result[code] = character
            code += 1
    return result


@lru_cache(maxsize=50_000)
def _named(name: str) -> str | None:
    try:
        return name2unicode(name)
    except (KeyError, ValueError):
        return None
