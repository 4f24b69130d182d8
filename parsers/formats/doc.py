"""DOC (Word 97 and later, [MS-DOC]; what WPS saves as .wps is the same) into a document, in pure Python.

The text is a chain of paragraphs; a paragraph's properties say how deep in tables it stands, and the mark
that ends it whether a cell or a row ends there.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from parsers.characters import tidy
from parsers.document import Document, Grid, Paragraph
from parsers.formats import libreoffice
from parsers.formats.doc_file import OldWord, WordFile
from parsers.formats.doc_lists import LEVEL, LIST, OUTLINE, read_numbering
from parsers.formats.doc_rows import RowCell, row_cells
from parsers.formats.doc_sprms import Sprm, sprms
from parsers.formats.word_table import WordCell, word_grid
from parsers.outcomes import EncryptedFile, TooMuch, UnreadableFile
from parsers.programs import LIBREOFFICE
from parsers.sniff import DOC

_IN_TABLE, _ROW_ENDS, _DEPTH, _INNER_CELL, _INNER_ROW_ENDS = 0x2416, 0x2417, 0x6649, 0x244B, 0x244C
_ELSEWHERE = (0x6645, 0x6646, 0x646B)
"""Properties too long for their place: the operand is an offset in the stream ``Data``."""
_MARK = re.compile("[\r\x07\x0c]")
_FIELD = re.compile("[\x13\x14\x15]")
_PLAIN = {
    **dict.fromkeys(range(0x20)), 0x09: " ", 0x0B: " ", 0x0C: " ", 0x0E: " ", 0x1E: "-", 0xF020: " ",
}  # fmt: skip
_DEEPEST = 20
_LEAST_INNER_TABLE = 4
"""A table that holds one of so many cells lays out the page."""
_BOX_STORIES, _BOX_ANCHORS = 56, 40


@dataclass(frozen=True, slots=True)
class _Properties:
    """What matters of a paragraph's properties. ``row`` holds the modifiers where a row ends."""

    depth: int
    cell_ends: bool
    row_ends: bool
    list_id: int
    level: int
    heading: bool
    row: tuple[Sprm, ...]


@dataclass(slots=True)
class _Text:
    """A paragraph of a cell or of the body."""

    text: str
    heading: bool


@dataclass(slots=True)
class _Table:
    """A table under way: finished rows, and the row and the cell that are not."""

    rows: list[tuple[list[list[_Block]], list[RowCell]]] = field(default_factory=list)
    cells: list[list[_Block]] = field(default_factory=list)
    cell: list[_Block] = field(default_factory=list)

    def end_cell(self) -> None:
        self.cells.append(self.cell)
        self.cell = []

    def end_row(self, definition: list[RowCell]) -> None:
        if self.cell:
            self.end_cell()
        if self.cells:
            self.rows.append((self.cells, definition))
        self.cells = []


_Block = _Text | _Table


def read(data: bytes) -> Document:
    """Read a DOC; what this reader cannot (Word 95), LibreOffice may, where it is installed.

    Raises :class:`~parsers.outcomes.UnreadableFile` when neither can.
    """
    try:
        return _read(data)
    except (EncryptedFile, TooMuch):
        raise
    except UnreadableFile as fault:
        if not LIBREOFFICE.path():
            raise (LIBREOFFICE.missing() if isinstance(fault, OldWord) else fault) from None
        try:
            return libreoffice.read(data, DOC)
        except UnreadableFile as second:
            raise UnreadableFile(f"{fault}; {second}"[:300]) from fault


def _read(data: bytes) -> Document:
    try:
        blocks = _Reader(WordFile(data)).blocks()
    except (struct.error, IndexError) as fault:
        raise UnreadableFile(f"broken DOC: {type(fault).__name__}: {fault}"[:300]) from fault
    return Document(DOC, tuple(_written(blocks, "doc:")))


