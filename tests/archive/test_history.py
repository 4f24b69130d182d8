"""From captures to reports, versions and changes: what counts as a change, and what does not."""

from __future__ import annotations

import threading
from dataclasses import replace
from decimal import Decimal

import pytest
from nights import CELL, FILE_URL, HOST, OTHER_URL, REPORT, URL, Archive, Got, page, pdf

from archive.capture import ListedItem, ListingSeen
from archive.catalogue.engine import Catalogue
from archive.history.project import ProjectionSummary, project
from nianbao.replica import Report, render_html, render_pdf
from nianbao.replica.pages import attachment


def test_a_report_appears_once(archive: Archive) -> None:
    summary = archive.night(Got(page()))
    assert (summary.captures, summary.appeared, summary.edited) == (1, 1, 0)
    report = archive.one("SELECT * FROM reports")
    assert (report.agency, report.year, report.edition) == ("吴忠市民政局", 2023, "2021")
    assert report.title.replace(" ", "") == REPORT.title.replace(" ", "")
    assert (report.status, report.versions) == ("present", 1)
    assert (report.url, report.page_url, report.media_type) == (URL, URL, "text/html")
    assert report.published_on == REPORT.published.isoformat()
    assert report.division_code == "640300"
    assert report.first_seen == report.last_seen == archive.time(1)
    change = archive.one("SELECT * FROM changes")
    assert (change.layer, change.kind, change.cause) == ("presence", "appeared", "source")
    assert (change.window_from, change.window_to) == (None, archive.time(1))
    assert change.recorded_at == archive.time(1)


@pytest.mark.parametrize("form", ["html", "pdf"])
def test_the_facts_are_the_published_figures_cell_by_cell(archive: Archive, form: str) -> None:
    archive.night(Got(page()) if form == "html" else pdf(render_pdf(REPORT), parent_url=None))
    rows = archive.ask("SELECT * FROM facts")
    assert len(rows) == 200
    found = {f"{r.table_code}/{r.row_code}/{r.column_code}": Decimal(str(r.value)) for r in rows}
    assert found == REPORT.all_facts()
    assert {(r.agency, r.year, r.edition, r.state) for r in rows} == {("吴忠市民政局", 2023, "2021", "value")}
    assert all(Decimal(r.raw.replace(",", "")) == Decimal(str(r.value)) for r in rows)
    assert all(r.locator for r in rows)


def test_the_same_bytes_again_change_nothing(archive: Archive) -> None:
    archive.night(Got(page()))
    summary = archive.night(Got(page()))
    assert (summary.captures, summary.appeared, summary.edited) == (1, 0, 0)
    assert archive.changes(2) == []
    report = archive.one("SELECT * FROM reports")
    assert (report.versions, report.first_seen, report.last_seen) == (1, archive.time(1), archive.time(2))


def test_a_304_is_the_same_bytes_again(archive: Archive) -> None:
    archive.night(Got(page()))
    archive.night(Got(b"", verdict="not_modified", status=304))
    assert archive.changes(2) == []
    assert archive.one("SELECT last_seen FROM reports").last_seen == archive.time(2)


def test_a_counter_and_a_clock_change_bytes_only(archive: Archive) -> None:
    archive.night(Got(page(visits=17)))
    summary = archive.night(Got(page(visits=42)))
    assert summary.edited == 0
    assert archive.changes(2) == [("bytes", "replaced")]
    change = archive.one("SELECT * FROM changes WHERE layer = 'bytes'")
    assert change.old_value != change.new_value
    assert archive.one("SELECT sha256 FROM reports").sha256 == change.new_value
    assert archive.one("SELECT versions FROM reports").versions == 1


def test_one_edited_cell_is_one_field_change(archive: Archive) -> None:
    archive.night(Got(page()))
    archive.night(Got(page()))
    summary = archive.night(Got(page(REPORT.with_fact(CELL, Decimal(18)), visits=42)))
    assert (summary.appeared, summary.edited) == (0, 1)
    assert archive.changes(3) == [("bytes", "replaced"), ("field", "edited")]
    change = archive.one("SELECT * FROM changes WHERE layer = 'field'")
    assert "/".join((change.table_code, change.row_code, change.column_code)) == CELL
    assert REPORT.all_facts()[CELL] == 17
    assert (change.old_value, change.new_value) == ("17", "18")
    assert (change.agency, change.year, change.cause, change.url) == ("吴忠市民政局", 2023, "source", URL)
    assert (change.window_from, change.window_to) == (archive.time(2), archive.time(3))
    assert archive.one("SELECT versions FROM reports").versions == 2
    now = archive.one("SELECT value FROM facts WHERE row_code = 'licensing' AND column_code = 'decisions'")
    assert now.value == 18


