"""A report that lists no longer name: what its own address answers decides whether it is gone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from nights import FILE_URL, HOST, OTHER_URL, REPORT, URL, Archive, Got, page, pdf

from archive.capture import ListedItem, ListingSeen
from archive.runs import SiteIdentity
from archive.site_reports import SiteReports
from nianbao.replica import render_pdf
from nianbao.replica.pages import attachment

COLUMN = f"http://{HOST}/zwgk/"
STILL = Got(None, verdict="not_modified", status=304)
LOST = Got(b"<h1>404</h1>", verdict="gone", status=404)
LINKED = Got(page(body=attachment(FILE_URL, f"{REPORT.title}.pdf")))


def shown(*urls: str) -> ListingSeen:
    items = tuple(ListedItem(u, "报告", "2024-01-22") for u in urls)
    return ListingSeen(COLUMN, None, "trs", 1, 1, True, items)


def status(archive: Archive) -> str:
    return str(archive.one("SELECT status FROM reports").status)


def test_what_no_whole_list_shows_and_nobody_asked_for_is_gone(archive: Archive) -> None:
    archive.night(Got(page()), listing=shown(URL, OTHER_URL))
    for _ in range(2):
        archive.night(listing=shown(OTHER_URL))
    assert status(archive) == "gone"


@pytest.mark.parametrize("answer", [STILL, Got(page(visits=99))])
def test_what_answered_after_it_was_dropped_is_not_gone(archive: Archive, answer: Got) -> None:
    archive.night(Got(page()), listing=shown(URL, OTHER_URL))
    archive.night(answer, listing=shown(OTHER_URL))
    for _ in range(4):
        archive.night(listing=shown(OTHER_URL))
    assert status(archive) == "present"
    assert ("presence", "gone") not in [pair for night in range(1, 7) for pair in archive.changes(night)]


def test_what_stands_unlisted_is_gone_when_its_own_address_says_so_twice(archive: Archive) -> None:
    archive.night(Got(page()), listing=shown(URL, OTHER_URL))
    archive.night(STILL, listing=shown(OTHER_URL))
    other = Got(b"<p>x</p>", COLUMN)  # the host is well
    archive.night(LOST, other, listing=shown(OTHER_URL))
    assert status(archive) == "present"
    archive.night(LOST, other, listing=shown(OTHER_URL))
    assert status(archive) == "gone"
    assert archive.changes(3) == [("presence", "gone")]


def test_what_is_listed_again_and_dropped_anew_is_judged_anew(archive: Archive) -> None:
    archive.night(Got(page()), listing=shown(URL, OTHER_URL))
    archive.night(STILL, listing=shown(OTHER_URL))
    archive.night(listing=shown(URL, OTHER_URL))
    for _ in range(2):
        archive.night(listing=shown(OTHER_URL))
    assert status(archive) == "gone"


def test_a_file_stands_with_the_page_that_leads_to_it(archive: Archive) -> None:
    archive.night(LINKED, pdf(render_pdf(REPORT)), listing=shown(URL, OTHER_URL))
    archive.night(STILL, listing=shown(OTHER_URL))
    for _ in range(3):
        archive.night(listing=shown(OTHER_URL))
    assert status(archive) == "present"


def test_what_answered_before_it_was_dropped_is_gone_with_its_rows(archive: Archive) -> None:
    archive.night(Got(page()), listing=shown(URL, OTHER_URL))
    archive.night(STILL)  # no list was walked
    for _ in range(2):
        archive.night(listing=shown(OTHER_URL))
    assert status(archive) == "gone"


@pytest.mark.parametrize("verdict", ["blocked", "challenge", "error"])
def test_a_page_that_was_refused_does_not_stand(archive: Archive, verdict: str) -> None:
    archive.night(LINKED, pdf(render_pdf(REPORT)), listing=shown(URL, OTHER_URL))
    archive.night(Got(b"<h1>!</h1>", verdict=verdict, status=403), listing=shown(OTHER_URL))
    for _ in range(2):
        archive.night(listing=shown(OTHER_URL))
    assert status(archive) == "gone"


def test_a_list_that_lost_most_of_its_rows_is_believed_once_it_stays_so(archive: Archive) -> None:
    others = [f"http://{HOST}/mzj/{n}.html" for n in range(8)]
    archive.night(Got(page()), listing=shown(URL, *others))
    found = []
    for _ in range(3):
        archive.night(listing=shown(*others[:2]))
        found.append(status(archive))
    assert found == ["present", "present", "gone"]


def stands(archive: Archive, site_id: int = 1) -> dict[str, bool]:
    """What a crawl of the site asks for by itself, and whether it is gone."""
    return {one.url: one.gone for one in SiteReports(archive.catalogue, site_id).stands()}


def test_an_address_that_was_gone_and_is_back_is_not_gone(archive: Archive) -> None:
    archive.site = SiteIdentity("one", None, None, (URL,))
    other = Got(page(replace(REPORT, year=2022)), OTHER_URL)  # the host is well
    for got in (Got(page()), LOST, LOST):
        archive.night(got, other)
    assert stands(archive) == {URL: True, OTHER_URL: False}
    archive.night(Got(page()), other)
    assert stands(archive) == {URL: False, OTHER_URL: False}


def test_an_address_that_is_made_anew_each_time_is_not_asked_for(archive: Archive) -> None:
    archive.site = SiteIdentity("one", None, None, (URL,))
    archive.night(Got(page()), Got(page(), f"{OTHER_URL}?token=8f14e45fceea167a5a36"))
    assert stands(archive) == {URL: False}


def test_a_site_asks_for_its_own_reports_only(archive: Archive) -> None:
    archive.site = SiteIdentity("one", None, None, (URL,))
    archive.night(Got(page()))
    archive.site = SiteIdentity("other", None, None, (OTHER_URL,))
    archive.night(Got(page(replace(REPORT, agency="中卫市民政局")), OTHER_URL))
    assert (stands(archive, 1), stands(archive, 2)) == ({URL: False}, {OTHER_URL: False})
