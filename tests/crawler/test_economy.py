"""What is due tonight: nothing that changed lately is left out, and nothing is left out for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from archive.capture import Kind
from archive.rechecks import Seen
from archive.times import iso
from crawler.economy import Economy, is_due, may_be_back

NOW = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
ECONOMY = Economy(young_days=60, recheck_days=30, explore_days=7)
URL = "https://www.example.gov.cn/nb/202401/t20240125_1.html"


def ago(days: float) -> str:
    return iso(NOW - timedelta(days=days))


def seen(checked: float, verdict: str = "ok", **more: object) -> Seen:
    return Seen(ago(checked), verdict, bool(more.pop("ever_good", True)), **more)  # type: ignore[arg-type]


def due(kind: Kind, one: Seen | None) -> bool:
    return is_due(URL, kind, one, NOW, ECONOMY)


@pytest.mark.parametrize("kind", [Kind.START, Kind.LISTING, Kind.GIVEN])
def test_columns_and_what_a_person_names_are_asked_for_each_night(kind: Kind) -> None:
    assert due(kind, seen(0.1, published_on="2009-01-01"))


def test_what_was_never_seen_is_due() -> None:
    assert due(Kind.ARTICLE, None)


def test_a_young_report_is_due_each_night_and_an_old_one_is_not() -> None:
    assert due(Kind.ARTICLE, seen(1, published_on=ago(59)[:10]))
    assert not due(Kind.ARTICLE, seen(1, published_on=ago(400)[:10]))


def test_an_old_report_that_was_edited_is_young_again() -> None:
    old = ago(1000)[:10]
    assert not due(Kind.ARTICLE, seen(1, published_on=old))
    assert due(Kind.ARTICLE, seen(1, published_on=old, changed_at=ago(10)))


@pytest.mark.parametrize("published", [61, 90, 200, 1000, 9000])
def test_each_report_is_due_within_the_longest_interval(published: int) -> None:
    assert due(Kind.ARTICLE, seen(ECONOMY.recheck_days, published_on=ago(published)[:10]))


def test_the_longer_nothing_happens_the_more_rarely_it_is_asked_for() -> None:
    def interval(published: int) -> int:
        return next(d for d in range(1, 40) if due(Kind.ARTICLE, seen(d, published_on=ago(published)[:10])))

    intervals = [interval(days) for days in (30, 61, 80, 100, 120)]
    assert intervals == sorted(intervals)
    assert intervals[0] == 1
    assert intervals[-1] > 15


def test_what_has_no_date_is_due_each_night() -> None:
    assert due(Kind.ATTACHMENT, seen(1))


def test_pages_on_the_way_are_due_once_a_week() -> None:
    assert not due(Kind.PAGE, seen(6))
    assert due(Kind.PAGE, seen(7))


@pytest.mark.parametrize(
    "verdict", ["error", "truncated", "blocked", "challenge", "gone", "soft_gone", "moved"]
)
def test_what_was_there_and_did_not_come_is_due(verdict: str) -> None:
    assert due(Kind.ARTICLE, seen(1, verdict, published_on="2009-01-01"))


def test_a_link_that_never_led_anywhere_is_tried_once_a_week() -> None:
    assert not due(Kind.ARTICLE, seen(1, "gone", ever_good=False))
    assert due(Kind.ARTICLE, seen(7, "gone", ever_good=False))


def test_what_is_gone_and_named_nowhere_is_looked_for_once_in_the_longest_interval() -> None:
    assert [may_be_back(seen(days, "gone"), NOW, ECONOMY) for days in (1, 29, 30)] == [False, False, True]
