"""The versions of a report, and how they differ, under the two clocks."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from hashlib import sha256

import pytest
from nights import CELL, REPORT, URL, Archive, Got, page, pdf
from test_month import FALSE, MISREAD, POLICE, TRUE, NewerParser, OlderParser

from archive.history.diff import NoSuchVersion, diff_versions
from archive.history.project import project
from archive.history.standing import NOW, Clocks
from archive.history.versions import VersionSeen, versions_of
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
