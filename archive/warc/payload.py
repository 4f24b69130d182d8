"""From the body as it was sent to the bytes of the file: transfer and content codings taken off.

The archive keeps bodies as sent; a *blob* is what a reader gets, and its sha256 is taken here,
by one function for the writer and for every later reader.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping

import brotli

MAX_DECODED_BYTES = 256 * 1024 * 1024
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_CHUNK_SIZE = re.compile(rb"[0-9A-Fa-f]{1,16}")  # int() alone would take -8, which never ends


class UndecodableBody(ValueError):
    """The body does not follow the coding its headers declare, or inflates past the limit."""


def split_head(raw: bytes) -> tuple[bytes, bytes]:
    """The head of an HTTP message (status line and headers, with the blank line) and its body."""
    blank = _BLANK_LINE.search(raw)
    return (raw[: blank.end()], raw[blank.end() :]) if blank else (raw, b"")


def head_fields(head: bytes) -> dict[str, str]:
    """Header fields by lower-case name; of a repeated field the values are joined by a comma."""
    fields: dict[str, str] = {}
    for line in head.split(b"\n")[1:]:
        name, colon, value = line.partition(b":")
        if not colon:
            continue
        key = name.strip().decode("latin-1").lower()
        text = value.strip().decode("latin-1")
        fields[key] = f"{fields[key]}, {text}" if key in fields else text
    return fields


def status_of(head: bytes) -> int | None:
    """The status of a response's head; None where its first line is no status line."""
    parts = head.split(b"\n", 1)[0].split(None, 2)
    if len(parts) < 2 or not parts[0].upper().startswith(b"HTTP") or not parts[1][:3].isdigit():
        return None
    return int(parts[1][:3])


def media_type_of(fields: Mapping[str, str]) -> str | None:
    """What the server said the file is, without parameters."""
    return fields.get("content-type", "").partition(";")[0].strip().lower() or None


def dechunk(body: bytes) -> bytes:
    """Take off ``Transfer-Encoding: chunked`` (RFC 9112, 7.1); a cut body gives what arrived."""
    parts: list[bytes] = []
    position = 0
    while position < len(body):
        line_end = body.find(b"\r\n", position)
        if line_end < 0:
            break
        declared = body[position:line_end].split(b";")[0].strip()
        if not _CHUNK_SIZE.fullmatch(declared):
            raise UndecodableBody(f"bad chunk size at byte {position}")
        size = int(declared, 16)
        if size == 0:
            break
        parts.append(body[line_end + 2 : line_end + 2 + size])
        position = line_end + 2 + size + 2
    return b"".join(parts)


def decode_body(body: bytes, fields: dict[str, str], limit: int = MAX_DECODED_BYTES) -> bytes:
    """The file's bytes. Raises :class:`UndecodableBody`; a cut gzip stream gives what arrived."""
    if "chunked" in fields.get("transfer-encoding", "").lower():
        body = dechunk(body)
    codings = [c.strip() for c in fields.get("content-encoding", "").lower().split(",") if c.strip()]
    for coding in reversed(codings):
        body = _decode_one(coding, body, limit)
    return body


def decode_kept(body: bytes, fields: dict[str, str], limit: int = MAX_DECODED_BYTES) -> bytes:
    """As :func:`decode_body`, for a record whoever wrote it.

    Some tools keep the body decoded and the head as it was sent: a coding that the body does not begin
    with is taken as off already. Raises :class:`UndecodableBody`.
    """
    coding = fields.get("content-encoding", "").strip().lower()
    left = dict(fields)
    if not _begins_with_chunk(body):
        left.pop("transfer-encoding", None)
    whole = decode_body(body, {"transfer-encoding": left.get("transfer-encoding", "")}, limit)
    if coding in ("gzip", "x-gzip") and not whole.startswith(b"\x1f\x8b"):
        return whole
    return decode_body(whole, {"content-encoding": coding}, limit)


def payload_forms(message: bytes) -> Iterator[bytes]:
    """The payload of an HTTP message in each form that tools take its digest of.

    As sent; without the transfer coding; without any coding.
    """
    head, body = split_head(message)
    yield body
    fields = head_fields(head)
    try:
        if "transfer-encoding" in fields:
            yield dechunk(body)
        if "transfer-encoding" in fields or "content-encoding" in fields:
            yield decode_body(body, fields)
    except UndecodableBody:
        return


def _begins_with_chunk(body: bytes) -> bool:
    return bool(re.match(rb"[0-9A-Fa-f]{1,16}[ \t]*(?:;[^\r\n]*)?\r\n", body))


def _decode_one(coding: str, body: bytes, limit: int) -> bytes:
    if not body or coding == "identity":
        return body
    if coding in ("gzip", "x-gzip"):
        return _inflate(body, 31, limit)
    if coding == "deflate":
        try:
            return _inflate(body, 15, limit)
        except UndecodableBody:
            return _inflate(body, -15, limit)
    if coding == "br":
        return _unbrotli(body, limit)
    raise UndecodableBody(f"unknown content coding {coding!r}")


def _inflate(body: bytes, window_bits: int, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while body:
        engine = zlib.decompressobj(window_bits)
        try:
            piece = engine.decompress(body, limit - size + 1)
        except zlib.error as error:
            if parts:
                break
            raise UndecodableBody(str(error)) from error
        size += len(piece)
        if size > limit:
            raise UndecodableBody(f"inflates past {limit} bytes")
        parts.append(piece)
        if not engine.eof:
            break
        body = engine.unused_data
    return b"".join(parts)


def _unbrotli(body: bytes, limit: int) -> bytes:
    engine = brotli.Decompressor()
    parts: list[bytes] = []
    size = 0
    try:
        while True:
            piece = engine.process(body, output_buffer_limit=limit - size + 1)
            size += len(piece)
            if size > limit:
                raise UndecodableBody(f"inflates past {limit} bytes")
            parts.append(piece)
            if engine.is_finished() or engine.can_accept_more_data():
                return b"".join(parts)
            body = b""
    except brotli.error as error:
        raise UndecodableBody(str(error)) from error
