"""Fills :class:`Evidence` from the catalogue, the home and the machine."""

from __future__ import annotations

import hashlib
import shutil
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from archive.alarms import open_alarms
from archive.catalogue.engine import Catalogue
from archive.catalogue.models import Host
from archive.clock_error import clock_error
from archive.fixity_log import FixityLog
from archive.hosts import Trust
from archive.reading import FAILED
from archive.times import from_iso, iso
from parsers.report import Outcome
from scheduler.alarms.evidence import (
    Checked,
    Damaged,
    Evidence,
    HostSeen,
    ListHistory,
    Machine,
    OpenAlarm,
    Overdue,
    Unreadable,
    Walk,
)
from scheduler.nights import HISTORY, SiteHistory, night_of, site_histories, span_of

REGION = 4
"""Digits of a division's code that name its prefecture."""
GROWTH_NIGHTS = 7
LONGEST_SUBJECT = 500
_GOVERNMENT = "人民政府"


def gather(
    catalogue: Catalogue, home: Path, watched: Collection[str], night: date, now: datetime
) -> Evidence:
    """All that is known at ``now`` (aware). ``watched`` are the names of the settings' sites."""
    begins, ends = span_of(night)
    histories = tuple(site_histories(catalogue, night))
    with catalogue.reading() as session:
        checked, usual = _checks(session, iso(begins), iso(ends))
        return Evidence(
            night,
            now,
            frozenset(watched),
            sites=histories,
            starts=_starts(session, begins, ends),
            lists=_lists(session, begins, ends),
            hosts=tuple(_hosts(session)),
            published=_published(session, night.year - 1),
            unreadable=tuple(_unreadable(session)),
            checked=checked,
            usual=usual,
            overdue=tuple(_overdue(session, night)),
            damaged=tuple(_damaged(home)),
            machine=_machine(catalogue, home, histories, night, now),
            database=_database(session, is_sqlite=catalogue.is_sqlite),
            open={(a.kind, a.subject): _open(a) for a in open_alarms(catalogue)},
        )


def _open(alarm: Any) -> OpenAlarm:
    acknowledged = alarm.acknowledged_at
    on = night_of(from_iso(acknowledged)) if acknowledged else None
    return OpenAlarm(alarm.alarm_id, alarm.details, alarm.raised_on, on, alarm.weight)


def bounded(url: str) -> str:
    """An address of any length as a subject, which is part of an index."""
    if len(url) <= LONGEST_SUBJECT:
        return url
    return f"{url[:LONGEST_SUBJECT]}…{hashlib.sha256(url.encode()).hexdigest()[:16]}"


# ------------------------------------------------------------------ the crawl


def _starts(session: Session, begins: datetime, ends: datetime) -> tuple[datetime, ...]:
    query = text(
        "SELECT started_at FROM run WHERE kind = 'crawl' AND started_at >= :begins AND started_at < :ends "
        "ORDER BY started_at"
    )
    span = {"begins": iso(begins - HISTORY), "ends": iso(ends)}
    return tuple(from_iso(at) for at in session.scalars(query, span))


def _lists(session: Session, begins: datetime, ends: datetime) -> tuple[ListHistory, ...]:
    """A list that was walked several times on a night counts as it was the last time."""
    query = text(
        "SELECT s.name, l.url, l.column_name, l.items, l.complete, u.started_at FROM listing l "
        "JOIN run u ON u.run_id = l.run_id JOIN site s ON s.site_id = l.site_id "
        "WHERE u.kind = 'crawl' AND u.started_at >= :begins AND u.started_at < :ends ORDER BY l.listing_id"
    )
    walks: dict[tuple[str, str], dict[date, Walk]] = defaultdict(dict)
    columns: dict[tuple[str, str], str | None] = {}
    span = {"begins": iso(begins - HISTORY), "ends": iso(ends)}
    for site, url, column, items, complete, started_at in session.execute(query, span):
        key, night = (site, bounded(url)), night_of(from_iso(started_at))
        walks[key][night] = Walk(night, items, bool(complete))
        columns[key] = column
    return tuple(
        ListHistory(site, url, columns[site, url], tuple(by_night[n] for n in sorted(by_night)))
        for (site, url), by_night in sorted(walks.items())
    )


def _hosts(session: Session) -> Iterator[HostSeen]:
    troubled = select(Host).where((Host.refusals > 0) | (Host.trust == Trust.UNVERIFIED))
    sites = text(
        "SELECT DISTINCT s.name, s.division_code FROM resource r JOIN site s ON s.site_id = r.site_id "
        "WHERE r.host = :host ORDER BY s.name"
    )
    for host in session.scalars(troubled.order_by(Host.host)):
        there = session.execute(sites, {"host": host.host}).all()
        division = next((row.division_code for row in there if row.division_code), None)
        broken = host.trust_note or "—" if host.trust == Trust.UNVERIFIED else None
        names = frozenset(row.name for row in there)
        yield HostSeen(host.host, names, division, host.refusals, host.reason, host.retry_at, broken)


