"""What every family of content-management systems answers, and what they share."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from crawler.page import Link, Page

#: Above this a page count is a misread number (of records, of visits), not a list.
MOST_PAGES = 2000

_ARTICLE = re.compile(
    r"/t\d{8}_\d+(?:_\d+)?\.s?html?$"  # TRS
    r"|/art/\d{4}/(?:\d+/\d+/)?art_\w+\.html$"  # Hanweb, old and new
    r"|/content/post_\d+\.html|/content_[0-9a-f]+\.s?html?$|/c\d+/content\.s?html?$"  # gkmlpt, UCAP, SASAC
    r"|/c\d+/\d{6}/\w+\.s?html?$|/c\d+_\d+\.s?html?$"  # UCAP
    r"|/info/\d+/\d+\.htm$"  # VSB
    r"|/(?:19|20)\d{2}[-/]?\d{2}(?:[-/]?\d{2})?/[^/]+\.(?:s?html?|jsp|aspx)$"
    r"|/(?:[0-9a-f]{32}|\d{6,})\.s?html?$"
    r"|/(?:content|article|detail|view|show|info|news)\w*\.\w+\?.*\bid=\w+"
    r"|[?&](?:infoid|articleid|article_id|newsid|docid)=\w+",
    re.I,
)


@dataclass(frozen=True, slots=True)
class ListPaging:
    """What a page says of the pages its list (or its article's body) is cut into.

    `current` counts from 1; `urls` are the other pages that are known; `complete` tells whether they are all.
    """

    page_count: int
    current: int
    urls: tuple[str, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class ListItem:
    """One row of a list as the site shows it."""

    url: str
    title: str
    shown_date: date | None = None


class Family(Protocol):
    """How one family's lists, pages and attachments look."""

    @property
    def name(self) -> str:
        """The word by which the family is recorded."""

    def recognises(self, page: Page) -> bool:
        """Whether the page bears this family's marks."""

    def list_pages(self, page: Page) -> ListPaging | None:
        """The other pages of this list or body; None where the page shows no paging."""

    def items(self, page: Page) -> tuple[ListItem, ...]:
        """The rows of the page's lists, in page order."""

    def attachments(self, page: Page) -> tuple[Link, ...]:
        """The files the page offers."""


def is_article_url(url: str) -> bool:
    """Whether the URL has the shape of an article rather than of a column."""
    return _ARTICLE.search(url) is not None


def attachment_links(page: Page) -> tuple[Link, ...]:
    """Every link of the page that leads to a file."""
    return tuple(link for link in page.links if link.kind == "attachment")


def rows(page: Page, links: Iterable[Link]) -> tuple[ListItem, ...]:
    """Make list items of links, with the date shown in each one's row."""
    return tuple(ListItem(link.url, link.label, page.shown_date(link.url)) for link in links if link.label)


def folder(url: str) -> str:
    """The URL up to and with the last slash of its path."""
    path = url.partition("?")[0]
    return path[: path.rfind("/") + 1]


def numbered(url_folder: str, stem: str, extension: str, number: int | None) -> str:
    """`index.html` for None and `index_3.html` for 3, in the folder given."""
    return f"{url_folder}{stem}{'' if number is None else f'_{number}'}.{extension}"
