"""Finds the parts of reports that a query fits, newest indexed first, and shows the spot."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    FromClause,
    Row,
    Select,
    and_,
    cast,
    column,
    func,
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


NEWEST = 5000
"""So many parts PostgreSQL reads through for a query's first hits, before it asks its index (10 ms)."""
_INDEX = table("search_index", column("rowid"), column("search_index"))
"""FTS5's own table, on SQLite; its column of its own name is what MATCH is asked of."""


def search(session: Session, query: str, keep: Filter | None = None, limit: int | None = 20) -> Iterator[Hit]:
    """The parts that the query fits, at most ``limit``. Raises :class:`archive.search.query.BadQuery`."""
    node = parse(query)
    keep = keep or Filter()
    narrow = narrowing(session, keep)
    if session.get_bind().dialect.name == "sqlite":
        statements = iter([_on_sqlite(node, narrow)])
    elif narrow or limit is None:
        statements = iter([_on_postgresql(node, narrow)])
    else:
        statements = _newest_first(session, node)
    shown = terms(node)
    found = 0
    for statement in statements:
        left = None if limit is None else limit - found
        for row in session.execute(statement.where(*of_reports(keep)).limit(left)):
            found += 1
            yield _hit(row, shown)
        if found == limit:
            return


def _hit(row: Row[Any], shown: list[str]) -> Hit:
    words = row.title or "" if row.ordinal == TITLE else row.text or ""
    return Hit(
        row.report_id, row.name, row.division_code, row.year,
        None if row.ordinal == TITLE else row.ordinal, row.heading or "", snippet(words, shown), row.url,
    )  # fmt: skip


def _on_sqlite(node: Node, narrow: Sequence[Sequence[str]]) -> Select[Any]:
    statement = _statement(_INDEX, SearchSection.doc_id == _INDEX.c.rowid)
    statement = statement.where(_INDEX.c.search_index.op("MATCH")(fts5(node, narrow)))
    return statement.order_by(_INDEX.c.rowid.desc())


def _on_postgresql(node: Node, narrow: Sequence[Sequence[str]] = ()) -> Select[Any]:
    """An index over pairs of characters finds candidates, the text decides."""
    fits = _fits(node, lambda term: and_(_holds(_pairs_query(term)), _reads(term)))
    statement = _statement(None, None).where(fits).order_by(SearchSection.doc_id.desc())
    return statement.where(*(_holds(" | ".join(f"'{w}'" for w in words)) for words in narrow))


def _newest_first(session: Session, node: Node) -> Iterator[Select[Any]]:
    """The newest parts are read through, then the index is asked for the others.

    The index tells all parts that hold each pair, in no order: of frequent characters a tenth of the archive,
    where the first few thousand parts hold enough hits.
    """
    edge = (session.scalar(select(func.max(SearchSection.doc_id))) or 0) - NEWEST
    newest = _statement(None, None).where(SearchSection.doc_id > edge, _fits(node, _reads))
    yield newest.order_by(SearchSection.doc_id.desc())
    yield _on_postgresql(node).where(SearchSection.doc_id <= edge)


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


def _fits(node: Node, by_term: Callable[[str], ColumnElement[bool]]) -> ColumnElement[bool]:
    """The query for PostgreSQL, put together of what each term asks."""
    if isinstance(node, Term):
        return by_term(node.text)
    if isinstance(node, Without):
        return and_(_fits(node.wanted, by_term), not_(_fits(node.unwanted, by_term)))
    parts = [_fits(part, by_term) for part in node.parts]
    return and_(*parts) if isinstance(node, Both) else or_(*parts)


def _reads(term: str) -> ColumnElement[bool]:
    return SearchSection.body.contains(term, autoescape=True)


def _holds(words: str) -> ColumnElement[bool]:
    return SearchSection.tokens.op("@@", return_type=Boolean())(cast(literal(words), TSQUERY))


def _pairs_query(term: str) -> str:
    if len(term) == 1:
        return f"'{term}':*"
    return " & ".join(f"'{pair}'" for pair in pairs(term)[:-1])
