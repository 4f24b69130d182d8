"""Two hundred broken files over all formats: each is an outcome, no worker dies or takes much memory."""

from __future__ import annotations

import multiprocessing
import os
import resource
from concurrent.futures import ProcessPoolExecutor

from parsers.isolation import GIBIBYTE, Readers
from parsers.report import Extraction
from tests.fuzz.__main__ import BAD, broken
from tests.fuzz.seeds import FORMATS

FILES = 200


def _read(each: int) -> tuple[dict[tuple[str, int], Extraction], int]:
    """What became of each file, and the most memory that a worker took, in bytes."""
    os.defpath = ""  # LibreOffice would take its time over each broken DOC
    items = (item for name in FORMATS for item in broken(name, 0, each))
    with Readers(workers=2, cpu_seconds=20, wall_seconds=60.0) as readers:
        read = dict(readers.read_many(items))
    return read, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024


def test_broken_files_are_outcomes() -> None:
    each = FILES // len(FORMATS)
    # in a process of its own: what other tests' children took is not counted
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as alone:
        read, most = alone.submit(_read, each).result()
    assert len(read) == each * len(FORMATS)
    assert {key: e.reason for key, e in read.items() if e.outcome in BAD} == {}
    assert all(e.reason for e in read.values() if not e.facts)
    assert most < GIBIBYTE
