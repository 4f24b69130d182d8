"""What a run fetches: its records, its rows, and how the two hold together."""

from __future__ import annotations

import gzip
import hashlib
import re
import threading
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fetches import BODY, HOST, NIGHT, URL, fetched, not_modified, recorder
from sqlalchemy import func, select, text
from warcio.archiveiterator import ArchiveIterator

from archive.capture import Kind, ListedItem, ListingSeen, Via
from archive.catalogue.engine import Catalogue
from archive.catalogue.models import Blob, Capture, Listing, Resource, Sighting
from archive.recorder import BlobMissing, FixityError, read_blob
from archive.warc.reader import RecordUnreadable, read_payload
from archive.warc.writer import ArchiveUnwritable


def captures(catalogue: Catalogue) -> Sequence[Capture]:
    with catalogue.reading() as session:
        return session.scalars(select(Capture).order_by(Capture.capture_id)).all()


def count(catalogue: Catalogue, table: Any) -> int | None:
    with catalogue.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_a_row_tells_what_was_fetched_and_where_it_stands(catalogue: Catalogue, home: Path) -> None:
    with recorder(catalogue, home) as record:
        record.add(fetched(etag='"1"', last_modified="Fri, 20 Nov 2026 01:00:00 GMT"))
    (row,) = captures(catalogue)
    assert row.fetched_at == "2026-11-21T02:30:00Z"
    assert (row.status, row.verdict, row.via, row.reason) == (200, "ok", "http", None)
    assert (row.sha256, row.size, row.media_type) == (digest_of(BODY), len(BODY), "text/html")
    assert (row.etag, row.last_modified) == ('"1"', "Fri, 20 Nov 2026 01:00:00 GMT")
    assert row.record_type == "response"
    assert row.warc_file
    assert row.warc_offset
    assert (home / row.warc_file).is_file()
    assert read_payload(home, row.warc_file, row.warc_offset) == BODY
    assert read_blob(catalogue, home, digest_of(BODY)) == BODY
    with catalogue.reading() as session:
        resource = session.get_one(Resource, row.resource_id)
        assert (resource.url, resource.host, resource.kind) == (URL, HOST, "article")
        assert resource.surt == "cn,gov,spt)/a.html"
        blob = session.get_one(Blob, digest_of(BODY))
        assert (blob.size, blob.media_type) == (len(BODY), "text/html")


def test_a_coded_body_is_one_blob_with_the_plain_one(catalogue: Catalogue, home: Path) -> None:
    coded = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
    with recorder(catalogue, home) as record:
        record.add(fetched(head=coded, sent=gzip.compress(BODY, mtime=0)))
        record.add(fetched(f"https://{HOST}/b.html"))
    assert [row.sha256 for row in captures(catalogue)] == [digest_of(BODY)] * 2
    assert [row.record_type for row in captures(catalogue)] == ["response"] * 2
    assert count(catalogue, Blob) == 1
    assert read_blob(catalogue, home, digest_of(BODY)) == BODY


def test_the_same_bytes_under_another_coding_are_another_file(catalogue: Catalogue, home: Path) -> None:
    """A .gz file for download, then the same bytes as the coding of a page: each can be had again."""
    packed = gzip.compress(BODY, mtime=0)
    coded = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
    with recorder(catalogue, home) as record:
        record.add(fetched(f"https://{HOST}/a.gz", packed))
        record.add(fetched(head=coded, sent=packed))
    assert read_blob(catalogue, home, digest_of(packed)) == packed
    assert read_blob(catalogue, home, digest_of(BODY)) == BODY


def test_nothing_is_committed_before_the_flush(catalogue: Catalogue, home: Path) -> None:
    with recorder(catalogue, home) as record:
        record.add(fetched())
        record.add_listing(_listing())
        assert captures(catalogue) == []
        assert count(catalogue, Listing) == 0
        record.flush()
        assert len(captures(catalogue)) == 1
        assert count(catalogue, Listing) == 1


