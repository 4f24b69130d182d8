"""Sends a message through apprise, and says whether it arrived."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from archive.outbox import NoticeState

MOST_ERROR = 300

Send = Callable[[str, str, str], tuple[NoticeState, str | None]]
"""Called with (address, title, body): was it ``sent``, has it ``failed``, or is it ``uncertain``; and why."""


def send(url: str, title: str, body: str) -> tuple[NoticeState, str | None]:
    """An answer that says no, or no connection, is a failure. When a server was told and does not answer in
    time, nobody knows.
    """
    import apprise  # takes a second to load

    there = apprise.Apprise.instantiate(url, suppress_exceptions=True)
    if there is None:
        return NoticeState.FAILED, "apprise cannot read the address: see docs/notices.md for some that it can"
    there.overflow_mode = apprise.OverflowMode.TRUNCATE
    capture: Any = apprise.LogCapture
    with capture(level=logging.DEBUG, fmt="%(levelname)s %(message)s") as log:
        arrived = apprise.Apprise(there).notify(body, title, body_format=apprise.NotifyFormat.TEXT)
        said = log.getvalue()
    if arrived:
        return NoticeState.SENT, None
    if "read timed out" in said.lower():
        return NoticeState.UNCERTAIN, "the server was told and did not answer in time: it may have arrived"
    return NoticeState.FAILED, _reason(said)


def _reason(said: str) -> str:
    """Its warnings; what it says for debugging may hold the secret address."""
    lines = [line.partition(" ")[2] for line in said.splitlines() if line.startswith(("WARNING", "ERROR"))]
    return ("; ".join(lines) or "apprise could not deliver it")[:MOST_ERROR]
