"""A site's certificate does not hold: what it sends is archived, and is not certain to come from it."""

from __future__ import annotations

from collections.abc import Iterator

from scheduler.alarms.evidence import Evidence
from scheduler.alarms.finding import Finding, Kind


def find(known: Evidence) -> Iterator[Finding]:
    for one in known.hosts:
        if one.certificate is not None and one.sites & known.watched:
            sites = ", ".join(sorted(one.sites & known.watched))
            yield Finding(one.host, {"sites": sites, "reason": one.certificate}, one.division)


KIND = Kind(
    "certificate_bad",
    find,
)
