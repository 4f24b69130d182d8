"""Scans: what is read, and above all what is not given out as certain."""

from __future__ import annotations

import builtins
import io
import json
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from printed_reports import by_place, disclosure_sheet, page_pdf, requests_sheet

from nianbao.replica.pdf import render_pdf
from nianbao.replica.reports import REPORTS, Report
from parsers.isolation import Readers
from parsers.locators import box_of
from parsers.read import read
from parsers.report import Certainty, Extraction, Outcome, State
from parsers.scans import extra

TITLE = "某县财政局2023年政府信息公开工作年度报告"


@pytest.fixture(scope="module", autouse=True)
def _ready() -> None:
    pytest.importorskip("rapidocr", reason="the extra `ocr` is not installed: no scan is read")
    pytest.importorskip("cv2")
    found = shutil.which("fc-list") and subprocess.run(["fc-list", ":lang=zh"], capture_output=True).stdout
    if not found:
        pytest.skip("no Chinese font is installed (Debian: fonts-noto-cjk): no page to scan can be drawn")


@pytest.fixture(scope="module")
def report(figures: dict[str, str]) -> Report:
    base = next(r for r in REPORTS if r.edition == "2021")
    return replace(base, facts={key: Decimal(value) for key, value in figures.items()})


def relied_on(extraction: Extraction) -> dict[str, Decimal | None]:
    """What is given out without a warning."""
    return {p: f.value for p, f in by_place(extraction).items() if f.certainty is not Certainty.UNCERTAIN}


def assert_no_wrong_number(extraction: Extraction, figures: Mapping[str, str], least: float = 0.99) -> None:
    said = relied_on(extraction)
    wrong = {p: (v, said[p]) for p, v in figures.items() if said.get(p) not in (None, Decimal(v))}
    assert wrong == {}
    right = sum(by_place(extraction)[p].value == Decimal(v) for p, v in figures.items())
    assert right >= least * len(figures)


def assert_stands_at(locator: str, wanted: str) -> None:
    """The same page and, askew as the scan may lie, nearly the same box."""
    one, other = box_of(locator), box_of(wanted)
    assert one is not None
    assert other is not None
    assert one.page == other.page
    for side in ("left", "top", "right", "bottom"):
        assert getattr(one, side) == pytest.approx(getattr(other, side), abs=8)


def test_a_scan_is_read_cell_by_cell(report: Report, figures: dict[str, str]) -> None:
    from benchmarks.scanner import Scanner

    extraction = read(Scanner(stamp=True, edges=True).pdf(render_pdf(report), seed=4))
    assert (extraction.outcome, extraction.year, extraction.edition) == (Outcome.REPORT, report.year, "2021")
    assert extraction.agency == report.agency
    assert_no_wrong_number(extraction, figures)
    total = by_place(extraction)["requests/received/total"]
    assert total.certainty is Certainty.SUPPORTED
    assert_stands_at(total.locator, by_place(read(render_pdf(report)))["requests/received/total"].locator)
    assert "sums 2 of 2 hold" in total.evidence


def test_pages_on_their_side_and_upside_down(report: Report, figures: dict[str, str]) -> None:
    from benchmarks.scanner import Scanner, bound

    pdf = render_pdf(report)
    turned = [Scanner(quarters=q).pages(pdf, seed=1)[page] for page, q in ((1, 1), (2, 2))]
    on_them = {p: v for p, v in figures.items() if not p.startswith("disclosure/")}
    assert_no_wrong_number(read(bound(turned, 200)), on_them)


def test_blanks_dashes_and_figures_are_told_apart_by_their_ink(figures: dict[str, str]) -> None:
    from benchmarks.scanner import Scanner

    said = {"natural_person": "", "business": "/", "research": "－", "welfare": "0"}
    bent = figures | {f"requests/received/{column}": text for column, text in said.items()}
    extraction = read(Scanner().pages(page_pdf(TITLE, [requests_sheet(bent)]), seed=3)[0])
    found = by_place(extraction)
    states = [found[f"requests/received/{column}"].state for column in said]
    assert states == [State.BLANK, State.DASH, State.DASH, State.VALUE]
    assert found["requests/received/business"].locator.startswith("image:p1:")


def test_what_a_seal_may_hide_is_not_blank() -> None:
    """A cell without ink is blank; one without ink but red is not known to be."""
    import numpy as np

    from parsers.layout.rulings import Box, Frame
    from parsers.scans.cells import read as read_cells
    from parsers.scans.recognition import Spot

    class Nothing:
        def find(self, grey: object) -> list[Spot]:
            return []

        def read(self, lines: object, *, figures: bool = False) -> list[object]:
            return []

    frame = Frame(1, (10.0, 60.0, 110.0), (10.0, 40.0), (Box(0, 0, 1, 1), Box(1, 0, 2, 1)), False, False)
    paper = np.full((200, 400), 240, dtype=np.uint8)
    seal = np.zeros_like(paper)
    seal[60:70, 200:260] = 255
    (piece,) = read_cells(paper, seal, [frame], Nothing()).pieces  # type: ignore[arg-type]
    assert [r[0].text for r in piece.readings] == ["", "\ufffd"]
    assert [r[0].confidence for r in piece.readings] == [1.0, 0.0]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("1991.", "1991"),
        ("·0", "0"),
        ("O", "0"),
        ("l2", "12"),
        ("2 14", "2 14"),
        ("7.5", "7.5"),
        (".5", ".5"),
        ("71件.", "71件"),
        (".增1", "增1"),
        ("O件", "0件"),
        ("59.237.68", "59,237.68"),
        ("7.730.8520", "7,730.8520"),
        ("1.260.000", "1.260.000"),
        ("77.946", "77.946"),
    ],
)
def test_specks_and_letters_beside_figures(said: str, meant: str) -> None:
    from parsers.scans.cells import figure

    assert figure(said) == meant


