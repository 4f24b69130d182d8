"""Reading in worker processes that cannot harm the rest: bounded memory, time and no network.

A worker is ``python -m parsers.isolation``: a fresh interpreter that inherits nothing but two pipes
(:mod:`parsers.wire`). It lives on from file to file, for fonts and character maps load once. One that dies,
hangs or runs out of memory is that file's outcome, and another one takes its place.
"""

from __future__ import annotations

import ctypes
import gc
import os
import pickle
import queue
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from parsers.compiled import LEFT_ASIDE
from parsers.crowding import crowding, no_answer_within
from parsers.report import Extraction, Outcome
from parsers.scans.extra import leave_to_others
from parsers.sniff import sniff
from parsers.wire import answer_in, questions, receive_by, send

K = TypeVar("K", bound=Hashable)
GIBIBYTE = 1024**3

COLLECTED_AFTER = (20_000, 10, 50)
"""Thresholds of a worker's collector of cycles. A page is some ten thousand objects that go as they came,
hardly a cycle among them: to look for one at every 700 took 7 to 10 % of its time.
"""

_DEEPEST = 20_000
"""Calls within one another: markup may be 2,048 deep, and some calls are made at each of its levels."""

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_GRACE = 2.0
_REASON = 500


@dataclass(frozen=True, slots=True)
class Limits:
    """What one worker may use. ``cpu_seconds`` and ``wall_seconds`` are for one file, the latter on a machine
    of one's own: see :mod:`parsers.crowding`.

    ``memory_bytes`` bounds what it may write to (RLIMIT_DATA) and, with ``mapped_bytes`` more for models and
    libraries, all that it maps (RLIMIT_AS). Only a worker with ``pictures`` recognises text in pictures.
    """

    memory_bytes: int = GIBIBYTE
    cpu_seconds: int = 60
    wall_seconds: float = 90.0
    mapped_bytes: int = 0
    pictures: bool = False


PICTURES = Limits(GIBIBYTE, cpu_seconds=900, wall_seconds=1200.0, mapped_bytes=GIBIBYTE, pictures=True)
"""For scans: some seconds a page, a hundred pages at most; the models map more than they use."""


_FROM_OUTSIDE = (-signal.SIGKILL, -signal.SIGTERM)


class WorkerDied(Exception):
    """The worker ended without an answer."""


class WorkerTimedOut(Exception):
    """The worker gave no answer in time."""


class NotDrawn(Exception):
    """A figure's place could not be drawn; the text says why."""


_Message = tuple[bytes, str | None, str | None]
"""A file, its declared media type, and the locator to draw; without one the file is to be read."""


