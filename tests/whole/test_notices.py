"""Notices through the command line, from the settings to a real server."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.whole.conftest import TwoNights, nianbao


@pytest.fixture
def copy(two_nights: TwoNights, tmp_path: Path) -> Path:
    home = Path(shutil.copytree(two_nights.home, tmp_path / "home"))
    entry = {
        "number": 1,
        "at": "2026-11-20T00:00:00Z",
        "file": "warc/x.warc.gz",
        "size": 1,
        "sha256": "0" * 64,
    }
    line = json.dumps({**entry, "wrong": 1, "previous": "0" * 64})
    (home / "fixity.jsonl").write_text(line + "\n", "utf-8")
    return home


@pytest.fixture
def posted(tmp_path: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    got: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"json://127.0.0.1:{server.server_port}/", got
    server.shutdown()
    thread.join()
    server.server_close()


def channel(home: Path, *lines: str) -> None:
    with (home / "nianbao.toml").open("a", encoding="utf-8") as file:
        file.write("\n[[notices]]\n" + "\n".join(lines) + "\n")


def test_a_night_is_told_once(copy: Path, posted: tuple[str, list[dict[str, Any]]]) -> None:
    url, got = posted
    (copy / "team").write_text(f"{url}\n", "utf-8")
    channel(copy, 'name = "team"', 'url_file = "team"')
    assert "team: sent" in nianbao(copy, "notices", "--test").stdout
    nianbao(copy, "night", "--close")
    nianbao(copy, "night", "--close")
    nianbao(copy, "notices")
    test, night = got
    assert "测试消息" in test["message"]
    assert "警报" in night["title"]
    assert "档案文件损坏" in night["message"]
    assert "team: " in nianbao(copy, "notices", "--status").stdout
    assert "0 messages would be sent" in nianbao(copy, "notices", "--dry-run").stdout


def test_a_dry_run_needs_no_address(copy: Path) -> None:
    channel(copy, 'name = "team"', 'url_env = "NIANBAO_NOT_SET"', 'language = "en"')
    nianbao(copy, "night", "--close", code=1)
    assert "a file of the archive is damaged" in nianbao(copy, "notices", "--dry-run").stdout
    assert "NIANBAO_NOT_SET" in nianbao(copy, "notices", code=1).stderr


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('url = "mailto://me:secret@x"', "url_file"),
        ("", "either url_env or url_file"),
        ('url_env = "A"\nurl_file = "b"', "either url_env or url_file"),
        ('url_env = "A"\nregions = ["64"]', "regions"),
        ('url_env = "A"\nchanges = ["bytes"]', "changes"),
        ('url_env = "A"\nlanguage = "de"', "language"),
        ('url_env = "A"\ncolour = "red"', "is not a key"),
        ('url_env = "A B"', "environment variable"),
    ],
)
def test_bad_settings_say_what_to_do(copy: Path, line: str, said: str) -> None:
    channel(copy, 'name = "team"', line)
    told = nianbao(copy, "notices", code=2).stderr
    assert said in told
    assert "secret@" not in told


def test_without_a_channel_and_with_one_twice(copy: Path) -> None:
    assert "[[notices]]" in nianbao(copy, "notices", code=2).stderr
    for _ in range(2):
        channel(copy, 'name = "team"', 'url_env = "A"')
    assert "share a name" in nianbao(copy, "notices", code=2).stderr


def test_an_address_that_cannot_be_used_is_found_before_it_is_needed(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel(copy, 'name = "team"', 'url_env = "TEAM"')
    assert "the environment has no TEAM" in nianbao(copy, "config", "check", code=1).stdout
    monkeypatch.setenv("TEAM", "wecombot://")
    assert "none that apprise can read" in nianbao(copy, "config", "check", code=1).stdout
    monkeypatch.setenv("TEAM", "wecombot://key")
    assert "notices team has its address" in nianbao(copy, "config", "check").stdout


def test_a_variable_of_the_settings_holds_no_address(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    channel(copy, 'name = "team"', 'url_env = "NIANBAO_NOTICES"')
    assert "NIANBAO_NOTICES_ME" in nianbao(copy, "notices", code=2).stderr
    monkeypatch.setenv("NIANBAO_NOTICES", "mailto://me:secret@x")
    told = nianbao(copy, "notices", code=2).stderr
    assert "give it another name" in told
    assert "secret" not in told


def test_what_the_environment_gets_wrong_is_told_as_its_fault(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NIANBAO_SCHEDULE__JITTER_MINUTES", "soon")
    assert "NIANBAO_SCHEDULE__JITTER_MINUTES in the env" in nianbao(copy, "config", "check", code=2).stderr
