"""Hanweb (大汉) jcms: the portals of Jiangsu, Zhejiang, Shandong, Jiangxi and others.

The first rows of a list stand as CDATA records in a ``<script type="text/xml">``; the following ones are
asked of ``dataproxy.jsp``, with the numbers of the column, unit and site that the page's script names. The
proxy lies at one of three paths, of which two answer 404; it takes its fields by POST, and most by GET as
well.
"""

import re
from dataclasses import replace
from html import unescape
from urllib.parse import parse_qsl, urlencode

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
from crawler.page import Page, read_page

_COLUMN = re.compile(r"/col/col\d+/")
_ARTICLE = re.compile(r"/art/\d{4}/\d+/\d+/art_\w+\.html$")
_RECORD = re.compile(r"<record>\s*<!\[CDATA\[(.*?)\]\]>", re.S)
_TOTAL_PAGE = re.compile(r"<totalpage>\s*(\d+)|totalPage\s*[:=]\s*['\"]?(\d+)", re.I)
_TOTAL_RECORD = re.compile(r"<totalrecord>\s*(\d+)|totalRecord\s*[:=]\s*['\"]?(\d+)", re.I)
_PER_PAGE = re.compile(r"per_?Page\s*[:=]\s*['\"]?(\d+)", re.I)
_PROXY = re.compile(r"""["'(]([^"'()\s<>]*dataproxy\.jsp[^"'()\s<>]*)""", re.I)
_COLUMN_NUMBER = re.compile(r"/col/col(\d+)/")
_UNIT = re.compile(r"""<div\s+id=["']?(\d+)["']?[^>]*>\s*<script[^>]+text/xml""", re.I)
_PATHS = (
    "/module/web/jpage/dataproxy.jsp",
    "/module/jpage/dataproxy.jsp",
    "/module/jslib/jquery/jpage/dataproxy.jsp",
)
_DEFAULTS = {"col": "1", "appid": "1", "path": "/", "permissiontype": "0"}
#: In the order in which the system's own script sends them.
_FIELDS = (
    "col", "appid", "webid", "path", "columnid", "sourceContentType", "unitid", "webname", "permissiontype",
)  # fmt: skip
_TEXTS = ("path", "webname")
_SPELLED = {name.lower(): name for name in _FIELDS}
_NAMED = re.compile(
    rf"""\b({"|".join(_FIELDS)})\b["']?\s*[:=]\s*(?:"([^"]*)"|'([^']*)'|([^"'&,;}}\s)]+))""", re.I
)
_PER_PAGE_DEFAULT = 15


class Hanweb(Family):
    """Hanweb jcms."""

    name = "hanweb"

    def recognises(self, page: Page) -> bool:
        """By its data script, or by the shape of its URLs."""
        if "<datastore>" in page.text or "dataproxy.jsp" in page.text:
            return True
        return _COLUMN.search(page.url) is not None or _ARTICLE.search(page.url) is not None

    def list_pages(self, page: Page) -> ListPaging | None:
        """The requests for the rows that are not in the page."""
        total, exact, per_page = _counts(page)
        if total is None:
            return None
        rows_said = total if exact else None
        here = len(_RECORD.findall(page.text))
        pages = -(-total // per_page)
        if here >= total:
            return ListPaging(1, 1, (), complete=True, rows=rows_said)
        fields = _fields(page)
        if pages > MOST_PAGES or "columnid" not in fields or "unitid" not in fields:
            return ListPaging(min(pages, MOST_PAGES), 1, (), complete=False, rows=rows_said)
        first = here // per_page
        others = tuple(_ask(page, fields, number, per_page, total) for number in range(first, pages))
        return ListPaging(1 + len(others), 1, others, complete=True, rows=rows_said)

    def items(self, page: Page) -> tuple[ListItem, ...]:
        """The records of the data script, then ordinary links to articles and files."""
        found = {item.url: item for item in _records(page.text, page.base)}
        links = (a for a in page.links if a.kind == "attachment" or is_article_url(a.url))
        for item in rows(page, links):
            found.setdefault(item.url, item)
        return tuple(found.values())

    def read_part(self, text: str, ask: Ask, column: str) -> ListPart | None:
        """The records of an answer of the proxy."""
        return ListPart(_records(text, column)) if _RECORD.search(text) else None


def _records(text: str, base: str) -> tuple[ListItem, ...]:
    fragments = _RECORD.findall(text)
    if not fragments:
        return ()
    inner = read_page("\n".join(fragments).encode(), base)
    return rows(inner, (link for link in inner.links if link.kind in {"anchor", "attachment"}))


def _counts(page: Page) -> tuple[int | None, bool, int]:
    """Rows of the whole list (or as many as its pages can hold, which is not exact), and rows a page."""
    match = _PER_PAGE.search(page.scripts_text)
    per_page = int(match.group(1)) if match else 0
    per_page = per_page or len(_RECORD.findall(page.text)) or _PER_PAGE_DEFAULT
    if match := _TOTAL_RECORD.search(page.text):
        return int(match.group(1) or match.group(2)), True, per_page
    if match := _TOTAL_PAGE.search(page.text):
        return int(match.group(1) or match.group(2)) * per_page, False, per_page
    return None, False, per_page


def _fields(page: Page) -> dict[str, str]:
    """What the proxy wants to know: from an address of it in the page, the script, or the page's URL."""
    script = unescape(page.scripts_text)
    found = dict(_DEFAULTS)
    for name, double, single, bare in _NAMED.findall(script):
        field, value = _SPELLED[name.lower()], double or single or bare
        if field in _TEXTS or value.isdecimal():
            found[field] = value
    for address in _PROXY.findall(script):
        found.update(parse_qsl(address.partition("?")[2]))
    if match := _COLUMN_NUMBER.search(page.url):
        found.setdefault("columnid", match.group(1))
    if match := _UNIT.search(page.text):
        found.setdefault("unitid", match.group(1))
    found.setdefault("webid", "1")
    if page.tags.site_name:
        found.setdefault("webname", page.tags.site_name)
    return {name: found[name] for name in _FIELDS if name in found}


def _ask(page: Page, fields: dict[str, str], number: int, per_page: int, total: int) -> Ask:
    """Rows of the page `number` (from 0): at each path by POST, then at each by GET."""
    start, end = number * per_page + 1, min((number + 1) * per_page, total)
    span = {"startrecord": str(start), "endrecord": str(end), "perpage": str(per_page)}
    posts = [
        Ask(f"{path}?{urlencode(span)}", tuple(fields.items()), reader="hanweb") for path in _paths(page)
    ]
    whole = urlencode({"page": str(number + 1), **span, **fields})
    asks = [*posts, *(Ask(f"{path}?{whole}", reader="hanweb") for path in _paths(page))]
    return replace(asks[0], instead=tuple(asks[1:]))


def _paths(page: Page) -> tuple[str, ...]:
    """The proxy's addresses, the one that the page names first."""
    resolve = resolver(page.base)
    named = [address.partition("?")[0] for address in _PROXY.findall(page.text)]
    found = (resolve(path) for path in (*named, *_PATHS))
    return tuple(dict.fromkeys(path for path in found if path))


FAMILY = Hanweb()
