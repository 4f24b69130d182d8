"""What is remembered of hosts, and the lock that keeps two crawls off one host."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from archive.catalogue.engine import Catalogue
from archive.hostlock import host_locks
from archive.hosts import HostState, Trust, known_hosts, load_host, save_host

_HOLD = """
import sys
from pathlib import Path
from archive.catalogue.engine import Catalogue
from archive.hostlock import host_locks
locks = host_locks(Catalogue(sys.argv[1]), Path(sys.argv[2]))
print(locks.take("www.example.gov.cn"), flush=True)
sys.stdin.read()
"""


def test_a_host_comes_back_as_it_was_saved(catalogue: Catalogue) -> None:
    assert load_host(catalogue, "a.gov.cn") == HostState("a.gov.cn")
    state = HostState(
        "a.gov.cn",
        family="trs",
        needs_browser=True,
        challenged=True,
        trust=Trust.UNVERIFIED,
        trust_note="expired",
        crawl_delay=2.5,
        refusals=3,
        refused_at="2026-11-21T18:00:00Z",
        retry_at="2026-11-25T14:00:00Z",
        reason="status 412",
        cookies='{"agent": "x", "cookies": []}',
    )
    save_host(catalogue, HostState("a.gov.cn"))
    save_host(catalogue, state)
    save_host(catalogue, HostState("b.gov.cn:8080"))
    assert load_host(catalogue, "a.gov.cn") == state
    assert known_hosts(catalogue) == {"a.gov.cn": state, "b.gov.cn:8080": HostState("b.gov.cn:8080")}


def test_two_processes_never_hold_one_host(catalogue: Catalogue, home: Path) -> None:
    other = subprocess.Popen(
        [sys.executable, "-c", _HOLD, catalogue.url, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert other.stdout is not None
    assert other.stdout.readline().strip() == "True"
    locks = host_locks(catalogue, home)
    assert locks.take("www.example.gov.cn") is False
    assert locks.take("other.example.gov.cn") is True
    other.kill()  # the system lets go of what a killed process held
    other.wait()
    while not locks.take("www.example.gov.cn"):
        pass  # PostgreSQL notices the lost connection a moment later
    assert locks.take("www.example.gov.cn") is True
    locks.close()


def test_what_is_let_go_can_be_taken_by_another(catalogue: Catalogue, home: Path) -> None:
    first, second = host_locks(catalogue, home), host_locks(catalogue, home)
    assert first.take("a.gov.cn:80")
    assert not second.take("a.gov.cn:80")
    first.release("a.gov.cn:80")
    assert second.take("a.gov.cn:80")
    second.close()
    assert first.take("a.gov.cn:80")
    first.close()
