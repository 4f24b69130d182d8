"""Pages with their images in one file (MHTML, RFC 2557), as Word saves them, often under the name .doc."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.message import Message

from parsers.document import Document
from parsers.formats import html
from parsers.outcomes import UnreadableFile
from parsers.sniff import HTML, MHTML

_MOST_PARTS = 2000


def read(data: bytes) -> Document:
    """Read the first page in the file; locators are paths in it.

    Raises :class:`~parsers.outcomes.UnreadableFile` when it holds none.
    """
    for number, part in enumerate(message_from_bytes(data).walk()):
        if number >= _MOST_PARTS:
            break
        if part.get_content_type() == HTML:
            return replace(html.read(_bytes(part)), media_type=MHTML)
    raise UnreadableFile("a MIME file without a page")


def _bytes(part: Message) -> bytes:
    body = part.get_payload(decode=True)
    return body if isinstance(body, bytes) else b""
