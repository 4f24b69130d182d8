"""A column that was walked night after night was not met tonight: it moved, or was taken away."""

from __future__ import annotations

from collections.abc import Iterator

from scheduler.alarms.evidence import Evidence, ListHistory
from scheduler.alarms.finding import Details, Finding, Kind

NAME = "column_lost"
LEAST_NIGHTS = 2
"""What was met only once may have been no column."""
SHARE = 0.8


def find(known: Evidence) -> Iterator[Finding]:
    for one in known.lists:
        if known.is_watched(one.site) and known.is_done(one.site) and _is_lost(known, one):
            there = _instead(known, one)
            details: Details = {
                "site": one.site,
                "column": one.column or "",
                "items": one.walks[-1].items,
                "instead": there.url if there else "—",
            }
            yield Finding(one.url, details, known.division_of(one.site))


def _is_lost(known: Evidence, one: ListHistory) -> bool:
    """For the first night without it; then until it is back, or another column holds as much."""
    if one.on(known.night) is not None:
        return False
    there = known.open.get((NAME, one.url))
    if there is not None:
        return there.raised_on == known.night or _instead(known, one) is None
    history = known.site(one.site)
    done = [n.night for n in history.before(known.night) if n.done] if history else []
    walked = {walk.night for walk in one.walks}
    return len(done) >= LEAST_NIGHTS and all(night in walked for night in done[-LEAST_NIGHTS:])


def _instead(known: Evidence, lost: ListHistory) -> ListHistory | None:
    """A column of the site that came when this one went, and names as many reports."""
    last = lost.walks[-1]
    for one in known.lists:
        walk = one.on(known.night)
        came_later = one.walks[0].night > last.night
        if one.site == lost.site and walk is not None and came_later and walk.items >= SHARE * last.items:
            return one
    return None


def judges(known: Evidence, subject: str) -> bool:
    """What has been gone so long that no night remembers it is over when a person has said so."""
    there = known.open[NAME, subject]
    site = str(there.details["site"])
    if not known.is_watched(site):
        return True
    remembered = any(one.url == subject for one in known.lists)
    return known.is_done(site) and (remembered or there.acknowledged_on is not None)


KIND = Kind(
    NAME,
    find,
    judges=judges,
)
