"""``python -m tests.fuzz``: break files of each format at random, read them, report what is no outcome.

A reader may say that it cannot read a file, and why. It may not raise, die, hang or take too much memory:
such a file is kept in the folder given, named by what makes it anew. Programs beside this are not tried.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

from parsers.isolation import Readers
from parsers.report import Outcome
from tests.fuzz.mutate import mutated
from tests.fuzz.seeds import FORMATS, seeds

BAD = (Outcome.FAILED, Outcome.TIMED_OUT, Outcome.OUT_OF_MEMORY)
SECONDS = 20


def broken(name: str, first: int, runs: int) -> Iterator[tuple[tuple[str, int], bytes, None]]:
    """Broken files of a format, by format and number: the same number gives the same file."""
    whole = seeds(name)
    for number in range(first, first + runs):
        yield (name, number), mutated(whole[number % len(whole)], Random(f"{name} {number}")), None


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    os.defpath = ""  # what workers find programs by: LibreOffice would take its time over each broken DOC
    names = (options.format,) if options.format else FORMATS
    bad = 0
    with Readers(workers=options.jobs, cpu_seconds=SECONDS, wall_seconds=2.0 * SECONDS) as readers:
        for name in names:
            outcomes: Counter[str] = Counter()
            for (_, number), extraction in readers.read_many(broken(name, options.first, options.runs)):
                outcomes[extraction.outcome] += 1
                if extraction.outcome in BAD:
                    bad += 1
                    print(f"BAD {name} {number}: {extraction.outcome}: {extraction.reason}")
                    _keep(options.keep, name, number)
            print(
                f"{name:5} " + ", ".join(f"{outcome} {count}" for outcome, count in sorted(outcomes.items()))
            )
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{bad} bad; the largest worker held {peak:.0f} MiB")
    return 1 if bad else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--format", choices=FORMATS, help="only this one")
    parser.add_argument("--runs", type=int, default=100, help="files a format")
    parser.add_argument("--first", type=int, default=0, help="number of the first file")
    parser.add_argument("--jobs", type=int, default=2, help="workers")
    parser.add_argument("--keep", type=Path, help="a folder for the files that made trouble")
    return parser.parse_args(arguments)


def _keep(folder: Path | None, name: str, number: int) -> None:
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        data = next(broken(name, number, 1))[1]
        (folder / f"{name}-{number}.{name}").write_bytes(data)


if __name__ == "__main__":
    sys.exit(main())
