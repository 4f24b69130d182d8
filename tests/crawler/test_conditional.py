"""What is asked for conditionally, and what happens when the archive cannot give what a 304 stands for."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from archive.catalogue.engine import create_catalogue, open_catalogue, sqlite_url
from archive.recorder import read_blob
from tests.crawler.loopback import Answer, Asked, Loopback, captures, column, crawl, pages

CONTENT = {**column(3), "/robots.txt": "User-agent: *\nDisallow: /private/\n"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    create_catalogue(sqlite_url(tmp_path)).close()
    return tmp_path


def tagged(asked: Asked) -> Answer:
    """Answers 304 to whoever has the page already."""
    found = pages(CONTENT)(asked)
    tag = f'"{hashlib.sha256(found.data).hexdigest()[:16]}"'
    if asked.headers.get("If-None-Match") == tag:
        return Answer(b"", 304, {"ETag": tag})
    return Answer(found.body, found.status, {**found.headers, "ETag": tag})


def asked_with_tag(server: Loopback) -> dict[str, list[bool]]:
    """Of each path, in order: whether it was asked for conditionally."""
    found: dict[str, list[bool]] = {}
    for one in server.asked:
        found.setdefault(one.path, []).append("If-None-Match" in one.headers)
    return found


def test_only_what_is_in_the_archive_is_asked_for_conditionally(home: Path) -> None:
    with Loopback(tagged) as server:
        crawl(home, server.url)
        assert all(flags == [False] for flags in asked_with_tag(server).values())
        server.asked.clear()
        outcome = crawl(home, server.url)
        assert all(flags == [True] for flags in asked_with_tag(server).values())
    assert outcome.found == 3
    assert outcome.not_modified == 4


def test_what_the_archive_has_lost_is_fetched_anew_and_kept_whole(home: Path) -> None:
    with Loopback(tagged) as server:
        crawl(home, server.url)
        for file in home.glob("warc/*/*"):
            file.unlink()
        server.asked.clear()
        outcome = crawl(home, server.url)
        assert asked_with_tag(server)["/"] == [True, False]
        assert outcome.found == 3
        assert outcome.problem is None
        assert any("cannot be read" in note for note in outcome.notes)
        (row,) = [c for c in captures(home) if c["url"] == server.url and c["record_type"] == "response"][1:]
    catalogue = open_catalogue(sqlite_url(home))
    assert read_blob(catalogue, home, row["sha256"]) == str(CONTENT["/"]).encode()
    catalogue.close()


def test_a_304_that_nobody_asked_for_is_an_error(home: Path) -> None:
    def site(asked: Asked) -> Answer:
        return Answer(b"", 304) if asked.path == "/1.html" else pages(CONTENT)(asked)

    with Loopback(site) as server:
        outcome = crawl(home, server.url)
        (row,) = [c for c in captures(home) if c["url"] == f"{server.url}1.html"]
    assert outcome.found == 2
    assert (row["verdict"], row["status"], row["sha256"]) == ("error", 304, None)
