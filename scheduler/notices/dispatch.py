"""Puts what is new into the outbox and sends what waits there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.catalogue.engine import Catalogue
from archive.hostlock import host_locks
from archive.outbox import (
    NoticeState,
    Waiting,
    begun,
    begun_or_none,
    claim,
    give_up_interrupted,
    known_events,
    pending,
    put,
    settle_sent,
)
from archive.times import Clock, iso, utc_now
from scheduler.notices.channel import Channel
from scheduler.notices.events import events_for
from scheduler.notices.message import Message, messages
from scheduler.notices.send import Send, room, send

MOST_REFUSALS = 3
"""After so many in a row a channel is left alone until the next sending."""


@dataclass(frozen=True, slots=True)
class Dispatched:
    """What became of one channel: messages sent, and what went wrong, one line each."""

    channel: str
    sent: int
    events: int
    problems: tuple[str, ...]


def dispatch(
    catalogue: Catalogue, home: Path, channels: Sequence[Channel], sender: Send = send, clock: Clock = utc_now
) -> list[Dispatched]:
    """Tell each channel what is new, at most once. One process does so at a time; another does nothing."""
    locks = host_locks(catalogue, home)
    try:
        if not locks.take("notices"):
            return [Dispatched(one.name, 0, 0, ("another process is sending notices",)) for one in channels]
        return [_tell(catalogue, channel, sender, clock) for channel in channels]
    finally:
        locks.close()


def preview(catalogue: Catalogue, channel: Channel, clock: Clock = utc_now) -> list[Message]:
    """What :func:`dispatch` would send now. Nothing is sent and nothing is noted."""
    since = begun_or_none(catalogue, channel.name) or iso(clock())
    told = known_events(catalogue, channel.name)
    waiting = pending(catalogue, channel.name)
    new = [event for event in events_for(catalogue, channel, since, told) if event.key not in told]
    waiting += [Waiting(0, event, 0) for event in new]
    return list(messages(channel, waiting, room(channel.url)))


def _tell(catalogue: Catalogue, channel: Channel, sender: Send, clock: Clock) -> Dispatched:
    lost = give_up_interrupted(catalogue, channel.name, clock)
    problems = [f"{lost} events may have arrived before a crash, and are not sent again"] if lost else []
    since = begun(catalogue, channel.name, clock)
    told = known_events(catalogue, channel.name)
    put(catalogue, channel.name, events_for(catalogue, channel, since, told), clock)
    sent = events = refused = 0
    for message in messages(channel, pending(catalogue, channel.name), room(channel.url)):
        if refused == MOST_REFUSALS:
            problems.append("it is left alone for now; the rest waits for the next sending")
            break
        if not claim(catalogue, message.events, clock):
            continue  # another process has sent it: a restarted database forgets who holds its locks
        state, why = sender(channel.url, message.title, message.body)
        settle_sent(catalogue, message.events, state, why, clock)
        if state is NoticeState.SENT:
            sent += 1
            events += len(message.events)
            refused = 0
        else:
            problems.append(why or state.value)
            refused += 1
    return Dispatched(channel.name, sent, events, tuple(problems))
