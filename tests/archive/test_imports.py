"""Files of others taken in: what gets a row, what is told, and that nothing is taken in twice."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import select

from archive.catalogue.engine import Catalogue
from archive.catalogue.models import Capture, Resource
from archive.imports.capture import Judged
from archive.imports.files import Finding, Importer, NotReadable, Taken, holds_records
from archive.imports.revisits import RevisitsFound
from archive.reading import stale_blobs
from archive.recorder import Recorder, read_blob
from archive.runs import open_run
from archive.warc.cdxj import index_path
from archive.warc.kept import FOLDER, imported_sha256
from tests.archive.fetches import NIGHT, fetched, recorder
from tests.archive.warcs import (
    DATE,
    PAGE,
    URL,
    chunked,
    http,
    members,
    record,
    response,
    sha1,
    split,
    warcinfo,
    whole,
)

IDENTICAL = "http://netpreserve.org/warc/1.0/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.0/revisit/server-not-modified"
LATER = "2020-03-01T08:00:00Z"


def judged(
    status: int, fields: Mapping[str, str], body: bytes, url: str, declared: int | None, received: int
) -> Judged:
    if declared is not None and received < declared:
        return Judged("truncated", f"{received} of {declared}")
    return Judged("ok" if status == 200 else "gone", f"status {status}")


class Intake:
    """Takes files in, each call a run of its own."""

    def __init__(self, catalogue: Catalogue, home: Path, folder: Path) -> None:
        self.catalogue, self.home, self.folder = catalogue, home, folder
        self.found: list[Finding] = []
        self.revisits = RevisitsFound(0, 0)

    def take(self, data: bytes, name: str = "given.warc.gz") -> list[Taken]:
        path = self.folder / name
        path.write_bytes(data)
        self.found.clear()
        run_id = open_run(self.catalogue, "import", lambda: NIGHT)
        with Recorder(
            self.catalogue, self.home, run_id=run_id, host="import", software="t", clock=lambda: NIGHT
        ) as recorder:
            importer = Importer(
                self.catalogue,
                self.home,
                recorder,
                run_id=run_id,
                judge=judged,
                tell=self.found.append,
                clock=lambda: NIGHT,
            )
            taken = importer.take(path)
            self.revisits = importer.finish()
        return taken

    def one(self, data: bytes, name: str = "given.warc.gz") -> Taken:
        (taken,) = self.take(data, name)
        return taken

    def rows(self) -> list[tuple[str, Capture]]:
        query = select(Resource.url, Capture).join(Capture).order_by(Capture.capture_id)
        with self.catalogue.reading() as session:
            return [(url, capture) for url, capture in session.execute(query)]

    def body(self, capture: Capture) -> bytes:
        assert capture.sha256 is not None
        return read_blob(self.catalogue, self.home, capture.sha256)

    def kept(self) -> list[str]:
        """Without what no one but us looks at."""
        files = (self.home / FOLDER).glob("[!.]*")
        return sorted(path.name for path in files if path.suffix != ".json")


@pytest.fixture
def intake(catalogue: Catalogue, home: Path, tmp_path: Path) -> Intake:
    return Intake(catalogue, home, tmp_path)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("old name.warc", warcinfo() + response()),
        ("old name.warc.gz", members(warcinfo(), response())),
        ("old name.warc.gz.open", whole(warcinfo(), response())),
        ("old name.warc.gz", split(warcinfo() + response(), 150)),
    ],
    ids=["plain", "record at a time", "one member", "members anywhere"],
)
def test_a_capture_keeps_its_time_and_its_file(intake: Intake, name: str, data: bytes) -> None:
    taken = intake.one(data, name)
    assert (taken.new, taken.other, taken.faults, intake.found) == (1, 1, 0, [])
    ((url, capture),) = intake.rows()
    assert (url, capture.fetched_at, capture.via) == (URL, DATE, "import")
    assert (capture.status, capture.verdict, capture.media_type) == (200, "ok", "text/html")
    assert capture.payload_digest == sha1(PAGE)
    assert intake.body(capture) == PAGE
    assert taken.file is not None
    assert taken.file.startswith("warc/imported/old_name-")
    assert (intake.home / taken.file).read_bytes() == data
    assert imported_sha256(taken.file) == hashlib.sha256(data).hexdigest()
    note = json.loads((intake.home / f"{taken.file}.json").read_text("utf-8"))
    assert (note["name"], note["captures"]) == (name, 1)
    assert capture.sha256 in stale_blobs(intake.catalogue)


def test_each_file_has_its_index(intake: Intake) -> None:
    taken = intake.one(members(warcinfo(), response(), response(b"b", url=f"{URL}?b")))
    assert taken.file is not None
    lines = index_path(intake.home, taken.file).read_text("utf-8").splitlines()
    assert [line.split(" ", 2)[:2] for line in lines] == [
        ["cn,gov,example)/zwgk/a.html", "20190301080000"],
        ["cn,gov,example)/zwgk/a.html?b", "20190301080000"],
    ]
    intake.one(members(response()), "again.warc.gz")
    assert len(list((intake.home / "index").rglob("*.cdxj"))) == 1


def test_bytes_of_a_file_that_had_to_be_unpacked_are_kept_twice(intake: Intake) -> None:
    data = members(warcinfo()) + whole(response(), response(b"b", url=f"{URL}?b"))
    taken = intake.one(data)
    assert taken.new == 2
    assert len(intake.kept()) == 2
    (place,) = {capture.warc_file for _, capture in intake.rows()}
    assert place is not None
    assert place.endswith(".warc")
    assert (intake.home / place).read_bytes() == response() + response(b"b", url=f"{URL}?b")


def test_the_same_file_or_record_twice_adds_nothing(intake: Intake) -> None:
    data = members(warcinfo(), response(), response(b"b", url=f"{URL}?b"))
    intake.one(data)
    before, files = intake.rows(), intake.kept()
    for again, name in (
        (data, "given.warc.gz"),
        (data, "another name.warc.gz"),
        (warcinfo() + response(), "plain.warc"),
        (whole(warcinfo(), response()), "whole.warc.gz"),
    ):
        taken = intake.one(again, name)
        assert (taken.new, taken.file) in ((0, None), (0, f"{FOLDER}/{files[0]}"))
        assert taken.held == (2 if again is data else 1)
    assert [c.capture_id for _, c in intake.rows()] == [c.capture_id for _, c in before]
    assert intake.kept() == files
    more = intake.one(members(response(), response(b"c", url=f"{URL}?c")), "more.warc.gz")
    assert (more.new, more.held) == (1, 1)


def test_our_own_captures_come_back_as_nothing_new(intake: Intake) -> None:
    """What another archive got from us, and gives back."""
    with recorder(intake.catalogue, intake.home) as ours:
        ours.add(fetched())
        ours.add(fetched(at=NIGHT.replace(hour=3)))
    (file,) = {capture.warc_file for _, capture in intake.rows()}
    assert file is not None
    taken = intake.one((intake.home / file).read_bytes())
    assert (taken.new, taken.held, taken.file) == (0, 2, None)
    assert intake.kept() == []


@pytest.mark.parametrize(
    ("fields", "sent"),
    [
        ("Transfer-Encoding: chunked\r\n", chunked(PAGE)),
        ("Content-Encoding: gzip\r\n", gzip.compress(PAGE)),
        ("Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", chunked(gzip.compress(PAGE))),
        ("Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", PAGE),
        ("Content-Encoding: gzip\r\n", PAGE),
        ("Transfer-Encoding: chunked\r\n", PAGE),
        ("", PAGE),
    ],
    ids=[
        "chunked",
        "gzip",
        "both",
        "both taken off",
        "gzip taken off",
        "chunks taken off",
        "plain",
    ],
)
def test_bodies_are_given_without_their_codings(intake: Intake, fields: str, sent: bytes) -> None:
    """Some tools keep the head as it was sent, and the body without its codings."""
    block = http(sent, fields=f"Content-Type: text/html\r\n{fields}")
    intake.one(members(record("response", block)))
    ((_, capture),) = intake.rows()
    assert intake.body(capture) == PAGE
    assert capture.verdict == "ok"


def test_what_is_no_ok_capture_is_one_all_the_same(intake: Intake) -> None:
    intake.one(
        members(
            response(url=f"{URL}?cut", WARC_Truncated="length"),
            record("response", http(b"x", fields="Content-Length: 9\r\n"), WARC_Target_URI=f"{URL}?short"),
            record("response", http(b"gone", "404 Not Found"), WARC_Target_URI=f"{URL}?404"),
            record(
                "response",
                http(b"\x1f\x8b\x09\0", fields="Content-Encoding: gzip\r\n"),
                WARC_Target_URI=f"{URL}?bad",
            ),
            record("response", b"nothing like HTTP", WARC_Target_URI=f"{URL}?none"),
            response(url=f"{URL}?segment", WARC_Segment_Number="1"),
            record("resource", b"%PDF-1.4", WARC_Target_URI="file:///a.pdf", Content_Type="application/pdf"),
            record("response", b"1 2\r\n", WARC_Target_URI="dns:a.cn", Content_Type="text/dns"),
        )
    )
    found = {url.removeprefix(URL): (c.status, c.verdict, c.sha256 is not None) for url, c in intake.rows()}
    assert found == {
        "?cut": (200, "truncated", True),
        "?short": (200, "truncated", True),
        "?404": (404, "gone", True),
        "?bad": (200, "error", False),
        "?none": (None, "error", False),
        "?segment": (200, "truncated", True),
        "file:///a.pdf": (None, "ok", True),
        "dns:a.cn": (None, "ok", True),
    }


def test_where_a_redirect_led_and_when_we_knew(intake: Intake) -> None:
    block = http(b"", "302 Found", "Location: ../b.html\r\n")
    intake.one(members(record("response", block)))
    ((_, capture),) = intake.rows()
    assert (capture.location, capture.recorded_at) == (
        "http://www.example.gov.cn/b.html",
        "2026-11-21T02:30:00Z",
    )


def revisit(profile: str, block: bytes = b"", date: str = LATER, **fields: str | None) -> bytes:
    return record("revisit", block, WARC_Date=date, WARC_Profile=profile, **fields)


REVISITS = {
    "by digest": revisit(IDENTICAL, http(b""), WARC_Payload_Digest=sha1(PAGE)),
    "by address and time": revisit(
        IDENTICAL, http(b""), WARC_Refers_To_Target_URI=URL, WARC_Refers_To_Date=DATE
    ),
    "of another address": revisit(
        IDENTICAL, http(b""), WARC_Target_URI=f"{URL}?other", WARC_Payload_Digest=sha1(PAGE)
    ),
    "not modified": revisit(
        NOT_MODIFIED, WARC_Refers_To_Target_URI=URL, WARC_Refers_To_Date=DATE, WARC_Payload_Digest=sha1(PAGE)
    ),
    "not modified, by its validator": revisit(
        NOT_MODIFIED, http(b"", "304 Not Modified", 'ETag: "1"\r\n')
    ),
}  # fmt: skip
ORIGINAL = record(
    "response",
    http(fields='Content-Type: text/html\r\nETag: "1"\r\n'),
    WARC_Payload_Digest=sha1(PAGE),
)


@pytest.mark.parametrize("order", ["behind", "before", "a file later", "a file earlier"])
@pytest.mark.parametrize("name", REVISITS)
def test_a_revisit_has_the_bytes_of_what_it_refers_to(intake: Intake, name: str, order: str) -> None:
    again = REVISITS[name]
    if order in ("behind", "before"):
        intake.one(members(ORIGINAL, again) if order == "behind" else members(again, ORIGINAL))
    else:
        first, second = (again, ORIGINAL) if order == "a file later" else (ORIGINAL, again)
        intake.one(members(first), "first.warc.gz")
        if first is again:
            assert intake.revisits == RevisitsFound(0, 1)
            ((_, waiting),) = intake.rows()
            assert (waiting.verdict, waiting.sha256) == ("error", None)
        intake.one(members(second), "second.warc.gz")
    assert intake.revisits == RevisitsFound(1, 0)
    (capture,) = [c for _, c in intake.rows() if c.record_type == "revisit"]
    assert capture.verdict == ("not_modified" if name.startswith("not") else "ok")
    assert capture.fetched_at == LATER
    assert intake.body(capture) == PAGE
    assert len(intake.rows()) == 2
    assert intake.one(members(again, ORIGINAL), "again.warc.gz").new == 0


def test_a_revisit_is_not_given_other_bytes(intake: Intake) -> None:
    """Address and time fit, the digest does not."""
    wrong = revisit(
        IDENTICAL,
        http(b""),
        WARC_Refers_To_Target_URI=URL,
        WARC_Refers_To_Date=DATE,
        WARC_Payload_Digest=sha1(b"other"),
    )
    intake.one(members(ORIGINAL, wrong))
    assert intake.revisits == RevisitsFound(0, 1)


def test_a_revisit_of_a_capture_of_our_own(intake: Intake) -> None:
    body = b"ours"
    with recorder(intake.catalogue, intake.home) as ours:
        ours.add(fetched(url=URL, body=body))
    again = revisit(
        IDENTICAL, http(b""), WARC_Refers_To_Target_URI=URL, WARC_Refers_To_Date="2026-11-21T02:30:00Z"
    )
    intake.one(members(again))
    assert intake.revisits == RevisitsFound(1, 0)
    assert intake.body(intake.rows()[-1][1]) == body


def test_damage_is_told_and_the_rest_taken_in(intake: Intake) -> None:
    good, bad = response(b"b", url=f"{URL}?b"), record("response", http(), WARC_Block_Digest=sha1(b"no"))
    first = members(warcinfo(), response())
    data = first + members(bad) + b"\0\0\0\0" + members(good) + members(good)[:-9]
    taken = intake.one(data)
    places = [len(first), len(first) + len(members(bad)), len(data) - len(members(good)) + 9]
    assert [f.offset for f in intake.found] == places
    assert not any(f.imported for f in intake.found)
    assert all("given.warc.gz" in f.source for f in intake.found)
    assert (taken.new, taken.faults) == (2, 3)
    assert taken.file is not None
    assert (intake.home / taken.file).read_bytes() == data


def test_a_file_in_which_nothing_can_be_read_is_told_and_not_kept(intake: Intake) -> None:
    for data in (b"monkeys", b"WARC/1.0\r\nWARC-Type: monkeys\r\n\r\n\r\n\r\n", members(response())[:50]):
        taken = intake.one(data)
        assert (taken.new, taken.faults, taken.file) == (0, 1, None)
    assert intake.kept() == []


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://a.cn/" + "x" * 2000, "characters"),
        ("http://[::1/", "cannot be taken apart"),
        ("http://a.cn/\0", "NUL"),
    ],
)
def test_an_address_that_cannot_be_catalogued_is_told(intake: Intake, url: str, reason: str) -> None:
    taken = intake.one(members(response(url=url), response()))
    assert taken.new == 1
    (told,) = intake.found
    assert reason in told.reason


def wacz(warcs: Mapping[str, bytes], *, wrong: bool = False, digest: str | None = None) -> bytes:
    resources = [
        {"name": path, "path": f"archive/{path}", "bytes": len(data),
         "hash": "sha256:" + hashlib.sha256(data + b"!" * wrong).hexdigest()}
        for path, data in warcs.items()
    ]  # fmt: skip
    package = json.dumps(
        {"profile": "data-package", "wacz_version": "1.1.1", "resources": resources}
    ).encode()
    said = digest or "sha256:" + hashlib.sha256(package).hexdigest()
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as out:
        for path, data in warcs.items():
            out.writestr(f"archive/{path}", data)
        out.writestr("pages/pages.jsonl", '{"format": "json-pages-1.0", "id": "pages"}\n')
        out.writestr("datapackage.json", package)
        out.writestr("datapackage-digest.json", json.dumps({"path": "datapackage.json", "hash": said}))
    return target.getvalue()


def test_the_files_of_a_wacz_are_taken_in(intake: Intake) -> None:
    inner = {"a.warc.gz": members(warcinfo(), response()), "b.warc": response(b"b", url=f"{URL}?b")}
    taken = intake.take(wacz(inner), "site.wacz")
    assert [t.new for t in taken] == [1, 1]
    assert intake.found == []
    assert [url for url, _ in intake.rows()] == [URL, f"{URL}?b"]
    for one, data in zip(taken, inner.values(), strict=True):
        assert one.file is not None
        assert (intake.home / one.file).read_bytes() == data
        assert json.loads((intake.home / f"{one.file}.json").read_text())["from"] == "site.wacz"


def test_a_wacz_that_does_not_agree_with_itself_is_told(intake: Intake) -> None:
    inner = {"a.warc.gz": members(response())}
    (taken,) = intake.take(wacz(inner, wrong=True, digest="sha256:0"), "site.wacz")
    assert taken.new == 1
    assert ["datapackage-digest" in f.reason for f in intake.found] == [True, False]
    assert all(f.imported for f in intake.found)
    cut = wacz(inner)
    (taken,) = intake.take(cut[: len(cut) // 2], "cut.wacz")
    assert (taken.new, taken.faults) == (0, 1)


def test_what_holds_records_is_told_by_what_is_in_it(tmp_path: Path) -> None:
    cases = {
        "a.bin": (members(response()), True),
        "b.txt": (response(), True),
        "c.zip": (wacz({"a.warc.gz": members(response())}), True),
        "d.warc.gz.open": (b"", True),
        "e.html": (PAGE, False),
        "f.gz": (gzip.compress(PAGE), False),
    }
    for name, (data, expected) in cases.items():
        (tmp_path / name).write_bytes(data)
        assert holds_records(tmp_path / name) is expected, name
    (tmp_path / "old.arc.gz").write_bytes(
        gzip.compress(b"filedesc://old.arc 0.0.0.0 20080430 text/plain 9\n")
    )
    with pytest.raises(NotReadable, match="warcio recompress"):
        holds_records(tmp_path / "old.arc.gz")


def test_a_lost_catalogue_gets_its_rows_back(intake: Intake, tmp_path: Path) -> None:
    intake.one(members(ORIGINAL, REVISITS["by digest"]))
    before = [(u, c.fetched_at, c.sha256, c.warc_file, c.warc_offset) for u, c in intake.rows()]
    (file,) = intake.kept()
    with intake.catalogue.writing() as session:
        for capture in session.scalars(select(Capture)):
            session.delete(capture)
    run_id = open_run(intake.catalogue, "mend", lambda: NIGHT)
    with Recorder(intake.catalogue, intake.home, run_id=run_id, host="import", software="t") as recorder:
        importer = Importer(
            intake.catalogue, intake.home, recorder, run_id=run_id, judge=judged, tell=intake.found.append
        )
        assert importer.restore(f"{FOLDER}/{file}").new == 2
        importer.finish()
    assert [(u, c.fetched_at, c.sha256, c.warc_file, c.warc_offset) for u, c in intake.rows()] == before
