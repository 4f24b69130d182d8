"""What of a site's frame stands in one element with the article, before its first line or behind its last."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

from parsers.document import Grid, Paragraph
from parsers.furniture import heads_others, is_frame, is_owned, is_run_by

_DATED = re.compile(r"[^。:：《》]{4,60}?[\[(（]?\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?[\])）]?")
_NEWS = re.compile(r"(?:最新|本地|政务|部门|图片)(?:动态|要闻|新闻|公告|消息)|通知公告|新闻动态")
_LONGEST_LINK = 60
_THE_REPORTS = re.compile(
    r"附件|附表|统计表|年报|年度报告|^[一二三四五六七八][、.．]|^第[一二三四五六七八]部分|@"
)
"""A link that may lead to the report's own file, or a heading of it."""
Blocks = Sequence[Paragraph | Grid]


def without_frame(blocks: Blocks, links: Container[int]) -> Blocks:
    """The blocks of an article without the site's lines at both ends: where the reader stands, whose site it
    is, menus, and lists of other articles. ``links`` are the places of blocks that are nothing but links to
    other pages.
    """
    first, last = 0, len(blocks)
    while first < last and _is_sites(blocks, first, links):
        first += 1
    owned = listed = False
    while last > first:
        block = blocks[last - 1]
        if not isinstance(block, Paragraph):
            break
        if _is_sites(blocks, last - 1, links) or (owned and is_run_by(block.text)):
            owned = owned or is_owned(block.text)
            listed = listed or last - 1 in links
        elif not (listed and _heads_news(block.text)):
            dated = _dated(blocks, first, last)
            if not dated:
                break
            last -= dated
        last -= 1
    return blocks[first:last]


def _is_sites(blocks: Blocks, index: int, links: Container[int]) -> bool:
    block = blocks[index]
    if not isinstance(block, Paragraph):
        return False
    if index not in links:
        return is_frame(block.text)
    away = len(block.text) <= _LONGEST_LINK and "。" not in block.text
    return away and not _THE_REPORTS.search(block.text)


def _dated(blocks: Blocks, first: int, last: int) -> int:
    """How many titles with a day behind each stand at the end, if something heads them as other articles."""
    for index in range(last - 1, first - 1, -1):
        block = blocks[index]
        if not isinstance(block, Paragraph):
            return 0
        if not _DATED.fullmatch(block.text):
            return last - 1 - index if index < last - 1 and _heads_news(block.text) else 0
    return 0


def _heads_news(text: str) -> bool:
    return not _THE_REPORTS.search(text) and (heads_others(text) or bool(_NEWS.fullmatch(text)))
