"""The history of one report, derived from the evidence and from nothing else.

The same evidence gives the same history in whatever order it arrived. Nothing here writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from archive.capture import Kind
from archive.history.bearing import Bearing, end_of, states_of, version_rows
from archive.history.compare import Comparer, disagreeing
from archive.history.edits import Edits
from archive.history.evidence import World
from archive.history.identity import Identifier, State
from archive.history.ledger import Ledger
from archive.history.locations import Locations
from archive.history.ours import OurReading
from archive.history.presence import Interval, intervals
from archive.history.rows import (
    ChangeRow,
    DisagreementRow,
    History,
    LinkageRow,
    NamingRow,
    PresenceRow,
    ReportRow,
)
from archive.history.seen import learnt_late
from archive.history.telling import told


class Historian:
    """Derives histories within one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.identifier = Identifier(world)
        self._comparer = Comparer(world)

    def history(self, key: str, resource_ids: Iterable[int]) -> History | None:
        """The history of the report ``key`` from the resources that bear it; None when none does."""
        bearings = []
        for resource_id in sorted(resource_ids):
            source = self._world.source(resource_id)
            spans = intervals(self._world, self.identifier, source, key)
            if spans:
                bearings.append(Bearing(source, spans))
        if not bearings:
            return None
        bearings.sort(key=lambda b: (b.first.seen.at, b.first.seen.capture_id))
        return _Derivation(self._world, self._comparer, self.identifier, key, bearings).run()


