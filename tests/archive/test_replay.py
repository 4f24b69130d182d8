"""What we keep, index and export, as pywb replays it: an independent judge, in an environment of its own."""

from __future__ import annotations

import gzip
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest

from archive.capture import Fetched, Kind
from archive.catalogue.engine import create_catalogue, sqlite_url
from archive.exports.wacz import Selection, export_wacz
from archive.recorder import Recorder
from archive.runs import open_run
from archive.warc.exchange import Exchange
from tests.archive.test_imports import IDENTICAL, Intake, revisit
from tests.archive.warcs import chunked, http, members, response, sha1

PYWB = Path(os.environ.get("NIANBAO_PYWB", Path(__file__).resolve().parents[2] / ".venv-pywb")) / "bin"
START_SECONDS = 60

HOST = "www.example.gov.cn"
PAGE = f"http://{HOST}/zwgk/report.html"
COPY = f"http://{HOST}/zwgk/copy.html"
PDF = f"http://{HOST}/zwgk/report.pdf"
CODED = f"http://{HOST}/zwgk/coded.html"
OLD = f"http://{HOST}/2019/report.html"
OLD_COPY = f"http://{HOST}/2019/copy.html"
FIRST = "<html><body>截至2023年底的报告</body></html>".encode()
SECOND = "<html><body>更正后的报告</body></html>".encode()
FILE = b"%PDF-1.4 \0\xff"
HTML = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"

pytestmark = pytest.mark.skipif(
    not (PYWB / "wayback").exists(),
    reason="REPLAY IS NOT TESTED: pywb has an environment of its own; `make replay` makes it and runs this",
)


def night(number: int) -> datetime:
    return datetime(2026, 11, number, 2, 30, tzinfo=UTC)


def fetch(
    url: str, at: datetime, head: bytes, body: bytes, sent: bytes | None = None, **other: Any
) -> Fetched:
    request = f"GET {url} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
    exchange = Exchange(url, at, request, head + b"\r\n" + (body if sent is None else sent), "192.0.2.7")
    values = {"kind": Kind.ARTICLE, "verdict": "ok", "status": 200, "media_type": "text/html"} | other
    return Fetched(url=url, fetched_at=at, exchange=exchange, body=body, **values)


@dataclass(frozen=True)
class Wayback:
    """pywb over two collections: the home as it lies, and an export of it."""

    address: str

    def __call__(self, collection: str, time: str, url: str) -> tuple[int, str | None, str | None, bytes]:
        """Status, media type, time and body of what is replayed."""
        try:
            with urlopen(f"{self.address}/{collection}/{time}id_/{url}") as answer:
                headers = answer.headers
                return answer.status, headers["Content-Type"], headers["Memento-Datetime"], answer.read()
        except HTTPError as error:
            return error.code, None, None, b""


