"""Keeps the index in step with what the reports say now; old versions leave it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Select, Text, bindparam, cast, delete, func, insert, select, text
from sqlalchemy.orm import Session

from archive.catalogue.engine import Catalogue, take_turn
from archive.catalogue.models import (
    Agency,
    Base,
    Extraction,
    Report,
    SearchReport,
    SearchSection,
    Section,
)
from archive.search.characters import flattened, pairs
from archive.search.facets import facets

BATCH = 200
TITLE = -1
"""The ordinal of a report's title among its parts."""
_REMEMBER = text("INSERT INTO search_index(rowid, body) VALUES (:id, :body)")
_FORGET = text("INSERT INTO search_index(search_index, rowid, body) VALUES ('delete', :id, :body)")


@dataclass(frozen=True, slots=True)
class _Stale:
    """A report whose text, or what it is filtered by, is not the one indexed."""

    report_id: int
    extraction_id: int
    title: str | None
    content: str
    division_code: str | None
    year: int | None
    agency_id: int | None

    @property
    def facets(self) -> str:
        return " ".join(facets(self.report_id, self.division_code, self.year, self.agency_id))


def refresh(catalogue: Catalogue) -> int:
    """Index what is new or changed, and drop what is gone; the number of reports touched."""
    return _index_changed(catalogue) + _drop_former(catalogue)


def _index_changed(catalogue: Catalogue) -> int:
    done = after = 0
    while True:
        with catalogue.writing() as session:
            take_turn(session, "indexing")
            found = _stale(session, after)
            _drop(session, [s.report_id for s in found])
            _add(session, found)
        if not found:
            return done
        done += len(found)
        after = found[-1].report_id


def _drop_former(catalogue: Catalogue) -> int:
    done = 0
    while True:
        with catalogue.writing() as session:
            take_turn(session, "indexing")
            found = _former(session)
            _drop(session, found)
        if not found:
            return done
        done += len(found)


def unindexed(session: Session) -> int:
    """How many reports the index does not show as they are."""
    changed = session.scalar(select(func.count()).select_from(_changed().subquery())) or 0
    return changed + len(_former(session))


def _stale(session: Session, after: int) -> list[_Stale]:
    """The next ones by number, those before having been looked at."""
    changed = _changed().where(Report.report_id > after).limit(BATCH)
    return [_Stale(*row) for row in session.execute(changed)]


def _content() -> Any:
    """What the index depends on: the file's content, the title, and what it is filtered by."""
    content: Any = func.coalesce(Extraction.content_sha256, Extraction.sha256)
    for one in (Report.title, Agency.division_code, Report.year, Report.agency_id):
        content = content.concat("|").concat(func.coalesce(cast(one, Text), ""))
    return content


def _changed() -> Select[Any]:
    return (
        select(
            Report.report_id, Report.extraction_id, Report.title, _content().label("content"),
            Agency.division_code, Report.year, Report.agency_id,
        )
        .join(Extraction, Extraction.extraction_id == Report.extraction_id)
        .outerjoin(Agency, Agency.agency_id == Report.agency_id)
        .outerjoin(SearchReport, SearchReport.report_id == Report.report_id)
        .where((SearchReport.report_id.is_(None)) | (SearchReport.content != _content()))
        .order_by(Report.report_id)
    )  # fmt: skip


def _former(session: Session) -> list[int]:
    query = (
        select(SearchReport.report_id)
        .outerjoin(Report, Report.report_id == SearchReport.report_id)
        .where(Report.report_id.is_(None))
        .limit(BATCH)
    )
    return list(session.scalars(query))


def _drop(session: Session, report_ids: Sequence[int]) -> None:
    if not report_ids:
        return
    old = SearchSection.report_id.in_(report_ids)
    if _is_sqlite(session):
        rows = session.execute(
            select(
                SearchSection.doc_id, SearchSection.body, Section.heading, Section.text, SearchReport.facets
            )
            .join(SearchReport, SearchReport.report_id == SearchSection.report_id)
            .outerjoin(Section, Section.section_id == SearchSection.section_id)
            .where(old)
        )
        gone = [
            {"id": doc_id, "body": _said(flattened(_whole(heading, words)) if body is None else body, kept)}
            for doc_id, body, heading, words, kept in rows
        ]
        if gone:
            session.connection().execute(_FORGET, gone)
    session.execute(delete(SearchSection).where(old))
    session.execute(delete(SearchReport).where(SearchReport.report_id.in_(report_ids)))


def _add(session: Session, found: Sequence[_Stale]) -> None:
    """Index the reports' parts; documents are numbered in the order in which they were indexed."""
    parts = [part for one in found for part in _parts(session, one)]
    last = session.scalar(select(func.max(SearchSection.doc_id))) or 0
    numbered = list(enumerate(parts, start=last + 1))
    rows: list[dict[str, Any]] = [{"doc_id": number, **asdict(part)} for number, part in numbered]
    facets_of = {one.report_id: one.facets for one in found}
    if found:
        marks = [{"report_id": one.report_id, "content": one.content, "facets": one.facets} for one in found]
        session.execute(insert(SearchReport), marks)
    if rows and _is_sqlite(session):
        # the text stands in the section, and its characters in a table of FTS5's own
        kept = [{**row, "body": None if row["section_id"] is not None else row["body"]} for row in rows]
        session.execute(insert(SearchSection), kept)
        said = [
            {"id": row["doc_id"], "body": _said(row["body"], facets_of[row["report_id"]])} for row in rows
        ]
        session.connection().execute(_REMEMBER, said)
    elif rows:
        table = Base.metadata.tables[SearchSection.__tablename__]
        statement = insert(table).values(tokens=func.array_to_tsvector(bindparam("pairs")))
        session.connection().execute(
            statement,
            [
                {**row, "pairs": sorted({*pairs(row["body"]), *facets_of[row["report_id"]].split()})}
                for row in rows
            ],
        )


@dataclass(frozen=True, slots=True)
class _Part:
    """One part of a report to be indexed; the title has no section."""

    report_id: int
    section_id: int | None
    ordinal: int
    body: str


def _parts(session: Session, one: _Stale) -> Iterator[_Part]:
    yield _Part(one.report_id, None, TITLE, flattened(one.title or ""))
    query = (
        select(Section.section_id, Section.ordinal, Section.heading, Section.text)
        .where(Section.extraction_id == one.extraction_id)
        .order_by(Section.ordinal)
    )
    for section_id, ordinal, heading, words in session.execute(query):
        yield _Part(one.report_id, section_id, ordinal, flattened(_whole(heading, words)))


def _said(body: str, filtered_by: str) -> str:
    return " ".join([*pairs(body), filtered_by])


def _whole(heading: str, words: str) -> str:
    return f"{heading}\n\n。{words}" if heading else words


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
