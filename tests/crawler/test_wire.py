"""What real servers send: heads that no strict parser takes, bodies that do not end; over real sockets."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from threading import Thread
from types import TracebackType

import pytest
from warcio.archiveiterator import ArchiveIterator

from archive.catalogue.engine import create_catalogue, sqlite_url
from crawler.wire import framing
from tests.crawler.loopback import captures, crawl

TITLE = "某局2023年政府信息公开工作年度报告"
PAGE = f"<html><title>{TITLE}</title><h1>{TITLE}</h1><p>{'本报告由本机关编制。' * 40}</p></html>".encode()
HOME = f'<html><title>政府信息公开年报</title><ul><li><a href="/1.html">{TITLE}</a></li></ul></html>'.encode()


def plain(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body) + body


class RawServer(AbstractContextManager["RawServer"]):
    """Answers ``/1.html`` with what ``send`` writes to the connection, and ends that connection then."""

    def __init__(self, send: Callable[[socket.socket], None]) -> None:
        self._send = send
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/"
        self.connections = 0
        Thread(target=self._accept, daemon=True).start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                self.connections += 1
                Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            seen = b""
            while data := connection.recv(65536):
                seen += data
                if not seen.endswith(b"\r\n\r\n"):
                    continue
                path, seen = seen.split(b" ")[1], b""
                if path == b"/1.html":
                    return self._send(connection)
                body = b"User-agent: *\nDisallow:\n" if path == b"/robots.txt" else HOME
                connection.sendall(plain(body))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    create_catalogue(sqlite_url(tmp_path)).close()
    return tmp_path


def fetched(home: Path, send: Callable[[socket.socket], None], timeout: float = 30) -> dict[str, object]:
    """What the archive says of ``/1.html``, asked by the real crawl process."""
    with RawServer(send) as server:
        crawl(home, server.url, timeout=timeout)
        return [row for row in captures(home) if row["url"] == f"{server.url}1.html"][-1]


def sent(raw: bytes) -> Callable[[socket.socket], None]:
    return lambda connection: connection.sendall(raw)


CHUNKED = b"".join(b"%x;note=1\r\n%s\r\n" % (len(part), part) for part in (PAGE[:700], PAGE[700:]))
LENGTH = b"Content-Length: %d\r\n" % len(PAGE)
ODD_HEADS = {
    "line ends without CR": b"HTTP/1.1 200 OK\nContent-Type: text/html\nContent-Length: %d\n\n" % len(PAGE),
    "a line without a colon": b"HTTP/1.1 200 OK\r\nthis is none\r\n" + LENGTH + b"\r\n",
    "a name with a blank": b"HTTP/1.1 200 OK\r\nX Powered By: ASP\r\n" + LENGTH + b"\r\n",
    "a name with a blank behind it": b"HTTP/1.1 200 OK\r\nServer : IIS\r\n" + LENGTH + b"\r\n",
    "a value in GBK": "HTTP/1.1 200 OK\r\nX-Name: 年报\r\n".encode("gbk") + LENGTH + b"\r\n",
    "no reason": b"HTTP/1.1 200\r\n" + LENGTH + b"\r\n",
    "the length twice": b"HTTP/1.1 200 OK\r\n" + LENGTH + LENGTH + b"\r\n",
    "two lengths that differ": b"HTTP/1.1 200 OK\r\n" + LENGTH + b"Content-Length: 5\r\n\r\n",
    "a length that is none": b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
    "no length": b"HTTP/1.1 200 OK\r\n\r\n",
    "HTTP/1.0": b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n",
    "an interim answer before it": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n" + LENGTH + b"\r\n",
    "a long line": b"HTTP/1.1 200 OK\r\nX-Policy: " + b"a" * 40_000 + b"\r\n" + LENGTH + b"\r\n",
    "many lines": b"HTTP/1.1 200 OK\r\n" + b"Set-Cookie: a=b\r\n" * 400 + LENGTH + b"\r\n",
}


@pytest.mark.parametrize("head", ODD_HEADS.values(), ids=ODD_HEADS.keys())
def test_a_head_that_breaks_the_rules_is_taken_and_kept_as_sent(home: Path, head: bytes) -> None:
    row = fetched(home, sent(head + PAGE))
    assert (row["verdict"], row["status"], row["size"]) == ("ok", 200, len(PAGE))
    (warc,) = home.glob("warc/*/*.warc.gz")
    final = head.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n")
    assert final + PAGE in blocks(warc)


def blocks(warc: Path) -> list[bytes]:
    """The bytes of each record's block."""
    with warc.open("rb") as stream:
        return [one.raw_stream.read() for one in ArchiveIterator(stream, no_record_parse=True)]


def test_a_head_that_comes_byte_by_byte_is_taken(home: Path) -> None:
    def send(connection: socket.socket) -> None:
        raw = plain(PAGE)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for position in range(100):
            connection.sendall(raw[position : position + 1])
        connection.sendall(raw[100:])

    assert fetched(home, send)["verdict"] == "ok"


@pytest.mark.parametrize(
    ("tail", "verdict"), [(b"0\r\n\r\n", "ok"), (b"", "truncated"), (b"zz\r\n", "error")]
)
def test_a_body_in_chunks_is_whole_when_its_last_chunk_came(home: Path, tail: bytes, verdict: str) -> None:
    raw = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKED + tail
    row = fetched(home, sent(raw))
    assert row["verdict"] == verdict


def test_what_is_no_http_at_all_is_an_error(home: Path) -> None:
    row = fetched(home, sent(b"220 smtp.example.org ESMTP\r\n\r\n"))
    assert (row["verdict"], row["status"]) == ("error", None)


def test_a_server_that_trickles_is_cut_off_and_the_crawl_goes_on(home: Path) -> None:
    """It is never silent for long, and so would hold the crawl for as long as it likes."""

    def send(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n<html>")
        for _ in range(600):
            connection.sendall(b"x")
            time.sleep(0.1)

    began = time.monotonic()
    row = fetched(home, send, timeout=0.5)
    assert row["verdict"] == "truncated"
    assert "in time" in str(row["reason"])
    assert time.monotonic() - began < 30


def test_a_server_that_falls_silent_is_cut_off_and_what_came_is_kept(home: Path) -> None:
    def send(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + PAGE)
        time.sleep(20)

    row = fetched(home, send, timeout=0.5)
    assert row["verdict"] == "truncated"
    (warc,) = home.glob("warc/*/*.warc.gz")
    assert any(block.endswith(PAGE) for block in blocks(warc))


def test_a_head_without_an_end_is_an_error(home: Path) -> None:
    def send(connection: socket.socket) -> None:
        with suppress(OSError):
            for _ in range(2000):
                connection.sendall(b"X-More: " + b"a" * 1000 + b"\r\n")

    assert fetched(home, send)["verdict"] == "error"


def test_framing_keeps_only_what_says_where_the_body_ends() -> None:
    length = b"Transfer-Encoding: gzip, chunked\r\nContent-Length: 3\r\n"
    head = b"HTTP/1.1 200 OK\r\n" + length + b"Connection: Close\r\n\r\n"
    assert framing(head) == b"HTTP/1.1 200 -\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    old = b"HTTP/1.0 404 Not Found\r\nConnection: Keep-Alive\r\nContent-Length: 7\r\n\r\n"
    assert framing(old) == b"HTTP/1.0 404 -\r\nContent-Length: 7\r\nConnection: keep-alive\r\n\r\n"
