"""The catalogue's database reports trouble of its own."""

from __future__ import annotations

from collections.abc import Iterator

from scheduler.alarms.evidence import Evidence
from scheduler.alarms.finding import Finding, Kind


def find(known: Evidence) -> Iterator[Finding]:
    if known.database is not None:
        yield Finding("database", {"message": known.database})


KIND = Kind(
    "database_bad",
    find,
)
