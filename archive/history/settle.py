"""Brings what is stored into line with what the evidence says, report by report.

:func:`settle` derives the histories that some resources take part in and stores what differs. It can be
asked any number of times: the second time nothing differs.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from archive.catalogue.models import (
    Agency,
    Base,
    Change,
    Disagreement,
    Linkage,
    Naming,
    Override,
    Presence,
    Reckoning,
    Report,
    Version,
)
from archive.history.batched import batches, bearers_of, children_of
from archive.history.derive import Historian
from archive.history.evidence import World
from archive.history.identity import AgencyName as Named
from archive.history.reckoning import ReckoningRow
from archive.history.rows import (
    ChangeRow,
    DisagreementRow,
    History,
    LinkageRow,
    NamingRow,
    OverrideRow,
    PresenceRow,
    ReportRow,
    VersionRow,
)
from parsers.divisions import candidates

Row = (
    NamingRow
    | LinkageRow
    | VersionRow
    | PresenceRow
    | ChangeRow
    | OverrideRow
    | ReckoningRow
    | DisagreementRow
)


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that is stored and does not follow from the evidence (``surplus``), or the other way round."""

    report: str
    table: str
    surplus: bool
    row: str


@dataclass(frozen=True, slots=True)
class _Part:
    """One table of a history: how its rows are called and which of them are the same event."""

    name: str
    model: type[Base]
    row: type[Row]
    of: Callable[[History], Sequence[Any]]
    same: tuple[str, ...]


_PARTS = (
    _Part("naming", Naming, NamingRow, lambda h: h.namings, ("name",)),
    _Part("linkage", Linkage, LinkageRow, lambda h: h.linkages, ("resource_id", "since")),
    _Part("version", Version, VersionRow, lambda h: h.versions, ("resource_id", "ordinal")),
    _Part("presence", Presence, PresenceRow, lambda h: h.presences, ("since",)),
    _Part(
        "change", Change, ChangeRow, lambda h: h.changes,
        ("layer", "cause", "kind", "table_code", "row_code", "column_code", "old_value", "new_value",
         "resource_id"),
    ),
    _Part(
        "override", Override, OverrideRow, lambda h: h.overrides,
        ("extraction_id", "table_code", "row_code", "column_code"),
    ),
    _Part("reckoning", Reckoning, ReckoningRow, lambda h: h.reckonings, ("extraction_id", "rule", "scope")),
    _Part(
        "disagreement", Disagreement, DisagreementRow, lambda h: h.disagreements,
        ("resource_id", "table_code", "row_code", "column_code"),
    ),
)  # fmt: skip
_REPORT_FIELDS = (
    "year", "title", "status", "resource_id", "page_id", "extraction_id", "published_on",
    "first_seen", "last_seen", "known_at",
)  # fmt: skip


def settle(session: Session, resource_ids: Collection[int]) -> list[Difference]:
    """Derive all reports that these resources bear or bore, and store what differs."""
    return _reconcile(session, resource_ids, store=True)


def differences(session: Session, resource_ids: Collection[int]) -> list[Difference]:
    """What :func:`settle` would change."""
    return _reconcile(session, resource_ids, store=False)


def _reconcile(session: Session, resource_ids: Collection[int], *, store: bool) -> list[Difference]:
    world = World(session)
    historian = Historian(world)
    bearers, former = reports_of(session, historian, world, resource_ids)
    stored = _stored_reports(session, bearers.keys() | former)
    histories = {key: historian.history(key, ids) for key, ids in bearers.items()}
    return _Reconciler(session, store).run(histories, stored)


def reports_of(
    session: Session, historian: Historian, world: World, resource_ids: Collection[int]
) -> tuple[dict[str, set[int]], set[str]]:
    """Which resources bear the reports that these resources bear, and which reports they are stored as."""
    bearing = bearers_of(session, resource_ids)
    affected = bearing | set(children_of(session, list(bearing)))
    world.gather(affected)
    shared = {
        other
        for i in affected
        for s in historian.identifier.states(i)
        for other in world.sharers(s.reading.sha256)
    }
    world.gather(shared - affected)
    affected |= shared
    former = _linked_keys(session, affected)
    keys = former | {s.key for i in affected for s in historian.identifier.states(i) if s.key is not None}
    bearers: dict[str, set[int]] = {key: set() for key in sorted(keys)}
    others = _linked_resources(session, keys) - affected
    world.gather(others)
    for i in sorted(affected | others):
        for key in {s.key for s in historian.identifier.states(i)}:
            if key is not None and key in bearers:
                bearers[key].add(i)
    return bearers, former


