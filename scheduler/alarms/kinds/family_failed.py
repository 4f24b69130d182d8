"""Many sites of one family failed on one night: its system changed, or our reading of it broke."""

from __future__ import annotations

from collections.abc import Iterator

from scheduler.alarms.evidence import Evidence
from scheduler.alarms.failing import LEAST_OF_A_FAMILY, failing_families, family_of, named
from scheduler.alarms.finding import Details, Finding, Kind


def find(known: Evidence) -> Iterator[Finding]:
    for family, sites in sorted(failing_families(known).items()):
        nights = [night for one in sites if (night := one.on(known.night))]
        message = next((n.message for n in nights if n.message), "—")
        asked = sum(1 for one in known.asked() if family_of(one) == family)
        details: Details = {"failed": len(sites), "of": asked, "sites": named(sites), "message": message}
        yield Finding(family, details, weight=len(sites))


def judges(known: Evidence, subject: str) -> bool:
    return sum(family_of(one) == subject for one in known.asked()) >= LEAST_OF_A_FAMILY


KIND = Kind(
    "family_failed",
    find,
    judges=judges,
)
