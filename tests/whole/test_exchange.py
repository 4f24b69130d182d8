"""Files of other archives taken in, by the command line."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from nianbao.replica import REPORTS, render_html, render_pdf
from tests.archive.test_wacz import validate
from tests.archive.warcs import http, members, record, response, sha1, warcinfo, whole
from tests.whole.conftest import TwoNights, nianbao, rows

PAGE_URL = "https://www.example.gov.cn/zwgk/2019/report.html"
FILE_URL = "https://www.example.gov.cn/zwgk/2019/report.pdf"
HTML = f"<html><body>{render_html(REPORTS[0])}</body></html>".encode()
PDF = render_pdf(REPORTS[0])


def given(tmp_path: Path, data: bytes, name: str = "old.warc.gz") -> str:
    path = tmp_path / name
    path.write_bytes(data)
    return str(path)


def test_reports_in_warc_files_are_read(home: Path, tmp_path: Path) -> None:
    nianbao(home, "init", "--contact", "https://example.org/crawler")
    page = response(HTML, url=PAGE_URL)
    pdf = record("response", http(PDF, fields="Content-Type: application/pdf\r\n"), WARC_Target_URI=FILE_URL)
    file = given(tmp_path, members(warcinfo(), page, pdf))
    done = nianbao(home, "import", file)
    assert "2 captures, 1 other records; kept as warc/imported/old-" in done.stdout
    assert {r["url"] for r in rows(home, "reports")} & {PAGE_URL, FILE_URL}
    (body,) = rows(home, "sql", f"SELECT via, fetched_at, verdict FROM captures WHERE url = '{FILE_URL}'")
    assert body == {"via": "import", "fetched_at": "2019-03-01T08:00:00Z", "verdict": "ok"}
    nianbao(home, "get", FILE_URL, "-o", str(tmp_path / "out.pdf"))
    assert (tmp_path / "out.pdf").read_bytes() == PDF
    done = nianbao(home, "import", file)
    assert "0 captures, 2 held already, 1 other records; kept already as warc/imp" in done.stdout


def test_damage_is_named_with_its_place(home: Path, tmp_path: Path) -> None:
    nianbao(home, "init", "--contact", "https://example.org/crawler")
    start = members(warcinfo())
    wrong = members(response(url=PAGE_URL, WARC_Block_Digest=sha1(b"other")))
    file = given(tmp_path, start + wrong + members(response(b"hello", url=FILE_URL)))
    done = nianbao(home, "import", file, code=1)
    assert f"at byte {len(start)}: the block does not have the digest" in done.stderr
    assert "(not imported)" in done.stderr
    assert "1 captures, 1 other records, 1 faults; kept as" in done.stdout
    irregular = given(tmp_path, members(response(b"x", WARC_IP_Address="none")), "b.warc.gz")
    done = nianbao(home, "import", irregular, code=1)
    assert "(imported all the same)" in done.stderr


def test_what_cannot_be_imported_says_what_to_do(home: Path, tmp_path: Path) -> None:
    nianbao(home, "init", "--contact", "https://example.org/crawler")
    old = given(tmp_path, b"filedesc://old.arc 0.0.0.0 20080430 text/plain 9\n", "old.arc")
    assert "warcio recompress" in nianbao(home, "import", old, code=2).stderr
    warc = given(tmp_path, members(response()))
    assert "have their own" in nianbao(home, "import", warc, "--url", FILE_URL, code=2).stderr


def test_captures_of_a_url_over_time(home: Path, tmp_path: Path) -> None:
    nianbao(home, "init", "--contact", "https://example.org/crawler")
    first = response(b"first", url=PAGE_URL, date="2019-03-01T00:00:00Z")
    second = response(b"second", url=PAGE_URL, date="2021-03-01T00:00:00Z")
    nianbao(home, "import", given(tmp_path, members(second, first)))
    assert nianbao(home, "get", PAGE_URL).stdout == "second"
    assert nianbao(home, "get", PAGE_URL, "--at", "2019-12-31").stdout == "first"
    found = rows(home, "get", "--all", PAGE_URL)
    assert [(row["fetched_at"], row["via"]) for row in found] == [
        ("2019-03-01T00:00:00Z", "import"),
        ("2021-03-01T00:00:00Z", "import"),
    ]
    assert "2021-03-01T00:00:00Z" in nianbao(home, "get", "--all", PAGE_URL).stdout
    for words, said in (
        (("--at", "yesterday"), "is no time"),
        (("--all", "--at", "2019"), "--all lists"),
        (("--json",), "belong to --all"),
    ):
        assert said in nianbao(home, "get", PAGE_URL, *words, code=2).stderr
    assert "no capture" in nianbao(home, "get", "--all", FILE_URL, code=2).stderr


def test_an_export_is_another_home(two_nights: TwoNights, tmp_path: Path) -> None:
    """What a colleague gets who is sent the file: the same captures, read to the same figures."""
    target, home = tmp_path / "all.wacz", tmp_path / "colleague"
    done = nianbao(two_nights.home, "export", "--wacz", str(target))
    assert "pages" in done.stdout
    validate(target)
    nianbao(home, "init", "--contact", "https://example.org/crawler")
    nianbao(home, "import", str(target), code=None)
    query = "SELECT DISTINCT url, fetched_at, sha256 FROM captures WHERE sha256 IS NOT NULL AND status <> 304"
    ours = {tuple(row.values()) for row in rows(two_nights.home, "sql", query)}
    theirs = {tuple(row.values()) for row in rows(home, "sql", query)}
    assert theirs == ours
    figures = "SELECT DISTINCT agency, year, table_code, row_code, column_code, value FROM facts"
    assert {tuple(row.values()) for row in rows(home, "sql", figures)} >= {
        tuple(row.values()) for row in rows(two_nights.home, "sql", figures)
    }
    assert "exists already" in nianbao(two_nights.home, "export", "--wacz", str(target), code=2).stderr


def test_a_site_or_a_report_is_exported(two_nights: TwoNights, tmp_path: Path) -> None:
    site, report = tmp_path / "site.wacz", tmp_path / "report.wacz"
    nianbao(two_nights.home, "export", "--wacz", str(site), "--site", "replica")
    (first, *_) = rows(two_nights.home, "reports")
    nianbao(two_nights.home, "export", "--wacz", str(report), "--report", str(first["report_id"]))
    years = tmp_path / "year.wacz"
    nianbao(two_nights.home, "export", "--wacz", str(years), "--year", str(first["year"]))
    for target in (site, report, years):
        validate(target)
    assert 0 < report.stat().st_size < site.stat().st_size
    home = tmp_path / "home"
    nianbao(home, "init", "--contact", "https://example.org/crawler")
    nianbao(home, "import", str(report))
    assert first["sha256"] in {r["sha256"] for r in rows(home, "reports")}
    for words, said in (
        (("--site", "nowhere"), "there are: replica"),
        (("--report", "no such report"), "no report is called"),
        (("--site", "a", "--report", "1"), "give only one"),
        (("--year", "1066"), "no closed WARC file"),
    ):
        done = nianbao(two_nights.home, "export", "--wacz", str(tmp_path / "x.wacz"), *words, code=2)
        assert said in done.stderr
    assert not (tmp_path / "x.wacz").exists()


def test_the_home_explains_itself(home: Path, tmp_path: Path) -> None:
    nianbao(home, "init")
    readme = home / "README.md"
    words = readme.read_text(encoding="utf-8")
    assert "如果这个目录到了您手里" in words
    (query,) = re.findall(r'sqlite3 catalogue.sqlite3 "([^"]+)"', words)
    with closing(sqlite3.connect(home / "catalogue.sqlite3")) as catalogue:
        assert catalogue.execute(query).fetchall() == []
    readme.write_text("kept by the library of X", encoding="utf-8")
    nianbao(home, "init")
    assert readme.read_text(encoding="utf-8") == "kept by the library of X"
    readme.unlink()  # as in a home that an older release made
    nianbao(home, "import", given(tmp_path, members(response())))
    assert readme.read_text(encoding="utf-8") == words


def test_imported_files_are_proved_and_get_their_rows_back(home: Path, tmp_path: Path) -> None:
    nianbao(home, "init", "--contact", "https://example.org/crawler")
    first = response(b"first", url=PAGE_URL, date="2019-03-01T00:00:00Z")
    torn = members(warcinfo(), first) + members(response(b"second", url=FILE_URL))[:-20]
    nianbao(home, "import", given(tmp_path, torn), code=1)
    nianbao(home, "import", given(tmp_path, whole(warcinfo(), response(HTML, url=FILE_URL)), "whole.warc.gz"))
    assert "0 things wrong" in nianbao(home, "verify").stdout  # it came with its damage
    query = "SELECT url, fetched_at, via, verdict, sha256, warc_file, warc_offset FROM captures ORDER BY url"
    before = rows(home, "sql", query)
    (home / "catalogue.sqlite3").unlink()
    shutil.rmtree(home / "index")
    done = nianbao(home, "mend", "--from-warc")
    assert "2 captures" in done.stdout
    assert rows(home, "sql", query) == before
    assert len(list((home / "index/imported").glob("*.cdxj"))) == 3
    assert "0 captures" in nianbao(home, "mend").stdout
    (path,) = (home / "warc/imported").glob("old-*.gz")
    data = bytearray(path.read_bytes())
    data[len(members(warcinfo())) + 40] ^= 1
    path.write_bytes(data)
    done = nianbao(home, "verify", code=1)
    assert "its bytes are not those that were imported" in done.stdout
    assert f"at byte {len(members(warcinfo()))} " in done.stdout
    assert PAGE_URL in done.stdout
