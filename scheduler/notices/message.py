"""Events as messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

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


def messages(channel: Channel, waiting: Sequence[Waiting], room: int) -> Iterator[Message]:
    """One message of all events for a digest, the gravest first; else one for each.

    ``room`` is how many bytes of UTF-8 a message may have, its title counted.
    """
    if channel.digest:
        if waiting:
            yield _message(channel.language, sorted(waiting, key=_rank), room)
        return
    for one in waiting:
        yield _message(channel.language, [one], room)


def _rank(one: Waiting) -> tuple[int, int]:
    group = one.event.group
    return (_ORDER.index(group) if group in _ORDER else len(_ORDER), one.notice_id)


def _message(language: Language, told: Sequence[Waiting], room: int) -> Message:
    names = _NAMES[language]
    groups = Counter(one.event.group for one in told)
    parts = ", ".join(f"{count} {names.get(group, group)}" for group, count in groups.items())
    title = f"{names['']}: {parts}"
    lines = [one.event.line for one in told]
    listed = _that_fit(lines, room - _size(title) - _size(names["more"]))
    if listed < len(lines):
        lines[listed:] = [names["more"].format(count=len(lines) - listed)]
    return Message(title, "\n".join(lines), tuple(told))


def _that_fit(lines: Sequence[str], room: int) -> int:
    """How many of the first lines are listed: one at least, which the service may cut."""
    sizes = accumulate(_size(line) for line in lines[:MOST_LINES])
    return max(1, sum(1 for size in sizes if size <= room))


def _size(line: str) -> int:
    return len(line.encode()) + len("\r\n")
