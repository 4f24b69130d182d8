"""Records of others, sound and broken. The cases follow what public test sets of WARC tools hold."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from archive.warc.fields import read_date
from archive.warc.records import (
    BadRecord,
    Damage,
    Record,
    Unaligned,
    read_record,
    unpack,
    walk_records,
)
from tests.archive.warcs import (
    PAGE,
    URL,
    chunked,
    header,
    http,
    members,
    record,
    response,
    sha1,
    split,
    stored,
    warcinfo,
    whole,
)

A = response(b"first", url=f"{URL}?a")
B = response(b"second", url=f"{URL}?b")
C = response(b"third", url=f"{URL}?c")


def walked(tmp_path: Path, data: bytes) -> list[Record | Damage | Unaligned]:
    path = tmp_path / "a.warc"
    path.write_bytes(data)
    return list(walk_records(path))


def sound(found: list[Record | Damage | Unaligned]) -> list[str]:
    return [(r.url or "").removeprefix(URL) for r in found if isinstance(r, Record)]


def damage(found: list[Record | Damage | Unaligned]) -> list[Damage]:
    return [d for d in found if isinstance(d, Damage)]


def one(found: list[Record | Damage | Unaligned]) -> Record:
    (only,) = found
    assert isinstance(only, Record), only
    return only


VALID = {
    "WARC/0.17": record("response", http(), version="0.17"),
    "WARC/0.18": record("response", http(), version="0.18"),
    "WARC/1.1": record("response", http(), version="1.1", WARC_Date="2019-03-01T08:00:00.123456Z"),
    "folded fields": record("response", http()).replace(b"WARC-Type: ", b"WARC-Type:\r\n\t"),
    "lower case": record("response", http()).replace(b"WARC-", b"warc-").replace(b"Content-L", b"content-l"),
    "fields of one's own, twice": record("response", http(), X_Mine="1").replace(
        b"X-Mine: 1", b"X-Mine: 1\r\nX-Mine: 2"
    ),
    "concurrent to two": record("metadata", b"a: b\r\n", WARC_Concurrent_To="<urn:x:1>").replace(
        b"<urn:x:1>", b"<urn:x:1>\r\nWARC-Concurrent-To: <urn:x:2>"
    ),
    "uri in angle brackets": record("response", http(), WARC_Target_URI=f"<{URL}>"),
    "utf-8 in the header": record("warcinfo", b"a: b\r\n", WARC_Filename="年报.warc"),
    "a continuation": record(
        "continuation", b"rest", WARC_Segment_Number="2", WARC_Segment_Origin_ID="<urn:x:1>"
    ),
    "dns": record("response", b"20190301\r\n", WARC_Target_URI="dns:example.org", Content_Type="text/dns"),
    "no digest": record("response", http(), WARC_Block_Digest=None),
    "digest in hexadecimal": record(
        "response", b"", WARC_Block_Digest="sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709"
    ),
    "digest in base64": record("response", b"", WARC_Block_Digest="sha1:2jmj7l5rSw0yVb/vlWAYkK/YBwk="),
    "digest of an unknown kind": record("response", http(), WARC_Block_Digest="blake3:abcdef"),
    "payload digest of what was sent": record(
        "response",
        http(chunked(PAGE), fields="Transfer-Encoding: chunked\r\n"),
        WARC_Payload_Digest=sha1(chunked(PAGE)),
    ),
    "payload digest of what was meant": record(
        "response",
        http(chunked(PAGE), fields="Transfer-Encoding: chunked\r\n"),
        WARC_Payload_Digest=sha1(PAGE),
    ),
    "an empty block": record("response", b""),
}


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("name", VALID)
def test_a_valid_record_is_read_without_a_word(tmp_path: Path, name: str, packed: bool) -> None:
    found = one(walked(tmp_path, members(VALID[name]) if packed else VALID[name]))
    assert found.notes == ()
    assert (found.offset, found.length) == (0, (tmp_path / "a.warc").stat().st_size)
    assert found.block is not None
    assert len(found.block) == found.block_length
    again = read_record(tmp_path / "a.warc", 0)
    assert again == found


IRREGULAR = {
    "no content type": (record("response", http(), Content_Type=None), "no Content-Type"),
    "a warcinfo of another type": (record("warcinfo", b"a: b", Content_Type="text/plain"), "text/plain"),
    "the same field twice": (
        record("response", http()).replace(b"WARC-Date", b"warc-type: response\r\nWARC-Date"),
        "warc-type stands there twice",
    ),
    "no ip": (record("response", http(), WARC_IP_Address="a.b.c.d"), "no IP address"),
    "an id that is none": (record("response", http(), WARC_Record_ID="zaphod"), "no URI"),
    "blanks in the address": (record("response", http(), WARC_Target_URI=f"{URL}?a b"), "blanks"),
    "a type of one's own": (record("monkeys", http()), "type monkeys"),
    "a version of one's own": (record("response", http(), version="2.0"), "version is 2.0"),
    "a header in latin-1": (
        record("response", http(), X_Note="caf@").replace(b"caf@", b"caf\xe9"),
        "not UTF-8",
    ),
    "a line without a colon": (
        record("response", http(), X_Note="1").replace(b"X-Note: 1", b"X-Note"),
        "no colon",
    ),
    "line feeds alone": (record("metadata", b"a: b").replace(b"\r\n", b"\n"), "without returns"),
    "no line ends behind a proved block": (record("response", http())[:-4], "without its two line ends"),
}  # fmt: skip


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("name", IRREGULAR)
def test_what_breaks_a_rule_and_no_evidence_is_given_with_a_note(
    tmp_path: Path, name: str, packed: bool
) -> None:
    data, note = IRREGULAR[name]
    found = one(walked(tmp_path, members(data) if packed else data))
    assert len(found.notes) == 1
    assert note in found.notes[0]


INVALID = {
    "a type and nothing else": (b"WARC/1.0\r\nWARC-Type: response\r\n\r\n\r\n\r\n", "Content-Length"),
    "fields without values": (
        b"WARC/1.0\r\nWARC-Type:\r\nWARC-Date: \r\nContent-Length:\r\n\r\n\r\n\r\n",
        "no WARC-Type",
    ),
    "no type": (record("response", http(), WARC_Type=None), "no WARC-Type"),
    "no date": (record("response", http(), WARC_Date=None), "no WARC-Date"),
    "no id": (record("response", http(), WARC_Record_ID=None), "no WARC-Record-ID"),
    "no target": (record("response", http(), WARC_Target_URI=None), "no WARC-Target-URI"),
    "a target that is none": (record("response", http(), WARC_Target_URI="bad_uri"), "no address"),
    "a date that is none": (record("response", http(), WARC_Date="blue monday"), "'blue monday'"),
    "a date that never was": (record("response", http(), WARC_Date="2019-02-30T00:00:00Z"), "WARC-Date"),
    "a revisit without a profile": (record("revisit", http(b"")), "no WARC-Profile"),
    "a length in words": (record("response", http(), Content_Length="very lengthy"), "Content-Length"),
    "a field with two values": (
        record("response", http()).replace(b"WARC-Date:", b"WARC-Date: 2001-01-01T00:00:00Z\r\nWARC-Date:"),
        "warc-date stands there with several values",
    ),
    "a wrong block digest": (record("response", http(), WARC_Block_Digest=sha1(b"other")), "block"),
    "a wrong payload digest": (record("response", http(), WARC_Payload_Digest=sha1(b"other")), "payload"),
    "a digest that is none": (record("response", http(), WARC_Block_Digest="sharif-1; omar"), "sharif-1"),
    "a digest that is cut": (record("response", http(), WARC_Block_Digest="sha1:   "), "WARC-Block-Digest"),
    "a second segment that says it is whole": (
        record("response", http(), WARC_Segment_Number="2"),
        "WARC-Segment-Number",
    ),
    "a continuation that is the first": (
        record("continuation", b"x", WARC_Segment_Number="1", WARC_Segment_Origin_ID="<urn:x:1>"),
        "WARC-Segment-Number",
    ),
    "a block longer than its length": (
        header("response", 20) + http() + b"\r\n\r\n",
        "does not end where its Content-Length says",
    ),
}  # fmt: skip


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("name", INVALID)
def test_an_invalid_record_is_told_and_its_neighbours_are_read(
    tmp_path: Path, name: str, packed: bool
) -> None:
    data, reason = INVALID[name]
    found = walked(tmp_path, members(A, data, B) if packed else A + data + B)
    assert sound(found) == ["?a", "?b"]
    (told,) = damage(found)
    assert reason in told.reason
    assert told.offset == len(members(A) if packed else A)


def test_garbage_between_and_behind_records_is_told(tmp_path: Path) -> None:
    for packed in (False, True):
        pack = members if packed else b"".join  # type: ignore[assignment]
        first, second = (members(A), members(B)) if packed else (A, B)
        found = walked(tmp_path, first + b"the monkeys are coming\r\n" + second + b"\0" * 512)
        assert sound(found) == ["?a", "?b"], pack
        assert [d.offset for d in damage(found)] == [len(first), len(first) + 24 + len(second)]


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_every_cut_is_told(tmp_path: Path, packed: bool) -> None:
    first, second = (members(A), members(B)) if packed else (A, B)
    for cut in range(1, len(second)):
        found = walked(tmp_path, first + second[:cut])
        (told,) = damage(found) or (None,)
        if not packed and len(second) - cut <= 4:  # the block is there and has its digest
            assert sound(found) == ["?a", "?b"]
            continue
        assert sound(found) == ["?a"], cut
        assert told is not None
        assert told.offset == len(first)


def test_every_change_of_a_member_is_told_or_changes_nothing(tmp_path: Path) -> None:
    """Flags, time and system in the gzip header are not the record's, nor are the bits that fill it up."""
    data = members(A, B, C)
    start, end = len(members(A)), len(members(A, B))
    whole_record = walked(tmp_path, data)[1]
    silent = []
    for place in range(start, end):
        broken = data[:place] + bytes([data[place] ^ 0x40]) + data[place + 1 :]
        found = walked(tmp_path, broken)
        if sound(found) == ["?a", "?b", "?c"]:
            assert found[1] == whole_record
            silent.append(place)
            continue
        assert sound(found) == ["?a", "?c"], place
        assert damage(found)[0].offset == start, place
    assert len([place for place in silent if place >= start + 10]) <= 1


