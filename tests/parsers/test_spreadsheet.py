"""XLSX and XLS: tables cell for cell, merged cells, numbers as shown, what is hidden or hostile."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from printed_reports import HEADINGS, Sheet, by_place, sheets, wrong
from printed_xlsx import below, report, workbook

from parsers.document import Document, Grid, Paragraph
from parsers.formats import spreadsheet
from parsers.formats.number_formats import shown
from parsers.formats.spreadsheet import read_xls, read_xlsx
from parsers.read import read
from parsers.report import Outcome
from parsers.sniff import XLS, XLSX

TITLE = "中卫市民政局2023年政府信息公开工作年度报告"
FILES = Path(__file__).with_name("files")


@pytest.mark.parametrize("blank", [False, True], ids=["close together", "blank rows between"])
def test_one_sheet_cell_for_cell(figures: dict[str, str], blank: bool) -> None:
    extraction = read(workbook({"年报": report(TITLE, sheets(figures), blank)}))
    assert (extraction.outcome, extraction.media_type) == (Outcome.REPORT, XLSX)
    assert (extraction.title, extraction.year, extraction.edition) == (TITLE, 2023, "2021")
    assert wrong(extraction, figures) == {}
    assert [s.heading for s in extraction.sections if s.heading] == HEADINGS


def test_a_sheet_a_table(figures: dict[str, str]) -> None:
    first, *rest = sheets(figures)
    extraction = read(workbook({"封面": _titled(TITLE), "表二": first, "表三": rest[0], "表四": rest[1]}))
    assert wrong(extraction, figures) == {}


@pytest.mark.parametrize(
    "names", [("2022", "2023"), ("2023", "2022")], ids=["last year's first", "this year's"]
)
def test_the_newest_of_several_years_reports_is_read(figures: dict[str, str], names: tuple[str, str]) -> None:
    printed = {
        "2022": report(TITLE.replace("2023", "2022"), sheets(dict.fromkeys(figures, "7"))),
        "2023": report(TITLE, sheets(figures)),
    }
    extraction = read(workbook({"说明": _titled("本表共两张"), **{name: printed[name] for name in names}}))
    assert (extraction.title, extraction.year) == (TITLE, 2023)
    assert wrong(extraction, figures) == {}


@pytest.mark.parametrize("first", [True, False], ids=["first", "last"])
def test_a_template_for_the_next_year_is_not_the_newest_report(figures: dict[str, str], first: bool) -> None:
    this = {"2023": report(TITLE, sheets(figures))}
    template = {"2024": report(TITLE.replace("2023", "2024"), sheets(dict.fromkeys(figures, "")))}
    extraction = read(workbook(template | this if first else this | template))
    assert extraction.year == 2023
    assert wrong(extraction, figures) == {}


def test_a_slip_in_the_title_of_one_sheet_makes_it_no_newer_report(figures: dict[str, str]) -> None:
    titled = {
        f"表{n}": below([TITLE.replace("2023", "2024") if n == 1 else TITLE, sheet], sheet.width, False)
        for n, sheet in enumerate(sheets(figures))
    }
    extraction = read(workbook(titled))
    assert extraction.year == 2023


def test_sheets_without_a_title_go_with_the_one_before_them(figures: dict[str, str]) -> None:
    last, this = sheets(dict.fromkeys(figures, "7")), sheets(figures)
    parts = {"封面22": _titled(TITLE.replace("2023", "2022"))} | {f"22{n}": s for n, s in enumerate(last)}
    parts |= {"封面23": _titled(TITLE)} | {f"23{n}": s for n, s in enumerate(this)}
    extraction = read(workbook(parts))
    assert (extraction.title, extraction.year) == (TITLE, 2023)
    assert wrong(extraction, figures) == {}


def _titled(title: str) -> Sheet:
    sheet = Sheet()
    sheet.put(0, 0, title)
    return sheet


def test_the_locator_names_sheet_and_cell(figures: dict[str, str]) -> None:
    extraction = read(workbook({"表二": sheets(figures)[0], "表三": sheets(figures)[1]}))
    fact = by_place(extraction)["disclosure/regulations/issued"]
    assert fact.locator == "xlsx:表二!B3"


def test_numbers_stand_as_shown() -> None:
    sheet = Sheet()
    for column, text in enumerate(["甲", "12.0", "0.1", "59237.2449", "1e21", "0.30000000000000004"]):
        sheet.put(0, column, text)
    grid = next(read_xlsx(workbook({"一": sheet})).grids())
    assert [c.text for c in grid.cells] == ["甲", "12", "0.1", "59237.2449", "1000000000000000000000", "0.3"]


def test_a_row_that_is_not_filled_in_stays_in_its_table() -> None:
    sheet = Sheet()
    for row, texts in enumerate(
        [("项", "数", "数"), ("甲", "1", "2"), ("乙", "", ""), ("丙", "3", "4"), ("丁", "", "")]
    ):
        for column, text in enumerate(texts):
            sheet.put(row, column, text)
    blocks = read_xlsx(workbook({"一": sheet})).blocks
    assert [type(b) for b in blocks] == [Grid]
    assert [(c.row, c.column, c.text) for c in blocks[0].cells if c.row == 2] == [
        (2, 0, "乙"),
        (2, 1, ""),
        (2, 2, ""),
    ]


def test_a_last_row_and_column_of_borders_alone_are_blank() -> None:
    """Nothing is 0 that was blank, nor is it missing: its borders tell that the form was left so."""
    sheet = Sheet()
    for row, texts in enumerate([("项", "数"), ("甲", ""), ("", "")]):
        for column, text in enumerate((*texts, "")):
            sheet.put(row, column, text)
    (grid,) = read_xlsx(workbook({"一": sheet}, drawn=True)).blocks
    assert isinstance(grid, Grid)
    assert (grid.height, grid.width) == (3, 3)
    assert [c.text for c in grid.cells] == ["项", "数", "", "甲", "", "", "", "", ""]
    assert grid.cells[-1].locator == "xlsx:一!C3"


def test_hidden_sheets_are_passed_over() -> None:
    data = workbook({"一": _titled("看得见"), "二": _titled("看不见")}, {"二": "hidden"})
    assert [b.text for b in read_xlsx(data).blocks if isinstance(b, Paragraph)] == ["看得见"]


def test_xls_cell_for_cell(figures: dict[str, str]) -> None:
    extraction = read((FILES / "report.xls").read_bytes())
    assert (extraction.outcome, extraction.media_type, extraction.title) == (Outcome.REPORT, XLS, TITLE)
    assert wrong(extraction, figures) == {}
    assert by_place(extraction)["disclosure/regulations/issued"].locator == "xls:年报!B8"


@pytest.mark.parametrize(("name", "read_sheets"), [("looks.xls", read_xls), ("looks.xlsx", read_xlsx)])
def test_cells_are_read_as_they_are_shown(name: str, read_sheets: Callable[[bytes], Document]) -> None:
    """Row 3, column B and row 9, where a cell of two rows begins, are hidden. 251000 under ``0!.0,``
    is shown as 25.1, 1234000 under ``#,##0.0,`` as 1,234.0, 0.25 as 25.0%.
    """
    (grid,) = read_sheets((FILES / name).read_bytes()).grids()
    rows = [[c.text for c in grid.cells if c.row == row] for row in sorted({c.row for c in grid.cells})]
    assert rows == [
        ["项", "数"], ["甲", "5"], ["乙", "25.1"], ["丙", "1234"], ["丁", "25%"], ["戊", "1234.5"],
        ["己", '251000 [[>=10000]0!.0,"万";0]'], ["庚", "2"],
    ]  # fmt: skip
    assert [c.locator.rpartition("!")[2] for c in grid.cells if c.text in ("庚", "2")] == ["A9", "C10"]


def test_what_is_hidden_in_a_report_hides_none_of_its_figures(figures: dict[str, str]) -> None:
    """Last year's row above each row of the table, hidden."""
    whole = report(TITLE, sheets(figures))
    doubled = Sheet()
    for spot in whole.spots:
        doubled.put(2 * spot.row + 1, spot.column, spot.text, 2 * spot.rowspan - 1, spot.colspan)
        if spot.text.isdecimal():
            doubled.put(2 * spot.row, spot.column, "9999")
    data = workbook({"年报": doubled})
    with ZipFile(BytesIO(data)) as package:
        sheet = package.read("xl/worksheets/sheet1.xml").decode()
    for row in range(1, doubled.height + 1, 2):
        sheet = sheet.replace(f'<row r="{row}">', f'<row r="{row}" hidden="1">')
    extraction = read(_with(data, "xl/worksheets/sheet1.xml", sheet))
    assert wrong(extraction, figures) == {}


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        ("251000", "General", "251000"), ("251000", "#,##0.00", "251000"), ("251000", "0.0,", "251"),
        ("251000", '0"."0000', "25.1"), ("251000", "0\\.0000", "25.1"), ("2500000", "0.00,,", "2.5"),
        ("251000", "#,##0,", "251"), ("25.1", '0.0"万元"', "25.1万元"), ("251000", '0"元"', "251000元"),
        ("251000", '0,"千"', "251千"),
        ("5", '0"00"', '5 [0"00"]'), ("5", '"-"0', '5 ["-"0]'), ("5", ";;;", ""), ("NaN", "0%;0", "NaN"),
        ("5", "0" + "%" * 999_999, "5 [0" + "%" * 254 + "]"), ("25.1", '"约"0.0_);(0.0)', "25.1"),
        ("0.125", "0.00%", "12.5%"), ("12.5", '0.0"%"', "12.5"), ("7", "[Red]0;[Blue]-0", "7"),
        ("-251000", "0;0.0,", "-251"), ("251000", "[DBNum1][$-804]General", "251000"), ("5", "0.00E+00", "5"),
        ("5", "[>9]0%;0", "5 [[>9]0%;0]"), ("7", "@", "7"), ("7", "", "7"),
    ],
)  # fmt: skip
def test_numbers_under_a_format_that_shows_others(value: str, code: str, text: str) -> None:
    """The formats' meaning is that of ECMA-376 part 1, 18.8.31."""
    assert shown(Decimal(value), code) == text


