"""A catalogue that an earlier release made is brought up to date, and tells what it told."""

from __future__ import annotations

from alembic import command
from sqlalchemy import text

from archive.catalogue.engine import Catalogue, alembic_config, create_catalogue
from archive.history.project import project
from archive.history.rebuild import check

TIME = "2026-11-21T02:30:00Z"
LATER = "2026-11-22T02:30:00Z"
URL = "http://www.example/1.html"
MOVED = "http://www.example/2.html"
SHA, OTHER = "ab" * 32, "cd" * 32

ROWS = f"""
INSERT INTO run (run_id, kind, started_at, status) VALUES (1, 'crawl', '{TIME}', 'done');
INSERT INTO run (run_id, kind, started_at, status) VALUES (2, 'crawl', '{LATER}', 'done');
INSERT INTO resource (resource_id, url, surt, host, kind) VALUES (1, '{URL}', 'x', 'h', 'article');
INSERT INTO resource (resource_id, url, surt, host, kind) VALUES (2, '{MOVED}', 'y', 'h', 'article');
INSERT INTO blob (sha256, size) VALUES ('{SHA}', 1);
INSERT INTO blob (sha256, size) VALUES ('{OTHER}', 1);
INSERT INTO capture (run_id, resource_id, fetched_at, via, verdict, sha256)
  VALUES (1, 1, '{TIME}', 'http', 'ok', '{SHA}');
INSERT INTO capture (run_id, resource_id, fetched_at, via, verdict, reason, status)
  VALUES (2, 1, '{LATER}', 'http', 'moved', 'status 301 to {MOVED}', 301);
INSERT INTO capture (run_id, resource_id, fetched_at, via, verdict, sha256)
  VALUES (2, 2, '{LATER}', 'http', 'ok', '{OTHER}');
INSERT INTO listing (listing_id, run_id, url, family, pages_seen, complete, seen_at)
  VALUES (1, 1, 'http://www.example/', 'trs', 1, true, '{TIME}');
INSERT INTO sighting (listing_id, url, title, position) VALUES (1, '{URL}', 'x', 0);
INSERT INTO extraction (extraction_id, sha256, revision, outcome, media_type, title, agency, year,
  divisions, content_sha256, read_at)
  VALUES (1, '{SHA}', 1, 'report', 'text/html', 'T', '吴忠市民政局', 2023, '640300',
  'c', '{TIME}');
INSERT INTO extraction (extraction_id, sha256, revision, outcome, media_type, title, agency, year,
  divisions, content_sha256, read_at)
  VALUES (2, '{OTHER}', 1, 'report', 'text/html', 'T', '吴忠市民政局', 2023, '640300',
  'd', '{LATER}');
INSERT INTO fact (extraction_id, table_code, row_code, column_code, value, state, raw, locator)
  VALUES (1, 'review', 'cases', 'total', 1, 'value', '1', '');
INSERT INTO fact (extraction_id, table_code, row_code, column_code, value, state, raw, locator)
  VALUES (2, 'review', 'cases', 'total', 2, 'value', '2', '');
INSERT INTO agency (agency_id, name, division_code) VALUES (1, '吴忠市民政局', '640300');
INSERT INTO report (report_id, agency_id, year, title, status, resource_id, page_id, extraction_id,
  first_seen, last_seen) VALUES (1, 1, 2023, 'T', 'present', 1, 1, 1, '{TIME}', '{TIME}');
INSERT INTO linkage (report_id, resource_id, role, since, decided_by) VALUES (1, 1, 'page', '{TIME}', 'file');
INSERT INTO projection (name, capture_id) VALUES ('history', 3);
"""


def test_the_first_releases_catalogue_is_taken_over(catalogue_url: str) -> None:
    command.upgrade(alembic_config(catalogue_url), "0001")
    first = Catalogue(catalogue_url)
    with first.writing() as session:
        session.execute(text("CREATE VIEW reports AS SELECT report_id FROM report"))
        for statement in ROWS.split(";\n"):
            if statement.strip():
                session.execute(text(statement))
    first.close()
    catalogue = create_catalogue(catalogue_url)
    project(catalogue)
    with catalogue.reading() as session:
        columns = "report_id, agency, year, url, division_code"
        report = session.execute(text(f"SELECT {columns} FROM reports")).one()
        assert tuple(report) == (1, "吴忠市民政局", 2023, MOVED, "640300")
        told = session.execute(text("SELECT layer, kind, new_value FROM changes ORDER BY change_id")).all()
        assert session.scalar(text("SELECT items FROM listing")) == 1
        assert session.scalar(text("SELECT MIN(recorded_at) FROM capture")) == TIME
    assert [tuple(t) for t in told] == [
        ("presence", "appeared", "T"), ("location", "moved", MOVED), ("field", "edited", "2"),
    ]  # fmt: skip
    assert check(catalogue) == []
    catalogue.close()
