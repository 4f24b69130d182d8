"""Whose report a file is, and on which year: from the file, from what points at it, and by whose name.

A name stands for a body within a division. ``沙坡头区人民政府办公室`` and ``中卫市沙坡头区人民政府办公室``
are one, for both name the division 640502 and the office within it; on the site of that division (as its
settings say) 区人民政府办公室 is the same. Two bodies called ``民政局`` on sites of
two cities are two. Whatever is less certain is proposed to a person (:mod:`archive.history.review`) and
never merged in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from archive.catalogue.models import Decision
from archive.history.evidence import World
from archive.history.seen import ANSWERED, Reading, Seen, Source
from archive.regions import stem
from parsers.divisions import called, candidates, spelled_out, within_division
from parsers.identity import parse_title

TEMPLATE_AGENCIES = 3
"""A file that names no agency and is published by so many is a template, and nobody's report."""
LISTED_TITLES = 5
_ITSELF = re.compile("(?:^|(?<=.[省市区县旗州盟镇乡木]))(?:人民)?政府$|(?<=街道)办事处$")
"""What a place's own name need not say of its government."""


@dataclass(frozen=True, slots=True)
class Identity:
    """An agency's report on a year. ``title`` and ``published_on`` come along from the same source.

    ``decided_by`` says where the agency and year stand: ``file``, ``page`` (the page that links the
    file), ``listing`` (the title in a list), ``mirror`` (the same file elsewhere) or ``review`` (a person).
    """

    agency: str | None
    year: int | None
    title: str | None
    published_on: str | None
    divisions: tuple[str, ...]
    decided_by: str

    @property
    def complete(self) -> bool:
        return self.agency is not None and self.year is not None


@dataclass(frozen=True, slots=True)
class AgencyName:
    """A name as printed, 县水务局 spelled out by the site's division; the key of the body it stands for; its
    division where that is certain.
    """

    key: str
    name: str
    division: str | None


@dataclass(frozen=True, slots=True)
class State:
    """What a resource answered at one capture. ``key`` names the report it bore then, None for none."""

    seen: Seen
    reading: Reading
    key: str | None
    identity: Identity


class Identifier:
    """Tells which report a resource bore at each capture, within one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._names = settled(world.decisions())
        self._own: dict[tuple[int, str], Identity] = {}
        self._states: dict[int, list[State]] = {}

    def states(self, resource_id: int) -> list[State]:
        """Its good captures whose file has been read, in order, each with the report it bore."""
        if resource_id not in self._states:
            self._states[resource_id] = list(self._with_keys(resource_id))
        return self._states[resource_id]

    def agency(self, identity: Identity, source: Source) -> AgencyName | None:
        """The body that the identity names, as people have settled it."""
        if identity.agency is None:
            return None
        name, fitting = identity.agency, identity.divisions
        if not fitting and source.division and (whole := spelled_out(name, source.division)):
            name, fitting = whole, (source.division,)
        division = division_of(fitting, source.division)
        key = agency_key(name, division, source)
        if key in self._names:
            key = self._names[key]
            division = key.partition(":")[0] if ":" in key else None
        return AgencyName(key, name, division)

    def learnt(self, resource_id: int, key: str) -> Iterator[str]:
        """When was learnt, from elsewhere than its files, whose report the resource bears: from the page that
        leads to it, lists, copies, people. Rather more is named than was needed.
        """
        source = self._world.source(resource_id)
        for reading in {s.reading for s in self.states(resource_id) if s.key == key}:
            yield from self._beside(source, reading)
            if reading.agency is None:
                for other in self._world.sharers(reading.sha256):
                    yield from self._first_known(other, reading.sha256)
                    yield from self._beside(self._world.source(other), reading)
        yield from self._decided(key)

    def _beside(self, source: Source, reading: Reading) -> Iterator[str]:
        told = (reading.agency, reading.year, reading.title, reading.published_on)
        if source.parent_id is not None and None in told:
            for sha256 in {s.sha256 for s in self._world.seen(source.parent_id)}:
                yield from self._first_known(source.parent_id, sha256)
        if reading.agency is None or reading.year is None:
            yield from list(self._listed(source).values())[:LISTED_TITLES]

    def _first_known(self, resource_id: int, sha256: str | None) -> list[str]:
        known = [s.known_at for s in self._world.seen(resource_id) if s.sha256 == sha256]
        return [min(known)] if known else []

    def _decided(self, key: str) -> Iterator[str]:
        """When people settled what the body of the report ``key`` is called, and took it back."""
        body = key.rpartition(" ")[0]
        group = {body, *(name for name, whole in self._names.items() if whole == body)}
        for decision in self._world.decided():
            if group & {decision.subject, decision.object}:
                yield decision.made_at
                if decision.withdrawn_at is not None and self._world.withdrawn(decision):
                    yield decision.withdrawn_at

    # ------------------------------------------------------------------

    def _with_keys(self, resource_id: int) -> Iterator[State]:
        """An incomplete identity says nothing new: it is that of the capture before, else after."""
        source = self._world.source(resource_id)
        found = list(self._identified(source))
        complete = [(s, i) for s, _, i in found if i is not None and i.complete]
        for seen, reading, identity in found:
            if identity is None:
                yield State(seen, reading, None, _nobody(reading))
                continue
            whole = identity
            if not identity.complete and complete:
                earlier = [i for s, i in complete if (s.at, s.capture_id) <= (seen.at, seen.capture_id)]
                nearest = earlier[-1] if earlier else complete[0][1]
                whole = _fill(identity, nearest)
                whole = whole if whole.complete else nearest
            yield State(seen, reading, self._key(whole, source), whole)

    def _identified(self, source: Source) -> Iterator[tuple[Seen, Reading, Identity | None]]:
        for seen in self._world.seen(source.resource_id):
            if seen.verdict not in ANSWERED or seen.sha256 is None:
                continue
            reading = self._world.reading(seen.sha256)
            if reading is None:
                continue
            yield seen, reading, self._identity(source, seen, reading) if reading.is_report else None

    def _identity(self, source: Source, seen: Seen, reading: Reading) -> Identity | None:
        identity = self._alone(source, seen.at, reading)
        if reading.agency is None:
            others = self._elsewhere(source, reading)
            agencies = {k for i, s in others if (k := self._agency_key(i, s)) is not None}
            own = self._agency_key(identity, source)
            if len(agencies | ({own} if own else set())) >= TEMPLATE_AGENCIES:
                return None
            if not identity.complete and len({self._key(i, s) for i, s in others}) == 1:
                found = others[0][0]
                return replace(_fill(identity, found), decided_by="mirror")
        return identity

    def _elsewhere(self, source: Source, reading: Reading) -> list[tuple[Identity, Source]]:
        """The complete identities that the same file has at other addresses."""
        found = []
        for other in self._world.sharers(reading.sha256):
            if other == source.resource_id:
                continue
            place = self._world.source(other)
            at = next((s.at for s in self._world.seen(other) if s.sha256 == reading.sha256), "")
            identity = self._alone(place, at, reading)
            if identity.complete:
                found.append((identity, place))
        return found

    def _alone(self, source: Source, at: str, reading: Reading) -> Identity:
        """The file's own words first; what they leave open is taken from its page, then from lists."""
        found = _of_reading(reading, "file")
        page = self._page(source, at)
        if page is not None:
            found = _fill(found, _of_reading(page, "page"))
        if not found.complete:
            for title, shown in list(self._listed(source))[:LISTED_TITLES]:
                found = _fill(found, _of_title(title, shown))
        return found

    def _page(self, source: Source, at: str) -> Reading | None:
        """What the page that leads to the file said last before, or first after."""
        if source.parent_id is None:
            return None
        readings = [
            (s.at, r)
            for s in self._world.seen(source.parent_id)
            if s.verdict in ANSWERED and s.sha256 and (r := self._world.reading(s.sha256)) is not None
        ]
        before = [r for when, r in readings if when <= at]
        return before[-1] if before else readings[0][1] if readings else None

    def _listed(self, source: Source) -> dict[tuple[str, str | None], str]:
        """Titles and dates in lists, of the file before those of its page; each with when it was known."""
        titles = dict(self._world.titles(source.url))
        if source.parent_id is not None:
            for title, known in self._world.titles(self._world.source(source.parent_id).url).items():
                titles.setdefault(title, known)
        return titles

    def _agency_key(self, identity: Identity, source: Source) -> str | None:
        agency = self.agency(identity, source)
        return agency.key if agency else None

    def _key(self, identity: Identity, source: Source) -> str:
        agency = self._agency_key(identity, source)
        if agency is None or identity.year is None:
            return f"url {source.url}"
        return f"{agency} {identity.year}"


