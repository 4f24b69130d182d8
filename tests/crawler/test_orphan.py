"""A crawl whose starter is killed does not go on by itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from archive.catalogue.engine import create_catalogue, sqlite_url
from tests.crawler.loopback import Asked, Loopback, captures, column, job_for, pages

# Starts the crawl as the scheduler does, and says its process's id.
STARTER = """
import os, subprocess, sys
from dataclasses import replace
from crawler.job import CrawlJob
job = replace(CrawlJob.from_json(sys.stdin.read()), parent=os.getpid())
process = subprocess.Popen([sys.executable, "-m", "crawler.process"], stdin=subprocess.PIPE,
                           stdout=subprocess.PIPE, text=True)
process.stdin.write(job.to_json())
process.stdin.close()
print(process.pid, flush=True)
process.wait()
"""


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def wait_until(done: object, seconds: float = 60) -> None:
    assert callable(done)
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="SKIPPED LOUDLY: there is no /proc here")
def test_the_crawl_ends_cleanly_when_its_starter_is_killed(tmp_path: Path) -> None:
    create_catalogue(sqlite_url(tmp_path)).close()
    content = pages(column(400))

    def slow(asked: Asked) -> object:
        time.sleep(0.05)
        return content(asked)

    with Loopback(slow) as server:  # type: ignore[arg-type]
        starter = subprocess.Popen(
            [sys.executable, "-c", STARTER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert starter.stdin is not None
        assert starter.stdout is not None
        starter.stdin.write(job_for(tmp_path, server.url).to_json())
        starter.stdin.close()
        crawl = int(starter.stdout.readline())
        wait_until(lambda: len(server.asked) > 10)
        starter.send_signal(signal.SIGKILL)
        starter.wait()
        starter.stdout.close()
        wait_until(lambda: not alive(crawl))
        assert len(server.asked) < 200, "it did not go on to the end"
    kept = [row for row in captures(tmp_path) if row["verdict"] == "ok"]
    assert len(kept) >= len(server.asked) - 2, "what came is in the archive, but for what was under way"
    assert not list(tmp_path.glob("warc/**/*.open")), "its files are closed"
    assert os.getpid() != crawl
