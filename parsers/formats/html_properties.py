"""What a page says of its article beside it: tags, the box of index number and office, lines such as
发布时间：2024-01-31.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.etree import _Element as Element

from parsers.characters import key, mend, tidy
from parsers.document import Grid
from parsers.formats.html_markup import BLOCKS, SKIPPED
from parsers.furniture import DATED_SOURCE

_TAG_PREFIX = "meta-"
_NOT_OF_PAGES = ("打印", "填报", "填表", "统计", "截止", "截至", "起止", "当前")
"""Dates of printing, of a form, of what is counted: not of publication."""
_OTHER_DATES = "".join(f"(?<!{word})" for word in _NOT_OF_PAGES)
_DATE_WORDS = f"发布时间|发布日期|发文日期|成文日期|生成日期|公开日期|公开时间|{_OTHER_DATES}(?:日期|时间)"
_LABELLED = re.compile(
    rf"({_DATE_WORDS}|发布机构|发文机关|公开机构|信息来源|来源|索引号)[\s】\]]*[:：]\s*([^\s|｜【】\[\]]{{2,40}}(?:\s\d{{1,2}}:\d{{2}})?)"
)
_PROPERTY = re.compile(
    r"索引号|信息分类|发布机构|发文日期|文\s*号|有效性|公开方式|公开时限|主题分类|名\s*称|成文日期|生成日期|发布日期|发布时间|体裁"
)
_MOST_ROWS, _MOST_CELLS = 10, 200
_UNSEEN = SKIPPED - {"head", "title"}


def tags(root: Element) -> dict[str, str]:
    """The page's meta tags as 《政府网站发展指引》 (国办发〔2017〕47号, annex) names them, in lower case.

    Names are read without regard to case and without a ``meta-`` prefix; of several the last that says
    something wins, and ``null`` says nothing.
    """
    found: dict[str, str] = {}
    for element in root.iter("meta"):
        name = (element.get("name") or element.get("property") or "").strip().lower()
        content = tidy(element.get("content") or "")
        if (name := name.removeprefix(_TAG_PREFIX)) and content and content.lower() != "null":
            found[name] = content
    return found


def lines_beside(root: Element, article: Element) -> dict[str, str]:
    """Lines such as 发布时间：2024-01-31 outside the article, or 2024-01-31 来源：某局 above it."""
    found: dict[str, str] = {}
    parts: list[str] = []
    above = 0
    todo: list[Element | str] = [root]
    while todo:
        item = todo.pop()
        if isinstance(item, str):
            parts.append(item)
        elif item is article:
            above = len(parts)
        elif isinstance(item.tag, str) and item.tag not in _UNSEEN:
            gap = "\n" if item.tag in BLOCKS else ""
            parts += [gap, item.text or ""]
            todo.append(gap)
            for child in reversed(item):
                todo += [child.tail or "", child]
    for name, value in _LABELLED.findall(mend("".join(parts))):
        found.setdefault(name, value)
    days = set(DATED_SOURCE.findall("".join(parts[:above])))
    if len(days) == 1:  # of several one is another article's
        found.setdefault("发布时间", days.pop())
    return found


def is_box(grid: Grid) -> bool:
    """Whether a table is the box of index number, office and date that some sites print above an article."""
    if (
        len(grid.cells) > _MOST_CELLS
        or grid.height > _MOST_ROWS
        or not any("索引号" in c.text or "发布机构" in c.text for c in grid.cells)
    ):
        return False
    return sum(bool(_PROPERTY.match(c.text)) and len(c.text) < 24 for c in grid.cells) >= 3


def of_box(grid: Grid) -> Iterator[tuple[str, str]]:
    """Names and values of a box, those of its cells first; what comes first is meant."""
    for label, value in zip(grid.cells, grid.cells[1:], strict=False):
        if value.text and label.text.endswith((":", "：")) or _PROPERTY.fullmatch(label.text):
            yield key(label.text), value.text
    for cell in grid.cells:
        yield from _LABELLED.findall(cell.text)
