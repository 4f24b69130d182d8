"""Figures of real reports, and the samples that are not part of the repository."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with real samples beside the repository; without it the tests on them are left out."""
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is not there: left out are the readings of the real samples and seed reports")
    return SHARED


@pytest.fixture(scope="session")
def figures() -> dict[str, str]:
    """A full set of figures, different wherever that helps: (row, column) spelled in the number."""
    path = Path(__file__).with_name("figures.json")
    loaded: dict[str, str] = json.loads(path.read_text("utf-8"))
    return loaded
