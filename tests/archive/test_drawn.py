"""A report whose text a script fetches: the page as it came says nothing, as drawn it is the report."""

from __future__ import annotations

from decimal import Decimal
from hashlib import sha256

import pytest
from nights import CELL, REPORT, URL, Archive, Got, page

from archive.asof import ask_as_of
from archive.capture import ListedItem, ListingSeen, Via
from archive.history.rebuild import check
from archive.history.standing import Clocks
from archive.queries import Filter

TITLE = REPORT.title
EMPTY = Got(f"<html><title>{TITLE}</title><h1>{TITLE}</h1><div id='zoom'>正在加载</div></html>".encode())


def drawn(decisions: int, visits: int) -> Got:
    return Got(page(REPORT.with_fact(CELL, Decimal(decisions)), visits), via=Via.BROWSER)


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
