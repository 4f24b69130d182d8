"""Reports as they stood: as the site showed them at one time, as far as was known at another.

The two clocks are independent. What the site showed at ``seen`` is what the last capture before it gave;
``known`` holds back whatever was captured, read, decided or corrected later.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Row, Select, and_, func, select
from sqlalchemy.orm import Session

from archive.capture import Kind
from archive.catalogue.models import Capture, Extraction, Linkage, Report, Resource
from archive.history.batched import BEARER, batches, rows_of
from archive.history.derive import Historian
from archive.history.evidence import World
from archive.history.identity import Identifier, State
from archive.history.rows import History, OverrideRow, VersionRow
from archive.history.seen import ANSWERED, Reading
from archive.history.settle import reports_of, stored_histories
from archive.times import iso
from parsers.report import Outcome

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Chosen:
    """A query for the numbers of the reports asked for.

    Unless they were asked for by number, a report that was known otherwise then may be among them too.
    """

    numbers: Select[int]
    by_number: bool


class BadDate(ValueError):
    """No day or time; the text says what is wanted."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """Two moments as the catalogue writes them, each None for now."""

    seen: str | None = None
    known: str | None = None

    @property
    def now(self) -> bool:
        return self.seen is None and self.known is None


NOW = Clocks()


@dataclass(frozen=True, slots=True)
class Standing:
    """A report as it stood. ``report_id`` is None for one that is not told apart any more."""

    report_id: int | None
    key: str
    agency: str | None
    division_code: str | None
    year: int | None
    title: str | None
    status: str
    resource_id: int
    page_id: int | None
    extraction_id: int
    published_on: str | None
    versions: int
    first_seen: str
    last_seen: str
    overrides: tuple[OverrideRow, ...]


def moment(text: str) -> str:
    """A day (its end, in UTC) or a time as the catalogue writes it. Raises :class:`BadDate`."""
    words = text.strip()
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", words):
            return f"{date.fromisoformat(words).isoformat()}T23:59:59Z"
        parsed = datetime.fromisoformat(words)
    except ValueError:
        parsed = None
    if parsed is None or parsed.tzinfo is None:
        raise BadDate(f"{text!r} is no date: give 2026-11-21, or a time such as 2026-11-21T02:30:00Z")
    return iso(parsed)


def standings(session: Session, clocks: Clocks, only: Chosen | None = None) -> Iterator[list[Standing]]:
    """Every report that had been seen by then, as it stood, in order of its number; some hundred at a time.

    Of ``only`` by something else than number others are given too: whoever asks looks at each.
    """
    for part in _known_histories(session, clocks.known, only):
        yield list(_standing(session, clocks, part))
        session.expunge_all()


def histories(
    session: Session, known: str | None, only: Chosen | None = None
) -> Iterator[tuple[int | None, History]]:
    """The same reports with their histories as they were known then."""
    for part in _known_histories(session, known, only):
        yield from part


# ------------------------------------------------------------------ histories

_Numbered = tuple[int | None, History]


def _known_histories(session: Session, known: str | None, only: Chosen | None) -> Iterator[list[_Numbered]]:
    rows = session.execute(_asked_for(known, only).order_by(Report.report_id)).all()
    late = {r.report_id for r in rows if known is not None and r.known_at > known}
    for start in range(0, len(rows), CHUNK):
        part = [r.report_id for r in rows[start : start + CHUNK]]
        yield _of_stored(session, [i for i in part if i not in late])
        if known is not None:
            yield _of_evidence(session, known, [i for i in part if i in late])
    if known is not None and (only is None or not only.by_number):
        yield _of_former(session, known)


def _asked_for(known: str | None, only: Chosen | None) -> Select[int, str]:
    query = select(Report.report_id, Report.known_at)
    if only is None:
        return query
    numbers = Report.report_id.in_(only.numbers)
    if known is None or only.by_number:
        return query.where(numbers)
    return query.where(numbers | (Report.known_at > known))


def _of_stored(session: Session, report_ids: Sequence[int]) -> list[_Numbered]:
    """Reports of which nothing was learnt since: what is stored is what was known."""
    found = stored_histories(session, report_ids)
    return [(i, found[i]) for i in report_ids]


def _of_evidence(session: Session, known: str, report_ids: Sequence[int]) -> list[_Numbered]:
    """Reports of which more was learnt: derived anew from what was known then."""
    if not report_ids:
        return []
    linked = select(Linkage.resource_id).where(Linkage.report_id.in_(report_ids)).distinct()
    found = _derived(session, known, list(session.scalars(linked)))
    numbers = {}
    for part in batches([h.report.key for h in found]):
        rows = session.execute(select(Report.key, Report.report_id).where(Report.key.in_(part)))
        numbers.update({row[0]: row[1] for row in rows})
    wanted = set(report_ids)
    numbered = [(numbers.get(h.report.key), h) for h in found]
    return [(i, h) for i, h in numbered if i is None or i in wanted]


def _of_former(session: Session, known: str) -> list[_Numbered]:
    """Reports that were told apart then and are not now: their files bear none today."""
    linked = select(Linkage.linkage_id).where(Linkage.resource_id == BEARER)
    query = (
        select(BEARER)
        .join(Capture, Capture.resource_id == Resource.resource_id)
        .join(Extraction, Extraction.sha256 == Capture.sha256)
        .where(Extraction.outcome == Outcome.REPORT, ~Capture.cut, ~linked.exists())
        .distinct()
    )
    resources = list(session.scalars(query))
    if not resources:
        return []
    stored = set(session.scalars(select(Report.key)))
    return [(None, h) for h in _derived(session, known, resources) if h.report.key not in stored]


def _derived(session: Session, known: str, resource_ids: Sequence[int]) -> list[History]:
    world = World(session, known)
    historian = Historian(world)
    bearers, _ = reports_of(session, historian, world, resource_ids)
    found = (historian.history(key, ids) for key, ids in bearers.items())
    return [h for h in found if h is not None]


# ------------------------------------------------------------------ standing


def _standing(session: Session, clocks: Clocks, found: Sequence[_Numbered]) -> Iterator[Standing]:
    world = World(session, clocks.known)
    chosen = [(i, h, c) for i, h in found if (c := version_taken(world, h, clocks.seen)) is not None]
    looks = _Looks(world, clocks, [h for _, h, _ in chosen])
    parents = _pages(session, {v.resource_id for _, _, (v, _) in chosen})
    for report_id, history, (version, status) in chosen:
        head = history.report
        reading, _ = looks.last(history, version)
        yield Standing(
            report_id=report_id,
            key=head.key,
            agency=head.agency.name if head.agency else None,
            division_code=head.agency.division if head.agency else None,
            year=head.year,
            title=(reading.title if reading else None) or head.title,
            status=status,
            resource_id=version.resource_id,
            page_id=parents[version.resource_id],
            extraction_id=reading.extraction_id if reading else version.extraction_id,
            published_on=(reading.published_on if reading else None) or head.published_on,
            versions=sum(
                v.resource_id == version.resource_id and v.ordinal <= version.ordinal
                for v in history.versions
            ),
            first_seen=head.first_seen,
            last_seen=max(looks.last(history, v)[1] for v in looks.newest(history)),
            overrides=tuple(o for o in history.overrides if o.extraction_id == version.extraction_id),
        )


class _Looks:
    """What each file of some reports gave last by then."""

    def __init__(self, world: World, clocks: Clocks, found: Sequence[History]) -> None:
        self._world = world
        self._seen = clocks.seen
        self._identifier = Identifier(world)
        self._files = _last_files(world.session, clocks, {v.resource_id for h in found for v in h.versions})
        world.gather_readings(sha256 for sha256, _ in self._files.values() if sha256 is not None)
        query = select(Extraction.extraction_id, Extraction.agency, Extraction.year)
        wanted = (v.extraction_id for h in found for v in self.newest(h))
        rows = rows_of(world.session, query, Extraction.extraction_id, wanted)
        self._told = {key: (agency, year) for key, agency, year in rows}

    def newest(self, history: History) -> list[VersionRow]:
        """Of each file the newest version that had begun by then."""
        begun = [v for v in history.versions if self._seen is None or v.first_seen <= self._seen]
        return list({v.resource_id: v for v in begun}.values())

    def last(self, history: History, version: VersionRow) -> tuple[Reading | None, str]:
        """What the file was read as when it last bore the report, by then, and when that was."""
        sha256, at = self._files.get(version.resource_id, (None, ""))
        if sha256 is not None:
            reading = self._world.reading(sha256)
            if reading is not None and reading.is_report and self._is_of(version, reading):
                return reading, at
        states = states_by(self._identifier, history, version, self._seen)
        return (states[-1].reading, states[-1].seen.at) if states else (None, version.first_seen)

    def _is_of(self, version: VersionRow, reading: Reading) -> bool:
        """Whether a file bears the report of this version by its own words; what else tells it is slow."""
        told = (reading.agency, reading.year)
        return reading.sha256 == version.sha256 or (
            None not in told and told == self._told[version.extraction_id]
        )


def states_by(identifier: Identifier, history: History, version: VersionRow, seen: str | None) -> list[State]:
    """The captures of a version that there had been by then."""
    # times are whole seconds, in which two versions may be taken in
    first = version.first_seen, version.first_capture_id
    last = version.last_seen, version.last_capture_id
    return [
        state
        for state in identifier.states(version.resource_id)
        if state.key == history.report.key
        and first <= (state.seen.at, state.seen.capture_id) <= last
        and (seen is None or state.seen.at <= seen)
    ]


def version_taken(world: World, history: History, seen: str | None) -> tuple[VersionRow, str] | None:
    """The version whose reading was taken then, and whether the report was there; None before its time."""
    if seen is None:
        row = history.report
        return [v for v in history.versions if v.resource_id == row.resource_id][-1], row.status
    begun = [link for link in history.linkages if link.since <= seen]
    if not begun:
        return None
    there = [link for link in begun if link.until is None or link.until > seen]
    latest = max(link.until or "~" for link in begun)
    bearing = there or [link for link in begun if (link.until or "~") == latest]
    ids = {link.resource_id for link in bearing}
    versions = {v.resource_id: v for v in history.versions if v.resource_id in ids and v.first_seen <= seen}
    gone = any(p.state == "gone" and p.since <= seen and (p.until is None or p.until > seen)
               for p in history.presences)  # fmt: skip
    choice = list(versions.values())
    best = choice[0] if len(choice) == 1 else min(choice, key=lambda v: _rank(world, v, history))
    return best, "gone" if gone else "present"


def _rank(world: World, version: VersionRow, history: History) -> tuple[bool, int, int, str, int]:
    figures, failed, passed = world.counts(version.extraction_id)
    first = next(v for v in history.versions if v.resource_id == version.resource_id)
    return not figures, failed, -passed, first.first_seen, first.first_capture_id


_File = tuple[str | None, str]


def _last_files(session: Session, clocks: Clocks, resource_ids: Collection[int]) -> dict[int, _File]:
    """The file that each resource gave last by then, and when; no file where it gave two in that second."""
    query = (
        select(BEARER, Capture.sha256, func.max(Capture.fetched_at))
        .join(Resource, Resource.resource_id == Capture.resource_id)
        .where(Capture.verdict.in_(ANSWERED), Capture.sha256.is_not(None), ~Capture.again, ~Capture.cut)
        .group_by(BEARER, Capture.sha256)
    )
    if clocks.seen is not None:
        query = query.where(Capture.fetched_at <= clocks.seen)
    if clocks.known is not None:
        query = query.where(Capture.recorded_at <= clocks.known)
    found: dict[int, _File] = {}
    for part in batches(sorted(resource_ids)):
        bodies = and_(Resource.kind == Kind.BODY.value, Resource.parent_id.in_(part))
        # one after the other: joined by OR, no database finds either by its index
        own, of_bodies = (
            _latest(session.execute(query.where(these)).all())
            for these in (Capture.resource_id.in_(part), bodies)
        )
        found.update(own)
        # on one night a body stands for its page
        found.update({i: file for i, file in of_bodies.items() if i not in own or own[i][1] <= file[1]})
    return found


def _latest(files: Iterable[Row[int, str, str]]) -> dict[int, _File]:
    found: dict[int, _File] = {}
    for resource_id, sha256, at in files:
        before = found[resource_id][1] if resource_id in found else ""
        if at >= before:
            found[resource_id] = (None if at == before else sha256), at
    return found


def _pages(session: Session, resource_ids: Collection[int]) -> dict[int, int | None]:
    query = select(Resource.resource_id, Resource.kind, Resource.parent_id)
    rows = rows_of(session, query, Resource.resource_id, resource_ids)
    return {i: parent if kind == Kind.ATTACHMENT else i for i, kind, parent in rows}
