"""`nianbao show --where`: from a figure to its place in the archived file."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest
from PIL import Image

from nianbao.replica import REPORTS, render_html, render_pdf
from parsers.locators import box_of
from tests.whole.conftest import nianbao

REPORT = next(r for r in REPORTS if r.edition == "2021")
PLACE = "requests/received/natural_person"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    path = tmp_path / "home"
    nianbao(path, "init", "--contact", "https://example.org/crawler")
    return path


def test_of_a_pdf_the_page_is_drawn_with_the_cell_outlined(home: Path, tmp_path: Path) -> None:
    data = render_pdf(REPORT)
    (tmp_path / "report.pdf").write_bytes(data)
    nianbao(home, "import", str(tmp_path / "report.pdf"))
    picture = tmp_path / "spot.png"
    shown = nianbao(home, "show", "1", "--where", PLACE, "--out", str(picture), "--json")
    fact = json.loads(shown.stdout)
    assert (fact["value"], fact["certainty"]) == (REPORT.figure(PLACE), "certain")
    box = box_of(fact["locator"])
    assert box is not None
    page = pdfium.PdfDocument(data)[box.page - 1]
    height = page.get_height()
    text = page.get_textpage().get_text_bounded(box.left, height - box.bottom, box.right, height - box.top)
    assert text.strip() == str(REPORT.figure(PLACE))
    colours = np.asarray(Image.open(picture).convert("RGB"), dtype=int)
    outline = (colours[:, :, 0] > 180) & (colours[:, :, 1] < 80)
    columns = np.flatnonzero(outline.any(axis=0)) * page.get_width() / colours.shape[1]
    assert columns.min() == pytest.approx(box.left, abs=2)
    assert columns.max() == pytest.approx(box.right, abs=2)


def test_of_a_web_page_the_path_and_the_text_are_told(home: Path, tmp_path: Path) -> None:
    page = f"<html><head><title>{REPORT.title}</title></head><body>{render_html(REPORT)}</body></html>"
    (tmp_path / "report.html").write_text(page, encoding="utf-8")
    nianbao(home, "import", str(tmp_path / "report.html"))
    lines = nianbao(home, "show", "1", "--where", PLACE).stdout
    assert "html:/html[1]/body[1]/" in lines
    assert f"raw        {REPORT.figure(PLACE)}\n" in lines
    refused = nianbao(home, "show", "1", "--where", PLACE, "--out", str(tmp_path / "no.png"), code=2)
    assert "no place on a page" in refused.stderr


@pytest.mark.parametrize(
    ("where", "said"), [("received/total", "TABLE/ROW/COLUMN"), ("a/b/c", "no cell a/b/c")]
)
def test_a_cell_that_is_not_there(home: Path, tmp_path: Path, where: str, said: str) -> None:
    (tmp_path / "report.pdf").write_bytes(render_pdf(REPORT))
    nianbao(home, "import", str(tmp_path / "report.pdf"))
    assert said in nianbao(home, "show", "1", "--where", where, code=2).stderr
