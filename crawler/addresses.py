"""From what a page writes for an address to the one URL of what is meant. Pure."""

import re
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import quote

Resolve = Callable[[str], str | None]

_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.\-]*):")
_ABSOLUTE = re.compile(r"(https?)://([^/?]+)(.*)", re.I | re.S)
_HOST = re.compile(r"(?:[\w.\-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?")
_SESSION_PATH = re.compile(r";[a-z]*sessionid[^/?]*|/\([SXF]\([a-z0-9]{16,}\)\)(?=/)", re.I)
_SESSION_QUERY = re.compile(
    r"(?:^|(?<=&))(?:j?session_?id|phpsessid|aspsessionid\w*|asp\.net_sessionid|(?:sid|session|sess|zsid)"
    r"(?==[0-9a-z_-]{16,}(?:&|$))|(?:_|t|ts|timestamp|rnd|rand|random|nocache)(?==(?:0\.\d+|\d{10,13})(?:&|$)))"
    r"=[^&]*&?",
    re.I,
)
_VOLATILE = re.compile(r"sess|[?&](?:sid|zsid|_|ts?|timestamp|rnd|rand|random|nocache)=|/\([SXF]\(", re.I)


def resolver(base: str, encoding: str = "utf-8") -> Resolve:
    """A function from an href to its absolute http(s) URL, or None for what is no page.

    Written out rather than left to `urllib.parse.urljoin`, which alone would take most of a page's time.
    Fragments and session ids go; the host is lower case and its default port dropped, so that one page has
    one URL; what is not ASCII is escaped as a browser does (path by UTF-8, query by the page's encoding).
    """
    match = _ABSOLUTE.match(base)
    if match is None:
        return lambda href: _absolute(href, encoding)
    origin = f"{match.group(1).lower()}://{_host(match.group(1).lower(), match.group(2))}"
    path = match.group(3).partition("#")[0].partition("?")[0] or "/"
    folder = path[: path.rfind("/") + 1]

    def resolve(href: str) -> str | None:
        href, _, fragment = href.strip().partition("#")
        if not href:
            return None
        if fragment and "/gkmlpt/" in href and fragment.isdecimal():
            # the one system whose columns differ by the fragment alone
            return f"{plain}#{fragment}" if (plain := resolve(href)) else None
        if _SCHEME.match(href) is not None:
            return _absolute(href, encoding)
        if href.startswith(("//", "\\\\")):
            return _absolute(f"{origin.partition(':')[0]}:{href}", encoding)
        if href[0] in "/\\":
            return origin + _tidy(href, encoding)
        if href[0] == "?":
            return origin + _tidy(path + href, encoding)
        return origin + _tidy(folder + href, encoding)

    return resolve


@lru_cache(maxsize=32768)
def _absolute(href: str, encoding: str) -> str | None:
    match = _ABSOLUTE.match(href.partition("#")[0].strip().replace("\\", "/"))
    if match is None:
        return None
    scheme = match.group(1).lower()
    host = _host(scheme, match.group(2))
    return f"{scheme}://{host}{_tidy(match.group(3) or '/', encoding)}" if host else None


@lru_cache(maxsize=4096)
def _host(scheme: str, netloc: str) -> str:
    """The host in one spelling; empty for what can be none (names and passwords, stray brackets, blanks)."""
    host = netloc.strip().lower()
    if _HOST.fullmatch(host) is None:
        return ""
    return host.removesuffix(":80" if scheme == "http" else ":443")


@lru_cache(maxsize=32768)
def _tidy(tail: str, encoding: str) -> str:
    path, mark, query = tail.partition("?")
    if "\\" in path:
        path = path.replace("\\", "/")
    if _VOLATILE.search(tail):
        path = _SESSION_PATH.sub("", path)
        query = _SESSION_QUERY.sub("", query).rstrip("&")
        mark = "?" if query else ""
    if "/." in path:
        path = _without_dots(path)
    if not path.startswith("/"):
        path = "/" + path
    tail = path + mark + query
    return tail if tail.isascii() and not _UNSAFE.search(tail) else _escaped(path, mark, query, encoding)


_UNSAFE = re.compile(r"[\s\"<>^`{|}\x00-\x20\x7f]")
_SAFE = "/%:@!$&'()*+,;=~-._?[]"


def _escaped(path: str, mark: str, query: str, encoding: str) -> str:
    path = re.sub(r"[\r\n\t]", "", path)
    query = re.sub(r"[\r\n\t]", "", query)
    codec = "gb18030" if encoding.startswith("gb") else "utf-8"
    return quote(path, safe=_SAFE) + mark + quote(query, safe=_SAFE, encoding=codec, errors="replace")


def _without_dots(path: str) -> str:
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments[1:]:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)
