"""A site whose reports are files of every format: listed, fetched, archived, read and shown."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.fuzz.seeds import seeds, titled
from tests.whole.conftest import nianbao, rows

FORMATS = {
    "doc": ("application/msword", "doc:/"),
    "docx": ("application/octet-stream", "docx:/"),
    "xlsx": ("application/vnd.ms-excel", "xlsx:"),
    "ofd": ("application/octet-stream", "ofd:p"),
    "zip": ("application/x-zip-compressed", "年报.docx!docx:/"),
    "rar": ("application/octet-stream", "年报.docx!docx:/"),
    "7z": ("application/octet-stream", "年报.docx!docx:/"),
}
"""By suffix: the media type that the server states, often a wrong one, and how locators begin."""

AGENCIES = dict(zip(FORMATS, ["中卫市民政局", "中卫市财政局", "中卫市教育局", "中卫市水务局", "中卫市司法局",
                              "中卫市审计局", "中卫市统计局"], strict=True))  # fmt: skip


def _title(suffix: str) -> str:
    return f"{AGENCIES[suffix]}2023年政府信息公开工作年度报告"


def _file(suffix: str) -> bytes:
    return seeds("doc")[0] if suffix == "doc" else titled(suffix, _title(suffix))


class _Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        suffix = self.path.rpartition(".")[2]
        if suffix in FORMATS:
            self._send(FORMATS[suffix][0], _file(suffix))
        elif self.path == "/robots.txt":
            self._send("text/plain", b"")
        else:
            self._send("text/html; charset=utf-8", _column() if "nb" in self.path else _home())

    def _send(self, media_type: str, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def _home() -> bytes:
    return "<title>中卫市人民政府</title><a href='/zwgk/nb/'>政府信息公开年报</a>".encode()


def _column() -> bytes:
    items = "".join(
        f"<li><a href='/zwgk/nb/2024/{n}.{suffix}'>{_title(suffix)}</a><span>2024-01-2{n}</span></li>"
        for n, suffix in enumerate(FORMATS)
    )
    return f"<title>政府信息公开年报_中卫市人民政府</title><h2>政府信息公开年报</h2><ul>{items}</ul>".encode()


@pytest.fixture
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_reports_in_every_format(tmp_path: Path, site: str) -> None:
    home = tmp_path / "home"
    nianbao(home, "init", "--contact", "https://example.org/crawler")
    nianbao(
        home, "sites", "add", site, "--name", "zw", "--division", "640500", "--delay", "0", "--allow-private"
    )
    nianbao(home, "crawl")
    found = {row["url"].rpartition(".")[2]: row for row in rows(home, "reports")}
    assert {suffix: row["agency"] for suffix, row in found.items()} == AGENCIES
    figures = rows(home, "facts")
    for suffix, row in found.items():
        locators = [
            f["locator"] for f in figures if f["report_id"] == row["report_id"] and f["value"] is not None
        ]
        assert len(locators) == 200, suffix
        assert all(locator.startswith(FORMATS[suffix][1]) for locator in locators), suffix
