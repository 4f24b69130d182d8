"""The parts of a report's text, by their headings.

A heading is known by the words of the forms, or by its numbering (一、) in a short line; the numbers
themselves are not trusted, for reports restart or repeat them. What （一） heads within a part is a part of
its own, behind the one that it belongs to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from parsers.characters import key
from parsers.document import Document, Paragraph
from parsers.forms.labels import similarity, words
from parsers.forms.vocabulary import vocabulary
from parsers.report import Section

_NUMBERED = re.compile(
    r"^(?:第?[一二三四五六七八九十]{1,3}(?:部分)?[、.．:：]|第[一二三四五六七八九十]{1,2}部分)\s*\S"
)
_WITHIN = re.compile(r"^[（(][一二三四五六七八九十]{1,3}[）)]\s*[^\s，；：,;:]")
_LONGEST = 45
_TOPICS = (
    "概述", "总体情况", "基本情况", "工作概述", "主动公开政府信息情况", "主动公开情况",
    "主动公开政府信息的情况", "依申请公开情况",
    "依申请公开政府信息情况", "政府信息依申请公开情况", "收到和处理政府信息公开申请情况",
    "因政府信息公开工作被申请行政复议、提起行政诉讼情况",
    "政府信息公开行政复议、行政诉讼情况", "行政复议和行政诉讼情况", "存在的主要问题及改进情况",
    "政府信息公开工作存在的主要问题及改进情况",
    "存在的主要问题和改进措施", "存在的问题和改进措施", "其他需要报告的事项", "需要说明的其他事项",
    "收费及减免情况", "附表",
)  # fmt: skip
_KNOWN = 0.8
_LEADING = 28
_HEADING_ENDS = ("情况", "概述", "问题", "措施", "事项", "建议", "其他", "报告")


@cache
def _topics() -> frozenset[str]:
    return frozenset(words(t) for t in (*_TOPICS, *vocabulary().headings))


def is_topic(text: str) -> bool:
    """Whether a line is a heading of the forms, by its words, a slip or two tolerated."""
    bare = words(text)
    if len(bare) < 2 or len(text) > _LONGEST:
        return False
    return bare in _topics() or (len(bare) >= 6 and any(similarity(bare, t) >= _KNOWN for t in _topics()))


def read(document: Document, title: str | None) -> tuple[Section, ...]:
    """The report's parts in reading order. What stands before the first heading is the part 0, with no
    heading.
    """
    named = title or ""
    parts: list[tuple[str, list[str]]] = [("", [])]
    for heading, text in _lines(document):
        if heading:
            parts.append((heading, []))
        if text and ((named and len(text) > 2 * len(named)) or key(text) != key(named)):
            parts[-1][1].append(text)
    first = 0 if parts[0][1] else 1
    return tuple(Section(i, h, "\n".join(t)) for i, (h, t) in enumerate(parts) if i >= first)


def is_within(heading: str) -> bool:
    """Whether a heading stands below another one: （一）主动公开."""
    return bool(_WITHIN.match(heading))


def topics(sections: tuple[Section, ...]) -> int:
    """How many parts have a heading of the forms."""
    return sum(is_topic(s.heading) for s in sections if s.heading and not is_within(s.heading))


def _lines(document: Document) -> Iterator[tuple[str, str]]:
    """Pairs of heading and text, one of them empty, or both where a line holds heading and text."""
    paragraphs = list(document.paragraphs())
    numbered = any(_is_numbered(p) for p in paragraphs)
    begun = False
    for paragraph in paragraphs:
        text = paragraph.text
        heads = _is_heading(paragraph, numbered)
        parts = (text, "") if heads else _leading(text)
        if parts is None and begun:
            parts = _leading_within(text)
        begun = begun or parts is not None
        yield parts or ("", text)


def _is_numbered(paragraph: Paragraph) -> bool:
    return len(paragraph.text) <= _LONGEST and bool(_NUMBERED.match(paragraph.text))


def _is_heading(paragraph: Paragraph, numbered: bool) -> bool:
    text = paragraph.text
    if len(text) > _LONGEST or text.endswith(("。", "；", "，", ";", ",")):
        return False
    if _NUMBERED.match(text):
        return True
    plain = text.lstrip("0123456789.．、（）() ")
    is_own_line = text == plain or not numbered
    return is_own_line and is_topic(text) and not text.startswith(("（", "("))


def _leading(text: str) -> tuple[str, str] | None:
    """Heading and text of a paragraph that starts with a numbered topic: 一、概述。本报告…"""
    if not _NUMBERED.match(text):
        return None
    heading, mark, rest = text.partition("。")
    if not (mark and rest) or len(heading) > _LEADING:
        return None
    return (heading, rest) if is_topic(heading) or heading.endswith(_HEADING_ENDS) else None


def _leading_within(text: str) -> tuple[str, str] | None:
    """Heading and text where （一） heads a line or a paragraph; a sentence with clauses is no heading."""
    heading, mark, rest = text.partition("。")
    if not is_within(text) or any(clause in heading for clause in "，；：,;:"):
        return None
    if mark and not (rest or heading.endswith(_HEADING_ENDS)):
        return None
    return (heading, rest) if len(heading) <= (_LEADING if mark else _LONGEST) else None
