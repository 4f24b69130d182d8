"""A report whose body its site cuts over several pages: one report, read over all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from nianbao.replica.body import render_html
from nianbao.replica.reports import REPORTS
from tests.crawler.loopback import Answer, Asked, Loopback
from tests.whole.conftest import nianbao, rows

REPORT = next(r for r in REPORTS if r.agency == "中卫市水务局")
EDITED = next(place for place in REPORT.facts if place.startswith("requests/received/"))
FOLDER = "/zwgk/nb/202401/"
NAME = "t20240115_5111151"
FIRST = f"{FOLDER}{NAME}.html"
SECOND, THIRD = f"{FOLDER}{NAME}_1.html", f"{FOLDER}{NAME}_2.html"


def body_of(facts: dict[str, Decimal]) -> str:
    return render_html(replace(REPORT, facts=REPORT.facts | facts))


def cut(body: str) -> list[str]:
    """Three pages; the second cut lies in the midst of the table of requests, in the midst of its markup."""
    table = body.index("<table", body.index("三、"))
    row = table
    for _ in range(12):
        row = body.index("</tr>", row) + len("</tr>")
    return [body[: body.index("<table")], body[body.index("<table") : row], body[row:]]


@dataclass
class Site:
    """What is shown: the parts of one body. ``failing`` gives the status with which an address answers."""

    url: str = ""
    parts: list[str] = field(default_factory=lambda: cut(body_of({})))
    failing: dict[str, int] = field(default_factory=dict)
    asked: list[tuple[str, int]] = field(default_factory=list)

    def page(self, path: str) -> bytes | None:
        pages = {self._name(number): self._article(number) for number in range(len(self.parts))}
        pages["/"] = "<title>演示网</title><a href='/zwgk/nb/'>政府信息公开年报</a>"
        item = f"<ul><li><a href='{FIRST}'>{REPORT.title}</a><span>2024-01-15</span></li></ul>"
        pages["/zwgk/nb/"] = f"<title>政府信息公开年报_演示网</title><h2>政府信息公开年报</h2>{item}"
        return pages[path].encode() if path in pages else None

    def answer(self, asked: Asked) -> Answer:
        body = self.page(asked.path)
        status = self.failing.get(asked.path, 404 if body is None else 200)
        etag = f'"{sha256(body or b"").hexdigest()[:16]}"'
        if status == 200 and asked.headers.get("If-None-Match") == etag:
            status = 304
        self.asked.append((asked.path, status))
        sent = {200: body or b"", 304: b""}.get(status, b"no")
        return Answer(sent, status, {"ETag": etag} if status in (200, 304) else {})

    def _name(self, number: int) -> str:
        return f"{FOLDER}{NAME}{f'_{number}' if number else ''}.html"

    def _article(self, number: int) -> str:
        head = f"<title>{REPORT.title}_演示网</title><meta name='ArticleTitle' content='{REPORT.title}'>"
        pager = f'<script>createPageHTML({len(self.parts)}, {number}, "{NAME}", "html");</script>'
        crumbs = "<div>当前位置：<a href='/'>首页</a> &gt; <a href='/zwgk/nb/'>政府信息公开年报</a></div>"
        shown = f"<div class='TRS_Editor'>{self.parts[number]}{pager}</div>"
        return f"<html><head>{head}</head><body>{crumbs}<h1>{REPORT.title}</h1>{shown}</body></html>"


@pytest.fixture
def site() -> Iterator[Site]:
    served = Site()
    with Loopback(served.answer) as loopback:
        served.url = loopback.url.rstrip("/")
        yield served


@pytest.fixture
def home(tmp_path: Path, site: Site) -> Path:
    home = tmp_path / "home"
    address = ("sites", "add", f"{site.url}/", "--name", "demo", "--division", "640500", "--delay", "0")
    nianbao(home, "init", "--contact", "https://example.org/crawler")
    nianbao(home, *address, "--allow-private")
    return home


def facts(home: Path) -> dict[str, dict[str, Any]]:
    return {f"{f['table_code']}/{f['row_code']}/{f['column_code']}": f for f in rows(home, "facts")}


def changes(home: Path) -> list[tuple[Any, ...]]:
    """All but the appearing of the report."""
    told = ("layer", "cause", "kind", "row_code", "column_code", "old_value", "new_value")
    return [tuple(c[name] for name in told) for c in rows(home, "changes") if c["kind"] != "appeared"]


def crawl(home: Path, site: Site) -> list[tuple[str, int]]:
    """One night; what was asked for, and with what status it was answered."""
    site.asked.clear()
    nianbao(home, "crawl")
    return sorted(one for one in site.asked if one[0] != "/robots.txt")


def test_the_pages_are_one_report(home: Path, site: Site) -> None:
    crawl(home, site)
    (report,) = rows(home, "reports")
    assert (report["agency"], report["year"], report["status"]) == (REPORT.agency, REPORT.year, "present")
    assert (report["url"], report["page_url"]) == (f"{site.url}{FIRST}", f"{site.url}{FIRST}")
    read = facts(home)
    assert {place: Decimal(str(read[place]["value"])) for place in REPORT.facts} == REPORT.facts
    parts = {place: fact["locator"].partition("!html:/")[0] for place, fact in read.items()}
    assert parts["disclosure/licensing/decisions"] == parts["requests/received/total"] == "002.html"
    assert {parts[place] for place in parts if place.startswith("review/")} == {"003.html"}
    assert parts["requests/handled_total/total"] == "003.html"
    headings = [row["heading"] for row in rows(home, "sql", "SELECT heading FROM sections ORDER BY ordinal")]
    assert [h for h in headings if "、" in h] == sorted(
        (h for h in headings if "、" in h), key=lambda h: "一二三四五六".index(h[0])
    )
    assert "002.html!html:/" in nianbao(home, "show", "1", "--where", "requests/received/total").stdout
    nianbao(home, "verify")
    nianbao(home, "rebuild", "--check")


def test_a_quiet_night_and_an_edit_on_the_second_page(home: Path, site: Site) -> None:
    first = crawl(home, site)
    quiet = crawl(home, site)
    assert [path for path, _ in quiet] == [path for path, _ in first]
    assert {status for _, status in quiet} == {304}
    assert changes(home) == []
    assert rows(home, "reports")[0]["versions"] == 1

    edited = REPORT.facts[EDITED] + 7
    site.parts = cut(body_of({EDITED: edited}))
    assert {status for path, status in crawl(home, site) if path != SECOND} == {304}
    change = ("received", EDITED.rpartition("/")[2], str(REPORT.facts[EDITED]), str(edited))
    assert [c for c in changes(home) if c[0] == "field"] == [("field", "source", "edited", *change)]
    (report,) = rows(home, "reports")
    assert report["versions"] == 2
    history = nianbao(home, "reports", "--seen", rows(home, "runs")[0]["finished_at"], "--json").stdout
    assert report["sha256"] not in history
    nianbao(home, "rebuild", "--check")


def test_a_page_that_fails_tonight_changes_nothing(home: Path, site: Site) -> None:
    crawl(home, site)
    for status in (500, 404):
        site.failing[SECOND] = status
        crawl(home, site)
        assert changes(home) == []
        assert len(rows(home, "reports")) == 1
    site.failing[SECOND] = 404
    crawl(home, site)
    assert {c[1] for c in changes(home)} == {"source"}
    assert facts(home)["requests/received/total"]["value"] is None
    nianbao(home, "rebuild", "--check")


def test_a_report_appears_when_all_its_pages_have_come(home: Path, site: Site) -> None:
    site.failing[THIRD] = 500
    crawl(home, site)
    assert rows(home, "reports") == []
    site.failing.clear()
    crawl(home, site)
    (report,) = rows(home, "reports")
    assert changes(home) == []
    assert facts(home)["requests/handled_total/total"]["value"] is not None


def test_a_body_in_fewer_pages_says_the_same(home: Path, site: Site) -> None:
    crawl(home, site)
    for parts in (["".join(site.parts)], site.parts, [site.parts[0], "".join(site.parts[1:])]):
        site.parts = parts
        crawl(home, site)
        assert [c for c in changes(home) if c[0] in ("field", "location", "presence")] == []
        (report,) = rows(home, "reports")
        assert report["status"] == "present"
    nianbao(home, "rebuild", "--check")


@pytest.mark.parametrize("given", [FIRST, THIRD])
def test_any_page_given_by_hand_brings_the_report(tmp_path: Path, site: Site, given: str) -> None:
    home = tmp_path / "home"
    nianbao(home, "init", "--contact", "https://example.org/crawler")
    said = nianbao(home, "backfill", f"{site.url}{given}", "--allow-private").stdout
    (report,) = rows(home, "reports")
    assert report["url"] == f"{site.url}{FIRST}"
    assert "report 1" in said
    assert facts(home)["requests/received/total"]["value"] is not None


def test_what_others_archived_is_one_report_too(home: Path, site: Site, tmp_path: Path) -> None:
    crawl(home, site)
    edited = REPORT.facts[EDITED] + 7
    site.parts = cut(body_of({EDITED: edited}))
    crawl(home, site)
    warcs = sorted(str(path) for path in (home / "warc").rglob("*.warc.gz"))
    other = tmp_path / "other"
    nianbao(other, "init", "--contact", "https://example.org/crawler")
    for _ in range(2):
        nianbao(other, "import", *warcs)
    (report,) = rows(other, "reports")
    assert (report["url"], report["versions"]) == (f"{site.url}{FIRST}", 2)
    assert facts(other)[EDITED]["value"] == edited
    assert [(c[0], *c[5:]) for c in changes(other)][-1] == ("field", str(REPORT.facts[EDITED]), str(edited))
    (other / "catalogue.sqlite3").unlink()
    nianbao(other, "mend", "--from-warc")
    nianbao(other, "parse")
    (again,) = rows(other, "reports")
    assert again == report
    nianbao(other, "rebuild", "--check")


def test_a_lost_catalogue_gets_the_report_back(home: Path, site: Site) -> None:
    crawl(home, site)
    crawl(home, site)
    columns = "url, verdict, c.sha256, kind, cut"
    query = f"SELECT {columns} FROM capture c JOIN resource USING (resource_id) ORDER BY 1, 2"
    before, seen = rows(home, "sql", query), rows(home, "reports")
    assert [c["kind"] for c in before if c["url"].endswith("#body")] == ["body"] * 2
    assert {c["url"] for c in before if c["cut"]} == {f"{site.url}{path}" for path in (FIRST, SECOND, THIRD)}
    (home / "catalogue.sqlite3").unlink()
    nianbao(home, "mend", "--from-warc")
    assert rows(home, "sql", query) == before
    nianbao(home, "parse")
    assert rows(home, "reports") == seen
