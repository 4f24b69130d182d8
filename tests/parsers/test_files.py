"""Files that are no readable report, and what is said of them; the real samples."""

from __future__ import annotations

import json
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from printed_reports import by_place, page_html, page_of, page_pdf, pdf_of, sheets, stream, wrong

from parsers.formats.pdf_page import MOST_FORMS
from parsers.read import read
from parsers.report import Outcome
from parsers.sections import is_within


@pytest.mark.parametrize("start", [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x1f\x8b\x08"])
def test_unsupported_by_content(start: bytes) -> None:
    extraction = read(start + b"\x00" * 50, "application/pdf")
    assert extraction.outcome is Outcome.UNSUPPORTED
    assert extraction.reason


def test_encrypted_pdf() -> None:
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    out = BytesIO()
    canvas = Canvas(out, encrypt=StandardEncryption("secret", ownerPassword="owner"))
    canvas.drawString(100, 100, "text")
    canvas.save()
    assert read(out.getvalue()).outcome is Outcome.ENCRYPTED


def test_pdf_without_text() -> None:
    from reportlab.pdfgen.canvas import Canvas

    out = BytesIO()
    canvas = Canvas(out)
    canvas.rect(10, 10, 100, 100)
    canvas.save()
    extraction = read(out.getvalue())
    assert (extraction.outcome, extraction.reason) == (Outcome.UNREADABLE, "no text layer")


def test_broken_pdf() -> None:
    assert read(b"%PDF-1.4\n1 0 obj <<").outcome is Outcome.UNREADABLE


def test_forms_that_fan_out_are_given_up() -> None:
    """Each form calls the next one twice: two to the 25th calls, and no cycle."""
    levels = 25
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page_of(b"/XObject << /F 5 0 R >>"),
        stream(b"", b"/F Do"),
    ]
    for level in range(levels):
        head = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9]"
        if level + 1 < levels:
            head += b" /Resources << /XObject << /F %d 0 R >> >>" % (6 + level)
        objects.append(stream(head, b"/F Do /F Do"))
    extraction = read(pdf_of(objects))
    assert extraction.outcome is Outcome.UNREADABLE
    assert str(MOST_FORMS) in (extraction.reason or "")


def test_stream_that_inflates_without_end_is_given_up() -> None:
    bomb = zlib.compress(zlib.compress(b"0 " * 200_000_000, 9), 9)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page_of(b""),
        stream(b"/Filter [/FlateDecode /FlateDecode]", bomb),
    ]
    extraction = read(pdf_of(objects))
    assert extraction.outcome is Outcome.UNREADABLE
    assert "inflates" in (extraction.reason or "")


@pytest.mark.parametrize("container", ["TRS_Editor", "TRS_UEDITOR", "view", "whatever", "v_news_content"])
def test_containers(figures: dict[str, str], container: str) -> None:
    extraction = read(
        page_html("某县财政局2023年政府信息公开工作年度报告", sheets(figures), container=container).encode()
    )
    assert wrong(extraction, figures) == {}
    assert not any("版权所有" in s.text for s in extraction.sections) or container == "whatever"


def test_reading_is_a_function_of_the_bytes(figures: dict[str, str]) -> None:
    data = page_pdf("某县财政局2023年政府信息公开工作年度报告", sheets(figures))
    assert read(data) == read(data, "application/pdf")


def test_real_report(shared: Path) -> None:
    expected = json.loads((shared / "samples/report-2023-hongze.facts.json").read_text("utf-8"))
    extraction = read((shared / "samples/report-2023-hongze.pdf").read_bytes())
    assert wrong(extraction, {k: str(v) for k, v in expected["facts"].items()}) == {}
    assert len(extraction.facts) == 186
    assert (extraction.agency, extraction.year, extraction.edition) == ("淮安市洪泽区人民政府", 2023, "2021")
    assert extraction.divisions == ("320813",)
    failed = {c.scope for c in extraction.checks if c.passed is False}
    assert failed == {"review/cases/reconsideration.*", "review/cases/litigation_after_reconsideration.*"}
    assert all(c.passed for c in extraction.checks if c.rule.startswith("requests."))
    headings = [s.heading for s in extraction.sections if s.heading]
    assert [h[0] for h in headings if not is_within(h)] == list("一二三四五六")
    assert [h[:3] for h in headings if is_within(h)] == [f"（{n}）" for n in "一二三四五"]


def test_real_pages_are_no_reports(shared: Path) -> None:
    for path in (shared / "samples").glob("*.html"):
        assert read(path.read_bytes()).outcome is Outcome.NOT_A_REPORT, path.name


def test_seed_reports(shared: Path) -> None:
    """The seeds' prose and figures, put into pages and PDFs as their offices would publish them."""
    paths = sorted((shared / "seeds").glob("*.facts.json"))
    assert paths
    for path in paths:
        seed = json.loads(path.read_text("utf-8"))
        figures = {k: str(v) for k, v in seed["facts"].items()}
        title = f"{seed['agency']} {seed['year']} 年政府信息公开工作年度报告"
        for data in (page_html(title, sheets(figures)).encode(), page_pdf(title, sheets(figures))):
            extraction = read(data)
            assert wrong(extraction, figures) == {}, path.name
            assert (extraction.agency, extraction.year) == (seed["agency"], seed["year"])
            assert len(by_place(extraction)) == 200
