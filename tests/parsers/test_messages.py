"""What a worker may say: an extraction and nothing else, for a hostile file may own it."""

from __future__ import annotations

import os
import pickle
import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from parsers import isolation
from parsers.isolation import Limits, Worker
from parsers.report import Extraction, Fact, Outcome, State
from parsers.wire import answer_in, questions, receive_by, send

SAID = Extraction(
    Outcome.REPORT,
    "text/html",
    facts=(Fact("requests", "received", "total", Decimal("25.1"), State.VALUE, "25.1", "html:/html[1]"),),
)


class Order:
    """Pickled, it is an order to make a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.folder),)


def test_an_extraction_comes_through() -> None:
    reader, writer = (os.fdopen(end, mode) for end, mode in zip(os.pipe(), ("rb", "wb"), strict=True))
    with reader, writer:
        send(writer, SAID)
        assert answer_in(receive_by(reader, time.monotonic() + 10)) == SAID


@pytest.mark.parametrize("within", [False, True], ids=["alone", "within an extraction"])
def test_a_worker_gives_no_orders(tmp_path: Path, within: bool) -> None:
    order = Order(tmp_path / "made")
    message = pickle.dumps(replace(SAID, reason=order) if within else order)  # type: ignore[arg-type]
    with pytest.raises(pickle.UnpicklingError, match="a worker may not send posix.mkdir"):
        answer_in(message)
    assert list(tmp_path.iterdir()) == []
    pickle.loads(message)
    assert [path.name for path in tmp_path.iterdir()] == ["made"], "the order is a real one"


def test_what_a_worker_may_not_say_is_its_files_outcome(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = pickle.dumps(Order(tmp_path / "made"))
    monkeypatch.setattr(isolation, "receive_by", lambda pipe, deadline: answer)
    extraction = Worker(Limits()).read(b"<html>", "text/html")
    assert extraction.outcome is Outcome.FAILED
    assert "may not send posix.mkdir" in (extraction.reason or "")
    assert list(tmp_path.iterdir()) == []


def test_a_message_that_is_cut_or_late_is_told() -> None:
    reader, writer = (os.fdopen(end, mode) for end, mode in zip(os.pipe(), ("rb", "wb"), strict=True))
    with reader:
        with writer:
            send(writer, "x" * 100)
            receive_by(reader, time.monotonic() + 10)
            writer.write(b"\0" * 7 + b"\x09half")
            writer.flush()
            with pytest.raises(TimeoutError):
                receive_by(reader, time.monotonic())
            with pytest.raises(TimeoutError):
                receive_by(reader, time.monotonic() + 0.1)
        with pytest.raises(EOFError):
            receive_by(reader, time.monotonic() + 10)


def test_a_worker_is_asked_until_its_pipe_is_closed(tmp_path: Path) -> None:
    with (tmp_path / "asked").open("wb") as pipe:
        send(pipe, (b"a", None, None))
        send(pipe, (b"b", "text/html", "html:/html[1]"))
    with (tmp_path / "asked").open("rb") as pipe:
        assert list(questions(pipe)) == [(b"a", None, None), (b"b", "text/html", "html:/html[1]")]
