"""``python -m benchmarks.parsers``: reports a second of each format; a re-parse with one and two workers.

Where the busiest readers are compiled, pages are read a second time as Python interprets them, in another
process.
"""

from __future__ import annotations

import argparse
import gc
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from benchmarks.eval.documents import generate
from benchmarks.eval.producers import producers
from parsers.compiled import LEFT_ASIDE, State, state_of
from parsers.isolation import COLLECTED_AFTER, Readers
from parsers.read import read

_MEASURED = ("html", "docx-libreoffice", "docx-word", "doc-libreoffice", "xlsx-office", "ofd-printed")
_MIXED = ("html", "html", "docx-libreoffice", "pdf-libreoffice", "pdf-reportlab")
"""What a re-parse reads: mostly pages, as an archive holds."""


@dataclass(frozen=True)
class File:
    """What one producer made of a document."""

    media_type: str
    data: bytes


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.parsers", description=__doc__)
    parser.add_argument("--documents", type=int, default=40, help="documents a producer that are timed")
    parser.add_argument("--only", choices=_MEASURED, help="this format alone, and no re-parse")
    parser.add_argument("--reports", type=int, default=1000, help="files of the re-parse")
    options = parser.parse_args(arguments)
    gc.set_threshold(*COLLECTED_AFTER)
    names = (options.only,) if options.only else _MEASURED
    state = state_of()
    print(f"the readers are {state}", flush=True)
    made = dict(_files(2 * options.documents, {*names, *(() if options.only else _MIXED)}))
    for name in names:
        if name in made:
            _speed(name, made[name])
    if options.only:
        return 0
    if state is State.USED:
        _interpreted(options.documents)
    _scaling([file for name in _MIXED for file in made.get(name, ())], options.reports)
    return 0


def _interpreted(documents: int) -> None:
    command = [sys.executable, "-m", "benchmarks.parsers", "--only", "html", "--documents", str(documents)]
    subprocess.run(command, env=os.environ | {LEFT_ASIDE: "1"}, check=True)


def _files(documents: int, names: Set[str]) -> Iterator[tuple[str, list[File]]]:
    printed = [generate(seed) for seed in range(documents)]
    for producer in producers():
        if producer.name not in names:
            continue
        if reason := producer.missing():
            print(f"LEFT OUT: {producer.name}: {reason}", file=sys.stderr)
            continue
        yield producer.name, [File(producer.media_type, data) for data in producer.write(printed)]


def _speed(name: str, files: list[File]) -> None:
    """Read the second half once. The first fills what a process remembers of labels, as in a long run; a file
    that is read again would find its very own sentences remembered.
    """
    known, new = files[: len(files) // 2], files[len(files) // 2 :]
    for file in known:
        read(file.data, file.media_type)
    started, began = time.process_time(), time.perf_counter()
    for file in new:
        read(file.data, file.media_type)
    seconds, wall = time.process_time() - started, time.perf_counter() - began
    size = sum(len(file.data) for file in new) / len(new) / 1024
    print(
        f"{name:18} {size:6.0f} KB  {seconds / len(new) * 1000:6.2f} ms of CPU a report  "
        f"{len(new) / seconds:6.0f} reports a second of a core  (by the clock {len(new) / wall:.0f})",
        flush=True,
    )


def _scaling(files: list[File], reports: int) -> None:
    """A re-parse in worker processes, as `nianbao parse` does it."""
    items = [(number, files[number % len(files)]) for number in range(reports)]
    walls = {workers: _reparse(items, workers) for workers in (1, 2)}
    print(f"two workers take {walls[2] / walls[1]:.2f} of the time of one")


def _reparse(items: list[tuple[int, File]], workers: int) -> float:
    before = _cpu_of_workers()
    with Readers(workers=workers) as readers:
        for _ in readers.read_many((n, f.data, f.media_type) for n, f in items[: 4 * workers]):
            pass
        start = time.perf_counter()
        done = sum(1 for _ in readers.read_many((n, f.data, f.media_type) for n, f in items))
        wall = time.perf_counter() - start
    cpu = _cpu_of_workers() - before
    rate = (
        f"{wall:.1f} s, {done / wall:.0f} a second; {cpu:.1f} s of CPU in the workers, their start included"
    )
    print(f"re-parse of {done} mixed reports with {workers} worker(s): {rate}")
    return wall


def _cpu_of_workers() -> float:
    """Of those that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main())
