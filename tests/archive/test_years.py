"""A report against its agency's report for the year before: the figures are made up."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert

from archive.catalogue.engine import Catalogue
from archive.catalogue.models import Agency, Blob, Extraction, Fact, Report, Resource, Run
from archive.queries import Filter, ask

TIME = "2026-11-21T02:30:00Z"
Cells = dict[str, float | None]


def archive_years(catalogue: Catalogue, years: dict[int, Cells], agencies: dict[int, int]) -> None:
    """One report a year, with these cells; ``agencies`` gives each year's agency."""
    with catalogue.writing() as session:
        session.execute(insert(Run), [{"run_id": 1, "kind": "crawl", "started_at": TIME, "status": "done"}])
        names = [{"agency_id": i, "key": str(i), "name": f"某局{i}"} for i in sorted(set(agencies.values()))]
        session.execute(insert(Agency), names)
        for year, cells in years.items():
            url, sha256 = f"http://www.example/{year}.html", f"{year:064d}"
            page = {"resource_id": year, "url": url, "surt": url, "host": "www.example", "kind": "article"}
            session.execute(insert(Resource), [page])
            session.execute(insert(Blob), [{"sha256": sha256, "size": 1}])
            read = {"extraction_id": year, "sha256": sha256, "revision": 1, "outcome": "report"}
            session.execute(insert(Extraction), [{**read, "media_type": "text/html", "read_at": TIME}])
            session.execute(insert(Fact), [_fact(year, place, value) for place, value in cells.items()])
            report = {"report_id": year, "agency_id": agencies[year], "year": year, "status": "present"}
            seen = {"key": str(year), "first_seen": TIME, "last_seen": TIME, "known_at": TIME}
            session.execute(insert(Report), [{**report, **seen, "resource_id": year, "extraction_id": year}])


def _fact(year: int, place: str, value: float | None) -> dict[str, Any]:
    table, row, column = place.split("/")
    state = "blank" if value is None else "value"
    codes = {"table_code": table, "row_code": row, "column_code": column}
    return {"extraction_id": year, **codes, "value": value, "state": state, "raw": "", "locator": ""}


def found(catalogue: Catalogue, keep: Filter | None = None) -> dict[tuple[str, str], tuple[Any, ...]]:
    with ask(catalogue, "checks", keep or Filter(report_id=2023)) as rows:
        return {(r[3], r[4]): (r[5], r[6], r[7], r[9]) for r in rows.rows}


def test_what_was_left_over_is_taken_over(catalogue: Catalogue) -> None:
    left = {"total": 3, "business": 1, "research": 0}
    taken = {"total": 3, "business": 2, "research": None}
    before: Cells = {f"requests/carried_out/{c}": v for c, v in left.items()}
    now: Cells = {f"requests/carried_in/{c}": v for c, v in taken.items()}
    archive_years(catalogue, {2022: before, 2023: now}, {2022: 1, 2023: 1})
    rule = "requests.carry_over"
    assert found(catalogue) == {
        (rule, "requests/carried_in/total"): (1, 3, 3, None),
        (rule, "requests/carried_in/business"): (0, 1, 2, "office"),
        (rule, "requests/carried_in/research"): (None, 0, None, None),
    }


@pytest.mark.parametrize(("in_force", "passed"), [(11, 1), (12, 0)])
def test_the_stock_of_documents_goes_on(catalogue: Catalogue, in_force: int, passed: int) -> None:
    row = "disclosure/regulations"
    now: Cells = {f"{row}/issued": 2, f"{row}/repealed": 1, f"{row}/in_force": in_force}
    archive_years(catalogue, {2022: {f"{row}/in_force": 10}, 2023: now}, {2022: 1, 2023: 1})
    fault = None if passed else "scope"
    assert found(catalogue)["disclosure.in_force", f"{row}/in_force"] == (passed, 11, in_force, fault)


def test_ten_times_last_year_is_shown(catalogue: Catalogue) -> None:
    small: Cells = {"disclosure/fees/amount_10k_yuan": 25.1, "disclosure/licensing/decisions": 3}
    large: Cells = {"disclosure/fees/amount_10k_yuan": 251000, "disclosure/licensing/decisions": 60}
    archive_years(catalogue, {2022: small, 2023: large}, {2022: 1, 2023: 1})
    assert list(found(catalogue)) == [("plausible.tenfold", "disclosure/fees/amount_10k_yuan")]


def test_another_agency_and_another_year_are_not_compared(catalogue: Catalogue) -> None:
    left: Cells = {"requests/carried_out/total": 3}
    taken: Cells = {"requests/carried_in/total": 9}
    archive_years(catalogue, {2021: left, 2022: left, 2023: taken}, {2021: 1, 2022: 2, 2023: 1})
    assert found(catalogue) == {}


def test_an_agencys_checks_are_those_of_its_reports(catalogue: Catalogue) -> None:
    left: Cells = {"requests/carried_out/total": 3}
    taken: Cells = {"requests/carried_in/total": 4}
    archive_years(
        catalogue, {2020: left, 2021: taken, 2022: left, 2023: taken}, {2020: 2, 2021: 2, 2022: 1, 2023: 1}
    )
    assert found(catalogue, Filter(agency="某局1")) == found(catalogue)
    assert len(found(catalogue)) == 1
    assert found(catalogue, Filter(agency="某局3")) == {}
