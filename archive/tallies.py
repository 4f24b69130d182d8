"""What a run brought on each site: counted from the evidence when it has ended, and kept for comparison."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields

from sqlalchemy import delete, insert, select, text
from sqlalchemy.orm import Session

from archive.catalogue.engine import Catalogue, take_turn
from archive.catalogue.models import Run, Tally
from archive.runs import RunStatus
from archive.times import from_iso

_RECENT_RUNS = 20
_NO_CRAWL = ("import",)


@dataclass(frozen=True, slots=True)
class Counts:
    """One crawl of one site, in the words of the view ``site_runs``. ``bytes`` as decoded; ``seconds`` from
    the first answer to the last.
    """

    found: int = 0
    lists: int = 0
    lists_cut: int = 0
    fetched: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: int = 0
    blocked: int = 0
    failed: int = 0
    bytes: int = 0
    stored: int = 0
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class SiteRunRow:
    """How one run went on one site. ``families`` are those that its lists were walked as."""

    run_id: int
    started_at: str
    site: str
    title: str | None
    division: str | None
    status: RunStatus
    message: str | None
    counts: Counts
    families: frozenset[str]


_ANSWERS = """
SELECT s.site_id, SUM(CASE WHEN c.status IS NOT NULL THEN 1 ELSE 0 END) AS fetched,
       SUM(CASE WHEN c.verdict IN ('error', 'truncated', 'too_large') THEN 1 ELSE 0 END) AS failed,
       SUM(CASE WHEN c.verdict IN ('blocked', 'challenge') AND NOT EXISTS (
             SELECT 1 FROM capture d WHERE d.resource_id = c.resource_id AND d.run_id = c.run_id
                AND d.verdict IN ('ok', 'not_modified')) THEN 1 ELSE 0 END) AS blocked,
       SUM(CASE WHEN c.verdict = 'not_modified' THEN 0 ELSE COALESCE(c.size, 0) END) AS bytes,
       SUM(COALESCE(c.warc_length, 0)) AS stored, MIN(c.fetched_at) AS first_at, MAX(c.fetched_at) AS last_at
  FROM capture c JOIN resource s ON s.resource_id = c.resource_id
 WHERE c.run_id = :run AND s.site_id IS NOT NULL GROUP BY s.site_id
"""
_LISTS = """
SELECT site_id, COUNT(*) AS lists, SUM(CASE WHEN complete THEN 0 ELSE 1 END) AS lists_cut,
       (SELECT COUNT(DISTINCT g.url) FROM sighting g JOIN listing m ON m.listing_id = g.listing_id
         WHERE m.run_id = :run AND m.site_id = l.site_id) AS found
  FROM listing l WHERE l.run_id = :run AND l.site_id IS NOT NULL GROUP BY site_id
"""
_CHANGES = """
SELECT s.site_id,
       COUNT(DISTINCT CASE WHEN h.layer = 'presence' AND h.kind = 'appeared' THEN h.report_id END) AS new,
       COUNT(DISTINCT CASE WHEN h.cause = 'source' AND h.layer IN ('content', 'field') THEN h.report_id END)
         AS changed,
       COUNT(DISTINCT CASE WHEN h.layer = 'presence' AND h.kind = 'gone' THEN h.report_id END) AS gone
  FROM change h JOIN resource s ON s.resource_id = h.resource_id
 WHERE h.run_id = :run AND s.site_id IS NOT NULL GROUP BY s.site_id
"""
_UNCHANGED = """
SELECT s.site_id, COUNT(DISTINCT v.report_id) AS unchanged
  FROM capture c JOIN resource s ON s.resource_id = c.resource_id
  JOIN version v ON v.resource_id = c.resource_id
 WHERE c.run_id = :run AND s.site_id IS NOT NULL AND c.verdict IN ('ok', 'not_modified')
   AND NOT EXISTS (SELECT 1 FROM change h WHERE h.run_id = :run AND h.report_id = v.report_id
                      AND h.layer IN ('presence', 'content', 'field'))
 GROUP BY s.site_id
