"""UCAP (开普): the portals of Gansu, Hunan and many ministries.

Columns are ``/cNNNNNN/name.shtml``, and ``createPageHTML('page_div', 10, 1, 'zwgklist', 'shtml', 200)``
says: ten pages, this is the first (counted from one), 200 rows; the third page is ``zwgklist_3.shtml``.
"""

import re

from crawler.families.base import MOST_PAGES, Family, ListItem, ListPaging, get, numbered, rows
from crawler.page import Page

_CALL = re.compile(
    r"""createPageHTML\(\s*["'][^"']*["']\s*,\s*(\d+)\s*,\s*(\d+)\s*,\s*["']([^"']+)["']\s*,\s*["'](\w+)["']"""
)
_COLUMN = re.compile(r"/c\d{5,}/(?:\w+\.s?html?)?$")
_ARTICLE = re.compile(r"/c\d{5,}/\d{6}/\w+\.s?html?$|/c\d+_\d+\.s?html?$|/content_[0-9a-f]{16,}\.s?html?$")


class Ucap(Family):
    """UCAP."""

    name = "ucap"

    def recognises(self, page: Page) -> bool:
        """By its pager's six arguments, its body's id, or the shape of its URLs."""
        if _CALL.search(page.scripts_text) or "UCAP-CONTENT" in page.text:
            return True
        return _COLUMN.search(page.url) is not None or _ARTICLE.search(page.url) is not None

    def list_pages(self, page: Page) -> ListPaging | None:
        """Read the call; a call inside an HTML comment never runs and counts for nothing."""
        match = _CALL.search(page.scripts_text)
        if match is None or not 0 < int(match.group(1)) <= MOST_PAGES:
            return None
        count, current = int(match.group(1)), int(match.group(2))
        stem, extension = match.group(3), match.group(4)
        others = tuple(
            page.resolve(numbered("./", stem, extension, None if number == 1 else number)) or ""
            for number in range(1, count + 1)
            if number != current
        )
        return ListPaging(count, current, get(others), complete=True)

    def items(self, page: Page) -> tuple[ListItem, ...]:
        """Links to articles and files."""
        return rows(page, (a for a in page.links if a.kind == "attachment" or _ARTICLE.search(a.url)))


FAMILY = Ucap()
