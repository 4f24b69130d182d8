"""``python -m benchmarks.parsers``: reports a second of each format; a re-parse with one and two workers."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.eval.documents import generate
from benchmarks.eval.producers import producers
from parsers.isolation import Readers
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
    parser.add_argument("--documents", type=int, default=40, help="documents a producer")
    parser.add_argument("--repeat", type=int, default=5, help="so often each file is read; the median counts")
    parser.add_argument("--reports", type=int, default=1000, help="files of the re-parse")
    options = parser.parse_args(arguments)
    made = dict(_files(options.documents))
    for name in _MEASURED:
        if name in made:
            _speed(name, made[name], options.repeat)
    _scaling([file for name in _MIXED for file in made.get(name, ())], options.reports)
    return 0


def _files(documents: int) -> Iterator[tuple[str, list[File]]]:
    printed = [generate(seed) for seed in range(documents)]
    for producer in producers():
        if producer.name not in (*_MEASURED, *_MIXED):
            continue
        if reason := producer.missing():
            print(f"LEFT OUT: {producer.name}: {reason}", file=sys.stderr)
            continue
        yield producer.name, [File(producer.media_type, data) for data in producer.write(printed)]


def _speed(name: str, files: list[File], repeat: int) -> None:
    for file in files:  # vocabulary and memories of labels are filled once a process
        read(file.data, file.media_type)
    seconds = sum(median(_timed(file) for _ in range(repeat)) for file in files) / len(files)
    size = sum(len(file.data) for file in files) / len(files) / 1024
    print(
        f"{name:18} {size:6.0f} KB  {seconds * 1000:6.2f} ms of CPU a report  "
        f"{1 / seconds:6.0f} reports a second and core"
    )


def _timed(file: File) -> float:
    start = time.process_time()
    read(file.data, file.media_type)
    return time.process_time() - start


def _scaling(files: list[File], reports: int) -> None:
    """A re-parse in worker processes, as `nianbao parse` does it."""
    items = [(number, files[number % len(files)]) for number in range(reports)]
    walls = {workers: _reparse(items, workers) for workers in (1, 2)}
    print(f"two workers take {walls[2] / walls[1]:.2f} of the time of one")


def _reparse(items: list[tuple[int, File]], workers: int) -> float:
    with Readers(workers=workers) as readers:
        for _ in readers.read_many((n, f.data, f.media_type) for n, f in items[: 4 * workers]):
            pass
        start = time.perf_counter()
        done = sum(1 for _ in readers.read_many((n, f.data, f.media_type) for n, f in items))
        wall = time.perf_counter() - start
    rate = f"{wall:.1f} s, {done / wall:.0f} a second"
    print(f"re-parse of {done} mixed reports with {workers} worker(s): {rate}")
    return wall


if __name__ == "__main__":
    sys.exit(main())