def test_a_torn_file_with_a_whole_one_behind_it(tmp_path: Path) -> None:
    for first, second in ((A + B[:-40], C), (members(A) + members(B)[:-20], members(C))):
        found = walked(tmp_path, first + second)
        assert sound(found) == ["?a", "?c"]
        assert len(damage(found)) == 1


def test_an_empty_member_and_an_empty_file(tmp_path: Path) -> None:
    assert walked(tmp_path, b"") == []
    found = walked(tmp_path, members(A) + members(b"") + members(B))
    assert sound(found) == ["?a", "?b"]
    assert [d.reason for d in damage(found)] == ["nothing is in it"]


@pytest.mark.parametrize(
    "data",
    [
        members(warcinfo()) + whole(A, B, C),
        members(warcinfo()) + split(A + B + C, 100),
        members(warcinfo()) + members(A + B) + members(C),
    ],
    ids=["one member", "members that end anywhere", "two in one"],
)
def test_gzip_that_is_not_cut_by_records_is_read_unpacked(tmp_path: Path, data: bytes) -> None:
    found = walked(tmp_path, data)
    start = len(members(warcinfo()))
    assert found[1:] == [Unaligned(start)]
    target = io.BytesIO()
    assert list(unpack(tmp_path / "a.warc", start, target)) == []
    assert target.getvalue() == A + B + C


