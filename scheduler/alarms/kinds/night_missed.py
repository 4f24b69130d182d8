"""The night did not run, although it is past the time by which it always had begun."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from scheduler.alarms.evidence import Evidence
from scheduler.alarms.finding import Finding, Kind
from scheduler.nights import night_of, span_of

LEAST_NIGHTS = 3
"""So many nights make a habit."""
LATE = timedelta(hours=3)


def find(known: Evidence) -> Iterator[Finding]:
    first = _first_starts(known.starts)
    past = [start for start in first if night_of(start) < known.night]
    if len(past) < LEAST_NIGHTS or len(past) < len(first):
        return
    gap = median((night_of(b) - night_of(a)).days for a, b in pairwise(past))
    latest = max(start - span_of(night_of(start))[0] for start in past[-7:])
    waited = (known.night - night_of(past[-1])).days
    too_late = known.now > span_of(known.night)[0] + latest + LATE
    if waited > gap or (waited == gap and too_late):
        yield Finding("night", {"last": past[-1].strftime("%Y-%m-%d %H:%M UTC"), "nights": int(waited)})


def _first_starts(starts: tuple[datetime, ...]) -> list[datetime]:
    """The first start of each night."""
    first = {night_of(start): start for start in sorted(starts, reverse=True)}
    return [first[night] for night in sorted(first)]


KIND = Kind(
    "night_missed",
    find,
)
