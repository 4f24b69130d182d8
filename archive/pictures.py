"""A report published as several pictures on one page, kept as one file: they are its pages.

The file is a ZIP of the pictures as they were captured, in the order in which the page shows them, and always
the same for the same pictures. Its address is that of the page with ``#pictures``, which no server is asked
for; its record is a ``conversion``, which replay passes over.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable

from parsers.sniff import sniff

MEDIA_TYPE = "application/zip"
MOST_BYTES = 200 * 1024 * 1024
"""Of all pictures together: a reader takes no more."""
_EPOCH = (1980, 1, 1, 0, 0, 0)


class TooManyPictures(Exception):
    """The pictures of one page are too large together."""


def name_of(page_url: str) -> str:
    """The address under which the pictures of a page are kept as one file."""
    return f"{page_url.partition('#')[0]}#pictures"


def bound(pictures: Iterable[bytes]) -> bytes:
    """The pictures as one file. Raises :class:`TooManyPictures`."""
    out = io.BytesIO()
    size = 0
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as file:
        for number, picture in enumerate(pictures, 1):
            size += len(picture)
            if size > MOST_BYTES:
                raise TooManyPictures(f"more than {MOST_BYTES} bytes of pictures")
            ending = sniff(picture).rpartition("/")[2]
            file.writestr(zipfile.ZipInfo(f"{number:03}.{ending}", _EPOCH), picture)
    return out.getvalue()
