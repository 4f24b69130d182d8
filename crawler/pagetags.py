"""The page tags every government site must print (国办发〔2017〕47号, 政府网站发展指引, on page tags).

A home page carries SiteName, SiteDomain and SiteIDCode, a list page also ColumnName, ColumnDescription,
ColumnKeywords and ColumnType, an article also ArticleTitle, PubDate and ContentSource. Real pages print
them in any case, twice (once by the system, once by the template), with a ``meta-`` prefix (Guangdong) or
with the word ``null``; so names are folded and the last value that says something wins.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))

#: First two digits of GB/T 2260.
_PROVINCE = re.compile(r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12])\d{8}")
_DATE = re.compile(
    r"((?:19|20)\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
    r"(?:[-T\s]*(\d{1,2})\s*[:时]\s*(\d{1,2})(?:\s*[:分]\s*(\d{1,2}))?)?"
)
_COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?")
_EPOCH = re.compile(r"\d{10}(?:\d{3})?")
_NOTHING = frozenset({"", "null", "undefined", "none", "nan"})


@dataclass(frozen=True)
class PageTags:
    """What a page says of itself; an empty string is a tag that is missing, blank or ``null``.

    `pub_date` is the printed wall clock (China time, naive). Some templates print a 12-hour clock without
    am or pm, so only its date may be relied on.
    """

    site_name: str = ""
    site_domain: str = ""
    site_id_code: str = ""
    column_name: str = ""
    column_description: str = ""
    column_keywords: str = ""
    column_type: str = ""
    article_title: str = ""
    pub_date_raw: str = ""
    pub_date: datetime | None = None
    content_source: str = ""
    keywords: str = ""
    description: str = ""
    author: str = ""
    url: str = ""

    @property
    def published_on(self) -> date | None:
        """The day of publication the page claims."""
        return self.pub_date.date() if self.pub_date else None

    @property
    def division(self) -> str | None:
        """The GB/T 2260 code of the site's owner: the first six of the ten digits of SiteIDCode.

        None where the code is missing, malformed or names no province (a county's page served from its city's
        portal carries the city's code, so this places the site and never, alone, the agency).
        """
        return self.site_id_code[:6] if _PROVINCE.fullmatch(self.site_id_code) else None


_FIELDS = {
    "sitename": "site_name",
    "sitedomain": "site_domain",
    "siteidcode": "site_id_code",
    "columnname": "column_name",
    "columndescription": "column_description",
    "columnkeywords": "column_keywords",
    "columntype": "column_type",
    "articletitle": "article_title",
    "pubdate": "pub_date_raw",
    "contentsource": "content_source",
    "keywords": "keywords",
    "description": "description",
    "author": "author",
    "url": "url",
}


def read_tags(metas: Iterable[tuple[str, str]], resolve: Callable[[str], str | None]) -> PageTags:
    """Read the tags from a page's (name, content) pairs, in page order; `resolve` makes Url absolute."""
    found: dict[str, str] = {}
    for name, content in metas:
        field = _FIELDS.get(name.strip().lower().removeprefix("meta-"))
        value = " ".join(content.split())
        if field and value.lower() not in _NOTHING:
            found[field] = value
    if not found:
        return PageTags()
    if "url" in found:
        found["url"] = resolve(found["url"]) or ""
    return PageTags(**found, pub_date=parse_pub_date(found.get("pub_date_raw", "")))


def parse_pub_date(text: str) -> datetime | None:
    """Read a PubDate as sites print it: dashes, slashes, 年月日, a glued time, or seconds since 1970.

    >>> parse_pub_date("2026-07-12-09:37:43")
    datetime.datetime(2026, 7, 12, 9, 37, 43)
    """
    text = text.strip()
    if match := _DATE.search(text):
        return _moment(match)
    if match := _COMPACT.fullmatch(text):
        return _moment(match)
    if _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(text[:10]), CHINA).replace(tzinfo=None)
    return None


def _moment(match: re.Match[str]) -> datetime | None:
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
    try:
        return datetime(year, month, day, hour, minute, second)
    except ValueError:
        return _day(year, month, day)


def _day(year: int, month: int, day: int) -> datetime | None:
    """A template that prints 24:00 has spoilt the time and not the day."""
    try:
        return datetime(year, month, day)
    except ValueError:
        return None
