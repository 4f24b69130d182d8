"""Image files into a document, one or several: some reports are published as pictures of their pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from parsers.document import Document
from parsers.layout import paging, prose
from parsers.layout.page import Page
from parsers.outcomes import UnreadableFile
from parsers.scans.scanned import locate_in, pieces_of, recognise_all
from parsers.sniff import sniff

if TYPE_CHECKING:
    from parsers.scans.picture import Picture

_LEAST_CHARACTERS = 20


class NothingToRead(UnreadableFile):
    """Pictures without writing."""


def read(data: bytes) -> Document:
    """Read an image; its frames are pages. Raises :class:`~parsers.outcomes.UnreadableFile`."""
    return read_all([data])


def read_all(files: Sequence[bytes]) -> Document:
    """Read several images as the pages of one document, in the order given."""
    pages: list[Page] = list(recognise_all(_pictures(files)))
    if sum(len(page.glyphs) for page in pages) < _LEAST_CHARACTERS:
        raise NothingToRead("a picture without text")
    locate = locate_in(pages, "image")
    tables = paging.join(pages, pieces_of, locate)
    return Document(sniff(files[0]), tuple(prose.blocks(pages, tables, locate)))


def _pictures(files: Sequence[bytes]) -> Iterator[Picture]:
    from parsers.scans.picture import of_image  # with what decodes images: most files need none of it

    pictures = (picture for data in files for picture in of_image(data))
    return (replace(picture, number=number) for number, picture in enumerate(pictures, 1))
