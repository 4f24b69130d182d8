"""TRS WCM, the system of the portals of Ningxia, Shanxi, many districts of Beijing and many others.

Articles are ``YYYYMM/tYYYYMMDD_ID.html``, files beside them ``P0YYYYMMDD….pdf``; lists and long bodies are
cut into ``index.html``, ``index_1.html`` (the second page) … and the pager is written by script, so that
no ``<a>`` names the other pages.
"""

import re

from crawler.families.base import (
    MOST_PAGES,
    Family,
    ListItem,
    ListPaging,
    get,
    numbered,
    rows,
)
from crawler.page import Link, Page
from crawler.pagetags import parse_pub_date

_ARTICLE = re.compile(r"/t\d{8}_\d+(?:_\d+)?\.(?:s?html?|xhtml)$")
_TWIN = re.compile(r"_(?:wap|ewm|wx|mobile|phone)\.s?html?$", re.I)
_FILE = re.compile(r"/[PW]0\d{12,}[^/]*$")
_QUOTED = r"""\s*,\s*["']([^"']+)["']"""
_CALL = re.compile(rf"createPage\w*\(\s*(\w+)\s*,\s*(\w+){_QUOTED}{_QUOTED}")
_COUNT = re.compile(r"[cC]ount[pP]age\s*=\s*(\d+)")
_COUNTNUM = re.compile(r"[cC]ount[nN]um\s*=\s*(\d+)")
_CURRENT = re.compile(r"[cC]urrent[pP]age\s*=\s*(\d+)")
_EXTENSION = re.compile(r"""["'.](shtml|html|htm|jsp)\b""")
_STEM = re.compile(r"/(t\d{8}_\d+)(?:_\d+)?\.(s?html?)$")
_FILENAME = re.compile(r"/([A-Za-z][\w-]*?)(?:_\d+)?\.(s?html?|jsp)$")
_STR_LINK = re.compile(r"""\bvar\s+str(?:Link|Url|URL)\s*=\s*["']([^"']+)["']""")
_STR_TITLE = re.compile(r"""\b(?:str|doc)\w*(?:title|name)\s*=\s*["']([^"']+)["']""", re.I)
_WRITTEN = re.compile(r"""title=\\?["']([^"'+\\]+)|>\s*([^<>'"+]*[\u4e00-\u9fff][^<>'"+]*)<""")


class Trs(Family):
    """TRS WCM."""

    name = "trs"

    def recognises(self, page: Page) -> bool:
        """By an article's or file's URL, the WCM's own markup, or its pager's script."""
        if _ARTICLE.search(page.url) or _has_pager(page.scripts_text) or _STR_LINK.search(page.scripts_text):
            return True
        if any(mark in page.text for mark in ("TRS_Editor", "TRS_UEDITOR", "trs_editor_view", "CurrChnlCls")):
            return True
        return any(_ARTICLE.search(link.url) or _FILE.search(link.url) for link in page.links)

    def list_pages(self, page: Page) -> ListPaging | None:
        """Read the pager's script; the same call cuts an article's body, under the article's own name."""
        script = page.scripts_text
        call = _own_call(page.url, script)
        count = _number(call and call.group(1), _COUNT.search(script))
        sure = count is not None
        if count is None:
            count = _number(None, _COUNTNUM.search(script))
        if count is None or not 0 < count <= MOST_PAGES:
            return None
        current = _number(call and call.group(2), _CURRENT.search(script)) or 0
        stem, extension = (call.group(3), call.group(4)) if call else _name(page.url, script)
        others = tuple(
            page.resolve(_page_name(stem, extension, number)) or ""
            for number in range(count)
            if number != current
        )
        return ListPaging(count, current + 1, get(others), complete=sure)

    def items(self, page: Page) -> tuple[ListItem, ...]:
        """Links to articles and files, then rows that only a script writes; no mobile or QR twins."""
        links = [link for link in page.links if _is_item(link)]
        written = _written_rows(page)
        known = {link.url for link in links}
        return rows(page, links) + tuple(item for item in written if item.url not in known)


def _is_item(link: Link) -> bool:
    if _TWIN.search(link.url):
        return False
    return link.kind == "attachment" or _ARTICLE.search(link.url) is not None


def _has_pager(script: str) -> bool:
    return _CALL.search(script) is not None or _COUNT.search(script) is not None


def _own_call(url: str, script: str) -> re.Match[str] | None:
    """The pager that counts this page's own name; a page may show another list with its pager."""
    calls = list(_CALL.finditer(script))
    name = url.rpartition("/")[2]
    return next((call for call in calls if name.startswith(call.group(3))), calls[0] if calls else None)


def _number(argument: str | None, variable: re.Match[str] | None) -> int | None:
    """The call's own argument when it is a number, else the variable of the script."""
    if argument and argument.isdigit():
        return int(argument)
    return int(variable.group(1)) if variable else None


def _page_name(stem: str, extension: str, number: int) -> str:
    """The first page of a list goes by its folder, as the columns of a site link to each other."""
    return "./" if not number and stem == "index" else numbered("./", stem, extension, number or None)


def _name(url: str, script: str) -> tuple[str, str]:
    """Stem and extension of the pages' names: those of this page, else what the script writes."""
    if match := _STEM.search(url) or _FILENAME.search(url.partition("?")[0]):
        return match.group(1), match.group(2)
    written = _EXTENSION.search(script)
    return "index", written.group(1) if written else "html"


def _written_rows(page: Page) -> tuple[ListItem, ...]:
    found: dict[str, ListItem] = {}
    for script in page.scripts:
        starts = list(_STR_LINK.finditer(script))
        ends = [match.start() for match in starts[1:]] + [len(script)]
        for match, end in zip(starts, ends, strict=False):
            url = page.resolve(match.group(1))
            if url and not _TWIN.search(url):
                found.setdefault(url, _written_row(url, script[match.end() : end]))
    return tuple(found.values())


def _written_row(url: str, script: str) -> ListItem:
    title = _STR_TITLE.search(script)
    shown = _WRITTEN.search(script)
    text = title.group(1) if title else (shown.group(1) or shown.group(2) if shown else "")
    moment = parse_pub_date(script)
    return ListItem(url, " ".join(text.split()), moment.date() if moment else None)


FAMILY = Trs()
