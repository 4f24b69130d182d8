"""DOCX as Word writes it: merged cells, columns a hair wide, numbers counted by Word, tracked changes."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from benchmarks.eval.printed import Heading, Printed, Table
from nianbao.replica.grids import Cell, Grid

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_WIDTH = 9000
_GHOST = 40
_COUNTED = re.compile(r"^[一二三四五六七八九十]+、")
_NUMBERING = (
    f'<w:numbering xmlns:w="{_W}"><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
    '<w:numFmt w:val="japaneseCounting"/><w:lvlText w:val="%1、"/></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
)
_STYLES = (
    f'<w:styles xmlns:w="{_W}"><w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/>'
    '</w:style><w:style w:type="paragraph" w:styleId="2"><w:name w:val="heading 2"/><w:basedOn w:val="1"/>'
    '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style></w:styles>'
)
_TYPES = (
    f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_WORD}.document.main+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{_WORD}.styles+xml"/>'
    f'<Override PartName="/word/numbering.xml" ContentType="{_WORD}.numbering+xml"/></Types>'
)


class Word:
    """One file after the other, in process."""

    name = "docx-word"
    media_type = f"{_WORD}.document"
    suffix = ".docx"
    most: int | None = None

    def missing(self) -> str | None:
        return None

    def write(self, documents: Sequence[Printed]) -> list[bytes]:
        return [_packed(document) for document in documents]


def _packed(document: Printed) -> bytes:
    body = "".join(_blocks(document))
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _relations(("officeDocument", "word/document.xml")),
        "word/_rels/document.xml.rels": _relations(("styles", "styles.xml"), ("numbering", "numbering.xml")),
        "word/styles.xml": _STYLES,
        "word/numbering.xml": _NUMBERING,
        "word/document.xml": f'<w:document xmlns:w="{_W}"><w:body>{body}<w:sectPr/></w:body></w:document>',
    }
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as container:
        for name, text in parts.items():
            container.writestr(name, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{text}')
    return out.getvalue()


def _relations(*targets: tuple[str, str]) -> str:
    listed = "".join(
        f'<Relationship Id="r{n}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def _blocks(document: Printed) -> Iterator[str]:
    yield _paragraph(document.title, '<w:jc w:val="center"/>')
    counted = document.seed % 2 == 0
    for number, block in enumerate(document.blocks):
        if isinstance(block, Table):
            if block.part:
                yield "<w:p/>"
            yield _table(block.grid, document.seed + number)
        elif isinstance(block, Heading):
            found = _COUNTED.match(block.text) if counted else None
            style = '<w:pStyle w:val="2"/>' if found else '<w:pStyle w:val="1"/>'
            yield _paragraph(block.text[found.end() :] if found else block.text, style)
        elif document.seed % 3 == 0:
            yield _tracked(block.text)
        else:
            yield _paragraph(block.text, '<w:ind w:firstLine="640"/>')


def _paragraph(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{_runs(text)}</w:p>"


def _runs(text: str) -> str:
    """The text in runs, as Word parts it where fonts or proofing change."""
    third = max(1, len(text) // 3)
    return "".join(_run(text[at : at + third]) for at in range(0, len(text), third))


def _run(text: str) -> str:
    lines = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in text.split("\n"))
    return f'<w:r><w:rPr><w:sz w:val="32"/></w:rPr>{lines}</w:r>'


def _tracked(text: str) -> str:
    """The text as an edit that nobody accepted: what was deleted still stands in the file."""
    half = len(text) // 2
    marks = 'w:id="1" w:author="a" w:date="2024-01-05T00:00:00Z"'
    deleted = f"<w:del {marks}><w:r><w:delText>共收到申请99件，</w:delText></w:r></w:del>"
    return f"<w:p>{_run(text[:half])}{deleted}<w:ins {marks}>{_run(text[half:])}</w:ins></w:p>"


def _table(grid: Grid, style: int) -> str:
    """A table; in every third a column of under a millimetre stands before the last."""
    ghost = grid.columns - 1 if style % 3 == 0 and grid.columns > 2 else None
    width = _WIDTH // grid.columns
    widths = [width] * grid.columns
    if ghost is not None:
        widths[ghost:ghost] = [_GHOST]
    columns = "".join(f'<w:gridCol w:w="{w}"/>' for w in widths)
    rows = "".join(f"<w:tr>{''.join(_cells(grid, row, ghost))}</w:tr>" for row in range(grid.rows))
    if style % 5 == 0:  # rows within a content control
        rows = f"<w:sdt><w:sdtContent>{rows}</w:sdtContent></w:sdt>"
    return f"<w:tbl><w:tblPr/><w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl>"


def _cells(grid: Grid, row: int, ghost: int | None) -> Iterator[str]:
    for cell in sorted(grid.cells, key=lambda c: c.column):
        if cell.row <= row < cell.row + cell.rowspan:
            yield _cell(cell, cell.row == row, _span(cell, row, ghost))


def _span(cell: Cell, row: int, ghost: int | None) -> int:
    """Columns that the cell covers; the ghost belongs to the cell before it or, in other rows, behind."""
    if ghost is None:
        return cell.colspan
    end = cell.column + cell.colspan
    inside = cell.column < ghost < end
    before, behind = end == ghost, cell.column == ghost
    even = cell.row % 2 == 0 if cell.rowspan > 1 else row % 2 == 0
    return cell.colspan + (inside or (before and even) or (behind and not even))


def _cell(cell: Cell, first: bool, span: int) -> str:
    merge = '<w:vMerge w:val="restart"/>' if first else "<w:vMerge/>"
    properties = (f'<w:gridSpan w:val="{span}"/>' if span > 1 else "") + (merge if cell.rowspan > 1 else "")
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{_paragraph(cell.text if first else '')}</w:tc>"


PRODUCERS = (Word(),)
