"""What is told to whom: once, and over a real connection."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.lark import NotifyLark
from apprise.plugins.wecombot import NotifyWeComBot
from sqlalchemy import text
from sqlalchemy.orm import Session

from archive.alarms import Raise, acknowledge, settle
from archive.catalogue.engine import Catalogue
from archive.catalogue.models import Agency, Blob, Change, Extraction, Report, Resource
from archive.outbox import MOST_ATTEMPTS, NoticeState, claim, counts, pending
from archive.times import iso
from scheduler.alarms.words import Language
from scheduler.notices.channel import Channel
from scheduler.notices.dispatch import MOST_REFUSALS, dispatch, preview
from scheduler.notices.message import MOST_LINES
from scheduler.notices.send import send

NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
CHANNEL = Channel("team", "json://127.0.0.1:1/", language=Language.EN)


@dataclass
class Receiver:
    """A real HTTP server that takes messages; ``answers`` are given one after the other, then 200,
    each with what is ``said``."""

    url: str = ""
    got: list[dict[str, Any]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    said: dict[str, Any] = field(default_factory=dict)
    arrived: threading.Event = field(default_factory=threading.Event)
    hold: threading.Event | None = None


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    there = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            there.got.append(json.loads(body))
            there.arrived.set()
            if there.hold is not None:
                there.hold.wait(60)
            self.send_response(there.answers.pop(0) if there.answers else 200)
            self.end_headers()
            self.wfile.write(json.dumps(there.said).encode())

        def log_message(self, *_words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    there.url = f"json://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield there
    if there.hold is not None:
        there.hold.set()
    server.shutdown()
    thread.join()
    server.server_close()


def clock(minutes: float = 0) -> Any:
    return lambda: NOW + timedelta(minutes=minutes)


def alarm(catalogue: Catalogue, subject: str = "www.a.cn", division: str | None = "640502") -> int:
    """Raise one more; its number."""
    details = {"message": "timed out"}
    (number,) = settle(
        catalogue, [Raise("site_failed", subject, division, details, 1)], (), NOW.date(), clock()
    ).raised
    return number


def change(catalogue: Catalogue, number: int, division: str = "640500", **more: Any) -> None:
    """A report and what became of it, as the projection leaves it."""
    given = {"layer": "field", "cause": "source", "kind": "edited", "flicker": False, "minutes": 1.0, **more}
    at = iso(NOW + timedelta(minutes=given.pop("minutes")))
    of_cell = ("table_code", "row_code", "column_code", "old_value")
    cell = dict(zip(of_cell, ("disclosure", "licensing", "decisions", "17"), strict=True))
    with catalogue.writing() as session:
        if session.get(Report, number) is None:
            _report(session, number, division, at)
        row = Change(report_id=number, resource_id=number, window_to=at, recorded_at=at)
        for name, value in {
            "new_value": "18",
            **(cell if given["layer"] == "field" else {}),
            **given,
        }.items():
            setattr(row, name, value)
        session.add(row)


def _report(session: Session, number: int, division: str, at: str) -> None:
    url, sha256 = f"https://x/{number}", f"{number:064}"
    session.add(Blob(sha256=sha256, size=1))
    session.add(Resource(resource_id=number, url=url, surt=url, host="x", kind="article"))
    session.add(Agency(agency_id=number, key=url, name=f"某局{number}", division_code=division))
    session.flush()
    read = {"revision": 1, "outcome": "report", "media_type": "text/html", "read_at": at}
    session.add(Extraction(extraction_id=number, sha256=sha256, **read))
    session.flush()
    ids = {"report_id": number, "agency_id": number, "resource_id": number, "extraction_id": number}
    seen = {"first_seen": at, "last_seen": at, "known_at": at}
    session.add(Report(key=url, year=2025, status="present", **ids, **seen))
    session.flush()


def tell(catalogue: Catalogue, home: Path, *channels: Channel, minutes: float = 0) -> list[int]:
    """How many events each channel was told."""
    done = dispatch(catalogue, home, channels, clock=clock(minutes))
    assert [one.problems for one in done] == [()] * len(channels)
    return [one.events for one in done]


def test_each_thing_is_told_once(catalogue: Catalogue, home: Path, receiver: Receiver) -> None:
    channel = replace(CHANNEL, url=receiver.url)
    number = alarm(catalogue)
    change(catalogue, 1, minutes=-5)  # before the channel was there
    assert tell(catalogue, home, channel) == [1]
    change(catalogue, 2)
    change(catalogue, 2, layer="presence", kind="appeared", new_value=None)
    assert tell(catalogue, home, channel, minutes=2) == [2]
    assert tell(catalogue, home, channel, minutes=3) == [0]
    settle(catalogue, (), [number], NOW.date(), clock(4))
    assert tell(catalogue, home, channel, minutes=5) == [1]
    first, second, third = receiver.got
    assert first["title"] == "nianbao: 1 alarms"
    assert "The crawl of www.a.cn failed: timed out" in first["message"]
    assert "Does the site open in a browser?" in first["message"]
    assert "某局2 2025 edited disclosure/licensing/decisions: 17 → 18" in second["message"]
    assert "某局2 2025 appeared" in second["message"]
    assert third["title"] == "nianbao: 1 alarms over"


def test_the_same_change_under_another_number_is_not_told_again(
    catalogue: Catalogue, home: Path, receiver: Receiver
) -> None:
    channel = replace(CHANNEL, url=receiver.url)
    tell(catalogue, home, channel)
    change(catalogue, 1)
    assert tell(catalogue, home, channel) == [1]
    with catalogue.writing() as session:
        session.execute(text("UPDATE change SET change_id = change_id + 100"))
    assert tell(catalogue, home, channel) == [0]


def test_what_is_no_news_is_not_told(catalogue: Catalogue, home: Path, receiver: Receiver) -> None:
    channel = replace(CHANNEL, url=receiver.url, changes=frozenset(["presence"]))
    tell(catalogue, home, channel)
    change(catalogue, 1)
    change(catalogue, 2, layer="presence", kind="gone", cause="parser")
    change(catalogue, 3, layer="presence", kind="gone", flicker=True)
    change(catalogue, 4, layer="bytes", kind="edited")
    acknowledge(catalogue, alarm(catalogue), "Li")
    assert tell(catalogue, home, channel, minutes=2) == [0]
    assert receiver.got == []


def test_a_region_is_told_of_itself_alone(catalogue: Catalogue, home: Path, receiver: Receiver) -> None:
    wuzhong = replace(CHANNEL, url=receiver.url, name="wuzhong", regions=("640300",))
    ningxia = replace(CHANNEL, url=receiver.url, name="ningxia", regions=("640000", "110000"))
    tell(catalogue, home, wuzhong, ningxia)
    for number, division in enumerate(("640302", "640502", "130100"), start=1):
        change(catalogue, number, division)
        alarm(catalogue, f"site{number}", division)
    alarm(catalogue, "disk", None)
    assert tell(catalogue, home, wuzhong, ningxia, minutes=2) == [3, 5]


def test_without_a_digest_each_is_a_message(catalogue: Catalogue, home: Path, receiver: Receiver) -> None:
    channel = replace(CHANNEL, url=receiver.url, digest=False, language=Language.ZH)
    alarm(catalogue, "a")
    alarm(catalogue, "b")
    assert tell(catalogue, home, channel) == [2]
    assert [got["title"] for got in receiver.got] == ["年报档案: 1 警报"] * 2


def test_a_digest_of_many_is_cut_and_says_so(catalogue: Catalogue, home: Path, receiver: Receiver) -> None:
    channel = replace(CHANNEL, url=receiver.url)
    for number in range(MOST_LINES + 5):
        alarm(catalogue, f"site{number}")
    assert tell(catalogue, home, channel) == [MOST_LINES + 5]
    (got,) = receiver.got
    assert got["title"] == f"nianbao: {MOST_LINES + 5} alarms"
    assert "5 more" in got["message"]


def test_a_site_cannot_write_lines_of_its_own(catalogue: Catalogue, home: Path, receiver: Receiver) -> None:
    channel = replace(CHANNEL, url=receiver.url)
    tell(catalogue, home, channel)
    change(catalogue, 1, new_value="1\n<b>all is well</b>\x1b[2J" + "9" * 5000)
    tell(catalogue, home, channel)
    (line,) = receiver.got[0]["message"].splitlines()
    assert "\x1b" not in line
    assert len(line) == 300


def test_a_dry_run_shows_the_message_and_leaves_nothing(
    catalogue: Catalogue, home: Path, receiver: Receiver
) -> None:
    channel = replace(CHANNEL, url=receiver.url)
    alarm(catalogue)
    (shown,) = preview(catalogue, channel, clock())
    assert counts(catalogue) == {}
    assert receiver.got == []
    tell(catalogue, home, channel)
    assert (receiver.got[0]["title"], receiver.got[0]["message"]) == (shown.title, shown.body)
    assert preview(catalogue, channel, clock()) == []


def test_what_is_refused_is_tried_again_and_not_for_ever(
    catalogue: Catalogue, home: Path, receiver: Receiver
) -> None:
    channel = replace(CHANNEL, url=receiver.url)
    alarm(catalogue, "a")
    receiver.answers = [500, 200]
    (failed,) = dispatch(catalogue, home, [channel], clock=clock())
    assert failed.events == 0
    assert "500" in failed.problems[0]
    alarm(catalogue, "b")
    assert tell(catalogue, home, channel) == [2]
    receiver.answers = [500] * 20
    alarm(catalogue, "c")
    for _ in range(MOST_ATTEMPTS + 2):
        dispatch(catalogue, home, [channel], clock=clock())
    assert len(receiver.got) == 2 + MOST_ATTEMPTS
    assert counts(catalogue) == {"team": {"sent": 2, "failed": 1}}


def test_nobody_listens_and_an_address_that_is_none(catalogue: Catalogue, home: Path) -> None:
    alarm(catalogue)
    channels = [CHANNEL, replace(CHANNEL, name="typo", url="jsno://127.0.0.1/secret")]
    for done in dispatch(catalogue, home, channels, clock=clock()):
        assert done.events == 0
        assert done.problems
        assert "secret" not in done.problems[0]


def test_a_server_that_was_told_and_is_silent_is_not_told_twice(
    catalogue: Catalogue, home: Path, receiver: Receiver
) -> None:
    receiver.hold = threading.Event()
    channel = replace(CHANNEL, url=f"{receiver.url}?rto=0.3")
    alarm(catalogue)
    (done,) = dispatch(catalogue, home, [channel], clock=clock())
    assert "may have arrived" in done.problems[0]
    receiver.hold.set()
    assert tell(catalogue, home, channel) == [0]
    assert len(receiver.got) == 1
    assert counts(catalogue) == {"team": {"uncertain": 1}}


_TELL = """
import sys
from pathlib import Path
from archive.catalogue.engine import Catalogue
from scheduler.notices.channel import Channel
from scheduler.notices.dispatch import dispatch
dispatch(Catalogue(sys.argv[1]), Path(sys.argv[2]), [Channel("team", sys.argv[3])])
"""


def test_a_process_killed_while_it_sends_has_sent_at_most_once(
    catalogue: Catalogue, home: Path, receiver: Receiver
) -> None:
    receiver.hold = threading.Event()
    url = f"{receiver.url}?rto=60"
    alarm(catalogue)
    command = [sys.executable, "-c", _TELL, catalogue.url, str(home), url]
    process = subprocess.Popen(command)
    assert receiver.arrived.wait(60)
    (busy,) = dispatch(catalogue, home, [replace(CHANNEL, url=url)], clock=clock())
    assert busy.problems == ("another process is sending notices",)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    receiver.hold.set()
    done = _when_let_go(catalogue, home, replace(CHANNEL, url=url))
    assert "may have arrived before a crash" in done
    assert len(receiver.got) == 1
    assert counts(catalogue) == {"team": {NoticeState.UNCERTAIN: 1}}


def _when_let_go(catalogue: Catalogue, home: Path, channel: Channel) -> str:
    """PostgreSQL lets go of a dead client's lock when it notices."""
    while True:
        (done,) = dispatch(catalogue, home, [channel], clock=clock())
        if done.problems != ("another process is sending notices",):
            return done.problems[0]