"""


def count_runs(catalogue: Catalogue, run_id: int) -> None:
    """Count a run that is ending, and anew those before it that were broken off.

    What they had fetched is read and compared only with this run. Call it after the projection.
    """
    with catalogue.writing() as session:
        take_turn(session, "counting")
        for one in [*_broken_off(session, run_id), run_id]:
            _count(session, one)


def count_open_runs(catalogue: Catalogue) -> None:
    """Count what the runs that go on have brought so far; they are counted anew when they end."""
    going_on = select(Run.run_id).where(Run.status == RunStatus.RUNNING, Run.kind.not_in(_NO_CRAWL))
    with catalogue.writing() as session:
        take_turn(session, "counting")
        for run_id in session.scalars(going_on).all():
            _count(session, run_id)


def _broken_off(session: Session, run_id: int) -> list[int]:
    recent = select(Run.run_id, Run.status).where(Run.run_id < run_id, Run.kind.not_in(_NO_CRAWL))
    rows = session.execute(recent.order_by(Run.run_id.desc()).limit(_RECENT_RUNS)).all()
    return [row.run_id for row in rows if row.status == RunStatus.INTERRUPTED]


def _count(session: Session, run_id: int) -> None:
    found: dict[int, dict[str, int]] = defaultdict(lambda: {f.name: 0 for f in fields(Counts)})
    for query in (_ANSWERS, _LISTS, _CHANGES, _UNCHANGED):
        for row in session.execute(text(query), {"run": run_id}).mappings():
            counted = dict(row)
            counts = found[counted.pop("site_id")]
            begun, ended = counted.pop("first_at", None), counted.pop("last_at", None)
            if begun and ended:
                counts["seconds"] = int((from_iso(ended) - from_iso(begun)).total_seconds())
            counts |= {name: int(number) for name, number in counted.items()}
    session.execute(delete(Tally).where(Tally.run_id == run_id))
    rows = [{"run_id": run_id, "site_id": site_id, **counts} for site_id, counts in sorted(found.items())]
    if rows:
        session.execute(insert(Tally), rows)


def site_runs_between(catalogue: Catalogue, begins: str, ends: str) -> list[SiteRunRow]:
    """Each crawl of each site by runs that began in the span (times of the catalogue), in their order."""
    names = ", ".join(f"COALESCE(t.{f.name}, 0) AS {f.name}" for f in fields(Counts))
    query = text(
        f"SELECT u.run_id, u.started_at, s.name AS site, s.title, s.division_code AS division, r.status, "
        f"r.message, {names} FROM run u JOIN site_run r ON r.run_id = u.run_id "
        "JOIN site s ON s.site_id = r.site_id "
        "LEFT JOIN tally t ON t.run_id = u.run_id AND t.site_id = r.site_id "
        "WHERE u.started_at >= :begins AND u.started_at < :ends ORDER BY u.run_id, r.site_run_id"
    )
    span = {"begins": begins, "ends": ends}
    with catalogue.reading() as session:
        families = _families(session, span)
        return [
            _row(dict(row), families.get((row["run_id"], row["site"]), frozenset()))
            for row in session.execute(query, span).mappings()
        ]


def _families(session: Session, span: dict[str, str]) -> dict[tuple[int, str], frozenset[str]]:
    query = text(
        "SELECT DISTINCT u.run_id, s.name, l.family FROM listing l JOIN run u ON u.run_id = l.run_id "
        "JOIN site s ON s.site_id = l.site_id WHERE u.started_at >= :begins AND u.started_at < :ends"
    )
    found: dict[tuple[int, str], set[str]] = defaultdict(set)
    for run_id, site, family in session.execute(query, span):
        found[run_id, site].add(family)
    return {key: frozenset(names) for key, names in found.items()}


def _row(row: dict[str, object], families: Iterable[str]) -> SiteRunRow:
    counts = Counts(**{f.name: int(str(row.pop(f.name))) for f in fields(Counts)})
    status = RunStatus(str(row.pop("status")))
    return SiteRunRow(**row, status=status, counts=counts, families=frozenset(families))  # type: ignore[arg-type]
