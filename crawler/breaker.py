"""When a host is left alone: it refuses us, or it does not answer at all. Pure: the moment is an argument.

A shield's page, a captcha or a script challenge that was not passed is a refusal at once. A bare 403 may
mean one folder only, so it takes some in a row. What refuses is never asked again within the run, and then
ever more rarely: the first time the next night, then after two days, four, up to sixteen.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from archive.hosts import HostState
from archive.times import iso
from crawler.verdict import Judgement, Verdict

BARE_REFUSALS = 3
"""So many refusals in a row without a shield's page are one of the whole host."""
FAILURES = 20
"""So many requests in a row without any answer, or with a server's error, end the run on this host."""
LONGEST_REST = timedelta(days=16)
_EARLIER = timedelta(hours=4)  # a nightly crawl does not start at the same second each night

_GOOD = frozenset({Verdict.OK, Verdict.NOT_MODIFIED})


class Breaker:
    """The circuit breaker of one host."""

    def __init__(self, state: HostState, *, ask_again: bool = False) -> None:
        self.state = state
        self._ask_again = ask_again
        self._bare = 0
        self._failures = 0
        self._open: str | None = None

    @property
    def opened(self) -> bool:
        """Whether the host refused us, or stopped answering, in this run."""
        return self._open is not None

    def rests(self, now: datetime) -> str | None:
        """Why the host is not to be asked now; None when it may be."""
        if self._open is not None:
            return self._open
        if self._ask_again or self.state.retry_at is None or iso(now) >= self.state.retry_at:
            return None
        return self._told()

    def judged(self, judgement: Judgement, now: datetime) -> None:
        """Take an answer into account."""
        verdict = judgement.verdict
        if verdict in _GOOD:
            self._good()
        elif judgement.shell:
            self._failures = 0
        elif verdict is Verdict.CHALLENGE or verdict is Verdict.BLOCKED and judgement.firm:
            self._refuse(judgement.reason, now)
        elif verdict is Verdict.BLOCKED:
            self._bare += 1
            if self._bare >= BARE_REFUSALS:
                self._refuse(f"{judgement.reason}, {self._bare} times in a row", now)
        elif verdict is not Verdict.ERROR:
            self._failures = 0

    def failed(self, reason: str) -> None:
        """Take a request without a useful answer into account."""
        self._failures += 1
        if self._failures >= FAILURES and self._open is None:
            self._open = f"{self.state.host} failed {self._failures} times in a row, last: {reason}"

    def put_off(self, until: datetime, reason: str) -> None:
        """The host itself asks to be left alone until a moment (RFC 9110, 10.2.3)."""
        self.state = replace(self.state, retry_at=iso(until), refused_at=None, reason=reason)
        self._open = self._told()

    def _good(self) -> None:
        self._bare = self._failures = 0
        if self.state.refusals or self.state.retry_at:
            self.state = replace(self.state, refusals=0, refused_at=None, retry_at=None, reason=None)

    def _refuse(self, reason: str, now: datetime) -> None:
        if self._open is not None:
            return
        refusals = self.state.refusals + 1
        self.state = replace(
            self.state,
            refusals=refusals,
            refused_at=iso(now),
            retry_at=iso(now + rest_after(refusals)),
            reason=reason,
        )
        self._open = self._told()

    def _told(self) -> str:
        return (
            f"{self.state.host} refuses us ({self.state.reason}): "
            f"it is not asked before {self.state.retry_at}, and nothing of it counts as gone"
        )


def rest_after(refusals: int) -> timedelta:
    """How long a host is left alone after so many refusals in a row: 20 hours, 44, 92, …"""
    return min(timedelta(days=2 ** min(refusals - 1, 10)), LONGEST_REST) - _EARLIER
