"""A home that the command line has crawled on two nights of the replica, made once for all tests here."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from nianbao.replica import EXPECTED, LoggedRequest, Replica, ReportKey
from tests.whole import warm

DELAY = 0.2


def nianbao(
    home: Path, *words: str, code: int | None = 0, seconds: float = 120
) -> subprocess.CompletedProcess[str]:
    """Run the command line as a user does; ``code`` is the exit code that must come."""
    done = warm.run(["--home", str(home), *words], seconds)
    assert code is None or done.returncode == code, f"{words}: {done.returncode}\n{done.stdout}{done.stderr}"
    assert "Traceback" not in done.stderr, done.stderr
    return done


def rows(home: Path, *words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(nianbao(home, *words, "--json").stdout)
    return found


@dataclass(frozen=True)
class TwoNights:
    """The home, what the command line printed, and what the site's own log says of each night."""

    home: Path
    url: str
    printed: tuple[str, str]
    requests: tuple[list[LoggedRequest], list[LoggedRequest]]
    first: tuple[ReportKey, ...]
    second: tuple[ReportKey, ...]


@pytest.fixture(scope="session")
def two_nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoNights]:
    home = tmp_path_factory.mktemp("home") / "archive"
    with Replica() as replica:
        nianbao(home, "init", "--contact", "https://example.org/crawler")
        address = ("sites", "add", replica.url, "--name", "replica", "--division", "640500")
        nianbao(home, *address, "--delay", str(DELAY), "--allow-private")
        first = nianbao(home, "crawl").stdout
        first_log = list(replica.requests)
        replica.requests.clear()
        replica.night = 2
        second = nianbao(home, "crawl", "replica").stdout
        yield TwoNights(
            home, replica.url, (first, second), (first_log, list(replica.requests)), EXPECTED[1], EXPECTED[2]
        )
