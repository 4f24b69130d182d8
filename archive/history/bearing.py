"""A resource that bears a report: the spans over which it did, and what it said meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from archive.capture import Kind
from archive.history.compare import Comparison
from archive.history.identity import State
from archive.history.presence import Interval
from archive.history.rows import VersionRow
from archive.history.seen import Source


@dataclass(slots=True)
class Spell:
    """Captures in a row that gave the same file."""

    states: list[State]

    @property
    def first(self) -> State:
        return self.states[0]

    @property
    def last(self) -> State:
        return self.states[-1]

    @property
    def sha256(self) -> str:
        return self.states[0].reading.sha256


@dataclass(slots=True)
class Version:
    """Spells in a row that say the same. ``compared`` is how it differs from the version before."""

    resource_id: int
    spells: list[Spell]
    compared: Comparison | None = None

    @property
    def first(self) -> State:
        return self.spells[0].first

    @property
    def last(self) -> State:
        return self.spells[-1].last

    @property
    def shas(self) -> list[str]:
        return list(dict.fromkeys(s.sha256 for s in self.spells))


@dataclass(slots=True)
class Bearing:
    """One resource of the report: its spans and versions. ``moved_on`` maps a span to when it moved away."""

    source: Source
    intervals: list[Interval]
    versions: list[Version] = field(default_factory=list)
    moved_on: dict[int, str] = field(default_factory=dict)

    @property
    def first(self) -> State:
        return self.intervals[0].first


def spells_of(bearing: Bearing) -> list[Spell]:
    spells: list[Spell] = []
    for state in (s for span in bearing.intervals for s in span.states):
        if spells and spells[-1].sha256 == state.reading.sha256:
            spells[-1].states.append(state)
        else:
            spells.append(Spell([state]))
    return spells


def states_of(version: Version) -> Iterator[State]:
    return (state for spell in version.spells for state in spell.states)


def end_of(span: Interval, bearing: Bearing) -> str | None:
    """When the span ended: moved away, or gone for certain."""
    moved = bearing.moved_on.get(id(span))
    return moved if moved is not None else span.gone.at if span.gone is not None else None


def is_there(span: Interval, bearing: Bearing, moment: str) -> bool:
    """Whether the address bore the report then, as far as is known now."""
    end = end_of(span, bearing)
    return span.since <= moment and (end is None or end > moment)


def may_replace(old_span: Interval, old: Bearing, span: Interval, new: Bearing) -> bool:
    """Whether the new address may be the old one's: of two files of one page only when of one format.

    Offices link a report in several formats, and when they replace a file it is by one of the same.
    """
    if Kind.ATTACHMENT not in (old.source.kind, new.source.kind):
        return True
    if old.source.parent_id != new.source.parent_id or old_span.gone is not None:
        return True
    return old_span.last.reading.media_type == span.first.reading.media_type


def version_rows(bearing: Bearing) -> Iterator[VersionRow]:
    for ordinal, version in enumerate(bearing.versions, start=1):
        first, last = version.first.seen, version.last.seen
        yield VersionRow(
            bearing.source.resource_id, ordinal, version.last.reading.sha256,
            version.last.reading.extraction_id, first.at, last.at, first.capture_id, last.capture_id,
        )  # fmt: skip
