"""A job's process: its limits, its end with all that it started, and its scheduler's death."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import psutil
import pytest

from scheduler.plans import Limits
from scheduler.processes import Cut, Ran, end_named, name_of, run_limited

AMPLE = Limits(timedelta(minutes=5), 2000)
PATIENCE = 120.0


def run(tmp_path: Path, code: str, limits: Limits = AMPLE, stop: Event | None = None) -> Ran:
    command = (sys.executable, "-c", code)
    return run_limited(
        command, limits, tmp_path / "log", stop or Event(), lambda name: None, look=0.1, patience=2.0
    )


def wait_until(true: object) -> None:
    assert callable(true)
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize(("code", "ends"), [("print('x')", 0), ("raise SystemExit(3)", 3)])
def test_a_process_that_ends_by_itself(tmp_path: Path, code: str, ends: int) -> None:
    ran = run(tmp_path, code)
    assert (ran.exit_code, ran.cut) == (ends, None)
    assert ran.cpu_seconds > 0


def test_what_it_prints_is_its_log(tmp_path: Path) -> None:
    run(tmp_path, "import sys; print('one', flush=True); print('two', file=sys.stderr)")
    assert (tmp_path / "log").read_text() == "one\ntwo\n"


def test_a_process_that_takes_too_long(tmp_path: Path) -> None:
    ran = run(tmp_path, "import time; time.sleep(600)", Limits(timedelta(seconds=0.5), 2000))
    assert (ran.exit_code, ran.cut) == (-signal.SIGTERM, Cut.TIME)


def test_processes_that_take_too_much_memory_together(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys, time; own = bytearray(30_000_000);"
        "subprocess.run([sys.executable, '-c', 'import time; x = bytearray(80_000_000); time.sleep(600)'])"
    )
    ran = run(tmp_path, code, Limits(timedelta(minutes=5), 90))
    assert ran.cut is Cut.MEMORY
    assert ran.peak_mb > 90


def test_a_process_that_will_not_end_is_killed_with_its_children(tmp_path: Path) -> None:
    code = (
        "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
        "print(child.pid, flush=True); time.sleep(600)"
    )
    stop = Event()
    found: list[Ran] = []
    thread = Thread(target=lambda: found.append(run(tmp_path, code, stop=stop)))
    thread.start()
    wait_until(lambda: (tmp_path / "log").exists() and (tmp_path / "log").read_text().strip())
    child = int((tmp_path / "log").read_text())
    stop.set()
    thread.join()
    assert (found[0].exit_code, found[0].cut) == (-signal.SIGKILL, Cut.STOP)
    wait_until(lambda: not psutil.pid_exists(child) or psutil.Process(child).status() == "zombie")


def test_a_job_ends_when_its_scheduler_is_killed(tmp_path: Path) -> None:
    """The scheduler here is a process of its own, killed as by the kernel's want of memory."""
    job = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
    scheduler = (
        "import sys; from pathlib import Path; from threading import Event; from datetime import timedelta;"
        "from scheduler.plans import Limits; from scheduler.processes import run_limited;"
        f"run_limited((sys.executable, '-c', {job!r}), Limits(timedelta(hours=1), 2000),"
        f" Path({str(tmp_path / 'log')!r}), Event(), lambda name: None)"
    )
    process = subprocess.Popen([sys.executable, "-c", scheduler])
    wait_until(lambda: (tmp_path / "log").exists() and (tmp_path / "log").read_text().strip())
    pid = int((tmp_path / "log").read_text())
    process.kill()
    process.wait()
    wait_until(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == "zombie")


def test_only_the_very_process_of_a_name_is_ended() -> None:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    name = name_of(process.pid)
    boot, pid, begun = name.split()
    assert not end_named(f"{boot} {pid} {int(begun) - 1}")
    assert process.poll() is None
    waiter = Thread(target=process.wait)
    waiter.start()
    assert end_named(name)
    waiter.join()
    assert process.returncode == -signal.SIGTERM
    assert not end_named(name)
    assert os.getpid() != process.pid


def test_what_lies_where_it_is_started_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``python -m`` looks first into the folder that one happens to be in."""
    (tmp_path / "scheduler").mkdir()
    for name in ("__init__", "launch"):
        (tmp_path / "scheduler" / f"{name}.py").write_text("raise SystemExit(9)\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    assert run(tmp_path, "pass").exit_code == 0
