"""Fixtures of the archive's tests: readers in their own processes, an archive that lives through nights."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from nights import Archive

from archive.catalogue.engine import Catalogue
from parsers.isolation import Readers


@pytest.fixture(scope="module")
def readers() -> Iterator[Readers]:
    with Readers(workers=1) as shared:
        yield shared


@pytest.fixture
def archive(catalogue: Catalogue, home: Path, readers: Readers) -> Archive:
    return Archive(catalogue, home, readers)
