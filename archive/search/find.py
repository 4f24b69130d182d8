"""Finds the parts of reports that a query fits, newest indexed first, and shows the spot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    FromClause,
    Select,
    and_,
    cast,
    column,
    literal,
    not_,
    or_,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from archive.catalogue.models import Agency, Report, Resource, SearchSection, Section
from archive.queries import Filter, of_reports
from archive.search.characters import pairs, snippet
from archive.search.facets import narrowing
from archive.search.index import TITLE
from archive.search.query import Both, Node, Term, Without, fts5, parse, terms


@dataclass(frozen=True, slots=True)
class Hit:
    """A part of a report that the query fits. ``ordinal`` is None for its title."""

    report_id: int
    agency: str | None
    division_code: str | None
    year: int | None
    ordinal: int | None
    heading: str
    snippet: str
    url: str


_INDEX = table("search_index", column("rowid"), column("search_index"))
"""FTS5's own table, on SQLite; its column of its own name is what MATCH is asked of."""


def search(session: Session, query: str, keep: Filter | None = None, limit: int | None = 20) -> Iterator[Hit]:
    """The parts that the query fits, at most ``limit``. Raises :class:`archive.search.query.BadQuery`."""
    node = parse(query)
    keep = keep or Filter()
    narrow = narrowing(session, keep)
    if session.get_bind().dialect.name == "sqlite":
        statement = _statement(_INDEX, SearchSection.doc_id == _INDEX.c.rowid)
        statement = statement.where(_INDEX.c.search_index.op("MATCH")(fts5(node, narrow)))
        statement = statement.order_by(_INDEX.c.rowid.desc())
    else:
        statement = _statement(None, None).where(_fits(node)).order_by(SearchSection.doc_id.desc())
        statement = statement.where(*(_holds(" | ".join(f"'{w}'" for w in words)) for words in narrow))
    statement = statement.where(*of_reports(keep)).limit(limit)
    shown = terms(node)
    for row in session.execute(statement):
        words = row.title or "" if row.ordinal == TITLE else row.text or ""
        yield Hit(
            row.report_id, row.name, row.division_code, row.year,
            None if row.ordinal == TITLE else row.ordinal, row.heading or "", snippet(words, shown), row.url,
        )  # fmt: skip


def _statement(first: FromClause | None, joined: ColumnElement[bool] | None) -> Select[Any]:
    wanted: list[Any] = [
        Report.report_id, Agency.name, Agency.division_code, Report.year, Report.title,
        SearchSection.ordinal, Section.heading, Section.text, Resource.url,
    ]  # fmt: skip
    columns: Select[Any] = select(*wanted)
    if first is not None:
        columns = columns.select_from(first).join(SearchSection, joined)
    else:
        columns = columns.select_from(SearchSection)
    return (
        columns.join(Report, Report.report_id == SearchSection.report_id)
        .join(Resource, Resource.resource_id == Report.resource_id)
        .outerjoin(Agency, Agency.agency_id == Report.agency_id)
        .outerjoin(Section, Section.section_id == SearchSection.section_id)
    )


def _fits(node: Node) -> ColumnElement[bool]:
    """The query for PostgreSQL: an index over pairs of characters finds candidates, the text decides."""
    if isinstance(node, Term):
        return and_(_holds(_pairs_query(node.text)), SearchSection.body.contains(node.text, autoescape=True))
    if isinstance(node, Without):
        return and_(_fits(node.wanted), not_(_fits(node.unwanted)))
    parts = [_fits(part) for part in node.parts]
    return and_(*parts) if isinstance(node, Both) else or_(*parts)


def _holds(words: str) -> ColumnElement[bool]:
    return SearchSection.tokens.op("@@", return_type=Boolean())(cast(literal(words), TSQUERY))


def _pairs_query(term: str) -> str:
    if len(term) == 1:
        return f"'{term}':*"
    return " & ".join(f"'{pair}'" for pair in pairs(term)[:-1])
