"""A DOC that came out doubtful is read a second time; what two readers read differently is marked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from parsers import second_opinion
from parsers.document import Cell, Document, Grid
from parsers.formats import doc
from parsers.programs import LIBREOFFICE
from parsers.read import read
from parsers.report import Certainty, Extraction, Fact, Outcome, State
from tests.fuzz.seeds import seeds

PLACE = ("requests", "received", "natural_person")
TOTAL = ("requests", "received", "total")


def fact(extraction: Extraction, place: tuple[str, str, str]) -> Fact:
    return next(f for f in extraction.facts if (f.table_code, f.row_code, f.column_code) == place)


def changed(document: Document, locator: str, text: str) -> Document:
    def cell(one: Cell) -> Cell:
        return one._replace(text=text) if one.locator == locator else one

    blocks = tuple(
        replace(b, cells=tuple(cell(c) for c in b.cells)) if isinstance(b, Grid) else b
        for b in document.blocks
    )
    return replace(document, blocks=blocks)


@pytest.fixture
def opinion(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str, str], Extraction]:
    """Reads a file of which each reader has one cell its own way."""
    data = seeds("doc")[0]
    document = doc.read(data)
    locator = fact(read(data), PLACE).locator

    def ask(ours: str, theirs: str, place: str = locator) -> Extraction:
        monkeypatch.setattr(LIBREOFFICE.__class__, "path", lambda program: "/usr/bin/soffice")
        monkeypatch.setattr(doc, "_read", lambda data: changed(document, place, ours))
        answer = changed(document, place, theirs)
        monkeypatch.setattr(second_opinion.libreoffice, "read", lambda data, media_type: answer)
        return read(data)

    return ask


def test_a_figure_that_only_the_other_reader_has_is_taken_and_the_rest_stays(
    opinion: Callable[..., Extraction],
) -> None:
    printed = fact(read(seeds("doc")[0]), PLACE)
    extraction = opinion("4 7", printed.raw)
    assert extraction.outcome is Outcome.REPORT
    found = fact(extraction, PLACE)
    assert (found.value, found.certainty) == (printed.value, Certainty.UNCERTAIN)
    assert found.evidence == "the other reading says 4 7"
    assert fact(extraction, TOTAL).certainty is Certainty.CERTAIN
    assert extraction.reason == "two readings, 1 figures differ; taken is LibreOffice's"


def test_without_a_doubt_nobody_is_asked(opinion: Callable[..., Extraction]) -> None:
    extraction = opinion("47", "48")
    assert (fact(extraction, PLACE).value, extraction.reason) == (Decimal(47), None)


def test_readers_that_agree_leave_the_doubt_to_the_office(opinion: Callable[..., Extraction]) -> None:
    extraction = opinion("见附件", "见附件")
    assert fact(extraction, PLACE).state is State.UNREADABLE
    assert extraction.reason is None


def test_a_reading_that_has_no_report_is_no_opinion() -> None:
    own = read(seeds("doc")[0])
    other = Extraction(Outcome.NOT_A_REPORT, own.media_type, reason="neither table nor title")
    assert second_opinion.decided(own, other) == own
    assert second_opinion.decided(other, own).outcome is Outcome.REPORT
