"""What people may ask in SQL of their own, and what they may not do with it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, text

from archive.catalogue.engine import Catalogue
from archive.catalogue.models import Run
from archive.sql import SqlRefused, run_sql

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n"


@pytest.fixture
def filled(catalogue: Catalogue) -> Catalogue:
    """A catalogue with 5000 runs."""
    rows = [
        {"kind": "crawl" if n % 2 else "50%", "started_at": f"{n:05d}", "status": "done"}
        for n in range(1, 5001)
    ]
    with catalogue.writing() as session:
        session.execute(insert(Run), rows)
    return catalogue


def rows(catalogue: Catalogue, statement: str, seconds: float = 20) -> list[tuple[object, ...]]:
    with run_sql(catalogue, statement, seconds) as found:
        return [tuple(row) for row in found.rows]


def runs(catalogue: Catalogue) -> int | None:
    with catalogue.reading() as session:
        return session.scalar(select(func.count()).select_from(Run))


def test_columns_and_rows_come_back(filled: Catalogue) -> None:
    statement = "SELECT run_id, kind AS what FROM runs WHERE run_id < 3 ORDER BY run_id"
    with run_sql(filled, statement) as found:
        assert found.columns == ("run_id", "what")
        assert [tuple(row) for row in found.rows] == [(1, "crawl"), (2, "50%")]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT COUNT(*) FROM runs;",
        "-- how many\nSELECT COUNT(*) FROM runs -- runs",
        "/* how\nmany */ select count(*) from runs",
        "WITH r AS (SELECT * FROM runs) SELECT COUNT(*) FROM r",
        "VALUES (5000)",
    ],
)
def test_a_query_may_be_written_in_many_ways(filled: Catalogue, statement: str) -> None:
    assert rows(filled, statement) == [(5000,)]


def test_a_percent_sign_and_a_colon_are_only_signs(filled: Catalogue) -> None:
    statement = "SELECT COUNT(*), ':name', '%s' FROM runs WHERE kind LIKE '5%'"
    assert rows(filled, statement) == [(2500, ":name", "%s")]


def test_rows_stream(filled: Catalogue) -> None:
    """Each row of this fails at its end, and the first of them come all the same."""
    statement = "SELECT run_id, 1 / (run_id - 4900) FROM run ORDER BY run_id"
    if filled.is_sqlite:
        statement = (
            "SELECT run_id, json(CASE run_id WHEN 4900 THEN 'x' ELSE '1' END) FROM run ORDER BY run_id"
        )
    got = 0
    with pytest.raises(SqlRefused), run_sql(filled, statement) as found:  # noqa: PT012
        for _ in found.rows:
            got += 1
    assert 1000 < got < 4900


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM run",
        "INSERT INTO run (kind, started_at, status) VALUES ('a', 'b', 'c')",
        "UPDATE run SET kind = 'x'",
        "DROP VIEW runs",
        "CREATE TABLE loot (a INTEGER)",
        "WITH gone AS (SELECT 1) DELETE FROM run",
        "SELECT 1; DELETE FROM run",
        "COMMIT; DELETE FROM run; COMMIT",
        "ROLLBACK; DELETE FROM run; COMMIT",
        "SET TRANSACTION READ WRITE; DELETE FROM run; COMMIT",
        "VACUUM",
    ],
)
def test_nothing_can_be_written(filled: Catalogue, statement: str) -> None:
    with pytest.raises(SqlRefused):
        rows(filled, statement)
    assert runs(filled) == 5000
    with filled.reading() as session:
        session.execute(text("SELECT * FROM runs LIMIT 1"))


@pytest.mark.parametrize("statement", ["DELETE FROM run", "UPDATE run SET kind = 'x'"])
def test_a_write_is_told_what_is_allowed(filled: Catalogue, statement: str) -> None:
    with pytest.raises(SqlRefused, match="give a SELECT"):
        rows(filled, statement)


@pytest.mark.parametrize("catalogue", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    "statement",
    [
        "WITH gone AS (DELETE FROM run RETURNING 1) SELECT * FROM gone",
        "SELECT set_config('transaction_read_only', 'off', true), lo_create(0)",
        "SELECT setval('run_run_id_seq', 1)",
        "COPY run TO '/tmp/loot'",
        "SELECT 1 INTO loot",
    ],
)
def test_nothing_can_be_written_by_way_of_a_query(filled: Catalogue, statement: str) -> None:
    with pytest.raises(SqlRefused):
        rows(filled, statement)
    assert runs(filled) == 5000


@pytest.mark.parametrize("catalogue", ["sqlite"], indirect=True)
@pytest.mark.parametrize("statement", ["ATTACH DATABASE '{}' AS loot", "VACUUM INTO '{}'"])
def test_no_other_file_is_opened_or_made(filled: Catalogue, tmp_path: Path, statement: str) -> None:
    loot = tmp_path / "loot.sqlite3"
    with pytest.raises(SqlRefused):
        rows(filled, statement.format(loot))
    assert not loot.exists()


def test_a_query_without_end_is_stopped(catalogue: Catalogue) -> None:
    started = time.monotonic()
    with pytest.raises(SqlRefused, match=r"stopped after 0\.3 s; narrow the query"):
        rows(catalogue, ENDLESS, seconds=0.3)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("SELECT nothing FROM runs", "nothing"),
        ("SELECT * FROM no_such_view", "no_such_view"),
        ("SELEKT 1", ""),
        ("SELECT 'a", ""),
        ("SELECT 1; SELECT 2", ""),
        ("", ""),
        ("SELECT '\0'", ""),
    ],
)
def test_a_bad_statement_is_refused_in_one_line(catalogue: Catalogue, statement: str, said: str) -> None:
    with pytest.raises(SqlRefused) as refused:
        rows(catalogue, statement)
    assert said in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1
