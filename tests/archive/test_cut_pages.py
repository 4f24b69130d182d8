"""A body that is cut over several pages is what its first page says, on both databases."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from nights import CELL, HOST, OTHER_URL, REPORT, URL, Archive, Got, page

from archive.asof import ask_as_of
from archive.catalogue.engine import Catalogue
from archive.exports.wacz import Selection, export_wacz
from archive.history.rebuild import check
from archive.history.standing import Clocks
from archive.queries import Filter
from archive.rechecks import load_seen
from nianbao.replica import render_html

BEFORE, AFTER = REPORT.facts[CELL], Decimal(18)


def second(url: str) -> str:
    return url.replace(".html", "_1.html")


def pages(url: str = URL, figure: Decimal = BEFORE) -> tuple[Got, Got]:
    """The report in two pages, the second of which begins with the first table."""
    body = render_html(REPORT.with_fact(CELL, figure))
    at = body.index("<table")
    return (
        Got(page(body=body[:at]), url, cut=True),
        Got(page(body=body[at:]), second(url), parent_url=url, cut=True),
    )


def whole(figure: Decimal = BEFORE) -> Got:
    return Got(page(REPORT.with_fact(CELL, figure)))


BODY = (URL, second(URL))


def report(archive: Archive) -> tuple[Any, ...]:
    row = archive.one("SELECT agency, year, status, url, page_url FROM reports")
    return tuple(row)


THERE = (REPORT.agency, REPORT.year, "present", URL, URL)


def figure(catalogue: Catalogue, clocks: Clocks) -> Any:
    table, row, column = CELL.split("/")
    keep = Filter(table=table, row=row, column=column)
    with ask_as_of(catalogue, "facts", keep, clocks) as found:
        return [dict(zip(found.columns, one, strict=True))["value"] for one in found.rows]


def test_an_edited_page_is_an_edit_of_the_report(archive: Archive) -> None:
    archive.night(*pages(), body=BODY)
    assert report(archive) == THERE
    archive.night(*pages(), body=BODY)
    assert archive.changes(2) == []
    archive.night(*pages(figure=AFTER), body=BODY)
    assert ("field", "edited") in archive.changes(3)
    edited = archive.ask("SELECT cause, row_code, new_value FROM changes WHERE layer = 'field'")
    assert [tuple(e) for e in edited] == [("source", "licensing", str(AFTER))]
    for clocks in (Clocks(seen=archive.time(2)), Clocks(known=archive.time(2))):
        assert figure(archive.catalogue, clocks) == [BEFORE]
    assert figure(archive.catalogue, Clocks(seen=archive.time(3))) == [AFTER]
    assert archive.one("SELECT versions, first_seen FROM reports") == (2, archive.time(1))
    assert check(archive.catalogue) == []


def test_pages_alone_say_nothing(archive: Archive) -> None:
    archive.night(*pages())
    assert archive.ask("SELECT * FROM reports") == []
    archive.night(*pages(), body=BODY)
    archive.night(*pages(figure=AFTER))
    assert report(archive) == THERE
    assert archive.one("SELECT last_seen FROM reports") == (archive.time(2),)
    assert [c for night in (2, 3) for c in archive.changes(night)] == [("presence", "appeared")]
    assert check(archive.catalogue) == []


def test_a_page_that_was_once_read_alone_says_nothing_as_a_piece(archive: Archive) -> None:
    first, rest = pages()
    archive.night(replace(first, cut=False))  # as it was taken before its pager was understood
    archive.night(first, rest, body=BODY)
    archive.night(first)
    assert archive.changes(3) == []
    assert archive.one("SELECT last_seen FROM reports") == (archive.time(2),)
    assert figure(archive.catalogue, Clocks(seen=archive.time(3))) == [BEFORE]
    assert check(archive.catalogue) == []


def test_a_body_that_is_cut_later_is_compared_with_the_page_it_was(archive: Archive) -> None:
    archive.night(whole())
    archive.night(*pages(), body=BODY)
    archive.night(*pages(figure=AFTER), body=BODY)
    archive.night(whole(AFTER))
    assert report(archive) == THERE
    told = archive.ask(
        "SELECT layer, window_to FROM changes WHERE layer IN ('location', 'presence', 'field')"
    )
    assert [tuple(row) for row in told] == [("presence", archive.time(1)), ("field", archive.time(3))]
    assert check(archive.catalogue) == []


@pytest.mark.parametrize("status", ["gone", "soft_gone"])
def test_a_report_is_gone_with_its_first_page(archive: Archive, status: str) -> None:
    other = Got(b"<html><p>x</p></html>", f"http://{HOST}/other.html")
    archive.night(*pages(), other, body=BODY)
    for _ in range(2):
        archive.night(Got(b"", verdict=status, status=404), other)
    assert report(archive) == (*THERE[:2], "gone", *THERE[3:])
    archive.night(*pages(), other, body=BODY)
    assert report(archive) == THERE
    assert check(archive.catalogue) == []


def test_the_same_body_at_two_addresses_is_one_report(archive: Archive) -> None:
    archive.night(*pages(), body=BODY)
    archive.night(*pages(), body=BODY)
    archive.night(*pages(OTHER_URL), body=(OTHER_URL, second(OTHER_URL)))
    assert report(archive) == THERE
    roles = archive.ask("SELECT url, role FROM linkage JOIN resource USING (resource_id) ORDER BY url")
    assert sorted(tuple(r) for r in roles) == sorted([(URL, "page"), (OTHER_URL, "mirror")])
    assert check(archive.catalogue) == []


def test_its_pages_are_as_young_as_the_report_and_leave_with_it(archive: Archive) -> None:
    archive.night(*pages(), body=BODY)
    archive.night(*pages(figure=AFTER), body=BODY)
    seen = load_seen(archive.catalogue, HOST)
    assert seen[second(URL)].published_on == seen[URL].published_on is not None
    assert seen[second(URL)].changed_at == seen[URL].changed_at == archive.time(2)
    target = archive.home / "report.wacz"
    number = archive.one("SELECT report_id FROM reports")[0]
    out = export_wacz(archive.catalogue, archive.home, target, Selection(reports=(number,)), software="test")
    assert out.captures >= 4


def test_on_one_night_the_body_is_what_its_page_says(archive: Archive) -> None:
    """The first page was taken for a whole one, and the body put together after it."""
    first, further = pages()
    archive.night(replace(first, cut=False), further, body=BODY)
    for clocks in (Clocks(seen=archive.time(1)), Clocks(known=archive.time(1))):
        assert figure(archive.catalogue, clocks) == [BEFORE]
