"""The one entrance: bytes in, an :class:`~parsers.report.Extraction` out.

A pure function of bytes, media type and :data:`~parsers.report.REVISION`; no network, clock or database.
A further format is one more module that yields a document, and one more line in ``_READERS``.
"""

from __future__ import annotations

from collections.abc import Callable

from parsers.document import Document
from parsers.formats import docx, html, images, pdf
from parsers.outcomes import UnreadableFile
from parsers.reading import read_document
from parsers.report import Extraction, Outcome
from parsers.sniff import DOCX, HTML, IMAGES, PDF, sniff

_READERS: dict[str, Callable[[bytes], Document]] = {
    HTML: html.read,
    PDF: pdf.read,
    DOCX: docx.read,
    **dict.fromkeys(IMAGES, images.read),
}


def read(data: bytes, media_type: str | None = None) -> Extraction:
    """Read a file as an annual report. What it is, is told by its bytes; ``media_type`` helps only where
    they do not.

    A file that cannot be read is an outcome with its reason, not an exception; a fault of this
    program still raises, and :mod:`parsers.isolation` records it.
    """
    kind = sniff(data, media_type)
    reader = _READERS.get(kind)
    if reader is None:
        return Extraction(Outcome.UNSUPPORTED, kind, reason=f"no reader for {kind}")
    try:
        return read_document(reader(data))
    except UnreadableFile as fault:
        return Extraction(fault.outcome, kind, reason=str(fault))
