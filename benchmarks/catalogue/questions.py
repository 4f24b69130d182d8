"""What the benchmark asks: the questions of `nianbao`, by the functions that its commands call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from sqlalchemy import text

from archive.asof import ask_as_of
from archive.catalogue.engine import Catalogue
from archive.history.standing import Clocks
from archive.queries import Filter, ask, series
from archive.regions import Level
from archive.search.find import search
from archive.wide import ask_wide
from benchmarks.catalogue.synthetic import FIRST, RARE

QUERIES = (
    "政", "的", "公开", "信息公", "政府信息", "本机关公开", "主动公开信息", "年度", "鬱", RARE, "训",
    "培训人", "报告 NOT 培训", "诉讼 AND 预算 AND 民生", "诉讼 OR 鬱金",
)  # fmt: skip
FILTERED = ("政", "公开", "政府信息", RARE)


@dataclass(frozen=True, slots=True)
class Question:
    """A question and what asks it; the number of rows comes back."""

    name: str
    ask: Callable[[], int]


def questions(catalogue: Catalogue) -> Iterator[Question]:
    with catalogue.reading() as session:
        middle = (session.execute(text("SELECT COUNT(*) FROM report")).scalar() or 0) // 2
        agency, division = session.execute(
            text("SELECT agency, division_code FROM reports WHERE report_id = :id"), {"id": middle}
        ).one()
    province = f"{division[:2]}0000"
    place = {"table": "requests", "row": "received", "column": "total"}

    def rows(view: str, keep: Filter) -> Callable[[], int]:
        return partial(_rows, catalogue, view, keep)

    yield Question("one report", rows("reports", Filter(report_id=middle)))
    yield Question("one report's figures", rows("facts", Filter(report_id=middle)))
    yield Question("one report's checks", rows("checks", Filter(report_id=middle)))
    yield Question("an agency's checks", rows("checks", Filter(agency=agency)))
    yield Question("one report's changes", rows("changes", Filter(report_id=middle)))
    yield Question("one report as it was seen", partial(_seen, catalogue, Filter(report_id=middle)))
    yield Question("the reports of a county as seen", partial(_seen, catalogue, Filter(region=division)))
    yield Question("a series of one agency", partial(_series, catalogue, Filter(agency=agency, **place)))
    yield Question("a series of a county", partial(_series, catalogue, Filter(region=division, **place)))
    yield Question("a series of a province", partial(_series, catalogue, Filter(region=province, **place)))
    yield Question("coverage of a province", rows("coverage", Filter(region=province)))
    yield Question("the reports of a county", rows("reports", Filter(region=division)))
    yield Question("the figures of an agency, wide", partial(_wide, catalogue, Filter(agency=agency)))
    for query in QUERIES:
        yield Question(f"search {query}", partial(_found, catalogue, query, Filter()))
    for query in FILTERED:
        yield Question(
            f"search {query} in a county", partial(_found, catalogue, query, Filter(region=division))
        )
    for query in FILTERED:
        yield Question(
            f"search {query} of an agency", partial(_found, catalogue, query, Filter(agency=agency))
        )
    for query in FILTERED:  # all synthetic agencies are of counties
        yield Question(
            f"search {query} in cities", partial(_found, catalogue, query, Filter(level=Level.CITY))
        )


def _rows(catalogue: Catalogue, view: str, keep: Filter) -> int:
    with ask(catalogue, view, keep) as found:
        return sum(1 for _ in found.rows)


def _wide(catalogue: Catalogue, keep: Filter) -> int:
    with ask_wide(catalogue, keep) as found:
        return sum(1 for _ in found.rows)


def _seen(catalogue: Catalogue, keep: Filter) -> int:
    with ask_as_of(catalogue, "reports", keep, Clocks(seen=FIRST)) as found:
        return sum(1 for _ in found.rows)


def _series(catalogue: Catalogue, keep: Filter) -> int:
    return len(series(catalogue, keep))


def _found(catalogue: Catalogue, query: str, keep: Filter) -> int:
    with catalogue.reading() as session:
        return sum(1 for _ in search(session, query, keep))
