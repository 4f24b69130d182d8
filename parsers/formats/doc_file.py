"""The streams of a DOC ([MS-DOC]): its text by pieces, and which properties hold where.

A character has two positions: ``cp`` counts characters in reading order, ``fc`` is the offset of its bytes.
The piece table maps the one to the other; properties of paragraphs and characters are kept by ``fc`` in pages
of 512 bytes.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from parsers.characters import raised
from parsers.formats.doc_sprms import Sprm, sprms
from parsers.formats.ole import Streams
from parsers.outcomes import EncryptedFile, TooMuch, UnreadableFile

MOST_CHARACTERS = 5_000_000
_IDENT, _OLDEST = 0xA5EC, 193
_ENCRYPTED, _SECOND_TABLE, _COMPRESSED = 0x0100, 0x0200, 0x40000000
_PAGE = 512
_DELETED, _VANISHED, _SYMBOL = 0x0800, 0x083C, 0x6A09
_STRUCK_OUT, _STRUCK_TWICE = 0x0837, 0x2A53
_HIDING = frozenset([_DELETED, _VANISHED, _SYMBOL, _STRUCK_OUT, _STRUCK_TWICE])
_RAISED = 0x2A48
_SHORT_PRM = {0x18: 0x2416, 0x19: 0x2417, 0x41: _DELETED}
"""Single properties that a piece may carry by a number of their own."""


class OldWord(UnreadableFile):
    """A file of a Word before 97, whose format is another."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text: characters ``start`` to ``end``, their bytes from ``fc`` on, ``width`` bytes each."""

    start: int
    end: int
    fc: int
    width: int
    changes: tuple[Sprm, ...]


@dataclass(frozen=True, slots=True)
class Stories:
    """How many characters each part of the text has, in the order in which they follow each other."""

    body: int
    before_boxes: int
    boxes: int


