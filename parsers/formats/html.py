"""HTML into a document: the article alone, without the site's furniture.

The article is the container that the site families use (TRS, UCAP, Hanweb, Visual SiteBuilder and others);
where none is found, the smallest element that holds most of the page's text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lxml import etree
from lxml.etree import _Element as Element

from parsers.characters import key, mend, raised, tidy
from parsers.document import Cell, Document, Grid, Paragraph
from parsers.encoding import decode
from parsers.outcomes import TooMuch
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
_DEEPEST = 2000
_TOO_DEEP = etree.ErrorTypes.ERR_RESOURCE_LIMIT
_CELLS = frozenset(["td", "th"])
_WEIGHTLESS = _SKIPPED | {"a"}
_UNSEEN = _SKIPPED - {"head", "title"}
_PLAIN = frozenset(["p", "span", "div", "font", "b", "strong"])
_NAMED = etree.XPath("descendant-or-self::*[@id or @class]")
_NUMBER = re.compile(r"\s*\+?(\d{1,6})")
_MOST_COLUMNS = 1000
"""The widest span that browsers take."""
_MOST_SPANNED = 1_000_000
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
        unknown: list[Element] = []
        current: Element | None = element
        while current is not None and current not in self._known:
            unknown.append(current)
            current = current.getparent()
        for each in reversed(unknown):
            self._name(each)
        return self._known[element]

    def _name(self, element: Element) -> None:
        """Name an element whose parent is known, and all beside it."""
        parent = element.getparent()
        if parent is None:
            self._known[element] = f"/{str(element.tag)}[1]"
            return
        above, counts = self._known[parent], dict[str, int]()
        for child in parent.iterchildren(etree.Element):
            tag = str(child.tag)
            counts[tag] = counts.get(tag, 0) + 1
            self._known[child] = f"{above}/{tag}[{counts[tag]}]"


def read(data: bytes) -> Document:
    """Read a page. Never fails on broken markup: what cannot be read as an article is an empty document.

    Raises :class:`~parsers.outcomes.TooMuch` for markup that no browser would take either.
    """
    root = _parse(decode(data)[0])
    if root is None:
        return Document(HTML, ())
    tags = _tags(root)
    body = root.find("body")
    paths = _Paths()
    writer = _Writer(paths)
    article = _article(body if body is not None else root)
    _walk(article, writer)
    writer.end()
    meta = {**_labelled(root, article), **writer.properties, **tags}
    return Document(HTML, tuple(writer.blocks), _title(root, tags), meta)


def _parse(text: str) -> Element | None:
    parser = etree.HTMLParser(encoding="utf-8", remove_pis=True, huge_tree=True)
    try:
        root = etree.fromstring(text.replace("\x00", "").encode("utf-8", "replace"), parser=parser)
    except etree.XMLSyntaxError:
        return None
    if any(entry.type == _TOO_DEEP for entry in parser.error_log.filter_from_fatals()):
        raise TooMuch("markup too deep to be read")
    for note in root.iter("sup"):
        for element in note.iter():
            element.text = raised(element.text) if element.text else element.text
            if element is not note and element.tail:
                element.tail = raised(element.tail)
    return root


def _tags(root: Element) -> dict[str, str]:
    """The page's meta tags as 《政府网站发展指引》 (国办发〔2017〕47号, annex) names them, in lower case.

    Names are read without regard to case and without a ``meta-`` prefix; of several the last that says
    something wins, and ``null`` says nothing.
    """
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
    marked: list[Element] = [e for e in _NAMED(body) if e in weights and _is_container(e)]
    marked += _commented(body)
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
        tag, text, tail = element.tag, element.text, element.tail
        weight = 0
        if tag not in _WEIGHTLESS:
            weight = inner[element] + (2 if tag in _CELLS else 0) + (len(text.strip()) if text else 0)
        inner[element] = weight
        parent = element.getparent()
        if parent in inner:
            inner[parent] += weight + (len(tail.strip()) if tail else 0)
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
    parts: list[str] = []
    todo: list[Element | str] = [root]
    while todo:
        item = todo.pop()
        if isinstance(item, str):
            parts.append(item)
        elif item is not article and isinstance(item.tag, str) and item.tag not in _UNSEEN:
            gap = "\n" if item.tag in _BLOCKS else ""
            parts += [gap, item.text or ""]
            todo.append(gap)
            for child in reversed(item):
                todo += [child.tail or "", child]
    for name, value in _LABELLED.findall(mend("".join(parts))):
        found.setdefault(name, value)
    return found


def _walk(article: Element, writer: _Writer) -> None:
    """Write the article's content, in reading order. Markup may be thousands deep: nothing calls itself."""
    todo = [(article, False)]
    while todo:
        element, leaving = todo.pop()
        if not leaving and _enter(element, writer):
            todo.append((element, True))
            todo.extend((child, False) for child in reversed(element))
            continue
        if leaving and element.tag in _BLOCKS:
            writer.end(element.tag in _HEADINGS)
        parent = element.getparent()
        if element is not article and parent is not None:
            writer.say(element.tail, parent)