def test_a_number_that_vanishes_is_a_change_to_a_blank(archive: Archive) -> None:
    html = render_html(REPORT)
    marker = html.index("行政许可")
    start = html.index(">17<", marker)
    archive.night(Got(page()))
    archive.night(Got(page(body=html[: start + 1] + html[start + 3 :])))
    change = archive.one("SELECT * FROM changes WHERE layer = 'field'")
    assert "/".join((change.table_code, change.row_code, change.column_code)) == CELL
    assert (change.old_value, change.new_value) == ("17", "(blank)")
    now = archive.one("SELECT value, state FROM facts WHERE row_code = 'licensing'")
    assert (now.value, now.state) == (None, "blank")


def test_edited_text_is_a_content_change(archive: Archive) -> None:
    archive.night(Got(page()))
    edited = render_html(REPORT).replace("五、", "我局另有一事说明。五、", 1)
    archive.night(Got(page(body=edited)))
    assert archive.changes(2) == [("bytes", "replaced"), ("content", "edited")]


def test_text_and_a_cell_are_a_change_each(archive: Archive) -> None:
    archive.night(Got(page()))
    html = render_html(REPORT.with_fact(CELL, Decimal(18)))
    archive.night(Got(page(body=html.replace("五、", "我局另有一事说明。五、", 1))))
    assert archive.changes(2) == [("bytes", "replaced"), ("field", "edited"), ("content", "edited")]


def test_there_and_back_is_two_edits_and_two_contents(archive: Archive) -> None:
    edited = Got(page(REPORT.with_fact(CELL, Decimal(18))))
    for got in (Got(page()), edited, Got(page())):
        archive.night(got)
    fields = archive.ask("SELECT * FROM changes WHERE layer = 'field' ORDER BY change_id")
    assert [(c.old_value, c.new_value) for c in fields] == [("17", "18"), ("18", "17")]
    assert archive.one("SELECT versions FROM reports").versions == 2
    assert len(archive.ask("SELECT * FROM version")) == 3


BAD = [
    Got(page(REPORT.with_fact(CELL, Decimal(99))), verdict="truncated"),
    Got(b"<html>forbidden</html>", verdict="blocked", status=403),
    Got(b"<html>challenge</html>", verdict="challenge"),
    Got(b"<html>not here</html>", verdict="soft_gone"),
    Got(b"<html>fault</html>", verdict="error", status=500),
    Got(None, verdict="error", status=None),
    Got(None, verdict="excluded", status=None),
]


@pytest.mark.parametrize(("nights", "flicker"), [(29, 1), (32, 0)])
def test_what_is_taken_back_within_a_month_is_a_flicker(archive: Archive, nights: int, flicker: int) -> None:
    archive.night(Got(page()))
    archive.night(Got(page(REPORT.with_fact(CELL, Decimal(18)))))
    archive.nights = nights
    archive.night(Got(page(visits=9)))
    told = archive.ask("SELECT new_value, flicker FROM changes WHERE layer = 'field' ORDER BY window_to")
    assert [tuple(row) for row in told] == [("18", 0), ("17", flicker)]


@pytest.mark.parametrize("bad", BAD, ids=lambda got: f"{got.verdict}-{got.status}")
def test_an_answer_that_is_no_good_changes_nothing(archive: Archive, bad: Got) -> None:
    archive.night(Got(page()))
    before = archive.state()
    archive.night(bad)
    assert archive.state() == before
    archive.night(Got(page()))
    assert archive.changes(3) == []
    assert archive.one("SELECT first_seen, last_seen FROM reports") == (archive.time(1), archive.time(3))


def test_an_edit_after_a_bad_night_has_the_window_of_good_captures(archive: Archive) -> None:
    archive.night(Got(page()))
    archive.night(Got(b"<html>forbidden</html>", verdict="blocked", status=403))
    archive.night(Got(page(REPORT.with_fact(CELL, Decimal(18)))))
    change = archive.one("SELECT * FROM changes WHERE layer = 'field'")
    assert (change.window_from, change.window_to) == (archive.time(1), archive.time(3))


