"""Doubtful links between agencies are proposed, settled by a person, and taken back; coverage follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from nights import HOST, REPORT, Archive, Got, page

from archive.history.rebuild import check
from archive.history.review import CannotDecide, Kind, Proposal, decide, proposals, withdraw_decision
from archive.queries import Filter, series

CIVIL, MERGED = "沙坡头区民政局", "沙坡头区民政和社会保障局"


def night(archive: Archive, *reports: tuple[str, int]) -> None:
    got = [
        Got(page(replace(REPORT, agency=agency, year=year)), f"http://{HOST}/{n}.html")
        for n, (agency, year) in enumerate(reports)
    ]
    archive.night(*got)


def proposed(archive: Archive) -> list[Proposal]:
    with archive.catalogue.reading() as session:
        return proposals(session)


def test_a_successor_is_proposed_and_decided_with_its_day(archive: Archive) -> None:
    night(archive, (CIVIL, 2021), (CIVIL, 2022), (MERGED, 2023))
    (one,) = proposed(archive)
    assert (one.kind, one.subject_name, one.object_name) == (Kind.RENAMED, CIVIL, MERGED)
    overdue = "SELECT agency, year FROM coverage WHERE state = 'overdue' AND year < 2025 ORDER BY 1, 2"
    assert (CIVIL, 2023) in [tuple(r) for r in archive.ask(overdue)]
    with pytest.raises(CannotDecide, match="--since"):
        decide(archive.catalogue, one.subject, one.object, Kind.RENAMED, since=None, reason="x", who="me")
    made = decide(
        archive.catalogue, one.subject, one.object, Kind.RENAMED, since="2023-03-01", reason="x", who="me"
    )
    assert proposed(archive) == []
    assert [tuple(r) for r in archive.ask(overdue)] == [(MERGED, 2024)]
    withdraw_decision(archive.catalogue, made, who="me")
    assert proposed(archive) == [one]
    with pytest.raises(CannotDecide, match="no standing"):
        withdraw_decision(archive.catalogue, made, who="me")


def test_a_name_without_its_division_becomes_one_body_only_by_decision(archive: Archive) -> None:
    archive.night(
        Got(page(replace(REPORT, agency="民政局", year=2022)), f"http://{HOST}/1.html"),
        Got(page(), f"http://{HOST}/2.html"),
    )
    assert len(archive.ask("SELECT * FROM agency")) == 2
    (one,) = proposed(archive)
    assert (one.kind, one.subject_name, one.object_name) == (Kind.SAME, "民政局", REPORT.agency)
    made = decide(archive.catalogue, one.subject, one.object, Kind.SAME, since=None, reason="x", who="me")
    agency = archive.one("SELECT * FROM agency")
    assert agency.division_code == "640300"
    assert {r.year for r in archive.ask("SELECT year FROM reports")} == {2022, 2023}
    assert check(archive.catalogue) == []
    withdraw_decision(archive.catalogue, made, who="me")
    assert len(archive.ask("SELECT * FROM agency")) == 2
    assert check(archive.catalogue) == []
    decide(archive.catalogue, one.subject, one.object, Kind.DISTINCT, since=None, reason="x", who="me")
    assert proposed(archive) == []


def test_a_series_is_one_figure_over_agencies_and_years(archive: Archive) -> None:
    night(archive, (CIVIL, 2021), (CIVIL, 2022), ("吴忠市民政局", 2022))
    keep = Filter(table="disclosure", row="licensing", column="decisions")
    found = series(archive.catalogue, keep)
    assert [(s.division_code, s.agency, s.year, s.value) for s in found] == [
        ("640300", "吴忠市民政局", 2022, 17), ("640502", CIVIL, 2021, 17), ("640502", CIVIL, 2022, 17),
    ]  # fmt: skip
    assert len(series(archive.catalogue, replace(keep, region="640500"), range(2022, 2023))) == 1
    with pytest.raises(ValueError, match="one cell"):
        series(archive.catalogue, Filter(table="disclosure"))


def test_what_was_published_after_its_day_is_late(archive: Archive) -> None:
    late = replace(REPORT, agency=CIVIL, published=date(2024, 2, 5))
    archive.night(Got(page()), Got(page(late), f"http://{HOST}/2.html"))
    rows = archive.ask("SELECT agency, late FROM coverage WHERE year = 2023 ORDER BY agency")
    assert {r.agency: r.late for r in rows} == {REPORT.agency: 0, CIVIL: 1}
