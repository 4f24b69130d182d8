"""Hanweb's newer system, JPaaS: the column's page is a shell, and its list is asked of the server by
script.

Two kinds are met. ``queryData="{'webId':…,'pageId':…}"`` beside a ``url`` asks the publishing server for a
unit of the page, which comes as HTML within JSON; ``loadPageData({unitid, webSiteCode, channelCode, …})``
asks ``/queryList`` for rows. Articles lie at ``/col/colN/art/YYYY/art_<32 hex digits>.html``; files come
through ``document/download``, whose addresses expire while the file they lead to stays.
"""

import json
import re
from collections.abc import Mapping
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
from crawler.families.records import items_of, parse_json, read_records
from crawler.page import Page, read_page

_ARTICLE = re.compile(r"/art/\d{4}/art_[0-9a-f]{32}\.html$")
_UNIT_PATH = "/api-gateway/jpaas-publish-server/front/page/build/unit"
_ROWS_PATH = "/queryList"
_QUERY = re.compile(r"""<[^<>]*\bquery_?data\s*=\s*(?:"([^"]+)"|'([^']+)')[^<>]*>""", re.I)
_URL = re.compile(r"""\burl\s*=\s*["']([^"']+)["']""", re.I)
_PAIR = re.compile(r"""["']?(\w+)["']?\s*:\s*(?:\[\s*)?["']?([^"'\[\],{}]*)["']?""")
_DRAWN = re.compile(r"\bwebSiteCode\s*[:=]|\bchannelCode\s*[:=]")
_PARAMS = re.compile(r"\{[^{}]*\bchannel(?:Code|Id)\s*:[^{}]*\}", re.S)
_SHOWN_COUNT = re.compile(
    r"""\b(?:count|totalRecord|total)\s*(?:=|:)\s*\\?["']?(\d+)|共\s*(\d+)\s*条""", re.I
)
_SHOWN_ROWS = re.compile(r"""\b(?:rows|pageSize|perPage)\s*(?:=|:)\s*\\?["']?(\d+)""", re.I)
_NO_LIST = re.compile(r"导航|面包屑|位置|菜单|底部|头部|页脚|页头|banner|menu|nav|foot|head|crumb", re.I)
#: Units of a page that are asked for: its list is among the first.
_MOST_UNITS = 3


class Jpaas(Family):
    """Hanweb JPaaS."""

    name = "jpaas"

    def recognises(self, page: Page) -> bool:
        """By the call or the attribute that draws its list, or an article's URL."""
        if _ARTICLE.search(page.url) or "jpaas-publish-server" in page.text:
            return True
        return "loadPageData(" in page.text and _DRAWN.search(page.scripts_text) is not None

    def list_pages(self, page: Page) -> ListPaging | None:
        """None of the pages is in the shell, so that it says of itself that it is not all."""
        return ListPaging(1, 1, (), complete=False) if self.drawn_lists(page) else None

    def items(self, page: Page) -> tuple[ListItem, ...]:
        """Rows that stand in the page after all."""
        return rows(page, (a for a in page.links if a.kind == "attachment" or is_article_url(a.url)))

    def drawn_lists(self, page: Page) -> tuple[Ask, ...]:
        """The requests that the page's own script makes for its lists."""
        units = [ask for match in _QUERY.finditer(page.text) if (ask := _unit(page, match))]
        if units:
            return tuple(units[:_MOST_UNITS])
        calls = _PARAMS.findall(page.scripts_text) if "loadPageData" in page.scripts_text else []
        return tuple(ask for call in calls[:_MOST_UNITS] if (ask := _rows_ask(page, call)))

    def read_part(self, text: str, ask: Ask, column: str) -> ListPart | None:
        """Rows as HTML within JSON, or as JSON."""
        data = parse_json(text)
        if not isinstance(data, dict):
            return None
        inner = data.get("data")
        html = inner.get("html") if isinstance(inner, dict) else None
        if isinstance(html, str):
            return _of_html(html, ask, column)
        records = read_records(text)
        if records is None:
            return None
        return ListPart(items_of(records, resolver(column)), _paging(ask, records.total, len(records.rows)))


def _pairs(text: str) -> dict[str, str]:
    return {name: value.strip() for name, value in _PAIR.findall(text)}


def _unit(page: Page, match: re.Match[str]) -> Ask | None:
    fields = _pairs(unescape(match.group(1) or match.group(2)))
    if "pageId" not in fields or _NO_LIST.search(fields.get("tagId", "")):
        return None
    address = _URL.search(match.group(0))
    url = page.resolve(unescape(address.group(1)) if address else _UNIT_PATH)
    return Ask(f"{url}?{urlencode(fields)}", reader="jpaas") if url else None


def _rows_ask(page: Page, call: str) -> Ask | None:
    fields = _pairs(call)
    channel = {key: value for key, value in fields.items() if key.startswith(("webSite", "channel"))}
    per_page = fields.get("perPage") or fields.get("pageSize") or "15"
    plain = {key: value for key, value in fields.items() if key not in channel and key.isidentifier()}
    form = {**plain, **{f"{key}[]": value for key, value in channel.items()}}
    form.update(current="1", pageSize=per_page)
    url, unit = page.resolve(_ROWS_PATH), page.resolve(_UNIT_PATH)
    if url is None or unit is None:
        return None
    query = urlencode({**fields, "current": "1", "pageSize": per_page})
    return Ask(url, tuple(form.items()), reader="jpaas", instead=(Ask(f"{unit}?{query}", reader="jpaas"),))


def _of_html(html: str, ask: Ask, column: str) -> ListPart:
    inner = read_page(html.encode(), column)
    links = [a for a in inner.links if a.kind in {"anchor", "attachment"}]
    articles = [a for a in links if a.kind == "attachment" or is_article_url(a.url)]
    items = rows(inner, articles or links)
    count = _SHOWN_COUNT.search(html)
    total = int(count.group(1) or count.group(2)) if count else None
    shown = _SHOWN_ROWS.search(html)
    return ListPart(items, _paging(ask, total, int(shown.group(1)) if shown else len(items)))


def _paging(ask: Ask, total: int | None, per_page: int) -> ListPaging | None:
    """The other pages, asked as the first one was; the first one alone tells of them."""
    if total is None or not per_page or _is_further(ask):
        return None
    count = -(-total // per_page)
    if not 0 < count <= MOST_PAGES:
        return ListPaging(1, 1, (), complete=total == 0, rows=total)
    others = tuple(_turned(ask, number, per_page) for number in range(2, count + 1))
    return ListPaging(count, 1, others, complete=True, rows=total)


def _is_further(ask: Ask) -> bool:
    return (
        "paramJson=" in ask.url
        or dict(ask.form).get("current", "1") != "1"
        or "current=1&" not in (f"{ask.url}&" if "current=" in ask.url else "current=1&")
    )


def _turned(ask: Ask, number: int, per_page: int) -> Ask:
    if ask.form:
        form = {**dict(ask.form), "current": str(number)}
        return Ask(ask.url, tuple(form.items()), reader="jpaas")
    path, _, query = ask.url.partition("?")
    fields: Mapping[str, str] = dict(parse_qsl(query))
    if "pageId" not in fields:
        return Ask(f"{path}?{urlencode({**fields, 'current': str(number)})}", reader="jpaas")
    page = json.dumps({"pageNo": number, "pageSize": str(per_page)}, separators=(",", ":"))
    return Ask(f"{path}?{urlencode({**fields, 'paramJson': page})}", reader="jpaas")


FAMILY = Jpaas()
