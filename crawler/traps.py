"""Addresses that are not worth a request or never end, and twins of pages that have a plain address."""

import re
from functools import lru_cache
from urllib.parse import urlsplit

_TRAP = re.compile(
    r"/(?:search|so|sousuo|was5|irs|govsearch|igs|nxsearch|jsearch\w*|calendar|rili|login|register|reg|print|wap|"
    r"mobile|big5|gate/big5|en|english|rss|ewm|captcha|user|sso)(?:/|$)|/(?:search|so|sousuo|login|print)\w*\."
    r"(?:s?html?|jsp|do|aspx|php)|_(?:wap|ewm)\.s?html?$|[?&](?:searchword|keyword|searchWord|q|kw|day|month|date|"
    r"riqi|print)=[^&]",
    re.I,
)
_HEAVY = re.compile(
    r"\.(?:apk|ipa|exe|msi|dmg|iso|mp4|mp3|flv|avi|wmv|wma|mov|m3u8|rmvb|swf|jpe?g|png|gif|bmp|webp|svg|ico|css|js|"
    r"json|xml|woff2?|ttf)$",
    re.I,
)
TWIN_HOSTS = ("big5.", "wap.", "m.", "en.", "english.", "mail.", "search.")
_LONGEST_URL = 400
_DEEPEST_PATH = 14
_TWIN = re.compile(r"_(?:wap|mobile|phone|wx|ewm)(\.s?html?)$", re.I)
_BIG5 = re.compile(r"^https?://big5\.[^/]+/gate/big5/(.+)$", re.I)


@lru_cache(maxsize=16384)
def is_trap(url: str) -> bool:
    """Calendars, searches, logins, mobile twins, media, and paths that grow by repeating themselves."""
    if len(url) > _LONGEST_URL:
        return True
    parts = urlsplit(url)
    if _HEAVY.search(parts.path) or _TRAP.search(url[len(parts.scheme) + 3 + len(parts.netloc) :]):
        return True
    segments = [segment for segment in parts.path.split("/") if segment]
    return len(segments) > _DEEPEST_PATH or _repeats(segments)


def _repeats(segments: list[str]) -> bool:
    """One segment three times, or a pair of segments twice in a row (/a/b/a/b/)."""
    if len(segments) < 3 or len(set(segments)) == len(segments):
        return False
    if any(segments.count(segment) > 2 for segment in segments):
        return True
    return any(segments[i : i + 2] == segments[i + 2 : i + 4] for i in range(len(segments) - 3))


def plain_twin(url: str) -> str:
    """The page itself where the URL is its telephone, QR or traditional-characters twin, else the URL."""
    if "big5" in url and (match := _BIG5.match(url)):
        url = f"http://{match.group(1)}"
    return _TWIN.sub(r"\1", url) if "_" in url else url
