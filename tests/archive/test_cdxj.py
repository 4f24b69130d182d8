"""The index of a WARC file, beside the tool that everyone makes it with."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from archive.warc.cdxj import SortedLines, build_index, index_path
from archive.warc.exchange import Original
from tests.archive.test_writer import BODY, HEAD, URL, exchange, writer
from tests.archive.warcs import chunked, http, members, record, response, warcinfo

ODD = [
    response(url="http://www.example.gov.cn/Zwgk/;jsessionid=1?b=2&a=1#x"),
    response(url="http://例子.中国/年报?年=2023", date="2019-03-01T08:00:00.123456Z"),
    response(url="http://www.example.gov.cn/no digest", WARC_Payload_Digest=None),
    record("response", http(fields="content-type: text/html;charset=gbk\r\n"), WARC_Date="2020-01-01T00:00Z"),
    record("response", http(fields=""), WARC_Target_URI="https://a.cn/"),
    record("response", http(chunked(b"x"), fields="Transfer-Encoding: chunked\r\n"), WARC_Target_URI="http://b.cn/"),
    record("response", http(b"gone", "404 没有"), WARC_Target_URI="<http://c.cn/>"),
    record("response", b"1 2\r\n", WARC_Target_URI="dns:a.cn", Content_Type="text/dns"),
    record("revisit", http(b""), WARC_Profile="x", WARC_Payload_Digest=None, WARC_Target_URI="http://d.cn/"),
    record("revisit", b"", WARC_Profile="x", WARC_Target_URI="http://d.cn/?2"),
    record("resource", b"%PDF", WARC_Target_URI="file:///a.pdf", Content_Type="application/pdf; v=1"),
    record("resource", b"a: b", WARC_Target_URI="metadata://x", Content_Type="application/warc-fields"),
    record("metadata", b"{}", Content_Type="application/json"),
    record("metadata", b"a: b\r\n"),
    record("conversion", b"text"),
    record("request", b"GET / HTTP/1.1\r\n\r\n"),
]  # fmt: skip


def tool(path: Path) -> str:
    command = [sys.executable, "-c", "from cdxj_indexer.main import main; main()", "-s", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("packed", [True, False], ids=["gzip", "plain"])
def test_the_index_is_what_the_tool_makes(home: Path, packed: bool) -> None:
    file = f"warc/imported/odd.warc{'.gz' if packed else ''}"
    (home / file).parent.mkdir(parents=True)
    records = (warcinfo(), *ODD)
    (home / file).write_bytes(members(*records) if packed else b"".join(records))
    build_index(home, file)
    expected = tool(home / file)
    assert expected.count("\n") == 12
    assert index_path(home, file) == home / "index/imported/odd.cdxj"
    assert index_path(home, file).read_text("utf-8") == expected


def test_the_index_of_our_own_file_is_written_with_it(home: Path) -> None:
    with writer(home) as warc:
        first = warc.store(exchange())
        original = Original(URL, "2026-11-21T02:30:00Z", first.payload_digest)
        warc.store(exchange(HEAD + BODY, "https://www.spt.gov.cn/mirror.html"), original)
        warc.store(exchange(b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n'), original)
        warc.store_resource("file:///report.pdf", "2026-11-21T02:30:00Z", "application/pdf", b"%PDF-1.4 ...")
        warc.store_note("https://www.spt.gov.cn/", "2026-11-21T02:30:00Z", {"Verdict": "error"})
        assert not index_path(home, first.file).exists()
    written = index_path(home, first.file).read_text("utf-8")
    assert written == tool(home / first.file)
    assert written.count("\n") == 4
    build_index(home, first.file)
    assert index_path(home, first.file).read_text("utf-8") == written


def test_more_lines_than_memory_holds_are_sorted() -> None:
    numbers = [n * 7919 % 1000 for n in range(1000)]
    with closing(SortedLines(most=7)) as lines:
        for number in [*numbers, *numbers]:
            lines.add(f"{number:04} x\n")
        lines.add(None)
        assert list(lines) == [f"{n:04} x\n" for n in range(1000)]
