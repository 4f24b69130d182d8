"""A report that a site hands out in pieces, kept as one file: the pictures that a page shows for it, or the
pages over which its body is cut.

The file is a ZIP of the pieces as they were captured, in their order, and always the same for the same
pieces. Its address is that of the report's page with ``#pictures`` or ``#body``, which no server is asked
for; its record is a ``conversion``, which names the pieces and which replay passes over.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from archive.capture import Fetched, Kind, Via
from parsers.sniff import HTML, IMAGES, sniff

MEDIA_TYPE = "application/zip"
MOST_BYTES = 200 * 1024 * 1024
"""Of all pieces together: a reader takes no more."""
_EPOCH = (1980, 1, 1, 0, 0, 0)


class Binding(StrEnum):
    """What the pieces are."""

    PICTURES = "pictures"
    BODY = "body"

    @property
    def kind(self) -> Kind:
        """What the file is: of pictures an attachment of their page, of a body what its page says."""
        return Kind.ATTACHMENT if self is Binding.PICTURES else Kind.BODY

    @property
    def pieces(self) -> str:
        """What people call the pieces."""
        return "pictures" if self is Binding.PICTURES else "pages"

    def takes(self, piece: bytes) -> bool:
        """Whether the bytes are such a piece: in the place of one may come a page that says sorry."""
        return sniff(piece) in (IMAGES if self is Binding.PICTURES else (HTML,))


class TooManyPieces(Exception):
    """The pieces of one report are too large together."""


def name_of(page_url: str, binding: Binding) -> str:
    """The address under which the pieces of a page's report are kept as one file."""
    return f"{page_url.partition('#')[0]}#{binding.value}"


def as_fetched(page_url: str, binding: Binding, at: datetime, via: Via = Via.HTTP) -> Fetched:
    """The file as a capture of its own, made when the pieces were fetched."""
    return Fetched(
        url=name_of(page_url, binding),
        fetched_at=at,
        kind=binding.kind,
        verdict="ok",
        reason=f"the {binding.pieces} of the report, as one file",
        media_type=MEDIA_TYPE,
        parent_url=page_url,
        via=via,
    )


def bound(pieces: Iterable[bytes]) -> bytes:
    """The pieces as one file. Raises :class:`TooManyPieces`."""
    out = io.BytesIO()
    size = 0
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as file:
        for number, piece in enumerate(pieces, 1):
            size += len(piece)
            if size > MOST_BYTES:
                raise TooManyPieces(f"more than {MOST_BYTES} bytes in its pieces")
            ending = sniff(piece).rpartition("/")[2]
            file.writestr(zipfile.ZipInfo(f"{number:03}.{ending}", _EPOCH), piece)
    return out.getvalue()
