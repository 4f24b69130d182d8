"""No site answered at all: it is this machine's way to the net, not the sites."""

from __future__ import annotations

from collections.abc import Iterator

from scheduler.alarms.evidence import Evidence
from scheduler.alarms.failing import network_is_down
from scheduler.alarms.finding import Finding, Kind


def find(known: Evidence) -> Iterator[Finding]:
    if network_is_down(known):
        yield Finding("network", {"sites": len(known.asked())})


KIND = Kind(
    "network_down",
    find,
    judges=lambda known, _subject: bool(known.asked()),
)
