"""After a crash: torn files are cut, records get their rows, a lost catalogue comes back from its files."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from fetches import HOST, NIGHT, URL, fetched, not_modified, recorder
from sqlalchemy import text

from archive.capture import Kind, ListedItem, ListingSeen
from archive.catalogue.engine import Catalogue, create_catalogue, sqlite_url
from archive.mend import mend, mend_all
from archive.recorder import Recorder, read_blob
from archive.runs import RunStatus, SiteIdentity, open_run, running, site_row
from archive.warc.members import Member, walk

LATER = NIGHT + timedelta(days=1)
LISTING = ListingSeen(
    f"https://{HOST}/nb/", "政府信息公开年报", "trs", 2, 2, True, (ListedItem(URL, "年报", "2026-01-20"),)
)
EVIDENCE = {
    "captures": """SELECT url, fetched_at, via, status, verdict, sha256, media_type, size, warc_file,
        warc_offset FROM captures ORDER BY warc_file, warc_offset""",
    "details": """SELECT c.reason, c.etag, c.last_modified, c.record_type, c.payload_digest, c.warc_length,
        r.kind, p.url, r.surt, r.host FROM capture c JOIN resource r USING (resource_id)
        LEFT JOIN resource p ON p.resource_id = r.parent_id ORDER BY c.warc_file, c.warc_offset""",
    "blobs": "SELECT sha256, size, media_type FROM blob ORDER BY sha256",
    "listings": """SELECT l.url, column_name, family, pages_declared, pages_seen, complete, seen_at, s.url,
        s.title, s.shown_date, position
        FROM listing l JOIN sighting s USING (listing_id) ORDER BY l.url, position""",
    "runs": "SELECT run_id, kind, started_at FROM run ORDER BY run_id",
    "sites": "SELECT name, title, division_code, start FROM site ORDER BY name",
}


def evidence(catalogue: Catalogue) -> dict[str, list[Any]]:
    with catalogue.reading() as session:
        return {name: [tuple(r) for r in session.execute(text(q))] for name, q in EVIDENCE.items()}


def of_a_site(catalogue: Catalogue, home: Path, host: str = HOST) -> Recorder:
    site = SiteIdentity("spt", "沙坡头区人民政府", "640502", (f"https://{HOST}/",))
    run_id = open_run(catalogue, "crawl", lambda: NIGHT)
    site_id = site_row(catalogue, site)
    return Recorder(
        catalogue, home, run_id=run_id, host=host, software="test", site_id=site_id, clock=lambda: NIGHT
    )


def open_files(home: Path) -> list[Path]:
    return sorted((home / "warc").rglob("*.open"))


def whole_files(home: Path) -> list[Path]:
    return sorted((home / "warc").rglob("*.warc.gz"))


def left_open(catalogue: Catalogue, home: Path, tail: bytes = b"") -> Path:
    """A WARC file as a killed crawl leaves it: three captures written, the first two with rows."""
    record = of_a_site(catalogue, home)
    record.add(fetched())
    record.add(fetched(f"https://{HOST}/b.html", b"second", parent_url=URL))
    record.flush()
    record.add(fetched(f"https://{HOST}/c.html", b"third"))
    record._writer.sync()
    record._writer.abandon()
    (path,) = open_files(home)
    with path.open("ab") as stream:
        stream.write(tail)
    return path


def test_a_file_left_open_is_closed_and_its_records_get_their_rows(catalogue: Catalogue, home: Path) -> None:
    left_open(catalogue, home)
    done = mend(catalogue, home)
    (path,) = whole_files(home)
    assert done.closed == [path.relative_to(home).as_posix()]
    assert (done.rows, done.cuts, done.findings, open_files(home)) == (1, [], [], [])
    rows = evidence(catalogue)["captures"]
    assert [row[0] for row in rows] == [URL, f"https://{HOST}/b.html", f"https://{HOST}/c.html"]
    assert read_blob(catalogue, home, rows[2][5]) == b"third"


@pytest.mark.parametrize("length", [1, 9, 11, 100, 250])
def test_a_torn_tail_is_cut_off_and_kept_aside(catalogue: Catalogue, home: Path, length: int) -> None:
    path = left_open(catalogue, home)
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:length])
    done = mend(catalogue, home)
    (cut,) = done.cuts
    assert (cut.offset, cut.size) == (len(whole), length)
    assert (home / cut.kept_in).read_bytes() == whole[:length]
    (closed,) = whole_files(home)
    assert closed.read_bytes() == whole
    subprocess.run(["gzip", "-t", str(closed)], check=True)


def test_zeros_behind_the_last_record_are_cut_off(catalogue: Catalogue, home: Path) -> None:
    """As a power cut leaves a file whose length reached the disk and whose bytes did not."""
    left_open(catalogue, home, tail=bytes(4096))
    done = mend(catalogue, home)
    assert [cut.size for cut in done.cuts] == [4096]
    assert all(isinstance(member, Member) for member in walk(whole_files(home)[0]))


def test_sound_records_behind_a_hole_are_kept(catalogue: Catalogue, home: Path) -> None:
    path = left_open(catalogue, home)
    members = list(walk(path))
    whole = path.read_bytes()
    third = next(m.offset for m in members if b"/c.html" in m.data)
    path.write_bytes(whole[:third] + bytes(512) + whole[third:])
    done = mend(catalogue, home)
    assert (len(done.cuts), done.rows, done.findings) == (1, 1, [])
    assert whole_files(home)[0].read_bytes() == whole


def test_damage_before_a_record_with_a_row_stays_and_is_told(catalogue: Catalogue, home: Path) -> None:
    path = left_open(catalogue, home)
    damaged = bytearray(path.read_bytes())
    second = next(m.offset for m in walk(path) if b"/b.html" in m.data)
    damaged[second + 40] ^= 0xFF
    path.write_bytes(damaged)
    done = mend(catalogue, home)
    assert done.cuts == []
    assert whole_files(home)[0].read_bytes() == bytes(damaged)
    assert any(f"at byte {second}" in finding for finding in done.findings)
    assert any("where the catalogue has capture 2" in finding for finding in done.findings)


def test_a_file_with_no_whole_record_goes_and_its_bytes_are_kept(catalogue: Catalogue, home: Path) -> None:
    path = left_open(catalogue, home)
    mend(catalogue, home)
    other = path.with_name("nianbao-20261121T023100Z-run1-0002-www.spt.gov.cn.warc.gz.open")
    other.write_bytes(b"\x1f\x8b\x08\x00")
    done = mend(catalogue, home)
    assert open_files(home) == []
    assert (home / done.cuts[0].kept_in).read_bytes() == b"\x1f\x8b\x08\x00"


def test_mending_twice_changes_nothing(catalogue: Catalogue, home: Path) -> None:
    left_open(catalogue, home, tail=b"\x1f\x8b\x08torn")
    mend_all(catalogue, home)
    before = evidence(catalogue), [p.read_bytes() for p in sorted(home.rglob("*.gz"))]
    again = mend_all(catalogue, home)
    assert (again.closed, again.cuts, again.rows, again.listings, again.findings) == ([], [], 0, 0, [])
    assert (evidence(catalogue), [p.read_bytes() for p in sorted(home.rglob("*.gz"))]) == before


def test_a_living_writer_is_left_alone(catalogue: Catalogue, home: Path) -> None:
    record = recorder(catalogue, home)
    record.add(fetched())
    done = mend(catalogue, home)
    assert len(done.in_use) == 1
    assert len(open_files(home)) == 1
    record.close()
    assert len(whole_files(home)) == 1


def test_writers_that_come_and_go_while_it_mends_lose_nothing(home: Path) -> None:
    catalogue = create_catalogue(sqlite_url(home))
    writers = subprocess.Popen([sys.executable, "-c", MANY_WRITERS, str(home)])
    while writers.poll() is None:
        assert mend(catalogue, home).findings == []
    assert writers.returncode == 0
    mend(catalogue, home)
    assert not open_files(home)
    assert len(whole_files(home)) == 200
    for path in whole_files(home):
        assert [type(member) for member in walk(path)] == [Member, Member]


MANY_WRITERS = """
import sys
from pathlib import Path
from archive.warc.writer import WarcWriter
for number in range(200):
    with WarcWriter(Path(sys.argv[1]), run_id=number, host="h", software="test") as writer:
        writer.store_note("http://h/", "2026-11-21T00:00:00Z", {})
        writer.sync()
