"""Lists and paragraph styles of a DOC ([MS-DOC] 2.9: STSH, PlfLst, PlfLfo)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from parsers.formats.doc_file import WordFile
from parsers.formats.doc_sprms import Sprm, sprms
from parsers.formats.word_lists import Counter, Form, Level

OUTLINE, LEVEL, LIST = 0x2640, 0x260A, 0x460B
_STYLES, _LISTS, _OVERRIDES = 1, 73, 74
_PARAGRAPH_STYLE = 1
_NO_BASE = 0xFFF
_LONGEST_CHAIN = 20
_BULLET, _NONE = 0x17, 0xFF
_FORMS = {
    **dict.fromkeys([0x0A, 0x0B, 0x11, 0x21, 0x23, 0x25, 0x27, 0x28], Form.CHINESE),
    0x01: Form.UPPER_ROMAN, 0x02: Form.LOWER_ROMAN, 0x03: Form.UPPER_LETTER, 0x04: Form.LOWER_LETTER,
    0x12: Form.CIRCLE, 0x1A: Form.FULL_STOP, 0x1B: Form.BRACKETS, 0x1C: Form.CIRCLE,
    0x1D: Form.CHINESE_BRACKETS,
}  # fmt: skip
"""How numbers are written, by MSONFC ([MS-OSHARED] 2.2.1.3)."""


@dataclass(frozen=True, slots=True)
class _Style:
    """What a paragraph style brings: whether it is a heading, and its modifiers."""

    heading: bool = False
    modifiers: tuple[Sprm, ...] = ()
    base: int = _NO_BASE


@dataclass(slots=True)
class Numbering:
    """The lists and styles of a document, and how far the lists are counted."""

    styles: list[_Style]
    lists: dict[int, tuple[str, dict[int, Level]]]
    counter: Counter = field(default_factory=Counter)

    def inherited(self, style: int) -> tuple[Sprm, ...]:
        """A style's modifiers, after those of the styles that it is based on."""
        found: list[tuple[Sprm, ...]] = []
        for _ in range(_LONGEST_CHAIN):
            if style >= len(self.styles):
                break
            found.append(self.styles[style].modifiers)
            style = self.styles[style].base
        return tuple(modifier for each in reversed(found) for modifier in each)

    def is_heading(self, style: int, outline: int | None) -> bool:
        """Whether a paragraph's own level or its style says that it is a heading."""
        if outline is not None:
            return outline <= 2
        return style < len(self.styles) and self.styles[style].heading

    def label(self, list_id: int, level: int) -> str:
        """Count a paragraph in its list; its number as printed, nothing when it has none."""
        name, levels = self.lists.get(list_id, ("", {}))
        return self.counter.label(name, levels, level) if levels else ""


def read_numbering(file: WordFile) -> Numbering:
    """The lists and styles that the file defines; none where a structure is missing or broken."""
    try:
        styles = list(_styles(file.part(_STYLES)))
    except struct.error:
        styles = []
    try:
        lists = dict(_overrides(file.part(_OVERRIDES), _lists(file)))
    except struct.error:
        lists = {}
    return Numbering(styles, lists)


def _styles(sheet: bytes) -> Iterator[_Style]:
    if not sheet:
        return
    head, count, base_size = struct.unpack_from("<3H", sheet)
    at = 2 + head
    for _ in range(count):
        size = struct.unpack_from("<H", sheet, at)[0]
        yield _style(sheet[at + 2 : at + 2 + size], base_size) if size else _Style()
        at += 2 + size


def _style(record: bytes, base_size: int) -> _Style:
    kind, base = struct.unpack_from("<HH", record)
    if base & 0xF != _PARAGRAPH_STYLE:
        return _Style()
    at = base_size + 2 * struct.unpack_from("<H", record, base_size)[0] + 4
    size = struct.unpack_from("<H", record, at)[0] if at + 2 <= len(record) else 0
    modifiers = tuple(sprms(record[at + 4 : at + 2 + size]))
    return _Style(1 <= kind & 0xFFF <= 3, modifiers, base >> 4)


def _lists(file: WordFile) -> dict[int, dict[int, Level]]:
    """The levels of each list, by the list's own number."""
    table = file.part(_LISTS)
    if not table:
        return {}
    rest, at = file.after(_LISTS), 0
    lists: dict[int, dict[int, Level]] = {}
    for index in range(struct.unpack_from("<H", table)[0]):
        number, *_, flags, _ = struct.unpack_from("<iI9HBB", table, 2 + 28 * index)
        levels: dict[int, Level] = {}
        for level in range(1 if flags & 1 else 9):
            found, at = _level(rest, at)
            if found is not None:
                levels[level] = found
        lists[number] = levels
    return lists


def _level(data: bytes, at: int) -> tuple[Level | None, int]:
    """The level that starts at an offset, and where the next one does. Bullets are none."""
    start, form, flags = struct.unpack_from("<iBB", data, at)
    characters, paragraphs = struct.unpack_from("<BB", data, at + 24)
    at += 28 + characters + paragraphs
    length = struct.unpack_from("<H", data, at)[0]
    raw = data[at + 2 : at + 2 + 2 * length].decode("utf-16-le", "replace")
    at += 2 + 2 * length
    if form in (_BULLET, _NONE):
        return None, at
    pattern = "".join(f"%{ord(c) + 1}" if ord(c) < 9 else c for c in raw)
    return Level(_FORMS.get(form, Form.DECIMAL), pattern, start, bool(flags & 4)), at


def _overrides(
    table: bytes, lists: dict[int, dict[int, Level]]
) -> Iterator[tuple[int, tuple[str, dict[int, Level]]]]:
    """The lists as paragraphs name them, from 1: a list, some of whose levels are changed."""
    if not table:
        return
    count = struct.unpack_from("<I", table)[0]
    at = 4 + 16 * count
    for index in range(count):
        number, _, _, changed, _, _, _ = struct.unpack_from("<iIIBBBB", table, 4 + 16 * index)
        levels = dict(lists.get(number, {}))
        at += 4 if changed or at + 4 <= len(table) else 0
        for _ in range(changed):
            at = _override(table, at, levels)
        yield index + 1, (f"override {index}" if changed else f"list {number}", levels)


def _override(table: bytes, at: int, levels: dict[int, Level]) -> int:
    start, flags = struct.unpack_from("<iI", table, at)
    at += 8
    level = flags & 0xF
    if flags & 0x20:
        own, at = _level(table, at)
        if own is not None:
            levels[level] = own
    elif flags & 0x10 and level in levels:
        levels[level] = replace(levels[level], start=start)
    return at
