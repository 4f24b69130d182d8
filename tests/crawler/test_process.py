"""The crawl process on a real server: one request at a time, and a clear end when nothing can be kept."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread

import pytest
from sqlalchemy import text

from archive.catalogue.engine import create_catalogue, open_catalogue, sqlite_url
from archive.hosts import load_host
from archive.runs import open_run
from crawler.hosts import host_of
from crawler.job import CrawlJob

ARTICLES = 12
NOISE_BYTES = 8_000  # that no compression makes smaller
FILE_LIMIT = 50_000  # enough for SQLite's own files, not for all articles


class CountingServer(ThreadingHTTPServer):
    """Serves a column of articles, slowly, and counts how many requests are being answered at once."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.lock = Lock()
        self.busy = self.most = self.served = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/"


class _Handler(BaseHTTPRequestHandler):
    server: CountingServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        with self.server.lock:
            self.server.busy += 1
            self.server.most = max(self.server.most, self.server.busy)
            self.server.served += 1
        time.sleep(0.02)
        body = _page(self.path)
        with self.server.lock:
            self.server.busy -= 1
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


def _page(path: str) -> bytes:
    if path == "/robots.txt":
        return b""
    if path == "/":
        links = (
            f'<li><a href="/{n}.html">第{n}局2023年政府信息公开工作年度报告</a></li>' for n in range(ARTICLES)
        )
        return f"<html><title>政府信息公开年报</title><ul>{''.join(links)}</ul></html>".encode()
    noise = random.Random(path).randbytes(NOISE_BYTES).hex()
    title = f"第{path[1:-5]}局2023年政府信息公开工作年度报告"
    return f"<html><title>{title}</title><h1>{title}</h1><!--{noise}--></html>".encode()


@pytest.fixture
def server() -> Iterator[CountingServer]:
    server = CountingServer()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def _crawl(home: Path, server: CountingServer, *, file_limit: int | None = None) -> dict[str, object]:
    """Run the crawl process as the scheduler does; its last message."""
    url = sqlite_url(home)
    catalogue = open_catalogue(url)
    run_id = open_run(catalogue, "crawl")
    catalogue.close()
    job = CrawlJob(
        catalogue_url=url,
        home=str(home),
        run_id=run_id,
        site_id=None,
        name="counting",
        start=(server.url,),
        user_agent="nianbao-tests",
        delay=0,
        allow_private=True,
    )
    limit = f"resource.setrlimit(resource.RLIMIT_FSIZE, ({file_limit},) * 2);" if file_limit else ""
    code = f"import resource, runpy;{limit}runpy.run_module('crawler.process', run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-c", code], input=job.to_json(), capture_output=True, text=True, timeout=60
    )
    assert "Traceback" not in done.stderr, done.stderr
    outcome: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return outcome


@pytest.fixture
def home(tmp_path: Path) -> Path:
    create_catalogue(sqlite_url(tmp_path)).close()
    return tmp_path


def test_a_host_is_asked_one_thing_at_a_time_even_without_a_delay(home: Path, server: CountingServer) -> None:
    outcome = _crawl(home, server)
    assert outcome["problem"] is None
    assert server.served >= ARTICLES
    assert server.most == 1


def test_the_system_as_which_its_lists_were_walked_is_remembered(home: Path, server: CountingServer) -> None:
    _crawl(home, server)
    catalogue = open_catalogue(sqlite_url(home))
    assert load_host(catalogue, host_of(server.url)).family == "generic"
    catalogue.close()


def test_a_full_disk_ends_the_crawl_and_says_so(home: Path, server: CountingServer) -> None:
    outcome = _crawl(home, server, file_limit=FILE_LIMIT)
    assert "cannot be written" in str(outcome["problem"])
    assert server.served < ARTICLES
    asked = server.served

    assert _crawl(home, server)["problem"] is None
    assert server.served > asked
    catalogue = open_catalogue(sqlite_url(home))
    with catalogue.reading() as session:
        kept = session.scalar(text("SELECT count(DISTINCT url) FROM captures WHERE sha256 IS NOT NULL"))
    catalogue.close()
    assert kept == ARTICLES + 2  # and the list, and robots.txt
