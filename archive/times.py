"""Times are UTC and written as ISO 8601 with whole seconds: ``2026-11-21T02:30:00Z``.

That is the form of ``WARC-Date`` and of every time column of the catalogue; as text it sorts
by time, on SQLite and PostgreSQL alike.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Gives the present moment, aware and in UTC; handed in so that tests can hold it still."""


def utc_now() -> datetime:
    return datetime.now(UTC)


def iso(moment: datetime) -> str:
    """``moment`` (aware) as the catalogue writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_iso(text: str) -> datetime:
    """The moment that a time of the catalogue or a ``WARC-Date`` names. Raises ``ValueError``."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} names no zone")
    return moment.astimezone(UTC)


def compact(moment: datetime) -> str:
    """``moment`` for file names: ``20261121T023000Z``."""
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
