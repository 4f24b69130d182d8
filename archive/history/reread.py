"""Compares a fresh reading of a blob with the newest one stored: what a re-parse would change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from archive.catalogue.engine import Catalogue
from archive.catalogue.models import Extraction
from archive.history.compare import number, printed
from archive.history.evidence import World
from parsers import report


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that reads differently; ``place`` is ``table/row/column`` or a field's name."""

    sha256: str
    place: str
    old: str | None
    new: str | None


def differences(catalogue: Catalogue, sha256: str, fresh: report.Extraction) -> list[Difference]:
    """What a fresh reading says otherwise than the newest stored one; all of it when none is stored."""
    query = (
        select(Extraction).where(Extraction.sha256 == sha256).order_by(Extraction.revision.desc()).limit(1)
    )
    with catalogue.reading() as session:
        stored = session.scalar(query)
        before = _stored(stored)
        if stored is not None:
            cells = World(session).cells(stored.extraction_id)
            before |= {"/".join(place): printed(cell) for place, cell in cells.items()}
    after = dict(_fresh(fresh))
    places = [*before, *(p for p in after if p not in before)]
    return [
        Difference(sha256, place, before.get(place), after.get(place))
        for place in places
        if before.get(place) != after.get(place)
    ]


def _stored(extraction: Extraction | None) -> dict[str, str | None]:
    if extraction is None:
        return {}
    return {
        "outcome": extraction.outcome,
        "title": extraction.title,
        "agency": extraction.agency,
        "year": None if extraction.year is None else str(extraction.year),
        "edition": extraction.edition,
        "published_on": extraction.published_on,
    }


def _fresh(fresh: report.Extraction) -> Iterator[tuple[str, str | None]]:
    yield "outcome", fresh.outcome.value
    yield "title", fresh.title
    yield "agency", fresh.agency
    yield "year", None if fresh.year is None else str(fresh.year)
    yield "edition", fresh.edition
    yield "published_on", fresh.published_on.isoformat() if fresh.published_on else None
    seen: set[str] = set()
    for fact in fresh.facts:
        place = f"{fact.table_code}/{fact.row_code}/{fact.column_code}"
        if place not in seen:
            seen.add(place)
            yield place, _printed(fact)


def _printed(fact: report.Fact) -> str:
    if fact.value is not None:
        return number(float(fact.value))
    return f"({fact.state.value})" + (f" {fact.raw}" if fact.raw.strip() else "")
