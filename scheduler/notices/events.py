"""What there is to tell a channel: alarms raised and over, and changes that offices made."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator

from sqlalchemy import text

from archive.alarms import AlarmRow, all_alarms, open_alarms
from archive.catalogue.engine import Catalogue
from archive.outbox import Event
from scheduler.alarms.words import Language, told_of
from scheduler.notices.channel import Channel

ALARM, OVER = "alarm", "over"
LONGEST_LINE = 300
_OVER = {Language.ZH: "已解除", Language.EN: "over"}
_KINDS = {
    Language.ZH: {
        "appeared": "新发布", "edited": "有修改", "replaced": "被替换", "moved": "移位", "gone": "消失",
        "returned": "恢复",
    },
    Language.EN: {},
}  # fmt: skip
_CHANGES = text(
    "SELECT r.key, c.agency, c.year, c.layer, c.kind, c.table_code, c.row_code, c.column_code, c.old_value, "
    "c.new_value, c.window_to, c.division_code, c.url "
    "FROM changes c JOIN report r ON r.report_id = c.report_id "
    "WHERE c.cause = 'source' AND c.flicker = 0 AND c.recorded_at >= :since ORDER BY c.change_id"
)


def events_for(catalogue: Catalogue, channel: Channel, since: str, told: Collection[str]) -> Iterator[Event]:
    """All that the channel should know; ``told`` are the keys of what it was told of before.

    Changes are those recorded from ``since`` on; alarms also those that are open already.
    """
    if channel.alarms:
        yield from _alarms(catalogue, channel, since, told)
    if channel.changes:
        yield from _changes(catalogue, channel, since)


def _alarms(catalogue: Catalogue, channel: Channel, since: str, told: Collection[str]) -> Iterator[Event]:
    """Nobody is told of the end of what he was not told of."""
    known = {alarm.alarm_id: alarm for alarm in (*open_alarms(catalogue), *all_alarms(catalogue, since))}
    for alarm_id, alarm in sorted(known.items()):
        if not channel.concerns(alarm.division):
            continue
        key = f"alarm {alarm_id}"
        if alarm.state == "open":
            yield Event(key, ALARM, _alarm_line(alarm, channel.language))
        if alarm.closed_at is not None and key in told:
            words = told_of(alarm, channel.language)
            yield Event(
                f"{key} over", OVER, f"{_OVER[channel.language]}: {words.title}, {_plain(alarm.subject)}"
            )


def _alarm_line(alarm: AlarmRow, language: Language) -> str:
    words = told_of(alarm, language)
    return f"[{alarm.alarm_id}] {words.title}: {_plain(words.what)} → {words.do}"


def _changes(catalogue: Catalogue, channel: Channel, since: str) -> Iterator[Event]:
    with catalogue.reading() as session:
        for row in session.execute(_CHANGES, {"since": since}):
            if row.layer not in channel.changes or not channel.concerns(row.division_code):
                continue
            cell = "/".join((row.table_code, row.row_code, row.column_code)) if row.table_code else ""
            values = f": {row.old_value} → {row.new_value}" if cell else ""
            kind = _KINDS[channel.language].get(row.kind, row.kind)
            line = f"{row.agency or row.url} {row.year or ''} {kind} {cell}{values}"
            # rows of changes may be derived anew under other numbers: the event is what it says
            said = (row.key, row.layer, row.kind, cell, row.old_value, row.new_value, row.window_to)
            key = hashlib.sha256(repr(said).encode()).hexdigest()[:40]
            yield Event(f"change {key}", row.kind, _plain(line))


def _plain(words: str) -> str:
    """What a site says, in one line of bounded length."""
    line = " ".join("".join(c if c.isprintable() else " " for c in words).split())
    return line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 1]}…"