class WordFile:
    """An opened DOC. Raises :class:`UnreadableFile` for what is none, or older than Word 97."""

    def __init__(self, data: bytes) -> None:
        streams = Streams(data)
        self.main = streams.read("WordDocument")
        tables = ("1Table", "0Table") if self._check() & _SECOND_TABLE else ("0Table", "1Table")
        self.table = streams.read(*tables)
        self.data = streams.read("Data") if "data" in streams.names() else b""

    def _check(self) -> int:
        ident, version = struct.unpack_from("<HH", self.main)
        flags: int = struct.unpack_from("<H", self.main, 10)[0]
        if ident != _IDENT or version < _OLDEST:
            raise OldWord(f"a file of Word 95 or older (version {version})")
        if flags & _ENCRYPTED:
            raise EncryptedFile("encrypted: the document needs a password")
        return flags

    def part(self, index: int) -> bytes:
        """A structure of the table stream by its number in the file's head; nothing where it has none."""
        where = 154 + 8 * index
        if index >= struct.unpack_from("<H", self.main, 152)[0]:
            return b""
        start, length = struct.unpack_from("<II", self.main, where)
        return self.table[start : start + length]

    def after(self, index: int) -> bytes:
        """What follows such a structure: some keep their rest behind themselves."""
        start, length = struct.unpack_from("<II", self.main, 154 + 8 * index)
        return self.table[start + length :]

    @cached_property
    def stories(self) -> Stories:
        """The lengths of the text's parts; what stands in headers, notes and comments is passed over."""
        body, notes, headers, macros, comments, ends, boxes = struct.unpack_from("<7I", self.main, 76)
        return Stories(body, body + notes + headers + macros + comments + ends, boxes)

    @cached_property
    def pieces(self) -> list[Piece]:
        changes, table = _piece_table(self.part(33))
        count = max(0, (len(table) - 4) // 12)
        bounds = struct.unpack_from(f"<{count + 1}I", table)
        if count == 0 or any(b < a for a, b in zip(bounds, bounds[1:], strict=False)):
            raise UnreadableFile("broken piece table")
        if bounds[-1] > MOST_CHARACTERS:
            raise TooMuch(f"more than {MOST_CHARACTERS} characters")
        pieces = []
        for index in range(count):
            _, fc, prm = struct.unpack_from("<HIH", table, 4 * (count + 1) + 8 * index)
            narrow = bool(fc & _COMPRESSED)
            at = (fc & 0x3FFFFFFF) // 2 if narrow else fc & 0x3FFFFFFF
            pieces.append(
                Piece(bounds[index], bounds[index + 1], at, 1 if narrow else 2, _changes(prm, changes))
            )
        return pieces

    @cached_property
    def text(self) -> str:
        """All characters; those deleted or hidden are NUL."""
        parts = []
        for piece in self.pieces:
            length = piece.end - piece.start
            raw = self.main[piece.fc : piece.fc + length * piece.width]
            text = raw.decode("cp1252" if piece.width == 1 else "utf-16-le", "replace")
            if len(text) != length:  # astral characters take two places
                text = _in_places(raw) if piece.width == 2 else text
            parts.append(self._as_shown(text.ljust(length, "\x00")[:length], piece))
        return "".join(parts)

    def _as_shown(self, text: str, piece: Piece) -> str:
        if any(_hides(code, operand) for code, operand in piece.changes):
            return _blanked(text, [(0, len(text))])
        hidden, above = self._special
        for first, last in _within(above, piece, len(text)):
            text = text[:first] + raised(text[first:last]) + text[last:]
        ranges = _within(hidden, piece, len(text))
        return _blanked(text, ranges) if ranges else text

    @cached_property
    def _special(self) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """The bytes of runs that are deleted, hidden, struck out, or stand for a character of a symbol font;
        and of those that are raised.
        """
        hidden, above = list[tuple[int, int]](), list[tuple[int, int]]()
        for start, end, page, offset in self._runs(self.part(12), 1):
            if offset:
                changes = list(sprms(page[offset + 1 : offset + 1 + page[offset]]))
                if any(_hides(code, operand) for code, operand in changes):
                    hidden.append((start, end))
                elif (_RAISED, b"\x01") in changes or (_RAISED, b"\x02") in changes:
                    above.append((start, end))
        return hidden, above

    @cached_property
    def _paragraphs(self) -> tuple[list[int], list[tuple[int, int, bytes]]]:
        """Where runs of paragraph properties start, and of each its end, style and properties."""
        found = []
        for start, end, page, offset in self._runs(self.part(13), 13):
            style, grpprl = 0, b""
            if offset:
                words = page[offset]
                at, size = (offset + 2, 2 * page[offset + 1]) if words == 0 else (offset + 1, 2 * words - 1)
                held = page[at : at + size]
                if len(held) >= 2:
                    style, grpprl = struct.unpack_from("<H", held)[0], held[2:]
            found.append((start, end, style, grpprl))
        found.sort(key=lambda run: run[0])
        return [run[0] for run in found], [run[1:] for run in found]

    def _runs(self, entries: bytes, width: int) -> Iterator[tuple[int, int, bytes, int]]:
        """The runs of all pages that an index names: first byte, end, their page, place of the properties."""
        count = max(0, (len(entries) - 4) // 8)
        pages = (
            {n & 0x3FFFFF for n in struct.unpack_from(f"<{count}I", entries, 4 * (count + 1))}
            if count
            else ()
        )
        for number in sorted(pages):
            page = self.main[number * _PAGE : (number + 1) * _PAGE]
            if len(page) < _PAGE:
                continue
            runs = page[-1]
            if 4 * (runs + 1) + width * runs > _PAGE:
                continue
            bounds = struct.unpack_from(f"<{runs + 1}I", page)
            for index in range(runs):
                yield bounds[index], bounds[index + 1], page, 2 * page[4 * (runs + 1) + width * index]

    def properties(self, cp: int) -> tuple[int, bytes, tuple[Sprm, ...]]:
        """Style, properties and later changes of the paragraph whose mark is the character ``cp``."""
        piece = self.pieces[bisect_right(self._piece_starts, cp) - 1]
        fc = piece.fc + (cp - piece.start) * piece.width
        starts, runs = self._paragraphs
        at = bisect_right(starts, fc) - 1
        if at < 0 or fc >= runs[at][0]:
            return 0, b"", piece.changes
        _, style, grpprl = runs[at]
        return style, grpprl, piece.changes

    @cached_property
    def _piece_starts(self) -> list[int]:
        return [piece.start for piece in self.pieces]


def _piece_table(clx: bytes) -> tuple[list[bytes], bytes]:
    """The changes that pieces refer to, and the table of pieces."""
    changes, at = [], 0
    while at + 3 <= len(clx) and clx[at] == 1:
        size = struct.unpack_from("<H", clx, at + 1)[0]
        changes.append(clx[at + 3 : at + 3 + size])
        at += 3 + size
    if at + 5 > len(clx) or clx[at] != 2:
        raise UnreadableFile("no piece table")
    size = struct.unpack_from("<I", clx, at + 1)[0]
    return changes, clx[at + 5 : at + 5 + size]


def _changes(prm: int, changes: list[bytes]) -> tuple[Sprm, ...]:
    if prm & 1:
        index = prm >> 1
        return tuple(sprms(changes[index])) if index < len(changes) else ()
    code = _SHORT_PRM.get(prm >> 1 & 0x7F)
    return ((code, bytes([prm >> 8])),) if code else ()


def _hides(code: int, operand: bytes) -> bool:
    return code == _SYMBOL or (code in _HIDING and operand[:1] in (b"\x01", b"\x81"))


def _within(runs: list[tuple[int, int]], piece: Piece, length: int) -> list[tuple[int, int]]:
    """Runs of bytes as ranges of a piece's characters."""
    ranges = []
    for start, end in runs:
        first, last = (start - piece.fc) // piece.width, (end - piece.fc) // piece.width
        if first < length and last > 0:
            ranges.append((max(first, 0), min(last, length)))
    return ranges


def _blanked(text: str, ranges: list[tuple[int, int]]) -> str:
    """The text with ranges made NUL, but for the marks that give it structure."""
    characters = list(text)
    for start, end in ranges:
        characters[start:end] = [c if c in "\r\x07\x13\x14\x15" else "\x00" for c in text[start:end]]
    return "".join(characters)


def _in_places(raw: bytes) -> str:
    """UTF-16 as one character a place: the second half of an astral character is NUL."""
    text = raw.decode("utf-16-le", "replace")
    return "".join(c + "\x00" if ord(c) > 0xFFFF else c for c in text)
