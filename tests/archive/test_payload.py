"""From a body as sent to the bytes of the file."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import zlib

import brotli
import pytest

from archive.warc.payload import UndecodableBody, dechunk, decode_body, head_fields, split_head

TEXT = "政府信息公开工作年度报告\n".encode() * 200
MEBIBYTE = 1 << 20


def raw_deflate(data: bytes) -> bytes:
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    return engine.compress(data) + engine.flush()


def chunked(data: bytes, size: int) -> bytes:
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in [*pieces, b""])


@pytest.mark.parametrize(
    ("coding", "sent"),
    [
        ("gzip", gzip.compress(TEXT)),
        ("x-gzip", gzip.compress(TEXT)),
        ("GZIP", gzip.compress(TEXT)),
        ("gzip", gzip.compress(TEXT[:100]) + gzip.compress(TEXT[100:])),
        ("gzip", gzip.compress(TEXT) + b"\0" * 20),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", raw_deflate(TEXT)),
        ("br", brotli.compress(TEXT)),
        ("identity", TEXT),
        ("", TEXT),
        ("gzip, br", brotli.compress(gzip.compress(TEXT))),
    ],
    ids=[
        "gzip",
        "x-gzip",
        "upper-case",
        "two-members",
        "padded",
        "zlib",
        "raw-deflate",
        "br",
        "identity",
        "none",
        "two-codings",
    ],
)
def test_content_codings_come_off(coding: str, sent: bytes) -> None:
    assert decode_body(sent, {"content-encoding": coding}) == TEXT


def test_chunks_come_off_before_the_content_coding() -> None:
    fields = {"transfer-encoding": "Chunked", "content-encoding": "gzip"}
    assert decode_body(chunked(gzip.compress(TEXT), 7), fields) == TEXT


def test_chunk_extensions_and_trailers_are_no_content() -> None:
    assert dechunk(b"3;name=value\r\nabc\r\n2 \r\nde\r\n0\r\nX-Trailer: 1\r\n\r\n") == b"abcde"


def test_a_cut_body_gives_what_arrived() -> None:
    assert dechunk(b"3\r\nabc\r\nff\r\nde") == b"abcde"
    sent = gzip.compress(os.urandom(5000))
    arrived = decode_body(sent[:2500], {"content-encoding": "gzip"})
    assert 2000 < len(arrived) < 2500
    assert gzip.decompress(sent).startswith(arrived)


# a size below zero sends a reader back to where it came from, for ever
@pytest.mark.parametrize("size", [b"-10", b"+3", b"0x3", b"1_0", b"g", b"", b"f" * 4000])
def test_a_bad_chunk_size_is_refused(size: bytes) -> None:
    with pytest.raises(UndecodableBody, match="chunk size at byte 8"):
        dechunk(b"3\r\nabc\r\n" + size + b"\r\nabc\r\n0\r\n\r\n")


@pytest.mark.parametrize(
    ("coding", "sent"),
    [("gzip", TEXT), ("deflate", TEXT), ("br", b"\xff" * 40), ("compress", TEXT), ("zstd", TEXT)],
)
def test_what_cannot_be_decoded_is_said(coding: str, sent: bytes) -> None:
    with pytest.raises(UndecodableBody):
        decode_body(sent, {"content-encoding": coding})


def test_an_unknown_coding_is_named() -> None:
    with pytest.raises(UndecodableBody, match="'sdch'"):
        decode_body(b"x", {"content-encoding": "sdch"})


BOMB = bytes(10_001)


@pytest.mark.parametrize(
    ("coding", "sent"),
    [
        ("gzip", gzip.compress(BOMB)),
        ("gzip", gzip.compress(BOMB[:5001]) + gzip.compress(BOMB[:5000])),
        ("deflate", zlib.compress(BOMB)),
        ("deflate", raw_deflate(BOMB)),
        ("br", brotli.compress(BOMB)),
        ("br, gzip", gzip.compress(brotli.compress(BOMB))),
    ],
    ids=lambda value: value if isinstance(value, str) else "body",
)
def test_a_body_may_inflate_to_the_limit_and_no_further(coding: str, sent: bytes) -> None:
    with pytest.raises(UndecodableBody):
        decode_body(sent, {"content-encoding": coding}, limit=10_000)
    assert decode_body(sent, {"content-encoding": coding}, limit=10_001) == BOMB


MEASURED = """
import resource, sys
from archive.warc.payload import UndecodableBody, decode_body
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    decode_body(sys.stdin.buffer.read(), {"content-encoding": sys.argv[1]}, limit=1 << 20)
except UndecodableBody:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.parametrize("coding", ["gzip", "br"])
def test_a_bomb_is_refused_before_it_fills_the_memory(coding: str) -> None:
    size = 200 * MEBIBYTE
    sent = gzip.compress(bytes(size), 1) if coding == "gzip" else brotli.compress(bytes(size), quality=1)
    answer = subprocess.run(
        [sys.executable, "-c", MEASURED, coding], input=sent, capture_output=True, check=True
    )
    assert int(answer.stdout) < 30 * 1024  # KiB


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_the_head_ends_at_its_own_blank_line(end: bytes) -> None:
    head = end.join([b"HTTP/1.1 200 OK", b"Content-Type: text/html", b"", b""])
    for body in (b"", b"a\r\n\r\nb", b"a\n\nb", b"\r\n\r\n"):
        assert split_head(head + body) == (head, body)


def test_what_has_no_blank_line_is_all_head() -> None:
    assert split_head(b"HTTP/1.1 200 OK\r\n") == (b"HTTP/1.1 200 OK\r\n", b"")


def test_repeated_fields_are_joined() -> None:
    head = b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nset-cookie:b=2\r\nnonsense\r\nX: \xe6\r\n\r\n"
    assert head_fields(head) == {"set-cookie": "a=1, b=2", "x": "æ"}
