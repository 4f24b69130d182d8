"""Webplus (苏迪): columns are folders, ``/1234/list.htm``, their further pages ``list2.htm``,
``list3.htm``.

Articles are ``/2024/0125/c1234a56789/page.htm``, files ``/_upload/article/files/…``.
"""

import re

from crawler.families.base import MOST_PAGES, Family, ListItem, ListPaging, get, is_article_url, rows
from crawler.page import Page

_MARKS = ("/_upload/", "wp_articlecontent", "/_visitcount", "wp_paging", "/_css/", "wp_news_w")
_LIST = re.compile(r"(.*/)list(\d*)\.(htm|psp)$")
_ARTICLE = re.compile(r"/c\d+a\d+/page\.(?:htm|psp)$")
_ROW = re.compile(r"""/c\d+a\d+/page\.(?:htm|psp)["']""")
_COUNT = re.compile(
    r"""all_pages["'][^>]*>\s*(\d{1,4})|页码\s*(?:<[^>]+>\s*)*\d{1,4}\s*(?:<[^>]+>\s*)*/\s*(?:<[^>]+>\s*)*(\d{1,4})"""
)
_ROWS = re.compile(r"""all_count["'][^>]*>\s*(\d{1,6})""")


class Webplus(Family):
    """Webplus."""

    name = "webplus"

    def recognises(self, page: Page) -> bool:
        """By an article's URL, or by its own classes and folders."""
        return _ARTICLE.search(page.url) is not None or (
            any(mark in page.text for mark in _MARKS)
            or ("/page." in page.text and _ROW.search(page.text) is not None)
        )

    def list_pages(self, page: Page) -> ListPaging | None:
        """The files follow from the count that the pager prints."""
        here, shown = _LIST.match(page.url.partition("?")[0]), _COUNT.search(page.text)
        if here is None or shown is None:
            return None
        count, current = int(shown.group(1) or shown.group(2)), int(here.group(2) or 1)
        if not 0 < count <= MOST_PAGES:
            return None
        names = ["list", *(f"list{number}" for number in range(2, count + 1))]
        others = [f"{here.group(1)}{name}.{here.group(3)}" for name in names]
        rest = [url for number, url in enumerate(others, start=1) if number != current]
        said = _ROWS.search(page.text)
        return ListPaging(count, current, get(rest), complete=True, rows=int(said.group(1)) if said else None)

    def items(self, page: Page) -> tuple[ListItem, ...]:
        """Links to articles and files."""
        return rows(page, (a for a in page.links if a.kind == "attachment" or is_article_url(a.url)))


FAMILY = Webplus()
