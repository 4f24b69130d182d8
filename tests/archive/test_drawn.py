"""A report whose text a script fetches: the page as it came says nothing, as drawn it is the report."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256

import pytest
from nights import CELL, REPORT, URL, Archive, Got, page

from archive.asof import ask_as_of
from archive.capture import Fetched, ListedItem, ListingSeen, Via
from archive.history.rebuild import check
from archive.history.standing import Clocks
from archive.queries import Filter

TITLE = REPORT.title
EMPTY = Got(f"<html><title>{TITLE}</title><h1>{TITLE}</h1><div id='zoom'>正在加载</div></html>".encode())


class Later(Got):
    """Fetched a second after the others of its night."""

    def fetched(self, at: datetime) -> Fetched:
        return super().fetched(at + timedelta(seconds=1))


LATER = Later(page())


def drawn(decisions: int, visits: int) -> Got:
    return Got(page(REPORT.with_fact(CELL, Decimal(decisions)), visits), status=None, via=Via.BROWSER)


def listed() -> ListingSeen:
    return ListingSeen(
        "http://www.wuzhong.example/zwgk/", None, "trs", 1, 1, True, (ListedItem(URL, TITLE, None),)
    )


def test_what_is_drawn_is_what_the_page_says(archive: Archive) -> None:
    for visits, decisions in enumerate((17, 17, 18, 18), 1):
        archive.night(EMPTY, drawn(decisions, visits), listing=listed())
    assert [archive.changes(night) for night in (1, 2, 3, 4)] == [
        [("presence", "appeared")],
        [("bytes", "replaced")],
        [("bytes", "replaced"), ("field", "edited")],
        [("bytes", "replaced")],
    ]  # fmt: skip
    assert check(archive.catalogue) == []
    for night, decisions in ((1, 17), (2, 17), (3, 18), (4, 18)):
        cell = Filter(table="disclosure", row="licensing", column="decisions")
        for clocks in (Clocks(seen=archive.time(night)), Clocks(known=archive.time(night))):
            with ask_as_of(archive.catalogue, "facts", cell, clocks) as found:
                assert [row[found.columns.index("value")] for row in found.rows] == [decisions]
            with ask_as_of(archive.catalogue, "reports", Filter(), clocks) as found:
                shown = sha256(drawn(decisions, night).body or b"").hexdigest()
                assert [row[found.columns.index("sha256")] for row in found.rows] == [shown]


@pytest.mark.parametrize("then", [EMPTY, Got(b"<h1>500</h1>", verdict="error", status=500)])
def test_a_night_on_which_it_was_not_drawn_takes_nothing_away(archive: Archive, then: Got) -> None:
    archive.night(EMPTY, drawn(17, 1), listing=listed())
    archive.night(then, listing=listed())
    archive.night(EMPTY, drawn(17, 1), listing=listed())
    assert archive.one("SELECT status FROM reports").status == "present"
    assert [archive.changes(night) for night in (2, 3)] == [[], []]
    assert check(archive.catalogue) == []


@pytest.mark.parametrize(("verdict", "status"), [("error", 503), ("challenge", 412), ("gone", 404)])
def test_what_the_browser_asked_for_itself_is_not_what_the_page_says(
    archive: Archive, verdict: str, status: int
) -> None:
    """As for a frame of a page that it drew, or before it had passed a challenge."""
    refused = Got(b"<h1>!</h1>", verdict=verdict, status=status, via=Via.BROWSER)
    for visits in (1, 2, 3):
        archive.night(refused, Got(page(visits=visits)), listing=listed())
    report = archive.one("SELECT status, last_seen FROM reports")
    assert tuple(report) == ("present", archive.time(3))
    assert check(archive.catalogue) == []


def test_after_a_challenge_was_passed_the_plain_answer_is_what_was_seen_last(archive: Archive) -> None:
    passed = Got(page(visits=1), via=Via.BROWSER)
    archive.night(passed, replace(LATER, body=page(visits=2)), listing=listed())
    clocks = Clocks(known=archive.time(1))
    shown = "SELECT last_seen FROM reports"
    with ask_as_of(archive.catalogue, "reports", Filter(), clocks, ("last_seen",)) as found:
        assert [tuple(row) for row in found.rows] == [tuple(row) for row in archive.ask(shown)]


def test_a_304_after_a_drawn_page_says_nothing_of_what_was_drawn(archive: Archive) -> None:
    archive.night(EMPTY, drawn(17, 1), listing=listed())
    archive.night(Got(None, verdict="not_modified", status=304), listing=listed())
    assert archive.one("SELECT status FROM reports").status == "present"
    assert check(archive.catalogue) == []


def test_an_error_that_is_imported_later_teaches_nothing(archive: Archive) -> None:
    archive.night(LATER)
    archive.night(Got(b"x", verdict="error", status=500), of=1)
    assert check(archive.catalogue) == []


def test_a_page_is_not_suspect_before_it_lost_its_report(archive: Archive) -> None:
    archive.night(Got(page()))
    archive.night(EMPTY)
    known = Clocks(known=archive.time(1))
    with ask_as_of(archive.catalogue, "reports", Filter(), known, ("status",)) as found:
        assert [tuple(row) for row in found.rows] == [("present",)]
    assert archive.one("SELECT status FROM reports").status == "suspect"
    assert check(archive.catalogue) == []
