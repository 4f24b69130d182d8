"""Lists that a page's script fetches as plain JSON, whatever the system behind.

The address is read from the call that the script makes (``$.getJSON('/api/list?channel=12&page=' +
page)``, ``fetch``, ``axios``, ``$.ajax({url, data})``) or from a ``data-url`` attribute; the further pages
are asked for by the parameter that counts them. Rows may also stand in the script itself.
"""

import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from crawler.addresses import resolver
from crawler.families.base import (
    MOST_PAGES,
    PAGE_NAMES,
    Ask,
    Family,
    ListItem,
    ListPaging,
    ListPart,
    is_article_url,
    rows,
)
from crawler.families.records import items_of, parse_json, read_records, whole_number
from crawler.page import Page

_HINTS = ("ajax", "fetch(", "getJSON", "axios", "$.get(", "$.post(", "XMLHttpRequest", "data-url", "data-api")
_CALL = re.compile(
    r"""(?:\burl\s*:|getJSON\(|fetch\(|axios(?:\.(?:get|post))?\(|\$\.(?:get|post)\(|\.open\(\s*["']\w+["']\s*,|"""
    r"""data-(?:url|api|src)\s*=)\s*(["'`])([^"'`<>\n]+)\1(\s*\+[^,;)}\n]*)?"""
)
_LIKELY = re.compile(
    r"\.json\b|/api/|/rest/|list|query|search|channel|column|catalog|article|content|news|page|info|nb", re.I
)
_UNLIKELY = re.compile(
    r"\.(?:js|css|png|jpe?g|gif|html?|shtml)$|count|click|visit|hit|weather|login|user|comment|tongji|stat\b",
    re.I,
)
_TEMPLATE = re.compile(r"\$\{\s*(?:\w+\.)*(\w+)\s*\}")
_ADDED = re.compile(r"""\+\s*(?:(["'])([^"']*)\1|(?:\w+\.)*(\w+))""")
_VARIABLE = re.compile(
    r"""(?:\b(?:var|let|const)\s+|,\s*)(\w+)\s*=(?!=)\s*((?:["'][^"'\n]*["']|[^"';,\n])+)"""
)
_LITERAL = re.compile(r"""(["'])([^"']*)\1|(-?\d+(?:\.\d+)?|true|false)""")
#: getQuery('catId') || '3001'
_FROM_ADDRESS = re.compile(
    r"""(?:\w+\.)*\w*(?:query|param|request|url)\w*\(\s*["'](\w+)["']\s*\)"""
    r"""(?:\s*\|\|\s*(["'])([^"']*)\2)?""",
    re.I,
)
#: What says which list is meant: another list's rows must not be taken for this one's.
_OF_LIST = re.compile(r"id$|code|cat|chan|column|node|unit|dept|lm", re.I)
_DATA = re.compile(r"\b(?:data|params|body)\s*:\s*(?:JSON\.stringify\(\s*)?\{([^{}]*)\}")
_PAIR = re.compile(r"""["']?(\w+)["']?\s*:\s*(?:(["'])([^"']*)\2|([\w.]+))""")
_POST = re.compile(r"""\b(?:type|method)\s*:\s*["']post["']|\$\.post\(|axios\.post\(""", re.I)
_PAGE_FIELD = re.compile(rf"(?:{PAGE_NAMES}|curr?(?:ent)?_?|p)$", re.I)
_SIZE_FIELD = re.compile(r"(?:page_?size|per_?page|size|limit|rows|num)$", re.I)
_FILE_NUMBER = re.compile(r"(.*?)(_?)(\d{1,4})(\.json)$")
_ARRAY = re.compile(r"=\s*(\[\s*\{.*?\}\s*\])\s*;", re.S)
_LINK_ADDED = re.compile(
    r"""["'=]([\w./?&=%-]*[/=])\\?["']\s*\+\s*(?:\w+(?:\[\w+\])?\.)+(\w*id)\b(?:\s*\+\s*["']([\w./?&=%-]*))?""",
    re.I,
)
_LINK_TEMPLATE = re.compile(r"""["'=]([\w./?&=%-]*[/=])\$\{\s*(?:\w+\.)+(\w*id)\s*\}([\w./?&=%-]*)""", re.I)
_MOST_CALLS = 3
_LONGEST_SCRIPT = 300_000
_NEAR = 600


