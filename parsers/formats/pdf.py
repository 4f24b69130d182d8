"""PDF with text into a document: ruled tables as grids, the rest as paragraphs.

Pages are interpreted by pdfminer.six with a device of our own (:mod:`parsers.formats.pdf_page`); rules become
grids in :mod:`parsers.layout.rulings`, tables that pages cut are joined in :mod:`parsers.layout.paging`, and
the text beside them becomes paragraphs in :mod:`parsers.layout.prose`.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterable, Iterator

from pdfminer.pdfdocument import (
    PDFDocument,
    PDFEncryptionError,
    PDFPasswordIncorrect,
    PDFTextExtractionNotAllowed,
)
from pdfminer.pdfexceptions import PDFException
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.psexceptions import PSException

from parsers.document import Document
from parsers.formats.pdf_page import PageReader
from parsers.layout import paging, prose
from parsers.layout.page import Page
from parsers.outcomes import EncryptedFile, GarbledText, NoTextLayer, TooMuch, UnreadableFile
from parsers.sniff import PDF

logging.getLogger("pdfminer").setLevel(logging.CRITICAL)  # it warns once a font and page of Chromium's files

MOST_PAGES = 500
_LEAST_CHARACTERS = 20
_LEAST_READABLE = 0.7
"""Least share of the text that must be Han, ASCII or common punctuation; garbled layers have under half."""

_BROKEN = (PDFException, PSException, ValueError, TypeError, KeyError, IndexError, AttributeError,
AssertionError,
           ArithmeticError, EOFError, RecursionError)  # fmt: skip
"""What pdfminer is seen to raise on broken files (pdf.js' collection): all mean that the file cannot be
read.
"""


def read(data: bytes) -> Document:
    """Read a PDF. Raises :class:`~parsers.outcomes.UnreadableFile` without text to be trusted."""
    try:
        pages = list(_pages(data))
    except (PDFPasswordIncorrect, PDFEncryptionError, PDFTextExtractionNotAllowed) as fault:
        raise EncryptedFile(f"encrypted: {type(fault).__name__}") from fault
    except _BROKEN as fault:
        raise UnreadableFile(f"broken PDF: {type(fault).__name__}: {fault}"[:300]) from fault
    _demand_text(pages)
    pieces = paging.join(pages)
    return Document(PDF, tuple(prose.blocks(pages, pieces)))


def _pages(data: bytes) -> Iterator[Page]:
    document = PDFDocument(PDFParser(io.BytesIO(data)))
    reader = PageReader()
    for number, page in enumerate(PDFPage.create_pages(document), 1):
        if number > MOST_PAGES:
            raise TooMuch(f"more than {MOST_PAGES} pages")
        yield reader.read(page, number)


def _demand_text(pages: Iterable[Page]) -> None:
    text = "".join(glyph.text for page in pages for glyph in page.glyphs if not glyph.text.isspace())
    unmapped = sum(page.unmapped for page in pages)
    if len(text) + unmapped < _LEAST_CHARACTERS:
        raise NoTextLayer("no text layer")
    readable = sum(_is_readable(c) for c in text)
    if readable < _LEAST_READABLE * (len(text) + unmapped):
        raise GarbledText(f"garbled text layer: {readable} of {len(text) + unmapped} characters are readable")


def _is_readable(c: str) -> bool:
    code = ord(c)
    return (
        0x20 <= code < 0x7F or 0x4E00 <= code <= 0x9FFF or 0x3000 <= code <= 0x303F or 0xFF00 <= code <=
        0xFFEF
        or 0x3400 <= code <= 0x4DBF or 0x2E80 <= code <= 0x2FDF or 0x2010 <= code <= 0x203B or 0x2460 <=
        code <= 0x24FF
        or c in "·×℃°±√■□●○★▲△◆〇"
    )  # fmt: skip
