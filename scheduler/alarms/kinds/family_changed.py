"""A site is built by another system than before: its lists are walked as another family."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from scheduler.alarms.evidence import Evidence
from scheduler.alarms.finding import Finding, Kind, of_site
from scheduler.nights import SiteNight

NIGHTS = 7
LEAST_NIGHTS = 2


def find(known: Evidence) -> Iterator[Finding]:
    for site in known.watched_sites():
        tonight = site.on(known.night)
        past = [n for n in site.before(known.night) if n.done and n.families][-NIGHTS:]
        if tonight is None or not tonight.done or not tonight.families or len(past) < LEAST_NIGHTS:
            continue
        before = _most_often(past)
        if before not in tonight.families:
            now = ", ".join(sorted(tonight.families))
            yield Finding(site.site, {"before": before, "now": now}, site.division)


def _most_often(nights: list[SiteNight]) -> str:
    """Of those that are as frequent the newest: half a week on the new system, and it is the usual one."""
    counted = Counter(family for night in reversed(nights) for family in sorted(night.families))
    return counted.most_common(1)[0][0]


KIND = Kind(
    "family_changed",
    find,
    judges=of_site,
)
