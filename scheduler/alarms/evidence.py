"""All that alarms are judged by on one night. Plain values: :mod:`scheduler.alarms.gather` fills them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from scheduler.nights import SiteHistory, SiteNight


@dataclass(frozen=True, slots=True)
class Walk:
    """A list as it was walked on a night."""

    night: date
    items: int
    complete: bool


@dataclass(frozen=True, slots=True)
class ListHistory:
    """A list of a site on the nights when it was walked, oldest first."""

    site: str
    url: str
    column: str | None
    walks: tuple[Walk, ...]

    def on(self, night: date) -> Walk | None:
        return next((walk for walk in self.walks if walk.night == night), None)

    def before(self, night: date) -> tuple[Walk, ...]:
        return tuple(walk for walk in self.walks if walk.night < night)


@dataclass(frozen=True, slots=True)
class HostSeen:
    """A host that refuses us, or whose certificate does not hold, and the sites that are on it."""

    host: str
    sites: frozenset[str]
    division: str | None
    refusals: int = 0
    reason: str | None = None
    retry_at: str | None = None
    certificate: str | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Files of a site that could not be read, with an example."""

    site: str
    files: int
    url: str
    reason: str


@dataclass(frozen=True, slots=True)
class Checked:
    """How many checks failed among those of reports of a site that were read tonight."""

    site: str
    failed: int
    of: int


@dataclass(frozen=True, slots=True)
class Overdue:
    """Agencies of a region (a division's code) without the report that was due."""

    region: str
    due_on: date
    agencies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Damaged:
    """A file that was found damaged when it was last proved."""

    file: str
    at: str
    wrong: int


@dataclass(frozen=True, slots=True)
class Machine:
    """Bytes free on the disk, by how many the archive grows a night, and the clock's error in seconds.

    ``clock_error`` is positive when this machine is late; None when nothing tells.
    """

    free: int
    growth: int = 0
    clock_error: float | None = None
    hosts_asked: int = 0


@dataclass(frozen=True, slots=True)
class OpenAlarm:
    """An alarm that is not over."""

    alarm_id: int
    details: Mapping[str, str | int | float]
    raised_on: date
    acknowledged_on: date | None
    weight: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known at ``now`` of the ``night``.

    ``watched`` are the sites of the settings. ``starts`` are the moments when crawls began on the nights
    before and on this one. ``published`` names the sites that have a report on the newest year. ``usual``
    says how many checks fail in the archive as it was before tonight.
    """

    night: date
    now: datetime
    watched: frozenset[str]
    sites: tuple[SiteHistory, ...] = ()
    starts: tuple[datetime, ...] = ()
    lists: tuple[ListHistory, ...] = ()
    hosts: tuple[HostSeen, ...] = ()
    published: frozenset[str] = frozenset()
    unreadable: tuple[Unreadable, ...] = ()
    checked: tuple[Checked, ...] = ()
    usual: Checked = Checked("", 0, 0)
    overdue: tuple[Overdue, ...] = ()
    damaged: tuple[Damaged, ...] = ()
    machine: Machine | None = None
    database: str | None = None
    open: Mapping[tuple[str, str], OpenAlarm] = field(default_factory=dict)

    def site(self, name: str) -> SiteHistory | None:
        return next((one for one in self.sites if one.site == name), None)

    def tonight(self, name: str) -> SiteNight | None:
        history = self.site(name)
        return history.on(self.night) if history else None

    def division_of(self, name: str) -> str | None:
        history = self.site(name)
        return history.division if history else None

    def is_watched(self, name: str) -> bool:
        return name in self.watched

    def is_done(self, name: str) -> bool:
        tonight = self.tonight(name)
        return tonight is not None and tonight.done

    def watched_sites(self) -> list[SiteHistory]:
        return [one for one in self.sites if one.site in self.watched]

    def asked(self) -> list[SiteHistory]:
        """The watched sites that were asked tonight."""
        return [one for one in self.watched_sites() if one.on(self.night) is not None]
