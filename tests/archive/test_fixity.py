"""Every byte is as it was written, or `verify` says which is not."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from fetches import HOST, NIGHT, fetched, not_modified, recorder
from sqlalchemy import text

from archive.catalogue.engine import Catalogue, create_catalogue, sqlite_url
from archive.fixity import (
    Verification,
    Verified,
    all_files,
    files_since,
    longest_unverified,
    sample_of,
    verify,
)
from archive.fixity_log import FixityLog
from archive.warc.manifest import NAME as MANIFEST

FLIPS = 200


def keep(catalogue: Catalogue, home: Path) -> None:
    """Three files: responses plain and coded, revisits in and across files, an error, a file given."""
    coded = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n"
    with recorder(catalogue, home) as record:
        record.add(fetched(etag='"1"'))
        record.add(fetched(f"https://{HOST}/b.html", bytes(range(256)) * 40))
        record.add(fetched(f"https://{HOST}/copy.html"))
        record.add(fetched(f"https://{HOST}/c.html", b"coded", head=coded, sent=gzip.compress(b"coded")))
    with recorder(catalogue, home) as record:
        record.add(not_modified(NIGHT + timedelta(days=1)))
        record.add(fetched(f"https://{HOST}/again.html"))
        record.add(fetched(exchange=None, status=None, body=None, media_type=None, verdict="error"))
    with recorder(catalogue, home) as record:
        record.add_file("file:///report.pdf", "application/pdf", b"%PDF-1.4")


def proved(
    catalogue: Catalogue, home: Path, files: list[Path] | None = None
) -> tuple[Verification, list[str]]:
    """The result, and everything that is wrong."""
    wrong: list[str] = []

    def tell(one: Verified, done: int, total: int) -> None:
        wrong.extend(one.wrong)

    result = verify(catalogue, home, all_files(home) if files is None else files, workers=1, progress=tell)
    return result, [*wrong, *result.wrong]


def test_a_clean_archive_has_nothing_wrong(catalogue: Catalogue, home: Path) -> None:
    keep(catalogue, home)
    result, wrong = proved(catalogue, home)
    assert wrong == []
    assert (result.files, result.size) == (3, sum(p.stat().st_size for p in all_files(home)))
    assert result.records > 12


def test_several_processes_find_the_same(catalogue: Catalogue, home: Path) -> None:
    keep(catalogue, home)
    damaged = all_files(home)[1]
    damaged.write_bytes(damaged.read_bytes()[:-3])
    found: list[str] = []
    files = all_files(home)
    result = verify(catalogue, home, files, workers=2, progress=lambda one, *_: found.extend(one.wrong))
    assert result.files == 3
    assert found
    assert all(damaged.name in line for line in found)


def test_every_flipped_bit_is_found_with_its_record(home: Path) -> None:
    catalogue = create_catalogue(sqlite_url(home))
    keep(catalogue, home)
    chance = Random(5)
    files = all_files(home)
    for _ in range(FLIPS):
        path = chance.choice(files)
        whole = path.read_bytes()
        at = chance.randrange(len(whole))
        flipped = bytearray(whole)
        flipped[at] ^= 1 << chance.randrange(8)
        path.write_bytes(flipped)
        _, wrong = proved(catalogue, home, [path])
        start = max(o for o in _starts(whole) if o <= at)
        assert any(line.startswith(path.relative_to(home).as_posix()) for line in wrong), (path, at)
        named = any(f"at byte {start} " in line for line in wrong)
        filling = [line for line in wrong if "bits that hold nothing" in line]
        assert named or filling == wrong, (path, at, wrong)
        path.write_bytes(whole)
    _, wrong = proved(catalogue, home)
    assert wrong == []
    catalogue.close()


def _starts(data: bytes) -> list[int]:
    """Where members begin, found by inflating with the standard library."""
    import zlib

    starts, at = [], 0
    while at < len(data):
        starts.append(at)
        engine = zlib.decompressobj(31)
        engine.decompress(data[at:])
        at = len(data) - len(engine.unused_data)
    return starts


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("DELETE FROM capture WHERE capture_id = 2", "has no row; run `nianbao mend`"),
        ("UPDATE capture SET warc_offset = warc_offset + 1 WHERE capture_id = 2", "no record stands at byte"),
        ("UPDATE capture SET fetched_at = '2020-01-01T00:00:00Z' WHERE capture_id = 2", "differ in date"),
        ("UPDATE capture SET payload_digest = 'sha256:AA' WHERE capture_id = 1", "is not in the archive"),
        ("UPDATE capture SET sha256 = (SELECT sha256 FROM capture WHERE capture_id = 1) WHERE capture_id = 2",
         "no record carries sha256"),
    ],
)  # fmt: skip
def test_the_catalogue_and_the_files_are_compared_both_ways(
    catalogue: Catalogue, home: Path, statement: str, told: str
) -> None:
    keep(catalogue, home)
    with catalogue.reading() as session:
        first = session.scalar(text("SELECT min(capture_id) FROM capture"))
    with catalogue.writing() as session:
        for number in (1, 2):
            statement = statement.replace(f"capture_id = {number}", f"capture_id = {first + number - 1}")
        session.execute(text(statement))
    _, wrong = proved(catalogue, home)
    assert any(told in line for line in wrong), wrong


def test_a_file_taken_away_is_told_even_by_a_sample(catalogue: Catalogue, home: Path) -> None:
    keep(catalogue, home)
    gone, *left = all_files(home)
    gone.unlink()
    _, wrong = proved(catalogue, home, left)
    assert any(f"{gone.name} is missing" in line for line in wrong)
    assert any(f"{gone.name} is named in {MANIFEST} and not there" in line for line in wrong)


def test_a_file_that_a_dead_crawl_left_open_is_told_and_a_living_ones_is_not(
    catalogue: Catalogue, home: Path
) -> None:
    record = recorder(catalogue, home)
    record.add(fetched())
    record.flush()
    assert proved(catalogue, home)[1] == []
    record._writer.abandon()
    _, wrong = proved(catalogue, home)
    assert [line for line in wrong if "was left open by a crawl that ended: run `nianbao mend`" in line]


def test_a_changed_manifest_is_told(catalogue: Catalogue, home: Path) -> None:
    keep(catalogue, home)
    manifest = home / MANIFEST
    first = manifest.read_text().splitlines()[0]
    manifest.write_text(manifest.read_text().replace(first, "0" * 64 + first[64:]))
    _, wrong = proved(catalogue, home)
    assert [line for line in wrong if f"do not fit its line in {MANIFEST}" in line]


def test_the_log_is_chained_and_a_change_in_it_shows(catalogue: Catalogue, home: Path) -> None:
    keep(catalogue, home)
    proved(catalogue, home)
    proved(catalogue, home)
    log = home / "fixity.jsonl"
    lines = log.read_text().splitlines()
    assert [json.loads(line)["number"] for line in lines] == [1, 2, 3, 4, 5, 6]
    assert list(FixityLog(home).broken_links()) == []

    log.write_text("\n".join([*lines[:1], lines[1].replace('"wrong": 0', '"wrong": 1'), *lines[2:]]) + "\n")
    assert [line.split(":")[1] for line in FixityLog(home).broken_links()] == [
        " line 3 does not follow the line before it"
    ]
    log.write_text("\n".join([*lines[:2], *lines[3:]]) + "\n")
    assert len(list(FixityLog(home).broken_links())) >= 1


def test_a_torn_line_of_the_log_is_taken_off(catalogue: Catalogue, home: Path) -> None:
    keep(catalogue, home)
    proved(catalogue, home)
    log = home / "fixity.jsonl"
    log.write_bytes(log.read_bytes() + b'{"number": 4, "at"')
    proved(catalogue, home)
    assert list(FixityLog(home).broken_links()) == []
    assert len(log.read_text().splitlines()) == 6


def test_an_audit_reads_the_longest_unread_first(catalogue: Catalogue, home: Path) -> None:
    keep(catalogue, home)
    days: list[list[Path]] = []
    for day in range(3):
        days.append(longest_unverified(home, 3))
        verify(
            catalogue,
            home,
            days[-1],
            workers=1,
            progress=lambda *_: None,
            clock=lambda day=day: NIGHT + timedelta(days=day),
        )
    assert {path for day in days for path in day} == set(all_files(home))


def test_a_file_never_read_comes_first(catalogue: Catalogue, home: Path) -> None:
    keep(catalogue, home)
    first, unread, last = all_files(home)
    proved(catalogue, home, [first, last])
    assert longest_unverified(home, 1000) == [unread]


def test_some_files_can_be_chosen(catalogue: Catalogue, home: Path) -> None:
    keep(catalogue, home)
    assert files_since(home, NIGHT) == all_files(home)
    assert files_since(home, NIGHT + timedelta(days=1)) == []
    assert len(sample_of(home, 0.4, Random(1))) == 1
    assert sample_of(home, 1, Random(1)) == all_files(home)
