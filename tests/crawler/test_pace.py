"""The delay between two requests: never below the promise."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.pace import JITTER, LEAST_SLOWED, SLOWEST, Pace, retry_after, with_jitter

NOW = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)


@pytest.mark.parametrize("delay", [0.0, 0.2, 1.0, 30.0])
def test_chance_only_makes_it_longer(delay: float) -> None:
    mean, part = with_jitter(delay)
    shortest, longest = mean * (1 - part), mean * (1 + part)
    assert shortest == pytest.approx(delay)
    assert longest == pytest.approx(delay * (1 + JITTER))


def test_robots_may_ask_for_more_never_for_less() -> None:
    assert Pace(1.0, asked_for=10.0).delay == 10.0
    assert Pace(1.0, asked_for=0.1).delay == 1.0


def test_trouble_slows_down_up_to_a_limit_and_good_answers_speed_up_again() -> None:
    pace = Pace(1.0)
    seen = []
    for _ in range(6):
        pace.trouble()
        seen.append(pace.delay)
    assert seen == [2.0, 4.0, 8.0, SLOWEST, SLOWEST, SLOWEST]
    for _ in range(4):
        pace.well()
    assert pace.delay == 1.0


def test_a_crawl_without_delay_slows_down_too() -> None:
    pace = Pace(0.0)
    pace.trouble()
    assert pace.delay == 2 * LEAST_SLOWED


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 5 ", 5.0),
        ("Sat, 21 Nov 2026 18:01:30 GMT", 90.0),
        ("Sat, 21 Nov 2026 17:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        (None, None),
        ("9" * 40, 10.0**7),
    ],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds
