"""Hanweb (大汉) jcms: the portals of Jiangsu, Zhejiang, Shandong, Jiangxi and others.

The first page of a list stands as CDATA records in a ``<script type="text/xml">``; the following ones are
asked of ``dataproxy.jsp`` by POST, and the newest generation (JPaaS) draws even the first one by script.
Neither kind of further page has a URL to follow, so the paging says that it is not complete.
"""

import re

from crawler.families.base import MOST_PAGES, ListItem, ListPaging, attachment_links, is_article_url, rows
from crawler.page import Link, Page, read_page

_COLUMN = re.compile(r"/col/col\d+/")
_ARTICLE = re.compile(r"/art/\d{4}/(?:\d+/\d+/)?art_\w+\.html$")
_RECORD = re.compile(r"<record>\s*<!\[CDATA\[(.*?)\]\]>", re.S)
_TOTAL_PAGE = re.compile(r"<totalpage>\s*(\d+)")
_TOTAL_RECORD = re.compile(r"(?:totalRecord\s*:|<totalrecord>)\s*(\d+)")
_PER_PAGE = re.compile(r"perPage\s*:\s*'?(\d+)")
_DRAWN = "loadPageData("


class Hanweb:
    """Hanweb jcms, old and new."""

    name = "hanweb"

    def recognises(self, page: Page) -> bool:
        """By the shape of its URLs, its data script, or the call that draws a list."""
        if _COLUMN.search(page.url) or _ARTICLE.search(page.url):
            return True
        script = page.scripts_text
        return "<datastore>" in page.text or (_DRAWN in script and "channelCode" in script)

    def list_pages(self, page: Page) -> ListPaging | None:
        """How many pages there are, and that their URLs are not to be had from this one."""
        count = _page_count(page)
        if count is None and _DRAWN not in page.scripts_text:
            return None
        return ListPaging(count or 1, 1, (), complete=count == 1)

    def items(self, page: Page) -> tuple[ListItem, ...]:
        """The records of the data script, then ordinary links to articles and files."""
        found = {item.url: item for item in _records(page)}
        links = (a for a in page.links if a.kind == "attachment" or is_article_url(a.url))
        for item in rows(page, links):
            found.setdefault(item.url, item)
        return tuple(found.values())

    def attachments(self, page: Page) -> tuple[Link, ...]:
        """The files a page offers, `down.jsp` links among them."""
        return attachment_links(page)


def _page_count(page: Page) -> int | None:
    if match := _TOTAL_PAGE.search(page.text):
        count = int(match.group(1))
    else:
        total, per_page = _TOTAL_RECORD.search(page.text), _PER_PAGE.search(page.scripts_text)
        if total is None or per_page is None or not int(per_page.group(1)):
            return None
        count = -(-int(total.group(1)) // int(per_page.group(1)))
    return count if 0 < count <= MOST_PAGES else None


def _records(page: Page) -> tuple[ListItem, ...]:
    fragments = _RECORD.findall(page.text)
    if not fragments:
        return ()
    inner = read_page("\n".join(fragments).encode(), page.base)
    return rows(inner, (link for link in inner.links if link.kind in {"anchor", "attachment"}))


FAMILY = Hanweb()
