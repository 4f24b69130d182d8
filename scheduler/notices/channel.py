"""A channel: who is told of what."""

from __future__ import annotations

from dataclasses import dataclass, field

from scheduler.alarms.words import Language

LAYERS = ("presence", "location", "content", "field")
"""The layers of changes that are news; a file saved again is none."""


@dataclass(frozen=True, slots=True)
class Channel:
    """``url`` is an address as apprise takes it, and a secret. Without ``regions`` all are told.

    ``digest``: all that is new in one message; else a message for each.
    """

    name: str
    url: str = field(repr=False)
    regions: tuple[str, ...] = ()
    alarms: bool = True
    changes: frozenset[str] = frozenset(LAYERS)
    language: Language = Language.ZH
    digest: bool = True

    def concerns(self, division: str | None) -> bool:
        """Whether what happened in a division is told here. What has no place concerns everybody."""
        return not self.regions or division is None or any(_in(division, region) for region in self.regions)


def _in(division: str, region: str) -> bool:
    """A code ending in zeros names all that is below it: 640000 is a province, 640500 a prefecture."""
    stem = region
    while stem.endswith("00"):
        stem = stem[:-2]
    return division.startswith(stem)