def test_what_stands_under_a_seal_is_seen() -> None:
    import numpy as np

    from parsers.scans.seal import without_seal

    page = np.full((60, 200, 3), 250, dtype=np.int16)
    page[10:50, 40:160] = (210, 40, 45)
    page[30:33, 10:190] = 20
    red, inked = page[:, :, 0], page[:, :, 0] - page[:, :, 1:].max(axis=2) > 40
    clean, seal = without_seal(page.max(axis=2), red, inked)
    assert (clean[31, 10:190] < 100).all()
    assert (np.delete(clean, slice(30, 33), axis=0) > 200).all()
    assert seal[20, 100]
    assert not seal[55, 100]


def test_a_stroke_of_writing_that_touches_a_rule_is_none() -> None:
    import numpy as np

    from parsers.scans.ruling import POINT, find

    def pixels(*points: float) -> list[int]:
        return [round(p * POINT) for p in points]

    page = np.full(pixels(120, 300), 250, dtype=np.uint8)
    for y in pixels(20, 60, 100):
        page[y : y + 2, slice(*pixels(20, 280))] = 0
    for x in pixels(20, 150, 280):
        page[slice(*pixels(20, 100)), x : x + 2] = 0
    page[slice(*pixels(46, 60)), slice(*pixels(80, 81))] = 0
    assert sorted(round(rule.position) for rule in find(page).down) == [20, 150, 280]


def test_writing_down_a_narrow_cell_is_laid_level() -> None:
    import numpy as np

    from parsers.scans.cells import _level
    from parsers.scans.recognition import Spot

    page = np.full((200, 60), 250, dtype=np.uint8)
    for top in (10, 50, 90):
        page[top : top + 26, 15:45] = 0
    page[60:64, 15:45] = 250  # a character of two strokes
    assert _level(page, Spot(12, 5, 48, 125)).shape == (30, 108)
    assert _level(page, Spot(12, 5, 48, 40)).shape == (35, 36)


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP"])
def test_image_files(kind: str, figures: dict[str, str]) -> None:
    from PIL import Image

    from benchmarks.scanner import Scanner

    pages = Scanner().pages(page_pdf(TITLE, [disclosure_sheet(figures)]), seed=8)
    images = [Image.open(io.BytesIO(page)) for page in pages]
    out = io.BytesIO()
    more: dict[str, Any] = {"save_all": True, "append_images": images[1:]} if kind == "TIFF" else {}
    images[0].save(out, kind, **more)
    extraction = read(out.getvalue())
    assert (extraction.outcome, extraction.year) == (Outcome.REPORT, 2023)
    place = "disclosure/normative_documents/in_force"
    assert by_place(extraction)[place].value == Decimal(figures[place])


def test_pictures_are_read_by_a_worker_of_their_own(figures: dict[str, str]) -> None:
    from benchmarks.scanner import Scanner

    scan = Scanner().pdf(page_pdf(TITLE, [disclosure_sheet(figures)]), seed=5)
    with Readers(workers=1) as readers:
        extraction = readers.read(scan)
        worker = readers._workers[0]
        assert worker._pictures is not None
        process = worker._pictures._process
        assert process is not None
        peak = Path(f"/proc/{process.pid}/status").read_text().split("VmHWM:")[1].split()[0]
    assert extraction.outcome is Outcome.REPORT
    assert int(peak) * 1024 < 10**9


def test_without_the_extra_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from benchmarks.scanner import Scanner

    original = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name.split(".")[0] == "rapidocr" or name == "parsers.scans.recognition":
            raise ImportError(name)
        return original(name, *rest, **more)

    scan = Scanner().pdf(page_pdf(TITLE, []), seed=1)
    extra._loaded.cache_clear()
    monkeypatch.setattr(builtins, "__import__", without)
    extraction = read(scan)
    monkeypatch.undo()
    assert extraction.outcome is Outcome.UNSUPPORTED
    assert "pip install -e '.[ocr]'" in (extraction.reason or "")


def test_a_blank_picture_is_no_report() -> None:
    from PIL import Image

    out = io.BytesIO()
    Image.new("L", (800, 1100), 255).save(out, "PNG")
    extraction = read(out.getvalue())
    assert (extraction.outcome, extraction.reason) == (Outcome.UNREADABLE, "a picture without text")


def test_an_image_of_too_many_pixels_is_given_up() -> None:
    import struct
    import zlib

    head = struct.pack(">IIBBBBB", 40_000, 40_000, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(5001) * 40_000, 9)
    chunks = [(b"IHDR", head), (b"IDAT", rows), (b"IEND", b"")]
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )
    assert read(png).outcome is Outcome.UNREADABLE


def test_real_scan(shared: Path) -> None:
    """The form's totals of 行政复议 and 复议后起诉 were published wrong: those ten cells stay uncertain."""
    expected = json.loads((shared / "samples/report-2023-hongze.facts.json").read_text("utf-8"))
    figures = {k: str(v) for k, v in expected["facts"].items()}
    extraction = read((shared / "samples/report-2023-hongze-scan.pdf").read_bytes())
    assert_no_wrong_number(extraction, figures, least=1.0)
    doubtful = {p for p, f in by_place(extraction).items() if f.certainty is Certainty.UNCERTAIN}
    groups = ("review/cases/reconsideration.", "review/cases/litigation_after_reconsideration.")
    assert doubtful == {p for p in figures if p.startswith(groups)}


def test_real_garbled_layer_is_refused(shared: Path) -> None:
    garbled = read((shared / "samples/garbled-text-layer.pdf").read_bytes())
    assert garbled.outcome is Outcome.UNREADABLE
    assert "garbled text layer" in (garbled.reason or "")
