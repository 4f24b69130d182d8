"""XLSX files made for the tests: the parts that a reader needs and no others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from printed_reports import HEADINGS, Sheet, Spot

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def name(row: int, column: int) -> str:
    """``A1`` for row 0 and column 0; up to column Z."""
    return f"{chr(ord('A') + column)}{row + 1}"


def workbook(
    sheets: Mapping[str, Sheet], states: Mapping[str, str] | None = None, drawn: bool = False
) -> bytes:
    """A workbook of sheets by name; ``states``: which are ``hidden``; ``drawn``: blank cells have borders."""
    names = list(sheets)
    listed = "".join(
        f'<sheet name="{n}" sheetId="{i}" state="{(states or {}).get(n, "visible")}" r:id="r{i}"/>'
        for i, n in enumerate(names, 1)
    )
    relations = "".join(
        f'<Relationship Id="r{i}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{i}.xml"/>'
        for i in range(1, len(names) + 1)
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets>'
        "</workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}'
        "</Relationships>",
    }
    parts |= {f"xl/worksheets/sheet{i}.xml": worksheet(sheets[n], drawn) for i, n in enumerate(names, 1)}
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as container:
        for path, text in parts.items():
            container.writestr(path, text)
    return out.getvalue()


def worksheet(sheet: Sheet, drawn: bool = False) -> str:
    rows = "".join(
        f'<row r="{r + 1}">{"".join(_cell(s.row, s.column, s.text) for s in _in_row(sheet, r, drawn))}</row>'
        for r in range(sheet.height)
    )
    merged = [
        f'<mergeCell ref="{name(s.row, s.column)}:{name(s.row + s.rowspan - 1, s.column + s.colspan - 1)}"/>'
        for s in sheet.spots
        if s.rowspan * s.colspan > 1
    ]
    merges = f'<mergeCells count="{len(merged)}">{"".join(merged)}</mergeCells>' if merged else ""
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData>{merges}</worksheet>'


def _in_row(sheet: Sheet, row: int, drawn: bool) -> list[Spot]:
    return sorted((s for s in sheet.spots if s.row == row and (s.text or drawn)), key=lambda s: s.column)


def _cell(row: int, column: int, text: str) -> str:
    place = name(row, column)
    if not text:
        return f'<c r="{place}" s="0"/>'
    try:
        return f'<c r="{place}"><v>{float(text)!r}</v></c>'
    except ValueError:
        return f'<c r="{place}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'


def below(parts: Sequence[Sheet | str], width: int, blank: bool) -> Sheet:
    """One sheet of several, texts merged across it; ``blank`` leaves a row empty between them."""
    whole = Sheet()
    for part in parts:
        row = (whole.height if whole.spots else 0) + (blank and bool(whole.spots))
        if isinstance(part, str):
            whole.put(row, 0, part, 1, width)
        else:
            for s in part.spots:
                whole.put(s.row + row, s.column, s.text, s.rowspan, s.colspan)
    return whole


def report(title: str, printed: list[Sheet], blank: bool = False) -> Sheet:
    """A report on one sheet, its tables under the headings they belong to."""
    parts: list[Sheet | str] = [title]
    for index, heading in enumerate(HEADINGS):
        parts += [heading, "这里写本部分的内容，共若干字。"]
        if 1 <= index <= len(printed):
            parts.append(printed[index - 1])
    return below(parts, max(s.width for s in printed), blank)
