"""Which element of a page holds the article.

It is the container that the site families use (TRS, UCAP, Hanweb, Visual SiteBuilder and others); where none
is found, the smallest element that holds most of the page's text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from lxml import etree
from lxml.etree import _Element as Element

from parsers.formats.html_links import leads_away
from parsers.formats.html_markup import CELLS, SKIPPED
from parsers.furniture import is_frame, is_run_by

_IDS = frozenset((
    "zoom", "ucap-content", "vsb_content", "vsb_content_2", "vsb_content_3", "vsb_content_4",
    "vsb_content_500", "vsb_content_501", "vsb_content_1001", "pages_content", "artibody", "article",
    "article_content", "articlecontent", "content", "contentbox", "js_content", "mainbox",
    "main-content", "maincontent", "newscontent", "news_content", "con_con", "xxgk_content",
    "detailcontent", "textbox", "contentregion", "fontzoom", "barrierfree_container",
))  # fmt: skip
_CLASSES = frozenset((
    "trs_editor", "trs_ueditor", "trs_web", "trs_preappend", "view", "ucap-content", "pages_content",
    "article-content", "article_content", "articlecon", "article-con", "content", "detail-content",
    "detail_content", "news_content", "newscontent", "con_text", "txtcon", "wzcon", "wznr", "main-txt",
    "conttxt", "xxgk_content", "bt_content", "zw_content", "zwcon", "xl_content", "editor-content",
    "v_news_content", "news-content", "text-content", "info_content", "info-content", "article_con",
    "pagecontent",
))  # fmt: skip
_BEGIN = re.compile(
    r"content\.?\s*begin|<\$\[信息内容\]>begin|正文开始|ZJEG_RSS\.content\.begin", re.IGNORECASE
)
_NOT_AN_ARTICLE = frozenset(["tbody", "tr", "p"])
_WEIGHTLESS = SKIPPED | {"a"}
_LEAST_ARTICLE = 60
_NEARLY = 0.9
"""An article within another that holds so much of it is meant."""
_DEEPEST = 2000
_WORDS = re.compile(r"[^\W\d_年月日]")


def article_in(body: Element, within: Sequence[Element]) -> Element:
    """The element that holds the article; the body itself where nothing is told apart.

    ``within`` is the body and all elements that it holds, in reading order.
    """
    weights = _weights(within)
    heavy = [e for e, weight in weights.items() if weight >= _NEARLY * _LEAST_ARTICLE]
    marked = [e for e in heavy if _is_container(e.get("id"), e.get("class"))]
    marked += _commented(body)
    dense = _densest(body, weights)
    largest = max((weights[e] for e in marked), default=0)
    if largest >= _LEAST_ARTICLE and largest >= 0.5 * weights[dense]:
        return [e for e in marked if weights[e] >= _NEARLY * largest][-1]
    return dense


def is_known_container(article: Element) -> bool:
    """Whether a site's system has marked the element as the one that holds the article and nothing else."""
    marked = (_BEGIN.search(comment.text or "") for comment in article.iterchildren(etree.Comment))
    return _is_container(article.get("id"), article.get("class")) or any(marked)


def container_of(article: Element) -> tuple[str, str | None, str | None] | None:
    """By what the same container is known on another page of the site; None where it bears no name."""
    name, classes = article.get("id"), article.get("class")
    return (str(article.tag), name, classes) if name or classes else None


@lru_cache(maxsize=1024)
def _is_container(name: str | None, classes: str | None) -> bool:
    """Whether an element of this ``id`` and ``class`` is one that a site's system puts round its articles."""
    known = (name or "").lower()
    if known in _IDS or known.startswith("vsb_content"):
        return True
    return not _CLASSES.isdisjoint((classes or "").lower().split())


def _commented(body: Element) -> Iterator[Element]:
    """Parents of the comments with which Hanweb and others mark where the content begins."""
    for comment in body.iter(etree.Comment):
        parent = comment.getparent()
        if parent is not None and _BEGIN.search(comment.text or ""):
            yield parent


def _weights(within: Sequence[Element]) -> dict[Element, int]:
    """Characters of text outside links in every element; a cell counts two more, for numbers are short."""
    weights = dict.fromkeys(within, 0)
    for element in reversed(within):
        tag, weight = element.tag, 0
        if tag not in _WEIGHTLESS:
            weight = weights[element] + (2 if tag in CELLS else 0)
            if text := element.text:
                weight += len(text.strip())
        weights[element] = weight
        if tail := element.tail:
            weight += len(tail.strip())
        if weight and (parent := element.getparent()) in weights:
            weights[parent] += weight
    return weights


def _densest(body: Element, weights: dict[Element, int]) -> Element:
    """From the body down, as long as one child holds three quarters of the text, or a table's cell all of it
    that is not the site's.
    """
    current = body
    for _ in range(_DEEPEST):
        children = [c for c in current.iterchildren(etree.Element) if c.tag not in SKIPPED]
        best = max(children, key=lambda c: weights[c], default=None)
        if best is not None and best.tag == "table":
            cell = _cell_of_layout(best)
            if cell is None or weights[cell] < 0.75 * weights[current]:
                return current
            best = cell
        if best is None or weights[best] < 0.75 * weights[current] or best.tag in _NOT_AN_ARTICLE:
            return current
        current = best
    return current


def _cell_of_layout(table: Element) -> Element | None:
    """The one cell of a table beside which stands nothing but the site's: menus, its name, other articles."""
    told: Element | None = None
    todo = [table]
    while todo:
        for part in todo.pop().iterchildren("caption", "thead", "tbody", "tfoot", "tr", *CELLS):
            if part.tag not in CELLS and part.tag != "caption":
                todo.append(part)
            elif not _is_sites(part):
                if told is not None or part.tag == "caption":
                    return None
                told = part
    return told


def _is_sites(cell: Element) -> bool:
    """Whether a cell has no words outside of links to other pages but those of a site's frame."""
    todo: list[Element | str] = [cell]
    while todo:
        item = todo.pop()
        if isinstance(item, str):
            if _WORDS.search(item) and not (is_frame(item.strip()) or is_run_by(item.strip())):
                return False
        elif isinstance(tag := item.tag, str) and tag not in SKIPPED:
            if item.text and not (tag == "a" and leads_away(item.get("href"))):
                todo.append(item.text)
            for child in item:
                if tag != "a":
                    todo.append(child)
                if child.tail:
                    todo.append(child.tail)
    return True
