"""The doctor: what is well, and each fault with its fix. In this process, over a real home."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from archive.alarms import Raise, settle
from archive.catalogue.engine import create_catalogue, open_catalogue, sqlite_url
from archive.catalogue.models import Notice
from archive.runs import RunStatus, SiteIdentity, close_run, note_site_run, open_run, site_row
from archive.times import utc_now
from nianbao.examination import Finding, examine
from nianbao.settings import SiteSettings, add_site, write_new
from scheduler.heartbeat import Heartbeat
from scheduler.plans import Job
from tests.whole.conftest import nianbao, rows


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


def crawled(home: Path, status: RunStatus, site: RunStatus = RunStatus.DONE) -> None:
    catalogue = open_catalogue(sqlite_url(home))
    run_id = open_run(catalogue, "crawl")
    one = site_row(catalogue, SiteIdentity("site", None, None, ("https://www.spt.gov.cn/",)))
    note_site_run(catalogue, run_id, one, site, None)
    if status is not RunStatus.RUNNING:
        close_run(catalogue, run_id, status)
    catalogue.close()


@pytest.mark.parametrize(
    ("status", "site", "said"),
    [
        (RunStatus.DONE, RunStatus.DONE, "1 of 1 sites were done"),
        (RunStatus.DONE, RunStatus.FAILED, "0 of 1 sites were done"),
        (RunStatus.RUNNING, RunStatus.DONE, "goes on"),
    ],
)
def test_how_the_last_night_went(home: Path, status: RunStatus, site: RunStatus, said: str) -> None:
    crawled(home, status, site)
    assert faults(home) == []
    assert said in "\n".join(one.what for one in examine(home))


def test_a_crawl_that_was_broken_off(home: Path) -> None:
    crawled(home, RunStatus.INTERRUPTED)
    (fault,) = faults(home)
    assert "ended as interrupted" in fault.what
    assert "goes on" in fault.fix


def test_alarms_and_notices_that_wait(home: Path) -> None:
    catalogue = open_catalogue(sqlite_url(home))
    settle(catalogue, [Raise("disk_full", "disk", None, {"free": 1, "growth": 1}, 1)], (), date(2026, 11, 21))
    with catalogue.writing() as session:
        values = {"topic": "alarm", "line": "x", "attempts": 5, "created_at": "2026-11-21T00:00:00Z"}
        session.add(Notice(channel="team", event="alarm 1", state="failed", **values))
    catalogue.close()
    said = "\n".join(one.what for one in examine(home))
    assert "1 alarms are open" in said
    assert "team: 1 events could not be delivered" in said


def test_an_address_that_is_missing_or_open_to_others(home: Path) -> None:
    with (home / "nianbao.toml").open("a", encoding="utf-8") as file:
        file.write('\n[[notices]]\nname = "team"\nurl_file = "team"\n')
    (fault,) = faults(home)
    assert "cannot be read" in fault.what
    (home / "team").write_text("json://127.0.0.1/", encoding="utf-8")
    (home / "team").chmod(0o644)
    assert [one.fix for one in faults(home)] == [f"chmod 600 {home / 'team'}"]
    (home / "team").chmod(0o600)
    assert faults(home) == []


def test_for_programs(home: Path) -> None:
    found = rows(home, "doctor")
    assert {row["state"] for row in found} == {"ok"}
    (home / "warc" / "x.warc.gz.open").touch()
    told = json.loads(nianbao(home, "doctor", "--json", code=1).stdout)
    (fault,) = (row for row in told if row["state"] == "fault")
    assert fault["fix"] == "if no crawl is running: nianbao mend"
