"""PDF beyond the ordinary: pages turned, passwords that are none, objects read quickly."""

from __future__ import annotations

import io

import pypdfium2 as pdfium
import pytest
from lxml import etree
from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import PDFObjRef, PDFStream
from printed_reports import by_place, page_of, page_pdf, pdf_of, sheets, stream, wrong

from nianbao.replica.pdf import render_pdf
from nianbao.replica.reports import REPORTS
from parsers.formats.ofd_page import draw_content
from parsers.formats.pdf_objects import QuickDocument
from parsers.forms.values import read_value
from parsers.layout.lines import lines
from parsers.layout.page import Glyph, Page, Rule
from parsers.layout.struck import take_struck_out
from parsers.locators import box_of
from parsers.outcomes import TooMuch
from parsers.read import read
from parsers.report import Outcome, State

TITLE = "中卫市民政局2023年政府信息公开工作年度报告"
PLACE = "requests/received/total"


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_pages_that_lie_on_their_side(figures: dict[str, str], quarters: int) -> None:
    document = pdfium.PdfDocument(page_pdf(TITLE, sheets(figures)))
    for page in document:
        page.set_rotation(90 * quarters)
    out = io.BytesIO()
    document.save(out)
    extraction = read(out.getvalue())
    assert wrong(extraction, figures) == {}
    assert extraction.year == 2023
    box = box_of(by_place(extraction)[PLACE].locator)
    straight = box_of(by_place(read(page_pdf(TITLE, sheets(figures))))[PLACE].locator)
    assert box is not None
    assert straight is not None
    sides = (box.right - box.left, box.bottom - box.top)
    upright = (straight.right - straight.left, straight.bottom - straight.top)
    assert sides == pytest.approx(upright if quarters == 2 else upright[::-1], abs=0.2)
    shown = pdfium.PdfDocument(out.getvalue())[box.page - 1].get_size()
    assert 0 <= box.left < box.right <= shown[0]
    assert 0 <= box.top < box.bottom <= shown[1]


@pytest.mark.parametrize("line_at", [0.2, 0.3, 0.4])
def test_what_a_line_strikes_out_is_no_part_of_a_number(figures: dict[str, str], line_at: float) -> None:
    assert wrong(read(page_pdf(TITLE, sheets(figures), line_at=line_at)), figures) == {}


def test_what_is_underlined_is_read(figures: dict[str, str]) -> None:
    extraction = read(page_pdf(TITLE, sheets(figures), line_at=-0.1))
    longer = {place: f"{text}7" for place, text in figures.items() if text.isdecimal()}
    assert wrong(extraction, longer) == {}


def test_a_stamp_across_turns_no_page(figures: dict[str, str]) -> None:
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.drawString(50, 700, "2023 annual report " * 3)
    canvas.rotate(90)
    canvas.drawString(100, -500, "COPY")
    canvas.save()
    reason = read(out.getvalue()).reason or ""
    assert "neither a statutory table" in reason


@pytest.mark.parametrize("angle", [-45, -30, 20, 45])
@pytest.mark.parametrize("tiled", [False, True], ids=["once", "tiled"])
def test_a_watermark_across_the_page_is_no_part_of_it(
    figures: dict[str, str], angle: int, tiled: bool
) -> None:
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out)
    for x, y in [(80 + 120 * i, 60 + 90 * j) for i in range(4) for j in range(9)] if tiled else [(200, 400)]:
        canvas.saveState()
        canvas.translate(x, y)
        canvas.rotate(angle)
        canvas.setFont("Helvetica", 10 if tiled else 60)
        canvas.drawString(0, 0, "2023-12-31 No. 7")
        canvas.restoreState()
    canvas.save()
    document, mark = pdfium.PdfDocument(page_pdf(TITLE, sheets(figures))), pdfium.PdfDocument(out.getvalue())
    extraction = read(_with_mark(document, mark))
    assert wrong(extraction, figures) == {}
    assert extraction.title == TITLE


def _with_mark(document: pdfium.PdfDocument, mark: pdfium.PdfDocument) -> bytes:
    """Each page with the other file's page drawn over it."""
    source = pdfium.raw.FPDF_NewXObjectFromPage(document, mark, 0)
    for page in document:
        drawn = pdfium.raw.FPDF_NewFormObjectFromXObject(source)
        pdfium.raw.FPDFPage_InsertObject(page, drawn)
        page.gen_content()
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_a_file_that_only_its_owner_may_change_is_read(figures: dict[str, str]) -> None:
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, encrypt=StandardEncryption("", ownerPassword="owner", canPrint=0, canCopy=0))
    canvas.drawString(50, 700, "a text of more than twenty characters")
    canvas.save()
    assert read(out.getvalue()).outcome is Outcome.NOT_A_REPORT


def plain(value: object) -> object:
    if isinstance(value, PDFObjRef):
        return ("reference", value.objid)
    if isinstance(value, PDFStream):
        return ("stream", plain(value.attrs), value.get_data())
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list) else repr(value)


