"""A capture as the crawler hands it over, and as the archive remembers the last one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from archive.warc.exchange import Exchange


class Via(StrEnum):
    """How the bytes came to us."""

    HTTP = "http"
    BROWSER = "browser"
    IMPORT = "import"


class Kind(StrEnum):
    """What a resource was asked for as. ``GIVEN`` is a URL that a person named."""

    START = "start"
    PAGE = "page"
    LISTING = "listing"
    ARTICLE = "article"
    ATTACHMENT = "attachment"
    GIVEN = "given"
    PICTURE = "picture"
    """One of several pictures that a page shows for its report; together they are an attachment."""
    BODY = "body"
    """The pages over which a report's body is cut, bound in their order: what its page says."""
    ROBOTS = "robots"
    PART = "part"
    """What a page asked for while it was drawn: scripts and data."""


READABLE_KINDS = (Kind.ARTICLE, Kind.ATTACHMENT, Kind.BODY, Kind.GIVEN)
"""Kinds whose files are read as reports."""
FILE_KINDS = (Kind.ATTACHMENT, Kind.PICTURE)
"""Kinds of what a report's page leads to."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """One fetch with its verdict. ``body`` is the file's bytes, all codings taken off.

    ``exchange`` is None when no answer came (verdict ``error`` or ``excluded``). ``location`` is the
    address a redirect led to. ``again`` marks a second fetch right after the first, made to learn which
    parts of a page change by themselves. ``cut``: the page holds only a piece of its report's body, and
    says nothing alone.
    """

    url: str
    fetched_at: datetime
    kind: Kind
    verdict: str
    reason: str | None = None
    status: int | None = None
    exchange: Exchange | None = None
    body: bytes | None = None
    media_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    parent_url: str | None = None
    via: Via = Via.HTTP
    location: str | None = None
    again: bool = False
    cut: bool = False


POSTED = "__wb_method=POST"


def posted_url(url: str, body: str) -> str:
    """The name under which the answer to a POST is kept: the address, with what was posted as its query.

    The form is that of the tools that index WARC files (``__wb_method=POST&…``); the record itself keeps the
    address and the request as they were sent. Without a body it is the address alone, without its fragment.
    """
    plain = url.partition("#")[0]
    if not body:
        return plain
    return f"{plain}{'&' if '?' in plain else '?'}{POSTED}&{body}"


@dataclass(frozen=True, slots=True)
class Known:
    """The newest stored bytes of a URL, with the validators its server sent along with them.

    ``changed``: it has given other bytes before. ``cut``: they are only a piece of a report's body.
    """

    url: str
    sha256: str
    payload_digest: str
    media_type: str | None
    etag: str | None
    last_modified: str | None
    changed: bool = False
    cut: bool = False


@dataclass(frozen=True, slots=True)
class ListedItem:
    """One row of a list as shown: ``shown_date`` is ISO or None."""

    url: str
    title: str
    shown_date: str | None


@dataclass(frozen=True, slots=True)
class ListingSeen:
    """A report column as walked. ``pages_declared`` is what its pager says, None if it has none."""

    url: str
    column_name: str | None
    family: str
    pages_declared: int | None
    pages_seen: int
    complete: bool
    items: tuple[ListedItem, ...]
