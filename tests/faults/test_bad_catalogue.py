"""A catalogue that cannot be used just now, or by this release: said in one line, and nothing is lost."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from archive.catalogue import engine
from archive.catalogue.engine import SQLITE_NAME
from nianbao import cli
from nianbao.replica import REPORTS, render_html
from tests.whole.conftest import nianbao, rows

(REPORT,) = (r for r in REPORTS if (r.agency, r.year) == ("吴忠市民政局", 2023))
NAME = "吴忠市民政局 2023"
CORRECTION = ("correct", NAME, "requests/received/total", "5", "--reason", "the scan shows 5", "--by", "me")


def make_home(home: Path) -> None:
    """A home with one report."""
    file = home.parent / "report.html"
    html = render_html(REPORT)
    file.write_text(
        f"<html><head><title>{REPORT.title}</title></head><body><div id='zoom'>{html}</div></body></html>",
        encoding="utf-8",
    )
    nianbao(home, "init", "--contact", "https://example.org/crawler")
    nianbao(home, "import", str(file), "--url", "http://www.wuzhong.example/1.html")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("made") / "home"
    make_home(home)
    return home


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "home"))


def whole(home: Path) -> list[list[Any]]:
    """All that was stored and all that is told."""
    with closing(sqlite3.connect(home / SQLITE_NAME)) as connection:
        tables = ("capture", "extraction", "fact", "correction", "reports", "facts", "changes")
        return [connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables]


def in_process(monkeypatch: pytest.MonkeyPatch, home: Path, *words: str) -> int:
    """The exit code of the program, run here so that it waits no minute for a lock."""
    monkeypatch.setattr(sys, "argv", ["nianbao", "--home", str(home), *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_a_catalogue_that_another_program_writes_to(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.05)
    before = whole(home)
    with closing(sqlite3.connect(home / SQLITE_NAME, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("DELETE FROM change")
        assert in_process(monkeypatch, home, *CORRECTION) == 1
        assert "is writing to the catalogue: run this again" in capsys.readouterr().err
        assert len(rows(home, "changes")) == len(before[-1])  # reading waits for nobody
        other.execute("ROLLBACK")
    assert whole(home) == before
    nianbao(home, *CORRECTION)
    nianbao(home, "rebuild", "--check")


def test_a_catalogue_of_a_newer_release_is_left_alone(home: Path) -> None:
    with closing(sqlite3.connect(home / SQLITE_NAME)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    before = (home / SQLITE_NAME).read_bytes()
    for words in (("reports",), ("parse",), ("migrate",), CORRECTION):
        assert "upgrade nianbao" in nianbao(home, *words, code=2).stderr, words
    assert (home / SQLITE_NAME).read_bytes() == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", "77"), "no report is called"),
        (("history", "吴忠市财政局"), "no report is called"),
        (("facts", "--seen", "2026-02-30"), "is no date"),
        (("checks", "--known", "tomorrow"), "is no date"),
        (("sql", "DELETE FROM report"), "only reading"),
        (("sql", "SELECT 1; DELETE FROM report"), "one statement at a time"),
        (("sql", "PRAGMA user_version = 7"), "only reading"),
        (("sql", "SELECT missing FROM reports"), "no such column"),
        (
            ("sql", "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
             "--seconds", "0.2"),
            "stopped after 0.2 s",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_told_and_changes_nothing(
    made: Path, words: tuple[str, ...], said: str
) -> None:
    before = whole(made)
    assert said in nianbao(made, *words, code=2).stderr
    assert whole(made) == before


# ------------------------------------------------------------------ a full disk


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own that can be filled."""
    if os.geteuid() != 0:
        pytest.skip("NOT TESTED: only root can mount a small disk; run as root")
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)]
    if subprocess.run(mount, check=False).returncode:
        pytest.skip("NOT TESTED: no tmpfs can be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_told_and_loses_nothing(disk: Path, made: Path) -> None:
    home = Path(shutil.copytree(made, disk / "home"))
    before = whole(home)
    filler = disk / "filler"
    filler.write_bytes(bytes(shutil.disk_usage(disk).free))
    assert "the disk is full" in nianbao(home, *CORRECTION, code=1).stderr
    filler.unlink()
    assert whole(home) == before
    nianbao(home, *CORRECTION)
    nianbao(home, "rebuild", "--check")
    assert "0 things wrong" in nianbao(home, "verify").stdout
