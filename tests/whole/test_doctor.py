"""The doctor: what is well, and each fault with its fix. In this process, over a real home."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from archive.catalogue.engine import create_catalogue, open_catalogue, sqlite_url
from archive.runs import open_run
from archive.times import utc_now
from nianbao.examination import Finding, examine
from nianbao.settings import SiteSettings, add_site, write_new
from scheduler.heartbeat import Heartbeat
from scheduler.plans import Job


@pytest.fixture
def home(tmp_path: Path) -> Path:
    write_new(tmp_path, "https://example.org/who")
    add_site(tmp_path, SiteSettings(name="site", start=["https://www.spt.gov.cn/"]))
    with (tmp_path / "nianbao.toml").open("r+", encoding="utf-8") as file:
        written = file.read()
        file.seek(0)
        file.write('browser = "off"\n' + written)  # another test starts it
    create_catalogue(sqlite_url(tmp_path)).close()
    return tmp_path


def faults(home: Path) -> list[Finding]:
    return [one for one in examine(home) if not one.good]


def test_a_home_that_is_well(home: Path) -> None:
    assert faults(home) == []
    said = "\n".join(one.what for one in examine(home))
    for word in ("catalogue", "can be written", "Asia/Shanghai", "clock", "schedule", "LibreOffice"):
        assert word in said


def test_no_home(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path)
    assert "is no nianbao home" in fault.what
    assert "nianbao init" in fault.fix


def test_a_schedule_that_died(home: Path) -> None:
    long_ago = utc_now() - timedelta(hours=1)
    Heartbeat(home / "schedule.json", long_ago).beat(long_ago, {Job.CRAWL: utc_now()})
    (fault,) = faults(home)
    assert "has not been heard of since" in fault.what


def test_a_night_that_did_not_run(home: Path) -> None:
    due = utc_now() - timedelta(hours=7)
    beat = Heartbeat(home / "schedule.json", due - timedelta(hours=1))
    beat.beat(due - timedelta(hours=1), {Job.CRAWL: due})
    beat.beat(utc_now(), {Job.CRAWL: due + timedelta(days=1)})
    (fault,) = faults(home)
    assert "did not run" in fault.what
    assert "nianbao schedule now crawl" in fault.fix


def test_a_clock_that_was_set_back(home: Path) -> None:
    catalogue = open_catalogue(sqlite_url(home))
    open_run(catalogue, "crawl", lambda: utc_now() + timedelta(days=1))
    catalogue.close()
    assert [one.fix for one in faults(home)] == ["set the clock"]


def test_a_catalogue_of_an_older_release(home: Path) -> None:
    catalogue = open_catalogue(sqlite_url(home))
    with catalogue.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    catalogue.close()
    assert [one.fix for one in faults(home)] == ["run `nianbao migrate`"]


def test_what_a_dead_crawl_left(home: Path) -> None:
    (home / "warc" / "2026").mkdir(parents=True)
    (home / "warc" / "2026" / "x.warc.gz.open").touch()
    assert [one.fix for one in faults(home)] == ["if no crawl is running: nianbao mend"]


def test_a_browser_that_does_not_start(home: Path, tmp_path: Path) -> None:
    program = tmp_path / "no-browser"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    settings = (home / "nianbao.toml").read_text(encoding="utf-8")
    (home / "nianbao.toml").write_text(settings.replace('"off"', f'"{program}"', 1), encoding="utf-8")
    (fault,) = faults(home)
    assert "the browser did not start" in fault.what
