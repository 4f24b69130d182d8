"""``python -m benchmarks.catalogue [--reports N] [--database URL | --folder DIR]``: how quick answers are.

It fills a new catalogue with made-up reports, derives everything, looks at all files a second time, and asks.
A folder is kept; where it or the database holds a catalogue already, that one is asked.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles

from sqlalchemy import text

from archive.catalogue.engine import (
    SQLITE_NAME,
    Catalogue,
    create_catalogue,
    open_catalogue,
    schema_of,
    sqlite_url,
)
from archive.history.project import project
from benchmarks.catalogue.ingest import ingest
from benchmarks.catalogue.questions import questions
from benchmarks.catalogue.synthetic import fill, look_again, named

REPEATS = 21
SAMPLE = 2000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=200_000)
    parser.add_argument("--database", help="the URL of a database, empty or of an earlier run")
    parser.add_argument("--folder", type=Path, help="where to keep the SQLite file, or where it is")
    given = parser.parse_args()
    with _folder(given.folder) as folder:
        url = given.database or sqlite_url(folder)
        if (folder / SQLITE_NAME).exists() or (given.database and schema_of(url)):
            catalogue = open_catalogue(url)
        else:
            catalogue = create_catalogue(url)
            _build(catalogue, given.reports)
        for question in questions(catalogue):
            _tell(question.name, question.ask)
        new = named(catalogue, range(given.reports, given.reports + SAMPLE))
        _say("taken in, as a crawl does", lambda: ingest(catalogue, folder, new), SAMPLE)
        print(f"{'size':<40}{_size(catalogue, folder) / 1e9:9.2f} GB")
        catalogue.close()


@contextmanager
def _folder(given: Path | None) -> Iterator[Path]:
    if given is not None:
        given.mkdir(parents=True, exist_ok=True)
        yield given
        return
    with tempfile.TemporaryDirectory() as made:
        yield Path(made)


def _build(catalogue: Catalogue, reports: int) -> None:
    _say("evidence written in bulk", lambda: fill(catalogue, reports), reports)
    _say("derived and indexed", lambda: project(catalogue), reports)
    look_again(catalogue, reports)
    if not catalogue.is_sqlite:
        with catalogue.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    _say("a night of unchanged captures", lambda: project(catalogue), reports)


def _size(catalogue: Catalogue, folder: Path) -> int:
    if catalogue.is_sqlite:
        return sum(path.stat().st_size for path in folder.glob(f"{SQLITE_NAME}*"))
    with catalogue.reading() as session:
        return int(session.scalar(text("SELECT pg_database_size(current_database())")) or 0)


def _tell(name: str, question: Callable[[], int]) -> None:
    first = _timed(question) * 1000
    cpu = time.process_time()
    times = sorted(_timed(question) * 1000 for _ in range(REPEATS))
    cpu = (time.process_time() - cpu) * 1000 / REPEATS
    p95 = quantiles(times, n=20)[-1]
    print(
        f"{name:<36}{times[REPEATS // 2]:8.1f} ms, p95 {p95:7.1f}, first {first:7.1f}, CPU {cpu:7.1f}, "
        f"{question()} rows",
        flush=True,
    )


def _say(name: str, work: Callable[[], object], reports: int) -> None:
    cpu = time.process_time()
    seconds = _timed(work)
    cpu = time.process_time() - cpu
    print(f"{name:<40}{seconds:9.1f} s, {reports / seconds:.0f} reports/s, {cpu:.1f} s CPU", flush=True)


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
