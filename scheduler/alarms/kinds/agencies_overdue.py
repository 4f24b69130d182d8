"""Agencies without the report that was due on 31 January, a people's government's on 31 March.

Regulation on Open Government Information (国务院令第711号), articles 49 and 50.
"""

from __future__ import annotations

from collections.abc import Iterator

from scheduler.alarms.evidence import Evidence
from scheduler.alarms.finding import Details, Finding, Kind

NAMED = 10


def find(known: Evidence) -> Iterator[Finding]:
    for one in known.overdue:
        if known.night <= one.due_on:
            continue
        names = "、".join(one.agencies[:NAMED]) + (" …" if len(one.agencies) > NAMED else "")
        details: Details = {
            "region": one.region or "—",
            "year": one.due_on.year - 1,
            "due_on": one.due_on.isoformat(),
            "count": len(one.agencies),
            "agencies": names,
        }
        yield Finding(f"{one.region} {one.due_on}", details, one.region or None, len(one.agencies))


KIND = Kind(
    "agencies_overdue",
    find,
)