class _Reader:
    """Walks over the paragraphs of one file."""

    def __init__(self, file: WordFile) -> None:
        self._file = file
        self._numbering = read_numbering(file)
        self._known: dict[tuple[int, bytes, tuple[Sprm, ...]], _Properties] = {}
        self._boxes = _boxes(file)

    def blocks(self) -> list[_Block]:
        """What the body holds; text boxes stand behind the paragraph that they hang on."""
        return self._story(0, self._file.stories.body)

    def _story(self, start: int, end: int) -> list[_Block]:
        """The blocks of a range of characters."""
        body: list[_Block] = []
        open_tables: list[_Table] = []
        text = _without_fields(self._file.text[start:end])
        at = 0
        for mark in _MARK.finditer(text):
            properties = self._properties(start + mark.start())
            _to_depth(open_tables, body, properties.depth)
            self._take(text[at : mark.start()], mark[0], properties, open_tables, body)
            for box in self._boxes.pop(start + mark.start(), []) if start == 0 else ():
                (open_tables[-1].cell if open_tables else body).extend(self._story(*box))
            at = mark.end()
        _to_depth(open_tables, body, 0)
        if rest := text[at:].translate(_PLAIN).strip():
            body.append(_Text(rest, False))
        return body

    def _take(
        self, raw: str, mark: str, properties: _Properties, open_tables: list[_Table], body: list[_Block]
    ) -> None:
        if properties.row_ends and open_tables:
            open_tables[-1].end_row(row_cells(properties.row))
            return
        text = raw.translate(_PLAIN)
        if properties.list_id:
            text = self._numbering.label(properties.list_id, properties.level) + text
        if not open_tables:
            body.append(_Text(text, properties.heading))
            return
        open_tables[-1].cell.append(_Text(text, properties.heading))
        if mark == "\x07" or properties.cell_ends:
            open_tables[-1].end_cell()

    def _properties(self, cp: int) -> _Properties:
        key = self._file.properties(cp)
        if key not in self._known:
            self._known[key] = self._read_properties(*key)
        return self._known[key]

    def _read_properties(self, style: int, grpprl: bytes, changes: tuple[Sprm, ...]) -> _Properties:
        modifiers = [*self._expanded(sprms(grpprl)), *changes]
        found = dict(self._numbering.inherited(style))
        found.update(modifiers)
        depth = _whole(found.get(_DEPTH)) or int(bool(_whole(found.get(_IN_TABLE))))
        outer_row, inner_row = _whole(found.get(_ROW_ENDS)), _whole(found.get(_INNER_ROW_ENDS))
        row_ends = bool(inner_row if depth > 1 else outer_row)
        outline = _whole(found[OUTLINE]) if OUTLINE in found else None
        list_id = _whole(found.get(LIST))
        return _Properties(
            min(depth, _DEEPEST),
            depth > 1 and bool(_whole(found.get(_INNER_CELL))),
            row_ends,
            list_id if list_id < 0xF801 else 0,
            _whole(found.get(LEVEL)),
            self._numbering.is_heading(style, outline),
            tuple(modifiers) if row_ends else (),
        )

    def _expanded(self, modifiers: Iterable[Sprm], nested: bool = False) -> Iterator[Sprm]:
        """The modifiers, with those that are kept elsewhere put in their place."""
        for code, operand in modifiers:
            if code in _ELSEWHERE and not nested:
                at = struct.unpack("<I", operand)[0]
                size = int.from_bytes(self._file.data[at : at + 2], "little")
                yield from self._expanded(sprms(self._file.data[at + 2 : at + 2 + size]), True)
            else:
                yield code, operand


def _whole(operand: bytes | None) -> int:
    return int.from_bytes(operand or b"", "little")


def _to_depth(open_tables: list[_Table], body: list[_Block], depth: int) -> None:
    """Open tables, or end those deeper than the paragraph that follows."""
    while len(open_tables) > depth:
        table = open_tables.pop()
        table.end_row([])
        (open_tables[-1].cell if open_tables else body).append(table)
    while len(open_tables) < depth:
        open_tables.append(_Table())


def _without_fields(text: str) -> str:
    """The text with the codes of fields made NUL; what a field shows stays."""
    if "\x13" not in text:
        return text
    hidden: list[tuple[int, int]] = []
    begun: list[int] = []
    for mark in _FIELD.finditer(text):
        if mark[0] == "\x13":
            begun.append(mark.start())
        elif begun and begun[-1] >= 0:
            hidden.append((begun[-1], mark.start()))
            begun[-1] = -1
        if mark[0] == "\x15" and begun:
            begun.pop()
    kept = list(text)
    for start, end in hidden:
        kept[start:end] = [c if c in "\r\x07" else "\x00" for c in kept[start:end]]
    return "".join(kept)