def test_the_address_is_not_shown(receiver: Receiver) -> None:
    assert "secret" not in repr(replace(CHANNEL, url="json://secret/"))
    assert send("json://secret:token@127.0.0.1:1/", "t", "b")[1] is not None
    assert "token" not in str(send("json://secret:token@127.0.0.1:1/", "t", "b")[1])


def test_what_another_process_claimed_is_not_sent_too(
    catalogue: Catalogue, home: Path, receiver: Receiver
) -> None:
    """A database that restarts forgets the lock, so that two processes may hold the same list."""
    channel = replace(CHANNEL, url=receiver.url, digest=False)
    alarm(catalogue, "a")
    alarm(catalogue, "b")

    def while_another_sends(url: str, title: str, body: str) -> tuple[NoticeState, str | None]:
        for waiting in pending(catalogue, "team"):
            assert claim(catalogue, [waiting], clock())
        return send(url, title, body)

    (done,) = dispatch(catalogue, home, [channel], while_another_sends, clock())
    assert (done.sent, done.problems) == (1, ())
    assert len(receiver.got) == 1


def test_a_channel_that_refuses_is_left_alone_for_now(
    catalogue: Catalogue, home: Path, receiver: Receiver
) -> None:
    channel = replace(CHANNEL, url=receiver.url, digest=False)
    receiver.answers = [500] * (MOST_REFUSALS + 1)
    for number in range(MOST_REFUSALS + 5):
        alarm(catalogue, f"site{number}")
    (done,) = dispatch(catalogue, home, [channel], clock=clock())
    assert len(receiver.got) == MOST_REFUSALS
    assert "the rest waits" in done.problems[-1]
    receiver.answers = []
    assert tell(catalogue, home, channel) == [MOST_REFUSALS + 5]