def test_projecting_again_adds_nothing(archive: Archive) -> None:
    archive.night(Got(page()))
    archive.night(Got(page(REPORT.with_fact(CELL, Decimal(18)))))
    before = archive.state()
    assert project(archive.catalogue) == ProjectionSummary(0, 0, 0)
    assert archive.state() == before


def test_night_by_night_or_all_at_once_is_the_same_history(archive: Archive) -> None:
    nights = [Got(page()), Got(page(REPORT.with_fact(CELL, Decimal(18)))), Got(page(visits=3))]
    for got in nights:
        archive.night(got)
    by_night = archive.ask("SELECT * FROM changes ORDER BY change_id")
    archive.forget()
    project(archive.catalogue)
    again = archive.ask("SELECT * FROM changes ORDER BY change_id")
    assert [row[4:] for row in again] == [row[4:] for row in by_night]
    assert len(again) == 5


def test_two_that_project_at_once_count_nothing_twice(archive: Archive) -> None:
    urls = [f"http://{HOST}/zwgk/{number}.html" for number in range(20)]
    archive.capture(*(Got(page(replace(REPORT, year=2000 + n)), url) for n, url in enumerate(urls)))
    errors: list[BaseException] = []

    def work() -> None:
        own = Catalogue(archive.catalogue.url)
        try:
            project(own)
        except Exception as error:  # noqa: BLE001 - whatever it was is told by the test
            errors.append(error)
        finally:
            own.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(archive.ask("SELECT * FROM reports")) == len(urls)
    assert len(archive.ask("SELECT * FROM changes")) == len(urls)


def nameless(report: Report = REPORT) -> bytes:
    """The report's PDF as many offices print it: the year in its title, the agency nowhere."""
    return render_pdf(replace(report, agency=""))


LINK = attachment(FILE_URL, "2023年政府信息公开工作年度报告.pdf")


def test_a_file_without_an_agency_has_it_from_its_page(archive: Archive) -> None:
    archive.night(Got(page(body=LINK)), pdf(nameless()))
    report = archive.one("SELECT * FROM reports")
    assert (report.agency, report.year) == ("吴忠市民政局", 2023)
    assert (report.url, report.page_url, report.media_type) == (FILE_URL, URL, "application/pdf")
    assert archive.one("SELECT role, decided_by FROM linkage") == ("attachment", "page")
    assert len(archive.ask("SELECT * FROM facts")) == 200


def test_a_file_without_an_agency_or_page_has_it_from_the_list(archive: Archive) -> None:
    item = ListedItem(FILE_URL, "吴忠市民政局2023年政府信息公开工作年度报告", "2024-01-22")
    listing = ListingSeen(f"http://{HOST}/zwgk/", None, "trs", 1, 1, True, (item,))
    archive.night(pdf(nameless(), parent_url=None), listing=listing)
    assert archive.one("SELECT agency, year FROM reports") == ("吴忠市民政局", 2023)
    assert archive.one("SELECT decided_by FROM linkage").decided_by == "listing"


def test_a_file_that_nothing_names_is_a_report_all_the_same(archive: Archive) -> None:
    archive.night(pdf(nameless(), parent_url=None))
    archive.night(pdf(nameless(), parent_url=None))
    report = archive.one("SELECT * FROM reports")
    assert (report.agency, report.year, report.url) == (None, 2023, FILE_URL)


def test_page_and_attachment_are_one_report_and_the_reading_that_adds_up_is_taken(archive: Archive) -> None:
    wrong = REPORT.with_fact("requests/received/natural_person", Decimal(77))
    archive.night(Got(page(wrong)), pdf(render_pdf(REPORT)))
    report = archive.one("SELECT * FROM reports")
    assert (report.url, report.page_url) == (FILE_URL, URL)
    roles = archive.ask("SELECT role FROM linkage ORDER BY resource_id")
    assert [row.role for row in roles] == ["page", "attachment"]
    (check,) = archive.ask("SELECT * FROM checks WHERE passed = 0")
    assert (check.rule, check.scope) == ("copies.agree", "requests/received/natural_person")
    assert archive.changes(1) == [("presence", "appeared")]


def test_an_office_that_does_not_add_up_is_shown_so(archive: Archive) -> None:
    wrong = REPORT.with_fact("requests/received/natural_person", Decimal(77))
    archive.night(Got(page(wrong)))
    failed = archive.ask("SELECT * FROM checks WHERE passed = 0")
    assert failed
    assert all("natural_person" in c.scope or "received" in c.scope for c in failed)
    assert {(c.agency, c.year) for c in failed} == {("吴忠市民政局", 2023)}
    row = archive.one(
        "SELECT value FROM facts WHERE row_code = 'received' AND column_code = 'natural_person'"
    )
    assert row.value == 77  # shown as printed, never mended


