"""What of a site's frame stands in one element with the article, before its first line or behind its last."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from itertools import takewhile

from parsers.document import Grid, Paragraph
from parsers.furniture import heads_others, is_frame

_DATED = re.compile(r"[^。]{4,60}?[\[(（]?\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?[\])）]?")
_LEAST_DATED = 3
_LONGEST_LINK = 60
_THE_REPORTS = re.compile(
    r"附件|附表|年度报告|年报|^[一二三四五六七][、.]|\.(?:docx?|pdf|xlsx?|wps|et|ofd|rtf|zip|rar|7z)$"
)
"""A link that may lead to the report's own file, or a heading in an anchor that was never closed."""

Blocks = Sequence[Paragraph | Grid]


def without_frame(blocks: Blocks, links: Container[int]) -> Blocks:
    """The blocks of an article without the site's lines at both ends: where the reader stands, whose site it
    is, menus, and lists of other articles. ``links`` are the places of blocks that are nothing but links.
    """

    def is_sites(index: int) -> bool:
        block = blocks[index]
        return isinstance(block, Paragraph) and (
            is_frame(block.text) or (index in links and _leads_elsewhere(block.text))
        )

    first = sum(1 for _ in takewhile(is_sites, range(len(blocks))))
    last = len(blocks)
    while last > first:
        before = last
        last -= sum(1 for _ in takewhile(is_sites, range(last - 1, first - 1, -1)))
        last -= _dated(blocks[first:last])
        if last < before and last > first and _heads_others(blocks[last - 1]):
            last -= 1
        if last == before:
            break
    return blocks[first:last]


def _leads_elsewhere(text: str) -> bool:
    return len(text) <= _LONGEST_LINK and "。" not in text and not _THE_REPORTS.search(text)


def _dated(blocks: Blocks) -> int:
    """How many lines at the end are titles with a day behind each, if enough for a list."""
    dated = takewhile(lambda b: isinstance(b, Paragraph) and _DATED.fullmatch(b.text), reversed(blocks))
    count = sum(1 for _ in dated)
    return count if count >= _LEAST_DATED else 0


def _heads_others(block: Paragraph | Grid) -> bool:
    return isinstance(block, Paragraph) and heads_others(block.text)