def _boxes(file: WordFile) -> dict[int, list[tuple[int, int]]]:
    """Text boxes as ranges of characters, by the end of the paragraph that they hang on.

    Those whose place is not known hang on the first paragraph: mostly they hold a title.
    """
    stories, anchors = file.part(_BOX_STORIES), file.part(_BOX_ANCHORS)
    first, count = file.stories.before_boxes, max(0, (len(stories) - 4) // 26)
    if not file.stories.boxes or count < 2:
        return {}
    bounds = struct.unpack_from(f"<{count + 1}I", stories)
    shapes = max(0, (len(anchors) - 4) // 30)
    positions = struct.unpack_from(f"<{shapes + 1}I", anchors) if shapes else ()
    places = {
        struct.unpack_from("<I", anchors, 4 * (shapes + 1) + 26 * n)[0]: positions[n] for n in range(shapes)
    }
    found: dict[int, list[tuple[int, int]]] = {}
    for number in range(count - 1):  # the last one is a guard
        shape = struct.unpack_from("<I", stories, 4 * (count + 1) + 22 * number + 14)[0]
        mark = _MARK.search(file.text, min(places.get(shape, 0), max(0, file.stories.body - 1)))
        if mark is not None and bounds[number] < bounds[number + 1] <= file.stories.boxes:
            box = (first + bounds[number], first + bounds[number + 1])
            found.setdefault(mark.start(), []).append(box)
    return found


def _written(blocks: Iterable[_Block], path: str) -> Iterator[Paragraph | Grid]:
    """The blocks with their locators; tables as grids, or, where they only lay out, what they hold."""
    counts = {"p": 0, "tbl": 0}
    for block in blocks:
        name = "p" if isinstance(block, _Text) else "tbl"
        counts[name] += 1
        here = f"{path}/{name}[{counts[name]}]"
        if isinstance(block, _Text):
            if text := tidy(block.text):
                yield Paragraph(text, here, block.heading)
        elif max((len(cells) for cells, _ in block.rows), default=0) < 2 or _lays_out(block):
            for row, (cells, _) in enumerate(block.rows, 1):
                for column, cell in enumerate(cells, 1):
                    yield from _written(cell, f"{here}/tr[{row}]/tc[{column}]")
        elif (grid := _grid(block, here)).cells:
            yield grid


def _lays_out(table: _Table) -> bool:
    return any(
        sum(len(cells) for cells, _ in inner.rows) >= _LEAST_INNER_TABLE or _lays_out(inner)
        for outer, _ in table.rows
        for cell in outer
        for inner in cell
        if isinstance(inner, _Table)
    )


def _grid(table: _Table, path: str) -> Grid:
    definitions = [_fitted(definition, len(cells)) for cells, definition in table.rows]
    edges = sorted({edge for row in definitions for cell in row for edge in (cell.left, cell.right)})
    index = {edge: number for number, edge in enumerate(edges)}
    rows: list[list[WordCell]] = []
    for number, ((cells, _), definition) in enumerate(zip(table.rows, definitions, strict=True), 1):
        row: list[WordCell] = []
        for column, (cell, shape) in enumerate(zip(cells, definition, strict=True), 1):
            left, right = index[shape.left], index[shape.right]
            text = "" if shape.continues else tidy(" ".join(_texts(cell)))
            if shape.joined and row:
                row[-1] = replace(row[-1], right=right, text=tidy(f"{row[-1].text} {text}"))
            else:
                locator = f"{path}/tr[{number}]/tc[{column}]"
                row.append(WordCell(left, right, text, locator, shape.continues))
        rows.append(row)
    return word_grid(rows, edges, path)


def _fitted(definition: list[RowCell], count: int) -> list[RowCell]:
    """A definition with as many cells as the row has; cells that it does not know follow at its right."""
    cells = definition[:count]
    width = 1000
    while len(cells) < count:
        left = cells[-1].right if cells else 0
        cells.append(RowCell(left, left + width))
    return cells


def _texts(cell: Iterable[_Block]) -> Iterator[str]:
    for block in cell:
        if isinstance(block, _Text):
            yield block.text
        else:
            for cells, _ in block.rows:
                for inner in cells:
                    yield from _texts(inner)
