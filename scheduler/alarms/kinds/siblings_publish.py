"""A site has nothing on the newest year while its siblings have published."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from scheduler.alarms.evidence import Evidence
from scheduler.alarms.finding import Finding, Kind
from scheduler.nights import SiteHistory

LEAST_SIBLINGS = 3
SHARE = 0.6
"""One late office is late; when most have published it is more likely that we do not see it."""
PREFECTURE = 4
"""Digits of a division's code that its siblings share."""


def find(known: Evidence) -> Iterator[Finding]:
    by_region: dict[str, list[SiteHistory]] = defaultdict(list)
    for site in known.watched_sites():
        if site.division:
            by_region[site.division[:PREFECTURE]].append(site)
    year = known.night.year - 1
    for sites in by_region.values():
        for site in sites:
            others = [one for one in sites if one is not site]
            have = [one for one in others if one.site in known.published]
            if (
                site.site in known.published
                or len(others) < LEAST_SIBLINGS
                or len(have) < SHARE * len(others)
            ):
                continue
            if any(night.done for night in site.nights):  # else another alarm tells what is wrong with it
                yield Finding(site.site, {"year": year, "have": len(have), "of": len(others)}, site.division)


KIND = Kind(
    "siblings_publish",
    find,
)
