"""Alarms through the command line: raised by a night, listed, acknowledged, over."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.whole.conftest import TwoNights, nianbao, rows


@pytest.fixture
def copy(two_nights: TwoNights, tmp_path: Path) -> Path:
    return Path(shutil.copytree(two_nights.home, tmp_path / "home"))


def fixity(home: Path, wrong: int) -> None:
    entry = {
        "number": 1,
        "at": "2026-11-20T00:00:00Z",
        "file": "warc/x.warc.gz",
        "size": 1,
        "sha256": "0" * 64,
    }
    (home / "fixity.jsonl").write_text(
        json.dumps({**entry, "wrong": wrong, "previous": "0" * 64}) + "\n", "utf-8"
    )


def test_an_alarm_from_its_beginning_to_its_end(copy: Path) -> None:
    fixity(copy, wrong=2)
    printed = nianbao(copy, "night", "--close").stdout
    assert "a file of the archive is damaged" in printed
    assert "do: Look at the disk" in printed
    (damaged,) = (one for one in rows(copy, "alarms") if one["kind"] == "fixity")
    assert (damaged["state"], damaged["subject"]) == ("open", "warc/x.warc.gz")
    nianbao(copy, "night", "--close")
    assert len([one for one in rows(copy, "alarms", "--all") if one["kind"] == "fixity"]) == 1
    assert "acknowledged" in nianbao(copy, "alarms", "ack", str(damaged["alarm_id"]), "--by", "李").stdout
    assert "acknowledged by 李" in nianbao(copy, "alarms").stdout
    fixity(copy, wrong=0)
    nianbao(copy, "night", "--close")
    assert [one for one in rows(copy, "alarms") if one["kind"] == "fixity"] == []
    (over,) = (one for one in rows(copy, "alarms", "--all") if one["kind"] == "fixity")
    assert over["state"] == "closed"
    assert rows(copy, "sql", "SELECT state FROM alarms WHERE kind = 'fixity'") == [{"state": "closed"}]


def test_the_night_leaves_its_page_and_tells_of_alarms(copy: Path) -> None:
    fixity(copy, wrong=1)
    told = json.loads(nianbao(copy, "night", "--close", "--json").stdout)
    (page,) = (copy / "reports").glob("*.html")
    assert page.stem == told["night"]
    assert json.loads(page.with_suffix(".json").read_text("utf-8"))["alarms"] == told["alarms"]
    (damaged,) = (one for one in told["alarms"] if one["kind"] == "fixity")
    assert damaged["do"].startswith("Look at the disk")
    html = page.read_text("utf-8")
    assert "档案文件损坏" in html
    assert "未处理" in html


def test_bad_words_are_refused(copy: Path) -> None:
    assert "ack" in nianbao(copy, "alarms", "forget", "3", code=2).stderr
    assert "ack" in nianbao(copy, "alarms", "ack", code=2).stderr
    assert "no open alarm" in nianbao(copy, "alarms", "ack", "99", code=2).stderr


def test_an_alarm_of_a_kind_that_is_no_more_is_shown_and_closed(copy: Path) -> None:
    with closing(sqlite3.connect(copy / "catalogue.sqlite3")) as catalogue:
        catalogue.execute(
            "INSERT INTO alarm (kind, subject, details, weight, raised_on, raised_at, seen_at) "
            "VALUES ('old', 'x', '{}', 1, '2026-11-01', '2026-11-01T00:00:00Z', '2026-11-01T00:00:00Z')"
        )
        catalogue.commit()
    assert "old, since" in nianbao(copy, "alarms").stdout
    nianbao(copy, "night", "--close")
    (over,) = (one for one in rows(copy, "alarms", "--all") if one["kind"] == "old")
    assert over["state"] == "closed"
