"""Corrections by people: a cell that the parser read wrongly, put right for one file and open to all.

A correction is pinned to the bytes it was made on. It stands for every file of the same version, which
differ in nothing that a reader sees, and ends with the office's next edit. It is withdrawn, never deleted.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.catalogue.engine import Catalogue
from archive.catalogue.models import Capture, Correction, Extraction, Report
from archive.history.evidence import World
from archive.history.project import touch
from archive.history.seen import Place
from archive.times import Clock, iso, utc_now
from parsers.report import State


class CannotCorrect(ValueError):
    """The correction makes no sense; the text says why."""


@dataclass(frozen=True, slots=True)
class Made:
    """A correction as it was stored: what stood there, and the file it is pinned to."""

    correction_id: int
    sha256: str
    read: str


def parse_place(text: str) -> Place:
    """``TABLE/ROW/COLUMN``. Raises :class:`CannotCorrect`."""
    parts = tuple(p.strip() for p in text.split("/"))
    if len(parts) != 3 or not all(parts):
        raise CannotCorrect(f"{text!r} names no cell: give TABLE/ROW/COLUMN, such as requests/received/total")
    return parts[0], parts[1], parts[2]


def parse_value(text: str) -> tuple[float | None, State]:
    """A number, or the name of a state: blank, dash, absent, unreadable. Raises :class:`CannotCorrect`."""
    words = text.strip().lower()
    if words in {s.value for s in State} - {State.VALUE.value}:
        return None, State(words)
    try:
        return float(words.replace(",", "")), State.VALUE
    except ValueError:
        raise CannotCorrect(
            f"{text!r} is neither a number nor one of blank, dash, absent, unreadable"
        ) from None


def correct(
    catalogue: Catalogue,
    report_id: int,
    place: Place,
    value: float | None,
    state: State,
    *,
    reason: str,
    who: str,
    clock: Clock = utc_now,
) -> Made:
    """Put one cell of the report's present file right. Raises :class:`CannotCorrect`."""
    if not reason.strip():
        raise CannotCorrect("say why: --reason")
    with catalogue.writing() as session:
        report = session.get_one(Report, report_id)
        file = session.get_one(Extraction, report.extraction_id)
        cell = World(session).cells(file.extraction_id).get(place)
        if cell is None:
            raise CannotCorrect(
                f"the report has no cell {'/'.join(place)}; `nianbao facts --report {report_id}` lists them"
            )
        row = Correction(
            sha256=file.sha256,
            table_code=place[0],
            row_code=place[1],
            column_code=place[2],
            value=value,
            state=state.value,
            reason=reason.strip(),
            made_by=who,
            made_at=iso(clock()),
        )
        session.add(row)
        session.flush()
        _apply(session, file.sha256)
        return Made(row.correction_id, file.sha256, cell.raw)


def withdraw(catalogue: Catalogue, correction_id: int, *, who: str, clock: Clock = utc_now) -> None:
    """Take a correction back. Raises :class:`CannotCorrect`."""
    with catalogue.writing() as session:
        row = session.get(Correction, correction_id)
        if row is None:
            raise CannotCorrect(f"there is no correction {correction_id}; `nianbao corrections` lists them")
        if row.withdrawn_at is not None:
            raise CannotCorrect(f"correction {correction_id} was withdrawn at {row.withdrawn_at}")
        row.withdrawn_at, row.withdrawn_by = iso(clock()), who
        session.flush()
        _apply(session, row.sha256)


def _apply(session: Session, sha256: str) -> None:
    touch(
        session, list(session.scalars(select(Capture.resource_id).where(Capture.sha256 == sha256).distinct()))
    )
