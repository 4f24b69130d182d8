"""What is asked for tonight. Pure: the moment comes as an argument.

Columns every night; a report every night while it is young, and then the more rarely the longer it has stayed
as it is, but at least once in a set number of days, so that a silent edit is seen within them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from archive.capture import FILE_KINDS, Kind
from archive.rechecks import Seen

_GOOD = ("ok", "not_modified")
_GONE = ("gone", "soft_gone")
_RECHECKED = (Kind.ARTICLE, *FILE_KINDS, Kind.PAGE)
_SLACK = timedelta(hours=4)  # a night does not begin at the same second as the last one
_CONFIRM = timedelta(days=7)
"""A link that never led anywhere is tried again after so long."""


@dataclass(frozen=True, slots=True)
class Economy:
    """In days: how long a report is young, and the longest until any report, and any page on the way to the
    columns, is asked for again.
    """

    young_days: int = 60
    recheck_days: int = 30
    explore_days: int = 7


def is_due(url: str, kind: Kind, seen: Seen | None, now: datetime, economy: Economy) -> bool:
    """Whether a URL is to be asked for now; what was never seen always is."""
    if seen is None or kind not in _RECHECKED:
        return True
    since_check = now - _moment(seen.checked_at)
    if seen.verdict in _GONE and not seen.ever_good:
        return since_check >= _CONFIRM - _SLACK
    if seen.verdict not in _GOOD:
        return True
    if kind is Kind.PAGE:
        return since_check >= timedelta(days=economy.explore_days) - _SLACK
    return since_check >= _interval(url, seen, now, economy) - _SLACK


def may_be_back(seen: Seen, now: datetime, economy: Economy) -> bool:
    """Whether it is time to look for what was found to be gone, and is named nowhere."""
    return now - _moment(seen.checked_at) >= timedelta(days=economy.recheck_days) - _SLACK


def _interval(url: str, seen: Seen, now: datetime, economy: Economy) -> timedelta:
    """A quarter of the time for which nothing has happened, from a day up to the longest.

    Each URL is a little apart: what was first seen in a bulk would else come due in a bulk.
    """
    longest = timedelta(days=economy.recheck_days)
    last_event = max(filter(None, (seen.changed_at, seen.published_on)), default=None)
    if last_event is None:
        return min(longest, timedelta(days=1))
    quiet = now - _moment(last_event)
    if quiet < timedelta(days=economy.young_days):
        return timedelta(days=1)
    share = 0.75 + 0.25 * hashlib.sha256(url.encode()).digest()[0] / 255
    return max(timedelta(days=1), min(longest, quiet / 4) * share)


def _moment(text: str) -> datetime:
    """An ISO day or moment; a day begins at midnight UTC."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).replace(tzinfo=UTC)
