"""How changes are told: an edit that reaches several files once, what takes back an earlier one as such."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from archive.history.rows import ChangeRow

FLICKER = timedelta(days=30)
"""What is taken back within this time is told once."""

_LAYERS = ("presence", "location", "bytes", "field", "content")


def told(changes: Iterable[ChangeRow]) -> tuple[ChangeRow, ...]:
    """The changes of a report in the order in which they are told."""
    return tuple(_with_flickers(_once(sorted(changes, key=_order))))


def _order(change: ChangeRow) -> tuple[str, int, int]:
    return change.window_to, _LAYERS.index(change.layer), change.resource_id


def _once(changes: Iterable[ChangeRow]) -> Iterator[ChangeRow]:
    """An edit that reaches page, attachment and mirror, at once or in turn, is one event."""
    told: dict[tuple[object, ...], ChangeRow] = {}
    for change in changes:
        if change.cause == "source" and change.layer in ("field", "content"):
            key = (change.layer, change.place, change.old_value, change.new_value)
            earlier = told.get(key)
            if (
                earlier is not None
                and earlier.resource_id != change.resource_id
                and _apart(earlier.window_to, change.window_to) <= FLICKER
            ):
                continue
            told[key] = change
        yield change


def _with_flickers(changes: Iterable[ChangeRow]) -> Iterator[ChangeRow]:
    """Mark what takes back an earlier change soon after it."""
    last: dict[tuple[object, ...], ChangeRow] = {}
    for change in changes:
        subject = (change.layer, change.place, change.resource_id if change.layer == "content" else None)
        before = last.get(subject)
        last[subject] = change
        if before is not None and change.cause == "source" and _takes_back(change, before):
            yield replace(change, flicker=True)
        else:
            yield change


def _takes_back(change: ChangeRow, before: ChangeRow) -> bool:
    if before.cause != "source" or _apart(before.window_to, change.window_to) > FLICKER:
        return False
    if change.layer == "presence":
        return (before.kind, change.kind) in {("gone", "returned"), ("returned", "gone")}
    if change.layer in ("field", "content", "location"):
        return (change.old_value, change.new_value) == (before.new_value, before.old_value)
    return False


def _apart(earlier: str, later: str) -> timedelta:
    return datetime.fromisoformat(later) - datetime.fromisoformat(earlier)
