"""A catalogue that is copied to another database says the same there, and goes on from there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from nights import FILE_URL, REPORT, Archive, Got, page, pdf
from sqlalchemy import text

from archive.catalogue.copying import NotEmpty, copy_catalogue
from archive.catalogue.engine import open_catalogue, sqlite_url
from archive.history.rebuild import check
from archive.search.find import search
from archive.search.index import refresh
from nianbao.replica import render_pdf
from nianbao.replica.pages import attachment

VIEWS = ("reports", "facts", "sections", "checks", "changes", "captures", "runs")


@pytest.fixture
def target_url(archive: Archive, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """From SQLite to PostgreSQL, and from PostgreSQL to SQLite."""
    if archive.catalogue.is_sqlite:
        url: str = request.getfixturevalue("postgresql_url")
        return url
    folder = tmp_path / "target"
    folder.mkdir()
    return sqlite_url(folder)


def test_a_copy_says_the_same_and_goes_on(archive: Archive, target_url: str) -> None:
    link = page(body=attachment(FILE_URL, "报告.pdf"))
    archive.night(Got(link), pdf(render_pdf(REPORT)))
    archive.night(Got(link), pdf(render_pdf(REPORT)))
    with archive.catalogue.writing() as session:  # a page may be known after the file that it leads to
        session.execute(text("UPDATE resource SET parent_id = 2 WHERE resource_id = 1"))
    copy_catalogue(archive.catalogue, target_url)
    copied = open_catalogue(target_url)
    assert refresh(copied) == 1
    with archive.catalogue.reading() as one, copied.reading() as other:
        for view in VIEWS:
            query = text(f"SELECT * FROM {view}")
            assert _sorted(other.execute(query)) == _sorted(one.execute(query)), view
        assert list(search(other, "政府")) == list(search(one, "政府"))
        with pytest.raises(NotEmpty):
            copy_catalogue(archive.catalogue, target_url)
    before = archive.catalogue
    archive.catalogue = copied
    with copied.writing() as session:
        session.execute(text("UPDATE resource SET parent_id = NULL WHERE resource_id = 1"))
    archive.night(Got(link), pdf(render_pdf(REPORT)))
    assert archive.one("SELECT last_seen FROM reports").last_seen == archive.time(3)
    assert check(copied) == []
    archive.catalogue = before
    copied.close()


def _sorted(rows: Iterable[Sequence[object]]) -> list[list[object]]:
    """In an order that does not hang on the database's."""
    return sorted(([_plain(value) for value in row] for row in rows), key=repr)


def _plain(value: object) -> object:
    return int(value) if isinstance(value, bool | float) and value == int(value) else value