class _Derivation:
    """The work on one report."""

    def __init__(
        self,
        world: World,
        comparer: Comparer,
        identifier: Identifier,
        key: str,
        bearings: list[Bearing],
    ) -> None:
        self._world = world
        self._identifier = identifier
        self._key = key
        self._bearings = bearings
        self._ledger = Ledger(world)
        self._edits = Edits(world, comparer, self._ledger)
        self._locations = Locations(world, self._edits, self._ledger, bearings)
        self._ours = OurReading(world, comparer, self._ledger, bearings)

    def run(self) -> History:
        self._appear()
        for bearing in self._bearings:
            self._edits.follow(bearing)
        self._locations.locate()
        presences = self._presences()
        self._ours.reread()
        self._ours.correct()
        linkages = tuple(self._linkages())
        versions = tuple(v for b in self._bearings for v in version_rows(b))
        changes = told(self._ledger.changes)
        report = self._report(linkages, presences, changes)
        return History(
            report, tuple(self._namings()), linkages, versions, presences, changes,
            tuple(self._ours.overrides()), tuple(self._ours.reckonings()),
            tuple(self._disagreements(report, linkages)),
        )  # fmt: skip

    def _appear(self) -> None:
        first = self._bearings[0].first
        self._ledger.note(
            "presence", "appeared", first, None,
            recorded=self._ledger.known(self._bearings[0].intervals[0].states), new=first.identity.title,
        )  # fmt: skip

    def _presences(self) -> tuple[PresenceRow, ...]:
        """There while any address bears it; gone between."""
        spans = sorted(
            ((s.since, end_of(s, b), s) for b in self._bearings for s in b.intervals), key=lambda s: s[0]
        )
        rows: list[PresenceRow] = []
        start, end, ending = spans[0]
        for since, until, span in spans[1:]:
            if end is not None and since > end:
                rows += [PresenceRow("present", start, end), PresenceRow("gone", end, since)]
                self._note_gone(ending)
                start, end, ending = since, until, span
            elif end is not None and (until is None or until >= end):
                end, ending = until, span
        rows.append(PresenceRow("present", start, end))
        if end is not None:
            rows.append(PresenceRow("gone", end, None))
            self._note_gone(ending)
        return tuple(rows)

    def _note_gone(self, ending: Interval) -> None:
        bearing = next(b for b in self._bearings if any(s is ending for s in b.intervals))
        if ending.gone is None or ending.proof is None:
            return
        self._ledger.note(
            "presence", "gone", ending.last, None, since=ending.last.seen.at, until=ending.gone.at,
            recorded=ending.proof.known_at, old=bearing.source.url, run=ending.proof.run_id,
        )  # fmt: skip

    def _linkages(self) -> Iterator[LinkageRow]:
        for bearing in self._bearings:
            for span in bearing.intervals:
                yield LinkageRow(
                    bearing.source.resource_id, self._role(bearing), span.since, end_of(span, bearing),
                    span.first.identity.decided_by,
                )  # fmt: skip

    def _namings(self) -> Iterator[NamingRow]:
        names: set[str] = set()
        for bearing in self._bearings:
            for state in (s for span in bearing.intervals for s in span.states):
                if (body := self._identifier.agency(state.identity, bearing.source)) is not None:
                    names |= {body.name, state.identity.agency or body.name}
        yield from map(NamingRow, sorted(names))

    def _role(self, bearing: Bearing) -> str:
        """An attachment; the page that bore the report first, or to which it moved; else a mirror."""
        if bearing.source.kind == Kind.ATTACHMENT:
            return "attachment"
        pages = [b for b in self._bearings if b.source.kind != Kind.ATTACHMENT]
        first = self._bearings[0]
        own = bearing is pages[0] and (
            first is bearing
            or first.source.parent_id == bearing.source.resource_id
            or first.source.kind != Kind.ATTACHMENT
        )
        since = {t for b in pages for t in b.moved_on.values() if b is not bearing}
        return "page" if own or any(s.since in since for s in bearing.intervals) else "mirror"

    def _report(
        self, linkages: Sequence[LinkageRow], presences: Sequence[PresenceRow], changes: Sequence[ChangeRow]
    ) -> ReportRow:
        bearing = self._taken(linkages)
        last = bearing.versions[-1].last
        status = "present"
        if presences[-1].state == "gone":
            status = "gone"
        elif self._is_suspect(bearing):
            status = "suspect"
        states = [s for b in self._bearings for v in b.versions for s in states_of(v)]
        titled = [s for v in bearing.versions for s in states_of(v)]
        agency = self._identifier.agency(last.identity, bearing.source)
        read = [r.read_at for s in states for r in self._world.readings(s.reading.sha256)]
        return ReportRow(
            key=self._key,
            agency=agency,
            year=last.identity.year,
            title=next((s.identity.title for s in reversed(titled) if s.identity.title), None),
            status=status,
            resource_id=bearing.source.resource_id,
            page_id=bearing.source.parent_id
            if bearing.source.kind == Kind.ATTACHMENT
            else bearing.source.resource_id,
            extraction_id=last.reading.extraction_id,
            published_on=next(
                (s.identity.published_on for s in reversed(titled) if s.identity.published_on), None
            ),
            first_seen=min(s.seen.at for s in states),
            last_seen=max(s.seen.at for s in states),
            known_at=max([*(c.recorded_at for c in changes), *read, *self._learnt(states)]),
        )

    def _learnt(self, states: Sequence[State]) -> Iterator[str]:
        """When was learnt what else is told here: captures older than those known before, whose report it is,
        and, where its files were compared, what changes by itself on their pages.
        """
        for bearing in self._bearings:
            source = bearing.source
            for resource_id in (source.resource_id, source.parent_id):
                if resource_id is not None:
                    yield from learnt_late(self._world.seen(resource_id))
            yield from self._identifier.learnt(source.resource_id, self._key)
            for before, after in pairwise(self._identifier.states(source.resource_id)):
                if (before.key is None) != (after.key is None):  # its page is suspect, or no longer
                    yield after.seen.known_at
        if len({state.seen.sha256 for state in states}) > 1:
            yield from (self._world.learnt_at(host) for host in {b.source.host for b in self._bearings})

    def _taken(self, linkages: Sequence[LinkageRow]) -> Bearing:
        """Of the files that bear the report (or last did) the one with figures whose checks pass best."""
        ends = {row.resource_id: row.until or "~" for row in linkages}
        latest = max(ends.values())
        last = [b for b in self._bearings if ends[b.source.resource_id] == latest]
        return last[0] if len(last) == 1 else min(last, key=self._rank)

    def _rank(self, bearing: Bearing) -> tuple[bool, bool, int, int, str, int]:
        figures, failed, passed = self._world.counts(bearing.versions[-1].last.reading.extraction_id)
        first = bearing.first.seen
        return self._is_suspect(bearing), not figures, failed, -passed, first.at, first.capture_id

    def _is_suspect(self, bearing: Bearing) -> bool:
        """Whether its page, when last seen, held no report any more."""
        states = self._identifier.states(bearing.source.resource_id)
        return bool(states) and states[-1].key is None and not states[-1].reading.is_report

    def _disagreements(self, report: ReportRow, linkages: Sequence[LinkageRow]) -> Iterator[DisagreementRow]:
        """Copies that differ: ours or the office's fault, and shown either way."""
        there = {row.resource_id for row in linkages if row.until is None}
        copies = [b for b in self._bearings if b.source.resource_id in there - {report.resource_id}]
        if not copies:
            return
        taken = self._world.cells(report.extraction_id)
        for bearing in copies:
            other = self._world.cells(bearing.versions[-1].last.reading.extraction_id)
            for cell in disagreeing(taken, other):
                yield DisagreementRow(bearing.source.resource_id, *cell.place, cell.old, cell.new)