@pytest.fixture(params=["wecombot://{}", "dingtalk://{}/", "feishu://{}/", "lark://{}/"])
def robot(
    request: pytest.FixtureRequest, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, Receiver]:
    """A group's robot whose address leads to the receiver, which answers 200 whatever it thinks of it."""
    url = str(request.param).format(f"token{receiver.url[-6:-1]}")
    there = receiver.url.replace("json://", "http://")
    for plugin in (NotifyWeComBot, NotifyDingTalk, NotifyFeishu, NotifyLark):
        monkeypatch.setattr(plugin, "notify_url", there)
        monkeypatch.setattr(plugin, "request_rate_per_sec", 0)
    return url, receiver


def test_a_robot_says_no_with_status_200(
    catalogue: Catalogue, home: Path, robot: tuple[str, Receiver]
) -> None:
    url, receiver = robot
    channel = replace(CHANNEL, url=url)
    receiver.said = {"errcode": 93000, "errmsg": "invalid webhook url", "code": 19001, "msg": "param invalid"}
    alarm(catalogue)
    (done,) = dispatch(catalogue, home, [channel], clock=clock())
    assert done.sent == 0
    assert "invalid" in done.problems[0]
    receiver.said = {"errcode": 0, "errmsg": "ok", "code": 0, "msg": "success"}
    assert tell(catalogue, home, channel) == [1]
    assert len(receiver.got) == 2


def test_a_digest_fits_into_what_the_service_takes(
    catalogue: Catalogue, home: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """企业微信 takes 2048 bytes of UTF-8, a Chinese character being three."""
    monkeypatch.setattr(NotifyWeComBot, "notify_url", receiver.url.replace("json://", "http://"))
    receiver.said = {"errcode": 0}
    channel = replace(CHANNEL, url=f"wecombot://key{receiver.url[-6:-1]}", language=Language.ZH)
    for number in range(MOST_LINES):
        alarm(catalogue, f"site{number}")
    tell(catalogue, home, channel)
    content = receiver.got[0]["text"]["content"]
    assert len(content.encode()) <= 2048
    listed = content.count("[")
    assert f"另有 {MOST_LINES - listed} 项" in content.splitlines()[-1]
