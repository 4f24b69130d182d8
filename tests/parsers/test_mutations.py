"""Two hundred broken files over all formats: each is an outcome, no worker dies or takes much memory."""

from __future__ import annotations

import os
import resource

import pytest

from parsers.isolation import GIBIBYTE, Readers
from parsers.report import Extraction
from tests.fuzz.__main__ import BAD, broken
from tests.fuzz.seeds import FORMATS

FILES = 200


def test_broken_files_are_outcomes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "defpath", "")  # LibreOffice would take its time over each broken DOC
    each = FILES // len(FORMATS)
    items = (item for name in FORMATS for item in broken(name, 0, each))
    with Readers(workers=2, cpu_seconds=20, wall_seconds=60.0) as readers:
        read: dict[tuple[str, int], Extraction] = dict(readers.read_many(items))
    assert len(read) == each * len(FORMATS)
    assert {key: e.reason for key, e in read.items() if e.outcome in BAD} == {}
    assert all(e.reason for e in read.values() if not e.facts)
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 < GIBIBYTE
