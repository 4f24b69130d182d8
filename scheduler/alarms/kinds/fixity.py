"""A file of the archive is not as it was written."""

from __future__ import annotations

from collections.abc import Iterator

from scheduler.alarms.evidence import Evidence
from scheduler.alarms.finding import Finding, Kind


def find(known: Evidence) -> Iterator[Finding]:
    for one in known.damaged:
        yield Finding(one.file, {"at": one.at, "wrong": one.wrong}, weight=one.wrong)


KIND = Kind(
    "fixity",
    find,
)
