"""HTML into a document: the article alone, without the site's furniture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree
from lxml.etree import _Element as Element

from parsers.characters import tidy
from parsers.document import Document
from parsers.encoding import decode
from parsers.formats import html_properties
from parsers.formats.html_article import article_in, container_of
from parsers.formats.html_content import read_content
from parsers.formats.html_markup import STRUCK_OUT, hidden_among, raise_digits, silence, styles_among
from parsers.formats.html_sheets import classed
from parsers.outcomes import TooMuch
from parsers.sniff import HTML

_TITLES = ("h1", "ucaptitle", "title")
_TOO_DEEP = etree.ErrorTypes.ERR_RESOURCE_LIMIT


@dataclass(frozen=True, slots=True)
class _Page:
    """A page, all that its body holds in reading order, and its article."""

    root: Element
    within: Sequence[Element]
    article: Element


def read(data: bytes) -> Document:
    """Read a page. Never fails on broken markup: what cannot be read as an article is an empty document.

    Raises :class:`~parsers.outcomes.TooMuch` for markup that no browser would take either.
    """
    page = _page(data)
    return Document(HTML, ()) if page is None else _document(page)


def read_parts(files: Sequence[bytes]) -> list[Document]:
    """Read the pages over which one article is cut, each by itself; the first may differ from the others.

    The page with most to read shows which container the site puts its articles in, for one that holds a line
    or two could not tell.
    """
    pages = [_page(data) for data in files]
    fullest = max((page for page in pages if page), key=lambda page: _length(page.article), default=None)
    like = container_of(fullest.article) if fullest else None
    documents = []
    for number, page in enumerate(pages):
        if page is None:
            documents.append(Document(HTML, ()))
            continue
        alike = [e for e in page.within if like and container_of(e) == like]
        article = alike[0] if len(alike) == 1 else page.article
        documents.append(_document(_Page(page.root, page.within, article), begins_within=number > 0))
    return documents


def _page(data: bytes) -> _Page | None:
    root = _parse(decode(data)[0])
    if root is None:
        return None
    found = root.find("body")
    body = found if found is not None else root
    within = list(body.iter(etree.Element))  # held to the end, for then none is wrapped for Python twice
    return _Page(root, within, article_in(body, within))


def _document(page: _Page, *, begins_within: bool = False) -> Document:
    tags = html_properties.tags(page.root)
    styles = styles_among(page.within) + classed(page.root, page.within)
    silence(styles)
    content = read_content(page.article, hidden_among(page.within, styles), begins_within=begins_within)
    meta = {**html_properties.lines_beside(page.root, page.article), **content.properties, **tags}
    return Document(HTML, tuple(content.blocks), _title(page.root, tags), meta)


def _length(element: Element) -> int:
    return sum(len(str(text).strip()) for text in element.itertext())


def _parse(text: str) -> Element | None:
    parser = etree.HTMLParser(encoding="utf-8", remove_pis=True, huge_tree=True, collect_ids=False)
    try:
        root = etree.fromstring(text.replace("\x00", "").encode("utf-8", "replace"), parser=parser)
    except etree.XMLSyntaxError:
        return None
    if root is None:  # nothing but comments
        return None
    if any(entry.type == _TOO_DEEP for entry in parser.error_log.filter_from_fatals()):
        raise TooMuch("markup too deep to be read")
    etree.strip_elements(root, *STRUCK_OUT, with_tail=False)
    for note in root.iter("sup", "sub"):
        raise_digits(note)
    return root


def _title(root: Element, tags: dict[str, str]) -> str | None:
    """The article's title: its tag, else the first heading, else the page's own title."""
    if tags.get("articletitle"):
        return tags["articletitle"]
    for tag in _TITLES:
        for element in root.iter(tag):
            text = tidy("".join(map(str, element.itertext())))
            if text:
                return text
    return None