def _linked_keys(session: Session, resource_ids: Collection[int]) -> set[str]:
    query = select(Report.key).join(Linkage, Linkage.report_id == Report.report_id)
    found: set[str] = set()
    for part in batches(sorted(resource_ids)):
        found.update(session.scalars(query.where(Linkage.resource_id.in_(part))))
    return found


def _linked_resources(session: Session, keys: Collection[str]) -> set[int]:
    query = select(Linkage.resource_id).join(Report, Report.report_id == Linkage.report_id)
    found: set[int] = set()
    for part in batches(sorted(keys)):
        found.update(session.scalars(query.where(Report.key.in_(part))))
    return found


def _stored_reports(session: Session, keys: Iterable[str]) -> dict[str, Report]:
    found: dict[str, Report] = {}
    for part in batches(sorted(keys)):
        found.update({r.key: r for r in session.scalars(select(Report).where(Report.key.in_(part)))})
    return found


def remove_report(session: Session, row: Report) -> None:
    """Take a report out with everything that is said of it."""
    for part in _PARTS:
        table: Any = part.model
        session.execute(delete(table).where(table.report_id == row.report_id))
    session.delete(row)


def stored_histories(session: Session, report_ids: Sequence[int]) -> dict[int, History]:
    """The histories of these reports as they are stored."""
    query = select(Report, Agency).outerjoin(Agency, Agency.agency_id == Report.agency_id)
    heads: dict[int, ReportRow] = {}
    for chunk in batches(report_ids):
        for report, agency in session.execute(query.where(Report.report_id.in_(chunk))):
            named = Named(agency.key, agency.name, agency.division_code) if agency else None
            values = {name: getattr(report, name) for name in _REPORT_FIELDS}
            heads[report.report_id] = ReportRow(key=report.key, agency=named, **values)
    parts = {part.name: _stored_rows(session, part, report_ids) for part in _PARTS}

    def rows(name: str, report_id: int) -> tuple[Any, ...]:
        return tuple(row for _, row in parts[name].get(report_id, []))

    return {
        i: History(
            head, rows("naming", i), rows("linkage", i), rows("version", i), rows("presence", i),
            rows("change", i), rows("override", i), rows("reckoning", i), rows("disagreement", i),
        )
        for i, head in heads.items()
    }  # fmt: skip


def _stored_rows(
    session: Session, part: _Part, report_ids: Iterable[int]
) -> dict[int, list[tuple[int, Any]]]:
    """The stored rows of each report as (primary key, row)."""
    table: Any = part.model
    key = table.__mapper__.primary_key[0]
    names = [f.name for f in fields(part.row)]
    query = select(table.report_id, key, *(getattr(table, n) for n in names)).order_by(key)
    found: dict[int, list[tuple[int, Any]]] = defaultdict(list)
    for chunk in batches(sorted(report_ids)):
        for report_id, row_id, *values in session.execute(query.where(table.report_id.in_(chunk))):
            found[report_id].append((row_id, part.row(*values)))
    return found


