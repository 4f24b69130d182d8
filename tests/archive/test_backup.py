"""A backup holds the whole home at one moment, costs only what is new, and comes back proved."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from nights import FILE_URL, REPORT, URL, Archive, Got, page, pdf
from sqlalchemy import text

from archive.backup.catalogue import SnapshotFailed, find_program
from archive.backup.make import PARTIAL, BackedUp, BackupRefused, back_up
from archive.backup.manifest import BadBackup, Form, load
from archive.backup.restore import RestoreRefused, check, find_backup, restore
from archive.catalogue.copying import NotEmpty
from archive.catalogue.engine import Catalogue, open_catalogue, sqlite_url
from archive.history.rebuild import check as compared
from archive.mend import mend_all
from archive.recorder import Recorder, read_blob
from archive.runs import open_run
from nianbao.replica import render_pdf
from nianbao.replica.pages import attachment
from parsers.isolation import Readers

PDF = render_pdf(REPORT)
VIEWS = ("reports", "facts", "changes", "captures", "runs")


@pytest.fixture
def filled(archive: Archive) -> Archive:
    archive.night(Got(page(body=attachment(FILE_URL, "报告.pdf"))), pdf(PDF))
    (archive.home / "nianbao.toml").write_text("contact = 'x'\n", "utf-8")
    (archive.home / "logs").mkdir()
    (archive.home / "logs" / "night.log").write_text("one\n", "utf-8")
    return archive


@pytest.fixture
def empty_database(archive: Archive, request: pytest.FixtureRequest) -> str | None:
    """Where a catalogue of PostgreSQL is brought back to; None for SQLite, which comes into the home."""
    if archive.catalogue.is_sqlite:
        return None
    url: str = request.getfixturevalue("postgresql_url")
    return url


def at(hour: int) -> datetime:
    return datetime(2026, 11, 21, hour, tzinfo=UTC)


def made(archive: Archive, destination: Path, hour: int = 3, **options: object) -> BackedUp:
    dump = None if archive.catalogue.is_sqlite else find_program("pg_dump")
    given = {"dump": dump, **options}
    return back_up(archive.catalogue, archive.home, destination, clock=lambda: at(hour), **given)  # type: ignore[arg-type]


def answers(catalogue: Catalogue) -> dict[str, list[str]]:
    with catalogue.reading() as session:
        return {v: sorted(repr(tuple(r)) for r in session.execute(text(f"SELECT * FROM {v}"))) for v in VIEWS}


def opened(home: Path, url: str | None) -> Iterator[Catalogue]:
    catalogue = open_catalogue(url or sqlite_url(home))
    yield catalogue
    catalogue.close()


def test_a_home_comes_back_as_it_was(filled: Archive, tmp_path: Path, empty_database: str | None) -> None:
    done = made(filled, tmp_path / "backups")
    assert done.wrong == []
    assert done.folder == tmp_path / "backups" / "20261121T030000Z"
    assert done.form is (Form.SQLITE if filled.catalogue.is_sqlite else Form.PG_DUMP)
    back = tmp_path / "back"
    restored = restore(done.folder, back, empty_database)
    assert restored.wrong == []
    for copied in opened(back, empty_database):
        assert answers(copied) == answers(filled.catalogue)
        assert compared(copied) == []
        assert read_blob(copied, back, _sha256(filled)) == PDF
        assert mend_all(copied, back).findings == []
    assert (back / "nianbao.toml").read_text("utf-8") == "contact = 'x'\n"
    assert not (back / "logs" / "night.log").exists()


def test_rows_of_postgresql_serve_where_pg_dump_is_missing(
    filled: Archive, tmp_path: Path, empty_database: str | None
) -> None:
    if filled.catalogue.is_sqlite:
        pytest.skip("SQLite is copied by itself")
    done = made(filled, tmp_path / "backups", dump=None)
    assert done.form is Form.ROWS
    assert restore(done.folder, tmp_path / "back", empty_database).wrong == []
    for copied in opened(tmp_path / "back", empty_database):
        assert answers(copied) == answers(filled.catalogue)
    on_sqlite = tmp_path / "on-sqlite"
    with pytest.raises(RestoreRefused, match="--database"):
        restore(done.folder, on_sqlite)


def test_a_second_backup_links_what_has_not_changed(filled: Archive, tmp_path: Path) -> None:
    first = made(filled, tmp_path / "backups", links=False)
    filled.night(Got(page(body="<p>新的一页</p>"), url=f"{URL}?2"))
    second = made(filled, tmp_path / "backups", hour=4, links=False)
    ours = sorted(p.relative_to(first.folder) for p in first.folder.rglob("*.warc.gz"))
    assert ours
    for file in ours:
        assert (first.folder / file).samefile(second.folder / file)
        assert not (first.folder / file).samefile(filled.home / file)
    assert len(list(second.folder.rglob("*.warc.gz"))) == len(ours) + 1
    assert (first.folder / "nianbao.toml").samefile(second.folder / "nianbao.toml")
    assert not (first.folder / "manifest-sha256.txt").samefile(second.folder / "manifest-sha256.txt")
    third = made(filled, tmp_path / "backups", hour=5, keep=2)
    assert third.removed == [first.folder.name]
    assert sorted(p.name for p in (tmp_path / "backups").glob("2*")) == [
        second.folder.name,
        third.folder.name,
    ]
    assert list(check(second.folder)) == []
    assert find_backup(tmp_path / "backups") == third.folder


def test_on_one_file_system_closed_files_are_linked_and_no_others(filled: Archive, tmp_path: Path) -> None:
    done = made(filled, tmp_path / "backups")
    for path in done.folder.rglob("*"):
        file = path.relative_to(done.folder)
        if path.is_file() and (filled.home / file).exists():
            assert path.samefile(filled.home / file) == file.name.endswith(".warc.gz"), file


def test_the_sums_can_be_checked_without_nianbao(filled: Archive, tmp_path: Path) -> None:
    done = made(filled, tmp_path / "backups")
    told = subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=done.folder, check=False)
    assert told.returncode == 0


def test_what_is_damaged_is_named_and_the_rest_comes_back(
    filled: Archive, tmp_path: Path, empty_database: str | None
) -> None:
    done = made(filled, tmp_path / "backups", links=False)
    warc = next(done.folder.rglob("*.warc.gz"))
    with warc.open("r+b") as stream:
        stream.seek(100)
        stream.write(b"XX")
    (done.folder / "nianbao.toml").unlink()
    file = warc.relative_to(done.folder).as_posix()
    wrong = {f"{file} is damaged: its bytes are not those that were backed up"}
    wrong.add("nianbao.toml is missing from the backup")
    assert set(check(done.folder)) == wrong
    assert set(restore(done.folder, tmp_path / "back", empty_database).wrong) == wrong
    assert (tmp_path / "back" / file).read_bytes() == warc.read_bytes()


def test_a_damaged_catalogue_is_not_brought_back(filled: Archive, tmp_path: Path) -> None:
    done = made(filled, tmp_path / "backups")
    path = done.folder / load(done.folder).catalogue
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(RestoreRefused, match="mend --from-warc"):
        restore(done.folder, tmp_path / "back")
    assert not (tmp_path / "back").exists()


def test_nothing_is_written_over(filled: Archive, tmp_path: Path) -> None:
    done = made(filled, tmp_path / "backups")
    (tmp_path / "back").mkdir()
    (tmp_path / "back" / "mine").write_text("keep", "utf-8")
    with pytest.raises(RestoreRefused, match="not empty"):
        restore(done.folder, tmp_path / "back")
    if not filled.catalogue.is_sqlite:
        with pytest.raises(NotEmpty):
            restore(done.folder, tmp_path / "other", filled.catalogue.url)
    with pytest.raises(BackupRefused, match="in the home"):
        made(filled, filled.home / "backups")
    with pytest.raises(BadBackup, match="no backup"):
        find_backup(filled.home)


def test_damage_in_the_home_is_told_and_does_not_spoil_the_backup_before(
    filled: Archive, tmp_path: Path
) -> None:
    first = made(filled, tmp_path / "backups", links=False)
    warc = next(filled.home.rglob("*.warc.gz"))
    file = warc.relative_to(filled.home).as_posix()
    sound, times = warc.read_bytes(), warc.stat()
    warc.write_bytes(sound[:200] + b"XX" + sound[202:])
    os.utime(warc, ns=(times.st_atime_ns, times.st_mtime_ns))  # a disk that rots does not note the time
    second = made(filled, tmp_path / "backups", hour=4, links=False)
    assert (second.folder / file).read_bytes() == sound
    os.utime(warc)
    third = made(filled, tmp_path / "backups", hour=5, links=False)
    assert third.wrong == [f"{file} is damaged in the home: restore it from an older backup"]
    warc.unlink()
    fourth = made(filled, tmp_path / "backups", hour=6, links=False)
    assert fourth.wrong == [
        f"{file}, which the catalogue names, is not there: restore it from an older backup"
    ]
    assert (first.folder / file).read_bytes() == sound


def test_a_backup_that_was_broken_off_is_gone_on_with(filled: Archive, tmp_path: Path) -> None:
    destination = tmp_path / "backups"
    done = made(filled, destination, links=False)
    os.rename(done.folder, destination / PARTIAL)
    warc = next((destination / PARTIAL).rglob("*.warc.gz"))
    (destination / PARTIAL / "gone.txt").write_text("no longer in the home", "utf-8")
    inode = warc.stat().st_ino
    again = made(filled, destination, hour=4, links=False)
    assert (again.folder / warc.relative_to(destination / PARTIAL)).stat().st_ino == inode
    assert not (again.folder / "gone.txt").exists()
    assert list(check(again.folder)) == []


def test_a_backup_amid_a_crawl_comes_back_whole(
    filled: Archive, tmp_path: Path, empty_database: str | None, readers: Readers
) -> None:
    run_id = open_run(filled.catalogue, "crawl", lambda: at(2))
    recorder = Recorder(
        filled.catalogue,
        filled.home,
        run_id=run_id,
        host="www.wuzhong.example",
        software="t",
        clock=lambda: at(2),
    )
    first, second = (Got(page(visits=n), url=f"{URL}?{n}").fetched(at(2)) for n in (1, 2))
    recorder.add(first)
    recorder.flush()
    recorder.add(second)  # in the file, and not yet a row
    done = made(filled, tmp_path / "backups")
    recorder.close()
    assert done.wrong == []
    back = tmp_path / "back"
    assert restore(done.folder, back, empty_database).wrong == []
    for copied in opened(back, empty_database):
        mended = mend_all(copied, back)
        assert (len(mended.closed), mended.findings) == (1, [])
        assert _urls(copied) >= {first.url, second.url}
        with copied.reading() as session:
            assert session.scalar(text(f"SELECT status FROM run WHERE run_id = {run_id}")) == "interrupted"


def test_a_damaged_sqlite_catalogue_is_told(filled: Archive, tmp_path: Path) -> None:
    if not filled.catalogue.is_sqlite:
        pytest.skip("a file of SQLite")
    path = Path(str(filled.catalogue.engine.url.database))
    with filled.catalogue.writing() as session:
        session.execute(text("PRAGMA user_version = 1"))
    filled.catalogue.close()
    for rest in ("-wal", "-shm"):
        Path(f"{path}{rest}").unlink(missing_ok=True)
    data = bytearray(path.read_bytes())
    size = len(data)
    data[size // 2 : size // 2 + 20_000] = b"\xff" * 20_000
    path.write_bytes(bytes(data))
    with pytest.raises(SnapshotFailed, match="damaged"):
        made(filled, tmp_path / "backups")


def _sha256(archive: Archive) -> str:
    found: str = archive.one(f"SELECT sha256 FROM captures WHERE url = '{FILE_URL}'").sha256
    return found


def _urls(catalogue: Catalogue) -> set[str]:
    with catalogue.reading() as session:
        return set(session.scalars(text("SELECT url FROM captures")))