def test_the_same_report_at_two_addresses_is_one(archive: Archive) -> None:
    archive.night(Got(page()), Got(page(), OTHER_URL))
    assert archive.one("SELECT url FROM reports").url == URL
    roles = archive.ask("SELECT role FROM linkage ORDER BY resource_id")
    assert [row.role for row in roles] == ["page", "mirror"]
    assert archive.changes(1) == [("presence", "appeared")]


def test_an_address_that_bears_the_next_years_report_makes_a_second_one(archive: Archive) -> None:
    following = replace(REPORT, year=2024).with_fact(CELL, Decimal(18))
    archive.night(Got(page()))
    archive.night(Got(page(following)))
    assert archive.changes(2) == [("presence", "appeared")]
    reports = archive.ask("SELECT * FROM reports ORDER BY year")
    assert [(r.year, r.versions) for r in reports] == [(2023, 1), (2024, 1)]
    figures = archive.ask("SELECT year, value FROM facts WHERE row_code = 'licensing' ORDER BY year")
    assert [tuple(row) for row in figures] == [(2023, 17), (2024, 18)]


def test_a_page_that_no_longer_bears_its_report_makes_it_suspect(archive: Archive) -> None:
    archive.night(Got(page()))
    archive.night(Got(page(body="<p>栏目建设中</p>")))
    assert archive.one("SELECT status FROM reports").status == "suspect"
    assert archive.changes(2) == []
    assert len(archive.ask("SELECT * FROM facts")) == 200
    archive.night(Got(page()))
    assert archive.one("SELECT status FROM reports").status == "present"


def test_a_404_of_a_host_in_trouble_is_no_sign(archive: Archive) -> None:
    missing = Got(b"<h1>404</h1>", verdict="gone", status=404)
    fine = Got(page(replace(REPORT, year=2022)), OTHER_URL)
    lost = [Got(b"<h1>500</h1>", f"http://{HOST}/{n}.html", "error", 500) for n in range(2)]
    archive.night(Got(page()), fine)
    for _ in range(3):
        archive.night(missing, fine, *lost)
    assert archive.one("SELECT status FROM reports WHERE year = 2023").status == "present"
    for _ in range(2):
        archive.night(missing, fine)
    assert archive.one("SELECT status FROM reports WHERE year = 2023").status == "gone"
    (gone,) = archive.ask("SELECT * FROM changes WHERE kind = 'gone'")
    assert (gone.window_from, gone.window_to, gone.recorded_at) == tuple(map(archive.time, (1, 5, 6)))


def test_runs_tell_what_came_of_them(archive: Archive) -> None:
    blocked = Got(b"<html>forbidden</html>", OTHER_URL, verdict="blocked", status=403)
    lost = Got(None, f"http://{HOST}/c.html", verdict="error", status=None)
    archive.night(Got(page()))
    archive.night(Got(page(REPORT.with_fact(CELL, Decimal(18)))), blocked)
    archive.night(Got(page(REPORT.with_fact(CELL, Decimal(18)), visits=9)), lost)
    columns = "fetched, new, changed, unchanged, gone, failed, blocked"
    runs = archive.ask(f"SELECT {columns} FROM runs ORDER BY run_id")
    assert [tuple(run) for run in runs] == [
        (1, 1, 0, 0, 0, 0, 0),
        (2, 0, 1, 0, 0, 0, 1),
        (1, 0, 0, 1, 0, 1, 0),
    ]


def test_coverage_names_the_years_without_a_report(archive: Archive) -> None:
    office = replace(REPORT, agency="吴忠市人民政府", year=2022)
    archive.night(Got(page()), Got(page(office), OTHER_URL))
    rows = archive.ask("SELECT * FROM coverage WHERE year <= 2024 ORDER BY agency, year")
    assert [(r.agency, r.year, r.state, r.due_on) for r in rows] == [
        ("吴忠市人民政府", 2022, "verified", "2023-03-31"),
        ("吴忠市人民政府", 2023, "overdue", "2024-03-31"),
        ("吴忠市人民政府", 2024, "overdue", "2025-03-31"),
        ("吴忠市民政局", 2023, "verified", "2024-01-31"),
        ("吴忠市民政局", 2024, "overdue", "2025-01-31"),
    ]
