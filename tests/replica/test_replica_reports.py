"""The replica's reports: exact figures, statutory tables, and the two nights."""

from decimal import Decimal
from io import BytesIO

import lxml.html
import pytest
from pdfminer.high_level import extract_text

from nianbao.replica import EDITS, EXPECTED, REPORTS, EditKind, Report, ReportKey, render_html, render_pdf
from nianbao.replica.form import form
from nianbao.replica.grids import Grid, cut, disclosure_grid, printing, requests_grid, review_grid

TABLED = [report for report in REPORTS if report.has_tables]
KEYS = [key for night in (1, 2) for key in EXPECTED[night] if key.facts]


def name(item: Report | ReportKey) -> str:
    return f"{item.agency}-{item.year}"


def find(night: int, agency: str, year: int) -> ReportKey:
    (key,) = (key for key in EXPECTED[night] if (key.agency, key.year) == (agency, year))
    return key


def test_night_one_shows_the_five_seeds_with_their_figures() -> None:
    office = find(1, "沙坡头区人民政府办公室", 2023)
    assert office.media_type == "application/pdf"
    assert office.facts["requests/received/natural_person"] == 8
    assert office.facts["review/cases/litigation_direct.upheld"] == 1
    assert find(1, "沙坡头区民政和社会保障局", 2023).facts["disclosure/penalties/decisions"] == 7
    assert find(1, "吴忠市民政局", 2023).facts["disclosure/licensing/decisions"] == 17
    assert find(1, "中卫市民政局", 2024).facts["disclosure/normative_documents/repealed"] == 1
    prose = find(1, "中卫市民政局", 2017)
    assert prose.facts == {}
    assert (prose.mentions["documents_issued"], prose.mentions["documents_disclosed"]) == (65, 55)


def test_the_nights_differ_in_nothing_but_the_edits() -> None:
    before = {(k.agency, k.year): k for k in EXPECTED[1]}
    after = {(k.agency, k.year): k for k in EXPECTED[2]}
    new = {(e.agency, e.year) for e in EDITS if e.kind is EditKind.REPORT_PUBLISHED}
    assert after.keys() - before.keys() == new
    changed = {
        (*report, fact, key.facts[fact], after[report].facts[fact])
        for report, key in before.items()
        for fact in key.facts
        if key.facts[fact] != after[report].facts[fact]
    }
    cells = [edit for edit in EDITS if edit.kind is EditKind.CELL_CHANGED]
    assert changed == {(e.agency, e.year, e.fact, e.old, e.new) for e in cells}


@pytest.mark.parametrize("edition", ["2019", "2021"])
def test_the_number_of_cells(edition: str) -> None:
    assert len(form(edition).cells()) == {"2019": 198, "2021": 200}[edition]


@pytest.mark.parametrize("report", TABLED, ids=name)
def test_stored_figures_name_cells_of_the_form(report: Report) -> None:
    assert set(report.facts) <= set(form(report.edition).cells())


@pytest.mark.parametrize("key", KEYS, ids=name)
def test_the_identities_hold(key: ReportKey) -> None:
    shape = form(key.edition)
    rows = [row.code for row in shape.request_rows]
    columns = [column.code for column in shape.request_columns]
    outcomes = rows[2:-2]
    facts = key.facts
    for column in columns:
        cell = {row: facts[f"requests/{row}/{column}"] for row in rows}
        assert cell["received"] + cell["carried_in"] == cell["handled_total"] + cell["carried_out"]
        assert sum(cell[row] for row in outcomes) == cell["handled_total"]
    for row in rows:
        *parts, total = (facts[f"requests/{row}/{column}"] for column in columns)
        assert sum(parts) == total
    review = [facts[f"review/cases/{column.code}"] for column in shape.review_columns]
    for start in (0, 5, 10):
        assert sum(review[start : start + 4]) == review[start + 4]


def covered(grid: Grid) -> list[tuple[int, int]]:
    return sorted(
        (cell.row + down, cell.column + right)
        for cell in grid.cells
        for down in range(cell.rowspan)
        for right in range(cell.colspan)
    )


@pytest.mark.parametrize("report", TABLED, ids=name)
def test_the_spans_cover_each_grid_once(report: Report) -> None:
    shape = form(report.edition)
    filled = printing(report)
    requests = requests_grid(shape, filled)
    for grid in (disclosure_grid(shape, filled), requests, review_grid(shape, filled), *cut(requests, 20)):
        assert covered(grid) == [(r, c) for r in range(grid.rows) for c in range(grid.columns)]


@pytest.mark.parametrize(("edition", "height"), [("2021", 22), ("2019", 20)])
def test_the_results_group_is_as_high_as_the_edition_says(edition: str, height: int) -> None:
    report = next(report for report in TABLED if report.edition == edition)
    page = lxml.html.fromstring(render_html(report))
    (group,) = page.xpath("//td[contains(., '三、本年度办理结果')]")
    assert int(group.get("rowspan")) == height
    (note,) = page.xpath("//td[contains(., '勾稽关系')]")
    assert (note.get("rowspan"), note.get("colspan")) == ("3", "3")


@pytest.mark.parametrize("report", REPORTS, ids=name)
def test_both_forms_carry_the_labels_and_the_sections(report: Report) -> None:
    page = lxml.html.fromstring(render_html(report)).text_content()
    pdf = extract_text(BytesIO(render_pdf(report)))
    for text in ("".join(page.split()), "".join(pdf.split())):
        assert "一、" in text
        if report.has_tables:
            assert all(section in text for section in form(report.edition).sections)
            assert "现行有效件数" in text or "对外公开总数量" in text
            assert "四、结转下年度继续办理" in text
        else:
            assert "规范性文件65个" in text
            assert "微博190条" in text


def test_the_typo_stands_where_the_agencies_made_it() -> None:
    misspelt = {report.agency for report in TABLED if "本年度止件数" in render_html(report)}
    assert misspelt == {"吴忠市民政局", "沙坡头区人民政府办公室"}


@pytest.mark.parametrize("report", REPORTS, ids=name)
def test_a_pdf_is_the_same_at_each_rendering(report: Report) -> None:
    assert render_pdf(report) == render_pdf(report)


def test_an_added_figure_changes_the_pdf() -> None:
    report = TABLED[0]
    assert render_pdf(report) != render_pdf(report.with_fact("disclosure/licensing/decisions", Decimal(99)))
