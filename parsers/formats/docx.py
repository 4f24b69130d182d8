"""DOCX (ECMA-376) into a document, straight from its XML.

Deleted and hidden text is left out, of alternative contents the first is taken, and numbers that Word counts
by itself (一、 before a heading) are written out by :mod:`parsers.formats.docx_lists`.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from lxml.etree import _Element as Element

from parsers.characters import raised, tidy
from parsers.document import Document, Grid, Paragraph
from parsers.formats import html, mhtml
from parsers.formats.docx_lists import Numbering, read_numbering
from parsers.formats.docx_runs import Runs, Shown, read_runs
from parsers.formats.word_table import WordCell, word_grid
from parsers.formats.xml_parts import child, children, named, number, tag, value
from parsers.formats.zips import Package
from parsers.outcomes import TooMuch, UnreadableFile
from parsers.sniff import DOCX, HTML, MHTML, sniff

_DOCUMENT = "word/document.xml"
_DEEPEST = 60
_SKIPPED = frozenset(
    ["del", "moveFrom", "instrText", "delText", "pPr", "rPr", "tblPr", "tblGrid", "trPr", "tcPr", "sdtPr",
     "Fallback", "footnoteReference", "endnoteReference", "rt", "sectPr", "delInstrText"]
)  # fmt: skip
_SPACES = frozenset(["tab", "br", "cr", "ptab"])
_WRAPPERS = frozenset(["sdt", "sdtContent", "customXml", "ins", "moveTo"])
_CHUNK_READERS: dict[str, Callable[[bytes], Document]] = {HTML: html.read, MHTML: mhtml.read}
_LEAST_INNER_TABLE = 4
"""A table that holds one of so many cells lays out the page."""


@dataclass(slots=True)
class _Walk:
    """Blocks under way, in reading order. ``main`` is the part that they stand in."""

    package: Package
    main: str
    numbering: Numbering
    runs: Runs
    blocks: list[Paragraph | Grid] = field(default_factory=list)


def read(data: bytes) -> Document:
    """Read a DOCX. Raises :class:`~parsers.outcomes.UnreadableFile` when its main part cannot be read."""
    package = Package(data)
    main = _main_part(package)
    body = child(package.tree(main), "body")
    if body is None:
        raise UnreadableFile("the document has no body")
    styles = package.tree_or_none("word/styles.xml")
    walk = _Walk(package, main, read_numbering(package, styles), read_runs(styles))
    _blocks(body, "docx:/body", walk, 0)
    return Document(DOCX, tuple(walk.blocks))


def _main_part(package: Package) -> str:
    if "_rels/.rels" in package:
        for relation in package.tree("_rels/.rels"):
            if (relation.get("Type") or "").endswith("/officeDocument"):
                target = posixpath.normpath(relation.get("Target") or "").lstrip("/")
                if target in package:
                    return target
    return _DOCUMENT


def _paths(parent: Element, path: str) -> Iterator[tuple[Element, str, str]]:
    """The elements below one, each with its name and its path."""
    counts: dict[str, int] = {}
    for element in parent:
        name = tag(element)
        counts[name] = counts.get(name, 0) + 1
        yield element, name, f"{path}/{name}[{counts[name]}]"


def _blocks(parent: Element, path: str, walk: _Walk, depth: int) -> None:
    if depth > _DEEPEST:
        raise TooMuch(f"contents more than {_DEEPEST} deep")
    for element, name, here in _paths(parent, path):
        if name == "p":
            _paragraph(element, here, walk, depth)
        elif name == "tbl":
            _table(element, here, walk, depth)
        elif name == "altChunk":
            walk.blocks += _chunk(named(element, "id"), walk)
        elif name not in _SKIPPED:
            _blocks(element, here, walk, depth + 1)


def _chunk(relation: str | None, walk: _Walk) -> Iterator[Paragraph | Grid]:
    """A page that stands in the container as it is, where programs make DOCX of HTML; Word reads it so."""
    folder, _, file = walk.main.rpartition("/")
    targets = {e.get("Id"): e.get("Target") or "" for e in walk.package.tree(f"{folder}/_rels/{file}.rels")}
    part = posixpath.normpath(posixpath.join("/", folder, targets.get(relation, ""))).lstrip("/")
    data = walk.package.read(part)
    reader = _CHUNK_READERS.get(sniff(data))
    if reader is None:
        raise UnreadableFile(f"{part} is {sniff(data)}, which no document is made of")
    for block in reader(data).blocks:
        if isinstance(block, Grid):
            cells = tuple(c._replace(locator=f"{part}!{c.locator}") for c in block.cells)
            yield Grid(cells, f"{part}!{block.locator}")
        else:
            yield replace(block, locator=f"{part}!{block.locator}")


def _paragraph(element: Element, path: str, walk: _Walk, depth: int) -> None:
    parts = [walk.numbering.label(element)]
    _collect(element, parts, walk, False, 0)
    text = tidy("".join(parts))
    if text:
        walk.blocks.append(Paragraph(text, path, walk.numbering.is_heading(element)))
    for box in _text_boxes(element):
        _blocks(box, f"{path}//txbxContent", walk, depth + 1)


def _cell_text(cell: Element, walk: _Walk) -> str:
    parts: list[str] = []
    _collect(cell, parts, walk, True, 0)
    return tidy("".join(parts))


def _collect(element: Element, parts: list[str], walk: _Walk, boxes: bool, depth: int) -> None:
    """The running text of an element; of its text boxes too where ``boxes`` says so."""
    if depth > _DEEPEST:
        raise TooMuch(f"contents more than {_DEEPEST} deep")
    for inner in element:
        name = tag(inner)
        if name == "t":
            parts.append(inner.text or "")
        elif name in _SPACES:
            parts.append(" ")
        elif name == "noBreakHyphen":
            parts.append("-")
        elif name == "txbxContent" and not boxes:
            continue
        elif name == "r" and (shown := walk.runs.shown(inner)) is not Shown.PLAIN:
            note: list[str] = []
            if shown is Shown.RAISED:
                _collect(inner, note, walk, boxes, depth + 1)
            parts.append(raised("".join(note)))
        elif name not in _SKIPPED:
            if name == "p":
                parts += [" ", walk.numbering.label(inner)]
            _collect(inner, parts, walk, boxes, depth + 1)


def _text_boxes(paragraph: Element) -> Iterator[Element]:
    """Text boxes anchored in a paragraph; the copy that is kept for old readers is passed over."""
    for box in paragraph.iterdescendants("{*}txbxContent"):
        above = {tag(e) for e in box.iterancestors("{*}Fallback", "{*}txbxContent")}
        if not above:
            yield box


def _table(table: Element, path: str, walk: _Walk, depth: int) -> None:
    """A grid, or, where the table only lays out the page, what its cells hold."""
    rows = [(row, list(_members(row, "tc", at))) for row, at in _members(table, "tr", path)]
    if max((len(cells) for _, cells in rows), default=0) < 2 or _lays_out(table):
        for _, cells in rows:
            for cell, cell_path in cells:
                _blocks(cell, cell_path, walk, depth + 1)
        return
    grid = word_grid([_placed(row, cells, walk) for row, cells in rows], _boundaries(table), path)
    if grid.cells:
        walk.blocks.append(grid)


def _placed(row: Element, cells: list[tuple[Element, str]], walk: _Walk) -> list[WordCell]:
    """The cells of a row with the columns they cover."""
    column = number(value(child(row, "trPr", "gridBefore")))
    placed: list[WordCell] = []
    for cell, path in cells:
        properties = child(cell, "tcPr")
        span = max(1, number(value(child(properties, "gridSpan")), 1)) if properties is not None else 1
        if placed and _merged(properties, "hMerge"):
            placed[-1] = replace(placed[-1], right=column + span)
        else:
            continues = _merged(properties, "vMerge")
            text = "" if continues else _cell_text(cell, walk)
            placed.append(WordCell(column, column + span, text, path, continues))
        column += span
    return placed


def _members(parent: Element, wanted: str, path: str) -> Iterator[tuple[Element, str]]:
    """Rows of a table or cells of a row, also within content controls; each with its path."""
    for element, name, here in _paths(parent, path):
        if name == wanted:
            if child(element, "trPr", "del") is None and child(element, "tcPr", "cellDel") is None:
                yield element, here
        elif name in _WRAPPERS:
            yield from _members(element, wanted, here)


def _lays_out(table: Element) -> bool:
    inner = table.iterdescendants("{*}tbl")
    return any(sum(1 for _ in each.iter("{*}tc")) >= _LEAST_INNER_TABLE for each in inner)


def _merged(properties: Element | None, name: str) -> bool:
    """Whether a cell goes on with the one above or before it. A merge without a value continues."""
    merge = child(properties, name) if properties is not None else None
    return merge is not None and (value(merge) or "continue") == "continue"


def _boundaries(table: Element) -> list[int]:
    """Where the columns end, in twips from the table's left; empty when the widths are not all given."""
    grid = child(table, "tblGrid")
    widths = [named(e, "w") or "" for e in children(grid, "gridCol")] if grid is not None else []
    ends = [0]
    for width in widths[:999]:
        if number(width, 0, 100_000) == 0:
            return []
        ends.append(ends[-1] + number(width, 0, 100_000))
    return ends if len(ends) > 1 else []
