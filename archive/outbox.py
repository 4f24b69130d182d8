"""The outbox: what is to be told to whom, and what became of it.

A row is claimed (``sending``) in a transaction of its own before anything is sent. What a crash leaves so may
have arrived: it becomes ``uncertain`` and is never sent again. So each event is told at most once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from archive.catalogue.engine import Catalogue, take_turn
from archive.catalogue.models import Notice
from archive.times import Clock, iso, utc_now

BEGIN = "begin"
"""The event by which a channel's row says since when it is told of changes."""
MOST_ATTEMPTS = 5
_BATCH = 400


class NoticeState(StrEnum):
    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    """Refused five times; it is not tried again."""
    UNCERTAIN = "uncertain"
    """It may have arrived; it is not tried again."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something to tell. ``key`` is the same for the same event at all times; ``line`` is its text."""

    key: str
    group: str
    line: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event that is to be sent."""

    notice_id: int
    event: Event
    attempts: int


def begun(catalogue: Catalogue, channel: str, clock: Clock = utc_now) -> str:
    """Since when the channel is told of changes; from now on, for a new one."""
    with catalogue.writing() as session:
        take_turn(session, "notices")
        at = _begun(session, channel)
        if at is None:
            at = iso(clock())
            values = {
                "channel": channel,
                "event": BEGIN,
                "topic": "",
                "line": "",
                "created_at": at,
                "sent_at": at,
            }
            session.add(Notice(**values, state=NoticeState.SENT, attempts=0))
        return at


def begun_or_none(catalogue: Catalogue, channel: str) -> str | None:
    with catalogue.reading() as session:
        return _begun(session, channel)


def _begun(session: Session, channel: str) -> str | None:
    query = select(Notice.created_at).where(Notice.channel == channel, Notice.event == BEGIN)
    return session.scalar(query)


def known_events(catalogue: Catalogue, channel: str) -> frozenset[str]:
    """Every event that the channel was, or is to be, told of."""
    with catalogue.reading() as session:
        return frozenset(session.scalars(select(Notice.event).where(Notice.channel == channel)))


def put(catalogue: Catalogue, channel: str, events: Iterable[Event], clock: Clock = utc_now) -> int:
    """Add those that are not there yet; how many."""
    at = iso(clock())
    with catalogue.writing() as session:
        take_turn(session, "notices")
        there = set(session.scalars(select(Notice.event).where(Notice.channel == channel)))
        rows = []
        for event in events:
            if event.key not in there:
                there.add(event.key)
                what = {"event": event.key, "topic": event.group, "line": event.line}
                rows.append(
                    {
                        "channel": channel,
                        **what,
                        "state": NoticeState.PENDING,
                        "created_at": at,
                        "attempts": 0,
                    }
                )
        if rows:
            session.execute(insert(Notice), rows)
    return len(rows)


def give_up_interrupted(catalogue: Catalogue, channel: str, clock: Clock = utc_now) -> int:
    """What a process that died was sending: how many rows. Only who holds the lock may call this."""
    reason = "the program ended while it was sent: it may have arrived"
    with catalogue.writing() as session:
        done = session.execute(
            update(Notice)
            .where(Notice.channel == channel, Notice.state == NoticeState.SENDING)
            .values(state=NoticeState.UNCERTAIN, sent_at=iso(clock()), error=reason)
        )
        return int(done.rowcount)  # type: ignore[attr-defined]


def pending(catalogue: Catalogue, channel: str) -> list[Waiting]:
    """What waits to be sent, the oldest first."""
    query = select(Notice).where(Notice.channel == channel, Notice.state == NoticeState.PENDING)
    with catalogue.reading() as session:
        return [
            Waiting(row.notice_id, Event(row.event, row.topic, row.line), row.attempts)
            for row in session.scalars(query.order_by(Notice.notice_id))
        ]


def claim(catalogue: Catalogue, waiting: Sequence[Waiting], clock: Clock = utc_now) -> bool:
    """From here on they may have arrived. Committed when this returns.

    False, and nothing is claimed, when another process has done so with one of them.
    """
    now = {"state": NoticeState.SENDING, "attempts": Notice.attempts + 1, "sent_at": iso(clock())}
    with catalogue.writing() as session:
        take_turn(session, "notices")
        pending = Notice.state == NoticeState.PENDING
        for part in _parts(waiting):
            still = select(func.count()).where(Notice.notice_id.in_(part), pending)
            if session.scalar(still) != len(part):
                return False
        for part in _parts(waiting):
            session.execute(update(Notice).where(Notice.notice_id.in_(part)).values(**now))
    return True


def settle_sent(
    catalogue: Catalogue,
    waiting: Sequence[Waiting],
    state: NoticeState,
    error: str | None,
    clock: Clock = utc_now,
) -> None:
    """What became of them. One that failed waits again until it has failed five times."""
    values = {"sent_at": iso(clock()), "error": error}
    if state is not NoticeState.FAILED:
        _set(catalogue, waiting, {**values, "state": state})
        return
    last = [one for one in waiting if one.attempts + 1 >= MOST_ATTEMPTS]
    _set(catalogue, last, {**values, "state": NoticeState.FAILED})
    again = [one for one in waiting if one not in last]
    _set(catalogue, again, {**values, "state": NoticeState.PENDING})


def counts(catalogue: Catalogue) -> dict[str, dict[str, int]]:
    """How many events of each channel are in each state."""
    query = select(Notice.channel, Notice.state, func.count()).where(Notice.event != BEGIN)
    found: dict[str, dict[str, int]] = {}
    with catalogue.reading() as session:
        for channel, state, count in session.execute(query.group_by(Notice.channel, Notice.state)):
            found.setdefault(channel, {})[state] = count
    return found


def _set(catalogue: Catalogue, waiting: Collection[Waiting], values: dict[str, object]) -> None:
    with catalogue.writing() as session:
        for part in _parts(waiting):
            session.execute(update(Notice).where(Notice.notice_id.in_(part)).values(**values))


def _parts(waiting: Collection[Waiting]) -> Iterator[list[int]]:
    ids = [one.notice_id for one in waiting]
    return (ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH))