class Worker:
    """One process that reads one file at a time; started when first needed, and again after it died.

    What it finds to be pictures goes to a second process, whose limits are ``pictures``: recognition needs
    more time, and its models need not lie in the memory of every worker.
    """

    def __init__(self, limits: Limits, pictures: Limits | None = None) -> None:
        self._limits = limits
        self._pictures = Worker(pictures) if pictures else None
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, data: bytes, media_type: str | None, *, again: bool = True) -> Extraction:
        """Read a file. Never raises for what the file does: that is its outcome.

        A worker that was killed from outside (the machine wanted memory, or is going down) says nothing of
        its file, which is read once more.
        """
        kind = sniff(data, media_type)
        started = time.monotonic()
        try:
            answer = self._ask(data, media_type)
        except WorkerTimedOut as late:
            self._end()
            return Extraction(Outcome.TIMED_OUT, kind, reason=str(late))
        except WorkerDied as death:
            if again and _exit_code(self._process) in _FROM_OUTSIDE:
                self._end()
                return self.read(data, media_type, again=False)
            return self._obituary(kind, str(death), time.monotonic() - started)
        if answer is not None:
            return answer
        if self._pictures is None:
            return Extraction(Outcome.FAILED, kind, reason="pictures, and no worker for them")
        return self._pictures.read(data, media_type)

    def draw(self, data: bytes, locator: str) -> bytes:
        """A PNG of a locator's spot in a file. Raises :class:`NotDrawn` for whatever the file does."""
        try:
            answer = self._exchange((data, None, locator))
        except WorkerTimedOut as late:
            self._end()
            raise NotDrawn("the page was not drawn in time") from late
        except WorkerDied as death:
            self._end()
            raise NotDrawn(f"the page could not be drawn: {death}") from death
        if isinstance(answer, bytes):
            return answer
        raise NotDrawn(str(answer))

    def stop(self) -> None:
        """End the processes, if there are any."""
        if self._pictures is not None:
            self._pictures.stop()
        self._end()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue

    def _ask(self, data: bytes, media_type: str | None) -> Extraction | None:
        """The worker's answer; None when it leaves the file to one for pictures."""
        extraction = self._exchange((data, media_type, None))
        if extraction is None:
            return None
        if not isinstance(extraction, Extraction):
            raise WorkerDied("an answer that is no extraction")
        if extraction.outcome is Outcome.OUT_OF_MEMORY:
            self._end()
        return extraction

    def _exchange(self, message: _Message) -> object:
        process = self._running()
        if process.stdin is None or process.stdout is None:
            raise WorkerDied("no pipes")
        seconds, crowded = self._limits.wall_seconds, crowding()
        deadline = time.monotonic() + seconds * crowded
        try:
            send(process.stdin, message)
        except BrokenPipeError as fault:
            raise WorkerDied("the worker's pipe is closed") from fault
        try:
            answer = receive_by(process.stdout, deadline)
        except TimeoutError as late:
            raise WorkerTimedOut(no_answer_within(seconds, crowded)) from late
        except EOFError as fault:
            raise WorkerDied("no answer") from fault
        try:
            received = answer_in(answer)
        except (pickle.UnpicklingError, EOFError, AttributeError) as fault:
            raise WorkerDied(f"an answer that is none: {fault}") from fault
        return received

    def _running(self) -> subprocess.Popen[bytes]:
        process = self._process
        if process is None or process.poll() is not None:
            self._end()
            process = self._process = _start(self._limits)
        return process

    def _obituary(self, kind: str, cause: str, seconds: float) -> Extraction:
        """What became of a file whose worker died, told by how it died."""
        code = _exit_code(self._process)
        self._end()
        if code == -signal.SIGXCPU:
            reason = f"more than {self._limits.cpu_seconds} seconds of CPU"
            return Extraction(Outcome.TIMED_OUT, kind, reason=reason)
        name = signal.Signals(-code).name if code is not None and code < 0 else f"exit {code}"
        return Extraction(
            Outcome.FAILED, kind, reason=f"the worker died after {seconds:.1f} s ({name}): {cause}"
        )


class Readers:
    """A bounded crew of workers. Use as a context manager: leaving it ends them all."""

    def __init__(
        self,
        workers: int = 2,
        memory_bytes: int = GIBIBYTE,
        cpu_seconds: int = 60,
        wall_seconds: float = 90.0,
        pictures: Limits = PICTURES,
    ) -> None:
        limits = Limits(memory_bytes, cpu_seconds, wall_seconds)
        self._workers = [Worker(limits, pictures) for _ in range(max(1, workers))]

    def __enter__(self) -> Readers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        for worker in self._workers:
            worker.stop()

    def read(self, data: bytes, media_type: str | None = None) -> Extraction:
        """Read one file in the first worker."""
        return self._workers[0].read(data, media_type)

    def draw(self, data: bytes, locator: str) -> bytes:
        """A PNG of a locator's spot, drawn in the first worker. Raises :class:`NotDrawn`."""
        return self._workers[0].draw(data, locator)

    def read_many(self, items: Iterable[tuple[K, bytes, str | None]]) -> Iterator[tuple[K, Extraction]]:
        """Read files as they come, and give the answers as they come, in no set order.

        Two files a worker are held at most; ``items`` is drawn from only as answers are taken.
        """
        asked: queue.SimpleQueue[tuple[K, bytes, str | None] | None] = queue.SimpleQueue()
        answered: queue.SimpleQueue[tuple[K, Extraction] | BaseException] = queue.SimpleQueue()
        threads = [
            threading.Thread(target=_serve, args=(worker, asked, answered), daemon=True)
            for worker in self._workers
        ]
        for thread in threads:
            thread.start()
        waiting = 0
        try:
            for item in items:
                asked.put(item)
                waiting += 1
                if waiting >= 2 * len(threads):
                    yield _taken(answered)
                    waiting -= 1
            while waiting:
                yield _taken(answered)
                waiting -= 1
        finally:
            if waiting:  # the caller wants no more: what waits is not begun
                _drain(asked)
            for _ in threads:
                asked.put(None)
            if waiting:
                self.close()
            for thread in threads:
                thread.join(_GRACE)


