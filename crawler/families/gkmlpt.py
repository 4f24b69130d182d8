"""gkmlpt, the disclosure platform of Guangdong: one page for all columns, drawn from a JSON interface.

``…/gkmlpt/index#2971`` and ``…/gkmlpt/annualreport#2629`` name a column by their fragment; the page's
script holds the site's number (``SID: '755325'``) and the tree of columns;
``…/gkmlpt/api/all/2971?page=1&sid=755325`` gives a hundred rows at a time. Articles are
``…/gkmlpt/content/9/9600/post_9600238.html``.
"""

import re
from dataclasses import replace

from lxml import etree

from crawler.addresses import resolver
from crawler.families.base import (
    MOST_PAGES,
    Ask,
    Family,
    ListItem,
    ListPaging,
    ListPart,
    is_article_url,
    rows,
)
from crawler.families.records import items_of, read_records
from crawler.page import Link, Page

_HERE = re.compile(r"^(.*/gkmlpt)/(?:[a-z]\w*)/?(?:[?#]|$)", re.I)
_COLUMN = re.compile(r"/gkmlpt/\w+/?(?:\?[^#]*)?#(\d+)$", re.I)
_ARTICLE = re.compile(r"/gkmlpt/content/", re.I)
_SID = re.compile(r"""\b(?:SID|sid|siteId|SITE_ID)["']?\s*[:=]\s*["']?(\d+)""")
_NODE = re.compile(
    r"""["']?\bid["']?\s*:\s*["']?(\d+)["']?\s*,[^{}\[\]]*?["']?\bname["']?\s*:\s*["']((?:[^"'\\]|\\.)+)["']"""
    r"""|["']?\bname["']?\s*:\s*["']((?:[^"'\\]|\\.)+)["']\s*,[^{}\[\]]*?["']?\bid["']?\s*:\s*["']?(\d+)""",
)
_CODE_POINT = re.compile(r"\\u([0-9a-fA-F]{4})")
_PAGE = re.compile(r"([?&]page=)\d+")
_PER_PAGE = 100


class Gkmlpt(Family):
    """gkmlpt."""

    name = "gkmlpt"

    def recognises(self, page: Page) -> bool:
        """By its path, which never varies."""
        return "/gkmlpt/" in page.url

    def list_pages(self, page: Page) -> ListPaging | None:
        """The pages come with the first answer, and the page itself is no part of the list."""
        return ListPaging(1, 1, (), complete=False) if self.drawn_lists(page) else None

    def items(self, page: Page) -> tuple[ListItem, ...]:
        """Rows that stand in the page after all."""
        return rows(page, (a for a in page.links if is_article_url(a.url) or a.kind == "attachment"))

    def written_links(self, page: Page) -> tuple[Link, ...]:
        """The columns of the tree in the page's script, and the links that only change the fragment."""
        here = _HERE.match(page.url)
        if here is None or _ARTICLE.search(page.url):
            return ()
        found = {number: Link(f"{here.group(1)}/index#{number}", name) for number, name in _nodes(page)}
        if page.root is not None:
            for element in page.root.iter("a"):
                href = element.get("href", "")
                if re.fullmatch(r"#\d+", href):
                    found.setdefault(href[1:], Link(f"{here.group(1)}/index{href}", _text(element)))
        return tuple(found.values())

    def drawn_lists(self, page: Page) -> tuple[Ask, ...]:
        """The column that the fragment of the page's address names."""
        ask = self.ask_for(page, page.url)
        return (ask,) if ask else ()

    def ask_for(self, page: Page, url: str) -> Ask | None:
        """The interface's address for a column of the same body; its number stands in the body's page."""
        here, there, column = _HERE.match(page.url), _HERE.match(url), _COLUMN.search(url)
        if here is None or there is None or column is None or here.group(1) != there.group(1):
            return None
        sid = _SID.search(page.scripts_text)
        site = f"&sid={sid.group(1)}" if sid else ""
        return Ask(f"{here.group(1)}/api/all/{column.group(1)}?page=1{site}", reader="gkmlpt")

    def read_part(self, text: str, ask: Ask, column: str) -> ListPart | None:
        """A hundred rows, and how many there are in all."""
        records = read_records(text)
        if records is None:
            return None
        items = items_of(records, resolver(column))
        if records.total is None:
            return ListPart(items)
        per_page = len(records.rows) if 0 < len(records.rows) < records.total else _PER_PAGE
        count = min(-(-records.total // per_page), MOST_PAGES)
        if "page=1&" not in f"{ask.url}&":
            return ListPart(items)
        others = tuple(
            replace(ask, url=_PAGE.sub(rf"\g<1>{number}", ask.url)) for number in range(2, count + 1)
        )
        return ListPart(items, ListPaging(max(count, 1), 1, others, complete=True, rows=records.total))


def _nodes(page: Page) -> list[tuple[str, str]]:
    found = []
    for match in _NODE.finditer(page.scripts_text):
        number, name = match.group(1) or match.group(4), match.group(2) or match.group(3)
        found.append((number, _CODE_POINT.sub(lambda m: chr(int(m.group(1), 16)), name)))
    return found


def _text(element: etree._Element) -> str:
    return " ".join("".join(str(part) for part in element.itertext()).split())


FAMILY = Gkmlpt()
