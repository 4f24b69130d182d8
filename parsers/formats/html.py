"""HTML into a document: the article alone, without the site's furniture.

The article is the container that the site families use (TRS, UCAP, Hanweb, Visual SiteBuilder and others);
where none is found, the smallest element that holds most of the page's text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree
from lxml.etree import _Element as Element

from parsers.characters import is_han, key, mend, tidy
from parsers.document import Cell, Document, Grid, Paragraph
from parsers.sniff import HTML

_SKIPPED = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "select",
        "option",
        "button",
        "textarea",
        "iframe",
        "object",
        "embed",
        "svg",
        "canvas",
        "audio",
        "video",
        "map",
        "link",
        "meta",
        "title",
        "head",
        "nav",
        "input",
    ]
)
_BLOCKS = frozenset(
    [
        "html",
        "body",
        "address",
        "article",
        "aside",
        "blockquote",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "caption",
        "ucapcontent",
        "ucaptitle",
    ]
)
_TITLES = ("h1", "ucaptitle", "title")
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_IDS = frozenset(
    [
        "zoom",
        "ucap-content",
        "vsb_content",
        "vsb_content_2",
        "vsb_content_3",
        "vsb_content_4",
        "vsb_content_500",
        "vsb_content_501",
        "vsb_content_1001",
        "pages_content",
        "artibody",
        "article",
        "article_content",
        "articlecontent",
        "content",
        "contentbox",
        "js_content",
        "mainbox",
        "main-content",
        "maincontent",
        "newscontent",
        "news_content",
        "con_con",
        "xxgk_content",
        "detailcontent",
        "textbox",
        "contentregion",
        "fontzoom",
        "barrierfree_container",
    ]
)
_CLASSES = frozenset(
    [
        "trs_editor",
        "trs_ueditor",
        "trs_web",
        "trs_preappend",
        "view",
        "ucap-content",
        "pages_content",
        "article-content",
        "article_content",
        "articlecon",
        "article-con",
        "content",
        "detail-content",
        "detail_content",
        "news_content",
        "newscontent",
        "con_text",
        "txtcon",
        "wzcon",
        "wznr",
        "main-txt",
        "conttxt",
        "xxgk_content",
        "bt_content",
        "zw_content",
        "zwcon",
        "xl_content",
        "editor-content",
        "v_news_content",
        "news-content",
        "text-content",
        "info_content",
        "info-content",
        "article_con",
        "pagecontent",
    ]
)
_BEGIN = re.compile(
    r"content\.?\s*begin|<\$\[信息内容\]>begin|正文开始|ZJEG_RSS\.content\.begin", re.IGNORECASE
)
_TAG_PREFIX = "meta-"
_DATE_WORDS = "发布时间|发布日期|发文日期|成文日期|生成日期|公开日期|公开时间|日期|时间"
_LABELLED = re.compile(
    rf"({_DATE_WORDS}|发布机构|发文机关|公开机构|信息来源|来源|索引号)[\s】\]]*[:：]\s*([^\s|｜【】\[\]]{{2,40}}(?:\s\d{{1,2}}:\d{{2}})?)"
)
_PROPERTY_TABLE = re.compile(
    r"索引号|信息分类|发布机构|发文日期|文\s*号|有效性|公开方式|公开时限|主题分类|名\s*称|成文日期|体裁"
)
_NOT_AN_ARTICLE = frozenset(["table", "tbody", "tr", "p"])
_DEEPEST = 200
_LEAST_ARTICLE = 60


@dataclass(slots=True)
class _Writer:
    """Collects blocks; text that runs on without a block's end is one paragraph."""

    paths: _Paths
    blocks: list[Paragraph | Grid] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    start: Element | None = None
    properties: dict[str, str] = field(default_factory=dict)

    def say(self, text: str | None, element: Element) -> None:
        if text and text.strip():
            self.start = self.start if self.start is not None else element
            self.parts.append(text)
        elif text and self.parts:
            self.parts.append(" ")

    def end(self, heading: bool = False) -> None:
        text = tidy("".join(self.parts))
        if text and self.start is not None:
            self.blocks.append(Paragraph(text, self.paths.locator(self.start), heading))
        self.parts, self.start = [], None


class _Paths:
    """Paths of elements, each parent's children counted once."""

    def __init__(self) -> None:
        self._known: dict[Element, str] = {}

    def locator(self, element: Element) -> str:
        return f"html:{self._path(element)}"

    def _path(self, element: Element) -> str:
        known = self._known.get(element)
        if known is not None:
            return known
        parent = element.getparent()
        if parent is None:
            self._known[element] = f"/{str(element.tag)}[1]"
            return self._known[element]
        above, counts = self._path(parent), dict[str, int]()
        for child in parent.iterchildren(etree.Element):
            tag = str(child.tag)
            counts[tag] = counts.get(tag, 0) + 1
            self._known[child] = f"{above}/{tag}[{counts[tag]}]"
        return self._known[element]


