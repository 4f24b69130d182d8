"""A web server on loopback that answers as a test tells it to, and the crawl process run against it."""

from __future__ import annotations

import ssl
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from types import TracebackType
from typing import Any

from sqlalchemy import text

from archive.catalogue.engine import open_catalogue, sqlite_url
from archive.runs import SiteIdentity, open_run, site_row
from crawler.job import CrawlJob, Outcome, read_message

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Asked:
    """One request as the server saw it; ``at`` in seconds of the monotonic clock."""

    path: str
    headers: dict[str, str]
    at: float
    method: str = "GET"
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    """What the server sends."""

    body: bytes | str = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def data(self) -> bytes:
        return self.body.encode() if isinstance(self.body, str) else self.body


Site = Callable[[Asked], Answer]
NOT_FOUND = Answer("<html><title>404</title><p>没有这个地址。</p></html>", 404)


class Loopback(AbstractContextManager["Loopback"]):
    """Serves ``site`` (which may be set anew) from construction until the ``with`` block ends."""

    def __init__(self, site: Site, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> None:
        self.site = site
        self.asked: list[Asked] = []
        self.busy = self.most_at_once = 0
        self.lock = Lock()
        self._server = _Server((host, 0), _Handler)
        self._server.loopback = self
        if tls is not None:
            self._server.socket = tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.port = int(self._server.server_address[1])
        self.url = f"{'https' if tls else 'http'}://{host}:{self.port}/"
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    @property
    def paths(self) -> list[str]:
        return [one.path for one in self.asked]

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    loopback: Loopback


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        loopback = self.server.loopback
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        asked = Asked(self.path, dict(self.headers.items()), time.monotonic(), self.command, body)
        with loopback.lock:
            loopback.asked.append(asked)
            loopback.busy += 1
            loopback.most_at_once = max(loopback.most_at_once, loopback.busy)
        try:
            answer = loopback.site(asked)
        finally:
            with loopback.lock:
                loopback.busy -= 1
        self.send_response(answer.status)
        for name, value in {"Content-Type": HTML, **answer.headers}.items():
            for one in value.split("\n") if value else ():
                self.send_header(name, one)
        if "Content-Length" not in answer.headers and answer.status != 304:
            self.send_header("Content-Length", str(len(answer.data)))
        self.end_headers()
        self.wfile.write(answer.data)
        self.close_connection = answer.headers.get("Connection") == "close"

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


def pages(content: dict[str, Answer | str]) -> Site:
    """A site of fixed pages; what is not there answers 404."""

    def site(asked: Asked) -> Answer:
        found = content.get(asked.path, NOT_FOUND)
        return found if isinstance(found, Answer) else Answer(found)

    return site


def column(count: int, folder: str = "/") -> dict[str, Answer | str]:
    """A report column at ``folder`` with so many reports, and robots.txt that allows all."""
    names = [f"{folder}{n}.html" for n in range(count)]
    titles = [f"第{n}局2023年政府信息公开工作年度报告" for n in range(count)]
    rows = "".join(f'<li><a href="{n}">{t}</a></li>' for n, t in zip(names, titles, strict=True))
    found: dict[str, Answer | str] = {
        "/robots.txt": Answer("", headers={"Content-Type": "text/plain"}),
        folder: f"<html><title>政府信息公开年报</title><ul>{rows}</ul></html>",
    }
    text = "本报告由本机关编制，所列数据截至年底。" * 20
    for name, title in zip(names, titles, strict=True):
        found[name] = f"<html><title>{title}</title><h1>{title}</h1><p>{text}</p></html>"
    return found


def job_for(home: Path, url: str, **changes: Any) -> CrawlJob:
    """A job for one site, its run and site in the home's catalogue."""
    catalogue_url = str(changes.pop("catalogue_url", sqlite_url(home)))
    catalogue = open_catalogue(catalogue_url)
    values: dict[str, Any] = {
        "catalogue_url": catalogue_url,
        "home": str(home),
        "run_id": open_run(catalogue, "crawl"),
        "site_id": site_row(catalogue, SiteIdentity("site", None, None, (url,))),
        "name": "site",
        "start": (url,),
        "user_agent": "nianbao-tests (+https://example.org/who)",
        "delay": 0,
        "allow_private": True,
        "log_file": str(home / "crawl.log"),
    }
    catalogue.close()
    return CrawlJob(**{**values, **changes})


def start_crawl(job: CrawlJob) -> subprocess.Popen[str]:
    """The crawl process, its job already given; read its standard output to its end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "crawler.process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    process.stdin.write(job.to_json())
    process.stdin.close()
    process.stdin = None
    return process


def finish(process: subprocess.Popen[str], timeout: float = 120) -> Outcome:
    out, errors = process.communicate(timeout=timeout)
    assert "Traceback" not in errors, errors
    assert out.strip(), errors
    outcome = read_message(out.splitlines()[-1])
    assert isinstance(outcome, Outcome), out
    return outcome


def crawl(home: Path, url: str, **changes: Any) -> Outcome:
    """One crawl to its end."""
    return finish(start_crawl(job_for(home, url, **changes)))


def captures(home: Path) -> list[dict[str, Any]]:
    """The rows of the view, oldest first."""
    catalogue = open_catalogue(sqlite_url(home))
    with catalogue.reading() as session:
        rows = session.execute(text("SELECT * FROM captures ORDER BY capture_id")).mappings().all()
    catalogue.close()
    return [dict(row) for row in rows]
