"""What a crawl counts as found, fetched, gone and failed."""

from __future__ import annotations

import pytest

from archive.capture import Kind
from crawler.families import Ask
from crawler.frontier import Step
from crawler.tally import Tally
from crawler.verdict import Verdict

PAGE = Step(Ask("http://www.example.gov.cn/zwgk/nb/1.html"), Kind.ARTICLE, 1.0, "named as a report")
SEARCH = Step(Ask("http://www.example.gov.cn/search", reader="search"), Kind.LISTING, 1.0, "a search")


def counted(step: Step, verdict: Verdict, size: int = 100) -> Tally:
    tally = Tally()
    tally.add(step, verdict, size)
    return tally


@pytest.mark.parametrize(
    ("verdict", "count"),
    [
        (Verdict.ERROR, "failed"),
        (Verdict.TRUNCATED, "failed"),
        (Verdict.TOO_LARGE, "failed"),
        (Verdict.BLOCKED, "blocked"),
        (Verdict.CHALLENGE, "blocked"),
        (Verdict.GONE, "gone"),
        (Verdict.SOFT_GONE, "gone"),
        (Verdict.EXCLUDED, "excluded"),
    ],
)
def test_a_page_that_did_not_come_counts_as_what_it_is(verdict: Verdict, count: str) -> None:
    tally = counted(PAGE, verdict)
    counts = {name: getattr(tally, name) for name in ("failed", "blocked", "gone", "excluded")}
    assert counts == {name: int(name == count) for name in counts}
    assert (tally.fetched, tally.found) == (1, 0)


@pytest.mark.parametrize("verdict", [Verdict.GONE, Verdict.SOFT_GONE, Verdict.ERROR, Verdict.BLOCKED])
def test_a_site_without_a_search_has_lost_nothing(verdict: Verdict) -> None:
    tally = counted(SEARCH, verdict)
    assert (tally.fetched, tally.gone, tally.failed, tally.blocked) == (1, 0, 0, 0)


@pytest.mark.parametrize(
    ("kind", "found"),
    [(Kind.ARTICLE, 1), (Kind.ATTACHMENT, 1), (Kind.GIVEN, 1), (Kind.LISTING, 0), (Kind.START, 0)],
)
def test_only_what_may_hold_a_report_is_found(kind: Kind, found: int) -> None:
    step = Step(PAGE.ask, kind, 1.0, "")
    assert counted(step, Verdict.OK).found == found
    assert counted(step, Verdict.NOT_MODIFIED).found == found


def test_what_was_not_modified_brought_no_bytes() -> None:
    tally = counted(PAGE, Verdict.OK, 4_000)
    tally.add(PAGE, Verdict.NOT_MODIFIED, 4_000)
    assert (tally.received_bytes, tally.not_modified, tally.fetched) == (4_000, 1, 2)


def test_a_second_look_is_one_more_request() -> None:
    tally = counted(PAGE, Verdict.OK)
    tally.add_second_look()
    assert (tally.fetched, tally.found) == (2, 1)
