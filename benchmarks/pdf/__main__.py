"""``python -m benchmarks.pdf``: the same generated files through both readers, in one run and one process."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

from benchmarks.eval.documents import generate
from benchmarks.eval.printed import Printed
from benchmarks.eval.producers import producers
from benchmarks.eval.score import Score, score, total
from benchmarks.pdf.timing import timed
from parsers.reading import read_document

MOST_MILLISECONDS = 25.0
"""A page may take so much of a processor at most; and pdfplumber at least three times as much."""
LEAST_RATIO = 3.0


@dataclass(frozen=True)
class Measured:
    """What one reader took and what came of it."""

    seconds: float
    pages: int
    score: Score

    @property
    def milliseconds(self) -> float:
        return self.seconds / self.pages * 1000


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pdf", description=__doc__)
    parser.add_argument("--documents", type=int, default=12, help="documents a producer, from seed 0 on")
    options = parser.parse_args(arguments)
    failed = False
    for producer in producers():
        if not producer.name.startswith("pdf-"):
            continue
        if reason := producer.missing():
            print(f"LEFT OUT: {producer.name}: {reason}", file=sys.stderr)
            continue
        printed = [generate(seed) for seed in range(options.documents)]
        files = producer.write(printed)
        ours, theirs = (_measure(reader, printed, files) for reader in ("ours", "theirs"))
        print(_line(producer.name, ours, theirs))
        failed |= ours.milliseconds > MOST_MILLISECONDS or theirs.seconds < LEAST_RATIO * ours.seconds
    return int(failed)


def _measure(reader: str, printed: Sequence[Printed], files: Sequence[bytes]) -> Measured:
    """One reader in a process of its own: ours quickens pdfminer, which the other one uses too."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        seconds, pages, documents = pool.submit(timed, reader, files).result()
    scores = (
        score(read_document(document), one.key, f"{one.seed}")
        for one, document in zip(printed, documents, strict=True)
    )
    return Measured(seconds, pages, total(scores))


def _line(name: str, ours: Measured, theirs: Measured) -> str:
    return (
        f"{name:16} {ours.pages:4} pages  "
        f"nianbao {ours.milliseconds:6.1f} ms a page, cells {ours.score.all_cells.share:.4f}, "
        f"whole {ours.score.whole.right}/{ours.score.whole.of}  "
        f"pdfplumber {theirs.milliseconds:6.1f} ms a page, cells {theirs.score.all_cells.share:.4f}, "
        f"whole {theirs.score.whole.right}/{theirs.score.whole.of}  "
        f"{theirs.seconds / ours.seconds:.1f} times as fast"
    )


if __name__ == "__main__":
    sys.exit(main())
