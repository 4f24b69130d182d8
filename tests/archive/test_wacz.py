"""What is given out: which records, unchanged, and a package that its own tool accepts."""

from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from warcio.archiveiterator import ArchiveIterator

from archive.capture import Kind
from archive.catalogue.engine import Catalogue, create_catalogue, sqlite_url
from archive.catalogue.models import Capture, Extraction, Linkage, Report, Resource, Site
from archive.exports import wacz
from archive.exports.wacz import Exported, NoSuchSite, NothingToExport, Selection, export_wacz
from tests.archive.fetches import BODY, HOST, NIGHT, URL, fetched, recorder
from tests.archive.test_cdxj import tool
from tests.archive.test_imports import IDENTICAL, Intake, revisit
from tests.archive.warcs import http, members, response, sha1, warcinfo

EVERYTHING = Selection()
PAGE = f"https://{HOST}/report.html"
FILE = f"https://{HOST}/report.pdf"
ELSEWHERE = "http://www.other.gov.cn/a.html"


def export(catalogue: Catalogue, home: Path, target: Path, keep: Selection = EVERYTHING) -> Exported:
    return export_wacz(catalogue, home, target, keep, software="nianbao/test", clock=lambda: NIGHT)


def validate(path: Path) -> None:
    """The tool that defines the format accepts the file."""
    code = "import sys; from wacz.main import main; sys.exit(main(['validate', '-f', sys.argv[1]]))"
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "is valid" in done.stdout


def unpacked(path: Path, folder: Path) -> list[Path]:
    """The WARC files of a WACZ."""
    with zipfile.ZipFile(path) as whole:
        whole.extractall(folder)
    return sorted((folder / "archive").iterdir())


def index_of(path: Path) -> str:
    with zipfile.ZipFile(path) as whole:
        return gzip.decompress(whole.read("indexes/index.cdx.gz")).decode()


def targets(path: Path, folder: Path) -> list[tuple[str, str]]:
    """Type and address of each record in the export."""
    found = []
    for warc in unpacked(path, folder):
        with warc.open("rb") as stream:
            for one in ArchiveIterator(stream):
                found.append((one.rec_type, one.rec_headers.get_header("WARC-Target-URI")))
    return found


@pytest.fixture
def filled(catalogue: Catalogue, home: Path, tmp_path: Path) -> Catalogue:
    """A site crawled on two nights, and files of others: one plain, one with the same bytes elsewhere."""
    with recorder(catalogue, home) as first:
        first.add(fetched(url=PAGE, etag='"1"'))
        first.add(fetched(url=FILE, body=b"%PDF", kind=Kind.ATTACHMENT, parent_url=PAGE))
        first.add(fetched(url=URL, body=b"<html>another page</html>"))
    with recorder(catalogue, home) as second:
        second.add(fetched(url=PAGE, at=NIGHT.replace(day=22)))
        second.add(
            fetched(
                url=PAGE,
                body=b"",
                head=b"HTTP/1.1 304 Not Modified\r\n\r\n",
                status=304,
                verdict="not_modified",
                at=NIGHT.replace(day=23),
                media_type=None,
            )
        )
    intake = Intake(catalogue, home, tmp_path)
    intake.take(warcinfo() + response(b"old", url=ELSEWHERE), "plain.warc")
    copied = {"WARC_Target_URI": f"https://{HOST}/copy.html", "WARC_Payload_Digest": sha1(b"old")}
    copy = revisit(IDENTICAL, http(b""), **copied)
    intake.take(members(copy), "copy.warc.gz")
    with catalogue.writing() as session:
        session.add(Site(name="spt", start=f"https://{HOST}/"))
    return catalogue


