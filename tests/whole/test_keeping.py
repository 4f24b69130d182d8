"""Looking after an archive through the command line: proving it, mending it, and losing its catalogue."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.whole.conftest import TwoNights, nianbao, rows


@pytest.fixture
def copy(two_nights: TwoNights, tmp_path: Path) -> Path:
    """A home of one's own, to be damaged."""
    return Path(shutil.copytree(two_nights.home, tmp_path / "home"))


def test_what_was_crawled_is_proved(copy: Path) -> None:
    assert "0 things wrong" in nianbao(copy, "verify").stdout
    assert "0 things wrong" in nianbao(copy, "verify", "--within", "30").stdout
    assert "1 files" in nianbao(copy, "verify", "--sample", "1").stdout
    assert "0 files" in nianbao(copy, "verify", "--since", "2999-01-01").stdout


def test_damage_is_named_and_the_exit_code_is_1(copy: Path) -> None:
    path = sorted((copy / "warc").rglob("*.gz"))[0]
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    done = nianbao(copy, "verify", code=1)
    assert path.name in done.stdout
    assert "at byte" in done.stdout


def test_choices_that_contradict_are_refused(copy: Path) -> None:
    assert "only one of" in nianbao(copy, "verify", "--sample", "5", "--within", "3", code=2).stderr
    assert "per cent" in nianbao(copy, "verify", "--sample", "0", code=2).stderr


def test_mending_a_sound_archive_finds_nothing(copy: Path) -> None:
    assert "0 captures and 0 lists" in nianbao(copy, "mend").stdout


def test_a_lost_catalogue_is_made_again_and_answers_the_same(copy: Path, two_nights: TwoNights) -> None:
    assert "not empty" in nianbao(copy, "mend", "--from-warc", code=2).stderr
    for path in copy.glob("catalogue.sqlite3*"):
        path.unlink()
    nianbao(copy, "mend", "--from-warc")
    nianbao(copy, "parse")
    for question in (("reports",), ("facts",), ("checks",), ("changes",)):
        again = [_lasting(row) for row in rows(copy, *question)]
        assert again == [_lasting(row) for row in rows(two_nights.home, *question)], question
    assert "0 things wrong" in nianbao(copy, "verify").stdout


def _lasting(row: dict[str, object]) -> dict[str, object]:
    """A row without what says when we learnt it, and without numbers that are given anew."""
    return {k: v for k, v in row.items() if k not in ("recorded_at", "report_id", "change_id")}


def test_a_backup_is_proved_and_answers_the_same_when_it_is_back(
    copy: Path, two_nights: TwoNights, tmp_path: Path
) -> None:
    backups, back = tmp_path / "backups", tmp_path / "back"
    assert "0 of them" not in nianbao(copy, "backup", str(backups), "--keep", "2").stdout
    assert "as it was written" in nianbao(copy, "restore", str(backups), "--check").stdout
    assert "is not empty" in nianbao(copy, "restore", str(backups), code=2).stderr
    assert "are back in" in nianbao(back, "restore", str(backups)).stdout
    for question in (("reports",), ("facts",), ("changes",), ("runs",)):
        assert rows(back, *question) == rows(two_nights.home, *question), question
    assert "0 things wrong" in nianbao(back, "verify").stdout


def test_a_damaged_backup_says_so_and_exits_with_1(copy: Path, tmp_path: Path) -> None:
    nianbao(copy, "backup", str(tmp_path / "backups"), "--copy")
    path = next((tmp_path / "backups").rglob("*.warc.gz"))
    path.write_bytes(path.read_bytes()[:-1])
    for words in (("--check",), ()):
        assert (
            path.name
            in nianbao(tmp_path / "back", "restore", str(tmp_path / "backups"), *words, code=1).stdout
        )
