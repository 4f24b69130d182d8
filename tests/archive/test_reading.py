"""What a parser read, stored: whatever it was."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import select, text

from archive.capture import Fetched, Kind
from archive.catalogue.engine import Catalogue
from archive.catalogue.models import Extraction as ExtractionRow
from archive.catalogue.models import Fact as FactRow
from archive.catalogue.models import Section as SectionRow
from archive.reading import read_blobs, stale_blobs
from archive.recorder import Recorder
from archive.runs import open_run
from archive.warc.exchange import Exchange
from parsers.crowding import no_answer_within
from parsers.isolation import Readers
from parsers.programs import LIBREOFFICE
from parsers.report import Check, Extraction, Fact, Outcome, Section, State
from parsers.scans import extra

NIGHT = datetime(2026, 11, 21, 2, 30, tzinfo=UTC)
BODY = b"one report"
SHA256 = hashlib.sha256(BODY).hexdigest()


class Answers:
    """Stands for the readers: gives the extraction it was made with, whatever the bytes are."""

    def __init__(self, extraction: Extraction) -> None:
        self.extraction = extraction
        self.read: list[bytes] = []

    def read_many(self, items: Iterable[tuple[str, bytes, str | None]]) -> Iterator[tuple[str, Extraction]]:
        for sha256, data, _ in items:
            self.read.append(data)
            yield sha256, self.extraction


def store(catalogue: Catalogue, home: Path, kind: Kind = Kind.ARTICLE, verdict: str = "ok") -> None:
    url = f"http://www.example/{kind}-{verdict}.html"
    sent = Exchange(url, NIGHT, b"GET / HTTP/1.1\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n" + BODY)
    run_id = open_run(catalogue, "crawl", lambda: NIGHT)
    with Recorder(catalogue, home, run_id=run_id, host="www.example", software="test") as recorder:
        recorder.add(Fetched(url, NIGHT, kind, verdict, status=200, exchange=sent, body=BODY))


def read(catalogue: Catalogue, home: Path, extraction: Extraction) -> Answers:
    answers = Answers(extraction)
    read_blobs(catalogue, home, stale_blobs(catalogue), cast(Readers, answers), clock=lambda: NIGHT)
    return answers


def fact(raw: str, value: str | None, state: State = State.VALUE) -> Fact:
    number = None if value is None else Decimal(value)
    return Fact("other.1", "r1", f"c{len(raw)}", number, state, raw, "table 1")


REPORT = Extraction(
    Outcome.REPORT,
    "text/html",
    title="2023年报告",
    agency="吴忠市民政局",
    year=2023,
    edition="2021",
    published_on=date(2024, 1, 22),
    divisions=("640300", "640302"),
    content_sha256="c" * 64,
    facts=(fact("25.1", "25.1"), fact("-3", "-3"), fact("", None, State.BLANK), fact("/", None, State.DASH)),
    sections=(Section(1, "一、总体情况", "全年…"),),
    checks=(
        Check("sum", "a", True, Decimal(3), Decimal(3), ""),
        Check("sum", "b", False, Decimal(3), Decimal("2.5"), "one is missing"),
        Check("sum", "c", None, None, None, "a blank"),
    ),
)


def test_all_that_was_read_is_stored(catalogue: Catalogue, home: Path) -> None:
    store(catalogue, home)
    assert stale_blobs(catalogue) == [SHA256]
    assert read(catalogue, home, REPORT).read == [BODY]
    assert stale_blobs(catalogue) == []
    with catalogue.reading() as session:
        row = session.scalars(select(ExtractionRow)).one()
        facts = session.scalars(select(FactRow).order_by(FactRow.fact_id)).all()
        section = session.scalars(select(SectionRow)).one()
        checks = session.execute(text("SELECT scope, passed, expected, actual FROM finding ORDER BY scope"))
        found = [tuple(check) for check in checks]
    assert (row.sha256, row.revision, row.outcome) == (SHA256, REPORT.revision, "report")
    assert (row.title, row.agency, row.year, row.edition) == ("2023年报告", "吴忠市民政局", 2023, "2021")
    assert (row.published_on, row.divisions, row.content_sha256) == ("2024-01-22", "640300 640302", "c" * 64)
    assert row.read_at == "2026-11-21T02:30:00Z"
    assert [(f.value, f.state, f.raw) for f in facts] == [
        (25.1, "value", "25.1"),
        (-3, "value", "-3"),
        (None, "blank", ""),
        (None, "dash", "/"),
    ]
    assert (section.ordinal, section.heading, section.text) == (1, "一、总体情况", "全年…")
    assert found == [("a", 1, 3, 3), ("b", 0, 3, 2.5), ("c", None, None, None)]


def test_a_file_that_waited_for_a_program_is_read_when_it_is_there(
    catalogue: Catalogue, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(catalogue, home)
    monkeypatch.setattr(shutil, "which", lambda command: None)
    waiting = Extraction(Outcome.UNSUPPORTED, "application/rtf", REPORT.revision, str(LIBREOFFICE.missing()))
    read(catalogue, home, waiting)
    assert stale_blobs(catalogue) == []
    monkeypatch.setattr(shutil, "which", lambda command: f"/usr/bin/{command}")
    assert stale_blobs(catalogue) == [SHA256]
    read(catalogue, home, REPORT)
    with catalogue.reading() as session:
        assert [row.outcome for row in session.scalars(select(ExtractionRow))] == ["report"]
        assert len(session.scalars(select(FactRow)).all()) == len(REPORT.facts)
    assert stale_blobs(catalogue) == []


def test_what_ran_out_of_time_on_a_crowded_machine_is_read_again(catalogue: Catalogue, home: Path) -> None:
    store(catalogue, home)
    late = Extraction(Outcome.TIMED_OUT, "application/rtf", REPORT.revision, no_answer_within(90, 4.0))
    read(catalogue, home, late)
    assert stale_blobs(catalogue) == [SHA256]
    read(catalogue, home, replace(late, reason=no_answer_within(90, 1.0)))
    assert stale_blobs(catalogue) == []


def test_a_scan_that_waited_for_the_recogniser_is_read_when_it_is_there(
    catalogue: Catalogue, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(catalogue, home)
    reason = f"a scan; to read scans: {extra.HOW_TO_INSTALL}"
    read(catalogue, home, Extraction(Outcome.UNSUPPORTED, "image/png", REPORT.revision, reason))
    monkeypatch.setattr(extra, "find_spec", lambda name: None)
    assert stale_blobs(catalogue) == []
    monkeypatch.setattr(extra, "find_spec", lambda name: name)
    assert stale_blobs(catalogue) == [SHA256]
    read(catalogue, home, REPORT)
    assert stale_blobs(catalogue) == []


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("verdict", ["ok", "blocked", "truncated"])
def test_only_good_answers_that_may_be_reports_are_read(
    catalogue: Catalogue, home: Path, kind: Kind, verdict: str
) -> None:
    store(catalogue, home, kind, verdict)
    may_be = verdict == "ok" and kind in (Kind.ARTICLE, Kind.ATTACHMENT, Kind.BODY, Kind.GIVEN)
    assert stale_blobs(catalogue) == ([SHA256] if may_be else [])


def test_bytes_that_stand_at_two_addresses_are_read_once(catalogue: Catalogue, home: Path) -> None:
    store(catalogue, home, Kind.ARTICLE)
    store(catalogue, home, Kind.ATTACHMENT)
    assert read(catalogue, home, REPORT).read == [BODY]


def test_reading_the_same_again_stores_nothing(catalogue: Catalogue, home: Path) -> None:
    store(catalogue, home)
    read(catalogue, home, REPORT)
    read_blobs(catalogue, home, [SHA256], cast(Readers, Answers(REPORT)))
    with catalogue.reading() as session:
        assert session.scalar(text("SELECT COUNT(*) FROM extraction")) == 1


def test_another_revision_stands_beside_the_first(catalogue: Catalogue, home: Path) -> None:
    store(catalogue, home)
    read(catalogue, home, REPORT)
    assert stale_blobs(catalogue, REPORT.revision + 1) == [SHA256]
    later = Extraction(Outcome.NOT_A_REPORT, "text/html", revision=REPORT.revision + 1, reason="better read")
    read_blobs(catalogue, home, [SHA256], cast(Readers, Answers(later)))
    with catalogue.reading() as session:
        rows = session.scalars(select(ExtractionRow).order_by(ExtractionRow.revision)).all()
    assert [row.outcome for row in rows] == ["report", "not_a_report"]


def test_a_file_that_is_lost_is_a_failure_and_the_others_go_on(catalogue: Catalogue, home: Path) -> None:
    store(catalogue, home)
    answers = Answers(REPORT)
    summary = read_blobs(catalogue, home, ["0" * 64, SHA256], cast(Readers, answers))
    assert (summary.read, summary.reports) == (1, 1)
    (failure,) = summary.failures
    assert failure.sha256 == "0" * 64
    assert answers.read == [BODY]


def test_what_could_not_be_read_is_stored_with_its_reason_and_told(catalogue: Catalogue, home: Path) -> None:
    store(catalogue, home)
    broken = Extraction(Outcome.ENCRYPTED, "application/pdf", reason="needs a password")
    summary = read_blobs(catalogue, home, [SHA256], cast(Readers, Answers(broken)))
    assert [f.reason for f in summary.failures] == ["encrypted: needs a password"]
    with catalogue.reading() as session:
        assert session.scalars(select(ExtractionRow.reason)).all() == ["needs a password"]
    assert stale_blobs(catalogue) == []


def test_a_strange_file_can_be_stored_too(catalogue: Catalogue, home: Path) -> None:
    """A NUL in a text, and account numbers and worse in a table: each is seen in PDF files."""
    account = "6222021234567890123"
    endless = "9" * 400
    strange = Extraction(
        Outcome.REPORT,
        "application/pdf",
        title="2023\0年报告",
        agency="吴忠市\0民政局",
        year=2023,
        facts=(fact(account, account), fact(endless, endless), fact("a\0b", None, State.UNREADABLE)),
        sections=(Section(1, "一\0", "全\0年"),),
        checks=(Check("sum", "a", False, Decimal(endless), Decimal(account), "\0"),),
    )
    store(catalogue, home)
    read(catalogue, home, strange)
    with catalogue.reading() as session:
        facts = session.scalars(select(FactRow).order_by(FactRow.fact_id)).all()
        row = session.scalars(select(ExtractionRow)).one()
    assert (row.title, row.agency) == ("2023年报告", "吴忠市民政局")
    assert [f.raw for f in facts] == [account, endless, "ab"]
    assert facts[0].value == pytest.approx(float(account))
