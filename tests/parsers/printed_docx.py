"""DOCX files made for the tests, as Word writes them: the parts that a reader needs and no others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from printed_reports import HEADINGS, Sheet

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Target="word/document.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>'
)


def docx(body: str, parts: Mapping[str, str] | None = None) -> bytes:
    """A DOCX whose body is the given XML (prefix ``w``); ``parts`` are further files in it."""
    document = f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as container:
        files = {"_rels/.rels": _RELATIONS, "word/document.xml": document, **(parts or {})}
        for name, text in files.items():
            container.writestr(name, text)
    return out.getvalue()


def part(root: str, inner: str) -> str:
    """A part such as ``word/numbering.xml``."""
    return f'<w:{root} xmlns:w="{W}">{inner}</w:{root}>'


def p(text: str, properties: str = "") -> str:
    """A paragraph, its text in two runs as Word likes to have it."""
    head = f"<w:pPr>{properties}</w:pPr>" if properties else ""
    half = len(text) // 2
    runs = "".join(
        f"<w:r><w:t xml:space='preserve'>{escape(t)}</w:t></w:r>" for t in (text[:half], text[half:])
    )
    return f"<w:p>{head}{runs}</w:p>"


def table(sheet: Sheet, widths: Sequence[int] | None = None) -> str:
    """A table: spans across as ``gridSpan``, spans down as ``vMerge`` with a cell in each further row."""
    columns = widths or [900] * sheet.width
    grid = "".join(f'<w:gridCol w:w="{w}"/>' for w in columns)
    rows = "".join(f"<w:tr>{''.join(_row(sheet, row))}</w:tr>" for row in range(sheet.height))
    return f"<w:tbl><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"


def _row(sheet: Sheet, row: int) -> Iterable[str]:
    for spot in sorted(sheet.spots, key=lambda s: s.column):
        if spot.row <= row < spot.row + spot.rowspan:
            first = spot.row == row
            merge = '<w:vMerge w:val="restart"/>' if first else "<w:vMerge/>"
            span = f'<w:gridSpan w:val="{spot.colspan}"/>' if spot.colspan > 1 else ""
            properties = f"<w:tcPr>{span}{merge if spot.rowspan > 1 else ''}</w:tcPr>"
            yield f"<w:tc>{properties}{p(spot.text if first else '')}</w:tc>"


def report(title: str, printed: list[Sheet], headings: Sequence[str] = HEADINGS) -> str:
    """The body of a report, its tables under the headings they belong to."""
    parts = [p(title)]
    for index, heading in enumerate(headings):
        parts += [p(heading), p("这里写本部分的内容，共若干字。")]
        if 1 <= index <= len(printed):
            parts.append(table(printed[index - 1]))
    return "".join(parts)
