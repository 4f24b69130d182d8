"""ZIP, RAR and 7z: of the files in one the report; what asks for too much, or is locked, is told."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Sequence
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile
from zlib import crc32

import py7zr
import pytest
import rarfile
from printed_docx import docx, report
from printed_reports import by_place, page_html, sheets, wrong
from printed_xlsx import workbook

from parsers.containers import DEEPEST, likely
from parsers.document import Document
from parsers.formats import images
from parsers.programs import UNAR
from parsers.read import read
from parsers.report import Outcome
from parsers.sniff import RAR, SEVEN_ZIP, ZIP

TITLE = "中卫市民政局2023年政府信息公开工作年度报告"


def zipped(files: dict[str, bytes], encoding: str = "utf-8") -> bytes:
    """A ZIP; other encodings than UTF-8 leave names as Windows in China writes them, without saying so."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as container:
        for name, data in files.items():
            entry = zipfile.ZipInfo("x" * len(name.encode(encoding)) if encoding != "utf-8" else name)
            entry.compress_type = ZIP_DEFLATED
            container.writestr(entry, data)
    data = out.getvalue()
    for name in files if encoding != "utf-8" else ():
        raw = name.encode(encoding)
        data = data.replace(b"x" * len(raw), raw)
    return data


def stored_rar(files: dict[str, bytes]) -> bytes:
    """A RAR of version 3 whose files are not packed, their names in GBK."""

    def block(kind: int, flags: int, rest: bytes) -> bytes:
        head = struct.pack("<BHH", kind, flags, 7 + len(rest)) + rest
        return struct.pack("<H", crc32(head) & 0xFFFF) + head

    parts = [b"Rar!\x1a\x07\x00", block(0x73, 0, bytes(6))]
    for name, data in files.items():
        raw = name.encode("gbk")
        size = len(data)
        rest = struct.pack("<IIBIIBBHI", size, size, 2, crc32(data), 0, 20, 0x30, len(raw), 0x20) + raw
        parts += [block(0x74, 0x8000, rest), data]
    return b"".join([*parts, block(0x7B, 0x4000, b"")])


def test_the_report_among_other_files(figures: dict[str, str]) -> None:
    data = zipped(
        {
            "说明.txt": "说明".encode(),
            "附件1.xlsx": workbook({"一": sheets(figures)[0]}),
            "民政局年报.docx": docx(report(TITLE, sheets(figures))),
            "通知.html": page_html("关于做好年报编制工作的通知", []).encode(),
        }
    )
    extraction = read(data)
    assert (extraction.outcome, extraction.media_type, extraction.title) == (Outcome.REPORT, ZIP, TITLE)
    assert wrong(extraction, figures) == {}
    assert (extraction.reason or "").startswith("read from 民政局年报.docx")
    locator = by_place(extraction)["disclosure/regulations/issued"].locator
    assert locator == "民政局年报.docx!docx:/body/tbl[1]/tr[3]/tc[2]"


def test_names_in_gbk(figures: dict[str, str]) -> None:
    extraction = read(zipped({"民政局年度报告.docx": docx(report(TITLE, sheets(figures)))}, "gbk"))
    assert (extraction.reason or "").startswith("read from 民政局年度报告.docx")


def test_seven_zip(figures: dict[str, str]) -> None:
    out = BytesIO()
    with py7zr.SevenZipFile(out, "w") as archive:
        archive.writestr(docx(report(TITLE, sheets(figures))), "年报/报告.docx")
        archive.writestr(b"x", "readme.txt")
    extraction = read(out.getvalue())
    assert (extraction.outcome, extraction.media_type) == (Outcome.REPORT, SEVEN_ZIP)
    assert wrong(extraction, figures) == {}


def test_a_locked_seven_zip_is_told() -> None:
    out = BytesIO()
    with py7zr.SevenZipFile(out, "w", password="secret") as archive:
        archive.writestr(b"x" * 100, "a.docx")
    assert read(out.getvalue()).outcome is Outcome.ENCRYPTED


def test_rar_stored_without_packing_needs_no_program(
    figures: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    extraction = read(stored_rar({"某局年报.docx": docx(report(TITLE, sheets(figures)))}))
    assert (extraction.outcome, extraction.media_type) == (Outcome.REPORT, RAR)
    assert wrong(extraction, figures) == {}
    assert (extraction.reason or "").startswith("read from 某局年报.docx")


def test_packed_rar_says_what_to_install_where_nothing_unpacks_it(
    figures: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(*_: object) -> None:
        raise rarfile.RarCannotExec("no program")

    monkeypatch.setattr(rarfile.RarFile, "open", nothing)
    extraction = read(stored_rar({"某局年报.docx": docx(report(TITLE, sheets(figures)))}))
    assert extraction.outcome is Outcome.UNSUPPORTED
    assert UNAR.install in (extraction.reason or "")


def test_a_locked_zip_is_told() -> None:
    data = bytearray(zipped({"年报.docx": b"x" * 100}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    extraction = read(bytes(data))
    assert extraction.outcome is Outcome.ENCRYPTED
    assert "年报.docx needs a password" in (extraction.reason or "")


def test_containers_in_one_another(figures: dict[str, str]) -> None:
    data = docx(report(TITLE, sheets(figures)))
    for _ in range(DEEPEST):
        data = zipped({"in.zip": data})
    assert read(data).outcome is Outcome.REPORT
    deeper = read(zipped({"in.zip": data}))
    assert deeper.outcome is Outcome.UNREADABLE
    assert f"more than {DEEPEST} deep" in (deeper.reason or "")


def test_a_container_without_a_report_says_what_was_in_it() -> None:
    extraction = read(zipped({"a.txt": b"words", "b.docx": docx("")}))
    assert extraction.outcome is Outcome.NOT_A_REPORT
    assert "none of 2 files" in (extraction.reason or "")
    assert "b.docx: neither a statutory table" in (extraction.reason or "")


@pytest.mark.parametrize("files", [{}, {"a.exe": b"MZ"}])
def test_a_container_without_a_file_to_read(files: dict[str, bytes]) -> None:
    extraction = read(zipped(files))
    assert (extraction.outcome, extraction.reason) == (Outcome.UNREADABLE, "no file in the container")


def test_a_bomb_is_given_up() -> None:
    extraction = read(zipped({"年报.docx": b"\x00" * 400_000_000}))
    assert extraction.outcome is Outcome.UNREADABLE
    assert "inflates to more than" in (extraction.reason or "")


def test_pictures_are_the_pages_of_one_document_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes] = []

    def read_all(files: Sequence[bytes]) -> Document:
        seen.extend(files)
        return Document("image/png", ())

    monkeypatch.setattr(images, "read_all", read_all)
    magic = b"\x89PNG\r\n\x1a\n"
    read(zipped({f"年报/{n}.png": magic + str(n).encode() for n in (10, 2, 1)}))
    assert [data.removeprefix(magic) for data in seen] == [b"1", b"2", b"10"]


def test_pictures_beside_a_report_are_left_alone(
    figures: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(images, "read_all")
    picture = b"\x89PNG\r\n\x1a\n"
    data = zipped({"年报封面.png": picture, "报告.docx": docx(report(TITLE, sheets(figures)))})
    assert read(data).outcome is Outcome.REPORT


def test_the_likelier_names_come_first_and_junk_is_left_out() -> None:
    names = [
        "a.txt",
        "__MACOSX/._年报.docx",
        "~$年报.docx",
        "setup.exe",
        "2023年政府信息公开年报.docx",
        ".DS_Store",
    ]
    assert likely(names) == ["2023年政府信息公开年报.docx", "a.txt"]