class JsonList(Family):
    """Plain JSON lists."""

    name = "json"

    def recognises(self, page: Page) -> bool:
        """A page without a row of its own whose script asks for one or holds them."""
        if not any(hint in page.text for hint in _HINTS) and not _ARRAY.search(
            page.scripts_text[:_LONGEST_SCRIPT]
        ):
            return False
        own = sum(is_article_url(link.url) for link in page.links)
        return not own and bool(self.drawn_lists(page) or _held_rows(page))

    def list_pages(self, page: Page) -> ListPaging | None:
        """The pages come with the first answer; rows held by the script are all there are."""
        return ListPaging(1, 1, (), complete=False) if self.drawn_lists(page) else None

    def items(self, page: Page) -> tuple[ListItem, ...]:
        """Rows that the script holds, and ordinary links to articles and files."""
        found = {item.url: item for item in _held_rows(page)}
        links = (a for a in page.links if a.kind == "attachment" or is_article_url(a.url))
        for item in rows(page, links):
            found.setdefault(item.url, item)
        return tuple(found.values())

    def drawn_lists(self, page: Page) -> tuple[Ask, ...]:
        """The requests that the script makes, with its first page."""
        text = page.text[:_LONGEST_SCRIPT]
        if not any(hint in text for hint in _HINTS):
            return ()
        values = _variables(page)
        link = _link_made(text)
        asks = (_ask(page, match, text, values) for match in _CALL.finditer(text))
        return tuple(dict.fromkeys(replace(ask, link=link) for ask in asks if ask))[:_MOST_CALLS]

    def read_part(self, text: str, ask: Ask, column: str) -> ListPart | None:
        """The rows, and the requests for the other pages where the answer counts them."""
        records = read_records(text)
        if records is None:
            return None
        items = items_of(records, resolver(column), ask.link)
        first = _page_number(ask)
        size = _page_size(ask) or len(records.rows)
        count = records.pages
        if count is None and records.total is not None:
            count = -(-records.total // size) if size else 0
        if count is None or first is not None and first > 1:
            return ListPart(items)
        others = tuple(_turned(ask, number, first or 0) for number in range(2, min(count, MOST_PAGES) + 1))
        whole = count <= MOST_PAGES
        return ListPart(items, ListPaging(max(count, 1), 1, others, complete=whole, rows=records.total))


def _variables(page: Page) -> dict[str, str | None]:
    """What the script sets plainly, or reads from the page's own address; None for what it works out."""
    query = dict(parse_qsl(urlsplit(page.url).query, keep_blank_values=True))
    found: dict[str, str | None] = {}
    for name, written in _VARIABLE.findall(page.scripts_text):
        if literal := _LITERAL.fullmatch(written.strip()):
            found[name] = literal.group(2) if literal.group(1) else literal.group(3)
        elif read := _FROM_ADDRESS.fullmatch(written.strip()):
            found[name] = query.get(read.group(1), read.group(3))
        else:
            found.setdefault(name, None)
    return found


def _ask(page: Page, match: re.Match[str], text: str, values: dict[str, str | None]) -> Ask | None:
    """The request of one call; None where it depends on what only the running script knows."""
    try:
        return _ask_of(page, match, text, values)
    except _WorkedOut:
        return None


class _WorkedOut(Exception):
    """The script works out which list it asks for."""


def _ask_of(page: Page, match: re.Match[str], text: str, values: dict[str, str | None]) -> Ask | None:
    address = _TEMPLATE.sub(lambda m: _value(m.group(1), values), match.group(2))
    for quoted in _ADDED.finditer(match.group(3) or ""):
        address += quoted.group(2) if quoted.group(1) else _value(quoted.group(3), values)
    plain = address.partition("?")[0]
    if not _LIKELY.search(address) or _UNLIKELY.search(plain):
        return None
    url = page.resolve(address)
    if url is None or url.partition("/")[2].partition("/")[2].partition("/")[0] != _host(page.url):
        return None
    near = text[max(0, match.start() - 200) : match.end() + _NEAR]
    data = _DATA.search(near)
    fields = _fields(data.group(1), values) if data else {}
    if _POST.search(near) and fields:
        as_json = "JSON.stringify" in near or "application/json" in near
        if as_json:
            return Ask(url, payload=json.dumps(fields, ensure_ascii=False), reader="json")
        return Ask(url, tuple(fields.items()), reader="json")
    if fields:
        url += ("&" if "?" in url else "?") + urlencode(fields)
    return Ask(url, reader="json")


def _link_made(text: str) -> str:
    """How the script makes a row's address of its fields, as ``/show/{id}.html``."""
    if match := _LINK_ADDED.search(text):
        return f"{match.group(1)}{{{match.group(2)}}}{match.group(3) or ''}"
    match = _LINK_TEMPLATE.search(text)
    return f"{match.group(1)}{{{match.group(2)}}}{match.group(3)}" if match else ""


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0]


