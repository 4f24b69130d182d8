"""Further sources of report addresses: a site's own search, and its sitemap.

Both are asked once, after all that the site's own links lead to: they name reports that no list shows.
TRS sites search at ``/irs/front/search`` (a JSON body with the tenant's number), UCAP sites at
``/search5/search/s`` (a form with the site's code).
"""

import json
import re
from html import unescape
from typing import Any

from crawler.addresses import resolver
from crawler.families import Ask, ListItem, ListPaging, ListPart, family_named
from crawler.page import Page
from crawler.scores import url_score
from crawler.titles import TitleKind, title_kind

#: What is searched for; searches by title find 年度报告 and 年报 alike by it.
WORDS = "政府信息公开工作年度报告"
#: Pages of results that are looked at.
MOST_PAGES = 10
#: An address in a sitemap that is worth a look has a word for annual reports in its last part.
WORTH_A_LOOK = 80.0

_TENANT = re.compile(r"""tenantIds?["']?\s*[=:]\s*["']?(\d+)""")
_CODE = re.compile(r"""[?&]code=([0-9a-f]{6,})|\bcode["']?\s*:\s*["']([0-9a-f]{6,})["']""")
_CONFIG_TENANT = re.compile(r"""configTenantId["']?\s*[=:]\s*["']?(\d+)""")
_TYPE = re.compile(r"""dataTypeId["']?\s*[=:]\s*["']?(\d+)""")
_SITE_CODE = re.compile(r"""siteCode["']?\s*(?:[=:]|value\s*=)\s*["']?(\w{6,20})""")
_SITE_INPUT = re.compile(r"""name=["']siteCode["'][^>]*value=["'](\w{6,20})["']""", re.I)
_SITEMAP = re.compile(r"^\s*sitemap\s*:\s*(https?://\S+)", re.I | re.M)
_LOCATION = re.compile(r"<loc>\s*([^<\s]+)\s*</loc>", re.I)
_PAGE_SIZE = 50


def sources_of(page: Page) -> tuple[Ask, ...]:
    """What the site's start page says can be asked."""
    asks = (_trs_search(page), _ucap_search(page))
    return tuple(ask for ask in asks if ask is not None)


def sitemaps_of(robots: str) -> tuple[Ask, ...]:
    """The sitemaps that a robots.txt names (RFC 9309 allows such lines, sitemaps.org defines them)."""
    return tuple(Ask(url, reader="sitemap") for url in _SITEMAP.findall(robots)[:MOST_PAGES])


def _trs_search(page: Page) -> Ask | None:
    tenant = _TENANT.search(page.text)
    if tenant is None or not ("/irs" in page.text or "search.html" in page.text):
        return None
    code, config, kind = (pattern.search(page.text) for pattern in (_CODE, _CONFIG_TENANT, _TYPE))
    body: dict[str, Any] = {
        "tenantId": tenant.group(1),
        "tenantIds": tenant.group(1),
        "configTenantId": config.group(1) if config else "",
        "code": (code.group(1) or code.group(2)) if code else "",
        "searchWord": WORDS,
        "dataTypeId": int(kind.group(1)) if kind else 4,
        "orderBy": "related",
        "searchBy": "title",
        "pageNo": "1",
        "pageSize": _PAGE_SIZE,
        "beginDateTime": "",
        "endDateTime": "",
        "filters": [],
        "customFilter": {"operator": "and", "properties": [], "filters": []},
    }
    url = page.resolve("/irs/front/search")
    return Ask(url, payload=json.dumps(body, ensure_ascii=False), reader="json") if url else None


def _ucap_search(page: Page) -> Ask | None:
    if "search5" not in page.text:
        return None
    named = _SITE_INPUT.search(page.text) or _SITE_CODE.search(page.text)
    code = named.group(1) if named else page.tags.site_id_code
    url = page.resolve("/search5/search/s")
    if not code or url is None:
        return None
    form = {"siteCode": code, "searchWord": WORDS, "column": "全部", "uc": "1", "left_right_index": "0"}
    form |= {"pageSize": str(_PAGE_SIZE), "pageNum": "0"}
    return Ask(url, tuple(form.items()), reader="json")


def read_source(text: str, ask: Ask) -> ListPart:
    """Reports that a search found with the requests for its next pages, or addresses of a sitemap.

    A row of a sitemap has no title: what it leads to has to be looked at.
    """
    if ask.reader == "sitemap":
        return _read_sitemap(text, ask)
    part = family_named(ask.reader).read_part(text, ask, ask.url)
    if part is None:
        return ListPart(())
    reports = tuple(item for item in part.items if title_kind(item.title) is TitleKind.REPORT)
    return ListPart(reports, part.paging)


def _read_sitemap(text: str, ask: Ask) -> ListPart:
    resolve = resolver(ask.url)
    found = [url for address in _LOCATION.findall(text) if (url := resolve(unescape(address)))]
    if "<sitemapindex" in text:
        others = tuple(Ask(url, reader="sitemap") for url in found[:MOST_PAGES])
        return ListPart((), ListPaging(1 + len(others), 1, others, complete=True))
    worth = (url for url in dict.fromkeys(found) if url_score(url) >= WORTH_A_LOOK)
    return ListPart(tuple(ListItem(url, "") for url in worth))