def test_what_stands_before_the_damage_of_such_a_file_is_unpacked(tmp_path: Path) -> None:
    many = [response(f"text {n} ".encode() * 50, url=f"{URL}?{n}") for n in range(40)]
    torn = whole(*many)
    torn = torn[: len(torn) * 3 // 4] + bytes(8) + torn[len(torn) * 3 // 4 + 8 :]
    assert walked(tmp_path, torn + members(A)) == [Unaligned(0)]
    target = io.BytesIO()
    (told,) = unpack(tmp_path / "a.warc", 0, target)
    assert told.offset == 0
    assert target.getvalue().startswith(b"".join(many[:20]))
    assert target.getvalue().endswith(A)


def test_a_record_within_a_record_is_not_taken_for_one(tmp_path: Path) -> None:
    """A WARC file that was itself archived stays the body of its capture."""
    outer = response(A + B, url=f"{URL}?outer")
    assert sound(walked(tmp_path, outer + C)) == ["?outer", "?c"]
    assert sound(walked(tmp_path, stored(response(members(A, B), url=f"{URL}?outer")) + members(C))) == [
        "?outer",
        "?c",
    ]


def test_no_record_begins_elsewhere(tmp_path: Path) -> None:
    for data in (A + B, members(A, B)):
        path = tmp_path / "a.warc"
        path.write_bytes(data)
        for place in (1, 7, len(data)):
            with pytest.raises(BadRecord, match="none begins there"):
                read_record(path, place)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019-03-01T08:00:00Z", "2019-03-01T08:00:00+00:00"),
        ("2019-03-01t08:00:00z", "2019-03-01T08:00:00+00:00"),
        ("2019-03-01T08:00:00.5Z", "2019-03-01T08:00:00+00:00"),
        ("2019-03-01T08:00Z", "2019-03-01T08:00:00+00:00"),
        ("2019-03", "2019-03-01T00:00:00+00:00"),
        ("2019", "2019-01-01T00:00:00+00:00"),
        ("2019-03-01T08:00:00+08:00", "2019-03-01T00:00:00+00:00"),
        ("20190301080000", None),
        ("2019-13-01T08:00:00Z", None),
        ("", None),
    ],
)
def test_dates(text: str, expected: str | None) -> None:
    found = read_date(text)
    assert (found.isoformat() if found else None) == expected
