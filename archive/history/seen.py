"""What the evidence about a resource consists of: captures, readings, walks of lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from parsers.report import Outcome

ANSWERED = ("ok", "not_modified")
GONE = ("gone", "soft_gone")
TROUBLE = ("blocked", "challenge", "error", "truncated", "too_large")
FAULTS = (Outcome.FAILED, Outcome.TIMED_OUT, Outcome.OUT_OF_MEMORY)
"""Outcomes that say more of this machine than of the file."""

Place = tuple[str, str, str]
"""A cell: table, row and column code."""


@dataclass(frozen=True, slots=True)
class Source:
    """A resource. ``division`` is that of the site it was found on, where the settings name one."""

    resource_id: int
    url: str
    host: str
    kind: str
    parent_id: int | None
    division: str | None


@dataclass(frozen=True, slots=True)
class Seen:
    """One capture. Captures of one ``night`` are one look at the site; each one of an import is its own."""

    capture_id: int
    resource_id: int
    run_id: int
    night: tuple[int, int]
    at: str
    known_at: str
    verdict: str
    sha256: str | None
    location: str | None


@dataclass(frozen=True, slots=True)
class Reading:
    """The head of an extraction."""

    extraction_id: int
    sha256: str
    revision: int
    outcome: str
    media_type: str
    title: str | None
    agency: str | None
    year: int | None
    published_on: str | None
    divisions: tuple[str, ...]
    content_sha256: str | None
    read_at: str

    @property
    def is_report(self) -> bool:
        return self.outcome == Outcome.REPORT


@dataclass(frozen=True, slots=True)
class Walk:
    """A whole walk of a column and whether it showed the resource."""

    night: tuple[int, int]
    at: str
    shown: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """What one cell says. Of a value only the number counts, of anything else what stands there."""

    value: float | None
    state: str
    raw: str


@dataclass(frozen=True, slots=True)
class Column:
    """One walk of a column, of any resource."""

    listing_id: int
    run_id: int
    at: str
    complete: bool
    items: int


@dataclass(frozen=True, slots=True)
class ListedAs:
    """A list showing an address."""

    listing_id: int
    title: str
    day: str | None
    at: str


def together(page: Sequence[Seen], instead: Sequence[Seen]) -> list[Seen]:
    """The captures of a page with those of its body, or as drawn: on one night these are what it says."""
    nights = {one.night for one in instead}
    own = [seen for seen in page if seen.night not in nights or seen.verdict not in ANSWERED]
    return sorted((*own, *instead), key=lambda seen: (seen.at, seen.capture_id))


def learnt_late(seen: Sequence[Seen]) -> Iterator[str]:
    """When those of the captures became known that are older than what was known before them, as after an
    import of what another archive saw. Of those that came to nothing nothing is learnt.
    """
    least: str | None = None
    for capture in reversed([one for one in seen if one.verdict not in TROUBLE]):
        if least is not None and capture.known_at > least:
            yield capture.known_at
        least = capture.known_at if least is None else min(least, capture.known_at)


def judged(walks: Sequence[Column]) -> Iterator[tuple[Column, bool]]:
    """Each walk, and whether it may be believed when something is not on it.

    A column that has lost more than half of its items since the night before is a broken list more often
    than a purge: it is not believed until it stays so. An empty one never is.
    """
    before = 0
    for walk in walks:
        collapsed = before > 3 and 2 * walk.items < before
        yield walk, walk.complete and not collapsed
        if walk.complete and (walk.items or before <= 3):
            before = walk.items
