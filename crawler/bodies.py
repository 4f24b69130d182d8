"""Bodies that their site cuts over several pages: which pages these are, and in what order. Pure.

They are told by their addresses, for a pager also stands on lists, and on articles whose template shows a
list: the pages of a body are called as its first page is, with a number behind the name
(``t20240115_5111151_1.html``, ``page2.htm``), in a folder of that name (``1234/2.htm``) or in the query
(``page=2``).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from crawler.families import paging_of
from crawler.families.base import PAGE_NAMES
from crawler.page import Page

#: A longer pager is one of a list, or never ends.
MOST_PARTS = 40

_PARAMETER = re.compile(rf"([^?]*)\?(.*?)\b(?:{PAGE_NAMES}|p)=(\d{{1,2}})(?:&(.*)|$)", re.I)
_PATH = re.compile(r"(.*?)(?:(?:[_-]|(?<=[a-z]))(\d{1,2})|/(\d{1,2}))(\.\w{3,5})", re.I)
_INDEX = re.compile(r"/(?:index|default)\.\w{3,5}$", re.I)
_DIGITS = re.compile(r"\D{0,2}(\d{1,2})\D{0,2}")
_WORDS_OF_FIRST = ("首页", "首 页", "第一页")


@dataclass(frozen=True, slots=True)
class Body:
    """A body that is cut: ``first`` is the address of the report, ``parts`` the pages that one of them knows,
    itself among them, by numbers that grow in their order.
    """

    first: str
    parts: Mapping[int, str]

    @property
    def pages(self) -> tuple[str, ...]:
        """All addresses, the first page's at their head."""
        return tuple(dict.fromkeys((self.first, *(self.parts[number] for number in sorted(self.parts)))))


@lru_cache(maxsize=32)
def cut_body(page: Page, first: str | None = None) -> Body | None:
    """The body of which the page is one; None where the page shows no other page of its own article.

    ``first`` is the first page where that is known. Else it must be linked: an address that only ends in a
    number, with others before and behind it, is one of many articles.
    """
    links = list(_linked(page))
    if first is not None:
        number = _number_in(page.url, first)
        return None if number is None else _body(page.url, first, number, links)
    choices = ((page.url, 0), *_numbered(page.url))
    found = (_body(page.url, one, number, links) for one, number in choices)
    return next((body for body in found if body is not None and body.first in body.parts.values()), None)


def _body(url: str, first: str, own: int, links: Iterable[tuple[str, str]]) -> Body | None:
    parts = {own: url}
    from_one = False
    for other, label in links:
        number = _number_in(other, first)
        if number is None or number == own:
            continue
        parts.setdefault(number, other)
        from_one |= _shown(label) == number
    if from_one and 0 in parts:
        parts.pop(1, None)  # the first page again, under its number
    if not 1 < len(parts) <= MOST_PARTS:
        return None
    return Body(parts[1] if from_one and 1 in parts else first, parts)


def _linked(page: Page) -> Iterator[tuple[str, str]]:
    """Addresses that may be other pages, with the words of their links."""
    for link in page.links:
        if link.kind == "pager":
            yield link.url, link.text
    paging = paging_of(page)
    for url in paging.urls if paging else ():
        yield url, ""


def _numbered(url: str) -> Iterator[tuple[str, int]]:
    """The first pages that an address may belong to, with its number there."""
    if match := _PARAMETER.fullmatch(url):
        path, before, number, behind = match.groups()
        query = "&".join(part for part in (before.rstrip("&"), behind or "") if part)
        yield (f"{path}?{query}" if query else path), int(number)
    elif match := _PATH.fullmatch(url):
        stem, behind_name, in_folder, extension = match.groups()
        yield f"{stem}{extension}", int(behind_name or in_folder)


def _number_in(url: str, first: str) -> int | None:
    """The number of a page in the body of this first page, 0 for that itself; None for any other address."""
    if _plain(url) == _plain(first):
        return 0
    return next((number for one, number in _numbered(url) if _plain(one) == _plain(first)), None)


def _plain(url: str) -> str:
    return _INDEX.sub("/", url)


def _shown(label: str) -> int | None:
    """The number of a page as its link prints it."""
    if any(word in label for word in _WORDS_OF_FIRST):
        return 1
    match = _DIGITS.fullmatch(label.strip())
    return int(match.group(1)) if match else None
