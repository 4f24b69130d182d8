"""A report that its page shows as pictures: one report, read over all of them, and edited in one of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import pytest

from nianbao.replica.pdf import render_pdf
from nianbao.replica.reports import REPORTS, Report
from tests.crawler.loopback import NOT_FOUND, Answer, Asked, Loopback
from tests.whole.conftest import nianbao, rows

pytest.importorskip("rapidocr", reason="the extra `ocr` is not installed: no picture is read")

REPORT = next(r for r in REPORTS if r.edition == "2021")
EDITED = "disclosure/licensing/decisions"
ARTICLE = "/zwgk/nb/202401/t20240115_1.html"
RECOGNITION = 900
"""Seconds that a busy machine may take for the pictures."""
PICTURE = "/zwgk/nb/202401/W0202401150000{}.jpg"


def _pictures(report: Report) -> list[bytes]:
    from benchmarks.scanner import Scanner

    return Scanner(skew=0.3, specks=0, noise=3).pages(render_pdf(report), seed=3)


@dataclass
class Site:
    """What is shown: the pictures of the report's pages, in their order."""

    url: str
    pictures: list[bytes]

    def answer(self, asked: Asked) -> Answer:
        shown = {PICTURE.format(number): data for number, data in enumerate(self.pictures, 1)}
        if asked.path in shown:
            return Answer(shown[asked.path], headers={"Content-Type": "image/jpeg"})
        item = f"<ul><li><a href='{ARTICLE}'>{REPORT.title}</a><span>2024-01-15</span></li></ul>"
        pages = {
            "/": "<title>演示网</title><a href='/zwgk/nb/'>政府信息公开年报</a>",
            "/zwgk/nb/": f"<title>政府信息公开年报_演示网</title><h2>政府信息公开年报</h2>{item}",
            ARTICLE: self._article(list(shown)),
        }
        return Answer(pages[asked.path]) if asked.path in pages else NOT_FOUND

    def _article(self, addresses: list[str]) -> str:
        """The pictures, with an ornament before them and a picture after them that is not there."""
        images = "".join(f"<p><img src='{address}'></p>" for address in addresses)
        body = f"<img src='/images/logo.png'>{images}<img src='/zwgk/nb/202401/W0_lost.jpg'>"
        head = f"<title>{REPORT.title}_演示网</title><meta name='ArticleTitle' content='{REPORT.title}'>"
        return f"<html><head>{head}</head><body><h1>{REPORT.title}</h1>{body}</body></html>"


@pytest.fixture
def site() -> Iterator[Site]:
    served = Site("", _pictures(REPORT))
    with Loopback(served.answer) as loopback:
        served.url = loopback.url.rstrip("/")
        yield served


def test_pictures_of_one_page_are_one_report(tmp_path: Path, site: Site) -> None:
    home = tmp_path / "home"
    address = ("sites", "add", f"{site.url}/", "--name", "demo", "--division", "640500", "--delay", "0")
    nianbao(home, "init", "--contact", "https://example.org/crawler")
    nianbao(home, *address, "--allow-private")
    assert len(site.pictures) > 2
    nianbao(home, "crawl", seconds=RECOGNITION)

    (report,) = rows(home, "reports")
    assert (report["agency"], report["year"]) == (REPORT.agency, REPORT.year)
    assert report["url"] == f"{site.url}{ARTICLE}#pictures"
    facts = {f"{f['table_code']}/{f['row_code']}/{f['column_code']}": f for f in rows(home, "facts")}
    read = {place: facts[place]["value"] for place in REPORT.facts if facts[place]["value"] is not None}
    assert len(read) >= 0.99 * len(REPORT.facts)
    assert read == {place: value for place, value in REPORT.facts.items() if place in read}
    pages = {fact["locator"].partition("!image:")[2].partition(":")[0] for fact in facts.values()}
    assert {"p1", "p2", "p3"} <= pages

    place = next(p for p, f in facts.items() if "image:p2:" in f["locator"])
    spot = tmp_path / "spot.png"
    nianbao(home, "show", "1", "--where", place, "--out", str(spot))
    assert spot.read_bytes().startswith(b"\x89PNG")

    nianbao(home, "crawl", seconds=RECOGNITION)
    assert rows(home, "reports")[0]["versions"] == 1
    assert [c for c in rows(home, "changes") if c["kind"] != "appeared"] == []

    edited = REPORT.facts[EDITED] + 7
    site.pictures = _pictures(replace(REPORT, facts=REPORT.facts | {EDITED: Decimal(edited)}))
    nianbao(home, "crawl", seconds=RECOGNITION)
    (change,) = (c for c in rows(home, "changes", "--layer", "field"))
    assert (change["row_code"], change["old_value"], change["new_value"]) == (
        "licensing",
        str(REPORT.facts[EDITED]),
        str(edited),
    )
    nianbao(home, "verify")
    nianbao(home, "rebuild", "--check")


def test_a_lost_catalogue_gets_its_pictures_back(tmp_path: Path, site: Site) -> None:
    home = tmp_path / "home"
    nianbao(home, "init", "--contact", "https://example.org/crawler")
    site.pictures = site.pictures[:2]
    for _ in range(2):
        nianbao(home, "backfill", f"{site.url}{ARTICLE}", "--allow-private", seconds=RECOGNITION)
    query = "SELECT url, verdict, sha256, kind FROM captures JOIN resource USING (url) ORDER BY 1, 2, 3"
    before = rows(home, "sql", query)
    bound = [c for c in before if c["url"].endswith("#pictures")]
    assert [c["verdict"] for c in bound] == ["not_modified", "ok"]
    assert {c["kind"] for c in bound} == {"attachment"}
    assert len({c["sha256"] for c in bound}) == 1
    (home / "catalogue.sqlite3").unlink()
    nianbao(home, "mend", "--from-warc")
    assert rows(home, "sql", query) == before
