"""What a file is, told by its first bytes; the declared media type counts only where bytes say nothing."""

from __future__ import annotations

import re

PDF = "application/pdf"
HTML = "text/html"

_MAGIC = (
    (b"PK\x03\x04", "application/zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1f\x8b", "application/gzip"),
    (b"{\\rtf", "application/rtf"),
    (b"%!PS", "application/postscript"),
)
_MARKUP = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|meta|title|div|table|p|span|script)\b|<!--", re.IGNORECASE
)


def sniff(data: bytes, declared: str | None = None) -> str:
    """The media type of the bytes; ``application/octet-stream`` when nothing is known of them."""
    if b"%PDF-" in data[:1024]:
        return PDF
    for magic, media_type in _MAGIC:
        if data.startswith(magic):
            return media_type
    start = data[:65536].replace(b"\x00", b"")
    if _MARKUP.search(start):
        return (
            "application/xml"
            if start.lstrip().startswith(b"<?xml") and b"<html" not in start.lower()
            else HTML
        )
    stated = (declared or "").partition(";")[0].strip().lower()
    return stated or ("text/plain" if _is_text(data[:4096]) else "application/octet-stream")


def _is_text(start: bytes) -> bool:
    return bool(start) and not any(byte < 9 for byte in start)
