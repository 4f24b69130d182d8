"""What is stored follows from the evidence; where it does not, that is told and repaired."""

from __future__ import annotations

from decimal import Decimal

from nights import CELL, HOST, OTHER_URL, REPORT, URL, Archive, Got, page
from sqlalchemy import text

from archive.capture import ListedItem, ListingSeen
from archive.history.rebuild import check, rebuild

EDITED = page(REPORT.with_fact(CELL, Decimal(18)))


def column(*urls: str) -> ListingSeen:
    """The report column, walked whole, showing these addresses."""
    items = tuple(ListedItem(url, REPORT.title, "2024-01-22") for url in urls)
    return ListingSeen(f"http://{HOST}/zwgk/", None, "trs", 1, 1, True, items)


def live(archive: Archive) -> None:
    archive.night(Got(page()), listing=column(URL, "http://x/"))
    archive.night(Got(EDITED), listing=column(URL, "http://x/"))
    for _ in range(2):
        archive.night(listing=column("http://x/"))
    archive.night(Got(page()), Got(page(), OTHER_URL), listing=column(URL, OTHER_URL, "http://x/"))


def test_what_the_nights_left_is_what_the_evidence_says(archive: Archive) -> None:
    live(archive)
    assert check(archive.catalogue) == []
    changes = archive.ask("SELECT layer, kind FROM changes ORDER BY change_id")
    assert [tuple(c) for c in changes if c.layer in ("presence", "field")] == [
        ("presence", "appeared"), ("field", "edited"), ("presence", "gone"), ("presence", "returned"),
        ("field", "edited"),
    ]  # fmt: skip


def test_a_row_that_was_altered_added_or_lost_is_told_and_mended(archive: Archive) -> None:
    live(archive)
    before = archive.state()
    with archive.catalogue.writing() as session:
        session.execute(text("UPDATE change SET new_value = '19' WHERE layer = 'field' AND new_value = '18'"))
        session.execute(text("DELETE FROM presence WHERE state = 'gone'"))
        session.execute(text("UPDATE agency SET name = 'x'"))
        session.execute(text("UPDATE report SET title = 'x'"))
    found = check(archive.catalogue)
    assert {(d.table, d.surplus) for d in found} == {
        ("change", True), ("change", False), ("presence", False), ("agency", True), ("report", True),
        ("report", False), ("search", True),
    }  # fmt: skip
    rebuild(archive.catalogue)
    assert check(archive.catalogue) == []
    after = archive.state()
    assert {table: {row[1:] for row in rows} for table, rows in after.items()} == {
        table: {row[1:] for row in rows} for table, rows in before.items()
    }
    assert after["report"] == before["report"]


def test_a_report_that_no_evidence_bears_is_told_and_removed(archive: Archive) -> None:
    live(archive)
    with archive.catalogue.writing() as session:
        session.execute(
            text("INSERT INTO report SELECT 99, 'x', NULL, 2001, NULL, 'gone', resource_id, page_id, "
                 "extraction_id, NULL, first_seen, last_seen, known_at FROM report")
        )  # fmt: skip
    assert [d.report for d in check(archive.catalogue)] == ["x", "the index"]
    rebuild(archive.catalogue)
    assert check(archive.catalogue) == []
    assert len(archive.ask("SELECT * FROM report")) == 1
