"""Doubtful links between agencies: proposed, settled by a person, dated, and to be taken back.

Nothing here is decided by the program. A proposal follows from the names and years on the reports; what a
person decides is kept with reason and name, and the reports are derived anew from it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.catalogue.engine import Catalogue
from archive.catalogue.models import Agency, Decision, Linkage, Report, Resource
from archive.history.project import agency_resources, touch
from archive.regions import stem
from archive.search.index import refresh
from archive.times import Clock, iso, utc_now
from parsers.divisions import candidates

ALIKE = 0.5
"""How much of two names must agree for one to be proposed as the other's successor."""


class Kind(StrEnum):
    """What two agencies are to each other."""

    SAME = "same"
    RENAMED = "renamed"
    MERGED = "merged"
    DISTINCT = "distinct"


class CannotDecide(ValueError):
    """The decision makes no sense; the text says why."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two agencies that may be one, or one the other's successor. ``number`` stays while both are there."""

    number: str
    kind: Kind
    subject: str
    object: str
    subject_name: str
    object_name: str
    subject_years: str
    object_years: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Body:
    """An agency with the years and hosts of its reports."""

    key: str
    name: str
    division: str | None
    first: int | None
    last: int | None
    hosts: frozenset[str]

    @property
    def bare(self) -> str:
        """The name without its division's, or the whole name where the division is not certain."""
        return self.key.partition(":")[2] if self.division else self.key.partition("?")[2]

    @property
    def scope(self) -> str:
        return self.key.partition("?")[0]

    @property
    def years(self) -> str:
        return f"{self.first} to {self.last}" if self.first != self.last else str(self.first or "unknown")


def proposals(session: Session) -> list[Proposal]:
    """What a person should look at, the most certain first; pairs that were settled are left out."""
    settled = {
        frozenset((d.subject, d.object))
        for d in session.scalars(select(Decision).where(Decision.withdrawn_at.is_(None)))
    }
    found: dict[frozenset[str], Proposal] = {}
    for kind, subject, object_, reason in _pairs(_bodies(session)):
        pair = frozenset((subject.key, object_.key))
        if pair not in settled:
            found.setdefault(pair, _proposal(kind, subject, object_, reason))
    return list(found.values())


def decide(
    catalogue: Catalogue,
    subject: str,
    object_: str,
    kind: Kind,
    *,
    since: str | None,
    reason: str,
    who: str,
    clock: Clock = utc_now,
) -> int:
    """Keep a decision about two agencies (by key) and apply it; its number. Raises :class:`CannotDecide`."""
    if not reason.strip():
        raise CannotDecide("say why: --reason")
    if kind in (Kind.RENAMED, Kind.MERGED) and since is None:
        raise CannotDecide(f"since when was it {kind}? give --since, such as 2019-03-01")
    if subject == object_:
        raise CannotDecide("an agency is itself")
    with catalogue.writing() as session:
        _must_exist(session, (subject, object_))
        before = agency_resources(session, {subject, object_})
        row = Decision(
            kind=kind.value, subject=subject, object=object_, since=since, reason=reason.strip(),
            made_by=who, made_at=iso(clock()),
        )  # fmt: skip
        session.add(row)
        session.flush()
        touch(session, sorted(before))
    refresh(catalogue)
    return row.decision_id


def withdraw_decision(catalogue: Catalogue, decision_id: int, *, who: str, clock: Clock = utc_now) -> None:
    """Take a decision back. Raises :class:`CannotDecide`."""
    with catalogue.writing() as session:
        row = session.get(Decision, decision_id)
        if row is None or row.withdrawn_at is not None:
            raise CannotDecide(
                f"there is no standing decision {decision_id}; `nianbao review --decided` lists them"
            )
        row.withdrawn_at, row.withdrawn_by = iso(clock()), who
        session.flush()
        touch(session, sorted(agency_resources(session, {row.subject, row.object})))
    refresh(catalogue)