def agency_key(name: str, division: str | None, source: Source) -> str:
    """What stands for a body of this name: its division and its name within, or the site that names it. The
    report of a county or town is its government's, whether its title says so or not.
    """
    if division is not None:
        within = "" if division in called(name) else within_division(name, division)
        return f"{division}:{_ITSELF.sub('', within)}"
    return f"{source.division or source.host}?{_ITSELF.sub('', ''.join(name.split()))}"


def division_of(fitting: tuple[str, ...], site_division: str | None) -> str | None:
    """The agency's division where it is certain: the name fits one only, or one within the site's."""
    if len(fitting) == 1:
        return fitting[0]
    if site_division is None:
        return None
    prior = stem(site_division)
    within = [d for d in fitting if d.startswith(prior)]
    return within[0] if len(within) == 1 else None


def settled(decisions: list[Decision]) -> dict[str, str]:
    """Which key stands for which, by the decisions that two names are one body's; chains followed."""
    same = {d.subject: d.object for d in decisions if d.kind == "same"}
    found: dict[str, str] = {}
    for start in same:
        key, passed = start, {start}
        while key in same and same[key] not in passed:
            key = same[key]
            passed.add(key)
        found[start] = key
    return found


def _nobody(reading: Reading) -> Identity:
    return Identity(None, None, reading.title, reading.published_on, (), "file")


def _of_reading(reading: Reading, source: str) -> Identity:
    return Identity(
        reading.agency, reading.year, reading.title, reading.published_on, reading.divisions, source
    )


def _of_title(title: str, shown_date: str | None) -> Identity:
    words = parse_title(title)
    agency = words.agency if words else None
    year = words.year if words else None
    return Identity(agency, year, title, shown_date, candidates(agency), "listing")


def _fill(first: Identity, second: Identity) -> Identity:
    """``first``, with what it lacks taken from ``second``; years that contradict are not mixed."""
    if first.year is not None and second.year is not None and first.year != second.year:
        return first
    borrowed = (first.agency is None and second.agency is not None) or (
        first.year is None and second.year is not None
    )
    return Identity(
        agency=first.agency or second.agency,
        year=first.year if first.year is not None else second.year,
        title=first.title or second.title,
        published_on=first.published_on or second.published_on,
        divisions=first.divisions if first.agency else second.divisions,
        decided_by=second.decided_by if borrowed else first.decided_by,
    )
