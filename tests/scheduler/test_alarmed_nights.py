"""Alarms of real crawls: replica sites in trouble on some nights, each morning judged by the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import troubled_site
from test_thirty_nights import BEGIN, CLOCK, DAY, ROOT, Archive, Month
from troubled_site import OFFICES, Life, Trouble, TroubledSite

from archive.alarms import all_alarms, open_alarms
from archive.catalogue.engine import open_catalogue, sqlite_url
from archive.times import from_iso

NIGHTS = 5
TROUBLES = (
    {},
    {3: Trouble.DOWN},
    {3: Trouble.REFUSING, 4: Trouble.REFUSING},
    {4: Trouble.CLOSED},
)
EXPECTED = {
    ("site_failed", "site1", 3, 4),
    ("host_blocked", "site2", 3, 5),
    ("column_lost", "site3", 4, 5),  # its pages answer 200 and say that it is being maintained
}


@pytest.mark.faults
def test_each_trouble_is_told_once_and_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lives = tuple(Life(office, 2, None, trouble) for office, trouble in zip(OFFICES, TROUBLES, strict=False))
    monkeypatch.setenv("PYTHONPATH", f"{CLOCK}{os.pathsep}{ROOT}")
    monkeypatch.setenv("SIMULATED_OFFSET", "0")
    monkeypatch.setattr(troubled_site._Handler, "date_time_string", _shifted)
    with ExitStack() as stack:
        sites = [stack.enter_context(TroubledSite(life)) for life in lives]
        archive = Archive(tmp_path / "home", Month(NIGHTS, lives), sites, disturbed=False)
        for night in range(1, NIGHTS + 1):
            for site in sites:
                site.night = night
            archive._one_night(kill=False)
            _judged(archive, night)
    names = {urlsplit(site.url).netloc: f"site{number}" for number, site in enumerate(sites)}
    catalogue = open_catalogue(sqlite_url(archive.home))
    found, left = all_alarms(catalogue), open_alarms(catalogue)
    catalogue.close()
    told = [(a.kind, _whose(a.subject, names), _night(a.raised_at), _night(a.closed_at)) for a in found]
    assert sorted(told, key=str) == sorted(EXPECTED, key=str)
    assert left == []


def _judged(archive: Archive, night: int) -> None:
    """As the schedule's job does at eight in the morning in China."""
    morning = BEGIN + night * DAY - DAY / 24 * 10
    archive._turned(morning)
    command = [sys.executable, "-m", "nianbao.cli", "--home", str(archive.home), "night", "--close", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["night"] == f"{BEGIN + night * DAY:%Y-%m-%d}"
    assert len(report["sites"]) == len(TROUBLES)


def _whose(subject: str, names: dict[str, str]) -> str:
    """The site of an address or a host."""
    return names.get(urlsplit(subject).netloc or subject, subject)


def _night(at: str | None) -> int | None:
    return (from_iso(at) - BEGIN).days + 1 if at else None


def _shifted(self: object, timestamp: float | None = None) -> str:
    """The servers' clocks are right by the time that is simulated."""
    moment = datetime.now(UTC).timestamp() + float(os.environ["SIMULATED_OFFSET"])
    return format_datetime(datetime.fromtimestamp(moment, UTC), usegmt=True)
