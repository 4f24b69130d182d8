"""``python -m benchmarks.catalogue [--reports 200000] [--database URL]``: how quick the answers are.

It fills a new catalogue with made-up reports, derives everything, looks at all files a second time, and asks.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import quantiles
from typing import Any

from sqlalchemy import text

from archive.catalogue.engine import Catalogue, create_catalogue, sqlite_url
from archive.history.project import project
from archive.queries import Filter, ask, series
from archive.search.find import search
from benchmarks.catalogue.synthetic import fill, look_again

QUERIES = ("政", "公开", "信息公", "政府信息", "年度报告本", "收到办结数量", "鬱", "培训人", "报告 NOT 培训")
REPEATS = 11


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=200_000)
    parser.add_argument(
        "--database", help="the URL of an empty database; SQLite in a temporary folder if not given"
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = given.database or sqlite_url(Path(folder))
        catalogue = create_catalogue(url)
        _build(catalogue, given.reports)
        _ask(catalogue, given.reports)
        if catalogue.is_sqlite:
            size = sum(path.stat().st_size for path in Path(folder).iterdir())
            print(f"{'size':<34}{size / 1e9:9.2f} GB")
        catalogue.close()


def _build(catalogue: Catalogue, reports: int) -> None:
    _say("evidence written", _timed(lambda: fill(catalogue, reports)), reports)
    _say("derived and indexed", _timed(lambda: project(catalogue)), reports)
    look_again(catalogue, reports)
    if not catalogue.is_sqlite:
        with catalogue.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
    _say("a night of unchanged captures", _timed(lambda: project(catalogue)), reports)


def _ask(catalogue: Catalogue, reports: int) -> None:
    middle = reports // 2
    with catalogue.reading() as session:
        agency, division = session.execute(
            text("SELECT agency, division_code FROM reports WHERE report_id = :id"), {"id": middle}
        ).one()
    place = {"table": "requests", "row": "received", "column": "total"}
    questions: dict[str, Callable[[], object]] = {
        "one report": lambda: _rows(catalogue, "reports", Filter(report_id=middle)),
        "one report's figures": lambda: _rows(catalogue, "facts", Filter(report_id=middle)),
        "a series of one agency": lambda: series(catalogue, Filter(agency=agency, **place)),
        "a series of one province": lambda: series(catalogue, Filter(region=f"{division[:2]}0000", **place)),
        "coverage of one province": lambda: _rows(
            catalogue, "coverage", Filter(region=f"{division[:2]}0000")
        ),
    }
    for name, question in questions.items():
        _tell(name, question)
    for query in QUERIES:
        _tell(f"search {query}", lambda query=query: _found(catalogue, query))  # type: ignore[misc]


def _rows(catalogue: Catalogue, view: str, keep: Filter) -> list[Any]:
    with ask(catalogue, view, keep) as found:
        return list(found.rows)


def _found(catalogue: Catalogue, query: str) -> list[Any]:
    with catalogue.reading() as session:
        return list(search(session, query))


def _tell(name: str, question: Callable[[], object]) -> None:
    times = [_timed(question) * 1000 for _ in range(REPEATS)]
    print(
        f"{name:<34}{sorted(times)[REPEATS // 2]:9.1f} ms, p95 {quantiles(times, n=20)[-1]:.1f}", flush=True
    )


def _say(name: str, seconds: float, reports: int) -> None:
    print(f"{name:<34}{seconds:9.1f} s, {reports / seconds:.0f} reports/s", flush=True)


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
