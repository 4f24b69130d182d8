"""The one entrance: bytes in, an :class:`~parsers.report.Extraction` out.

A pure function of bytes, media type and :data:`~parsers.report.REVISION`; no network, clock or database.
A further format is one more module that yields a document, and one more line in ``_READERS``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from parsers import containers
from parsers.document import Document
from parsers.formats import doc, docx, html, html_parts, images, libreoffice, mhtml, ofd, pdf, spreadsheet
from parsers.formats.archives import Member
from parsers.outcomes import EncryptedFile, UnreadableFile
from parsers.reading import read_document
from parsers.report import Extraction, Outcome
from parsers.second_opinion import with_second_opinion
from parsers.sniff import (
    CONTAINERS,
    DOC,
    DOCX,
    ENCRYPTED_OOXML,
    HTML,
    IMAGES,
    MHTML,
    ODT,
    OFD,
    PDF,
    RTF,
    XLS,
    XLSX,
    sniff,
)

_READERS: dict[str, Callable[[bytes], Document]] = {
    HTML: html.read,
    MHTML: mhtml.read,
    PDF: pdf.read,
    DOCX: docx.read,
    DOC: doc.read,
    RTF: libreoffice.read_rtf,
    ODT: libreoffice.read_odt,
    XLS: spreadsheet.read_xls,
    XLSX: spreadsheet.read_xlsx,
    OFD: ofd.read,
    **dict.fromkeys(IMAGES, images.read),
}


def read(data: bytes, media_type: str | None = None) -> Extraction:
    """Read a file as an annual report. What it is, is told by its bytes; ``media_type`` helps only where
    they do not.

    A file that cannot be read is an outcome with its reason, not an exception; a fault of this
    program still raises, and :mod:`parsers.isolation` records it.
    """
    return _Reading().file(data, media_type)


class _Reading:
    """The reading of one file, and of those within it: what containers may ask for is counted over all."""

    def __init__(self) -> None:
        self._budget = containers.Budget()

    def file(self, data: bytes, media_type: str | None = None) -> Extraction:
        kind = sniff(data, media_type)
        try:
            self._budget.spend(len(data))
            if kind in CONTAINERS:
                with self._budget.opened():
                    return containers.read(data, kind, self)
            if kind == ENCRYPTED_OOXML:
                raise EncryptedFile("encrypted: the document needs a password")
            if kind not in _READERS:
                return Extraction(Outcome.UNSUPPORTED, kind, reason=f"no reader for {kind}")
            return with_second_opinion(read_document(_READERS[kind](data)), data)
        except UnreadableFile as fault:
            return Extraction(fault.outcome, kind, reason=str(fault))

    def pictures(self, files: Sequence[bytes]) -> Extraction:
        try:
            for data in files:
                self._budget.spend(len(data))
            return read_document(images.read_all(files))
        except UnreadableFile as fault:
            return Extraction(fault.outcome, sniff(files[0]), reason=str(fault))

    def pages(self, files: Sequence[Member]) -> Extraction:
        for file in files:
            if file.fault is not None:
                raise file.fault
            self._budget.spend(len(file.data))
        return read_document(html_parts.read_all(files))
