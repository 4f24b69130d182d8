"""Files by LibreOffice, from a flat OpenDocument text: PDF, and the formats that offices send."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from benchmarks.eval.printed import Heading, Printed, Table, TableKind
from nianbao.replica.grids import Cell, Grid

_SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"'
    for name, space in (
        ("office", "office"), ("style", "style"), ("text", "text"), ("table", "table"),
        ("fo", "xsl-fo-compatible"), ("svg", "svg-compatible"),
    )
)  # fmt: skip
_SECONDS = 600
_AT_ONCE = 40
_WIDTH_CM = {False: 17.0, True: 25.0}
_LINES = ("0.5pt solid #000000", "0.05pt solid #000000", "1pt double #000000")


class LibreOffice:
    """One call of soffice for many documents."""

    most: int | None = None

    def __init__(self, suffix: str, media_type: str, target: str) -> None:
        self.name = f"{suffix.removeprefix('.')}-libreoffice"
        self.suffix = suffix
        self.media_type = media_type
        self._target = target

    def missing(self) -> str | None:
        return (
            None if shutil.which("soffice") else "no soffice; on Debian: apt-get install libreoffice-writer"
        )

    def write(self, documents: Sequence[Printed]) -> list[bytes]:
        with tempfile.TemporaryDirectory(prefix="nianbao-eval-") as folder:
            for start in range(0, len(documents), _AT_ONCE):
                self._convert(Path(folder), documents[start : start + _AT_ONCE])
            return [(Path(folder) / f"{d.seed}{self.suffix}").read_bytes() for d in documents]

    def _convert(self, folder: Path, documents: Sequence[Printed]) -> None:
        sources = [folder / f"{d.seed}.fodt" for d in documents]
        for path, document in zip(sources, documents, strict=True):
            path.write_text(flat_text(document), encoding="utf-8")
        command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to"]
        command += [self._target, "--outdir", str(folder), *map(str, sources)]
        subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS, cwd=folder)


def flat_text(document: Printed) -> str:
    """The document as a flat OpenDocument text (.fodt)."""
    varied = document.variation
    family = "Noto Serif CJK SC" if varied.serif else "Noto Sans CJK SC"
    blocks = "".join(_blocks(document))
    page = 'fo:page-width="29.7cm" fo:page-height="21cm"' if varied.landscape else (
        'fo:page-width="21cm" fo:page-height="29.7cm"'
    )  # fmt: skip
    footer = (
        '<style:footer><text:p text:style-name="cell">- <text:page-number/> -</text:p></style:footer>'
        if varied.page_numbers
        else ""
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {_SPACES} office:version="1.2" '
        'office:mimetype="application/vnd.oasis.opendocument.text"><office:font-face-decls>'
        f'<style:font-face style:name="F" svg:font-family="\'{family}\'"/></office:font-face-decls>'
        f"<office:styles>{_paragraph_styles(varied.font_size)}</office:styles><office:automatic-styles>"
        f'<style:page-layout style:name="page"><style:page-layout-properties {page} fo:margin="2cm"/>'
        "<style:footer-style/></style:page-layout>"
        '<style:style style:name="break" style:family="paragraph" style:parent-style-name="text">'
        '<style:paragraph-properties fo:break-before="page"/></style:style>'
        '<style:style style:name="box" style:family="table-cell"><style:table-cell-properties '
        f'fo:border="{_LINES[varied.line_style]}" fo:padding="0.03cm"/></style:style>'
        f"{''.join(_table_styles(document))}</office:automatic-styles><office:master-styles>"
        f'<style:master-page style:name="Standard" style:page-layout-name="page">{footer}</style:master-page>'
        f"</office:master-styles><office:body><office:text>{blocks}</office:text></office:body></office:document>"
    )


def _paragraph_styles(size: float) -> str:
    def style(name: str, points: float, align: str = "start", more: str = "") -> str:
        return (
            f'<style:style style:name="{name}" style:family="paragraph"><style:paragraph-properties '
            f'fo:text-align="{align}"{more}/><style:text-properties style:font-name="F" '
            f'style:font-name-asian="F" fo:font-size="{points}pt" style:font-size-asian="{points}pt"/>'
            "</style:style>"
        )

    return (
        style("title", 18, "center") + style("heading", 14) + style("cell", size, "center")
        + style("text", 12, more=' fo:text-indent="0.85cm"')
    )  # fmt: skip


def _table_styles(document: Printed) -> Iterator[str]:
    total = _WIDTH_CM[document.variation.landscape]
    for number, block in enumerate(document.blocks):
        if isinstance(block, Table):
            yield (
                f'<style:style style:name="t{number}" style:family="table"><style:table-properties '
                f'style:width="{total}cm" table:align="margins"/></style:style>'
            )
            for column, width in enumerate(_widths(block, total)):
                yield (
                    f'<style:style style:name="t{number}.{column}" style:family="table-column">'
                    f'<style:table-column-properties style:column-width="{width:.3f}cm"/></style:style>'
                )


def _widths(table: Table, total: float) -> list[float]:
    columns = table.grid.columns
    if table.kind is TableKind.REQUESTS:
        return [0.9, 2.2, total - 3.1 - 7 * 1.5] + [1.5] * 7
    if table.kind is TableKind.STATISTICS:
        return [total - 5, 2.0, 3.0]
    return [total / columns] * columns


def _blocks(document: Printed) -> Iterator[str]:
    yield _paragraph("title", document.title)
    lines = int(document.variation.lead // 24)
    yield from (_paragraph("text", "") for _ in range(lines))
    for number, block in enumerate(document.blocks):
        if isinstance(block, Table):
            cut = block.part and block.kind in (TableKind.REQUESTS, TableKind.STATISTICS)
            if block.part:
                yield _paragraph("break" if cut else "text", "")
            yield _table(block, number)
        else:
            yield _paragraph("heading" if isinstance(block, Heading) else "text", block.text)


def _paragraph(style: str, text: str) -> str:
    inner = escape(text).replace("\n", "<text:line-break/>")
    return f'<text:p text:style-name="{style}">{inner}</text:p>'


def _table(table: Table, number: int) -> str:
    columns = "".join(
        f'<table:table-column table:style-name="t{number}.{c}"/>' for c in range(table.grid.columns)
    )
    rows = "".join(f"<table:table-row>{row}</table:table-row>" for row in _rows(table.grid))
    return f'<table:table table:name="T{number}" table:style-name="t{number}">{columns}{rows}</table:table>'


def _rows(grid: Grid) -> Iterator[str]:
    first = {(c.row, c.column): c for c in grid.cells}
    for row in range(grid.rows):
        yield "".join(_cell(first.get((row, column))) for column in range(grid.columns))


def _cell(cell: Cell | None) -> str:
    if cell is None:
        return "<table:covered-table-cell/>"
    spans = f' table:number-rows-spanned="{cell.rowspan}" table:number-columns-spanned="{cell.colspan}"'
    return (
        f'<table:table-cell table:style-name="box"{spans if cell.rowspan * cell.colspan > 1 else ""}>'
        f"{_paragraph('cell', cell.text)}</table:table-cell>"
    )


_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PRODUCERS = (
    LibreOffice(".pdf", "application/pdf", "pdf:writer_pdf_Export"),
    LibreOffice(".docx", _WORD, "docx:MS Word 2007 XML"),
    LibreOffice(".doc", "application/msword", "doc:MS Word 97"),
    LibreOffice(".odt", "application/vnd.oasis.opendocument.text", "odt:writer8"),
    LibreOffice(".rtf", "application/rtf", "rtf:Rich Text Format"),
)
