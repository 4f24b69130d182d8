"""What a file is, told by its bytes; the declared media type counts only where bytes say nothing."""

from __future__ import annotations

import re

from parsers.formats.ole import Streams
from parsers.formats.zips import listed_names
from parsers.outcomes import UnreadableFile

PDF = "application/pdf"
HTML = "text/html"
MHTML = "multipart/related"
ZIP = "application/zip"
RAR = "application/vnd.rar"
SEVEN_ZIP = "application/x-7z-compressed"
OLE = "application/x-ole-storage"
DOC = "application/msword"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLS = "application/vnd.ms-excel"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLSB = "application/vnd.ms-excel.sheet.binary.macroenabled.12"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
OFD = "application/ofd"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
RTF = "application/rtf"
PNG, JPEG, GIF, BMP, TIFF = "image/png", "image/jpeg", "image/gif", "image/bmp", "image/tiff"
WEBP = "image/webp"
IMAGES = (PNG, JPEG, GIF, BMP, TIFF, WEBP)

CONTAINERS = (ZIP, RAR, SEVEN_ZIP)

_MAGIC = (
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"GIF8", GIF),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
    (b"Rar!\x1a\x07", RAR),
    (b"7z\xbc\xaf\x27\x1c", SEVEN_ZIP),
    (b"\x1f\x8b", "application/gzip"),
    (b"{\\rtf", RTF),
    (b"%!PS", "application/postscript"),
)
_IN_ZIP = (
    (b"word/document.xml", DOCX),
    (b"word/document2.xml", DOCX),
    (b"xl/workbook.xml", XLSX),
    (b"xl/workbook.bin", XLSB),
    (b"ppt/presentation.xml", PPTX),
    (b"ofd.xml", OFD),
)
_IN_OLE = (
    ("encryptedpackage", "application/x-encrypted-ooxml"),
    ("worddocument", DOC),
    ("workbook", XLS),
    ("book", XLS),
    ("powerpoint document", "application/vnd.ms-powerpoint"),
)
"""Streams that tell an OLE file's kind, in the order asked: a Word file may have a workbook's beside it."""

ENCRYPTED_OOXML = "application/x-encrypted-ooxml"
_MARKUP = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|meta|title|div|table|p|span|script)\b|<!--", re.IGNORECASE
)
_MIME_HEAD = re.compile(
    rb"\A\s*(?:[\w-]+:[^\r\n]*\r?\n)*?(?:mime-version|content-type):[^\r\n]*", re.IGNORECASE
)


def sniff(data: bytes, declared: str | None = None) -> str:
    """The media type of the bytes; ``application/octet-stream`` when nothing is known of them."""
    for magic, media_type in _MAGIC:
        if data.startswith(magic):
            return _inside(data, media_type)
    if data.startswith(b"BM") and data[6:10] == b"\x00" * 4:
        return BMP
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return WEBP
    if b"%PDF-" in data[:1024]:  # last of these: a container may begin with a PDF that it holds as it is
        return PDF
    start = data[:65536].replace(b"\x00", b"")
    if _MIME_HEAD.match(start[:2048]) and b"multipart/related" in start[:4096].lower():
        return MHTML
    if _MARKUP.search(start):
        return (
            "application/xml"
            if start.lstrip().startswith(b"<?xml") and b"<html" not in start.lower()
            else HTML
        )
    stated = (declared or "").partition(";")[0].strip().lower()
    return stated or ("text/plain" if _is_text(data[:4096]) else "application/octet-stream")


def _inside(data: bytes, container: str) -> str:
    """What a container holds, by the names in it."""
    if container == ZIP:
        names = [name.lower().replace(b"\\", b"/").lstrip(b"/") for name in listed_names(data)]
        for known, media_type in _IN_ZIP:
            if known in names:
                return media_type
        if names[:1] == [b"mimetype"]:
            for media_type in (ODT, ODS):
                if media_type.encode() in data[:200]:
                    return media_type
    if container == OLE:
        try:
            streams = Streams(data).names()
        except UnreadableFile:
            return container
        for stream, media_type in _IN_OLE:
            if stream in streams:
                return media_type
    return container


def _is_text(start: bytes) -> bool:
    return bool(start) and not any(byte < 9 for byte in start)
