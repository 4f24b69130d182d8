"""Events as messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive.outbox import Waiting
from scheduler.alarms.words import Language
from scheduler.notices.channel import Channel
from scheduler.notices.events import ALARM, OVER

MOST_LINES = 40
_NAMES = {
    Language.ZH: {
        "": "年报档案", ALARM: "警报", OVER: "警报解除", "appeared": "新报告", "edited": "处修改",
        "replaced": "份被替换", "moved": "份移位", "gone": "份消失", "returned": "份恢复",
        "more": "另有 {count} 项，见 nianbao night 与 nianbao changes",
    },
    Language.EN: {
        "": "nianbao", ALARM: "alarms", OVER: "alarms over", "appeared": "new reports", "edited": "edits",
        "replaced": "replaced", "moved": "moved", "gone": "gone", "returned": "returned",
        "more": "{count} more: see nianbao night and nianbao changes",
    },
}  # fmt: skip
_ORDER = (ALARM, "gone", "edited", "replaced", "appeared", "returned", "moved", OVER)


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent, and the events that it tells."""

    title: str
    body: str
    events: tuple[Waiting, ...]


def messages(channel: Channel, waiting: Sequence[Waiting]) -> Iterator[Message]:
    """One message of all events for a digest, the gravest first; else one for each."""
    if channel.digest:
        if waiting:
            yield _message(channel.language, sorted(waiting, key=_rank))
        return
    for one in waiting:
        yield _message(channel.language, [one])


def _rank(one: Waiting) -> tuple[int, int]:
    group = one.event.group
    return (_ORDER.index(group) if group in _ORDER else len(_ORDER), one.notice_id)


def _message(language: Language, told: Sequence[Waiting]) -> Message:
    names = _NAMES[language]
    groups = Counter(one.event.group for one in told)
    parts = ", ".join(f"{count} {names.get(group, group)}" for group, count in groups.items())
    lines = [one.event.line for one in told[:MOST_LINES]]
    if len(told) > MOST_LINES:
        lines.append(names["more"].format(count=len(told) - MOST_LINES))
    return Message(f"{names['']}: {parts}", "\n".join(lines), tuple(told))
