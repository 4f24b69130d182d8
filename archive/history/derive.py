"""The history of one report, derived from the evidence and from nothing else.

The same evidence gives the same history in whatever order it arrived. Nothing here writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from archive.capture import Kind
from archive.catalogue.models import Correction
from archive.history.compare import Comparer, Comparison, disagreeing, number, printed, shortened
from archive.history.evidence import Place, Reading, Source, World
from archive.history.identity import AgencyName, Identifier, State
from archive.history.presence import Interval, intervals
from archive.history.reckoning import ReckoningRow, reckoned

FLICKER = timedelta(days=30)
"""What is taken back within this time is told once."""

NOWHERE: tuple[None, None, None] = (None, None, None)


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change, as the table ``change`` keeps it."""

    layer: str
    cause: str
    kind: str
    table_code: str | None
    row_code: str | None
    column_code: str | None
    old_value: str | None
    new_value: str | None
    old_sha256: str | None
    new_sha256: str | None
    resource_id: int
    run_id: int | None
    window_from: str | None
    window_to: str
    recorded_at: str
    flicker: bool = False

    @property
    def place(self) -> tuple[str | None, str | None, str | None]:
        return self.table_code, self.row_code, self.column_code


@dataclass(frozen=True, slots=True)
class NamingRow:
    """A name under which the report has named its agency."""

    name: str


@dataclass(frozen=True, slots=True)
class LinkageRow:
    """A resource bearing the report over a span."""

    resource_id: int
    role: str
    since: str
    until: str | None
    decided_by: str


@dataclass(frozen=True, slots=True)
class VersionRow:
    """What a resource said over a span of captures."""

    resource_id: int
    ordinal: int
    sha256: str
    extraction_id: int
    first_seen: str
    last_seen: str
    first_capture_id: int
    last_capture_id: int


@dataclass(frozen=True, slots=True)
class PresenceRow:
    """The report there (``present``) or not (``gone``) over a span."""

    state: str
    since: str
    until: str | None


@dataclass(frozen=True, slots=True)
class OverrideRow:
    """A correction as it applies to a reading."""

    extraction_id: int
    table_code: str
    row_code: str
    column_code: str
    correction_id: int


@dataclass(frozen=True, slots=True)
class DisagreementRow:
    """A cell in which another file of the report differs from the one taken."""

    resource_id: int
    table_code: str
    row_code: str
    column_code: str
    taken: str | None
    other: str | None


@dataclass(frozen=True, slots=True)
class ReportRow:
    """The report as it stands at the end of its history."""

    key: str
    agency: AgencyName | None
    year: int | None
    title: str | None
    status: str
    resource_id: int
    page_id: int | None
    extraction_id: int
    published_on: str | None
    first_seen: str
    last_seen: str
    known_at: str


@dataclass(frozen=True, slots=True)
class History:
    """A report with everything that happened to it."""

    report: ReportRow
    namings: tuple[NamingRow, ...]
    linkages: tuple[LinkageRow, ...]
    versions: tuple[VersionRow, ...]
    presences: tuple[PresenceRow, ...]
    changes: tuple[ChangeRow, ...]
    overrides: tuple[OverrideRow, ...]
    reckonings: tuple[ReckoningRow, ...]
    disagreements: tuple[DisagreementRow, ...]


