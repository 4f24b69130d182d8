"""Alarms as rows: raised, seen again, closed, acknowledged."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from archive.catalogue.engine import Catalogue, take_turn
from archive.catalogue.models import Alarm
from archive.times import Clock, iso, utc_now

Details = Mapping[str, str | int | float]


class NoSuchAlarm(LookupError):
    """There is no open alarm of that number."""


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """An alarm, over or not."""

    alarm_id: int
    kind: str
    subject: str
    division: str | None
    details: Details
    weight: int
    raised_on: date
    raised_at: str
    seen_at: str
    closed_at: str | None
    acknowledged_at: str | None
    acknowledged_by: str | None

    @property
    def state(self) -> str:
        if self.closed_at is not None:
            return "closed"
        return "acknowledged" if self.acknowledged_at is not None else "open"


@dataclass(frozen=True, slots=True)
class Raise:
    """What is wrong now, whether it was before or not."""

    kind: str
    subject: str
    division: str | None
    details: Details
    weight: int


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of a night: the numbers of the alarms raised, and of those that are over."""

    raised: tuple[int, ...]
    closed: tuple[int, ...]


def open_alarms(catalogue: Catalogue) -> list[AlarmRow]:
    """Those that are not over, the oldest first."""
    with catalogue.reading() as session:
        query = select(Alarm).where(Alarm.closed_at.is_(None)).order_by(Alarm.alarm_id)
        return [_row(alarm) for alarm in session.scalars(query)]


def all_alarms(catalogue: Catalogue, since: str = "") -> list[AlarmRow]:
    """Those raised or closed at that time or later (ISO), the newest first; every one if none is given."""
    with catalogue.reading() as session:
        query = select(Alarm).where(or_(Alarm.raised_at >= since, Alarm.closed_at >= since))
        return [_row(alarm) for alarm in session.scalars(query.order_by(Alarm.alarm_id.desc()))]


def settle(
    catalogue: Catalogue, wrong: Iterable[Raise], over: Iterable[int], night: date, clock: Clock = utc_now
) -> Settled:
    """Raise what is new, and close what is over, all at once or not at all.

    What is open already is only brought up to date. What was acknowledged and has grown since is closed and
    raised anew.
    """
    at = iso(clock())
    raised: list[int] = []
    closed: list[int] = []
    with catalogue.writing() as session:
        take_turn(session, "alarms")
        still_open = session.scalars(select(Alarm).where(Alarm.closed_at.is_(None)))
        there = {(alarm.kind, alarm.subject): alarm for alarm in still_open}
        for alarm_id in over:
            alarm = session.get_one(Alarm, alarm_id)
            if alarm.closed_at is None:
                alarm.closed_at = at
                closed.append(alarm_id)
        for one in wrong:
            known = there.get((one.kind, one.subject))
            if known is not None and known.closed_at is None:
                known.seen_at = at
                if known.acknowledged_at is None:
                    known.details, known.weight = _json(one.details), one.weight
                    continue
                if one.weight <= known.weight:
                    continue
                known.closed_at = at
            session.flush()  # the closed one makes room for the one in its place
            raised.append(_add(session, one, night, at))
    return Settled(tuple(raised), tuple(closed))


def acknowledge(catalogue: Catalogue, alarm_id: int, by: str, clock: Clock = utc_now) -> AlarmRow:
    """A person knows of it: it stays open, and is not told of again unless it grows.

    Raises :class:`NoSuchAlarm`.
    """
    with catalogue.writing() as session:
        alarm = session.get(Alarm, alarm_id)
        if alarm is None or alarm.closed_at is not None:
            raise NoSuchAlarm(f"no open alarm has the number {alarm_id}; `nianbao alarms` lists them")
        alarm.acknowledged_at = iso(clock())
        alarm.acknowledged_by = by
        return _row(alarm)


def _add(session: Session, one: Raise, night: date, at: str) -> int:
    alarm = Alarm(
        kind=one.kind,
        subject=one.subject,
        division_code=one.division,
        details=_json(one.details),
        weight=one.weight,
        raised_on=night.isoformat(),
        raised_at=at,
        seen_at=at,
    )
    session.add(alarm)
    session.flush()
    return alarm.alarm_id


def _json(details: Details) -> str:
    return json.dumps(dict(details), ensure_ascii=False)


def _row(alarm: Alarm) -> AlarmRow:
    return AlarmRow(
        alarm.alarm_id,
        alarm.kind,
        alarm.subject,
        alarm.division_code,
        json.loads(alarm.details),
        alarm.weight,
        date.fromisoformat(alarm.raised_on),
        alarm.raised_at,
        alarm.seen_at,
        alarm.closed_at,
        alarm.acknowledged_at,
        alarm.acknowledged_by,
    )
