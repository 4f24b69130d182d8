"""A list yields less than its history: a column was emptied, its pager changed, or we read it worse."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from scheduler.alarms.evidence import Evidence, ListHistory
from scheduler.alarms.finding import Details, Finding, Kind

NAME = "listing_short"
SHARE = 0.8
"""Reports are added and hardly ever taken away; a fifth less is no tidying up."""
NIGHTS = 7


def find(known: Evidence) -> Iterator[Finding]:
    for one in known.lists:
        walk = one.on(known.night)
        usual = _usual(known, one)
        if walk is None or usual is None or not _is_judged(known, one.site):
            continue
        if walk.items < SHARE * usual:
            details: Details = {"site": one.site, "items": walk.items, "usual": usual}
            yield Finding(one.url, details, known.division_of(one.site), usual - walk.items)


def _usual(known: Evidence, one: ListHistory) -> int | None:
    """What it named before. While an alarm is open that stays the measure, so that nobody gets used to less;
    once a person has acknowledged it, it is over when the nights have got used to it.
    """
    there = known.open.get((NAME, one.url))
    if there is not None and there.acknowledged_on is None:
        return int(there.details["usual"])
    past = [walk.items for walk in one.before(known.night) if walk.complete]
    return round(median(past[-NIGHTS:])) if past else None


def _is_judged(known: Evidence, site: str) -> bool:
    return known.is_watched(site) and known.is_done(site)


def judges(known: Evidence, subject: str) -> bool:
    """A list that is gone altogether is told by another alarm."""
    if not known.is_watched(str(known.open[NAME, subject].details["site"])):
        return True
    there = next((one for one in known.lists if one.url == subject), None)
    return there is None or (there.on(known.night) is not None and known.is_done(there.site))


KIND = Kind(
    NAME,
    find,
    judges=judges,
)
