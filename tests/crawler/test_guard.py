"""What the crawler keeps away from, and what it takes only in part."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from archive.catalogue.engine import create_catalogue, sqlite_url
from crawler.guard import is_public
from crawler.job import Outcome
from tests.crawler.loopback import Answer, Asked, Loopback, captures, column, crawl, finish, job_for, pages

# The crawl process with a resolver of our own, for which 127.0.0.2 is a public address: the name is there
# until the server has been asked once, and on 127.0.0.1 ever after. No name is remembered.
REBINDING = """
import os, runpy, socket
real = socket.getaddrinfo
def resolve(host, *rest, **more):
    if host == "rebinding.test":
        host = "127.0.0.1" if os.path.exists({marker!r}) else "127.0.0.2"
    return real(host, *rest, **more)
socket.getaddrinfo = resolve
import crawler.guard
crawler.guard.is_public = lambda address: address == "127.0.0.2"
import crawler.wire
crawler.wire.NAMES_KEPT = 0
runpy.run_module("crawler.process", run_name="__main__")
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    create_catalogue(sqlite_url(tmp_path)).close()
    return tmp_path


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1",
     "224.0.0.1", "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1",
     "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::"],
)  # fmt: skip
def test_what_is_no_public_address(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "202.96.128.86", "2400:3200::1", "::ffff:8.8.8.8"])
def test_what_is_one(address: str) -> None:
    assert is_public(address)


def guarded(home: Path, url: str) -> Outcome:
    job = job_for(home, url, allow_private=False)
    process = subprocess.Popen(
        [sys.executable, "-c", REBINDING.format(marker=str(home / "asked"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    process.stdin.write(job.to_json())
    process.stdin.close()
    process.stdin = None
    return finish(process)


def test_a_name_that_resolves_anew_to_a_private_address_is_refused(home: Path) -> None:
    """Nothing is kept alive and nothing cached, so that each request connects, and resolves, anew."""

    def site(asked: Asked) -> Answer:
        (home / "asked").touch()
        found = pages(column(3))(asked)
        return Answer(found.body, found.status, {**found.headers, "Connection": "close"})

    with Loopback(site, host="0.0.0.0") as server:
        outcome = guarded(home, f"http://rebinding.test:{server.port}/")
        assert server.paths == ["/robots.txt"]
    assert outcome.problem is not None
    assert "no public address" in outcome.problem


def test_an_address_that_is_not_allowed_is_tried_once(home: Path) -> None:
    with Loopback(pages(column(3))) as server:
        outcome = guarded(home, server.url)
        assert server.paths == []
    assert outcome.problem is not None
    assert "allow_private" in outcome.problem
    tried = [(c["url"], c["verdict"]) for c in captures(home)]
    assert tried == [(f"{server.url}robots.txt", "error"), (server.url, "error")]


@pytest.mark.parametrize(
    "target", ["http://127.0.0.1:{}/secret", "http://localhost:{}/secret", "http://2130706433:{}/secret"]
)
def test_a_redirect_to_a_private_address_is_not_followed(home: Path, target: str) -> None:
    def site(asked: Asked) -> Answer:
        if asked.path == "/robots.txt":
            return Answer("")
        return Answer("", 302, {"Location": target.format(server.port)})

    with Loopback(site, host="0.0.0.0") as server:
        guarded(home, f"http://127.0.0.2:{server.port}/")
        assert server.paths == ["/robots.txt", "/"]


def test_other_schemes_are_not_followed(home: Path) -> None:
    content = column(1)
    for number, scheme in enumerate(("file:///etc/passwd", "ftp://example.org/x.pdf", "data:text/html,x")):
        content[f"/go{number}"] = Answer("", 302, {"Location": scheme})
        row = f'<li><a href="/go{number}">某局2022年政府信息公开工作年度报告</a></li>'
        content["/"] = str(content["/"]).replace("<ul>", f"<ul>{row}")
    with Loopback(pages(content)) as server:
        outcome = crawl(home, server.url)
    assert outcome.found == 1
    assert not [c["url"] for c in captures(home) if not c["url"].startswith("http")]


def warc_headers(home: Path, name: str) -> dict[str, str | None]:
    """The header of that name of each response record, by URL."""
    found: dict[str, str | None] = {}
    for path in home.glob("warc/*/*.warc.gz"):
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream, no_record_parse=True):
                if record.rec_type == "response":
                    found[record.rec_headers["WARC-Target-URI"]] = record.rec_headers.get_header(name)
    return found


@pytest.mark.parametrize("declared", [True, False], ids=["declared", "not declared"])
def test_what_is_too_large_is_kept_as_far_as_it_came_and_named(home: Path, declared: bool) -> None:
    content = column(2)
    big = b"<html><title>x</title>" + b"x" * 300_000
    headers = {} if declared else {"Content-Length": "", "Connection": "close"}
    content["/1.html"] = Answer(big, headers=headers)
    with Loopback(pages(content)) as server:
        outcome = crawl(home, server.url, max_bytes=100_000)
        url = f"{server.url}1.html"
    assert outcome.failed == 1
    (row,) = [c for c in captures(home) if c["url"] == url]
    assert (row["verdict"], row["status"], row["sha256"]) == ("too_large", 200, None)
    assert warc_headers(home, "WARC-Truncated")[url] == "length"


def test_a_body_that_inflates_past_the_limit_is_an_error(home: Path) -> None:
    content = column(2)
    content["/1.html"] = Answer(gzip.compress(b"x" * 3_000_000), headers={"Content-Encoding": "gzip"})
    with Loopback(pages(content)) as server:
        crawl(home, server.url, max_bytes=1_000_000)
        (row,) = [c for c in captures(home) if c["url"] == f"{server.url}1.html"]
    assert row["verdict"] == "error"
    assert "inflates past" in row["reason"]


def test_a_body_shorter_than_declared_is_truncated(home: Path) -> None:
    content = column(2)
    content["/1.html"] = Answer("<html>half", headers={"Content-Length": "5000", "Connection": "close"})
    with Loopback(pages(content)) as server:
        crawl(home, server.url)
        url = f"{server.url}1.html"
        (row,) = [c for c in captures(home) if c["url"] == url]
    assert row["verdict"] == "truncated"
    assert warc_headers(home, "WARC-Truncated")[url] == "disconnect"


def test_a_redirect_loop_ends(home: Path) -> None:
    content = column(2)
    content["/1.html"] = Answer("", 302, {"Location": "/loop?n=1"})

    def site(asked: Asked) -> Answer:
        if asked.path.startswith("/loop"):
            return Answer("", 302, {"Location": f"/loop?n={int(asked.path.partition('=')[2]) + 1}"})
        return pages(content)(asked)

    with Loopback(site) as server:
        outcome = crawl(home, server.url)
        assert len(server.asked) < 20
    assert outcome.found == 1
