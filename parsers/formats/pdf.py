"""PDF with text into a document: ruled tables as grids, the rest as paragraphs.

Pages are interpreted by pdfminer.six with a device of our own (:mod:`parsers.formats.pdf_page`); rules become
grids in :mod:`parsers.layout.rulings`, tables that pages cut are joined in :mod:`parsers.layout.paging`, and
the text beside them becomes paragraphs in :mod:`parsers.layout.prose`.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator

from pdfminer.pdfdocument import (
    PDFEncryptionError,
    PDFPasswordIncorrect,
    PDFTextExtractionNotAllowed,
)
from pdfminer.pdfexceptions import PDFException
from pdfminer.pdfpage import PDFPage
from pdfminer.psexceptions import PSException

from parsers.document import Document
from parsers.formats.pdf_objects import QuickDocument
from parsers.formats.pdf_page import PageReader
from parsers.layout import paging, prose
from parsers.layout.page import Page
from parsers.outcomes import EncryptedFile, GarbledText, NoTextLayer, TooMuch, UnreadableFile
from parsers.scans.extra import NoRecognition
from parsers.scans.scanned import locate_in, pieces_of, recognise_all
from parsers.sniff import PDF

logging.getLogger("pdfminer").setLevel(logging.CRITICAL)  # it warns once a font and page of Chromium's files

MOST_PAGES = 500
MOST_PICTURES = 100
_PICTURED = 0.2
"""A page without text is a scan when images cover at least this share of it."""
_LEAST_CHARACTERS = 20
_LEAST_READABLE = 0.7
"""Least share of the text that must be Han, ASCII or common punctuation; garbled layers have under half."""
_UNREADABLE = re.compile(
    "[^ -~\u4e00-\u9fff\u3000-\u303f\uff00-\uffef\u3400-\u4dbf\u2e80-\u2fdf\u2010-\u203b\u2460-\u24ff"
    "·×℃°±√■□●○★▲△◆〇]+"
)
"""What is not Han, ASCII or common punctuation."""

_BROKEN = (PDFException, PSException, ValueError, TypeError, KeyError, IndexError, AttributeError,
AssertionError,
           ArithmeticError, EOFError, RecursionError)  # fmt: skip
"""What pdfminer is seen to raise on broken files (pdf.js' collection): all mean that the file cannot be
read.
"""


def read(data: bytes) -> Document:
    """Read a PDF: its text where it has one to be trusted, else what its pages show.

    Raises :class:`~parsers.outcomes.UnreadableFile` when neither can be had.
    """
    try:
        pages = list(_pages(data))
    except (PDFPasswordIncorrect, PDFEncryptionError, PDFTextExtractionNotAllowed) as fault:
        raise EncryptedFile(f"encrypted: {type(fault).__name__}") from fault
    except _BROKEN as fault:
        raise UnreadableFile(f"broken PDF: {type(fault).__name__}: {fault}"[:300]) from fault
    refused = _refusal(pages)
    pages = _with_scans(data, pages, refused)
    locate = locate_in(pages)
    tables = paging.join(pages, pieces_of, locate)
    blocks = tuple(prose.blocks(pages, tables, locate))
    return Document(PDF, blocks, refused=str(refused) if isinstance(refused, GarbledText) else None)


def _pages(data: bytes) -> Iterator[Page]:
    document = QuickDocument(data)
    reader = PageReader()
    for number, page in enumerate(PDFPage.create_pages(document), 1):
        if number > MOST_PAGES:
            raise TooMuch(f"more than {MOST_PAGES} pages")
        yield reader.read(page, number)


def _with_scans(data: bytes, pages: list[Page], refused: NoTextLayer | GarbledText | None) -> list[Page]:
    """The pages, with those that only show text, or whose text is not what they show, recognised."""
    chosen = _shows_something if refused else _is_better_recognised
    wanted = frozenset(page.number for page in pages if chosen(page))
    if not wanted and refused:
        raise refused
    if not wanted:
        return pages
    if len(wanted) > MOST_PICTURES:
        raise TooMuch(f"more than {MOST_PICTURES} scanned pages")
    from parsers.scans.picture import of_pdf  # with what draws pages: most files need none of it

    try:
        scanned = {page.number: page for page in recognise_all(of_pdf(data, wanted))}
    except NoRecognition as fault:
        raise (GarbledText(f"{refused}; {fault}") if isinstance(refused, GarbledText) else fault) from fault
    merged: list[Page] = [scanned.get(page.number, page) for page in pages]
    if sum(len(page.glyphs) for page in merged) < _LEAST_CHARACTERS:
        raise refused or NoTextLayer("no text on the pages' pictures")
    return merged


def _is_better_recognised(page: Page) -> bool:
    """A page that is a picture, or whose text is not what it shows. Text that is hidden is a recogniser's,
    and no better than ours.
    """
    if _is_garbled(page):
        return True
    shown = sum(not glyph.text.isspace() for glyph in page.glyphs)
    return shown < _LEAST_CHARACTERS and (page.pictured > _PICTURED or page.hidden > shown)


def _is_garbled(page: Page) -> bool:
    text = "".join(glyph.text for glyph in page.glyphs if not glyph.text.isspace())
    total = len(text) + page.unmapped
    return total >= _LEAST_CHARACTERS and _readable(text) < _LEAST_READABLE * total


def _shows_something(page: Page) -> bool:
    return bool(page.glyphs or page.unmapped or page.hidden or page.pictured > _PICTURED)


def _refusal(pages: Iterable[Page]) -> NoTextLayer | GarbledText | None:
    """Why the text of the whole file is not to be trusted; None when it is."""
    text = "".join(glyph.text for page in pages for glyph in page.glyphs if not glyph.text.isspace())
    unmapped = sum(page.unmapped for page in pages)
    if len(text) + unmapped < _LEAST_CHARACTERS:
        return NoTextLayer("no text layer")
    readable = _readable(text)
    if readable < _LEAST_READABLE * (len(text) + unmapped):
        total = len(text) + unmapped
        return GarbledText(f"garbled text layer: {readable} of {total} characters are readable")
    return None


def _readable(text: str) -> int:
    return len(_UNREADABLE.sub("", text))
