"""This machine's clock is wrong: by what the servers say, or because it was set back behind its own runs."""

from __future__ import annotations

from collections.abc import Iterator

from scheduler.alarms.evidence import Evidence
from scheduler.alarms.finding import Finding, Kind

MOST_SECONDS = 120
"""Times of captures are the archive's evidence of what was seen when."""


def find(known: Evidence) -> Iterator[Finding]:
    machine = known.machine
    if machine is None or machine.clock_error is None or abs(machine.clock_error) <= MOST_SECONDS:
        return
    yield Finding("clock", {"seconds": round(machine.clock_error), "hosts": machine.hosts_asked})


KIND = Kind(
    "clock_wrong",
    find,
    judges=lambda known, _subject: known.machine is not None and known.machine.clock_error is not None,
)