def _must_exist(session: Session, keys: Iterable[str]) -> None:
    for key in keys:
        if session.scalar(select(Agency.agency_id).where(Agency.key == key)) is None:
            raise CannotDecide(f"no agency has the key {key!r}")


# ----------------------------------------------------------------- proposing

_Pair = tuple[Kind, _Body, _Body, str]


def _bodies(session: Session) -> list[_Body]:
    hosts: dict[int, set[str]] = defaultdict(set)
    query = (
        select(Report.agency_id, Resource.host)
        .join(Linkage, Linkage.report_id == Report.report_id)
        .join(Resource, Resource.resource_id == Linkage.resource_id)
        .where(Report.agency_id.is_not(None))
        .distinct()
    )
    for agency_id, host in session.execute(query):
        assert agency_id is not None
        hosts[agency_id].add(host)
    years = (
        select(Agency, func.min(Report.year), func.max(Report.year))
        .join(Report, Report.agency_id == Agency.agency_id)
        .group_by(Agency.agency_id)
        .order_by(Agency.key)
    )
    return [
        _Body(a.key, a.name, a.division_code, first, last, frozenset(hosts[a.agency_id]))
        for a, first, last in session.execute(years)
    ]


def _pairs(bodies: list[_Body]) -> Iterator[_Pair]:
    certain: dict[str, list[_Body]] = defaultdict(list)
    by_bare: dict[str, list[_Body]] = defaultdict(list)
    for body in bodies:
        if body.division:
            certain[body.division].append(body)
            by_bare[body.bare].append(body)
    for body in bodies:
        if not body.division:
            yield from _placed(body, by_bare)
    for group in certain.values():
        yield from _alike(group)


def _placed(body: _Body, by_bare: dict[str, list[_Body]]) -> Iterator[_Pair]:
    """A body whose division is open, and those of known divisions whom its name may mean."""
    fitting = candidates(body.name)
    prior = stem(body.scope) if body.scope.isdecimal() else None
    for length in range(len(body.bare)):
        for other in by_bare.get(body.bare[length:], ()):
            assert other.division is not None
            if fitting and other.division in fitting:
                yield Kind.SAME, body, other, f"{body.name} may be that of {other.division}"
            elif not fitting and prior is not None and other.division == body.scope:
                yield Kind.SAME, body, other, f"named so on a site of {body.scope}"
            elif not fitting and body.hosts & other.hosts:
                yield Kind.SAME, body, other, "named so on the same site"


def _alike(group: list[_Body]) -> Iterator[_Pair]:
    """Bodies of one division: one name within the other, or one that ends where the other begins."""
    for index, one in enumerate(group):
        for other in group[index + 1 :]:
            if not one.bare or not other.bare:
                continue
            short, long = sorted((one, other), key=lambda b: len(b.bare))
            if (
                long.bare.endswith(short.bare)
                and len(long.bare) - len(short.bare) <= 4
                and one.hosts & other.hosts
            ):
                yield Kind.SAME, long, short, "one name ends like the other"
            elif (pair := _successor(one, other)) is not None and one.hosts & other.hosts:
                yield Kind.RENAMED, *pair, "one's reports end where the other's begin, on the same site"


def _successor(one: _Body, other: _Body) -> tuple[_Body, _Body] | None:
    if one.first is None or one.last is None or other.first is None or other.last is None:
        return None
    if SequenceMatcher(None, one.bare, other.bare).ratio() < ALIKE:
        return None
    earlier, later = (one, other) if one.first <= other.first else (other, one)
    assert earlier.last is not None
    assert later.first is not None
    return (earlier, later) if 0 < later.first - earlier.last <= 2 else None


def _proposal(kind: Kind, subject: _Body, object_: _Body, reason: str) -> Proposal:
    number = sha256(f"{subject.key}\n{object_.key}".encode()).hexdigest()[:6]
    names = (subject.name, object_.name, subject.years, object_.years)
    return Proposal(number, kind, subject.key, object_.key, *names, reason)
