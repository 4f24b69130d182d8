"""Keeps the index in step with what the reports say now; old versions leave it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, delete, func, insert, select, text
from sqlalchemy.orm import Session

from archive.catalogue.engine import Catalogue, take_turn
from archive.catalogue.models import Extraction, Report, SearchReport, SearchSection, Section
from archive.search.characters import indexed, pairs, tokens

BATCH = 200
TITLE = -1
"""The ordinal of a report's title among its parts."""


@dataclass(frozen=True, slots=True)
class _Stale:
    """A report whose text is not the one indexed; ``extraction_id`` is None when it is no more."""

    report_id: int
    extraction_id: int | None
    title: str | None
    content: str


def refresh(catalogue: Catalogue) -> int:
    """Index what is new or changed, and drop what is gone; the number of reports touched."""
    done = 0
    while True:
        with catalogue.writing() as session:
            take_turn(session, "indexing")
            found = list(_stale(session))
            _drop(session, [s.report_id for s in found])
            for one in found:
                if one.extraction_id is not None:
                    _add(session, one)
        done += len(found)
        if not found:
            return done


def unindexed(session: Session) -> int:
    """How many reports the index does not show as they are."""
    changed = session.scalar(select(func.count()).select_from(_changed().subquery())) or 0
    return changed + len(_former(session))


def _stale(session: Session) -> Iterator[_Stale]:
    for report_id, extraction_id, title, content in session.execute(_changed().limit(BATCH)):
        yield _Stale(report_id, extraction_id, title, content)
    for report_id in _former(session):
        yield _Stale(report_id, None, None, "")


def _content() -> Any:
    """What the text depends on: the file's content and the title."""
    return func.coalesce(Extraction.content_sha256, Extraction.sha256).concat(func.coalesce(Report.title, ""))


def _changed() -> Select[Any]:
    return (
        select(Report.report_id, Report.extraction_id, Report.title, _content().label("content"))
        .join(Extraction, Extraction.extraction_id == Report.extraction_id)
        .outerjoin(SearchReport, SearchReport.report_id == Report.report_id)
        .where((SearchReport.report_id.is_(None)) | (SearchReport.content != _content()))
        .order_by(Report.report_id)
    )


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
            select(SearchSection.doc_id, SearchSection.body, Section.heading, Section.text)
            .outerjoin(Section, Section.section_id == SearchSection.section_id)
            .where(old)
        ).all()
        for doc_id, body, heading, words in rows:
            said = body if body is not None else indexed(_whole(heading, words)).text
            session.execute(
                text("INSERT INTO search_index(search_index, rowid, body) VALUES ('delete', :id, :body)"),
                {"id": doc_id, "body": tokens(said)},
            )
    session.execute(delete(SearchSection).where(old))
    session.execute(delete(SearchReport).where(SearchReport.report_id.in_(report_ids)))


def _add(session: Session, one: _Stale) -> None:
    session.execute(insert(SearchReport), {"report_id": one.report_id, "content": one.content})
    query = (
        select(Section.section_id, Section.ordinal, Section.heading, Section.text)
        .where(Section.extraction_id == one.extraction_id)
        .order_by(Section.ordinal)
    )
    parts: list[tuple[int | None, int, str]] = [(None, TITLE, indexed(one.title or "").text)]
    parts += [(i, n, indexed(_whole(h, t)).text) for i, n, h, t in session.execute(query)]
    for section_id, ordinal, said in parts:
        _add_part(session, one.report_id, section_id, ordinal, said)


def _add_part(session: Session, report_id: int, section_id: int | None, ordinal: int, said: str) -> None:
    sqlite = _is_sqlite(session)
    row: dict[str, Any] = {"report_id": report_id, "section_id": section_id, "ordinal": ordinal}
    # on SQLite the text stands in the section, and the characters in a table of FTS5's own
    row["body"] = said if section_id is None or not sqlite else None
    if not sqlite:
        row["tokens"] = func.array_to_tsvector(pairs(said))
    doc_id = session.scalar(insert(SearchSection).values(**row).returning(SearchSection.doc_id))
    if sqlite:
        session.execute(
            text("INSERT INTO search_index(rowid, body) VALUES (:id, :body)"),
            {"id": doc_id, "body": tokens(said)},
        )


def _whole(heading: str, words: str) -> str:
    return f"{heading}\n\n。{words}" if heading else words


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
