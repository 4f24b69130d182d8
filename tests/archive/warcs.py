"""WARC records written byte by byte, sound or broken as a test wants them."""

from __future__ import annotations

import base64
import gzip
import hashlib
import zlib
from uuid import NAMESPACE_URL, uuid5

URL = "http://www.example.gov.cn/zwgk/a.html"
DATE = "2019-03-01T08:00:00Z"
PAGE = "<html><body><h1>2018年政府信息公开工作年度报告</h1></body></html>".encode()


def sha1(data: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(data).digest()).decode()


def http(body: bytes = PAGE, status: str = "200 OK", fields: str = "Content-Type: text/html\r\n") -> bytes:
    return f"HTTP/1.1 {status}\r\n{fields}\r\n".encode() + body


def chunked(body: bytes) -> bytes:
    half = len(body) // 2
    parts = (body[:half], body[half:], b"")
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)


def header(kind: str, length: int, version: str = "1.0", **fields: str | None) -> bytes:
    """A record's header. Fields are given with ``_`` for ``-``; None leaves one out."""
    name = f"{kind} {length} {sorted(fields.items(), key=str)}"
    values: dict[str, str | None] = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<{uuid5(NAMESPACE_URL, name).urn}>",
        "WARC-Date": DATE,
        "Content-Length": str(length),
    }
    if kind != "warcinfo":
        values["WARC-Target-URI"] = URL
    if kind in ("response", "request", "revisit"):
        values["Content-Type"] = f"application/http; msgtype={'request' if kind == 'request' else 'response'}"
    elif kind in ("warcinfo", "metadata"):
        values["Content-Type"] = "application/warc-fields"
    elif kind != "continuation":
        values["Content-Type"] = "text/html"
    values |= {key.replace("_", "-"): value for key, value in fields.items()}
    lines = [f"{key}: {value}" for key, value in values.items() if value is not None]
    return "\r\n".join([f"WARC/{version}", *lines, "", ""]).encode()


def record(kind: str, block: bytes = b"", version: str = "1.0", **fields: str | None) -> bytes:
    """One whole record, with the digest of its block unless that is said otherwise."""
    fields.setdefault("WARC_Block_Digest", sha1(block))
    return header(kind, len(block), version, **fields) + block + b"\r\n\r\n"


def response(body: bytes = PAGE, url: str = URL, date: str = DATE, **fields: str | None) -> bytes:
    digest = {"WARC_Payload_Digest": sha1(body)}
    return record("response", http(body), WARC_Target_URI=url, WARC_Date=date, **{**digest, **fields})


def warcinfo() -> bytes:
    return record("warcinfo", b"software: a test\r\n", WARC_Filename="a.warc")


def members(*records: bytes) -> bytes:
    """One gzip member a record."""
    return b"".join(gzip.compress(one, mtime=0) for one in records)


def whole(*records: bytes) -> bytes:
    """All of them in one gzip member, as ``gzip`` makes of a plain file."""
    return gzip.compress(b"".join(records), mtime=0)


def split(data: bytes, size: int) -> bytes:
    """Gzip members that begin and end anywhere, as parallel packers make them."""
    return b"".join(gzip.compress(data[at : at + size], mtime=0) for at in range(0, len(data), size))


def stored(data: bytes) -> bytes:
    """A gzip member without compression: what is in it can be found in it."""
    engine = zlib.compressobj(0, zlib.DEFLATED, 31)
    return engine.compress(data) + engine.flush()
