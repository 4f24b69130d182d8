"""What a kind of alarm is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from scheduler.alarms.evidence import Evidence

Details = Mapping[str, str | int | float]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something is wrong with ``subject``. ``details`` fill the words in which it is told.

    ``weight`` says how much is wrong: what was acknowledged is raised anew when it grows. ``division`` is
    the code by which notices for a region are chosen.
    """

    subject: str
    details: Details = field(default_factory=dict)
    division: str | None = None
    weight: int = 1


def always(_known: Evidence, _subject: str) -> bool:
    """What it goes by is known on each night."""
    return True


def of_site(known: Evidence, subject: str) -> bool:
    """A site whose crawl was done tonight, or that is not watched any more."""
    return not known.is_watched(subject) or known.is_done(subject)


@dataclass(frozen=True, slots=True)
class Kind:
    """An open alarm whose subject ``find`` no longer gives is over, if tonight ``judges`` that subject."""

    name: str
    find: Callable[[Evidence], Iterable[Finding]]
    judges: Callable[[Evidence, str], bool] = always