def test_the_record_is_synced_before_its_row_is_committed(
    catalogue: Catalogue, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the disk refuses the sync there is no row that could point past what it holds."""

    def refuse(_: int) -> None:
        raise OSError("no space left on device")

    record = recorder(catalogue, home)
    record.add(fetched())
    monkeypatch.setattr("archive.warc.writer.os.fsync", refuse)
    with pytest.raises(ArchiveUnwritable, match="no space"):
        record.flush()
    assert captures(catalogue) == []


def test_a_full_batch_is_flushed_by_itself(catalogue: Catalogue, home: Path) -> None:
    with recorder(catalogue, home, batch=3) as record:
        for number in range(4):
            record.add(fetched(f"https://{HOST}/{number}.html"))
        assert len(captures(catalogue)) == 3
    assert len(captures(catalogue)) == 4


@pytest.mark.parametrize("runs", [1, 2])
def test_identical_bytes_become_a_revisit(catalogue: Catalogue, home: Path, runs: int) -> None:
    """Within one run, and of what an earlier run stored."""
    second = fetched(f"https://{HOST}/b.html", at=NIGHT + timedelta(hours=1))
    with recorder(catalogue, home) as record:
        record.add(fetched())
        if runs == 1:
            record.add(second)
    if runs == 2:
        with recorder(catalogue, home) as record:
            record.add(second)
    first, again = captures(catalogue)
    assert (first.record_type, again.record_type) == ("response", "revisit")
    assert first.sha256 == again.sha256 == digest_of(BODY)
    assert again.warc_file is not None
    assert again.warc_offset is not None
    with (home / again.warc_file).open("rb") as stream:
        stream.seek(again.warc_offset)
        headers = next(iter(ArchiveIterator(stream))).rec_headers
    assert headers.get_header("WARC-Refers-To-Target-URI") == URL
    assert headers.get_header("WARC-Refers-To-Date") == "2026-11-21T02:30:00Z"
    assert headers.get_header("WARC-Payload-Digest") == first.payload_digest
    assert read_blob(catalogue, home, digest_of(BODY)) == BODY


def test_an_empty_body_refers_to_nothing(catalogue: Catalogue, home: Path) -> None:
    with recorder(catalogue, home) as record:
        record.add(fetched(body=b""))
        record.add(fetched(f"https://{HOST}/b.html", body=b""))
    assert [row.record_type for row in captures(catalogue)] == ["response"] * 2


def test_known_is_the_newest_good_answer_of_earlier_runs(catalogue: Catalogue, home: Path) -> None:
    with recorder(catalogue, home) as record:
        assert record.known(URL) is None
        record.add(fetched(body=b"old", etag='"1"'))
    with recorder(catalogue, home) as record:
        record.add(fetched(body=b"new", etag='"2"'))
        record.add(fetched(body=b"blocked", etag='"3"', verdict="blocked", status=403))
    with recorder(catalogue, home) as record:
        known = record.known(URL)
        assert known is not None
        assert (known.sha256, known.etag) == (digest_of(b"new"), '"2"')
        assert record.known_body(URL) == b"new"
        assert record.known(f"https://{HOST}/b.html") is None


def test_known_tells_of_what_this_run_has_not_committed_yet(catalogue: Catalogue, home: Path) -> None:
    with recorder(catalogue, home) as record:
        record.add(fetched())
        assert record.known_body(URL) == BODY


def test_a_304_stands_for_the_bytes_that_are_known(catalogue: Catalogue, home: Path) -> None:
    with recorder(catalogue, home) as record:
        record.add(fetched(etag='"1"'))
    with recorder(catalogue, home) as record:
        record.add(not_modified(NIGHT + timedelta(days=1)))
    _, row = captures(catalogue)
    assert (row.status, row.verdict, row.record_type) == (304, "not_modified", "revisit")
    assert row.sha256 == digest_of(BODY)
    with recorder(catalogue, home) as record:
        known = record.known(URL)
        assert known is not None
        assert known.etag == '"1"'


def test_an_answer_that_never_came_is_a_row_and_a_metadata_record(catalogue: Catalogue, home: Path) -> None:
    with recorder(catalogue, home) as record:
        record.add(
            fetched(
                exchange=None, status=None, body=None, media_type=None, verdict="error", reason="timed out"
            )
        )
    (row,) = captures(catalogue)
    assert (row.verdict, row.reason, row.status, row.sha256) == ("error", "timed out", None, None)
    assert row.record_type == "metadata"
    (path,) = (home / "warc").glob("*/*.warc.gz")
    told = [r for r in ArchiveIterator(path.open("rb")) if r.rec_type == "metadata"]
    assert [r.rec_headers.get_header("Nianbao-Verdict") for r in told] == ["error"]
    assert [r.rec_headers.get_header("Nianbao-Reason") for r in told] == ["timed out"]


def test_a_page_that_led_to_a_file_is_its_parent(catalogue: Catalogue, home: Path) -> None:
    with recorder(catalogue, home) as record:
        record.add(fetched())
        record.add(fetched(f"https://{HOST}/P1.pdf", b"%PDF", kind=Kind.ATTACHMENT, parent_url=URL))
        record.flush()
        record.add(fetched(f"https://{HOST}/P2.pdf", b"%PDF-", kind=Kind.ATTACHMENT, parent_url=URL))
    with catalogue.reading() as session:
        page, *files = session.scalars(select(Resource).order_by(Resource.resource_id))
    assert page.parent_id is None
    assert [file.parent_id for file in files] == [page.resource_id] * 2


def test_a_file_that_a_person_gave(catalogue: Catalogue, home: Path) -> None:
    with recorder(catalogue, home) as record:
        record.add_file("file:///tmp/report.pdf", "application/pdf", b"%PDF-1.4")
    (row,) = captures(catalogue)
    assert (row.via, row.verdict, row.record_type, row.status) == (Via.IMPORT, "ok", "resource", None)
    assert read_blob(catalogue, home, digest_of(b"%PDF-1.4")) == b"%PDF-1.4"


def _listing() -> ListingSeen:
    return ListingSeen(
        url=f"https://{HOST}/nb/",
        column_name="政府信息公开年报",
        family="trs",
        pages_declared=2,
        pages_seen=1,
        complete=False,
        items=(
            ListedItem(URL, "2023年年报", "2024-01-31"),
            ListedItem(f"https://{HOST}/b.html", "2022年年报", None),
        ),
    )


def test_a_listing_is_kept_with_what_it_showed(catalogue: Catalogue, home: Path) -> None:
    with recorder(catalogue, home) as record:
        record.add_listing(_listing())
    with catalogue.reading() as session:
        listing = session.scalars(select(Listing)).one()
        rows = session.scalars(select(Sighting).order_by(Sighting.position)).all()
    assert (listing.url, listing.column_name, listing.family) == (
        f"https://{HOST}/nb/",
        "政府信息公开年报",
        "trs",
    )
    assert (listing.pages_declared, listing.pages_seen, listing.complete) == (2, 1, False)
    assert listing.seen_at == "2026-11-21T02:30:00Z"
    assert [(r.url, r.title, r.shown_date, r.position) for r in rows] == [
        (URL, "2023年年报", "2024-01-31", 0),
        (f"https://{HOST}/b.html", "2022年年报", None, 1),
    ]
    assert {r.listing_id for r in rows} == {listing.listing_id}


@pytest.mark.parametrize("digests", [True, False], ids=["digests", "no digests"])
def test_one_flipped_byte_is_seen(catalogue: Catalogue, home: Path, digests: bool) -> None:
    """Stored without compression: only the digests can notice it, the record's and then the blob's."""
    with recorder(catalogue, home) as record:
        record.add(fetched(body=b"the number is 17"))
    (row,) = captures(catalogue)
    assert row.warc_file
    path = home / row.warc_file
    plain = gzip.decompress(path.read_bytes()).replace(b"the number is 17", b"the number is 18")
    if not digests:
        plain = re.sub(rb"WARC-(?:Block|Payload)-Digest: [^\r]*\r\n", b"", plain)
    path.write_bytes(plain)
    with catalogue.writing() as session:
        place = plain.index(b"WARC/1.1\r\nWARC-Type: response")
        session.execute(text("UPDATE capture SET warc_offset = :place"), {"place": place})
    expected = (RecordUnreadable, "digest") if digests else (FixityError, "no longer holds")
    with pytest.raises(expected[0], match=expected[1]):
        read_blob(catalogue, home, digest_of(b"the number is 17"))


def test_any_damage_to_the_file_is_an_error_and_never_other_bytes(catalogue: Catalogue, home: Path) -> None:
    with recorder(catalogue, home) as record:
        record.add(fetched())
    (row,) = captures(catalogue)
    assert row.warc_file
    assert row.warc_offset
    assert row.warc_length
    path = home / row.warc_file
    whole = path.read_bytes()
    refused = 0
    for place in range(row.warc_offset, row.warc_offset + row.warc_length, 5):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :])
        try:
            assert read_blob(catalogue, home, digest_of(BODY)) == BODY
        except (FixityError, RecordUnreadable):
            refused += 1
    assert refused > row.warc_length / 5 / 2


def test_bytes_that_were_never_stored_are_missing(catalogue: Catalogue, home: Path) -> None:
    with pytest.raises(BlobMissing, match="ab" * 32):
        read_blob(catalogue, home, "ab" * 32)


def test_two_at_once_with_the_same_urls_do_not_clash(catalogue: Catalogue, home: Path) -> None:
    """Each names the URLs in the other's order: on PostgreSQL that is how two can block one another."""
    urls = [f"https://{HOST}/{number}.html" for number in range(150)]
    errors: list[BaseException] = []
    ready = threading.Barrier(2)

    def crawl(order: list[str]) -> None:
        own = Catalogue(catalogue.url)
        try:
            with recorder(own, home, batch=1000) as record:
                for url in order:
                    record.add(fetched(url, url.encode(), parent_url=order[0]))
                ready.wait()
        except Exception as error:  # noqa: BLE001 - whatever it was is told by the test
            errors.append(error)
        finally:
            own.close()

    threads = [threading.Thread(target=crawl, args=(order,)) for order in (urls, urls[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert count(catalogue, Resource) == len(urls)
    assert count(catalogue, Blob) == len(urls)
    assert count(catalogue, Capture) == 2 * len(urls)
    for url in urls[::50]:
        assert read_blob(catalogue, home, digest_of(url.encode())) == url.encode()


def test_a_server_may_say_anything(catalogue: Catalogue, home: Path) -> None:
    """What a hostile server sends in its headers costs no other capture of the batch."""
    with recorder(catalogue, home) as record:
        record.add(fetched())
        record.add(
            fetched(
                f"https://{HOST}/b.html",
                b"other",
                media_type="text/" + "x" * 500,
                etag='"\0' + "e" * 5000,
                last_modified="\0",
            )
        )
    assert [row.verdict for row in captures(catalogue)] == ["ok", "ok"]
    assert read_blob(catalogue, home, digest_of(b"other")) == b"other"
