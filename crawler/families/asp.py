"""Sites of the ASP years: everything is one program with a query (``list.asp?classid=12&page=2``).

Often in GB2312 and in frames; pagers are links with a ``page`` parameter, or ASP.NET's form sent back.
"""

import re

from crawler.families.base import Family, ListItem, ListPaging, is_article_url, rows
from crawler.page import Link, Page

_PROGRAM = re.compile(r"\.(?:aspx?|php|cfm)(?:\?|$)", re.I)
_NUMBERED = re.compile(r"\.(?:aspx?|php|cfm)\?(?:[^#]*&)?\w*id=\w+", re.I)
_MENU_LABEL = 6


class Asp(Family):
    """Query-string sites of ASP, ASP.NET and PHP."""

    name = "asp"

    def recognises(self, page: Page) -> bool:
        """By the page's own address, or most of its links'."""
        if _PROGRAM.search(page.url):
            return True
        programs = sum(_NUMBERED.search(link.url) is not None for link in page.links)
        return programs > 2 and 2 * programs > len(page.links)

    def list_pages(self, page: Page) -> ListPaging | None:
        """Left to the ordinary pager: the parameter's name is no mark of the family."""
        return None

    def items(self, page: Page) -> tuple[ListItem, ...]:
        """Links to articles and files, and rows that show a date or lead to a numbered entry."""
        return rows(page, (link for link in page.links if _is_item(page, link)))


def _is_item(page: Page, link: Link) -> bool:
    if link.kind == "attachment" or is_article_url(link.url):
        return True
    if link.kind != "anchor" or len(link.label) < 2:
        return False
    if page.shown_date(link.url) is not None:
        return True
    another = link.url.partition("?")[0] != page.url.partition("?")[0]
    return another and len(link.label) >= _MENU_LABEL and _NUMBERED.search(link.url) is not None


FAMILY = Asp()