def _published(session: Session, year: int) -> frozenset[str]:
    query = text(
        "SELECT DISTINCT s.name FROM report r JOIN resource f ON f.resource_id = r.resource_id "
        "JOIN site s ON s.site_id = f.site_id WHERE r.year = :year AND r.status = 'present'"
    )
    return frozenset(session.scalars(query, {"year": year}))


# ---------------------------------------------------------------- the reading


def _unreadable(session: Session) -> Iterator[Unreadable]:
    """Files whose newest reading failed, by the site that they came from."""
    failed = [outcome.value for outcome in FAILED if outcome is not Outcome.ENCRYPTED]
    query = text(
        "SELECT s.name, COUNT(DISTINCT e.sha256) AS files, MIN(f.url) AS url, MIN(e.reason) AS reason "
        "FROM extraction e JOIN capture c ON c.sha256 = e.sha256 "
        "JOIN resource f ON f.resource_id = c.resource_id JOIN site s ON s.site_id = f.site_id "
        "WHERE e.outcome IN :failed AND NOT EXISTS (SELECT 1 FROM extraction n WHERE n.sha256 = e.sha256 "
        "AND n.revision > e.revision) GROUP BY s.name ORDER BY s.name"
    ).bindparams(bindparam("failed", failed, expanding=True))
    for site, files, url, reason in session.execute(query):
        yield Unreadable(site, files, url, reason or "—")


_FAILED_AND_ALL = (
    "SUM(CASE WHEN n.passed = 0 THEN 1 ELSE 0 END), COUNT(*) FROM finding n "
    "JOIN extraction e ON e.extraction_id = n.extraction_id"
)


def _checks(session: Session, begins: str, ends: str) -> tuple[tuple[Checked, ...], Checked]:
    tonight = text(
        f"SELECT s.name, {_FAILED_AND_ALL} JOIN report r ON r.extraction_id = e.extraction_id "
        "JOIN resource f ON f.resource_id = r.resource_id JOIN site s ON s.site_id = f.site_id "
        "WHERE n.passed IS NOT NULL AND e.read_at >= :begins AND e.read_at < :ends "
        "GROUP BY s.name ORDER BY s.name"
    )
    before = text(f"SELECT {_FAILED_AND_ALL} WHERE n.passed IS NOT NULL AND e.read_at < :begins")
    found = session.execute(tonight, {"begins": begins, "ends": ends})
    checked = tuple(Checked(site, int(failed), of) for site, failed, of in found)
    failed, of = session.execute(before, {"begins": begins}).one()
    return checked, Checked("", int(failed or 0), of)


def _overdue(session: Session, night: date) -> Iterator[Overdue]:
    """Agencies that reported on the year before the newest, or later, and not on that one.

    One that was renamed or merged owes nothing: its successor does.
    """
    year = night.year - 1
    query = text(
        "SELECT a.name, a.division_code FROM agency a "
        "WHERE EXISTS (SELECT 1 FROM report r WHERE r.agency_id = a.agency_id AND r.year = :before) "
        "AND NOT EXISTS (SELECT 1 FROM report r WHERE r.agency_id = a.agency_id AND r.year >= :year) "
        "AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.subject = a.key "
        "AND d.kind IN ('renamed', 'merged') AND d.withdrawn_at IS NULL AND d.since <= :due) ORDER BY a.name"
    )
    due = {True: date(night.year, 3, 31), False: date(night.year, 1, 31)}
    late: dict[tuple[str, date], list[str]] = defaultdict(list)
    values = {"before": year - 1, "year": year, "due": f"{year}-12-31"}
    for name, division in session.execute(query, values):
        region = f"{division[:REGION]}00" if division else ""
        late[region, due[name.endswith(_GOVERNMENT)]].append(name)
    for (region, day), names in sorted(late.items()):
        yield Overdue(region, day, tuple(names))


# ---------------------------------------------------------------- the machine


def _damaged(home: Path) -> Iterator[Damaged]:
    log = FixityLog(home)
    for entry in log.damaged():
        yield Damaged(entry.file, entry.at, entry.wrong)


def _machine(
    catalogue: Catalogue, home: Path, sites: Sequence[SiteHistory], night: date, now: datetime
) -> Machine:
    stored: dict[date, int] = defaultdict(int)
    for site in sites:
        for one in site.nights:
            stored[one.night] += one.counts.stored
    recent = [size for day, size in stored.items() if day > night - timedelta(days=GROWTH_NIGHTS)]
    growth = round(sum(recent) / len(recent)) if recent else 0
    error, hosts = clock_error(catalogue, home, iso(span_of(night)[0]), now)
    return Machine(shutil.disk_usage(home).free, growth, error, hosts)


def _database(session: Session, *, is_sqlite: bool) -> str | None:
    """What is wrong with the database itself, by its own checks."""
    if is_sqlite:
        try:
            said = session.scalar(text("PRAGMA quick_check(1)"))
        except DatabaseError as error:
            said = str(error.orig)
        return None if said == "ok" else str(said)
    query = text(
        "SELECT COALESCE(checksum_failures, 0) FROM pg_stat_database WHERE datname = current_database()"
    )
    failures = session.scalar(query) or 0
    return f"{failures} pages whose checksum does not fit" if failures else None
