"""Lists that a server sends as data: rows of JSON, under whatever names its maker gave the fields.

Systems differ in their field names and in how deep the rows lie; what they share is an array of objects
that each have a title and an address, and beside it the counts of rows and pages.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from html import unescape
from typing import Any

from crawler.addresses import Resolve
from crawler.families.base import MOST_PAGES, ListItem
from crawler.pagetags import parse_pub_date

Record = Mapping[str, Any]

_TITLES = (
    "title_no_tag", "title", "articletitle", "infotitle", "doctitle", "showtitle", "listtitle", "newstitle",
    "name", "subject", "topic", "bt",
)  # fmt: skip
_URLS = (
    "url", "post_url", "pcurl", "urls", "link", "linkurl", "href", "articleurl", "infourl", "docpuburl",
    "htmlurl", "weburl", "fileurl", "filepath", "path",
)  # fmt: skip
_IDS = ("id", "articleid", "infoid", "newsid", "docid", "contentid", "uuid", "guid")
_DATES = (
    "display_publish_time", "pubdate", "publishdate", "publishtime", "publishedtimestr", "publishedtime",
    "first_publish_time", "releasetime", "releasedate", "docreltime", "showtime", "date", "time", "datetime",
    "created_at", "create_time", "createtime", "createdate", "trs_time", "fbsj", "fwrq",
)  # fmt: skip
_TOTALS = (
    "total", "totalcount", "totalrecord", "totalrecords", "totalelements", "totalnum", "totalhits",
    "recordcount", "count",
)  # fmt: skip
_PAGES = ("totalpage", "totalpages", "pagecount", "pagetotal", "pages")
_DEEPEST = 8
_NAME = re.compile(r"\{(\w+)\}")
_TAG = re.compile(r"<[^>]{0,400}>")
_CALLBACK = re.compile(r"\s*[\w$.]+\s*\((.*)\)\s*;?\s*", re.S)


@dataclass(frozen=True, slots=True)
class Records:
    """The rows of a data answer; `total` rows and `pages` of the whole list where the answer says so."""

    rows: tuple[Record, ...]
    total: int | None
    pages: int | None


def read_records(text: str) -> Records | None:
    """The rows of a JSON (or JSONP) text; None for a text that is neither or holds no list.

    An empty list with its counts is a list: its `rows` are empty.
    """
    data = parse_json(text)
    if not isinstance(data, dict | list):
        return None
    best = max(_arrays(data), key=_worth, default=())
    counts = _counts(data)
    if not best and counts.get("total") is None:
        return None
    return Records(tuple(best), counts.get("total"), counts.get("pages"))


def parse_json(text: str) -> Any:
    """The value of a JSON or JSONP text; None for what is neither."""
    text = text.strip().removeprefix("\ufeff")
    if text[:1] not in "{[" and (call := _CALLBACK.fullmatch(text)):
        text = call.group(1).strip()
    if text[:1] not in ("{", "["):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def item_of(record: Record, resolve: Resolve, link: str = "") -> ListItem | None:
    """A row as a list's item; None without a title or an address that can be followed.

    `link` makes the address of a row that holds none of a field that it names (``/show/{id}.html``).
    """
    title, url = _field(record, _TITLES), _address(record, resolve)
    if url is None and (name := _NAME.search(link)):
        value = _field(record, (name.group(1).lower(),))
        url = resolve(link.replace(name.group(0), value)) if value else None
    if not title or url is None:
        return None
    return ListItem(url, " ".join(unescape(_TAG.sub("", title)).split()), _date(record))


def items_of(records: Records, resolve: Resolve, link: str = "") -> tuple[ListItem, ...]:
    """The rows that can be followed, each address once."""
    found: dict[str, ListItem] = {}
    for record in records.rows:
        if item := item_of(record, resolve, link):
            found.setdefault(item.url, item)
    return tuple(found.values())


def _arrays(data: Any, depth: int = 0) -> Iterator[list[Record]]:
    """Every array of rows in the data, each row where it lies in an object of its own too."""
    if depth > _DEEPEST:
        return
    if isinstance(data, list):
        rows = [row for one in data if isinstance(one, dict) and (row := _row(one)) is not None]
        if rows:
            yield rows
    for value in data.values() if isinstance(data, dict) else data:
        if isinstance(value, dict | list):
            yield from _arrays(value, depth + 1)


def _row(record: dict[str, Any]) -> Record | None:
    """The record itself, or the one object within it (`source`, `data`) that is the row."""
    inner = (value for value in record.values() if isinstance(value, dict))
    return next((one for one in (record, *inner) if _is_row(one)), None)


def _worth(rows: list[Record]) -> tuple[int, int]:
    """Rows with an address are a list of articles; others may be a menu."""
    return sum(bool(_field(row, _URLS)) for row in rows), len(rows)


def _is_row(record: Record) -> bool:
    return bool(_field(record, _TITLES) and _field(record, (*_URLS, *_IDS)))


def _field(record: Record, names: tuple[str, ...]) -> str:
    """The first field of these names that holds text; a name is compared without case and underlines."""
    lower = {str(key).lower().replace("-", ""): value for key, value in record.items()}
    for name in names:
        value = lower.get(name, lower.get(name.replace("_", "")))
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()
        if isinstance(value, dict) and (inner := _first_address(value)):
            return inner
    return ""


def _first_address(value: Mapping[str, Any]) -> str:
    """Of ``{"pc": …, "wap": …}`` the one for a desk's screen."""
    for key in ("pc", "common", "url", "web"):
        if isinstance(value.get(key), str):
            return str(value[key])
    return ""


def _address(record: Record, resolve: Resolve) -> str | None:
    text = _field(record, _URLS)
    if text.startswith("{"):
        inner = parse_json(text)
        text = _first_address(inner) if isinstance(inner, dict) else ""
    return resolve(unescape(text)) if text else None


def _date(record: Record) -> date | None:
    for name in _DATES:
        text = _field(record, (name,))
        moment = parse_pub_date(text.replace("T", " ")) if text else None
        if moment is not None:
            return moment.date()
    return None


def _counts(data: Any, depth: int = 0) -> dict[str, int]:
    """The counts that stand nearest to the top."""
    if not isinstance(data, dict) or depth > _DEEPEST:
        return {}
    lower = {str(key).lower().replace("_", ""): value for key, value in data.items()}
    found: dict[str, int] = {}
    for what, names in (("total", _TOTALS), ("pages", _PAGES)):
        number = next((n for name in names if (n := whole_number(lower.get(name))) is not None), None)
        if number is not None and (what == "total" or number <= MOST_PAGES):
            found[what] = number
    for value in data.values():
        for what, number in _counts(value, depth + 1).items():
            found.setdefault(what, number)
    return found


def whole_number(value: Any) -> int | None:
    """An integer, given as one or as digits."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int) and value >= 0:
        return value
    return int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 9 else None
