"""The schedule as people run it: a process over a real home, crawling a real replica."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest

from nianbao.replica import EXPECTED, Replica
from scheduler.heartbeat import Heartbeat
from scheduler.plans import Job
from tests.whole.conftest import nianbao, rows

PATIENCE = 90.0
DELAY = 0.5
Start = Callable[[], subprocess.Popen[bytes]]
JOBS = ("crawl", "listings", "parse", "audit", "report")


@pytest.fixture
def replica() -> Iterator[Replica]:
    with Replica() as site:
        yield site


@pytest.fixture
def home(tmp_path: Path, replica: Replica) -> Path:
    path = tmp_path / "archive"
    nianbao(path, "init", "--contact", "https://example.org/crawler")
    address = ("sites", "add", replica.url, "--name", "replica", "--division", "640500")
    nianbao(path, *address, "--delay", str(DELAY), "--allow-private")
    return path


def due_since(home: Path, ago: timedelta) -> None:
    """Write settings by which a crawl, and nothing else, was due so long ago while the schedule slept."""
    due = datetime.now(UTC) - ago
    off = "".join(f'[schedule.{job}]\ncron = "off"\n' for job in JOBS[1:])
    text = (
        f'[schedule]\nzone = "UTC"\njitter_minutes = 0\nretry_minutes = 0.02\n'
        f'listen = "127.0.0.1:0"\n'
        f'[schedule.crawl]\ncron = "{due.minute} {due.hour} * * *"\n{off}'
    )
    with (home / "nianbao.toml").open("a", encoding="utf-8") as file:
        file.write(text)
    Heartbeat(home / "schedule.json", due - timedelta(hours=1)).beat(
        due - timedelta(hours=1), {Job.CRAWL: due}
    )


@pytest.fixture
def schedule(home: Path) -> Iterator[Start]:
    """Starts the schedule of the home; none outlives its test."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "nianbao.cli", "--home", str(home), "schedule", "run"]
        started.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        return started[-1]

    yield start
    for process in started:
        process.terminate()
        process.wait(PATIENCE)


def wait_until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def kill_amid(process: subprocess.Popen[bytes], replica: Replica, by: int) -> None:
    wait_until(lambda: len(replica.requests) > 6)
    process.send_signal(by)


def starts(home: Path) -> list[tuple[int, str]]:
    return [(row["attempt"], row["status"]) for row in reversed(rows(home, "schedule", "history"))]


def test_a_job_by_hand_is_taken_down(home: Path) -> None:
    assert "crawl: done" in nianbao(home, "schedule", "now", "crawl").stdout
    (row,) = rows(home, "schedule", "history", "--job", "crawl")
    assert (row["status"], row["exit_code"]) == ("done", 0)
    assert row["cpu_seconds"] > 0
    assert "files of reports" in (home / row["log_file"]).read_text(encoding="utf-8")
    assert [job["job"] for job in rows(home, "schedule", "list")] == list(JOBS)


def test_a_job_by_hand_that_cannot_be_done_is_no_success(home: Path) -> None:
    """systemd takes 1, done with failures, for a success."""
    with (home / "nianbao.toml").open("a", encoding="utf-8") as file:
        file.write("\n[schedule.crawl]\nmax_minutes = 0.001\n")
    assert "crawl: overrun" in nianbao(home, "schedule", "now", "crawl", code=3).stdout


def test_the_list_tells_times_by_the_crons_clock(home: Path) -> None:
    (crawl,) = (job for job in rows(home, "schedule", "list") if job["job"] == "crawl")
    assert crawl["next_at"].endswith("T02:30:00+08:00")


@pytest.mark.parametrize("killed", [signal.SIGTERM, signal.SIGKILL])
def test_a_night_goes_on_where_the_schedule_was_ended(
    home: Path, replica: Replica, schedule: Start, killed: int
) -> None:
    due_since(home, timedelta(minutes=2))
    first = schedule()
    # from a thread of its own: a test that is held up on a busy machine would come when all is crawled
    killer = Thread(target=kill_amid, args=(first, replica, killed))
    killer.start()
    killer.join()
    first.wait(PATIENCE)

    again = schedule()
    wait_until(lambda: len(starts(home)) > 1 and starts(home)[-1][1] not in ("running", "interrupted"))
    again.terminate()
    again.wait(PATIENCE)
    assert starts(home) == [(1, "interrupted"), (2, "done")]
    assert [run["status"] for run in rows(home, "runs")] == ["interrupted", "done"]
    assert len(rows(home, "reports")) == len(EXPECTED[1])
    pages = [r.path for r in replica.requests if r.path.endswith(".html")]
    assert len(pages) - len(set(pages)) <= 1  # what was under way when it was ended


def test_a_crawl_by_hand_and_the_schedule_do_not_ask_one_host_at_once(
    home: Path, replica: Replica, schedule: Start
) -> None:
    """The log of the site itself tells: requests are never nearer to each other than one crawl's delay."""
    due_since(home, timedelta(minutes=2))
    assert "has not been heard of" in nianbao(home, "schedule", "health", code=1).stdout
    daemon = schedule()
    wait_until(lambda: len(replica.requests) > 5)
    second = nianbao(home, "schedule", "run", code=1)
    assert f"process {daemon.pid} holds" in " ".join(second.stderr.split())
    page = f"{replica.url}zwgk/"
    nianbao(home, "backfill", page, "--allow-private", "--delay", str(DELAY), code=None)
    wait_until(lambda: starts(home) and starts(home)[-1][1] != "running")
    assert "The schedule is well" in nianbao(home, "schedule", "health").stdout
    daemon.terminate()
    daemon.wait(PATIENCE)
    times = [request.at for request in replica.requests]
    assert min(b - a for a, b in zip(times, times[1:], strict=False)) > 0.9 * DELAY


def test_config_check(home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert "they are sound" in nianbao(home, "config", "check").stdout
    monkeypatch.setenv("NIANBAO_WINDOW", "03:00-05:00")
    assert "outside of window" in nianbao(home, "config", "check", code=1).stdout
    monkeypatch.setenv("NIANBAO_SCHEDULE__CRAWL__CRON", "30 3 * * 1")
    assert "write days of the week as mon" in nianbao(home, "config", "check", code=2).stderr
    monkeypatch.undo()
    with (home / "nianbao.toml").open("r+", encoding="utf-8") as file:
        text = file.read()
        file.seek(0)
        file.write('database = "postgresql+psycopg://me:secret@localhost/x"\n' + text)
    assert "holds a password" in nianbao(home, "config", "check", code=1).stdout
    secret = tmp_path / "secret"
    secret.write_text(f"sqlite:///{home / 'catalogue.sqlite3'}\n", encoding="utf-8")
    monkeypatch.setenv("NIANBAO_DATABASE_FILE", str(secret))
    assert rows(home, "runs") == []
