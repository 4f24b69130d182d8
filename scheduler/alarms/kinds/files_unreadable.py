"""Files of a site that our readers could not read."""

from __future__ import annotations

from collections.abc import Iterator

from scheduler.alarms.evidence import Evidence
from scheduler.alarms.finding import Details, Finding, Kind


def find(known: Evidence) -> Iterator[Finding]:
    for one in known.unreadable:
        if not known.is_watched(one.site):
            continue
        details: Details = {"files": one.files, "url": one.url, "reason": one.reason}
        yield Finding(one.site, details, known.division_of(one.site), one.files)


KIND = Kind(
    "files_unreadable",
    find,
)
