"""Commands that try without keeping, and URLs given by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from nianbao.replica.families import FamilySite, Site, trs
from nianbao.replica.families.content import COLUMN_NAME, html, key_of, link, meta, reports
from tests.whole.conftest import nianbao, rows

OPTIONS = ("--allow-private", "--delay", "0")


@pytest.fixture
def site() -> Iterator[FamilySite]:
    entries = list(reports()[:8])
    site = Site(key=key_of(entries), family="trs")
    trs.listing(site, "/zwgk/nb/", COLUMN_NAME, entries)
    site.routes["/"] = html("沙坡头区人民政府", link("/zwgk/", "政务公开"), meta())
    site.routes["/zwgk/"] = html("政务公开", link("/zwgk/nb/", COLUMN_NAME), meta("政务公开"))
    with FamilySite(site) as served:
        yield served


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    home = tmp_path / "archive"
    nianbao(home, "init", "--contact", "https://example.org/crawler")
    return home


def kept(home: Path) -> int:
    count: int = rows(home, "sql", "SELECT COUNT(*) AS n FROM captures")[0]["n"]
    return count


def test_check_explains_the_way_the_lists_and_some_reports(archive: Path, site: FamilySite) -> None:
    printed = nianbao(archive, "sites", "check", site.url, *OPTIONS).stdout
    base = site.url.rstrip("/")
    assert f"{base}/zwgk/ “政务公开”: looks like openness" in printed
    assert f"{base}/zwgk/nb/ “{COLUMN_NAME}”: named as a report column" in printed
    assert "family trs, 8 reports, 2 of 2 pages, whole" in printed
    assert "A sample of the reports: 4" in printed
    assert kept(archive) == 0
    assert list((archive / "warc").rglob("*.warc*")) == []


def test_check_gives_json_and_tells_what_the_budget_left(archive: Path, site: FamilySite) -> None:
    words = ("sites", "check", site.url, *OPTIONS, "--json", "--pages", "4")
    data = json.loads(nianbao(archive, *words).stdout)
    assert [step["kind"] for step in data["followed"]] == ["start", "page", "listing", "listing"]
    (outcome,) = data["outcomes"]
    assert outcome["unexplored"] == 4
    assert all("(titled as a report)" in address for address in outcome["unexplored_best"])


def test_check_of_a_site_without_reports_fails_and_says_what_to_do(archive: Path, site: FamilySite) -> None:
    site.site.routes["/"] = html("沙坡头区人民政府", "", meta())
    printed = nianbao(archive, "sites", "check", site.url, *OPTIONS, code=1).stdout
    assert "no annual-report column was found" in printed


def test_a_given_list_is_followed_and_only_it(archive: Path, site: FamilySite) -> None:
    column = f"{site.url}zwgk/nb/"
    dry = nianbao(archive, "backfill", column, "--follow", "--dry-run", *OPTIONS).stdout
    assert f"{column}: a list of 8 reports, whole" in dry
    assert "8 reports would be archived" in dry
    assert kept(archive) == 0
    nianbao(archive, "backfill", column, "--follow", *OPTIONS)
    found = {(row["agency"], row["year"]) for row in rows(archive, "reports")}
    assert found == site.site.key
    assert not [entry for entry in site.requests if entry.path in ("/", "/zwgk/")]


def test_a_given_page_is_read_whatever_it_is_called(archive: Path, site: FamilySite) -> None:
    """No title, no tags, an address that says nothing."""
    entry = reports()[0]
    site.site.routes["/x/1"] = html("", f"<h1>{entry.title}</h1>{entry.body}")
    site.site.routes["/x/2"] = html("", "<p>别的事。</p>")
    printed = nianbao(archive, "backfill", f"{site.url}x/1", f"{site.url}x/2", *OPTIONS).stdout
    assert entry.report is not None
    assert f"{site.url}x/1: report 1: {entry.report.agency} {entry.report.year}" in printed
    assert f"{site.url}x/2: archived, not a report" in printed


def test_an_interrupted_backfill_goes_on(archive: Path, site: FamilySite, tmp_path: Path) -> None:
    urls = [f"{site.url}zwgk/nb/{trs.name_of(entry)}" for entry in reports()[:4]]
    listed = tmp_path / "list.txt"
    listed.write_text("\n".join(["# pages of one column", *urls[:2]]), encoding="utf-8")
    nianbao(archive, "backfill", "--file", str(listed), *OPTIONS)
    engine = create_engine(f"sqlite:///{archive / 'catalogue.sqlite3'}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE run SET status = 'running'"))
    engine.dispose()
    listed.write_text("\n".join(urls), encoding="utf-8")
    site.requests.clear()
    printed = nianbao(archive, "backfill", "--file", str(listed), *OPTIONS).stdout
    assert "2 of 4 were archived before the interruption; going on." in printed
    asked = {entry.path for entry in site.requests}
    assert not any(url.removeprefix(site.url.rstrip("/")) in asked for url in urls[:2])
    assert all(url.removeprefix(site.url.rstrip("/")) in asked for url in urls[2:])
    assert len(rows(archive, "reports")) == 4
