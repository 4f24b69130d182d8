"""The hours in which scheduled crawls may ask, by the clock of the sites."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scheduler.window import Window


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "now", "closes"),
    [
        # 22:00 in Shanghai is 14:00 UTC
        ("22:00-06:00", "2026-11-21T13:59", None),
        ("22:00-06:00", "2026-11-21T14:00", "2026-11-21T22:00"),
        ("22:00-06:00", "2026-11-21T21:59", "2026-11-21T22:00"),
        ("22:00-06:00", "2026-11-21T22:00", None),
        ("1:30-5:00", "2026-11-20T17:30", "2026-11-20T21:00"),
        ("1:30-5:00", "2026-11-20T21:00", None),
        ("00:00-00:00", "2026-11-21T03:00", "2026-11-21T16:00"),
    ],
)
def test_when_it_closes(hours: str, now: str, closes: str | None) -> None:
    assert Window.parse(hours).closes_at(at(now)) == (at(closes) if closes else None)


@pytest.mark.parametrize("text", ["", "22-6", "25:00-06:00", "22:00", "22:00-06:61"])
def test_what_is_no_span_of_hours(text: str) -> None:
    with pytest.raises(ValueError, match="hour|span|minute|format"):
        Window.parse(text)
