"""Sends a message through apprise, and says whether it arrived."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from archive.outbox import NoticeState
from scheduler.notices.answers import answers, refusal

if TYPE_CHECKING:
    from apprise import NotifyBase

MOST_ERROR = 300
MOST_BYTES = 30_000
"""Of a message to a service that takes as many."""

Send = Callable[[str, str, str], tuple[NoticeState, str | None]]
"""Called with (address, title, body): was it ``sent``, has it ``failed``, or is it ``uncertain``; and why."""


def send(url: str, title: str, body: str) -> tuple[NoticeState, str | None]:
    """An answer that says no, or no connection, is a failure. When a server was told and does not answer in
    time, nobody knows.
    """
    import apprise  # takes a second to load

    there = _service(url)
    if there is None:
        return NoticeState.FAILED, "apprise cannot read the address: see docs/notices.md for some that it can"
    capture: Any = apprise.LogCapture
    with answers() as heard, capture(level=logging.DEBUG, fmt="%(levelname)s %(message)s") as log:
        arrived = apprise.Apprise(there).notify(body, title, body_format=apprise.NotifyFormat.TEXT)
        said = log.getvalue()
    if arrived:
        no = refusal(str(there.secure_protocol), heard)
        return (NoticeState.SENT, None) if no is None else (NoticeState.FAILED, no[:MOST_ERROR])
    if "read timed out" in said.lower():
        return NoticeState.UNCERTAIN, "the server was told and did not answer in time: it may have arrived"
    return NoticeState.FAILED, _reason(said)


def readable(url: str) -> bool:
    """Whether apprise knows what kind of address it is."""
    return _service(url) is not None


def room(url: str) -> int:
    """How many bytes of UTF-8 a message there may have, its title counted.

    企业微信 counts bytes; services that count characters are given less than they would take.
    """
    there = _service(url)
    return min(MOST_BYTES, there.body_maxlen) if there is not None else MOST_BYTES


@lru_cache(maxsize=64)
def _service(url: str) -> NotifyBase | None:
    """One for each address: it keeps the pause that the service asks for between two messages."""
    import apprise

    there = apprise.Apprise.instantiate(url, suppress_exceptions=True)
    if there is not None:
        there.overflow_mode = apprise.OverflowMode.TRUNCATE
    return there


def _reason(said: str) -> str:
    """Its warnings; what it says for debugging may hold the secret address."""
    lines = [line.partition(" ")[2] for line in said.splitlines() if line.startswith(("WARNING", "ERROR"))]
    return ("; ".join(lines) or "apprise could not deliver it")[:MOST_ERROR]