ODD = [
    b"<< /A (a\\)b\\(\\101) /B <48 65> /C [1 -2 +3 .5 -.5 4.] /D 5 0 R /E null /F true >>",
    b"[ /Name#20With /Plain << /Deep [ [ << >> ] ] >> ]",
    b"<< /Comment 1 % not this >>\n /Next (nested (brackets)) >>",
    b"<< /Broken [1 2 >>",
    b"12",
    b"(text)",
    b"<</Close<41>/Together[<42>-1<43>]/Empty<>/Name/>>",
    b"[ 12abc ]",
    b"12 % a comment at the end",
    b"<< /Length 9 0 R >>\nstream\nabcdefghijkl\nendstream",
    b"<< /Length 3 >>\r\nstream\r\nlonger than it says\r\nendstream",
    b"<< /Length 24 >>\nstream\nshorter than it says\nendstream",
    b"<< >>\nstream\nof no length\nendstream",
    b"<< /Length 5 /Word /stream >>\nstream\nabcde\nendstream",
    b"<< /Upstream 1 /Text (a\nstream\nin it) >>",
]


def test_objects_are_those_that_pdfminer_reads() -> None:
    report = next(r for r in REPORTS if r.edition == "2021")
    odd = pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            page_of(b""),
            stream(b"", b"BT ET"),
            *ODD,
        ]
    )
    for data in (render_pdf(report), odd):
        slow, quick = PDFDocument(PDFParser(io.BytesIO(data))), QuickDocument(data)
        numbers = {number for xref in slow.xrefs for number in xref.get_objids()}
        assert len(numbers) > 5
        for number in numbers:
            assert plain(quick.getobj(number)) == plain(slow.getobj(number)), number


@pytest.mark.parametrize("strokes", [1, 6], ids=["one broad stroke", "six strips"])
def test_a_ground_under_characters_strikes_nothing_out(
    figures: dict[str, str], monkeypatch: pytest.MonkeyPatch, strokes: int
) -> None:
    from reportlab.pdfgen.canvas import Canvas

    write = Canvas.drawString

    def on_yellow(canvas: Canvas, x: float, y: float, text: str) -> None:
        size = canvas._fontsize
        canvas.saveState()
        canvas.setStrokeColorRGB(1, 1, 0)
        canvas.setLineWidth(size / strokes)
        width = canvas.stringWidth(text, canvas._fontname, size)
        for number in range(strokes):
            middle = y - 0.2 * size + size * (number + 0.5) / strokes
            canvas.line(x, middle, x + width, middle)
        canvas.restoreState()
        write(canvas, x, y, text)

    monkeypatch.setattr(Canvas, "drawString", on_yellow)
    assert wrong(read(page_pdf(TITLE, sheets(figures))), figures) == {}


def test_more_lines_along_characters_than_any_table_has_are_too_much() -> None:
    glyph = Glyph("7", 10, 10, 16, 20)
    page = Page(1, 600, 800, [glyph] * 5000, [Rule(15, 0, 500)] * 2000)
    with pytest.raises(TooMuch, match="lines along characters"):
        take_struck_out(page)


@pytest.mark.parametrize(("millimetres", "left"), [(0.2, ""), (3.5, "7")], ids=["a line", "a ground"])
def test_a_line_of_an_ofd_strikes_out_and_a_ground_does_not(millimetres: float, left: str) -> None:
    """Through the middle of a character of 3.5 mm."""
    page = Page(1, 600, 800, [Glyph("7", 28.3, 28.3, 33.3, 38.3)])
    path = f'<PathObject Boundary="10 11.7 1.76 1" LineWidth="{millimetres}"><AbbreviatedData>'
    draw_content(
        page, etree.fromstring(f"<Content>{path}M 0 0 L 1.76 0</AbbreviatedData></PathObject></Content>")
    )
    take_struck_out(page)
    assert "".join(glyph.text for glyph in page.glyphs) == left


@pytest.mark.parametrize(
    ("across", "down", "left"),
    [
        (Rule(15, 10, 16), [], ""),
        (Rule(15, 10, 16), [Rule(10, 5, 25), Rule(16, 5, 25)], "7"),
        (Rule(15, 10, 60), [], "7"),
        (Rule(19, 10, 16), [], "7"),
    ],
    ids=["a strike", "between upright rules", "one that runs on", "an underline"],
)
def test_only_a_line_as_long_as_the_writing_and_free_strikes_out(
    across: Rule, down: list[Rule], left: str
) -> None:
    page = Page(1, 600, 800, [Glyph("7", 10, 10, 16, 20)], [across], down)
    take_struck_out(page)
    assert "".join(glyph.text for glyph in page.glyphs) == left


def _digits(text: str, left: float, advance: float, width: float, height: float = 10.0) -> list[Glyph]:
    return [Glyph(c, left + i * advance, 0, left + i * advance + width, height) for i, c in enumerate(text)]


@pytest.mark.parametrize("offset", [1.0, 2.0, 2.6, 3.5, 4.0, 7.0])
def test_a_number_printed_over_another_is_none(offset: float) -> None:
    (line,) = lines([*_digits("8780", 0, 5, 5), *_digits("1187", offset, 5, 5)])
    assert read_value(line.text).state is State.UNREADABLE


@pytest.mark.parametrize(
    ("advance", "width"),
    [(5, 5), (3.5, 3.5), (2.0, 2.0), (5, 10), (4.5, 10), (5, 3.5)],
    ids=["usual", "narrow", "squeezed", "widths not said", "the same, narrow", "with room"],
)
def test_digits_of_narrow_fonts_and_of_unknown_widths_are_read(advance: float, width: float) -> None:
    (line,) = lines(_digits("11870", 0, advance, width))
    assert line.text == "11870"


def test_a_number_printed_twice_for_bold_is_one() -> None:
    (line,) = lines([*_digits("1187", 0, 5, 5), *_digits("1187", 0.4, 5, 5)])
    assert line.text == "1187"
