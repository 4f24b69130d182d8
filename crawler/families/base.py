"""What every family of content-management systems answers, and what they share."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Protocol
from urllib.parse import urlencode

from crawler.page import Link, Page

#: Above this a page count is a misread number (of records, of visits), not a list.
MOST_PAGES = 2000
#: The parameters that count pages, as a regular expression of whole names; `p` does too in a pager's links.
PAGE_NAMES = (
    r"page|page_?(?:no|num(?:ber)?|index|now|id)|paged|pg|pn"
    r"|(?:curr?(?:ent)?|now|to)_?page(?:_?(?:no|num(?:ber)?|index))?"
)

#: What a program is given to show a column, and not one entry.
_OF_COLUMN = r"\w*(?:class|type|cat|cate|category|column|catalog|channel)_?id|cid"
_ARTICLE = re.compile(
    r"/t\d{8}_\d+(?:_\d+)?\.s?html?$"  # TRS
    r"|/art/\d{4}/(?:\d+/\d+/)?art_\w+\.html$"  # Hanweb, old and new
    r"|/content/(?:\d+/)*post_\d+\.html"  # gkmlpt
    r"|/content_[0-9a-f]+\.s?html?$|/c\d+/content\.s?html?$"  # UCAP, SASAC
    r"|/c\d+\w?/\d{6}/\w+\.s?html?$|/c\d+_\d+\.s?html?$"  # UCAP
    r"|/info/\d+/\d+\.htm$"  # VSB
    r"|/c\d+a\d+/page\.htm$|/page\.psp$"  # webplus
    r"|/(?:19|20)\d{2}[-/]?\d{2}(?:[-/]?\d{2})?/(?!(?:index|list|default)[\d_]*\.)[^/]+\.(?:s?html?|jsp|aspx)$"
    r"|/(?:[0-9a-f]{32}|\d{6,})\.s?html?$"
    # a program that shows one entry; one that counts pages is a list (InfoPublic.aspx?cid=1019&page=1)
    # or a column's entries is a list too (InfoList.aspx?id=5, news.asp?classid=7)
    r"|/(?!\w*(?:list|more|class)\w*\.)(?:\w*(?:content|article|detail|view|show)|info|news)\w{0,4}\.\w+"
    rf"\?(?!(?:.*&)?\w*page\w*=)(?:.*&)?(?!(?:{_OF_COLUMN})=)\w*id=\w+"
    r"|^\w+://[^/]+/\?p=\d+$"  # WordPress
    r"|[?&](?:infoid|articleid|article_id|newsid|docid|wbnewsid)=\w+",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Ask:
    """A request for a list or a part of one: by GET, or by POST where there is a `form` or a `payload`.

    `payload` is a JSON text. `reader` names the family that reads the answer where that is data and no page
    of its own; `link` is how its rows' addresses are made where they hold none (``/show/{id}.html``).
    `instead` is what to ask where this brings no rows, in turn: systems of one family
    answer at different addresses, and which one is known only by its answer.
    """

    url: str
    form: tuple[tuple[str, str], ...] = ()
    payload: str = ""
    reader: str = ""
    link: str = ""
    instead: "tuple[Ask, ...]" = ()

    @property
    def body(self) -> str:
        """What is posted; empty for a GET."""
        return self.payload or urlencode(self.form)


@dataclass(frozen=True, slots=True)
class ListPaging:
    """What a page says of the pages its list (or its article's body) is cut into.

    `current` counts from 1; `others` are the requests for the other pages that are known; `complete` tells
    whether they are all. `rows` is how many rows the whole list has, where the site says so.
    """

    page_count: int
    current: int
    others: tuple[Ask, ...]
    complete: bool
    rows: int | None = None

    @property
    def urls(self) -> tuple[str, ...]:
        """The addresses of the other pages."""
        return tuple(one.url for one in self.others)


@dataclass(frozen=True, slots=True)
class ListItem:
    """One row of a list as the site shows it."""

    url: str
    title: str
    shown_date: date | None = None


@dataclass(frozen=True, slots=True)
class ListPart:
    """What a data answer, which is no page, holds of a list: its rows, and its other parts."""

    items: tuple[ListItem, ...]
    paging: ListPaging | None = None


class Family(Protocol):
    """How one family's lists, pages and attachments look. What has a body here suits most families."""

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
        return attachment_links(page)

    def written_links(self, page: Page) -> tuple[Link, ...]:
        """Links to columns that only a script of the page writes."""
        return script_links(page)

    def ask_for(self, page: Page, url: str) -> Ask | None:
        """The request for the list at `url`, which `page` links, where that is not the list's address."""
        return None

    def drawn_lists(self, page: Page) -> tuple[Ask, ...]:
        """What to ask for the list that the page's script draws; empty where its rows stand in the page."""
        return ()

    def read_part(self, text: str, ask: Ask, column: str) -> ListPart | None:
        """Read the answer to an `Ask` that is no page of its own; `column` is the list's address.

        None for an answer that holds no list.
        """
        return None


def get(urls: Iterable[str]) -> tuple[Ask, ...]:
    """Plain requests for these addresses."""
    return tuple(Ask(url) for url in urls)


@lru_cache(maxsize=16384)
def is_article_url(url: str) -> bool:
    """Whether the URL has the shape of an article rather than of a column."""
    return _ARTICLE.search(url) is not None


def attachment_links(page: Page) -> tuple[Link, ...]:
    """Every link of the page that leads to a file."""
    return tuple(link for link in page.links if link.kind == "attachment")


_WRITTEN = re.compile(
    r"""<a\b[^<>]{0,300}?href\s*=\s*\\?["']([^"'\\<>]+)\\?["'][^<>]{0,300}>\s*(?:<[^<>]+>\s*)*([^<>"'+]{2,40})<"""
    r"""|\badd\(\s*[^,()]+,\s*[^,()]+,\s*["']([^"']{2,40})["']\s*,\s*["']([^"']+)["']"""
    r"""|["']?\b(?:name|title|text|label|showName)["']?\s*:\s*["']([^"']{2,40})["'][^{}]{0,400}?"""
    r"""["']?\b(?:url|href|link|path)["']?\s*:\s*["']([^"'{}\s]+)["']"""
    r"""|["']?\b(?:url|href|link|path)["']?\s*:\s*["']([^"'{}\s]+)["'][^{}]{0,400}?"""
    r"""["']?\b(?:name|title|text|label|showName)["']?\s*:\s*["']([^"']{2,40})["']"""
)
#: JPaaS: a node of the tree of columns, whose address is JSON within JSON.
_NODE = re.compile(
    r'"showName"\s*:\s*"((?:[^"\\]|\\.){1,120})"[^{}]*?"urls"\s*:\s*"\{\s*\\"(?:pc|common)\\"\s*:\s*\\"([^"\\]+)\\"'
)
_TAG = re.compile(r"<[^<>]*>")
_NAMED = re.compile(r"公开|年报|年度报告")
_LONGEST_MENU = 200_000


def script_links(page: Page) -> tuple[Link, ...]:
    """Links on openness that stand in scripts: written as markup, added to a tree, or given as its data."""
    script = page.scripts_text[:_LONGEST_MENU]
    if _NAMED.search(script) is None:
        return ()
    named = [_address_and_text(match) for match in _WRITTEN.finditer(script)]
    named += [(address, _TAG.sub("", text)) for text, address in _NODE.findall(script)]
    links = (
        Link(url, " ".join(text.split()))
        for address, text in named
        if _NAMED.search(text) and (url := page.resolve(address)) and not is_article_url(url)
    )
    return tuple(links)


def _address_and_text(match: re.Match[str]) -> tuple[str, str]:
    """Of the groups of `_WRITTEN`, in whichever of its four shapes."""
    markup, text, added, address, named, its, before, name = match.groups()
    return markup or address or its or before or "", text or added or named or name or ""


def rows(page: Page, links: Iterable[Link]) -> tuple[ListItem, ...]:
    """Make list items of links, with the date shown in each one's row."""
    return tuple(ListItem(link.url, link.label, page.shown_date(link.url)) for link in links if link.label)


def folder(url: str) -> str:
    """The URL up to and with the last slash of its path."""
    path = url.partition("?")[0].partition("#")[0]
    return path[: path.rfind("/") + 1]


def numbered(url_folder: str, stem: str, extension: str, number: int | None) -> str:
    """`index.html` for None and `index_3.html` for 3, in the folder given."""
    return f"{url_folder}{stem}{'' if number is None else f'_{number}'}.{extension}"
