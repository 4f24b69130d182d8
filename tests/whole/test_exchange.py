"""Files of other archives taken in, by the command line."""

from __future__ import annotations

from pathlib import Path

from nianbao.replica import REPORTS, render_html, render_pdf
from tests.archive.warcs import http, members, record, response, sha1, warcinfo
from tests.whole.conftest import nianbao, rows

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
