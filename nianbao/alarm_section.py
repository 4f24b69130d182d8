"""The alarms as a part of the night's page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from archive.alarms import AlarmRow
from nianbao.night_page import grid
from scheduler.alarms.words import Language, told_of

_STATES = {"open": "未处理", "acknowledged": "已确认", "closed": "已解除"}


def alarms_section(alarms: Sequence[AlarmRow]) -> str:
    """What is wrong and what to do, the open ones first; as HTML."""
    if not alarms:
        return '<h2>警报</h2><p class="good">没有发现异常。</p>'
    states = tuple(_STATES)
    rows = (_row(alarm) for alarm in sorted(alarms, key=lambda a: (states.index(a.state), a.alarm_id)))
    return f"<h2>警报</h2>{grid(('编号', '状态', '警报', '怎么办', '开始（UTC）'), rows, (0,), (1,))}"


def _row(alarm: AlarmRow) -> Iterator[str]:
    words = told_of(alarm, Language.ZH)
    kind = "bad" if alarm.state == "open" else "good" if alarm.state == "closed" else ""
    yield str(alarm.alarm_id)
    yield f'<span class="{kind}">{_STATES[alarm.state]}</span>'
    yield f"<b>{escape(words.title)}</b><br>{escape(words.what)}"
    yield escape(words.do) if alarm.closed_at is None else ""
    yield escape(alarm.raised_at)
