"""``python -m benchmarks.eval``: make documents, read them, print the scores, fail when one fell."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass

from benchmarks.eval import cases, pins
from benchmarks.eval.documents import generate
from benchmarks.eval.producers import Producer, producers
from benchmarks.eval.score import FORMS, Score, Tally, score, total
from parsers.read import read

DOCUMENTS = 100
_TASKS_A_PRODUCER = 4


@dataclass(frozen=True)
class Task:
    """Some documents of one producer, written and read in one process."""

    producer: str
    seeds: tuple[int, ...]


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    ready = [p for p in producers() if not options.format or p.name.startswith(options.format)]
    for producer in ready:
        if reason := producer.missing():
            print(f"LEFT OUT: {producer.name}: {reason}", file=sys.stderr)
    ready = [p for p in ready if not p.missing()]
    tasks = [task for p in ready for task in _tasks(p, options.documents)]
    scores = _run(tasks, options.jobs)
    if not options.format:
        scores |= cases.scores()
        for case in cases.unreviewed():
            print(f"NOT REVIEWED, not scored: {case.folder}", file=sys.stderr)
    for name, got in scores.items():
        for miss in got.misses[: options.misses]:
            print(f"  {miss}")
        print(_line(name, got))
    if options.pin:
        pins.write(scores)
        return 0
    fallen = list(pins.fallen(scores))
    for line in fallen:
        print(f"FALLEN: {line}", file=sys.stderr)
    return 1 if fallen else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.eval", description=__doc__)
    parser.add_argument(
        "--documents", type=int, default=DOCUMENTS, help="documents a producer, from seed 0 on"
    )
    parser.add_argument("--format", default="", help="only producers whose name begins so, such as pdf")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument("--misses", type=int, default=0, help="print so many misses a producer")
    parser.add_argument("--pin", action="store_true", help="keep these scores as the ones that may not fall")
    return parser.parse_args(arguments)


def _tasks(producer: Producer, documents: int) -> Iterator[Task]:
    seeds = range(min(documents, producer.most or documents))
    size = max(1, -(-len(seeds) // _TASKS_A_PRODUCER))
    for start in range(0, len(seeds), size):
        yield Task(producer.name, tuple(seeds[start : start + size]))


def _run(tasks: Sequence[Task], jobs: int) -> dict[str, Score]:
    """Scores by producer, in the order of the tasks."""
    parts: dict[str, list[Score]] = {task.producer: [] for task in tasks}
    with ProcessPoolExecutor(max_workers=jobs) as pool:
        waiting = {pool.submit(measure, task): task for task in tasks}
        for done in as_completed(waiting):
            parts[waiting[done].producer].append(done.result())
    return {name: total(found) for name, found in parts.items()}


def measure(task: Task) -> Score:
    """Write, read and score a task's documents."""
    producer = next(p for p in producers() if p.name == task.producer)
    documents = [generate(seed) for seed in task.seeds]
    files = producer.write(documents)
    return total(
        score(read(data, producer.media_type), document.key, f"{task.producer} {document.seed}")
        for document, data in zip(documents, files, strict=True)
    )


def _line(name: str, got: Score) -> str:
    forms = "  ".join(f"{form} {_share(got.cells.get(form, Tally()))}" for form in FORMS)
    whole = f"{got.whole.right}/{got.whole.of}"
    return (
        f"{name:18} whole {whole:>9}  cells {_share(got.all_cells)}  {forms}  "
        f"fields {_share(got.fields)}  false values {got.false}"
    )


def _share(tally: Tally) -> str:
    return f"{tally.share:.4f}" if tally.of else "     -"


if __name__ == "__main__":
    sys.exit(main())
