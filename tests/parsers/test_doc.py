"""DOC of Word 97: tables cell for cell, and what stands between the marks; broken files are told as such."""

from __future__ import annotations

from pathlib import Path

import pytest
from printed_reports import HEADINGS, by_place, wrong

from parsers.document import Grid
from parsers.formats.doc import read as read_doc
from parsers.formats.doc_rows import row_cells
from parsers.formats.doc_sprms import sprms
from parsers.formats.word_lists import Form, write
from parsers.read import read
from parsers.report import Outcome
from parsers.sniff import DOC

FILES = Path(__file__).with_name("files")
REPORT, MARKS = (FILES / "report.doc").read_bytes(), (FILES / "marks.doc").read_bytes()


def test_cell_for_cell(figures: dict[str, str]) -> None:
    extraction = read(REPORT)
    assert (extraction.outcome, extraction.media_type, extraction.edition) == (Outcome.REPORT, DOC, "2021")
    assert (extraction.agency, extraction.year) == ("中卫市民政局", 2023)
    assert wrong(extraction, figures) == {}
    assert [s.heading for s in extraction.sections if s.heading] == HEADINGS


def test_locators_are_paths_of_cells() -> None:
    facts = by_place(read(REPORT))
    assert facts["disclosure/regulations/issued"].locator == "doc:/tbl[1]/tr[3]/tc[2]"


def test_what_stands_between_the_marks() -> None:
    """Counted numbers, a deletion, hidden text, a field's code, a text box, tables in tables."""
    shown = [
        [(c.row, c.column, c.rowspan, c.colspan, c.text) for c in block.cells]
        if isinstance(block, Grid)
        else block.text
        for block in read_doc(MARKS).blocks
    ]
    assert shown == [
        "一、总体情况", "（一）主动公开", "（二）依申请", "收到申请21件", "链接文字", "框前", "框中字",
        [(0, 0, 1, 1, "二、甲"), (0, 1, 1, 1, "1"), (1, 0, 2, 1, "纵"), (1, 1, 1, 1, "2"), (2, 1, 1, 1, "3"),
         (3, 0, 1, 2, "横")],
        "隔", "外一", [(0, 0, 1, 1, "子"), (0, 1, 1, 1, "5"), (1, 0, 1, 1, "丑"), (1, 1, 1, 1, "6")], "表后",
        "隔", [(0, 0, 1, 1, "外二"), (0, 1, 1, 1, "寅 7 尾")], "末",
    ]  # fmt: skip


def test_what_is_struck_out_is_no_part_of_the_number_beside_it() -> None:
    assert [p.text for p in read_doc((FILES / "struck.doc").read_bytes()).paragraphs()] == ["收到申请12件"]


def test_a_raised_digit_is_no_part_of_the_number_before_it() -> None:
    assert [p.text for p in read_doc((FILES / "raised.doc").read_bytes()).paragraphs()] == ["收到申请12¹件"]


def _word_document(data: bytes) -> int:
    """Where the stream of the text starts, by its identifier."""
    return data.index(b"\xec\xa5")


def test_a_password_is_an_outcome() -> None:
    at = _word_document(REPORT) + 11
    locked = REPORT[:at] + bytes([REPORT[at] | 1]) + REPORT[at + 1 :]
    assert read(locked).outcome is Outcome.ENCRYPTED


def test_a_file_of_word_95_is_told_as_such() -> None:
    at = _word_document(REPORT)
    old = REPORT[:at] + b"\xdc\xa5\x68\x00" + REPORT[at + 4 :]
    extraction = read(old)
    assert extraction.outcome is not Outcome.REPORT
    assert "Word 95 or older" in (extraction.reason or "")


@pytest.mark.parametrize("size", [8, 600, 1500, 20_000, len(REPORT) - 1000])
def test_a_file_that_is_cut_off_is_an_outcome(size: int) -> None:
    assert read(REPORT[:size]).outcome in (Outcome.UNREADABLE, Outcome.UNSUPPORTED, Outcome.NOT_A_REPORT)


def test_a_row_changed_after_it_was_defined() -> None:
    """Three cells of 100, 200 and 300 twips: the first goes, one of 50 comes before the last, two merge."""
    definition = b"\x08\xd6" + (9 + 1).to_bytes(2, "little") + b"\x03" + b"".join(
        edge.to_bytes(2, "little") for edge in (0, 100, 300, 600)
    )  # fmt: skip
    delete = b"\x22\x56\x00\x01"
    insert = b"\x21\x76\x01\x01" + (50).to_bytes(2, "little")
    merge = b"\x24\x56\x00\x02"
    cells = row_cells(sprms(definition + delete + insert + merge))
    shape = [(c.left, c.right, c.joined) for c in cells]
    assert shape == [(0, 200, False), (200, 250, True), (250, 550, False)]


@pytest.mark.parametrize(
    ("number", "form", "written"),
    [
        (1, Form.CHINESE, "一"), (10, Form.CHINESE, "十"), (21, Form.CHINESE, "二十一"),
        (90, Form.CHINESE, "九十"),
        (3, Form.CIRCLE, "③"), (2, Form.BRACKETS, "⑵"), (4, Form.CHINESE_BRACKETS, "㈣"),
        (5, Form.FULL_STOP, "⒌"),
        (27, Form.LOWER_LETTER, "27"), (3, Form.UPPER_LETTER, "C"), (14, Form.LOWER_ROMAN, "xiv"),
    ],
)  # fmt: skip
def test_how_numbers_are_written(number: int, form: Form, written: str) -> None:
    assert write(number, form) == written
