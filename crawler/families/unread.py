"""Pagers that no family reads: a list that plainly has one is not whole, whatever was seen of it."""

import re
from urllib.parse import parse_qsl, urlsplit

from crawler.page import Link, Page

_ONWARD = re.compile(r"下一?页|后一页|尾\s*页|末\s*页|最后一?页|next|last", re.I)
_NUMBER = re.compile(r"\D*?(\d{1,3})\D*")
_INDEX = re.compile(r"/(?:index|default)\.\w{3,5}$", re.I)
_DAY = re.compile(r"(?:19|20)\d{2}[-/]?(?:0?[1-9]|1[0-2])[-/]?([0-3]?\d)/?$")
_OF_FIRST = ("", "0", "1")


def shows_more_pages(page: Page) -> bool:
    """Whether the page links on to further pages of a list: by a pager's words, or by a row of numbers."""
    pager = (link for link in page.links if link.kind == "pager" and not is_of_a_calendar(link))
    texts = [link.text for link in pager if _leads_on(page.url, link.url)]
    numbers = {int(match.group(1)) for text in texts if (match := _NUMBER.fullmatch(text))}
    return any(map(_ONWARD.search, texts)) or {2, 3} <= numbers


def is_of_a_calendar(link: Link) -> bool:
    """Whether it is one of the numbers of a calendar: each leads to its day."""
    day = _DAY.search(link.url)
    return day is not None and link.text.isdecimal() and int(link.text) == int(day.group(1))


def _leads_on(here: str, there: str) -> bool:
    """Whether the address is another page: a pager at its end links to its own page, or to the first."""
    own, other = urlsplit(here), urlsplit(there)
    if own.netloc != other.netloc:
        return False
    if _INDEX.sub("/", own.path) != _INDEX.sub("/", other.path):
        return True
    changed = set(parse_qsl(other.query)) - set(parse_qsl(own.query))
    return any(value not in _OF_FIRST for _, value in changed)
