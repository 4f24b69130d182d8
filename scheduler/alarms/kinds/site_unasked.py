"""A site of the settings has not been asked for days while others were."""

from __future__ import annotations

from collections.abc import Iterator

from scheduler.alarms.evidence import Evidence
from scheduler.alarms.finding import Finding, Kind

NIGHTS = 3
"""The window of hours may close before all sites had their turn, but not night after night."""


def find(known: Evidence) -> Iterator[Finding]:
    if not known.asked():
        return
    nights = sorted({night.night for site in known.watched_sites() for night in site.nights})
    recent = set(nights[-NIGHTS:])
    if len(recent) < NIGHTS:
        return
    for name in sorted(known.watched):
        history = known.site(name)
        asked = {night.night for night in history.nights} if history else set()
        if not asked & recent:
            last = max(asked).isoformat() if asked else "—"
            yield Finding(name, {"nights": NIGHTS, "last": last}, known.division_of(name))


KIND = Kind(
    "site_unasked",
    find,
)