@dataclass(slots=True)
class _Spell:
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
class _Version:
    """Spells in a row that say the same. ``compared`` is how it differs from the version before."""

    resource_id: int
    spells: list[_Spell]
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
class _Bearing:
    """One resource of the report: its spans and versions. ``moved_on`` maps a span to when it moved away."""

    source: Source
    intervals: list[Interval]
    versions: list[_Version] = field(default_factory=list)
    moved_on: dict[int, str] = field(default_factory=dict)

    @property
    def first(self) -> State:
        return self.intervals[0].first


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
                bearings.append(_Bearing(source, spans))
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
        bearings: list[_Bearing],
    ) -> None:
        self._world = world
        self._comparer = comparer
        self._identifier = identifier
        self._key = key
        self._bearings = bearings
        self._changes: list[ChangeRow] = []

    def run(self) -> History:
        self._appear()
        for bearing in self._bearings:
            self._follow(bearing)
        self._locate()
        presences = self._presences()
        self._reread()
        self._correct()
        linkages = tuple(self._linkages())
        versions = tuple(v for b in self._bearings for v in _version_rows(b))
        changes = tuple(_with_flickers(_once(sorted(self._changes, key=_order))))
        report = self._report(linkages, presences, changes)
        return History(
            report, tuple(self._namings()), linkages, versions, presences, changes,
            tuple(self._overrides()), tuple(self._reckonings()), tuple(self._disagreements(report, linkages)),
        )  # fmt: skip

    # ------------------------------------------------------------- appearing

    def _appear(self) -> None:
        first = self._bearings[0].first
        self._note(
            "presence", "appeared", first, None,
            recorded=self._known(self._bearings[0].intervals[0].states), new=first.identity.title,
        )  # fmt: skip

    # ------------------------------------------------- versions of a resource

    def _follow(self, bearing: _Bearing) -> None:
        """Two blobs under one parser: whatever differs was changed by the source."""
        for spell in _spells(bearing):
            before = bearing.versions[-1] if bearing.versions else None
            compared = None
            if before is not None:
                compared = self._compared(before.last, spell.first, bearing.source.host)
            if before is None or (compared is not None and not compared.same):
                bearing.versions.append(_Version(bearing.source.resource_id, [spell], compared))
            else:
                before.spells.append(spell)
        self._note_steps(bearing)

    def _note_steps(self, bearing: _Bearing) -> None:
        before: _Spell | None = None
        for index, version in enumerate(bearing.versions):
            for spell in version.spells:
                if before is not None:
                    recorded = max(self._known(before.states), self._known(spell.states))
                    self._note("bytes", "replaced", spell.first, before.last, recorded=recorded,
                               old=before.sha256, new=spell.sha256)  # fmt: skip
                before = spell
            if version.compared is not None:
                earlier = bearing.versions[index - 1]
                recorded = max(self._known(_states(earlier)), self._known(_states(version)))
                self._note_edits(version.compared, earlier.last, version.first, recorded)

    def _compared(self, old: State, new: State, host: str) -> Comparison | None:
        pair = self._comparer.common(old.reading.sha256, new.reading.sha256)
        return None if pair is None else self._comparer.compare(*pair, host)

    def _note_edits(self, compared: Comparison, old: State, new: State, recorded: str) -> None:
        for cell in compared.cells:
            self._note(
                "field", "edited", new, old,
                recorded=max(recorded, self._read_apart(old, new, cell.place)),
                place=cell.place, old=cell.old, new=cell.new,
            )  # fmt: skip
        if compared.labels:
            self._note("content", "edited", new, old, recorded=recorded,
                       old=old.reading.content_sha256, new=new.reading.content_sha256)  # fmt: skip
        elif compared.text:
            self._note(
                "content", "edited", new, old, recorded=recorded,
                old=shortened(compared.removed), new=shortened(compared.added),
            )  # fmt: skip

    def _read_apart(self, old: State, new: State, place: Place) -> str:
        """When both files had first been read so that they differ in this cell."""
        before = {r.revision: r for r in self._world.readings(old.reading.sha256)}
        for reading in self._world.readings(new.reading.sha256):
            earlier = before.get(reading.revision)
            if earlier is None or not (earlier.is_report and reading.is_report):
                continue
            one = self._world.cells(earlier.extraction_id).get(place)
            other = self._world.cells(reading.extraction_id).get(place)
            if printed(one) != printed(other):
                return max(earlier.read_at, reading.read_at)
        return ""

    # -------------------------------------------------------------- locations

    def _locate(self) -> None:
        """What each new address means: the report moved there, came back there, or stands there too."""
        spans = [(span, b) for b in self._bearings for span in b.intervals]
        spans.sort(key=lambda s: (s[0].since, s[0].first.seen.capture_id))
        known: list[tuple[Interval, _Bearing]] = []
        for span, bearing in spans:
            if known:
                self._place(span, bearing, known)
            known.append((span, bearing))
        for span, bearing in spans:
            self._note_lost_copy(span, bearing, spans)

    def _place(self, span: Interval, bearing: _Bearing, known: list[tuple[Interval, _Bearing]]) -> None:
        left = self._left_for(span, bearing, known)
        if left is not None:
            old_span, old = left
            old.moved_on[id(old_span)] = span.since
            if not self._goes_with_its_page(bearing, old, span):
                self._moved(span, bearing, old_span, old)
            return
        if any(_there(s, b, span.since) for s, b in known):
            if span.first.seen.run_id != self._bearings[0].first.seen.run_id:
                self._note(
                    "location", "appeared", span.first, None,
                    recorded=self._known(span.states), new=bearing.source.url,
                )  # fmt: skip
            return
        self._returned(span, bearing, known)

    def _left_for(
        self, span: Interval, bearing: _Bearing, known: list[tuple[Interval, _Bearing]]
    ) -> tuple[Interval, _Bearing] | None:
        """The span at another address that ended as this one began; a redirect names it for certain."""
        ended = [
            (s, b)
            for s, b in known
            if b is not bearing
            and s.missed is not None
            and s.last.seen.at < span.since
            and id(s) not in b.moved_on
            and (s.proof is None or s.proof.at >= span.since)
            and bearing.source.parent_id != b.source.resource_id
            and _may_replace(s, b, span, bearing)
        ]
        redirected = [(s, b) for s, b in ended if s.redirect == bearing.source.url]
        alike = [(s, b) for s, b in ended if b.source.kind == bearing.source.kind]
        fitting = redirected or alike or ended
        return fitting[-1] if fitting else None

    def _goes_with_its_page(self, new: _Bearing, old: _Bearing, span: Interval) -> bool:
        """A file that moved along with its page is no move of its own."""
        pages = {b.source.resource_id: b for b in self._bearings}
        page, before = pages.get(new.source.parent_id or 0), pages.get(old.source.parent_id or 0)
        return page is not None and before is not None and page is not before

    def _moved(self, span: Interval, bearing: _Bearing, old_span: Interval, old: _Bearing) -> None:
        assert old_span.missed is not None
        self._note(
            "location", "moved", span.first, old_span.last,
            recorded=max(self._known(span.states), old_span.missed.known_at),
            old=old.source.url, new=bearing.source.url,
        )  # fmt: skip
        if span is bearing.intervals[0]:
            self._compare_across(old_span, span, bearing.source.host)

    def _returned(self, span: Interval, bearing: _Bearing, known: list[tuple[Interval, _Bearing]]) -> None:
        last, there = max(known, key=lambda s: (s[0].last.seen.at, s[0].last.seen.capture_id))
        signs = [s.missed.at for s, _ in known if s.missed is not None and s.missed.at < span.since]
        absent = max([*signs, *self._later_absences(there, span.since)], default=last.last.seen.at)
        gone_known = max((s.proof.known_at for s, _ in known if s.proof is not None), default="")
        self._note(
            "presence", "returned", span.first, None, since=absent,
            recorded=max(self._known(span.states), gone_known), new=bearing.source.url,
        )  # fmt: skip
        if there is not bearing and span is bearing.intervals[0]:
            self._compare_across(last, span, bearing.source.host)

    def _later_absences(self, bearing: _Bearing, before: str) -> Iterator[str]:
        """When it was still looked for and not there."""
        source = bearing.source
        yield from (w.at for w in self._world.walks(source.url) if not w.shown and w.at < before)
        yield from (
            s.at
            for s in self._world.seen(source.resource_id)
            if s.verdict in ("gone", "soft_gone") and s.at < before
        )

    def _compare_across(self, before: Interval, after: Interval, host: str) -> None:
        """A report that comes back or moves may have been edited; text of two formats is not compared."""
        old, new = before.last, after.first
        compared = self._compared(old, new, host)
        if compared is None or compared.same:
            return
        if old.reading.media_type != new.reading.media_type:
            compared = replace(compared, removed=(), added=(), labels=False)
        recorded = max(self._known(before.states), self._known(after.states))
        self._note_edits(compared, old, new, recorded)

    def _note_lost_copy(
        self, span: Interval, bearing: _Bearing, spans: list[tuple[Interval, _Bearing]]
    ) -> None:
        """One of several addresses that bear the report is gone while another one stays."""
        if span.gone is None or span.proof is None or id(span) in bearing.moved_on:
            return
        others = [(s, b) for s, b in spans if b is not bearing]
        if any(_there(s, b, span.gone.at) for s, b in others):
            self._note(
                "location", "gone", span.last, None, since=span.last.seen.at, until=span.gone.at,
                recorded=span.proof.known_at, old=bearing.source.url, run=span.proof.run_id,
            )  # fmt: skip

    # --------------------------------------------------------------- presence

    def _presences(self) -> tuple[PresenceRow, ...]:
        """There while any address bears it; gone between."""
        spans = sorted(
            ((s.since, _end(s, b), s) for b in self._bearings for s in b.intervals), key=lambda s: s[0]
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
        self._note(
            "presence", "gone", ending.last, None, since=ending.last.seen.at, until=ending.gone.at,
            recorded=ending.proof.known_at, old=bearing.source.url, run=ending.proof.run_id,
        )  # fmt: skip

    # -------------------------------------------------- our reading, not theirs

    def _reread(self) -> None:
        """One blob under two parsers: whatever differs is ours."""
        told: set[tuple[int, int]] = set()
        for bearing in self._bearings:
            for version in bearing.versions:
                for old, new in self._rereadings(version):
                    if (old.extraction_id, new.extraction_id) not in told:
                        told.add((old.extraction_id, new.extraction_id))
                        self._note_rereading(version, old, new)

    def _rereadings(self, version: _Version) -> Iterator[tuple[Reading, Reading]]:
        """For each step of the parser the newest file of the version that was read before and after it."""
        steps: dict[tuple[int, int], tuple[Reading, Reading]] = {}
        for sha in version.shas:
            reports = [r for r in self._world.readings(sha) if r.is_report]
            for old, new in zip(reports, reports[1:], strict=False):
                steps[old.revision, new.revision] = (old, new)
        yield from (steps[key] for key in sorted(steps))

    def _note_rereading(self, version: _Version, old: Reading, new: Reading) -> None:
        compared = self._comparer.reread(old, new)
        for cell in compared.cells:
            self._note_ours("parser", "reread", "field", version, new.read_at, new.sha256,
                            place=cell.place, old=cell.old, new=cell.new)  # fmt: skip
        if compared.text:
            self._note_ours("parser", "reread", "content", version, new.read_at, new.sha256,
                            old=shortened(compared.removed), new=shortened(compared.added))  # fmt: skip

    def _correct(self) -> None:
        told: set[int] = set()
        for bearing in self._bearings:
            for version in bearing.versions:
                for correction in self._corrections(version):
                    if correction.correction_id not in told:
                        told.add(correction.correction_id)
                        self._note_correction(version, correction)

    def _note_correction(self, version: _Version, correction: Correction) -> None:
        place = (correction.table_code, correction.row_code, correction.column_code)
        read = self._read_at(correction.sha256, place, correction.made_at)
        said = _corrected(correction)
        self._note_ours("correction", "edited", "field", version, correction.made_at, correction.sha256,
                        place=place, old=read, new=said)  # fmt: skip
        if self._world.withdrawn(correction) and correction.withdrawn_at is not None:
            read = self._read_at(correction.sha256, place, correction.withdrawn_at)
            self._note_ours("correction", "edited", "field", version, correction.withdrawn_at,
                            correction.sha256, place=place, old=said, new=read)  # fmt: skip

    def _read_at(self, sha256: str, place: Place, moment: str) -> str | None:
        """What the parser of that time made of the cell."""
        readings = [r for r in self._world.readings(sha256) if r.is_report and r.read_at <= moment]
        if not readings:
            return None
        return printed(self._world.cells(readings[-1].extraction_id).get(place))

    def _corrections(self, version: _Version) -> list[Correction]:
        found = (c for sha in version.shas for c in self._world.corrections(sha))
        return sorted(found, key=lambda c: (c.made_at, c.correction_id))

    def _overrides(self) -> Iterator[OverrideRow]:
        for extraction_id, corrections in self._standing_corrections().items():
            for place, c in corrections.items():
                yield OverrideRow(extraction_id, *place, c.correction_id)

    def _reckonings(self) -> Iterator[ReckoningRow]:
        for extraction_id, corrections in self._standing_corrections().items():
            yield from reckoned(self._world.session, extraction_id, corrections.values())

    def _standing_corrections(self) -> dict[int, dict[Place, Correction]]:
        """The newest correction of each cell that stands, on every reading of the version it was made on."""
        found: dict[int, dict[Place, Correction]] = {}
        for bearing in self._bearings:
            for version in bearing.versions:
                for c in self._corrections(version):
                    if not self._world.withdrawn(c):
                        place = (c.table_code, c.row_code, c.column_code)
                        found.setdefault(version.last.reading.extraction_id, {})[place] = c
        return found

    # -------------------------------------------------------------- the report

    def _linkages(self) -> Iterator[LinkageRow]:
        for bearing in self._bearings:
            for span in bearing.intervals:
                yield LinkageRow(
                    bearing.source.resource_id, self._role(bearing), span.since, _end(span, bearing),
                    span.first.identity.decided_by,
                )  # fmt: skip

    def _namings(self) -> Iterator[NamingRow]:
        names: set[str] = set()
        for bearing in self._bearings:
            for state in (s for span in bearing.intervals for s in span.states):
                if (body := self._identifier.agency(state.identity, bearing.source)) is not None:
                    names |= {body.name, state.identity.agency or body.name}
        yield from map(NamingRow, sorted(names))

    def _role(self, bearing: _Bearing) -> str:
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
        states = [s for b in self._bearings for v in b.versions for s in _states(v)]
        titled = [s for v in bearing.versions for s in _states(v)]
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
            known_at=max([*(c.recorded_at for c in changes), *read]),
        )

    def _taken(self, linkages: Sequence[LinkageRow]) -> _Bearing:
        """Of the files that bear the report (or last did) the one with figures whose checks pass best."""
        ends = {row.resource_id: row.until or "~" for row in linkages}
        latest = max(ends.values())
        last = [b for b in self._bearings if ends[b.source.resource_id] == latest]
        return last[0] if len(last) == 1 else min(last, key=self._rank)

    def _rank(self, bearing: _Bearing) -> tuple[bool, bool, int, int, str, int]:
        figures, failed, passed = self._world.counts(bearing.versions[-1].last.reading.extraction_id)
        first = bearing.first.seen
        return self._is_suspect(bearing), not figures, failed, -passed, first.at, first.capture_id

    def _is_suspect(self, bearing: _Bearing) -> bool:
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

    # ------------------------------------------------------------------ notes

    def _known(self, states: Iterable[State]) -> str:
        """When it was first known that one of these files bears the report: fetched, recorded and read."""
        return min(max(s.seen.known_at, self._first_read(s.reading.sha256)) for s in states)

    def _first_read(self, sha256: str) -> str:
        return min(r.read_at for r in self._world.readings(sha256) if r.is_report)

    def _note(
        self,
        layer: str,
        kind: str,
        state: State,
        before: State | None,
        *,
        recorded: str,
        since: str | None = None,
        until: str | None = None,
        place: Place | tuple[None, None, None] = NOWHERE,
        old: str | None = None,
        new: str | None = None,
        run: int | None = None,
    ) -> None:
        """A change of the source, between the capture ``before`` and that of ``state``."""
        self._changes.append(
            ChangeRow(
                layer, "source", kind, place[0], place[1], place[2], old, new,
                old_sha256=before.reading.sha256 if before else None,
                new_sha256=state.reading.sha256,
                resource_id=state.seen.resource_id,
                run_id=state.seen.run_id if run is None else run,
                window_from=before.seen.at if before else since,
                window_to=until or state.seen.at,
                recorded_at=recorded,
            )
        )  # fmt: skip

    def _note_ours(
        self,
        cause: str,
        kind: str,
        layer: str,
        version: _Version,
        moment: str,
        sha256: str,
        *,
        place: Place | tuple[None, None, None] = NOWHERE,
        old: str | None = None,
        new: str | None = None,
    ) -> None:
        """A change of our reading: it happened when we made it."""
        self._changes.append(
            ChangeRow(
                layer, cause, kind, place[0], place[1], place[2], old, new, sha256, sha256,
                version.resource_id, None, moment, moment, moment,
            )
        )  # fmt: skip


