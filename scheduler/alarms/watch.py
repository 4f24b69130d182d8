"""Holds a night against every kind of alarm: raises what is new, closes what is over."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path

from archive.alarms import Raise, Settled, settle
from archive.catalogue.engine import Catalogue
from archive.times import Clock, utc_now
from scheduler.alarms.evidence import Evidence
from scheduler.alarms.gather import gather
from scheduler.alarms.kinds import KINDS


def watch(
    catalogue: Catalogue, home: Path, watched: Collection[str], night: date, clock: Clock = utc_now
) -> Settled:
    """May be called any number of times a night: what is open is not raised again."""
    known = gather(catalogue, home, watched, night, clock())
    wrong = list(found(known))
    return settle(catalogue, wrong, over(known, wrong), night, clock)


def found(known: Evidence) -> Iterator[Raise]:
    """All that is wrong, whether an alarm of it is open or not."""
    for kind in KINDS.values():
        for one in kind.find(known):
            yield Raise(kind.name, one.subject, one.division, one.details, one.weight)


def over(known: Evidence, wrong: Collection[Raise]) -> Iterator[int]:
    """Open alarms that are over; those of a kind that is no more, too."""
    still = {(one.kind, one.subject) for one in wrong}
    for (name, subject), alarm in known.open.items():
        kind = KINDS.get(name)
        if (name, subject) not in still and (kind is None or kind.judges(known, subject)):
            yield alarm.alarm_id
