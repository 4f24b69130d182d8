"""A job's process with all that it starts: run within limits, named beyond reboots, ended as a whole."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from threading import Event

import psutil

from scheduler.plans import Limits

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
LOOK_SECONDS = 2.0
PATIENCE_SECONDS = 75.0
"""How long a process may take to end by itself: a request under way may last a minute."""
_MB = 1024 * 1024


class Cut(StrEnum):
    """Why the scheduler ended a process."""

    TIME = "it took longer than its limit of time"
    MEMORY = "its processes took more memory than their limit"
    STOP = "the schedule was stopped"


@dataclass(frozen=True, slots=True)
class Ran:
    """How a process ended. ``exit_code`` is negative for a signal; ``cut`` is why it was ended by us."""

    exit_code: int
    cut: Cut | None
    cpu_seconds: float
    peak_mb: int


def run_limited(
    command: Sequence[str],
    limits: Limits,
    log: Path,
    stop: Event,
    started: Callable[[str], None],
    *,
    look: float = LOOK_SECONDS,
    patience: float = PATIENCE_SECONDS,
) -> Ran:
    """Run a program to its end, and end it when it passes a limit or when ``stop`` is set.

    What it prints goes to ``log``. ``started`` is called with the name of its process.
    """
    before = _children_seconds()
    log.parent.mkdir(parents=True, exist_ok=True)
    # -P: not what lies in the folder that one happens to be in
    launcher = [sys.executable, "-P", "-m", "scheduler.launch", str(os.getpid()), *command]
    with log.open("ab") as output:
        process = subprocess.Popen(
            launcher, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
    cut: Cut | None = None
    peak = 0
    deadline = time.monotonic() + limits.time.total_seconds()
    try:
        started(name_of(process.pid))
        while process.poll() is None and cut is None:
            peak = max(peak, memory_mb(process.pid))
            if stop.is_set():
                cut = Cut.STOP
            elif time.monotonic() > deadline:
                cut = Cut.TIME
            elif peak > limits.memory_mb:
                cut = Cut.MEMORY
            else:
                _wait(process, stop, min(look, max(0.0, deadline - time.monotonic())))
    finally:
        if process.poll() is None:
            end_family(process.pid, patience)
        code = process.wait()
    return Ran(code, cut, _children_seconds() - before, peak)


def _wait(process: subprocess.Popen[bytes], stop: Event, seconds: float) -> None:
    """Until the process ends, ``stop`` is set, or the time is over."""
    until = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < until:
        if stop.wait(min(0.25, seconds)):
            return


def name_of(pid: int) -> str:
    """A name that no other process ever has: the boot, the number, and when it began."""
    try:
        # the name in brackets may hold anything; the 20th field behind it is the start, in ticks since boot
        begun = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[19]
    except (FileNotFoundError, ProcessLookupError):
        begun = "gone"
    return f"{boot_id()} {pid} {begun}"


def boot_id() -> str:
    """Tells this run of the machine from all others."""
    return BOOT_ID.read_text("ascii").strip()


def end_named(name: str, patience: float = PATIENCE_SECONDS) -> bool:
    """End the process of that name with its family, if it still runs; whether it did."""
    pid = int(name.split()[1])
    if name.endswith(" gone") or name_of(pid) != name:
        return False
    end_family(pid, patience)
    return True


def end_family(pid: int, patience: float = PATIENCE_SECONDS) -> None:
    """Ask a process to end, which ends those below it; kill what is left after ``patience`` seconds."""
    family = _family(pid)
    with suppress(psutil.NoSuchProcess):
        psutil.Process(pid).terminate()
    _wait_for_end(family, patience)
    killed = [one for one in {*family, *_family(pid)} if _lives(one)]
    for one in killed:
        with suppress(psutil.NoSuchProcess):
            one.kill()
    _wait_for_end(killed, patience)


def _wait_for_end(family: Collection[psutil.Process], seconds: float) -> None:
    # not psutil.wait_procs: it would take the exit code from the Popen object that it belongs to
    until = time.monotonic() + seconds
    while any(_lives(one) for one in family) and time.monotonic() < until:
        time.sleep(0.05)


def _lives(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def memory_mb(pid: int) -> int:
    """What a process and all below it hold, in MB, memory that they share counted once."""
    total = 0
    for one in _family(pid):
        try:
            total += one.memory_full_info().pss
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return total // _MB


def _family(pid: int) -> list[psutil.Process]:
    try:
        head = psutil.Process(pid)
        return [head, *head.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _children_seconds() -> float:
    """Processor time of all processes that this one has started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