"""


def test_a_run_whose_process_died_is_closed_as_interrupted(catalogue: Catalogue, home: Path) -> None:
    with running(catalogue, home, "crawl", lambda: NIGHT) as alive:
        code = (
            "import sys, os; from pathlib import Path; from archive.catalogue.engine import open_catalogue\n"
            "from archive.runs import running\n"
            "with running(open_catalogue(sys.argv[1]), Path(sys.argv[2]), 'crawl') as run:\n"
            "    print(run.run_id, flush=True); os.kill(os.getpid(), 9)\n"
        )
        url = catalogue.engine.url.render_as_string(hide_password=False)
        dead = subprocess.run([sys.executable, "-c", code, url, str(home)], capture_output=True, text=True)
        assert mend(catalogue, home).runs == [int(dead.stdout)]
        alive.status = RunStatus.DONE
    with catalogue.reading() as session:
        states = {row.run_id: row.status for row in session.execute(text("SELECT run_id, status FROM run"))}
    assert states == {alive.run_id: "done", int(dead.stdout): "interrupted"}


def test_a_lost_catalogue_comes_back_from_the_warc_files_alone(catalogue: Catalogue, home: Path) -> None:
    with of_a_site(catalogue, home) as record:
        record.add(fetched(etag='"1"', last_modified="Fri, 20 Nov 2026 02:30:00 GMT", head=WITH_VALIDATORS))
        record.add(fetched(f"https://{HOST}/b.pdf", b"%PDF", kind=Kind.ATTACHMENT, parent_url=URL))
        record.add(fetched(f"https://{HOST}/copy.html"))
        record.add(
            fetched(
                f"https://{HOST}/robots.txt",
                exchange=None,
                status=None,
                body=None,
                media_type=None,
                verdict="error",
                reason="did not answer\nin time",
                kind=Kind.ROBOTS,
            )
        )
        record.add_listing(LISTING)
    with of_a_site(catalogue, home) as record:
        record.add(not_modified(LATER))
        record.add_file("file:///report.pdf", "application/pdf", b"%PDF-1.4 given")
    before = evidence(catalogue)
    before["details"] = [(" ".join(r[0].split()) if r[0] else None, *r[1:]) for r in before["details"]]

    elsewhere = home / "rebuilt"
    elsewhere.mkdir()
    fresh = create_catalogue(sqlite_url(elsewhere))
    done = mend_all(fresh, home)
    assert done.findings == []
    assert evidence(fresh) == before
    fresh.close()


WITH_VALIDATORS = (
    b'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nETag: "1"\r\n'
    b"Last-Modified: Fri, 20 Nov 2026 02:30:00 GMT\r\n\r\n"
)


def test_rows_lost_with_an_older_backup_come_back(catalogue: Catalogue, home: Path) -> None:
    with of_a_site(catalogue, home) as record:
        record.add(fetched())
    with of_a_site(catalogue, home) as record:
        record.add(fetched(f"https://{HOST}/b.html", b"second"))
        record.add_listing(LISTING)
    before = evidence(catalogue)
    with catalogue.writing() as session:
        session.execute(text("DELETE FROM sighting"))
        session.execute(text("DELETE FROM listing"))
        session.execute(text("DELETE FROM capture WHERE run_id = (SELECT max(run_id) FROM run)"))
        session.execute(text("DELETE FROM run WHERE run_id = (SELECT max(run_id) FROM run)"))
    done = mend_all(catalogue, home)
    assert (done.rows, done.listings, done.findings) == (1, 1, [])
    assert evidence(catalogue) == before
    assert open_run(catalogue, "crawl") == max(row[0] for row in before["runs"]) + 1


def test_a_file_that_is_gone_is_told(catalogue: Catalogue, home: Path) -> None:
    with recorder(catalogue, home) as record:
        record.add(fetched())
    (path,) = whole_files(home)
    os.unlink(path)
    assert any(f"{path.name} is missing" in finding for finding in mend_all(catalogue, home).findings)


def test_every_cut_of_a_file_is_mended(home: Path) -> None:
    """Wherever the writing stopped, what remains is a row of whole members, and a part of the original."""
    catalogue = create_catalogue(sqlite_url(home))
    path = left_open(catalogue, home)
    whole, name = path.read_bytes(), path.name
    with catalogue.writing() as session:
        session.execute(text("DELETE FROM capture"))
    ends = {0} | {m.offset + m.length for m in walk(path) if isinstance(m, Member)}
    for length in sorted(Random(3).sample(range(len(whole)), 60)):
        for old in (home / "warc").rglob("*.warc.gz*"):
            old.unlink()
        (path.parent / name).write_bytes(whole[:length])
        mend(catalogue, home)
        kept = b"".join(p.read_bytes() for p in whole_files(home))
        assert len(kept) == max(end for end in ends if end <= length)
        assert whole.startswith(kept)
        with catalogue.writing() as session:
            session.execute(text("DELETE FROM capture"))
    catalogue.close()