def _enter(element: Element, writer: _Writer) -> bool:
    """Begin an element; whether what it holds is to be walked through."""
    if not isinstance(element.tag, str) or element.tag in _SKIPPED or _hidden(element):
        return False
    if element.tag == "br":
        writer.end()
        return False
    if element.tag == "table" and _write_table(element, writer):
        return False
    if element.tag in _BLOCKS:
        writer.end()
    writer.say(element.text, element)
    return True


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
    if grid.height > 10 or not any("索引号" in c.text or "发布机构" in c.text for c in grid.cells):
        return False
    return sum(bool(_PROPERTY_TABLE.match(c.text)) and len(c.text) < 24 for c in grid.cells) >= 3


def _keep_properties(grid: Grid, properties: dict[str, str]) -> None:
    for label, value in zip(grid.cells, grid.cells[1:], strict=False):
        if value.text and label.text.endswith((":", "：")) or _PROPERTY_TABLE.fullmatch(label.text):
            properties.setdefault(key(label.text), value.text)
    for cell in grid.cells:
        for name, value_text in _LABELLED.findall(cell.text):
            properties.setdefault(name, value_text)


def _rows(table: Element) -> Iterator[list[Element]]:
    """The rows of a table as lists of cells. Cells that stand in no row make one, as in browsers."""
    loose: list[Element] = []
    for child in table.iterchildren(etree.Element):
        if child.tag in _CELLS:
            loose.append(child)
            continue
        if loose:
            yield loose
            loose = []
        if child.tag == "tr":
            if not _hidden(child):
                yield list(_cells(child))
        elif child.tag in ("tbody", "thead", "tfoot", "form", "center"):
            yield from _rows(child)
    if loose:
        yield loose


def _cells(row: Element) -> Iterator[Element]:
    """The cells of a row, also within forms and such that stand between."""
    for child in row.iterchildren(etree.Element):
        if child.tag in _CELLS:
            yield child
        elif child.tag in ("form", "center", "span", "font", "tr"):
            yield from _cells(child)


def _span(element: Element, name: str, most: int, whole: int = 1) -> int:
    """A span as browsers read it: the digits it begins with; 0 means ``whole``, no number 1."""
    stated = element.get(name)
    if stated is None or stated == "1":
        return 1
    written = _NUMBER.match(stated)
    return min(int(written[1]) or whole, most) if written else 1


def _grid(table: Element, paths: _Paths) -> Grid:
    """Place the cells as a browser does: spans push later cells aside, a row's span ends with its table, and
    cells that are not shown are none.
    """
    rows = list(_rows(table))
    busy: dict[int, int] = {}
    cells: list[Cell] = []
    spanned = 0
    for row, elements in enumerate(rows):
        column, left = 0, len(rows) - row
        for cell in elements:
            if _hidden(cell):
                continue
            while busy.get(column, 0) > row:
                column += 1
            colspan, rowspan = _span(cell, "colspan", _MOST_COLUMNS), _span(cell, "rowspan", left, left)
            cells.append(Cell(row, column, _cell_text(cell), paths.locator(cell), rowspan, colspan))
            if rowspan > 1:
                spanned += rowspan + colspan
                busy.update(dict.fromkeys(range(column, column + colspan), row + rowspan))
            if spanned > _MOST_SPANNED:
                raise TooMuch("a table whose cells span more than any form's")
            column += colspan
    return Grid(tuple(_without_empty_columns(cells)), paths.locator(table))


def _without_empty_columns(cells: list[Cell]) -> list[Cell]:
    """The cells without the columns that none of them begins in: spans may be wider than their table."""
    starts = sorted({cell.column for cell in cells})
    if not cells or max(cell.column + cell.colspan for cell in cells) == len(starts):
        return cells

    def kept(column: int) -> int:
        return bisect_left(starts, column)

    return [
        replace(c, column=kept(c.column), colspan=kept(c.column + c.colspan) - kept(c.column)) for c in cells
    ]


def _says(text: str | None) -> bool:
    return text is not None and not text.isspace() and text != ""


def _cell_text(cell: Element) -> str:
    """The cell's text; lines and blocks in it are parted by a space unless Han characters meet."""
    innermost = cell
    while len(innermost) == 1 and not _says(innermost.text) and not _says(innermost[0].tail):
        innermost = innermost[0]
        if innermost.tag not in _PLAIN or _hidden(innermost):
            break
    else:
        if not len(innermost):
            return tidy(innermost.text or "")
    parts: list[str] = []
    todo: list[Element | str] = [cell]
    while todo:
        item = todo.pop()
        if isinstance(item, str):
            parts.append(item)
        elif isinstance(item.tag, str) and item.tag not in _SKIPPED and not _hidden(item):
            gap = " " if item.tag in _BLOCKS or item.tag == "br" else ""
            parts += [gap, item.text or ""]
            todo.append(gap)
            for child in reversed(item):
                todo += [child.tail or "", child]
    return tidy("".join(parts))
