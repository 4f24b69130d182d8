"""The disk will soon be full."""

from __future__ import annotations

from collections.abc import Iterator

from scheduler.alarms.evidence import Evidence
from scheduler.alarms.finding import Finding, Kind

NAME = "disk_full"
LEAST_BYTES = 2_000_000_000
NIGHTS = 14
ROOM = 1.2
"""It is over when there is a fifth more than the least, so that it does not come and go."""


def find(known: Evidence) -> Iterator[Finding]:
    machine = known.machine
    if machine is None:
        return
    least = max(LEAST_BYTES, NIGHTS * machine.growth) * (ROOM if (NAME, "disk") in known.open else 1.0)
    if machine.free < least:
        free, growth = round(machine.free / 1e9, 1), round(machine.growth / 1e9, 2)
        yield Finding("disk", {"free": free, "growth": growth})


KIND = Kind(
    NAME,
    find,
    judges=lambda known, _subject: known.machine is not None,
)
