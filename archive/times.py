"""Times are UTC and written as ISO 8601 with whole seconds: ``2026-11-21T02:30:00Z``.

That is the form of ``WARC-Date`` and of every time column of the catalogue; as text it sorts
by time, on SQLite and PostgreSQL alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

_UTC = re.compile(r"(\d{4})(?:-?(\d\d)(?:-?(\d\d)(?:[T ]?(\d\d):?(\d\d)(?::?(\d\d))?Z?)?)?)?", re.I)

Clock = Callable[[], datetime]
"""Gives the present moment, aware and in UTC; handed in so that tests can hold it still."""


def utc_now() -> datetime:
    return datetime.now(UTC)


def iso(moment: datetime) -> str:
    """``moment`` (aware) as the catalogue writes it."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")[:19] + "Z"


def from_iso(text: str) -> datetime:
    """The moment that a time of the catalogue or a ``WARC-Date`` names. Raises ``ValueError``."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} names no zone")
    return moment.astimezone(UTC)


def read_moment(text: str) -> datetime:
    """A time as people and web archives write it: ``2023``, ``2023-05-01``, ``2023-05-01T08:00:00+08:00``,
    ``20230501080000``; UTC where no zone is said, and the first moment of what is left out.

    Raises ValueError with a text that says what is understood.
    """
    match = _UTC.fullmatch(text.strip())
    try:
        if match:
            parts = zip(match.groups(), (0, 1, 1, 0, 0, 0), strict=True)
            year, month, day, hour, minute, second = (int(part or least) for part, least in parts)
            return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        return datetime.fromisoformat(text.strip()).astimezone(UTC)
    except ValueError as error:
        raise ValueError(
            f"{text!r} is no time; give one such as 2023-05-01 or 2023-05-01T08:00:00Z"
        ) from error


def compact(moment: datetime) -> str:
    """``moment`` for file names: ``20261121T023000Z``."""
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