def _spells(bearing: _Bearing) -> list[_Spell]:
    spells: list[_Spell] = []
    for state in (s for span in bearing.intervals for s in span.states):
        if spells and spells[-1].sha256 == state.reading.sha256:
            spells[-1].states.append(state)
        else:
            spells.append(_Spell([state]))
    return spells


def _states(version: _Version) -> Iterator[State]:
    return (state for spell in version.spells for state in spell.states)


def _end(span: Interval, bearing: _Bearing) -> str | None:
    """When the span ended: moved away, or gone for certain."""
    moved = bearing.moved_on.get(id(span))
    return moved if moved is not None else span.gone.at if span.gone is not None else None


def _may_replace(old_span: Interval, old: _Bearing, span: Interval, new: _Bearing) -> bool:
    """Whether the new address may be the old one's: of two files of one page only when of one format.

    Offices link a report in several formats, and when they replace a file it is by one of the same.
    """
    if Kind.ATTACHMENT not in (old.source.kind, new.source.kind):
        return True
    if old.source.parent_id != new.source.parent_id or old_span.gone is not None:
        return True
    return old_span.last.reading.media_type == span.first.reading.media_type


def _there(span: Interval, bearing: _Bearing, moment: str) -> bool:
    """Whether the address bore the report then, as far as is known now."""
    end = _end(span, bearing)
    return span.since <= moment and (end is None or end > moment)


def _version_rows(bearing: _Bearing) -> Iterator[VersionRow]:
    for ordinal, version in enumerate(bearing.versions, start=1):
        first, last = version.first.seen, version.last.seen
        yield VersionRow(
            bearing.source.resource_id, ordinal, version.last.reading.sha256,
            version.last.reading.extraction_id, first.at, last.at, first.capture_id, last.capture_id,
        )  # fmt: skip


def _corrected(correction: Correction) -> str | None:
    if correction.value is not None:
        return number(correction.value)
    return f"({correction.state})"


_LAYERS = ("presence", "location", "bytes", "field", "content")


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