def test_everything_goes_in_byte_for_byte(filled: Catalogue, home: Path, tmp_path: Path) -> None:
    target = tmp_path / "all.wacz"
    done = export(filled, home, target)
    assert (done.captures, done.files, done.still_open, done.unreadable) == (7, 4, 0, [])
    validate(target)
    archived = unpacked(target, tmp_path / "out")
    ours = {path.name: path.read_bytes() for path in (home / "warc").rglob("nianbao-*.warc.gz")}
    theirs = {path.name: path.read_bytes() for path in (home / "warc/imported").glob("[a-z]*.warc*")}
    given = {p.name: p.read_bytes() for p in archived}
    assert given.items() <= (ours | theirs).items()
    assert len(given) == 4
    lines = sorted("".join(tool(path) for path in archived).splitlines(keepends=True))
    assert index_of(target) == "".join(lines)


def test_the_package_tells_of_all_its_members(filled: Catalogue, home: Path, tmp_path: Path) -> None:
    target = tmp_path / "all.wacz"
    export(filled, home, target)
    with zipfile.ZipFile(target) as whole:
        package: dict[str, Any] = json.loads(whole.read("datapackage.json"))
        names = [info.filename for info in whole.infolist()]
        for resource in package["resources"]:
            data = whole.read(resource["path"])
            assert resource["bytes"] == len(data)
            assert resource["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
            stored = whole.getinfo(resource["path"]).compress_type == zipfile.ZIP_STORED
            assert stored or not resource["path"].startswith(("archive/", "indexes/index.cdx"))
        assert {r["path"] for r in package["resources"]} == set(names) - {
            "datapackage.json",
            "datapackage-digest.json",
        }
        said = json.loads(whole.read("datapackage-digest.json"))
        assert said["hash"] == f"sha256:{hashlib.sha256(whole.read('datapackage.json')).hexdigest()}"
        assert (package["profile"], package["wacz_version"]) == ("data-package", "1.1.1")
        header, *pages = [json.loads(line) for line in whole.read("pages/pages.jsonl").splitlines()]
        idx = whole.read("indexes/index.idx").decode().splitlines()
    assert header["format"] == "json-pages-1.0"
    assert [(page["url"], page["ts"]) for page in pages] == [
        (PAGE, "2026-11-21T02:30:00Z"),
        (FILE, "2026-11-21T02:30:00Z"),
        (URL, "2026-11-21T02:30:00Z"),
        (PAGE, "2026-11-22T02:30:00Z"),
        (ELSEWHERE, "2019-03-01T08:00:00Z"),
        (f"https://{HOST}/copy.html", "2020-03-01T08:00:00Z"),
    ]
    assert len({page["id"] for page in pages}) == 6
    assert idx[0].startswith("!meta 0 {")
    assert json.loads(idx[1].partition("{")[1] + idx[1].partition("{")[2])["offset"] == 0


def test_a_site_with_what_its_revisits_refer_to(filled: Catalogue, home: Path, tmp_path: Path) -> None:
    """Of the other host only the record whose bytes this one's revisit has, made a gzip member."""
    target = tmp_path / "site.wacz"
    done = export(filled, home, target, Selection(site="spt"))
    assert (done.captures, done.unreadable) == (7, [])
    validate(target)
    found = targets(target, tmp_path / "out")
    assert found.count(("response", ELSEWHERE)) == 1
    assert found.count(("revisit", PAGE)) == 2
    assert found.count(("request", PAGE)) == 3
    assert found.count(("metadata", PAGE)) == 1
    assert [kind for kind, _ in found].count("warcinfo") == 1
    (warc,) = unpacked(target, tmp_path / "again")
    assert index_of(target) == tool(warc)
    subprocess.run([sys.executable, "-m", "warcio.cli", "check", str(warc)], check=True)
    subprocess.run(["gzip", "-t", str(warc)], check=True)


def _add_report(catalogue: Catalogue) -> int:
    """That the page bears a report, as reading it would have found."""
    extraction = Extraction(
        extraction_id=1,
        sha256=hashlib.sha256(BODY).hexdigest(),
        revision=1,
        outcome="report",
        media_type="text/html",
        title="年度报告",
        read_at="",
    )
    with catalogue.writing() as session:
        page = session.scalars(select(Resource.resource_id).where(Resource.url == PAGE)).one()
        session.add(extraction)
        session.flush()
        at = {"first_seen": "", "last_seen": "", "known_at": ""}
        report = Report(key="x", status="present", resource_id=page, extraction_id=1, **at)
        session.add(report)
        session.flush()
        link = {"report_id": report.report_id, "resource_id": page}
        session.add(Linkage(**link, role="page", since="", decided_by="test"))
        return report.report_id


def test_a_report_with_its_page_and_files(filled: Catalogue, home: Path, tmp_path: Path) -> None:
    report_id = _add_report(filled)
    target = tmp_path / "report.wacz"
    done = export(filled, home, target, Selection(reports=(report_id,)))
    assert done.captures == 4
    found = targets(target, tmp_path / "out")
    assert {url for kind, url in found if kind in ("response", "revisit")} == {PAGE, FILE}
    pages = zipfile.ZipFile(target).read("pages/pages.jsonl").decode().splitlines()[1:]
    assert [json.loads(page).get("title") for page in pages] == ["年度报告", None, "年度报告"]


def test_files_of_no_more_than_the_size(
    filled: Catalogue, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wacz, "MAX_FILE_BYTES", 1500)
    target = tmp_path / "site.wacz"
    export(filled, home, target, Selection(site="spt"))
    validate(target)
    warcs = unpacked(target, tmp_path / "out")
    assert len(warcs) > 2
    assert index_of(target) == "".join(sorted("".join(map(tool, warcs)).splitlines(keepends=True)))


def test_an_export_is_taken_in_by_another_home(filled: Catalogue, home: Path, tmp_path: Path) -> None:
    target = tmp_path / "all.wacz"
    export(filled, home, target, Selection(site="spt"))
    other = tmp_path / "other"
    other.mkdir()
    catalogue = create_catalogue(sqlite_url(other))
    intake = Intake(catalogue, other, tmp_path)
    (taken,) = intake.take(target.read_bytes(), "given.wacz")
    assert (taken.new, taken.faults, intake.found) == (7, 0, [])
    assert intake.revisits.left == 0
    before = Intake(filled, home, tmp_path)
    assert sorted((u, c.fetched_at, c.sha256 or "") for u, c in intake.rows()) == sorted(
        (u, c.fetched_at, c.sha256 or "") for u, c in before.rows()
    )
    (back,) = before.take(target.read_bytes(), "back.wacz")
    assert (back.new, back.held, back.file) == (0, 7, None)
    catalogue.close()


def test_what_a_crawl_still_writes_is_left_out_and_counted(
    catalogue: Catalogue, home: Path, tmp_path: Path
) -> None:
    target = tmp_path / "a.wacz"
    with pytest.raises(NothingToExport):
        export(catalogue, home, target)
    live = recorder(catalogue, home)
    live.add(fetched())
    live.flush()
    with pytest.raises(NothingToExport, match="closed"):
        export(catalogue, home, target)
    assert list(tmp_path.glob(".*")) == []
    Intake(catalogue, home, tmp_path).take(members(response()))
    assert export(catalogue, home, target).still_open == 1
    live.close()


def test_a_damaged_record_is_told_and_the_rest_given(filled: Catalogue, home: Path, tmp_path: Path) -> None:
    with filled.reading() as session:
        query = select(Capture).join(Resource).where(Resource.url == FILE)
        capture = session.scalars(query).one()
    assert capture.warc_file is not None
    assert capture.warc_offset is not None
    data = bytearray((home / capture.warc_file).read_bytes())
    data[capture.warc_offset + 60] ^= 0xFF
    (home / capture.warc_file).write_bytes(data)
    done = export(filled, home, tmp_path / "a.wacz", Selection(site="spt"))
    (told,) = done.unreadable
    assert f"{capture.warc_file} holds no whole record at byte {capture.warc_offset}" in told
    assert done.captures == 6
    validate(tmp_path / "a.wacz")


def test_a_site_that_was_not_crawled(filled: Catalogue, home: Path, tmp_path: Path) -> None:
    with pytest.raises(NoSuchSite, match="there are: spt"):
        export(filled, home, tmp_path / "a.wacz", Selection(site="nowhere"))
