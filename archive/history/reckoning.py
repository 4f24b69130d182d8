"""The checks of a reading that a person put right: tried again on the figures as they then stand."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.catalogue.models import Correction, Fact, Finding, Stated
from archive.history.compare import number
from parsers import checks, consistency, report


@dataclass(frozen=True, slots=True)
class ReckoningRow:
    """One check of a corrected reading, as the table ``reckoning`` keeps it."""

    extraction_id: int
    rule: str
    scope: str
    passed: int | None
    expected: float | None
    actual: float | None
    detail: str
    fault: str | None


def reckoned(
    session: Session, extraction_id: int, corrections: Collection[Correction]
) -> Iterator[ReckoningRow]:
    """All checks of the reading with these corrections; those of names stay as they were."""
    instead = {(c.table_code, c.row_code, c.column_code): c for c in corrections}
    facts = [
        _corrected(fact, instead.get((fact.table_code, fact.row_code, fact.column_code)))
        for fact in _facts(session, extraction_id)
    ]
    stated = tuple(_stated(session, extraction_id))
    for check in (*checks.run(facts), *consistency.of_figures(facts, stated)):
        yield ReckoningRow(
            extraction_id, check.rule, check.scope, None if check.passed is None else int(check.passed),
            _float(check.expected), _float(check.actual), check.detail,
            check.fault.value if check.fault else None,
        )  # fmt: skip
    yield from _of_names(session, extraction_id)


def _corrected(fact: report.Fact, correction: Correction | None) -> report.Fact:
    """What a person read is certain, whatever the parser made of it."""
    if correction is None:
        return fact
    return fact._replace(
        value=_decimal(correction.value), state=report.State(correction.state),
        certainty=report.Certainty.CERTAIN,
    )  # fmt: skip


def _facts(session: Session, extraction_id: int) -> Iterator[report.Fact]:
    query = select(Fact).where(Fact.extraction_id == extraction_id).order_by(Fact.fact_id)
    for row in session.scalars(query):
        yield report.Fact(
            row.table_code, row.row_code, row.column_code, _decimal(row.value), report.State(row.state),
            row.raw, row.locator, report.Certainty(row.certainty), row.evidence,
        )  # fmt: skip


def _stated(session: Session, extraction_id: int) -> Iterator[report.Stated]:
    query = select(Stated).where(Stated.extraction_id == extraction_id).order_by(Stated.stated_id)
    for row in session.scalars(query):
        if (value := _decimal(row.value)) is not None:
            yield report.Stated(row.code, value, row.unit, row.sentence, row.locator)


def _of_names(session: Session, extraction_id: int) -> Iterator[ReckoningRow]:
    query = (
        select(Finding)
        .where(Finding.extraction_id == extraction_id, Finding.rule.in_(consistency.OF_NAMES))
        .order_by(Finding.finding_id)
    )
    for row in session.scalars(query):
        yield ReckoningRow(
            extraction_id, row.rule, row.scope, row.passed, row.expected, row.actual, row.detail, row.fault
        )


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(number(value))


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
