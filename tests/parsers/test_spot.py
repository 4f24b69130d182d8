"""Drawing a figure's place, in a file by itself and in a container."""

from __future__ import annotations

import io
import zipfile

import pytest
from PIL import Image
from printed_reports import by_place, disclosure_sheet, page_pdf

from parsers.isolation import NotDrawn, Readers
from parsers.read import read

TITLE = "某县财政局2023年政府信息公开工作年度报告"
PLACE = "disclosure/regulations/issued"


def red(picture: bytes) -> int:
    """How many pixels of the outline's colour there are."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    return sum(count for count, (r, g, b) in image.getcolors(1 << 24) or () if r > 180 and g < 80 and b < 80)


def test_in_a_container_the_file_is_found(figures: dict[str, str]) -> None:
    pdf = page_pdf(TITLE, [disclosure_sheet(figures)])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("说明.txt", "说明")
        packed.writestr("年报/年度报告.pdf", pdf)
    locator = by_place(read(out.getvalue()))[PLACE].locator
    assert locator.startswith("年报/年度报告.pdf!pdf:p1:")
    with Readers(workers=1) as readers:
        packed_spot = readers.draw(out.getvalue(), locator)
        plain_spot = readers.draw(pdf, locator.split("!")[1])
    assert packed_spot == plain_spot
    assert red(plain_spot) > 100


@pytest.mark.parametrize("locator", ["pdf:p9:1,1,2,2", "pdf:p1:1,9000,2,9001", "html:/html[1]/body[1]"])
def test_a_place_that_is_not_there_is_told(figures: dict[str, str], locator: str) -> None:
    with Readers(workers=1) as readers, pytest.raises(NotDrawn):
        readers.draw(page_pdf(TITLE, [disclosure_sheet(figures)]), locator)


def test_a_file_that_is_none_costs_no_more_than_its_picture() -> None:
    with Readers(workers=1) as readers:
        with pytest.raises(NotDrawn):
            readers.draw(b"%PDF-1.4 nothing", "pdf:p1:1,1,2,2")
        assert readers.read(b"<html><p>text</p></html>").media_type == "text/html"
