"""One fetched HTML page, parsed once: its text, page tags, links and what its scripts say.

Pure: bytes and a URL in, facts out. Everything that costs a walk over the whole tree (main text, breadcrumb,
scripts, dates of rows) is worked out when first asked for, because it runs for every page fetched.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache
from typing import Literal

from lxml import etree

from crawler.addresses import Resolve, resolver
from crawler.elements import breadcrumb_of, headings_of, picture_text, row_date, row_text_of, text_of
from crawler.pagetags import PageTags, read_tags
from parsers.encoding import decode

Kind = Literal["anchor", "frame", "pager", "attachment"]

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
_MOST_TEXTS = 4
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
        trail = [text_of(a) for a in self.root.iter("a") if "CurrChnlCls" in a.get("class", "")]
        if trail:
            return " > ".join(trail)
        if "位置" not in self.text:
            return ""
        return breadcrumb_of(self.root)

    def shown_date(self, url: str) -> date | None:
        """The date printed in the list row of the link to `url`, outside the link's own text."""
        element = self._elements.get(url)
        return None if element is None else row_date(element)

    def headings(self, url: str) -> tuple[str, ...]:
        """Short texts right before the link to `url` or before a part that holds it, nearest first."""
        element = self._elements.get(url)
        return () if element is None else tuple(headings_of(element))

    def row_text(self, url: str) -> str:
        """What the list row of the link to `url` says beside it; empty where it says much."""
        element = self._elements.get(url)
        return "" if element is None else row_text_of(element)


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
                    _clicked(element.get("onclick", "")), text_of(element)[:_LONGEST_LABEL], element, "anchor"
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
        text = text_of(element) or picture_text(element)
        if element.get("appendix") == "true" or element.get("needdownload") == "true":
            self._add(href, text, element, "attachment")
        else:
            self._add(href, text, element, "pager" if len(text) < 12 and PAGER.fullmatch(text) else "anchor")

    def _frame(self, element: etree._Element) -> None:
        self._add(element.get("src") or element.get("data") or "", element.get("name", ""), element, "frame")

    def _option(self, element: etree._Element) -> None:
        value = element.get("value", "").strip()
        if _OPTION.fullmatch(value):
            self._add(value, text_of(element), element, "anchor")

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
        self.title = self.title or text_of(element)

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
