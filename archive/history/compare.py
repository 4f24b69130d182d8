"""What differs between two extractions: cell by cell, and whether the text does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.catalogue.models import Extraction, Fact, Section
from archive.reading import load_facts


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell that reads differently. A value is written as printed text; None where the cell is missing."""

    table_code: str
    row_code: str
    column_code: str
    old: str | None
    new: str | None


def changed_cells(session: Session, old: Extraction, new: Extraction) -> list[CellChange]:
    """Cells whose value or state differs, in the order of the older report, then the newer one's own."""
    before, after = load_facts(session, old.extraction_id), load_facts(session, new.extraction_id)
    return list(_differences(before, after))


def text_differs(session: Session, old: Extraction, new: Extraction) -> bool:
    """Whether title or sections differ, white space apart."""
    return old.title != new.title or _text(session, old) != _text(session, new)


def printed(fact: Fact | None) -> str | None:
    """A fact as a change shows it: the number, or ``(blank)`` and the like with what stood there."""
    if fact is None:
        return None
    if fact.value is not None:
        return number(fact.value)
    return f"({fact.state})" + (f" {fact.raw}" if fact.raw.strip() else "")


def number(value: float) -> str:
    """A figure without a needless ``.0``."""
    return str(int(value)) if value == int(value) else repr(float(value))


def _differences(
    before: dict[tuple[str, str, str], Fact], after: dict[tuple[str, str, str], Fact]
) -> Iterator[CellChange]:
    for place in [*before, *(p for p in after if p not in before)]:
        old, new = before.get(place), after.get(place)
        if _said(old) != _said(new):
            yield CellChange(*place, printed(old), printed(new))


def _said(fact: Fact | None) -> tuple[str, float | None, str] | None:
    if fact is None:
        return None
    # of a value only the number counts; of anything else what stood there does
    raw = "" if fact.value is not None else "".join(fact.raw.split())
    return fact.state, fact.value, raw


def _text(session: Session, extraction: Extraction) -> list[tuple[str, str]]:
    query = (
        select(Section.heading, Section.text)
        .where(Section.extraction_id == extraction.extraction_id)
        .order_by(Section.ordinal)
    )
    return [("".join(row.heading.split()), "".join(row.text.split())) for row in session.execute(query)]
