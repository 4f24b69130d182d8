"""Which sites failed tonight, and what they have in common: many that fail for one reason are one alarm."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from scheduler.alarms.evidence import Evidence
from scheduler.nights import SiteHistory

LEAST_OF_A_FAMILY = 3
"""So many sites, and at least half of those of the family that were asked."""


def failing(known: Evidence) -> list[SiteHistory]:
    """Watched sites whose crawl failed or was broken off tonight and not gone on with."""
    return [one for one in known.asked() if not known.is_done(one.site)]


def network_is_down(known: Evidence) -> bool:
    """Every one of several sites failed, and no request to any was answered."""
    asked = known.asked()
    answered = sum(night.counts.fetched for one in asked if (night := one.on(known.night)))
    return len(asked) >= 2 and len(failing(known)) == len(asked) and answered == 0


def family_of(history: SiteHistory) -> str | None:
    """The family that its lists were walked as most often, the newest nights first."""
    for night in reversed(history.nights):
        if night.families:
            return min(night.families)
    return None


def failing_families(known: Evidence) -> Mapping[str, list[SiteHistory]]:
    """Families of which many sites failed tonight, with these sites."""
    if network_is_down(known):
        return {}
    asked = Counter(family_of(one) for one in known.asked())
    found: dict[str, list[SiteHistory]] = defaultdict(list)
    for one in failing(known):
        family = family_of(one)
        if family is not None:
            found[family].append(one)
    return {
        family: sites
        for family, sites in found.items()
        if len(sites) >= LEAST_OF_A_FAMILY and 2 * len(sites) >= asked[family]
    }


def told_as_one(known: Evidence) -> frozenset[str]:
    """Sites whose failure the alarm of the network or of a family tells already."""
    if network_is_down(known):
        return frozenset(one.site for one in known.asked())
    return frozenset(one.site for sites in failing_families(known).values() for one in sites)


def named(sites: list[SiteHistory], most: int = 8) -> str:
    """Their names, cut after some."""
    names = sorted(one.site for one in sites)
    return ", ".join(names[:most]) + (" …" if len(names) > most else "")
