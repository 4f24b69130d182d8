"""An article's paragraphs and tables, in reading order."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import takewhile

from lxml import etree
from lxml.etree import _Element as Element

from parsers.characters import tidy
from parsers.document import Grid, Paragraph
from parsers.formats import html_properties, html_table
from parsers.formats.html_article import is_known_container
from parsers.formats.html_frame import without_frame
from parsers.formats.html_links import leads_away
from parsers.formats.html_markup import BLOCKS, HEADINGS, SKIPPED
from parsers.formats.html_paths import Paths

_LONG_CELL = 300
_FEW_CELLS = 8
_NOT_WORDS = re.compile(r"[\W\d_年月日]+")


@dataclass(slots=True)
class Content:
    """Blocks as they are collected, and the properties of boxes above the article."""

    hidden: frozenset[Element]
    begins_within: bool = False
    paths: Paths = field(default_factory=Paths)
    blocks: list[Paragraph | Grid] = field(default_factory=list)
    properties: dict[str, str] = field(default_factory=dict)
    links: set[int] = field(default_factory=set)
    within_links: int = 0
    _parts: list[str] = field(default_factory=list)
    _linked: list[str] = field(default_factory=list)
    _start: Element | None = None
    _taken: set[Element] = field(default_factory=set)

    def say(self, text: str, element: Element) -> None:
        """Text that runs on until a block ends is one paragraph."""
        if not text.isspace():
            self._start = self._start if self._start is not None else element
            self._parts.append(text)
            if self.within_links:
                self._linked.append(text)
        elif self._parts:
            self._parts.append(" ")

    def end(self, heading: bool = False) -> None:
        """End the paragraph, if there is one."""
        if self._start is None:
            return
        if text := tidy("".join(self._parts)):
            if self._linked and not self.within_links and _words(text) == _words("".join(self._linked)) != "":
                self.links.add(len(self.blocks))
            self.blocks.append(Paragraph(text, self.paths.locator(self._start), heading))
        self._parts, self._linked, self._start = [], [], None

    def take_table(self, table: Element) -> bool:
        """Take a table as a grid; False when it only lays out the page and is to be walked through."""
        if html_table.lays_out(table):
            return False
        grid = html_table.read_grid(table, self.paths, self.hidden)
        if not any(cell.column + cell.colspan > 1 for cell in grid.cells):
            return False
        if len(grid.cells) < _FEW_CELLS and any(len(c.text) > _LONG_CELL for c in grid.cells):
            return False
        self.end()
        if html_properties.is_box(grid):
            for name, value in html_properties.of_box(grid):
                self.properties.setdefault(name, value)
        else:
            self._take_caption(table)
            self.blocks.append(grid)
        return True

    def _take_caption(self, table: Element) -> None:
        for caption in table.iterchildren("caption"):
            if caption not in self.hidden and (text := html_table.text_of(caption, self.hidden)):
                self.blocks.append(Paragraph(text, self.paths.locator(caption)))

    def take_rows(self, row: Element) -> bool:
        """Rows without their table, as a page begins with that was cut within one: they are a table too."""
        if row in self._taken:
            return True
        following = takewhile(lambda element: element.tag == "tr", row.itersiblings(etree.Element))
        rows = [row, *following]
        self._taken.update(rows)
        grid = html_table.read_rows(rows, self.paths, self.hidden)
        if grid.width > 1:
            self.end()
            self.blocks.append(grid)
        return grid.width > 1


def read_content(article: Element, hidden: frozenset[Element], *, begins_within: bool = False) -> Content:
    """Walk through the article in reading order, and leave out what of the site's frame stands round it where
    no known container parts them. Markup may be thousands deep: nothing calls itself.

    ``begins_within``: the page goes on where another was cut, so that it may begin with rows of its table.
    """
    content = Content(hidden, begins_within)
    todo = [(article, False)]
    while todo:
        element, leaving = todo.pop()
        if not leaving and _enter(element, content):
            todo.append((element, True))
            todo.extend([(child, False) for child in reversed(element)])
            continue
        if leaving:
            if (tag := element.tag) in BLOCKS:
                content.end(tag in HEADINGS)
            elif tag == "a" and leads_away(element.get("href")):
                content.within_links -= 1
        if element is not article and (tail := element.tail):
            parent = element.getparent()
            content.say(tail, parent if parent is not None else article)
    content.end()
    if not is_known_container(article):
        content.blocks[:] = without_frame(content.blocks, content.links)
    return content


def _enter(element: Element, content: Content) -> bool:
    """Begin an element; whether what it holds is to be walked through."""
    tag = element.tag
    if not isinstance(tag, str) or tag in SKIPPED or element in content.hidden:
        return False
    if tag == "br":
        content.end()
        return False
    if tag == "table" and content.take_table(element):
        return False
    if tag == "tr" and content.begins_within and content.take_rows(element):
        return False
    if tag in BLOCKS:
        content.end()
    elif tag == "a" and leads_away(element.get("href")):
        content.within_links += 1
    if text := element.text:
        content.say(text, element)
    return True


def _words(text: str) -> str:
    """The text without digits, dates and marks, as stand beside a link to another article."""
    return _NOT_WORDS.sub("", text)
