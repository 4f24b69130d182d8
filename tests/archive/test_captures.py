"""A URL's captures over time: listed, and the one nearest to a moment given back."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.captures import captures_of, find_blob
from archive.catalogue.engine import Catalogue
from archive.recorder import read_blob
from archive.times import iso, read_moment
from tests.archive.test_imports import IDENTICAL, NOT_MODIFIED, Intake, revisit
from tests.archive.warcs import URL, http, members, record, response, sha1

OTHER = URL.replace("http://www.", "https://")


@pytest.fixture
def filled(catalogue: Catalogue, home: Path, tmp_path: Path) -> Catalogue:
    """Two versions, a revisit of the first and a 304 of the second in files of their own, and a lost page."""
    intake = Intake(catalogue, home, tmp_path)
    intake.take(members(response(b"first", date="2019-03-01T00:00:00Z")), "1.warc.gz")
    again = revisit(IDENTICAL, http(b""), date="2020-03-01T00:00:00Z", WARC_Payload_Digest=sha1(b"first"))
    intake.take(again, "2.warc")
    intake.take(members(response(b"second", date="2021-03-01T00:00:00Z")), "3.warc.gz")
    not_modified = revisit(
        NOT_MODIFIED,
        date="2022-03-01T00:00:00Z",
        WARC_Refers_To_Target_URI=URL,
        WARC_Refers_To_Date="2021-03-01T00:00:00Z",
    )
    intake.take(members(not_modified), "4.warc.gz")
    gone = record("response", http(b"gone", "404 Not Found"), WARC_Date="2023-03-01T00:00:00Z")
    intake.take(members(gone), "5.warc.gz")
    intake.take(members(response(b"older", date="2018-03-01T00:00:00Z")), "6.warc.gz")
    return catalogue


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (None, b"second"),
        ("2010", b"older"),
        ("2018-08-01", b"older"),
        ("2018-10-01", b"first"),
        ("20200801", b"first"),
        ("2020-10-01", b"second"),
        ("2021-03-01T00:00:00Z", b"second"),
        ("2021-10-01", b"second"),
        ("2030-01-01", b"second"),
    ],
)
@pytest.mark.parametrize("name", [URL, OTHER])
def test_the_nearest_capture_is_given(
    filled: Catalogue, home: Path, name: str, at: str | None, expected: bytes
) -> None:
    """That of 2020 is a revisit, that of 2022 a 304, both of records in other files; 2023 has no page."""
    sha256 = find_blob(filled, name, read_moment(at) if at else None)
    assert read_blob(filled, home, sha256) == expected


def test_of_two_as_near_the_earlier_is_given(filled: Catalogue, home: Path) -> None:
    """2020-08-30 12:00 is 182.5 days from the first of March on either side."""
    assert read_blob(filled, home, find_blob(filled, URL, read_moment("2020-08-30T12:00:00Z"))) == b"first"
    assert read_blob(filled, home, find_blob(filled, URL, read_moment("2020-08-30T12:00:01Z"))) == b"second"


def test_all_captures_are_listed_oldest_first(filled: Catalogue) -> None:
    with captures_of(filled, URL) as found:
        rows = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    assert [(row["fetched_at"][:4], row["verdict"]) for row in rows] == [
        ("2018", "ok"),
        ("2019", "ok"),
        ("2020", "ok"),
        ("2021", "ok"),
        ("2022", "not_modified"),
        ("2023", "gone"),
    ]
    assert [row["sha256"] for row in rows][1] == rows[2]["sha256"]
    assert rows[3]["sha256"] == rows[4]["sha256"]
    assert {row["via"] for row in rows} == {"import"}
    with captures_of(filled, "http://nowhere.cn/") as found:
        assert list(found.rows) == []


def test_a_url_as_it_is_written_comes_before_others_like_it(
    filled: Catalogue, home: Path, tmp_path: Path
) -> None:
    Intake(filled, home, tmp_path).take(members(response(b"secure", url=OTHER)), "7.warc.gz")
    assert read_blob(filled, home, find_blob(filled, OTHER)) == b"secure"
    assert read_blob(filled, home, find_blob(filled, URL)) == b"second"
    with pytest.raises(LookupError, match="holds no file"):
        find_blob(filled, URL + "x", read_moment("2020"))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("2023", "2023-01-01T00:00:00Z"),
        ("2023-05", "2023-05-01T00:00:00Z"),
        (" 2023-05-02 ", "2023-05-02T00:00:00Z"),
        ("20230502", "2023-05-02T00:00:00Z"),
        ("20230502080910", "2023-05-02T08:09:10Z"),
        ("2023-05-02 08:09", "2023-05-02T08:09:00Z"),
        ("2023-05-02T08:09:10Z", "2023-05-02T08:09:10Z"),
        ("2023-05-02T08:09:10+08:00", "2023-05-02T00:09:10Z"),
    ],
)
def test_moments(said: str, expected: str) -> None:
    assert iso(read_moment(said)) == expected


@pytest.mark.parametrize("said", ["", "yesterday", "2023-13", "2023-02-30", "0000", "5"])
def test_what_is_no_moment(said: str) -> None:
    with pytest.raises(ValueError, match="give one such as"):
        read_moment(said)
