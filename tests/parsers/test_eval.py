"""A few of the generated documents are read whole, and the scores that are pinned mean what they say."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from benchmarks.eval import pins
from benchmarks.eval.__main__ import Task, measure
from benchmarks.eval.documents import generate
from benchmarks.eval.producers import Producer, producers
from benchmarks.eval.score import Tally, score
from parsers.read import read
from parsers.report import State

QUICK = {
    "html": 12, "pdf-reportlab": 6, "pdf-chromium": 2, "docx-word": 10, "xlsx-office": 10, "ofd-printed": 4,
}  # fmt: skip


def producer(name: str) -> Producer:
    return next(p for p in producers() if p.name == name)


@pytest.mark.parametrize("name", QUICK)
def test_documents_are_read_whole(name: str) -> None:
    if missing := producer(name).missing():
        pytest.skip(f"NOT READ: documents of {name}: {missing}")
    got = measure(Task(name, tuple(range(QUICK[name]))))
    assert got.misses == ()
    assert got.whole == Tally(QUICK[name], QUICK[name])


def test_a_seed_gives_the_same_document_each_time() -> None:
    assert generate(5) == generate(5)
    assert producer("html").write([generate(5)]) == producer("html").write([generate(5)])


def test_a_wrong_a_missing_and_an_extra_cell_are_told() -> None:
    document = generate(0)
    (page,) = producer("html").write([document])
    extraction = read(page, "text/html")
    (wrong, dropped, *_) = (f for f in extraction.facts if f.state is State.VALUE)
    kept = [f for f in extraction.facts if f not in (wrong, dropped)]
    misread, added = wrong._replace(value=Decimal(-7)), wrong._replace(row_code="none")
    got = score(replace(extraction, facts=(*kept, misread, added)), document.key, "page")
    assert (got.whole, got.false) == (Tally(0, 1), 1)
    assert len(got.misses) == 3


def test_a_fallen_score_is_named() -> None:
    got = measure(Task("html", (0,)))
    lost = {table: Tally(0, tally.of) for table, tally in got.cells.items()}
    assert list(pins.fallen({"html": replace(got, cells=lost)}))
    assert not list(pins.fallen({"no such producer": got}))
    assert list(pins.fallen({"no such producer": replace(got, false=1)}))


def test_scans_are_pinned_to_what_is_promised() -> None:
    assert pins._pin("html", "requests", Tally(999, 1000)) == [999, 1000]
    assert pins._pin("scan-chromium", "requests", Tally(999, 1000)) == [990, 1000]
    assert pins._pin("scan-chromium", "requests", Tally(980, 1000)) == [980, 1000]
