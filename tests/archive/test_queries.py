"""The questions that the command line asks: filters, and what a report may be called."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event, insert, text

from archive.captures import find_blob
from archive.catalogue.engine import Catalogue
from archive.catalogue.models import (
    Agency,
    Base,
    Blob,
    Capture,
    Change,
    Extraction,
    Fact,
    Finding,
    Report,
    Resource,
    Run,
)
from archive.queries import Filter, NoSuchReport, ask, find_report, series
from archive.regions import Level, NoSuchRegion
from archive.wide import ask_wide, wide_cells

TIME = "2026-11-21T02:30:00Z"
AGENCIES = {
    1: ("沙坡头区民政和社会保障局", "640502"),
    2: ("中卫市民政局", "640500"),
    3: ("吴忠市民政局", "640300"),
    4: ("北京市民政局", "110000"),
    5: ("民政局", None),
}
REPORTS = [(1, 2023), (1, 2024), (2, 2023), (3, 2023), (4, 2023), (5, 2024)]
"""Agency and year of the reports 1 to 6."""


def url(report_id: int) -> str:
    return f"http://www.example/{report_id}.html"


def sha256(report_id: int) -> str:
    return f"{report_id:08x}" + "ab" * 28


def _rows() -> Iterator[tuple[type[Base], list[dict[str, Any]]]]:
    ids = range(1, len(REPORTS) + 1)
    names = AGENCIES.items()
    yield Run, [{"run_id": n, "kind": "crawl", "started_at": TIME, "status": "done"} for n in (1, 2)]
    yield (
        Agency,
        [
            {"agency_id": k, "key": f"{code}:{name}", "name": name, "division_code": code}
            for k, (name, code) in names
        ],
    )
    pages = [(i, url(i), "article", None) for i in ids]
    files = [(i + 100, url(i).replace("html", "pdf"), "attachment", i) for i in (1,)]
    yield (
        Resource,
        [
            {"resource_id": i, "url": u, "surt": u, "host": "www.example", "kind": kind, "parent_id": parent}
            for i, u, kind, parent in (*pages, *files)
        ],
    )
    yield Blob, [{"sha256": sha256(i), "size": 1, "media_type": "text/html"} for i in (*ids, 100)]
    captured = [(i, i, "ok") for i in ids] + [(1, 100, "ok"), (1, 2, "blocked")]
    yield (
        Capture,
        [
            {
                "run_id": 1,
                "resource_id": i,
                "fetched_at": TIME,
                "via": "http",
                "verdict": v,
                "sha256": sha256(b),
            }
            for i, b, v in captured
        ],
    )
    yield (
        Extraction,
        [
            {
                "extraction_id": i,
                "sha256": sha256(i),
                "revision": 1,
                "outcome": "report",
                "media_type": "text/html",
                "edition": "2021",
                "read_at": TIME,
            }
            for i in ids
        ],
    )
    yield (
        Fact,
        [
            {
                "extraction_id": i,
                "table_code": table,
                "row_code": row,
                "column_code": column,
                "value": i,
                "state": "value",
                "raw": str(i),
                "locator": "",
            }
            for i in ids
            for table, row, column in (("review", "cases", "total"), ("requests", "received", "total"))
        ],
    )
    yield (
        Finding,
        [
            {"extraction_id": i, "rule": "sum", "scope": "x", "passed": passed, "detail": ""}
            for i in ids
            for passed in (1, 0 if i == 2 else None)
        ],
    )
    yield (
        Report,
        [
            {
                "report_id": i,
                "key": f"{agency} {year}",
                "agency_id": agency,
                "year": year,
                "status": "present",
                "resource_id": 101 if i == 1 else i,
                "page_id": i,
                "extraction_id": i,
                "first_seen": TIME,
                "last_seen": TIME,
                "known_at": TIME,
            }
            for i, (agency, year) in zip(ids, REPORTS, strict=True)
        ],
    )
    yield (
        Change,
        [
            {
                "report_id": i,
                "layer": layer,
                "cause": "source",
                "kind": "edited",
                "resource_id": i,
                "run_id": run_id,
                "window_to": TIME,
                "recorded_at": TIME,
            }
            for i, layer, run_id in ((1, "field", 1), (1, "bytes", 2), (3, "field", 2))
        ],
    )


@pytest.fixture
def filled(catalogue: Catalogue) -> Catalogue:
    with catalogue.writing() as session:
        for table, rows in _rows():
            session.execute(insert(table), rows)
    return catalogue


def asked(catalogue: Catalogue, view: str, shown: str, /, **keep: Any) -> list[Any]:
    with ask(catalogue, view, Filter(**keep)) as found:
        place = found.columns.index(shown)
        return [row[place] for row in found.rows]


@pytest.mark.parametrize(
    ("keep", "expected"),
    [
        ({}, {1, 2, 3, 4, 5, 6}),
        ({"year": 2024}, {2, 6}),
        ({"year": 1999}, set()),
        ({"agency": "民政"}, {1, 2, 3, 4, 5, 6}),
        ({"agency": "沙坡头"}, {1, 2}),
        ({"agency": "沙坡头", "year": 2023}, {1}),
        ({"agency": "100%"}, set()),
        ({"agency": "_"}, set()),
        ({"region": "640000"}, {1, 2, 3, 4}),
        ({"region": "640500"}, {1, 2, 3}),
        ({"region": "640502"}, {1, 2}),
        ({"region": "110000"}, {5}),
        ({"region": "64"}, {1, 2, 3, 4}),
        ({"region": "6405"}, {1, 2, 3}),
        ({"level": Level.PROVINCE}, {5}),
        ({"level": Level.CITY}, {3, 4}),
        ({"level": Level.COUNTY}, {1, 2}),
        ({"level": Level.CITY, "region": "640500"}, {3}),
        ({"level": Level.COUNTY, "region": "110000"}, set()),
        ({"report_id": 4}, {4}),
    ],
    ids=str,
)
def test_reports_are_filtered(filled: Catalogue, keep: dict[str, Any], expected: set[int]) -> None:
    found = asked(filled, "reports", "report_id", **keep)
    assert sorted(found) == sorted(expected)


def test_reports_come_newest_year_first(filled: Catalogue) -> None:
    assert asked(filled, "reports", "year") == [2024, 2024, 2023, 2023, 2023, 2023]


@pytest.mark.parametrize(
    ("keep", "expected"),
    [
        ({"region": "640500", "table": "review"}, [1, 2, 3]),
        ({"report_id": 4, "row": "received"}, [4]),
        ({"column": "total", "year": 2024, "table": "requests"}, [2, 6]),
        ({"agency": "北京"}, [5, 5]),
        ({"level": Level.CITY, "table": "review"}, [3, 4]),
    ],
    ids=str,
)
def test_facts_are_filtered(filled: Catalogue, keep: dict[str, Any], expected: list[int]) -> None:
    assert asked(filled, "facts", "value", **keep) == expected


@pytest.mark.parametrize("catalogue", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("keep", "index"),
    [
        (Filter(table="requests"), "ix_fact_extraction_id"),
        (Filter(table="requests", row="received", column="total"), "ix_fact_figure"),
        (Filter(region="640500", table="requests", row="received", column="total"), "ix_fact_figure"),
    ],
    ids=["a table", "a cell", "a cell of a region"],
)
def test_figures_come_report_by_report_and_unsorted(filled: Catalogue, keep: Filter, index: str) -> None:
    pretend_large(filled)
    steps = plan(filled, "facts", keep)
    (figures,) = [step for step in steps if step.startswith(("SEARCH f ", "SCAN f "))]
    assert index in figures
    assert steps.index(figures) > 0
    assert not any("TEMP B-TREE" in step for step in steps)


def pretend_large(catalogue: Catalogue) -> None:
    """Let SQLite plan by what it noted of 22,000 reports with 200 figures each."""
    catalogue.optimize()
    noted = {"fact": "4400000 1001 1001 1001 1 1 1 1", "report": "22000 1", "agency": "4400 1"}
    with catalogue.writing() as session:
        for table, stat in noted.items():
            changed = text("UPDATE sqlite_stat1 SET stat = :stat WHERE tbl = :table")
            session.execute(changed, {"stat": stat, "table": table})
        of_report = "UPDATE sqlite_stat1 SET stat = '4400000 167' WHERE idx = 'ix_fact_extraction_id'"
        session.execute(text(of_report))
    catalogue.engine.dispose()  # a connection reads them when it is made


def plan(catalogue: Catalogue, view: str, keep: Filter) -> list[str]:
    """How SQLite goes about the question."""
    said: list[tuple[str, Any]] = []

    def hear(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        said.append((statement, parameters))

    event.listen(catalogue.engine, "before_cursor_execute", hear)
    with ask(catalogue, view, keep):
        event.remove(catalogue.engine, "before_cursor_execute", hear)
    with catalogue.engine.connect() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said[-1][0]}", said[-1][1])
        return [row[3] for row in rows]


@pytest.mark.parametrize(
    ("keep", "expected"),
    [({}, [3, 1, 1]), ({"run_id": 2}, [3, 1]), ({"layer": "field"}, [3, 1]), ({"cause": "parser"}, [])],
    ids=str,
)
def test_changes_are_filtered(filled: Catalogue, keep: dict[str, Any], expected: list[int]) -> None:
    assert asked(filled, "changes", "report_id", **keep) == expected


def test_a_check_that_a_blank_stands_in_has_not_failed(filled: Catalogue) -> None:
    assert asked(filled, "checks", "report_id", failed=True) == [2]
    assert len(asked(filled, "checks", "report_id")) == 12


@pytest.mark.parametrize("view", ["reports", "facts", "sections", "checks", "changes", "captures", "runs"])
def test_every_view_can_be_asked(filled: Catalogue, view: str) -> None:
    with ask(filled, view) as found:
        assert all(len(row) == len(found.columns) for row in found.rows)


def test_coverage_can_be_asked_by_region(filled: Catalogue) -> None:
    assert set(asked(filled, "coverage", "agency", region="640500")) == {
        "沙坡头区民政和社会保障局",
        "中卫市民政局",
    }


def test_every_question_about_agencies_can_be_asked_of_a_level(filled: Catalogue) -> None:
    city = {"中卫市民政局", "吴忠市民政局"}
    assert set(asked(filled, "coverage", "agency", level=Level.CITY)) == city
    assert set(asked(filled, "checks", "agency", level=Level.CITY)) == city
    assert asked(filled, "checks", "report_id", level=Level.COUNTY, failed=True) == [2]
    assert set(asked(filled, "changes", "agency", level=Level.CITY)) == {"中卫市民政局"}
    received = Filter(table="requests", row="received", column="total", level=Level.CITY)
    assert [row.agency for row in series(filled, received)] == ["吴忠市民政局", "中卫市民政局"]


def wide(catalogue: Catalogue, keep: Filter) -> list[dict[str, Any]]:
    with ask_wide(catalogue, keep) as found:
        return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


def test_wide_figures_have_a_row_for_each_report(filled: Catalogue) -> None:
    received, cases = "requests/received/total", "review/cases/total"
    with filled.writing() as session:  # a blank, and a cell of no form
        session.execute(text("UPDATE fact SET value = NULL, state = 'blank' WHERE extraction_id = 3"))
        session.execute(text("UPDATE fact SET table_code = 'other.1' WHERE extraction_id = 4"))
    found = {row["report_id"]: row for row in wide(filled, Filter())}
    assert {i: row[received] for i, row in found.items()} == {1: 1, 2: 2, 3: None, 4: None, 5: 5, 6: 6}
    assert (found[5]["agency"], found[5]["url"]) == ("北京市民政局", url(5))
    assert cases not in found[5]  # a code of this test's own, which no form has
    (one,) = wide(filled, Filter(level=Level.PROVINCE, column="total", row="received"))
    assert {name: value for name, value in one.items() if "/" in name} == {received: 5}
    assert wide_cells(Filter(table="other.1")) == ()


def test_a_filter_says_what_is_no_region_or_level() -> None:
    assert Filter(region="中卫市", level="city") == Filter(region="640500", level=Level.CITY)
    with pytest.raises(NoSuchRegion):
        Filter(region="nowhere")
    with pytest.raises(ValueError, match="town"):
        Filter(level="town")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("4", 4),
        (" 4 ", 4),
        ("吴忠市民政局 2023", 4),
        ("吴忠市民政局2023年", 4),
        ("吴忠市民政局/2023", 4),
        ("吴忠市民政局", 4),
        ("吴忠", 4),
        ("沙坡头区民政和社会保障局 2024", 2),
        ("沙坡头 2024", 2),
        ("民政局 2024", 6),  # the whole name of one agency, and part of others
        (url(4), 4),
        (url(1), 1),
        (url(1).replace("html", "pdf"), 1),
    ],
)
def test_a_report_has_many_names(filled: Catalogue, name: str, expected: int) -> None:
    assert find_report(filled, name) == expected


@pytest.mark.parametrize(
    "name", ["沙坡头", "中卫市民政局和吴忠市民政局", "7", "吴忠 1999", "http://www.example/9.html", ""]
)
def test_a_name_of_none_or_several_is_no_name(filled: Catalogue, name: str) -> None:
    with pytest.raises(NoSuchReport):
        find_report(filled, name)


def test_of_several_the_numbers_are_told(filled: Catalogue) -> None:
    with pytest.raises(NoSuchReport) as several:
        find_report(filled, "沙坡头")
    assert "1 = 沙坡头区民政和社会保障局 2023; 2 = 沙坡头区民政和社会保障局 2024" in str(several.value)


def test_a_file_is_found_by_its_digest_or_its_address(filled: Catalogue) -> None:
    assert find_blob(filled, sha256(4)) == sha256(4)
    assert find_blob(filled, sha256(4)[:8]) == sha256(4)
    assert find_blob(filled, url(4)) == sha256(4)
    assert find_blob(filled, url(1)) == sha256(100)  # the newest good one: what blocked us came later
    for name in ("00000000", "http://www.example/9.html", "nothing"):
        with pytest.raises(LookupError, match="holds no file"):
            find_blob(filled, name)


def test_wide_figures_are_read_with_their_reports_in_one_statement(filled: Catalogue) -> None:
    """Between two a crawl may write: a report that appeared or was edited then would be lost or mixed."""
    asked_for: list[str] = []

    def hear(_c: Any, _cursor: Any, statement: str, _p: Any, _context: Any, _many: bool) -> None:
        asked_for.append(statement)

    event.listen(filled.engine, "before_cursor_execute", hear)
    found = wide(filled, Filter())
    event.remove(filled.engine, "before_cursor_execute", hear)
    assert len(found) == len(REPORTS)
    assert len([one for one in asked_for if one.startswith("SELECT")]) == 1
