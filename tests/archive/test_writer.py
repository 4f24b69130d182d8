"""WARC files as we write them, and as other people's tools read them."""

from __future__ import annotations

import base64
import gzip
import hashlib
import subprocess
import sys
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.recordloader import ArcWarcRecord

from archive.warc.exchange import Exchange, Original
from archive.warc.reader import RecordUnreadable, read_payload
from archive.warc.writer import WarcWriter, digest

NIGHT = datetime(2026, 11, 21, 2, 30, tzinfo=UTC)
URL = "https://www.spt.gov.cn/zwgk/t20240131_1.html"
BODY = "2023年政府信息公开工作年度报告".encode()
REQUEST = b"GET /zwgk/t20240131_1.html HTTP/1.1\r\nHost: www.spt.gov.cn\r\nX-odd:  two  spaces \r\n\r\n"
HEAD = (
    b"HTTP/1.1 200 \xba\xc3\xb5\xc4 OK!\r\n"  # a reason in GBK, as some servers send it
    b"Set-Cookie: JSESSIONID=1; path=/\r\n"
    b"set-cookie: token=2\r\n"
    b"Content-Type: text/html\r\n\r\n"
)


def exchange(response: bytes = HEAD + BODY, url: str = URL, request: bytes = REQUEST) -> Exchange:
    return Exchange(url=url, fetched_at=NIGHT, request=request, response=response, ip="192.0.2.7")


def writer(home: Path, run_id: int = 1, max_file_bytes: int = 1_000_000_000) -> WarcWriter:
    return WarcWriter(
        home,
        run_id=run_id,
        host="www.spt.gov.cn:8080",
        software="nianbao/test",
        clock=lambda: NIGHT,
        max_file_bytes=max_file_bytes,
    )


def files(home: Path) -> list[Path]:
    return sorted(path for path in (home / "warc").rglob("*") if path.is_file())


def raw_records(path: Path) -> Iterator[tuple[bytes, bytes]]:
    """Header and block of each record, split without the help of any WARC library."""
    data = path.read_bytes()
    while data:
        engine = zlib.decompressobj(31)
        record = engine.decompress(data)
        assert engine.eof
        head, _, rest = record.partition(b"\r\n\r\n")
        assert rest.endswith(b"\r\n\r\n")
        yield head, rest[:-4]
        data = engine.unused_data


def records(path: Path) -> list[tuple[ArcWarcRecord, bytes]]:
    """The records as warcio reads them."""
    with path.open("rb") as stream:
        return [(record, record.content_stream().read()) for record in ArchiveIterator(stream)]


def field(record: ArcWarcRecord, name: str) -> str | None:
    value: str | None = record.rec_headers.get_header(name)
    return value


def sha256(data: bytes) -> str:
    return "sha256:" + base64.b32encode(hashlib.sha256(data).digest()).decode()


def assert_sound(path: Path) -> None:
    """Others' tools find nothing wrong with the file."""
    check = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", "-v", str(path)], capture_output=True, text=True
    )
    assert check.returncode == 0, check.stdout + check.stderr
    assert "digest failed" not in check.stdout
    assert "digest pass" in check.stdout
    whole = subprocess.run(["gzip", "-t", "-"], input=path.read_bytes(), capture_output=True)
    assert (whole.returncode, whole.stderr) == (0, b"")


