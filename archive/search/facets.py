"""What a search is narrowed by, as words of the index: region, year, agency, report.

Beside a word that stands in nearly every report a filter would otherwise be tried on each of them in turn.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.catalogue.models import Agency
from archive.queries import Filter, of_agencies
from archive.regions import stem

MARK = "\ue001"
"""Begins each of these words; a private character that no text holds."""
MANY = 200
"""So many agencies are no narrowing any more."""
_LEVELS = (2, 4, 6)
"""Digits of a division's code that stand for a province, a city and a county (GB/T 2260)."""


def facets(report_id: int, division_code: str | None, year: int | None, agency_id: int | None) -> list[str]:
    """The words of one report."""
    found = [_report(report_id)]
    if division_code is not None:
        found += [_division(division_code[:length]) for length in _LEVELS]
    if year is not None:
        found.append(_year(year))
    if agency_id is not None:
        found.append(_agency(agency_id))
    return found


def narrowing(session: Session, keep: Filter) -> list[list[str]]:
    """Of each of these lists one word must stand in what the filter keeps. The filter itself decides."""
    return list(_narrowing(session, keep))


def _narrowing(session: Session, keep: Filter) -> Iterator[list[str]]:
    if keep.report_id is not None:
        yield [_report(keep.report_id)]
    if keep.year is not None:
        yield [_year(keep.year)]
    if keep.region and len(stem(keep.region)) in _LEVELS:
        yield [_division(stem(keep.region))]
    if keep.agency or keep.level:
        query = select(Agency.agency_id).where(*of_agencies(keep)).limit(MANY + 1)
        ids = list(session.scalars(query))
        if len(ids) <= MANY:
            # there is none: a word that stands nowhere
            yield [_agency(i) for i in ids] or [_agency(0)]


def _report(report_id: int) -> str:
    return f"{MARK}r{report_id}"


def _division(code: str) -> str:
    return f"{MARK}d{code}"


def _year(year: int) -> str:
    return f"{MARK}y{year}"


def _agency(agency_id: int) -> str:
    return f"{MARK}a{agency_id}"