@pytest.fixture(scope="module")
def wayback(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wayback]:
    work = tmp_path_factory.mktemp("replay")
    home = work / "home"
    home.mkdir()
    _archive(home, work)
    lines = sorted(line for path in home.rglob("*.cdxj") for line in path.open(encoding="utf-8"))
    (work / "all.cdxj").write_text("".join(lines), encoding="utf-8")
    (work / "config.yaml").write_text(
        f"collections:\n  home:\n    index_paths: {work}/all.cdxj\n"
        f"    archive_paths:\n      - {home}/warc/2026/\n      - {home}/warc/imported/\n"
    )
    manage = [str(PYWB / "wb-manager")]
    subprocess.run([*manage, "init", "export"], cwd=work, check=True, capture_output=True)
    add = [*manage, "add", "export", "--unpack-wacz", str(work / "export.wacz")]
    subprocess.run(add, cwd=work, check=True, capture_output=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (work / "log").open("wb") as log:
        process = subprocess.Popen(
            [str(PYWB / "wayback"), "--bind", "127.0.0.1", "-p", str(port)], cwd=work, stdout=log, stderr=log
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(address, process, work / "log")
            yield Wayback(address)
        finally:
            process.terminate()
            process.wait()


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            urlopen(address).close()
        except (URLError, ConnectionError):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        else:
            return


def _archive(home: Path, work: Path) -> None:
    """Four nights, each in a file of its own, and two files of another archive; all exported."""
    catalogue = create_catalogue(sqlite_url(home))
    tagged = HTML + b'ETag: "1"\r\n'
    coded = HTML + b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n"
    nights = {
        21: [
            fetch(PAGE, night(21), tagged, FIRST, etag='"1"'),
            fetch(PDF, night(21), HTML.replace(b"text/html; charset=utf-8", b"application/pdf"), FILE),
            fetch(CODED, night(21), coded, FIRST, sent=chunked(gzip.compress(FIRST, mtime=0))),
        ],
        22: [fetch(PAGE, night(22), HTML, FIRST), fetch(COPY, night(22), HTML, FIRST)],
        23: [
            fetch(PAGE, night(23), b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n', b"", status=304,
                  verdict="not_modified", media_type=None)
        ],
        24: [fetch(PAGE, night(24), HTML, SECOND)],
    }  # fmt: skip
    for number, fetches in nights.items():
        clock = partial(night, number)
        run_id = open_run(catalogue, "crawl", clock)
        with Recorder(catalogue, home, run_id=run_id, host=HOST, software="test", clock=clock) as recorder:
            for one in fetches:
                recorder.add(one)
    intake = Intake(catalogue, home, work)
    intake.take(response(FIRST, url=OLD), "old.warc")
    copied = {"WARC_Target_URI": OLD_COPY, "WARC_Payload_Digest": sha1(FIRST)}
    again = {"WARC_Refers_To_Target_URI": OLD, "WARC_Refers_To_Date": "2019-03-01T08:00:00Z"}
    intake.take(members(revisit(IDENTICAL, http(b""), **copied, **again)), "copy.warc.gz")
    done = export_wacz(catalogue, home, work / "export.wacz", Selection(), software="test")
    assert (done.captures, done.unreadable) == (9, [])
    catalogue.close()


@pytest.mark.parametrize("collection", ["home", "export"])
@pytest.mark.parametrize(
    ("url", "at", "media_type", "body"),
    [
        (PAGE, "20261121023000", "text/html; charset=utf-8", FIRST),
        (PAGE, "20261122023000", "text/html; charset=utf-8", FIRST),
        (PAGE, "20261123023000", "text/html; charset=utf-8", FIRST),
        (PAGE, "20261124023000", "text/html; charset=utf-8", SECOND),
        (COPY, "20261122023000", "text/html; charset=utf-8", FIRST),
        (PDF, "20261121023000", "application/pdf", FILE),
        (CODED, "20261121023000", "text/html; charset=utf-8", FIRST),
        (OLD, "20190301080000", "text/html", FIRST),
        (OLD_COPY, "20200301080000", "text/html", FIRST),
    ],
    ids=[
        "a page",
        "a revisit, its original in another file",
        "a 304",
        "what it was changed to",
        "the same bytes at another address",
        "a file",
        "a coded body",
        "an imported page, in a plain file",
        "an imported revisit, its original in another file",
    ],
)
def test_each_capture_replays(
    wayback: Wayback, collection: str, url: str, at: str, media_type: str, body: bytes
) -> None:
    status, found_type, moment, found = wayback(collection, at, url)
    assert status == 200
    assert moment is not None
    assert datetime.strptime(moment, "%a, %d %b %Y %H:%M:%S GMT").strftime("%Y%m%d%H%M%S") == at
    if found.startswith(b"\x1f\x8b"):
        found = gzip.decompress(found)
    assert (found_type, found) == (media_type, body)


def test_what_is_not_there_is_not_replayed(wayback: Wayback) -> None:
    assert wayback("home", "20261121023000", f"http://{HOST}/nothing")[0] == 404