def read(data: bytes) -> Document:
    """Read a page. Never fails on broken markup: what cannot be read as an article is an empty document."""
    root = _parse(decode(data))
    if root is None:
        return Document(HTML, ())
    tags = _tags(root)
    body = root.find("body")
    paths = _Paths()
    writer = _Writer(paths)
    article = _article(body if body is not None else root)
    _walk(article, writer, 0)
    writer.end()
    meta = {**_labelled(root, article), **writer.properties, **tags}
    return Document(HTML, tuple(writer.blocks), _title(root, tags), meta)


def page_tags(data: bytes) -> dict[str, str]:
    """The page's meta tags as 《政府网站发展指引》 (国办发〔2017〕47号, annex) names them, names in lower
    case.

    Names are read without regard to case and without a ``meta-`` prefix; of several the last that says
    something wins, and ``null`` says nothing.
    """
    root = _parse(decode(data))
    return {} if root is None else _tags(root)


def decode(data: bytes) -> str:
    """Text of a page: UTF-8 if it decodes, else GB 18030 if it decodes, else what it declares, else UTF-8
    with marks.
    """
    for mark, name in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if data.startswith(mark):
            return data.decode(name, "replace")
    for name in ("utf-8", "gb18030"):
        try:
            return data.decode(name)
        except UnicodeDecodeError:
            continue
    declared = re.search(rb"charset\s*=\s*[\"']?\s*([\w-]+)", data[:4096], re.IGNORECASE)
    try:
        return data.decode(declared[1].decode("ascii") if declared else "utf-8", "replace")
    except LookupError:
        return data.decode("utf-8", "replace")


def _parse(text: str) -> Element | None:
    parser = etree.HTMLParser(encoding="utf-8", remove_pis=True)
    try:
        return etree.fromstring(text.replace("\x00", "").encode("utf-8", "replace"), parser=parser)
    except etree.XMLSyntaxError:
        return None


def _tags(root: Element) -> dict[str, str]:
    tags: dict[str, str] = {}
    for element in root.iter("meta"):
        name = (
            (element.get("name") or element.get("property") or "").strip().lower().removeprefix(_TAG_PREFIX)
        )
        content = tidy(element.get("content") or "")
        if name and content and content.lower() != "null":
            tags[name] = content
    return tags


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


def _hidden(element: Element) -> bool:
    style = element.get("style")
    if style and "none" in style.lower() and "display:none" in style.replace(" ", "").lower():
        return True
    return element.get("hidden") is not None


def _article(body: Element) -> Element:
    """The element that holds the article."""
    weights = _weights(body)
    marked = [e for e in weights if _is_container(e)] + list(_commented(body))
    dense = _densest(body, weights)
    largest = max((weights[e] for e in marked), default=0)
    if largest >= _LEAST_ARTICLE and largest >= 0.5 * weights[dense]:
        return [e for e in marked if weights[e] >= 0.9 * largest][-1]
    return dense


def _is_container(element: Element) -> bool:
    name = (element.get("id") or "").lower()
    if name in _IDS or name.startswith("vsb_content"):
        return True
    classes = element.get("class")
    return bool(classes) and not _CLASSES.isdisjoint(str(classes).lower().split())


def _commented(body: Element) -> Iterator[Element]:
    """Parents of the comments with which Hanweb and others mark where the content begins."""
    for comment in body.iter(etree.Comment):
        parent = comment.getparent()
        if parent is not None and comment.text and _BEGIN.search(comment.text):
            yield parent


def _weights(body: Element) -> dict[Element, int]:
    """Characters of text outside links in every element; a cell counts two more, for numbers are short."""
    elements = list(body.iter(etree.Element))
    inner = dict.fromkeys(elements, 0)
    for element in reversed(elements):
        if element.tag in _SKIPPED or element.tag == "a":
            inner[element] = 0
        else:
            inner[element] += len((element.text or "").strip()) + 2 * (element.tag in ("td", "th"))
        parent = element.getparent()
        if parent is not None and parent in inner:
            inner[parent] += inner[element] + len((element.tail or "").strip())
    return inner


def _densest(body: Element, weights: dict[Element, int]) -> Element:
    """From the body down, as long as one child holds three quarters of the text."""
    current = body
    for _ in range(_DEEPEST):
        children = [c for c in current.iterchildren(etree.Element) if c.tag not in _SKIPPED]
        best = max(children, key=lambda c: weights[c], default=None)
        if best is None or weights[best] < 0.75 * weights[current] or best.tag in _NOT_AN_ARTICLE:
            return current
        current = best
    return current


