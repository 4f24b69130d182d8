"""OFD as print drivers write it: a PDF's pages, each line of characters a text object, each rule a path."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser

from parsers.formats.ofd_page import POINTS_A_MM
from parsers.formats.pdf_page import PageReader
from parsers.layout.page import Glyph, Page, Rule

_SPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'
_LINE = 0.35


def transcribed(pdf: bytes, style: int = 0) -> bytes:
    """A PDF's pages as OFD. ``style`` chooses among the ways in which writers put the same thing."""
    pages = list(_pages(pdf))
    listed = "".join(
        f'<ofd:Page ID="{10 + p.number}" BaseLoc="Pages/Page_{p.number}/Content.xml"/>' for p in pages
    )
    width, height = (pages[0].width / POINTS_A_MM, pages[0].height / POINTS_A_MM) if pages else (210, 297)
    parts = {
        "OFD.xml": f'<ofd:OFD {_SPACE} Version="1.0" DocType="OFD"><ofd:DocBody>'
        "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {_SPACE}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 "
        f"{width:.3f} {height:.3f}</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages>{listed}"
        "</ofd:Pages></ofd:Document>",
    }
    parts |= {f"Doc_0/Pages/Page_{p.number}/Content.xml": _content(p, style) for p in pages}
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as container:
        for name, text in parts.items():
            container.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{text}')
    return out.getvalue()


def _pages(pdf: bytes) -> Iterator[Page]:
    reader = PageReader()
    for number, page in enumerate(PDFPage.create_pages(PDFDocument(PDFParser(io.BytesIO(pdf)))), 1):
        yield reader.read(page, number)


def _content(page: Page, style: int) -> str:
    texts = (_text(run, style) for run in _runs(page.glyphs))
    rules = [_path(r, across, style) for across, rs in ((True, page.across), (False, page.down)) for r in rs]
    return (
        f'<ofd:Page {_SPACE}><ofd:Content><ofd:Layer ID="1">{"".join(rules)}</ofd:Layer>'
        f'<ofd:Layer ID="2"><ofd:PageBlock ID="3">{"".join(texts)}</ofd:PageBlock></ofd:Layer>'
        "</ofd:Content></ofd:Page>"
    )


def _runs(glyphs: Sequence[Glyph]) -> Iterator[list[Glyph]]:
    """Characters that follow each other on one line, as the writer drew them."""
    for _, line in groupby(glyphs, key=lambda g: (round(g.top, 2), round(g.bottom, 2))):
        yield list(line)


def _text(run: Sequence[Glyph], style: int) -> str:
    size = (run[0].bottom - run[0].top) / POINTS_A_MM
    left, top = run[0].left / POINTS_A_MM, run[0].top / POINTS_A_MM
    steps = [(b.left - a.left) / POINTS_A_MM for a, b in zip(run, run[1:], strict=False)]
    delta = f' DeltaX="{_deltas(steps, style)}"' if steps else ""
    text = escape("".join(g.text for g in run))
    boundary, matrix, x, y = f"{left:.3f} {top:.3f} 200 {size:.3f}", "", 0.0, 0.8 * size
    if style % 2:  # the boundary is the page, and a matrix moves the text to its place
        boundary, matrix = "0 0 210 297", f' CTM="1 0 0 1 {left:.3f} {top:.3f}"'
    return (
        f'<ofd:TextObject ID="9" Boundary="{boundary}"{matrix} Font="5" Size="{size:.3f}">'
        f'<ofd:TextCode X="{x:.3f}" Y="{y:.3f}"{delta}>{text}</ofd:TextCode></ofd:TextObject>'
    )


def _deltas(steps: Iterable[float], style: int) -> str:
    """The ways between characters; some writers count equal ones."""
    written = [f"{step:.3f}" for step in steps]
    if not style % 3:
        return " ".join(written)
    groups = [(step, len(list(same))) for step, same in groupby(written)]
    return " ".join(f"g {count} {step}" if count > 1 else step for step, count in groups)


def _path(rule: Rule, across: bool, style: int) -> str:
    start, end, at = rule.start / POINTS_A_MM, rule.end / POINTS_A_MM, rule.position / POINTS_A_MM
    length = end - start
    left, top = (start, at) if across else (at, start)
    if style % 4 == 3:  # a filled rectangle, as some writers draw lines
        wide, high = (length, _LINE) if across else (_LINE, length)
        data, how = (
            f"M 0 0 L {wide:.3f} 0 L {wide:.3f} {high:.3f} L 0 {high:.3f} C",
            'Stroke="false" Fill="true"',
        )
        left, top = left - (0 if across else _LINE / 2), top - (_LINE / 2 if across else 0)
    else:
        data, how = f"M 0 0 L {length:.3f} 0" if across else f"M 0 0 L 0 {length:.3f}", f'LineWidth="{_LINE}"'
    boundary = f"{left:.3f} {top:.3f} {length if across else _LINE:.3f} {_LINE if across else length:.3f}"
    return (
        f'<ofd:PathObject ID="8" Boundary="{boundary}" {how}><ofd:AbbreviatedData>{data}'
        "</ofd:AbbreviatedData></ofd:PathObject>"
    )