def _value(name: str, values: dict[str, str | None]) -> str:
    """What the script sets the variable to; a page counter that is set elsewhere starts at one."""
    value = values.get(name, "")
    if value is None and _OF_LIST.search(name):
        raise _WorkedOut(name)
    return value or ("1" if _PAGE_FIELD.search(name) else "")


def _fields(text: str, values: dict[str, str | None]) -> dict[str, str]:
    found = {}
    for name, quote, quoted, bare in _PAIR.findall(text):
        literal = bare.isdecimal() or bare in ("true", "false")
        found[name] = quoted if quote else bare if literal else _value(bare.rpartition(".")[2], values)
    return found


def _held_rows(page: Page) -> tuple[ListItem, ...]:
    """The rows of the largest array in the page's scripts."""
    best: tuple[ListItem, ...] = ()
    for match in _ARRAY.finditer(page.scripts_text[:_LONGEST_SCRIPT]):
        records = read_records(match.group(1))
        found = items_of(records, page.resolve) if records else ()
        best = max(best, found, key=len)
    return best


def _asked_fields(ask: Ask) -> dict[str, Any]:
    if ask.payload:
        data = parse_json(ask.payload)
        return data if isinstance(data, dict) else {}
    return dict(ask.form) or dict(parse_qsl(ask.url.partition("?")[2], keep_blank_values=True))


def _page_number(ask: Ask) -> int | None:
    fields = _asked_fields(ask)
    found = (whole_number(value) for name, value in fields.items() if _PAGE_FIELD.fullmatch(name))
    return next((number for number in found if number is not None), None)


def _page_size(ask: Ask) -> int | None:
    fields = _asked_fields(ask)
    found = (whole_number(value) for name, value in fields.items() if _SIZE_FIELD.fullmatch(name))
    return next((number for number in found if number), None)


def _turned(ask: Ask, number: int, first: int) -> Ask:
    """The request for the page `number` of a list whose first page was asked as `first` (0 or 1)."""
    fields = _asked_fields(ask)
    name = next((name for name in fields if _PAGE_FIELD.fullmatch(name)), None)
    wanted = str(number if first or name is None else number - 1)
    path, _, query = ask.url.partition("?")
    if name is None and (match := _FILE_NUMBER.match(path)):
        step = int(match.group(3)) + number - 1
        return replace(ask, url=f"{match.group(1)}{match.group(2)}{step}{match.group(4)}")
    fields[name or "page"] = int(wanted) if name and isinstance(fields[name], int) else wanted
    if ask.payload:
        return replace(ask, payload=json.dumps(fields, ensure_ascii=False))
    if ask.form:
        return replace(ask, form=tuple(fields.items()))
    return replace(ask, url=f"{path}?{urlencode(fields)}")


FAMILY = JsonList()