def _labelled(root: Element, article: Element) -> dict[str, str]:
    """Lines such as 发布时间：2024-01-31 that stand outside the article."""
    found: dict[str, str] = {}
    inside = set(article.iter(etree.Element))
    parts: list[str] = []
    for element in root.iter(etree.Element):
        if element.tag in _SKIPPED:
            parts.append(element.tail or "")
        elif element not in inside:
            parts += [element.text or "", "\n" if element.tag in _BLOCKS else "", element.tail or ""]
    for name, value in _LABELLED.findall(mend("".join(parts))):
        found.setdefault(name, value)
    return found


def _walk(element: Element, writer: _Writer, depth: int) -> None:
    """Write an element's content, in reading order."""
    if depth > _DEEPEST or not isinstance(element.tag, str) or element.tag in _SKIPPED or _hidden(element):
        return
    tag = element.tag
    if tag == "br":
        writer.end()
        return
    if tag == "table" and _write_table(element, writer):
        return
    block = tag in _BLOCKS
    if block:
        writer.end()
    writer.say(element.text, element)
    for child in element:
        _walk(child, writer, depth + 1)
        writer.say(child.tail, element)
    if block:
        writer.end(tag in _HEADINGS)


def _write_table(table: Element, writer: _Writer) -> bool:
    """Write a table as a grid; False when it only lays out the page and is to be walked through."""
    if any(len(list(inner.iter("td", "th"))) > 3 for inner in table.iter("table") if inner is not table):
        return False
    grid = _grid(table, writer.paths)
    if grid.width < 2:
        return False
    if sum(len(c.text) > 300 for c in grid.cells) and len(grid.cells) < 8:
        return False
    writer.end()
    if _is_property_table(grid):
        _keep_properties(grid, writer.properties)
    elif grid.cells:
        writer.blocks.append(grid)
    return True


def _is_property_table(grid: Grid) -> bool:
    """The box of index number, office and date that some sites print above an article."""
    labels = sum(bool(_PROPERTY_TABLE.match(c.text)) and len(c.text) < 24 for c in grid.cells)
    return (
        labels >= 3
        and grid.height <= 10
        and any("索引号" in c.text or "发布机构" in c.text for c in grid.cells)
    )


def _keep_properties(grid: Grid, properties: dict[str, str]) -> None:
    for label, value in zip(grid.cells, grid.cells[1:], strict=False):
        if value.text and label.text.endswith((":", "：")) or _PROPERTY_TABLE.fullmatch(label.text):
            properties.setdefault(key(label.text), value.text)
    for cell in grid.cells:
        for name, value_text in _LABELLED.findall(cell.text):
            properties.setdefault(name, value_text)


def _rows(table: Element) -> Iterator[Element]:
    for child in table.iterchildren(etree.Element):
        if child.tag == "tr":
            yield child
        elif child.tag in ("tbody", "thead", "tfoot", "form", "center"):
            yield from _rows(child)


def _span(element: Element, name: str) -> int:
    """A span as written, from 1 to 999; what is no number spans one."""
    written = (element.get(name) or "1").strip()[:3]
    return max(1, int(written)) if written.isdecimal() else 1


def _grid(table: Element, paths: _Paths) -> Grid:
    """Place the cells as a browser does: spans push later cells aside, a row's span ends with its table."""
    rows = list(_rows(table))
    taken: set[tuple[int, int]] = set()
    cells: list[Cell] = []
    for row, element in enumerate(rows):
        column = 0
        for cell in element.iterchildren("td", "th"):
            while (row, column) in taken:
                column += 1
            colspan, rowspan = _span(cell, "colspan"), min(_span(cell, "rowspan"), len(rows) - row)
            if colspan > 1 or rowspan > 1:
                taken.update(
                    (r, c) for r in range(row, row + rowspan) for c in range(column, column + colspan)
                )
            if not _hidden(cell):
                cells.append(Cell(row, column, _cell_text(cell), paths.locator(cell), rowspan, colspan))
            column += colspan
    return Grid(tuple(cells), paths.locator(table))


def _cell_text(cell: Element) -> str:
    """The cell's text; lines and blocks in it are parted by a space unless Han characters meet."""
    if not len(cell):
        return tidy(cell.text or "")
    parts: list[str] = []
    _collect(cell, parts, 0)
    return tidy("".join(parts))


def _collect(element: Element, parts: list[str], depth: int) -> None:
    if depth > _DEEPEST or not isinstance(element.tag, str) or element.tag in _SKIPPED or _hidden(element):
        return
    part = " " if element.tag in _BLOCKS or element.tag == "br" else ""
    parts += [part, element.text or ""]
    for child in element:
        _collect(child, parts, depth + 1)
        parts.append(child.tail or "")
    parts.append(part)


def is_link_list(document: Document) -> bool:
    """Whether the page lists other pages: many short lines, hardly a sentence."""
    texts = [p.text for p in document.paragraphs() if is_han(p.text)]
    return len(texts) >= 8 and sum("。" in t for t in texts) * 8 < len(texts)