def test_a_cell_far_away_is_an_outcome() -> None:
    """Calamine holds a sheet as a rectangle: two cells ask for seventeen thousand million."""
    sheet = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    data = _with(workbook({"一": _titled("甲")}), "xl/worksheets/sheet1.xml", sheet.format(rows))
    extraction = read(data)
    assert extraction.outcome is Outcome.UNREADABLE
    assert "cells in a sheet" in (extraction.reason or "")


def test_a_panic_of_calamine_is_an_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rust's panics come as an exception that is none of Exception's."""

    class PanicException(BaseException):
        pass

    def panic(_: object) -> None:
        raise PanicException("index out of bounds")

    monkeypatch.setattr(spreadsheet, "CalamineWorkbook", SimpleNamespace(from_filelike=panic))
    extraction = read(workbook({"一": _titled("甲")}))
    assert (extraction.outcome, extraction.reason) == (
        Outcome.UNREADABLE, "broken workbook: index out of bounds",
    )  # fmt: skip


def test_a_broken_workbook_is_said_so() -> None:
    data = _with(workbook({"一": _titled("甲")}), "xl/workbook.xml", "<workbook")
    extraction = read(data)
    assert extraction.outcome is Outcome.UNREADABLE
    assert extraction.reason


def _with(data: bytes, name: str, text: str) -> bytes:
    out = BytesIO()
    with ZipFile(BytesIO(data)) as source, ZipFile(out, "w", ZIP_DEFLATED) as target:
        for entry in source.namelist():
            target.writestr(entry, text if entry == name else source.read(entry))
    return out.getvalue()


def test_a_sheet_of_which_nothing_is_seen_keeps_the_others(figures: dict[str, str]) -> None:
    data = workbook({"藏": _titled("看不见"), "表二": sheets(figures)[0]})
    with ZipFile(BytesIO(data)) as package:
        sheet = (
            package.read("xl/worksheets/sheet1.xml").decode().replace('<row r="1">', '<row r="1" hidden="1">')
        )
    blocks = read_xlsx(_with(data, "xl/worksheets/sheet1.xml", sheet)).blocks
    assert {b.locator.partition("!")[0] for b in blocks} == {"xlsx:表二"}
