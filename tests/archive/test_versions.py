"""The versions of a report, and how they differ, under the two clocks."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest
from nights import CELL, HOST, OTHER_URL, REPORT, URL, Archive, Got, page, pdf
from sqlalchemy import select
from test_month import FALSE, MISREAD, POLICE, TRUE, NewerParser, OlderParser

from archive.asof import ask_as_of
from archive.capture import ListedItem, ListingSeen
from archive.catalogue.models import Agency
from archive.history.diff import NoSuchVersion, diff_versions
from archive.history.project import project
from archive.history.rebuild import check
from archive.history.review import Kind, decide, withdraw_decision
from archive.history.standing import NOW, Clocks, standings
from archive.history.versions import VersionSeen, versions_of
from archive.queries import Filter
from nianbao.replica import render_pdf
from parsers.isolation import Readers
from parsers.report import REVISION


def said(decisions: int, visits: int = 17) -> bytes:
    return page(REPORT.with_fact(CELL, Decimal(decisions)), visits)


def versions(archive: Archive, clocks: Clocks = NOW) -> list[VersionSeen]:
    with archive.catalogue.reading() as session:
        return versions_of(session, 1, clocks)


def edits(archive: Archive, clocks: Clocks = NOW) -> list[tuple[str, str | None, str | None]]:
    with archive.catalogue.reading() as session:
        cells = diff_versions(session, 1, clocks=clocks).cells
    return [("/".join(cell.place), cell.old, cell.new) for cell in cells]


def test_the_last_two_are_those_of_the_day(archive: Archive) -> None:
    for night, decisions in enumerate((17, 18, 19), 1):
        archive.night(Got(said(decisions)))
        assert len(versions(archive)) == night
    assert edits(archive) == [(CELL, "18", "19")]
    for clocks in (Clocks(seen=archive.time(2)), Clocks(known=archive.time(2))):
        assert edits(archive, clocks) == [(CELL, "17", "18")]
        assert [v.ordinal for v in versions(archive, clocks)] == [1, 2]
    for clocks in (Clocks(seen=archive.time(1)), Clocks(known=archive.time(1))):
        with pytest.raises(NoSuchVersion, match="one version only"):
            edits(archive, clocks)
    for clocks in (Clocks(seen="2001-01-01T00:00:00Z"), Clocks(known="2001-01-01T00:00:00Z")):
        assert versions(archive, clocks) == []
        with pytest.raises(NoSuchVersion, match="had not been seen"):
            edits(archive, clocks)


def test_a_version_that_lasts_on_is_told_by_its_last_capture_of_the_day(archive: Archive) -> None:
    nights = [said(17, visits) for visits in (1, 22, 333)]
    archive.night(Got(nights[0]))
    archive.night(Got(nights[1]))
    archive.night(Got(b"<h1>500</h1>", verdict="error", status=500))
    archive.night(Got(nights[2]))
    (now,) = versions(archive)
    assert (now.last_seen, now.sha256) == (archive.time(4), sha256(nights[2]).hexdigest())
    for clocks in (Clocks(seen=archive.time(3)), Clocks(known=archive.time(3))):
        (then,) = versions(archive, clocks)
        assert (then.first_seen, then.last_seen) == (archive.time(1), archive.time(2)), clocks
        assert then.sha256 == sha256(nights[1]).hexdigest()


@pytest.mark.parametrize("figures", [(17, 18), (18, 17), (17, 18, 17, 19)])
def test_versions_of_one_second_are_told_apart(archive: Archive, figures: tuple[int, ...]) -> None:
    """As when files are imported one after the other: times are whole seconds."""
    pages = [said(figure, 100 + n) for n, figure in enumerate(figures)]
    for each in pages:
        archive.night(Got(each), of=1)
    table, row, column = CELL.split("/")
    cell = Filter(table=table, row=row, column=column)
    for clocks in (NOW, Clocks(seen=archive.time(1)), Clocks(known=archive.time(9))):
        assert [v.sha256 for v in versions(archive, clocks)] == [sha256(p).hexdigest() for p in pages]
        assert edits(archive, clocks) == [(CELL, str(figures[-2]), str(figures[-1]))]
    for clocks in (Clocks(seen=archive.time(1)), Clocks(known=archive.time(9))):
        assert shown(archive, clocks, "sha256") == [(sha256(pages[-1]).hexdigest(),)]
        with ask_as_of(archive.catalogue, "facts", cell, clocks) as found:
            assert [r[found.columns.index("value")] for r in found.rows] == [figures[-1]]
    assert check(archive.catalogue) == []


def shown(archive: Archive, clocks: Clocks, *columns: str) -> list[tuple[Any, ...]]:
    """The reports as they stood."""
    with ask_as_of(archive.catalogue, "reports", Filter(), clocks) as found:
        places = [found.columns.index(column) for column in columns]
        return sorted(tuple(row[p] for p in places) for row in found.rows)


def bodies(archive: Archive, clocks: Clocks) -> set[str]:
    """The keys of the agencies as they were told apart then."""
    with archive.catalogue.reading() as session:
        return {s.key.rpartition(" ")[0] for part in standings(session, clocks) for s in part}


def nights_of(archive: Archive, clocks: Clocks) -> list[tuple[int, int]]:
    """The first and the last night on which each version had been seen; reports must agree."""
    nights = {archive.time(n): n for n in range(1, 31)}
    found = [(nights[v.first_seen], nights[v.last_seen]) for v in versions(archive, clocks)]
    ((first, last),) = shown(archive, clocks, "first_seen", "last_seen")
    assert (nights[first], nights[last]) == (min(f for f, _ in found), max(n for _, n in found))
    return found


def test_the_same_bytes_were_last_seen_when_they_were_known_to_be(archive: Archive) -> None:
    for _ in range(4):
        archive.night(Got(said(17)))
    for night in (1, 2, 3, 4):
        clocks = [Clocks(seen=archive.time(night)), Clocks(known=archive.time(night))]
        clocks.append(Clocks(seen=archive.time(30), known=archive.time(night)))
        assert [nights_of(archive, c) for c in clocks] == [[(1, night)]] * 3


def test_what_was_imported_later_was_not_known_before(archive: Archive) -> None:
    archive.nights = 9
    archive.night(Got(said(17)))  # night 10
    archive.nights = 14
    archive.night(Got(said(17)), of=1)  # known on night 15
    assert check(archive.catalogue) == []
    assert nights_of(archive, NOW) == [(1, 10)]
    assert nights_of(archive, Clocks(known=archive.time(12))) == [(10, 10)]
    assert nights_of(archive, Clocks(seen=archive.time(5))) == [(1, 1)]
    assert nights_of(archive, Clocks(seen=archive.time(20), known=archive.time(12))) == [(10, 10)]
    early = Clocks(seen=archive.time(5), known=archive.time(12))
    assert versions(archive, early) == shown(archive, early, "year") == []


def test_a_page_that_held_no_report_is_no_look_at_it(archive: Archive) -> None:
    first, last = said(17, 1), said(17, 22)
    archive.night(Got(first))
    archive.night(Got("<p>系统维护中，请稍后再试。</p>".encode()))
    archive.night(Got(last))
    for clocks in (Clocks(seen=archive.time(2)), Clocks(known=archive.time(2))):
        assert nights_of(archive, clocks) == [(1, 1)]
        assert shown(archive, clocks, "sha256") == [(sha256(first).hexdigest(),)]
        assert versions(archive, clocks)[0].sha256 == sha256(first).hexdigest()


def test_another_report_at_the_address_is_not_taken_for_this_one(archive: Archive) -> None:
    """By mistake an office shows the report of another year for a night."""
    other = page(replace(REPORT, year=2022).with_fact(CELL, Decimal(99)))
    for got in (said(5), said(17), other, said(17, 44)):
        archive.night(Got(got))
    ours = archive.one("SELECT report_id FROM reports WHERE year = 2023").report_id
    table, row, column = CELL.split("/")
    keep = Filter(report_id=ours, table=table, row=row, column=column)
    for clocks in (Clocks(seen=archive.time(3)), Clocks(known=archive.time(3))):
        with ask_as_of(archive.catalogue, "facts", keep, clocks) as found:
            assert [r[found.columns.index("value")] for r in found.rows] == [17]
        with archive.catalogue.reading() as session:
            cells = diff_versions(session, ours, clocks=clocks).cells
        assert [(c.old, c.new) for c in cells] == [("5", "17")]
        assert (2023, archive.time(2)) in shown(archive, clocks, "year", "last_seen")


def test_whose_report_it_is_was_known_when_a_list_said_so(archive: Archive) -> None:
    nameless = page().replace("吴忠市民政局".encode(), b"").replace("吴忠市".encode(), b"")
    nameless = nameless.replace("2023 年政府信息公开工作年度报告".encode(), "工作年度报告".encode())
    archive.night(Got(nameless))
    item = ListedItem(URL, "吴忠市民政局2023年政府信息公开工作年度报告", None)
    archive.night(Got(nameless), listing=ListingSeen(f"http://{HOST}/", None, "trs", 1, 1, True, (item,)))
    assert shown(archive, NOW, "agency") == [("吴忠市民政局",)]
    assert shown(archive, Clocks(known=archive.time(2)), "agency") == [("吴忠市民政局",)]
    assert shown(archive, Clocks(known=archive.time(1)), "agency") == [(None,)]


def test_that_two_names_are_one_bodys_was_known_when_a_person_said_so(archive: Archive) -> None:
    long, short = REPORT, replace(REPORT, agency="吴忠市民政局办公室", year=2022)
    archive.night(Got(page(long)), Got(page(short), OTHER_URL))
    with archive.catalogue.reading() as session:
        keys = {a.name: a.key for a in session.scalars(select(Agency))}
    at = archive.moment(3)
    made = decide(
        archive.catalogue, keys[short.agency], keys[long.agency], Kind.SAME,
        since=None, reason="one office", who="me", clock=lambda: at,
    )  # fmt: skip
    assert bodies(archive, NOW) == {keys[long.agency]}
    assert bodies(archive, Clocks(known=archive.time(2))) == set(keys.values())
    withdraw_decision(archive.catalogue, made, who="me", clock=lambda: archive.moment(5))
    assert bodies(archive, NOW) == set(keys.values())
    assert bodies(archive, Clocks(known=archive.time(4))) == {keys[long.agency]}
    assert check(archive.catalogue) == []


def test_the_figures_are_those_that_were_read_then(archive: Archive, readers: Readers) -> None:
    office = replace(REPORT, agency=POLICE)
    archive.readers = OlderParser(readers)  # type: ignore[assignment]
    archive.night(Got(page(office)))
    archive.night(Got(page(office.with_fact(MISREAD, Decimal(40)))))
    archive.readers, archive.revision = NewerParser(readers), REVISION + 1  # type: ignore[assignment]
    archive.read(archive.moment(3))
    project(archive.catalogue)
    assert (MISREAD, TRUE, "40") in edits(archive)
    assert (MISREAD, FALSE, "140") in edits(archive, Clocks(known=archive.time(2)))


def test_the_file_that_the_report_was_read_from_is_marked(archive: Archive) -> None:
    """The page is read until the attachment with the figures comes."""
    link = f'<p>{REPORT.title}</p><p><a href="P0202401220001.pdf">{REPORT.title}</a></p>'
    archive.night(Got(page(body=link)))
    archive.night(Got(page(body=link)), pdf(render_pdf(REPORT)))
    taken = {v.url for v in versions(archive) if v.taken}
    assert len(taken) == 1
    assert taken != {URL}
    assert {v.url for v in versions(archive, Clocks(seen=archive.time(1)))} <= {URL}


@pytest.mark.parametrize(
    ("keep", "agency"),
    [
        (Filter(region="640500"), "沙坡头区民政局"),
        (Filter(region="640300"), REPORT.agency),
        (Filter(level="county"), "沙坡头区民政局"),
        (Filter(level="city"), REPORT.agency),
        (Filter(agency="沙坡头"), "沙坡头区民政局"),
    ],
)
def test_reports_that_changed_since_are_kept_by_their_agency_too(
    archive: Archive, keep: Filter, agency: str
) -> None:
    """Of them no query tells beforehand whose they were taken for then."""
    for decisions in (17, 18, 19):
        there = REPORT.with_fact(CELL, Decimal(decisions))
        archive.night(Got(page(there)), Got(page(replace(there, agency="沙坡头区民政局")), OTHER_URL))
    for view in ("reports", "facts", "changes"):
        with ask_as_of(archive.catalogue, view, keep, Clocks(known=archive.time(2))) as found:
            assert {row[found.columns.index("agency")] for row in found.rows} == {agency}, view


def test_a_second_look_is_no_look_of_its_own(archive: Archive) -> None:
    first = said(17, 1)
    archive.night(Got(first))
    archive.night(Got(said(17, 22), again=True))  # in life a moment later
    for clocks in (Clocks(seen=archive.time(2)), Clocks(known=archive.time(2))):
        assert nights_of(archive, clocks) == [(1, 1)]
        assert shown(archive, clocks, "sha256") == [(sha256(first).hexdigest(),)]


def test_a_copy_at_another_address_has_versions_of_its_own(archive: Archive) -> None:
    archive.night(Got(said(17)))
    archive.night(Got(said(17)), Got(said(17), OTHER_URL))
    archive.night(Got(said(18)))
    archive.night(Got(said(17), OTHER_URL))
    for clocks in (NOW, Clocks(seen=archive.time(4)), Clocks(known=archive.time(4))):
        found = versions(archive, clocks)
        assert [(v.url, v.ordinal) for v in found] == [(URL, 1), (OTHER_URL, 1), (URL, 2)]
        assert [v.taken for v in found] == [True, False, True]
        assert nights_of(archive, clocks) == [(1, 2), (2, 4), (3, 3)]


def test_what_names_nobody_goes_with_the_file_before_it_within_a_second_too(archive: Archive) -> None:
    nameless = said(5).replace("吴忠市民政局".encode(), b"").replace("吴忠市".encode(), b"")
    nameless = nameless.replace("2023 年政府信息公开工作年度报告".encode(), "工作年度报告".encode())
    for got in (said(5), nameless, page(replace(REPORT, year=2022))):
        archive.night(Got(got), of=1)
    ours = archive.one("SELECT report_id FROM reports WHERE year = 2023").report_id
    with archive.catalogue.reading() as session:
        assert versions_of(session, ours)[-1].sha256 == sha256(nameless).hexdigest()
