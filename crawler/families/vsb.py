"""博达 VSB: the system of many counties, colleges and departments.

A column is ``xxgk/nb.htm`` and its further pages ``xxgk/nb/3.htm``, ``xxgk/nb/2.htm``…: the files are
numbered from the oldest page, so that the second page of four is ``3.htm``. Articles are
``info/1001/1234.htm``, files ``/system/_content/download.jsp?…&wbfileid=…`` or ``/__local/….pdf``.
"""

import re

from crawler.families.base import MOST_PAGES, Family, ListItem, ListPaging, get, is_article_url, rows
from crawler.page import Link, Page

_ARTICLE = re.compile(r"/info/\d+/\d+\.htm$|/content\.jsp\?.*wbnewsid=", re.I)
_MARKS = ("vsb_content", "v_news_content", "/__local/", "_vsb_", "wbnewsid", "p_no_d", "p_fun")
_ROW = re.compile(r"""["'/]info/\d+/\d+\.htm["']""")
_COUNT = re.compile(r">\s*(?:页次[:：]?\s*|第)?\s*(\d{1,4})\s*/\s*(\d{1,4})\s*(?:页)?\s*<")
_ROWS = re.compile(r"共\s*(\d{1,6})\s*条")
_NUMBERED = re.compile(r"(.*/)([^/]+)/(\d{1,4})\.htm$")
_COLUMN = re.compile(r"(.*/)([^/]+)\.htm$")


class Vsb(Family):
    """博达 VSB."""

    name = "vsb"

    def recognises(self, page: Page) -> bool:
        """By an article's URL, the editor's classes, or the pager's."""
        return _ARTICLE.search(page.url) is not None or (
            any(mark in page.text for mark in _MARKS)
            or ("info/" in page.text and _ROW.search(page.text) is not None)
        )

    def list_pages(self, page: Page) -> ListPaging | None:
        """From ``1/4`` and the file that the link to the next page names; else None."""
        shown = _COUNT.search(page.text)
        if shown is None:
            return None
        current, count = int(shown.group(1)), int(shown.group(2))
        said = _ROWS.search(page.text)
        total = int(said.group(1)) if said else None
        if count == 1:
            return ListPaging(1, 1, (), complete=True, rows=total)
        numbers = _numbers(page)
        if not numbers or not 0 < current <= count <= MOST_PAGES:
            return None
        column, folder = _place(page.url, numbers[0])
        others = [column] + [f"{folder}{count + 1 - number}.htm" for number in range(2, count + 1)]
        rest = [url for number, url in enumerate(others, start=1) if number != current]
        return ListPaging(count, current, get(rest), complete=True, rows=total)

    def items(self, page: Page) -> tuple[ListItem, ...]:
        """Links to articles and files."""
        return rows(page, (a for a in page.links if a.kind == "attachment" or is_article_url(a.url)))


def _numbers(page: Page) -> list[Link]:
    """The links of the pager that lead to a numbered file."""
    return [link for link in page.links if link.kind == "pager" and _NUMBERED.fullmatch(link.url)]


def _place(url: str, numbered: Link) -> tuple[str, str]:
    """The column's first page and the folder of its further ones."""
    match = _NUMBERED.fullmatch(numbered.url)
    assert match is not None
    first = f"{match.group(1)}{match.group(2)}.htm"
    here = url.partition("?")[0]
    return (
        here if _COLUMN.fullmatch(here) and here == first else first
    ), f"{match.group(1)}{match.group(2)}/"


FAMILY = Vsb()