def _serve(
    worker: Worker,
    asked: queue.SimpleQueue[tuple[K, bytes, str | None] | None],
    answered: queue.SimpleQueue[tuple[K, Extraction] | BaseException],
) -> None:
    """Hand one worker file after file, until there is none."""
    while (item := asked.get()) is not None:
        key, data, media_type = item
        try:
            answered.put((key, worker.read(data, media_type)))
        except (OSError, ValueError) as fault:
            answered.put(fault)


def _drain(asked: queue.SimpleQueue[Any]) -> None:
    try:
        while True:
            asked.get_nowait()
    except queue.Empty:
        return


def _taken(answered: queue.SimpleQueue[tuple[K, Extraction] | BaseException]) -> tuple[K, Extraction]:
    answer = answered.get()
    if isinstance(answer, BaseException):
        raise answer
    return answer


def _start(limits: Limits) -> subprocess.Popen[bytes]:
    """A fresh interpreter that knows only where this package is."""
    root = str(Path(__file__).resolve().parent.parent)
    return subprocess.Popen(
        [
            sys.executable,
            "-s",
            "-m",
            "parsers.isolation",
            str(limits.memory_bytes),
            str(limits.mapped_bytes),
            str(limits.cpu_seconds),
            str(int(limits.pictures)),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": root, "PATH": os.defpath, "LANG": "C.UTF-8"} | _left_aside(),
        cwd="/",
        start_new_session=True,
    )


def _left_aside() -> dict[str, str]:
    return {LEFT_ASIDE: os.environ[LEFT_ASIDE]} if LEFT_ASIDE in os.environ else {}


def _exit_code(process: subprocess.Popen[bytes] | None) -> int | None:
    if process is None:
        return None
    try:
        return process.wait(_GRACE)
    except subprocess.TimeoutExpired:
        return None


def _no_network() -> None:
    """Leave the machine's network where the system lets us, and forbid sockets in any case."""
    ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWUSER | _CLONE_NEWNET)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError("readers have no network")

    class NoSocket(socket.socket):
        """A class still, for libraries derive their own from it when they are imported."""

        __init__ = refuse

    for name in ("create_connection", "getaddrinfo", "socketpair"):
        setattr(socket, name, refuse)
    setattr(socket, "socket", NoSocket)  # noqa: B010 - mypy takes no assignment to a class


def _answer(data: bytes, media_type: str | None) -> Extraction | None:
    """Read a file; whatever it makes the reader raise becomes its outcome. None when it is left to others."""
    from parsers.read import read
    from parsers.scans.extra import LeftToOthers

    kind = sniff(data, media_type)
    try:
        return read(data, media_type)
    except LeftToOthers:
        return None
    except MemoryError:
        return Extraction(Outcome.OUT_OF_MEMORY, kind, reason="the memory limit was reached")
    except BaseException as fault:  # noqa: BLE001 - the boundary: some libraries raise outside Exception
        return Extraction(Outcome.FAILED, kind, reason=_said(fault))


def _drawing(data: bytes, locator: str) -> bytes | str:
    """A PNG, or why there is none."""
    from parsers.spot import draw

    try:
        return draw(data, locator)
    except BaseException as fault:  # noqa: BLE001 - the boundary, as in _answer
        return _said(fault)


def _said(fault: BaseException) -> str:
    """What an exception says; of a traceback that one library's hold, its last line."""
    lines = [line for line in str(fault).splitlines() if line.strip()]
    return f"{type(fault).__name__}: {lines[-1].strip() if lines else ''}"[:_REASON]


def main(arguments: list[str]) -> int:
    """Serve as a worker: read files from standard input until it closes."""
    memory, mapped, cpu, pictures = (int(a) for a in arguments)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _no_network()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_AS, (memory + mapped, memory + mapped))
    if not pictures:
        leave_to_others()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(*COLLECTED_AFTER)
    sys.setrecursionlimit(_DEEPEST)
    for data, media_type, locator in questions(sys.stdin.buffer):
        limit = int(time.process_time()) + 1 + cpu
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
        send(answers, _answer(data, media_type) if locator is None else _drawing(data, locator))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
