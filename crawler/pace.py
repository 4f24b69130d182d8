"""How long to wait between two requests to one host. Pure.

Never less than was promised; more where robots.txt asks for it, and for a while where the host is in trouble.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

JITTER = 0.25
"""A wait is up to this much longer than promised, by chance, so that no rhythm hits a server."""
SLOWEST = 16.0
"""Times the usual delay, at most, while a host is in trouble."""
LEAST_SLOWED = 0.25
"""Seconds; what a crawl without any delay begins to slow down from."""


@dataclass
class Pace:
    """The pace for one host; delays in seconds."""

    promised: float
    asked_for: float = 0.0
    slowed: float = 1.0

    @property
    def delay(self) -> float:
        """The least time between two requests now."""
        usual = max(self.promised, self.asked_for)
        return usual if self.slowed <= 1.0 else max(usual, LEAST_SLOWED) * self.slowed

    def well(self) -> None:
        """The host answered as it should."""
        self.slowed = max(1.0, self.slowed / 2)

    def trouble(self) -> None:
        """It said that it is overloaded, or did not answer."""
        self.slowed = min(SLOWEST, self.slowed * 2)


def with_jitter(delay: float) -> tuple[float, float]:
    """The mean delay and the part of it by which chance moves it, so that it is never below ``delay``."""
    mean = delay * (1 + JITTER / 2)
    return mean, JITTER / 2 / (1 + JITTER / 2)


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After field asks for (RFC 9110, 10.2.3: a number of seconds, or a date)."""
    text = (value or "").strip()
    if text.isdecimal():
        return float(min(int(text), 10**7))
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
