"""OFD: tables cell for cell with the machinery of PDF, whatever way a writer puts text and lines."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from printed_reports import by_place, page_pdf, sheets, wrong

from benchmarks.eval.transcribed import transcribed
from parsers.document import Document, Paragraph
from parsers.formats import images
from parsers.formats.ofd import read as read_ofd
from parsers.formats.ofd_page import steps, subpaths
from parsers.outcomes import EncryptedFile
from parsers.read import read
from parsers.report import Outcome
from parsers.sniff import OFD

TITLE = "中卫市民政局2023年政府信息公开工作年度报告"
SPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'


@pytest.mark.parametrize("style", range(4))
def test_cell_for_cell(figures: dict[str, str], style: int) -> None:
    extraction = read(transcribed(page_pdf(TITLE, sheets(figures)), style))
    assert (extraction.outcome, extraction.media_type) == (Outcome.REPORT, OFD)
    assert (extraction.title, extraction.year) == (TITLE, 2023)
    assert wrong(extraction, figures) == {}


@pytest.mark.parametrize("row", [4, 11, 20])
def test_a_table_cut_by_the_page(figures: dict[str, str], row: int) -> None:
    assert wrong(read(transcribed(page_pdf(TITLE, sheets(figures), {1: row}))), figures) == {}


def test_the_locator_is_a_page_and_a_box(figures: dict[str, str]) -> None:
    pdf = page_pdf(TITLE, sheets(figures))
    of_pdf, of_ofd = by_place(read(pdf)), by_place(read(transcribed(pdf)))
    place = "requests/received/natural_person"
    assert of_pdf[place].locator.startswith("pdf:p")
    assert of_ofd[place].locator.startswith("ofd:p")
    assert of_ofd[place].locator.partition(":")[2] == of_pdf[place].locator.partition(":")[2]


def test_a_template_draws_on_each_page_that_names_it() -> None:
    own = f"<ofd:Content><ofd:Layer>{_line(50, '页上的一行文字')}</ofd:Layer></ofd:Content>"
    data = ofd(
        {
            "Doc_0/Tpls/T.xml": _content(_line(10, "各页都有的一行抬头文字在此")),
            "Doc_0/Pages/P1.xml": f"<ofd:Page {SPACE}><ofd:Template TemplateID='7'/>{own}</ofd:Page>",
        },
        '<ofd:TemplatePage ID="7" BaseLoc="Tpls/T.xml"/>',
        ["/Doc_0/Pages/P1.xml"],
    )
    assert "".join(p.text for p in read_ofd(data).paragraphs()) == "各页都有的一行抬头文字在此页上的一行文字"


def _line(top: float, text: str) -> str:
    code = f'<ofd:TextCode X="0" Y="4">{text}</ofd:TextCode>'
    return f'<ofd:TextObject Boundary="20 {top} 100 5" Size="4">{code}</ofd:TextObject>'


def _content(inner: str) -> str:
    return f"<ofd:Page {SPACE}><ofd:Content><ofd:Layer>{inner}</ofd:Layer></ofd:Content></ofd:Page>"


def ofd(parts: dict[str, str], common: str, pages: list[str]) -> bytes:
    listed = "".join(f'<ofd:Page ID="{n}" BaseLoc="{path}"/>' for n, path in enumerate(pages))
    files = {
        "OFD.xml": f"<ofd:OFD {SPACE}><ofd:DocBody><ofd:DocRoot>/Doc_0/Document.xml</ofd:DocRoot>"
        "</ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {SPACE}><ofd:CommonData>{common}</ofd:CommonData>"
        f"<ofd:Pages>{listed}</ofd:Pages></ofd:Document>",
        **parts,
    }
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as container:
        for name, text in files.items():
            container.writestr(name, text.encode("latin-1" if name.endswith(".png") else "utf-8"))
    return out.getvalue()


def test_pages_of_pictures_are_read_as_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes] = []

    def read_all(files: Sequence[bytes]) -> Document:
        seen.extend(files)
        return Document("image/png", (Paragraph("字", "image:p1:0,0,1,1"),))

    monkeypatch.setattr(images, "read_all", read_all)
    magic = b"\x89PNG\r\n\x1a\n"
    image = '<ofd:ImageObject ID="5" ResourceID="{}" Boundary="0 0 210 297"/>'
    media = "".join(
        f'<ofd:MultiMedia ID="{n}" Type="Image"><ofd:MediaFile>{n}.png</ofd:MediaFile></ofd:MultiMedia>'
        for n in (8, 9)
    )
    document = read_ofd(
        ofd(
            {
                "Doc_0/Res.xml": f'<ofd:Res {SPACE} BaseLoc="Res"><ofd:MultiMedias>{media}'
                "</ofd:MultiMedias></ofd:Res>",
                "Doc_0/Res/8.png": (magic + b"8").decode("latin-1"),
                "Doc_0/Res/9.png": (magic + b"9").decode("latin-1"),
                "Doc_0/P1.xml": _content(image.format(9)),
                "Doc_0/P2.xml": _content(image.format(8)),
            },
            "<ofd:DocumentRes>Res.xml</ofd:DocumentRes>",
            ["P1.xml", "P2.xml"],
        )
    )
    assert [data.removeprefix(magic) for data in seen] == [b"9", b"8"]
    assert (document.media_type, document.blocks[0].locator) == (OFD, "image:p1:0,0,1,1")


def test_pages_without_text_are_told() -> None:
    extraction = read(ofd({"Doc_0/P.xml": _content("")}, "", ["P.xml"]))
    assert (extraction.outcome, extraction.reason) == (Outcome.UNREADABLE, "no text in the pages")


def test_a_page_that_is_not_there_is_told() -> None:
    extraction = read(ofd({}, "", ["../../../etc/passwd"]))
    assert extraction.outcome is Outcome.UNREADABLE
    assert "the container has no etc/passwd" in (extraction.reason or "")


def test_an_encrypted_file_is_told() -> None:
    with pytest.raises(EncryptedFile):
        read_ofd(ofd({"Encryptions.xml": "<a/>"}, "", []))


def test_a_document_type_is_refused() -> None:
    extraction = read(ofd({"Doc_0/Document.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}, "", []))
    assert "document type declaration" in (extraction.reason or "")


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("1 2 3", [1, 2, 3]),
        ("g 3 4.2 1", [4.2, 4.2, 4.2, 1]),
        ("g 999999999 1", [1] * 5),
        ("g x y 2", [2]),
        ("", []),
    ],
)
def test_steps_between_characters(written: str, found: list[float]) -> None:
    assert steps(written, 5) == found


def test_paths_are_their_corners() -> None:
    assert subpaths("M 0 0 L 10 0 L10 5 C M 1 1 B 1 2 3 4 5 6") == [
        [(0, 0), (10, 0), (10, 5), (0, 0)],
        [(1, 1), (5, 6)],
    ]
    assert subpaths("L 1") == []
