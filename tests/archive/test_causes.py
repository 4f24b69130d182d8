"""Whose doing a difference is: two files are compared under one parser, one file under two, none across."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from hashlib import sha256

import pytest
from nights import CELL, REPORT, Archive, Got, page
from test_month import FALSE, MISREAD, POLICE, TRUE, NewerParser, OlderParser

from archive.history.project import project
from archive.history.rebuild import check
from archive.reading import read_blobs
from parsers.isolation import Readers
from parsers.report import REVISION

OFFICE = replace(REPORT, agency=POLICE)


def told(archive: Archive) -> set[tuple[str, str, str, str]]:
    rows = archive.ask("SELECT * FROM changes WHERE layer = 'field'")
    return {(r.cause, f"{r.table_code}/{r.row_code}/{r.column_code}", r.old_value, r.new_value) for r in rows}


def test_an_older_reading_is_not_compared_with_a_newer_one(
    archive: Archive, readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.readers = OlderParser(readers)  # type: ignore[assignment]
    archive.night(Got(page(OFFICE)))
    archive.readers, archive.revision = NewerParser(readers), REVISION + 1  # type: ignore[assignment]
    edited = page(OFFICE.with_fact(CELL, Decimal(18)))

    def only_the_new_file(at: datetime) -> None:
        files = [sha256(edited).hexdigest()]
        read_blobs(archive.catalogue, archive.home, files, archive.readers, clock=lambda: at)

    with monkeypatch.context() as patched:
        patched.setattr(archive, "read", only_the_new_file)
        archive.night(Got(edited))
    assert told(archive) == set()
    assert archive.changes(2) == [("bytes", "replaced")]
    archive.read(archive.moment(2))
    project(archive.catalogue)
    assert told(archive) == {("source", CELL, "17", "18"), ("parser", MISREAD, FALSE, TRUE)}
    assert check(archive.catalogue) == []