class _Reconciler:
    """Compares derived with stored rows, and stores the difference unless it only looks."""

    def __init__(self, session: Session, store: bool) -> None:
        self._session = session
        self._store = store
        self._found: list[Difference] = []
        self._agencies: dict[str, Agency] = {}
        self._touched: set[int] = set()

    def run(self, histories: dict[str, History | None], stored: dict[str, Report]) -> list[Difference]:
        wanted = {key: h for key, h in histories.items() if h is not None}
        self._load_agencies({h.report.agency.key for h in wanted.values() if h.report.agency})
        ordered = sorted(wanted.values(), key=lambda h: (h.report.first_seen, h.changes[0].resource_id))
        reports = {h.report.key: self._report(h, stored.get(h.report.key)) for h in ordered}
        self._session.flush()
        ids = {key: r.report_id for key, r in reports.items() if r is not None}
        for part in _PARTS:
            self._part(part, ordered, ids)
        for key in sorted(stored.keys() - wanted.keys()):
            self._remove(stored[key])
        if self._store:
            self._session.flush()
            name_agencies(self._session, self._touched)
        return self._found

    # ------------------------------------------------------------ report rows

    def _report(self, history: History, row: Report | None) -> Report | None:
        wanted = history.report
        agency = self._agency(wanted.agency)
        values = {name: getattr(wanted, name) for name in _REPORT_FIELDS}
        if row is None:
            self._differs(wanted.key, "report", False, values)
            if not self._store:
                return None
            row = Report(key=wanted.key, agency_id=agency.agency_id if agency else None, **values)
            self._session.add(row)
            self._touch(row)
            return row
        there = {name: getattr(row, name) for name in _REPORT_FIELDS}
        named = (agency.agency_id if agency else None) if agency or wanted.agency is None else -1
        if there != values or row.agency_id != named:
            self._differs(wanted.key, "report", True, there)
            self._differs(wanted.key, "report", False, values)
            if self._store:
                self._touch(row)
                for name, value in values.items():
                    setattr(row, name, value)
                row.agency_id = agency.agency_id if agency else None
                self._touch(row)
        return row

    def _touch(self, row: Report) -> None:
        if row.agency_id is not None:
            self._touched.add(row.agency_id)

    def _load_agencies(self, keys: Collection[str]) -> None:
        for part in batches(sorted(keys)):
            rows = self._session.scalars(select(Agency).where(Agency.key.in_(part)))
            self._agencies.update({row.key: row for row in rows})

    def _agency(self, named: Named | None) -> Agency | None:
        if named is None:
            return None
        row = self._agencies.get(named.key)
        if row is None and self._store:
            row = Agency(key=named.key, name=named.name, division_code=named.division)
            self._session.add(row)
            self._session.flush()
            self._agencies[named.key] = row
        return row

    def _remove(self, row: Report) -> None:
        self._differs(row.key, "report", True, {name: getattr(row, name) for name in _REPORT_FIELDS})
        if not self._store:
            return
        self._touch(row)
        remove_report(self._session, row)

    # ------------------------------------------------------------ other tables

    def _part(self, part: _Part, histories: Sequence[History], ids: dict[str, int]) -> None:
        stored = _stored_rows(self._session, part, list(ids.values()))
        fresh: list[dict[str, Any]] = []
        for history in histories:
            key = history.report.key
            report_id = ids.get(key)
            there = stored.get(report_id, []) if report_id is not None else []
            fresh += self._rows(part, key, report_id, part.of(history), there)
        if fresh and self._store:
            self._session.execute(insert(part.model), fresh)

    def _rows(
        self,
        part: _Part,
        key: str,
        report_id: int | None,
        wanted: Sequence[Any],
        there: list[tuple[int, Any]],
    ) -> list[dict[str, Any]]:
        """Keep what is equal, bring up to date what is the same event, and give back what is new."""
        open_ = Counter(wanted)
        surplus: list[tuple[int, Any]] = []
        for row_id, row in there:
            if open_[row]:
                open_[row] -= 1
            else:
                surplus.append((row_id, row))
        missing = []
        for row in wanted:
            if open_[row]:
                open_[row] -= 1
                missing.append(row)
        for _, row in surplus:
            self._differs(key, part.name, True, asdict(row))
        for row in missing:
            self._differs(key, part.name, False, asdict(row))
        if not self._store:
            return []
        return self._write(part, report_id, missing, surplus)

    def _write(
        self, part: _Part, report_id: int | None, missing: list[Any], surplus: list[tuple[int, Any]]
    ) -> list[dict[str, Any]]:
        table: Any = part.model
        key = table.__mapper__.primary_key[0]
        fresh = []
        for row in missing:
            match = next((s for s in surplus if _same(part, s[1], row)), None)
            if match is None:
                fresh.append({"report_id": report_id, **asdict(row)})
                continue
            surplus.remove(match)
            self._session.execute(update(table).where(key == match[0]).values(**asdict(row)))
        for chunk in batches([row_id for row_id, _ in surplus]):
            self._session.execute(delete(table).where(key.in_(chunk)))
        return fresh

    def _differs(self, report: str, table: str, surplus: bool, values: dict[str, Any]) -> None:
        said = ", ".join(f"{name}={value}" for name, value in values.items() if value is not None)
        self._found.append(Difference(report, table, surplus, said))


def _same(part: _Part, one: Any, other: Any) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in part.same)


def agency_names(session: Session, agency_ids: Sequence[int] | None) -> dict[int, str]:
    """What each agency (or all) goes by: the shortest of the names on its reports that name a division."""
    query = (
        select(Report.agency_id, Naming.name)
        .join(Naming, Naming.report_id == Report.report_id)
        .where(Report.agency_id.is_not(None))
        .distinct()
    )
    if agency_ids is not None:
        query = query.where(Report.agency_id.in_(agency_ids))
    names: dict[int, str] = {}
    for agency_id, name in session.execute(query):
        assert agency_id is not None
        names[agency_id] = min(names.get(agency_id, name), name, key=lambda n: (not candidates(n), len(n), n))
    return names


def name_agencies(session: Session, agency_ids: Collection[int]) -> None:
    """Give agencies the names on their reports. One without reports goes."""
    for part in batches(sorted(agency_ids)):
        names = agency_names(session, part)
        for agency in session.scalars(select(Agency).where(Agency.agency_id.in_(part))):
            if agency.agency_id not in names:
                session.delete(agency)
            else:
                agency.name = names[agency.agency_id]
    session.flush()