@pytest.fixture
def rich(home: Path) -> Path:
    """A file that holds every kind of record."""
    with writer(home) as warc:
        first = warc.store(exchange())
        original = Original(URL, "2026-11-21T02:30:00Z", first.payload_digest)
        warc.store(exchange(), original)
        warc.store(exchange(b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n'), original)
        warc.store_resource("file:///report.pdf", "2026-11-21T02:30:00Z", "application/pdf", b"%PDF-1.4 ...")
        warc.store(exchange(b"HTTP/1.1 204 No Content\r\n\r\n", request=b"POST / HTTP/1.1\r\n\r\nq=1"))
    (path,) = files(home)
    return path


def test_others_tools_agree(rich: Path) -> None:
    assert_sound(rich)


def test_the_kinds_and_their_order(rich: Path) -> None:
    kinds = [field(record, "WARC-Type") for record, _ in records(rich)]
    assert kinds == [
        "warcinfo",
        *("response", "request"),
        *("revisit", "request"),
        *("revisit", "metadata", "request"),
        "resource",
        *("response", "request"),
    ]


def test_each_record_has_what_the_standard_demands(rich: Path) -> None:
    """ISO 28500:2017, 5.1: these four are mandatory; ids are never used twice."""
    ids = []
    for head, block in raw_records(rich):
        version, *lines = head.decode().split("\r\n")
        fields = dict(line.split(": ", 1) for line in lines)
        assert version == "WARC/1.1"
        assert len(fields) == len(lines)
        assert fields["WARC-Date"] == "2026-11-21T02:30:00Z"
        assert int(fields["Content-Length"]) == len(block)
        assert fields["WARC-Block-Digest"] == sha256(block)
        assert fields["WARC-Payload-Digest" if fields["WARC-Type"] != "warcinfo" else "WARC-Block-Digest"]
        ids.append(fields["WARC-Record-ID"])
    assert len(set(ids)) == len(ids) == 11


def test_bytes_are_kept_as_sent(rich: Path) -> None:
    blocks = [block for _, block in raw_records(rich)]
    assert blocks[1] == HEAD + BODY
    assert blocks[2] == REQUEST


def test_payload_digests_are_of_the_body_as_sent(rich: Path) -> None:
    found = [(field(r, "WARC-Type"), field(r, "WARC-Payload-Digest")) for r, _ in records(rich)]
    assert found[1] == ("response", sha256(BODY))
    assert found[2] == ("request", sha256(b""))
    assert found[3] == ("revisit", sha256(BODY))
    assert found[5] == ("revisit", sha256(BODY))
    assert found[8] == ("resource", sha256(b"%PDF-1.4 ..."))
    assert found[9] == ("response", sha256(b""))
    assert found[10] == ("request", sha256(b"q=1"))
    assert digest(BODY) == sha256(BODY)


def test_the_address_and_the_pair_are_noted(rich: Path) -> None:
    found = [record for record, _ in records(rich)]
    assert field(found[1], "WARC-IP-Address") == "192.0.2.7"
    assert field(found[1], "WARC-Target-URI") == URL
    for answer, asked in ((1, 2), (3, 4), (5, 7), (9, 10)):
        assert field(found[asked], "WARC-Concurrent-To") == field(found[answer], "WARC-Record-ID")


def test_an_identical_payload_becomes_a_revisit_that_refers_to_the_first(rich: Path) -> None:
    record, block = records(rich)[3]
    assert field(record, "WARC-Profile") == (
        "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    )
    assert field(record, "WARC-Refers-To-Target-URI") == URL
    assert field(record, "WARC-Refers-To-Date") == "2026-11-21T02:30:00Z"
    assert record.http_headers.get_header("Content-Type") == "text/html"
    assert block == b""
    # warcio itself would leave the head out, and still find nothing wrong with the file
    assert list(raw_records(rich))[3][1] == HEAD


def test_a_304_has_no_http_block_and_its_head_stands_beside_it(rich: Path) -> None:
    found = records(rich)
    revisit, _ = found[5]
    assert field(revisit, "WARC-Profile") == "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
    assert field(revisit, "WARC-Refers-To-Target-URI") == URL
    assert field(revisit, "WARC-Refers-To-Date") == "2026-11-21T02:30:00Z"
    assert field(revisit, "Content-Length") == "0"
    metadata, block = found[6]
    assert field(metadata, "WARC-Refers-To") == field(revisit, "WARC-Record-ID")
    assert field(metadata, "Content-Type") == "application/warc-fields"
    assert block == b'status-line: HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n'


def test_a_304_without_an_original_is_a_response(home: Path) -> None:
    with writer(home) as warc:
        placed = warc.store(exchange(b"HTTP/1.1 304 Not Modified\r\n\r\n"))
    assert placed.record_type == "response"


def test_what_store_returns_is_where_the_record_stands(home: Path) -> None:
    bodies = [b"one", b"two", b"three"]
    with writer(home) as warc:
        places = [warc.store(exchange(HEAD + body)) for body in bodies]
    for placed, body in zip(places, bodies, strict=True):
        assert read_payload(home, placed.file, placed.offset) == body
        member = (home / placed.file).read_bytes()[placed.offset : placed.offset + placed.length]
        assert gzip.decompress(member).startswith(b"WARC/1.1\r\nWARC-Type: response\r\n")


@pytest.mark.parametrize(
    ("fields", "sent"),
    [
        (b"Content-Encoding: gzip\r\n", gzip.compress(BODY)),
        (b"Transfer-Encoding: chunked\r\n", b"5\r\n" + BODY[:5] + b"\r\n%x\r\n" % (len(BODY) - 5)
         + BODY[5:] + b"\r\n0\r\n\r\n"),
        (b"", BODY),
    ],
    ids=["gzip", "chunked", "plain"],
)  # fmt: skip
def test_a_coded_body_is_kept_coded_and_read_decoded(home: Path, fields: bytes, sent: bytes) -> None:
    response = b"HTTP/1.1 200 OK\r\n" + fields + b"\r\n" + sent
    with writer(home) as warc:
        placed = warc.store(exchange(response))
    assert list(raw_records(home / placed.file))[1][1] == response
    assert read_payload(home, placed.file, placed.offset) == BODY
    assert_sound(home / placed.file)


def test_the_name_says_open_until_the_file_is_closed(home: Path) -> None:
    warc = writer(home)
    assert files(home) == []
    placed = warc.store(exchange())
    assert placed.file == "warc/2026/nianbao-20261121T023000Z-run1-0001-www.spt.gov.cn_8080.warc.gz"
    assert files(home) == [home / f"{placed.file}.open"]
    assert read_payload(home, placed.file, placed.offset) == BODY
    warc.close()
    assert files(home) == [home / placed.file]
    assert read_payload(home, placed.file, placed.offset) == BODY
    warc.close()
    assert files(home) == [home / placed.file]


def test_the_first_record_says_who_wrote_the_file(rich: Path) -> None:
    record, block = records(rich)[0]
    assert field(record, "WARC-Filename") == rich.name
    lines = dict(line.split(": ", 1) for line in block.decode().splitlines())
    assert lines["software"] == "nianbao/test"
    assert lines["isPartOf"] == "run 1"


def test_a_full_file_is_closed_and_the_next_begun(home: Path) -> None:
    with writer(home, max_file_bytes=4000) as warc:
        places = [warc.store(exchange()) for _ in range(12)]
    written = files(home)
    assert len(written) > 1
    assert {str(path.relative_to(home)) for path in written} == {placed.file for placed in places}
    for path in written:
        kinds = [field(record, "WARC-Type") for record, _ in records(path)]
        assert kinds == ["warcinfo", *["response", "request"] * ((len(kinds) - 1) // 2)]
        assert_sound(path)
    for path in written[:-1]:
        assert 4000 <= path.stat().st_size < 8000
    for placed in places:
        assert read_payload(home, placed.file, placed.offset) == BODY


def test_no_file_is_written_over(home: Path) -> None:
    """Two writers of one run and host within one second, one after the other or at once."""
    with writer(home) as first:
        before = first.store(exchange(HEAD + b"first"))
    second, third = writer(home), writer(home)
    places = [second.store(exchange(HEAD + b"second")), third.store(exchange(HEAD + b"third"))]
    second.close()
    third.close()
    read = [read_payload(home, placed.file, placed.offset) for placed in (before, *places)]
    assert read == [b"first", b"second", b"third"]


WRITES_TO_A_FULL_DISK = """
import os, resource, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from archive.warc.exchange import Exchange
from archive.warc.writer import ArchiveUnwritable, WarcWriter

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))
warc = WarcWriter(Path(sys.argv[1]), run_id=1, host="h", software="test")
now = datetime(2026, 11, 21, 2, 30, tzinfo=UTC)
def store(body):
    answer = b"HTTP/1.1 200 OK\\r\\n\\r\\n" + body
    placed = warc.store(Exchange("http://h/", now, b"GET / HTTP/1.1\\r\\n\\r\\n", answer))
    print(placed.file, placed.offset, body.hex(), flush=True)
try:
    for number in range(100):
        store(os.urandom(4000))
except ArchiveUnwritable as error:
    print("refused", error, flush=True)
    store(b"small")
warc.close()
"""


def test_a_full_disk_costs_the_record_in_flight_and_no_other(home: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", WRITES_TO_A_FULL_DISK, str(home)], capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    *stored, refused, small = ran.stdout.splitlines()
    assert refused.startswith("refused")
    assert "cannot be written" in refused
    assert len(stored) == 6
    for path in files(home):  # one was cut back, one begun when there was room again
        assert path.suffix == ".gz"
        assert_sound(path)
    for line in [*stored, small]:
        file, offset, body = line.split()
        assert read_payload(home, file, int(offset)) == bytes.fromhex(body)
    kinds = [field(record, "WARC-Type") for path in files(home) for record, _ in records(path)]
    assert kinds.count("response") == 7
    assert len(files(home)) == 2


def test_a_damaged_or_missing_record_is_said(home: Path) -> None:
    with writer(home) as warc:
        placed = warc.store(exchange())
    path = home / placed.file
    whole = path.read_bytes()
    with pytest.raises(RecordUnreadable, match="is a request record"):
        read_payload(home, placed.file, placed.offset + placed.length)
    for wrong in (placed.offset + 1, placed.offset + placed.length // 2, len(whole)):
        with pytest.raises(RecordUnreadable, match="no whole record"):
            read_payload(home, placed.file, wrong)
    old = b"http://h/ 192.0.2.7 20261121023000 text/html 5\nhello\n"  # an ARC record, which we never write
    path.write_bytes(old)
    with pytest.raises(RecordUnreadable, match="none begins there"):
        read_payload(home, placed.file, 0)
    path.write_bytes(whole[: placed.offset + placed.length // 2])
    with pytest.raises(RecordUnreadable, match="no whole record"):
        read_payload(home, placed.file, placed.offset)
    path.unlink()
    with pytest.raises(RecordUnreadable, match="missing"):
        read_payload(home, placed.file, placed.offset)
