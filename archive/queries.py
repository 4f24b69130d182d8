"""The questions people ask, over the public views. Rows stream: nothing is held whole in memory."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from itertools import chain
from typing import Any

from sqlalchemy import Boolean, ColumnElement, literal_column, text
from sqlalchemy.orm import Session

from archive.catalogue.engine import Catalogue
from archive.catalogue.models import Agency, Report
from archive.catalogue.views import VIEWS
from archive.regions import IN_REGION, Level, at_level, bounds, in_region, level_of, region_code, stem

AT_ONCE = 1000
"""Rows fetched with one call."""


class NoSuchReport(LookupError):
    """Nothing in the catalogue answers to that name; the text says what to try."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Column names, and rows as they are fetched."""

    columns: tuple[str, ...]
    rows: Iterator[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Filter:
    """What to keep. ``agency`` matches any part of a name; ``region`` (a division's code or name) that and
    all below it; ``level`` those of divisions of that level.

    Of changes ``since`` keeps those recorded at that time or later, ``happened_by`` those that were seen by
    then. ``after`` keeps those with a greater number, and gives them in the order of their numbers.
    """

    agency: str | None = None
    year: int | None = None
    region: str | None = None
    level: Level | str | None = None
    table: str | None = None
    row: str | None = None
    column: str | None = None
    report_id: int | None = None
    run_id: int | None = None
    layer: str | None = None
    cause: str | None = None
    kind: str | None = None
    since: str | None = None
    happened_by: str | None = None
    after: int | None = None
    state: str | None = None
    late: bool = False
    failed: bool = False
    job: str | None = None

    def __post_init__(self) -> None:
        """Raises :class:`archive.regions.NoSuchRegion`, or ValueError where there is no such level."""
        if self.region is not None:
            object.__setattr__(self, "region", region_code(self.region))
        if self.level is not None:
            object.__setattr__(self, "level", Level(self.level))


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """One agency's figure of one year; ``value`` is None where no number stands. Two bodies of one name
    differ in their ``agency_id``.
    """

    agency: str | None
    division_code: str | None
    year: int
    value: float | None
    state: str
    raw: str
    report_id: int
    agency_id: int | None


COLUMNS = {
    "reports": "report_id, agency, division_code, year, title, edition, published_on, status, url, page_url, "
    "media_type, sha256, versions, first_seen, last_seen",
    "facts": "report_id, agency, year, edition, table_code, row_code, column_code, value, state, raw, "
    "locator, sha256, certainty, evidence, division_code, read_value, correction_id",
    "sections": "report_id, ordinal, heading, text",
    "checks": "report_id, agency, year, rule, scope, passed, expected, actual, detail, fault",
    "narrative": "report_id, agency, year, code, value, unit, sentence, locator",
    "contacts": "report_id, agency, year, kind, value, locator",
    "citations": "report_id, agency, year, document, locator",
    "aliases": "agency, alias, report_id",
    "changes": "change_id, report_id, agency, year, layer, cause, kind, table_code, row_code, column_code, "
    "old_value, new_value, run_id, window_from, window_to, recorded_at, url, old_sha256, new_sha256, flicker",
    "captures": "capture_id, run_id, url, fetched_at, via, status, verdict, sha256, media_type, size, "
    "warc_file, warc_offset, reason",
    "runs": "run_id, kind, started_at, finished_at, status, fetched, new, changed, unchanged, gone, failed, "
    "blocked",
    "job_runs": "job_run_id, job, due_at, attempt, started_at, finished_at, status, exit_code, reason, "
    "log_file, cpu_seconds, peak_mb",
    "coverage": "division_code, agency, year, state, due_on, published_on, late, first_seen, report_id",
}


def _nulls_first(column: str) -> str:
    """SQLite takes what is NULL for the least, PostgreSQL for the greatest."""
    return f"{column} IS NOT NULL, {column}"


CHANGE_ORDER = (
    "window_to", "agency", "year", "layer", "kind", "table_code", "row_code", "column_code", "window_from",
    "url",
)  # fmt: skip
"""When it happened, then what: the numbers of changes say only in which order they were stored."""
_ORDER = {
    "reports": "year DESC, agency, report_id",
    "facts": "report_id",
    "sections": "report_id, ordinal",
    "checks": "report_id, rule, scope",
    "narrative": "report_id, code, value",
    "contacts": "report_id, kind, value",
    "citations": "report_id, document",
    "aliases": "agency, alias",
    "changes": ", ".join(map(_nulls_first, CHANGE_ORDER)) + ", change_id",
    "captures": "capture_id",
    "runs": "run_id",
    "job_runs": "job_run_id DESC",
    "coverage": "agency, year",
}


@contextmanager
def ask(
    catalogue: Catalogue, view: str, keep: Filter | None = None, columns: str | None = None
) -> Iterator[Rows]:
    """The rows of a public view that the filter keeps; of all its columns, or of those named."""
    keep = keep or Filter()
    order = "change_id" if keep.after is not None else _ORDER[view]
    narrowed = _narrowed(view, keep, is_sqlite=catalogue.is_sqlite)
    where, values = _where(view, keep, narrowed=narrowed is not None)
    statement = text(f"SELECT {columns or COLUMNS[view]} FROM {narrowed or view}{where} ORDER BY {order}")
    with catalogue.reading() as session:
        if view == "checks" and keep.report_id is not None and not catalogue.is_sqlite:
            # of one report the joins are best made as they are written: to find that out takes 15 ms
            session.execute(text("SET LOCAL join_collapse_limit = 1"))
        result = session.execute(statement, values, execution_options={"yield_per": AT_ONCE})
        yield Rows(tuple(result.keys()), chain.from_iterable(result.partitions()))


def _narrowed(view: str, keep: Filter, *, is_sqlite: bool) -> str | None:
    """The view of the agencies asked for, narrowed from within; None where that is of no use.

    Coverage counts years from each agency's first report on, and checks are several queries in one: no
    database looks at the agencies asked for before it has done so for all. Nor does PostgreSQL of figures.
    """
    wanted = " AND ".join(_of_agency(keep, "name"))
    if not wanted or view not in ("coverage", "checks", "facts") or (view == "facts" and is_sqlite):
        return None
    of_these = f"agency_id IN (SELECT agency_id FROM agency WHERE {wanted})"
    if view == "coverage":
        return f"({VIEWS[view].replace('AND TRUE', f'AND {of_these}')}) AS coverage"
    reports = f"SELECT * FROM report WHERE {of_these}"
    if view == "facts":
        body = VIEWS["facts"].replace("FROM report r\n", "FROM r\n")
        return f"(WITH r AS MATERIALIZED ({reports}) {body}) AS facts"
    return _checks_of(reports, is_sqlite=is_sqlite)


def _checks_of(reports: str, *, is_sqlite: bool) -> str:
    """The checks of these reports only. PostgreSQL is made to ask them one report at a time: it would rather
    join all figures with each other.
    """
    if is_sqlite:
        body = VIEWS["checks"].replace("FROM report r\n", f"FROM ({reports}) AS r\n")
        return f"({body}) AS checks"
    of_one = "SELECT c.* FROM checks c WHERE c.report_id = r.report_id OFFSET 0"
    return f"(SELECT k.* FROM ({reports}) AS r CROSS JOIN LATERAL ({of_one}) AS k) AS checks"


def find_report(catalogue: Catalogue, name: str) -> int:
    """The report called so: its id, ``AGENCY YEAR`` (a part of the agency's name will do), or a URL of it.

    Raises :class:`NoSuchReport` when none or several fit.
    """
    with catalogue.reading() as session:
        found = _candidates(session, name.strip())
    if len(found) == 1:
        return int(found[0][0])
    if not found:
        raise NoSuchReport(f"no report is called {name!r}; `nianbao reports` lists them")
    listed = "; ".join(f"{i} = {agency} {year}" for i, agency, year in found[:8])
    raise NoSuchReport(f"{name!r} fits several reports: {listed}. Give the number")


def _candidates(session: Session, name: str) -> Sequence[Sequence[Any]]:
    base = "SELECT report_id, agency, year FROM reports WHERE "
    if name.isdecimal() and len(name) < 10:
        return list(session.execute(text(base + "report_id = :id"), {"id": int(name)}))
    if "://" in name:
        return list(session.execute(text(base + "url = :url OR page_url = :url"), {"url": name}))
    match = re.fullmatch(r"(.*?)[\s/]*((?:19|20)\d{2})?\s*年?", name)
    agency, year = (match[1], match[2]) if match else (name, None)
    clause, values = "agency = :agency", {"agency": agency, "like": _containing(agency)}
    tail = f" AND year = {int(year)}" if year else ""
    exact = list(session.execute(text(base + clause + tail + " ORDER BY report_id"), values))
    if exact or not agency:
        return exact
    return list(
        session.execute(text(base + "agency LIKE :like ESCAPE '!'" + tail + " ORDER BY report_id"), values)
    )


def _containing(part: str) -> str:
    """A LIKE pattern, ``!`` its escape, that takes the part literally."""
    return "%" + re.sub(r"([!%_])", r"!\1", part) + "%"


def _where(view: str, keep: Filter, *, narrowed: bool) -> tuple[str, dict[str, Any]]:
    """``narrowed``: the agencies are those asked for already."""
    columns = COLUMNS[view]
    clauses: list[str] = []
    values: dict[str, Any] = {}

    def equal(column: str, value: Any) -> None:
        if value is not None and re.search(rf"\b{column}\b", columns):
            clauses.append(f"{column} = :{column}")
            values[column] = value

    equal("year", keep.year)
    equal("table_code", keep.table)
    equal("row_code", keep.row)
    equal("column_code", keep.column)
    equal("report_id", keep.report_id)
    equal("run_id", keep.run_id)
    equal("layer", keep.layer)
    equal("cause", keep.cause)
    equal("kind", keep.kind)
    equal("job", keep.job)
    if view == "coverage":
        equal("state", keep.state)
    if keep.late:
        clauses.append("late = 1")
    if keep.since is not None:
        clauses.append("recorded_at >= :since")
        values["since"] = keep.since
    if keep.happened_by is not None:
        clauses.append("window_to <= :happened_by")
        values["happened_by"] = keep.happened_by
    if keep.after is not None:
        clauses.append("change_id > :after")
        values["after"] = keep.after
    if keep.agency:
        values["agency"] = _containing(keep.agency)
    if keep.region:
        values |= bounds(keep.region)
    if not narrowed:
        clauses += _of_agencies(view, keep)
    if keep.failed:
        clauses.append("passed = 0")
    return (" WHERE " + " AND ".join(clauses) if clauses else ""), values


def _of_agency(keep: Filter, name: str) -> list[str]:
    """The conditions on an agency whose name stands in the column ``name``."""
    wanted = []
    if keep.agency:
        wanted.append(f"{name} LIKE :agency ESCAPE '!'")
    if keep.region:
        wanted.append(IN_REGION)
    if keep.level:
        wanted.append(at_level(Level(keep.level)))
    return wanted


def _of_agencies(view: str, keep: Filter) -> list[str]:
    """The conditions on agencies; told by number of report, a database begins with the few agencies."""
    if view == "coverage" or not re.search(r"\breport_id\b", COLUMNS[view]):
        return _of_agency(keep, "agency")
    wanted = _of_agency(keep, "g.name")
    if not wanted:
        return []
    return [
        "report_id IN (SELECT p.report_id FROM report p JOIN agency g ON g.agency_id = p.agency_id "
        f"WHERE {' AND '.join(wanted)})"
    ]


def of_reports(keep: Filter) -> list[ColumnElement[bool]]:
    """What the filter asks of reports joined with their agencies."""
    wanted: list[ColumnElement[bool]] = []
    if keep.report_id is not None:
        wanted.append(Report.report_id == keep.report_id)
    if keep.year is not None:
        wanted.append(Report.year == keep.year)
    return wanted + of_agencies(keep)


def of_agencies(keep: Filter) -> list[ColumnElement[bool]]:
    """What the filter asks of agencies."""
    wanted: list[ColumnElement[bool]] = []
    if keep.agency:
        wanted.append(Agency.name.contains(keep.agency, autoescape=True))
    if keep.region:
        wanted.append(Agency.division_code.startswith(stem(keep.region), autoescape=True))
    if keep.level:
        wanted.append(literal_column(f"({at_level(Level(keep.level), 'agency.division_code')})", Boolean()))
    return wanted


def keeps_agency(keep: Filter, agency: str | None, division_code: str | None) -> bool:
    """Whether the filter keeps what is said of this agency."""
    return (
        (keep.agency is None or keep.agency in (agency or ""))
        and (keep.region is None or in_region(division_code, keep.region))
        and (keep.level is None or level_of(division_code) == keep.level)
    )


def series(catalogue: Catalogue, keep: Filter, years: range | None = None) -> list[SeriesRow]:
    """One figure over agencies and years, in that order: ``keep`` names the cell by table, row and column."""
    if not (keep.table and keep.row and keep.column):
        raise ValueError("a series is of one cell: table, row and column")
    columns = ", ".join(f.name for f in fields(SeriesRow))
    with ask(catalogue, "facts", keep, columns) as rows:
        found = [
            SeriesRow(*row) for row in rows.rows if row[2] is not None and (years is None or row[2] in years)
        ]
    return sorted(found, key=lambda s: (s.division_code or "", s.agency or "", s.agency_id or 0, s.year))
