"""One fetched HTML page, parsed once: its text, page tags, links and what its scripts say.

Pure: bytes and a URL in, facts out. Everything that costs a walk over the whole tree (main text, breadcrumb,
scripts, dates of rows) is worked out when first asked for, because it runs for every page fetched.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache
from typing import Literal
from urllib.parse import quote

from lxml import etree

from crawler.pagetags import PageTags, parse_pub_date, read_tags
from parsers.encoding import decode

Kind = Literal["anchor", "frame", "pager", "attachment"]
Resolve = Callable[[str], str | None]

#: The end of a file's name, or of an address without its query.
FILE_EXTENSION = re.compile(r"\.(?:pdf|docx?|wps|xlsx?|et|ofd|rtf|odt|mht|pptx?|zip|rar|7z|txt|csv)$", re.I)
_ATTACHMENT = re.compile(
    FILE_EXTENSION.pattern
    + r"|/down(?:load|file|attach\w*)?\.(?:jsp|do|aspx?|action|php|ashx|htm)$|/document/download$"
    r"|/(?:downloadfile|filedownload|attachment/download|file/download|downloadattach\w*)(?:\.\w+|/[\w-]+)?$",
    re.I,
)
#: The words and signs of a pager's links.
PAGER = re.compile(
    r"(?:\[|【|<|«|‹)*\s*(?:上一?页|下一?页|前一页|后一页|首\s*页|末页|尾页|最后一?页|第\d+页|next|last|\d{1,3}|>{1,2}|»|›)"
    r"\s*(?:\]|】|>|»|›)*",
    re.I,
)
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
_ONCLICK = re.compile(
    r"""(?:window\.open\(|location(?:\.href)?\s*=|location\.(?:replace|assign)\()\s*["']([^"']+)["']"""
    r"""|\(\s*["']([^"'\s]+\.(?:pdf|docx?|wps|xlsx?|ofd|zip|rar|s?html?|jsp|aspx?|php)(?:\?[^"'\s]*)?)["']"""
    r"""|\(\s*["']((?:https?://|/|\./|\.\./)[^"'\s]+)["']""",
    re.I,
)
_CLICKED = etree.XPath("//body//*[@onclick][not(self::a)][not(self::body)]")
_MOST_CLICKED = 400
_OPTION = re.compile(r"(?:https?://|\.{0,2}/|\w[\w%.-]*(?:/|\.(?:s?html?|jsp|aspx?|php)\b))\S*", re.I)
_REFRESH = re.compile(r"url\s*=\s*[\"']?([^\"']+)", re.I)
_CRUMB_LABEL = re.compile(
    r"(?:您|你)?(?:现在|当前|目前)?(?:所在)?(?:的)?(?:当前)?(?:所在)?(?:的)?位置(?:是)?\s*[:：]?"
)
_CRUMB_WORDS = ("当前位置", "您的位置", "现在的位置", "所在位置", "所在的位置", "你的位置", "当前的位置")
_CRUMB_LONGEST = 240
_ROWS = frozenset({"li", "tr", "dd", "dt", "p"})
_ROW_LONGEST = 400
_SHOWN_DATE = re.compile(r"[\[（(]?(?:19|20)\d{2}[-./]\d{1,2}[-./]\d{1,2}[\]）)]?")
_MOST_TEXTS = 4
_HEADING_LEVELS = 6
_HEADING_LONGEST = 40
_LONGEST_LABEL = 120
_SHELL_LONGEST = 5000
_MAIN_TEXT = etree.XPath(
    "//body//text()[not(parent::script or parent::style or parent::noscript or ancestor::a)]",
    smart_strings=False,
)

_FILE_MAGIC = (b"%pdf", b"pk\x03\x04", b"\xd0\xcf\x11\xe0", b"rar!", b"7z\xbc", b"\x89png", b"\xff\xd8\xff")


@dataclass(frozen=True, slots=True)
class Link:
    """A link as a reader of the page meets it; `title` is the attribute, often the text in full.

    `also` are other texts under which the page links to the same address.
    """

    url: str
    text: str = ""
    title: str = ""
    kind: Kind = "anchor"
    also: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The longer of text and title attribute: list rows are often cut with an ellipsis."""
        return self.title if len(self.title) > len(self.text) else self.text


@dataclass(frozen=True, eq=False)
class Page:
    """An HTML page read once; `base` is what its relative links resolve against."""

    url: str
    base: str
    text: str
    encoding: str
    title: str
    tags: PageTags
    links: tuple[Link, ...]
    scripts: tuple[str, ...]
    root: etree._Element | None = field(repr=False)
    resolve: Resolve = field(repr=False)
    _elements: dict[str, etree._Element] = field(repr=False)

    @cached_property
    def scripts_text(self) -> str:
        """The inline scripts, joined; those inside HTML comments never run and are left out."""
        return "\n".join(self.scripts)

    @cached_property
    def main_text_length(self) -> int:
        """Characters of `main_text`, blanks not counted."""
        return len("".join(self.main_text.split()))

    @cached_property
    def main_text(self) -> str:
        """What a reader could read that is neither a link nor a script or style."""
        if self.root is None:
            return ""
        found = _MAIN_TEXT(self.root)
        return " ".join(" ".join(map(str, found)).split()) if isinstance(found, list) else ""

    @cached_property
    def breadcrumb(self) -> str:
        """The path the page shows for itself (当前位置：首页 > …) without its label, or empty."""
        if self.root is None:
            return ""
        trail = [_text(a) for a in self.root.iter("a") if "CurrChnlCls" in a.get("class", "")]
        if trail:
            return " > ".join(trail)
        if "位置" not in self.text:
            return ""
        return _breadcrumb(self.root)

    def shown_date(self, url: str) -> date | None:
        """The date printed in the list row of the link to `url`, outside the link's own text."""
        element = self._elements.get(url)
        return None if element is None else _row_date(element)

    def headings(self, url: str) -> tuple[str, ...]:
        """Short texts right before the link to `url` or before a part that holds it, nearest first."""
        element = self._elements.get(url)
        return () if element is None else tuple(_headings(element))

    def row_text(self, url: str) -> str:
        """What the list row of the link to `url` says beside it; empty where it says much."""
        element = self._elements.get(url)
        return "" if element is None else _row_text(element)


def is_html(body: bytes) -> bool:
    """Whether a body looks like a page rather than a file of another kind."""
    head = body[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return not head.startswith(_FILE_MAGIC) and b"<" in head


def read_page(data: bytes, url: str, content_type: str | None = None) -> Page:
    """Parse `data` once; never raises on bad markup, and gives an empty page for empty bytes."""
    text, encoding = decode(data, content_type)
    root = _parse(data if encoding == "utf-8" else text.encode("utf-8", "replace"))
    if root is None:
        return Page(url, url, text, encoding, "", PageTags(), (), (), None, resolver(url), {})
    return _Reading(url, text, encoding, root).page()


def _parse(data: bytes) -> etree._Element | None:
    if not data.strip():
        return None
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        return etree.fromstring(data.replace(b"\0", b""), parser)
    except etree.XMLSyntaxError:
        return None


class _Reading:
    """The single pass over the tree, gathering as it goes."""

    def __init__(self, url: str, text: str, encoding: str, root: etree._Element) -> None:
        self.url, self.text, self.encoding, self.root = url, text, encoding, root
        self.base = _base(root, url)
        self.resolve = resolver(self.base, encoding)
        self.links: dict[str, Link] = {}
        self.elements: dict[str, etree._Element] = {}
        self.metas: list[tuple[str, str]] = []
        self.scripts: list[str] = []
        self.title = ""

    def page(self) -> Page:
        readers = {
            "a": self._anchor, "area": self._anchor, "iframe": self._frame, "frame": self._frame,
            "embed": self._frame, "object": self._frame, "option": self._option, "meta": self._meta,
            "script": self._script, "title": self._title,
        }  # fmt: skip
        for element in self.root.iter(*readers):
            readers[str(element.tag)](element)
        if "onclick" in self.text:
            for element in _CLICKED(self.root)[:_MOST_CLICKED]:
                self._add(
                    _clicked(element.get("onclick", "")), _text(element)[:_LONGEST_LABEL], element, "anchor"
                )
        if len(self.text) < _SHELL_LONGEST and not self.links:
            self._shell()
        return Page(
            url=self.url,
            base=self.base,
            text=self.text,
            encoding=self.encoding,
            title=self.title,
            tags=read_tags(self.metas, self.resolve),
            links=tuple(self.links.values()),
            scripts=tuple(self.scripts),
            root=self.root,
            resolve=self.resolve,
            _elements=self.elements,
        )

    def _anchor(self, element: etree._Element) -> None:
        href = element.get("href", "").strip()
        if not href or href[0] == "#" or href[:11].lower() == "javascript:":
            href = _clicked(element.get("onclick") or href)
        text = _text(element) or _picture_text(element)
        if element.get("appendix") == "true" or element.get("needdownload") == "true":
            self._add(href, text, element, "attachment")
        else:
            self._add(href, text, element, "pager" if len(text) < 12 and PAGER.fullmatch(text) else "anchor")

    def _frame(self, element: etree._Element) -> None:
        self._add(element.get("src") or element.get("data") or "", element.get("name", ""), element, "frame")

    def _option(self, element: etree._Element) -> None:
        value = element.get("value", "").strip()
        if _OPTION.fullmatch(value):
            self._add(value, _text(element), element, "anchor")

    def _meta(self, element: etree._Element) -> None:
        content = element.get("content", "")
        if name := element.get("name"):
            self.metas.append((name, content))
        elif element.get("http-equiv", "").lower() == "refresh" and (match := _REFRESH.search(content)):
            self._add(match.group(1), "", element, "frame")

    def _script(self, element: etree._Element) -> None:
        if element.text:
            self.scripts.append(element.text)

    def _title(self, element: etree._Element) -> None:
        self.title = self.title or _text(element)

    def _shell(self) -> None:
        """A short page without links that only sends the browser on: follow it as one would a frame."""
        for script in self.scripts:
            for match in _ONCLICK.finditer(script):
                self._add(_address(match), "", self.root, "frame")

    def _add(self, href: str, text: str, element: etree._Element, kind: Kind) -> None:
        url = self.resolve(href)
        if url is None:
            return
        if kind == "anchor" and _is_attachment(url):
            kind = "attachment"
        known = self.links.get(url)
        if known is not None and kind == known.kind == "pager" and text not in known.text:
            text = f"{known.text} {text}"  # 2 and 下一页 may be one link: both words count
        if known is None or len(text) > len(known.text):
            title = " ".join(element.get("title", "").split()) or (known.title if known else "")
            self.links[url] = Link(url, text, title, kind, _also(known, known.text) if known else ())
            self.elements[url] = element
        elif text and text != known.text:
            self.links[url] = replace(known, also=_also(known, text))


def _also(known: Link, text: str) -> tuple[str, ...]:
    """The other texts of a link with one more, unless they are many: then its texts say little."""
    if not text or text in known.also or len(known.also) >= _MOST_TEXTS:
        return known.also
    return (*known.also, text)


@lru_cache(maxsize=32768)
def _is_attachment(url: str) -> bool:
    return _ATTACHMENT.search(url.partition("?")[0]) is not None


def _base(root: etree._Element, url: str) -> str:
    for element in root.iter("base"):
        if href := element.get("href", "").strip():
            return resolver(url)(href) or url
    return url


def _clicked(code: str) -> str:
    match = _ONCLICK.search(code)
    return _address(match) if match else ""


def _address(match: re.Match[str]) -> str:
    return next(group for group in match.groups() if group)


def _text(element: etree._Element) -> str:
    if len(element):
        return " ".join("".join(str(part) for part in element.itertext()).split())
    return " ".join((element.text or "").split())


def _picture_text(element: etree._Element) -> str:
    for image in element.iter("img"):
        return " ".join((image.get("alt") or image.get("title") or "").split())
    return ""


def _breadcrumb(root: etree._Element) -> str:
    labels = root.xpath("//body//text()[contains(., '位置')]/..")
    for element in labels if isinstance(labels, list) else []:
        if isinstance(element, etree._Element) and (trail := _trail(element)):
            return trail
    return ""


def _trail(element: etree._Element) -> str:
    """The label's own element, or the nearest ancestor that holds more than the label."""
    here: etree._Element | None = element
    for _ in range(4):
        if here is None or here.tag in {"script", "style"}:
            return ""
        text = _text(here)
        if len(text) > _CRUMB_LONGEST or not any(word in text for word in _CRUMB_WORDS):
            return ""
        if trail := _CRUMB_LABEL.sub("", text, count=1).strip(" ：:>"):
            return trail
        here = here.getparent()
    return ""


def _row_date(element: etree._Element) -> date | None:
    row = element
    for _ in range(4):
        parent = row.getparent()
        if parent is None or row.tag in _ROWS:
            break
        row = parent
        if row.tag in _ROWS:
            break
        if len(row.findall(".//a")) > 1:
            return None
        if shown := _date_beside(row, element):
            return shown
    return _date_beside(row, element)


_MORE = re.compile(r"\s*(?:查看|了解)?(?:更多|more)\W*$", re.I)


def _headings(element: etree._Element) -> Iterator[str]:
    here: etree._Element | None = element
    for _ in range(_HEADING_LEVELS):
        if here is None or here.tag == "body":
            return
        before, parent = here.getprevious(), here.getparent()
        while before is not None and before.tag in ("img", "br", "i") and not (before.tail or "").strip():
            before = before.getprevious()
        beside = before.tail if before is not None else parent.text if parent is not None else ""
        above = _text(before) if before is not None and isinstance(before.tag, str) else ""
        for text in (" ".join((beside or "").split()), above):
            if 0 < len(bare := _MORE.sub("", text)) <= _HEADING_LONGEST:
                yield bare
        here = parent


def _row_text(element: etree._Element) -> str:
    row: etree._Element | None = element
    while row is not None and row.tag not in {"li", "tr", "dd", "p"}:
        row = row.getparent()
    text = "" if row is None else _text(row).replace(_text(element), " ", 1)
    return " ".join(_SHOWN_DATE.sub(" ", text).split()) if len(text) <= _ROW_LONGEST else ""


def _date_beside(row: etree._Element, element: etree._Element) -> date | None:
    text, own = _text(row), _text(element)
    if len(text) > _ROW_LONGEST:
        return None
    rest = text if row is element else text.replace(own, " ", 1)
    moment = parse_pub_date(rest) or (parse_pub_date(own) if len(element) else None)
    return moment.date() if moment else None


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
