"""Workers that are killed, hang or eat memory cost one file, never the crew."""

from __future__ import annotations

import os
import signal
import threading
import time
import zlib
from enum import StrEnum

import psutil
import pytest
from printed_reports import page_html, page_of, pdf_of, sheets, stream

from parsers import isolation, report, wire
from parsers.isolation import Readers
from parsers.report import Outcome


def test_words_are_sent_by_value_on_every_python() -> None:
    """Before CPython 3.11.4 the library sends them as a call of getattr, which no worker may ask for."""
    words = {kind for kind in vars(report).values() if isinstance(kind, type) and issubclass(kind, StrEnum)}
    assert words - {StrEnum} == set(wire.Messages.dispatch_table)


@pytest.fixture(scope="module")
def page(figures: dict[str, str]) -> bytes:
    return page_html("某县财政局2023年政府信息公开工作年度报告", sheets(figures)).encode()


def busy_pdf(operators: int) -> bytes:
    """A page that keeps the interpreter busy: strings drawn in a font that is not there."""
    body = zlib.compress(b"BT /F 9 Tf " + b"(abcdefgh) Tj 1 0 0 1 2 3 Tm " * operators + b"ET")
    return pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            page_of(b"/Font << /F 5 0 R >>"),
            stream(b"/Filter /FlateDecode", body),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        ]
    )


def test_answers_come_for_every_key(page: bytes) -> None:
    with Readers(workers=2) as readers:
        answers = dict(readers.read_many((i, page, None) for i in range(12)))
    assert sorted(answers) == list(range(12))
    assert {a.outcome for a in answers.values()} == {Outcome.REPORT}


def test_few_files_are_held_at_once(page: bytes) -> None:
    drawn = 0

    def items() -> object:
        nonlocal drawn
        for i in range(50):
            drawn += 1
            yield i, page, None

    with Readers(workers=2) as readers:
        answers = readers.read_many(items())  # type: ignore[arg-type]
        next(answers)
        assert drawn <= 4
        answers.close()  # type: ignore[attr-defined]


def test_hanging_reader_times_out_and_the_next_file_is_read(page: bytes) -> None:
    with Readers(workers=1, wall_seconds=2) as readers:
        warm = readers.read(page)
        worker = readers._workers[0]._process
        assert worker is not None
        worker.send_signal(signal.SIGSTOP)
        slow = readers.read(page)
        after = readers.read(page)
    assert warm.outcome is after.outcome is Outcome.REPORT
    assert slow.outcome is Outcome.TIMED_OUT
    assert "2 seconds" in (slow.reason or "")


def test_cpu_limit() -> None:
    with Readers(workers=1, cpu_seconds=1, wall_seconds=300) as readers:
        slow = readers.read(busy_pdf(900_000))
    assert slow.outcome is Outcome.TIMED_OUT
    assert "CPU" in (slow.reason or "")


def test_memory_limit(page: bytes) -> None:
    with Readers(workers=1, memory_bytes=160 * 1024 * 1024) as readers:
        eaten = readers.read(busy_pdf(900_000))
        after = readers.read(page)
    assert eaten.outcome is Outcome.OUT_OF_MEMORY
    assert after.outcome is Outcome.REPORT


@pytest.mark.parametrize(("kills", "outcome"), [(1, Outcome.UNREADABLE), (2, Outcome.FAILED)])
def test_a_file_whose_worker_is_killed_is_read_once_more(page: bytes, kills: int, outcome: Outcome) -> None:
    with Readers(workers=1) as readers:
        readers.read(page)

        def kill() -> None:
            killed: set[int] = set()
            while len(killed) < kills:
                process = readers._workers[0]._process
                if process is not None and process.pid not in killed and _seconds(process.pid) > 3:
                    os.kill(process.pid, signal.SIGKILL)  # it has begun: to start takes a second, to read ten
                    killed.add(process.pid)
                time.sleep(0.01)

        killer = threading.Thread(target=kill)
        killer.start()
        answer = readers.read(busy_pdf(900_000))
        killer.join()
        after = readers.read(page)
    assert answer.outcome is outcome
    assert kills == 1 or "SIGKILL" in (answer.reason or "")
    assert after.outcome is Outcome.REPORT


def _seconds(pid: int) -> float:
    """Processor time of a process so far."""
    return sum(psutil.Process(pid).cpu_times()[:2])


def test_fault_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    class Panic(BaseException):
        pass

    def panic(*_: object) -> None:
        raise Panic("library gave up")

    monkeypatch.setattr("parsers.read.read", panic)
    answer = isolation._answer(b"<html>", None)
    assert (answer.outcome, answer.reason) == (Outcome.FAILED, "Panic: library gave up")
