"""What a page is, by what it says of itself: an article, the page of a report, a column of reports. Pure."""

import re
from functools import lru_cache

from crawler.agencies import is_body
from crawler.families import is_article_url, items_of
from crawler.page import Link, Page
from crawler.report_files import LITTLE_TEXT
from crawler.titles import TitleKind, title_kind

#: A year as a name, or in one.
SOFT_YEAR = re.compile(r"(?:19|20)\d{2}\s*年?度?")
_TITLE_PARTS = re.compile(r"\s*[-_|—–]+\s*")
_WORDS = re.compile(r"[-_|—–\s]+")
_CRUMBS = re.compile(r"\s*(?:>+|»|›|/|→|\||-{1,2}>?|::)\s*|\s{2,}|\s+")
#: Headings that every report has had since 2019 (国办公开办函〔2019〕60号) or 2007.
_REPORT_WORDS = (
    "主动公开政府信息情况", "收到和处理政府信息公开申请", "政府信息公开行政复议",
    "政府信息公开工作存在的主要问题",
    "其他需要报告的事项", "依申请公开政府信息", "主动公开政府信息的情况", "总体情况",
)  # fmt: skip
_WORDS_OF_A_REPORT = 3
FEWEST_REPORTS = 3
"""A page with so many rows titled as reports may list them."""
_FEW_ROWS = 120


@lru_cache(maxsize=32)
def is_article(page: Page) -> bool:
    """Whether the page is an article: by its tags (an article alone carries ArticleTitle), URL or title."""
    return is_article_url(page.url) or reads_as_article(page)


def reads_as_article(page: Page) -> bool:
    """Whether it is one by its tags or title, whatever its address is."""
    if page.tags.article_title:
        # some systems print their columns' names there
        return title_kind(page.tags.article_title) is not TitleKind.COLUMN
    title = first_of_title(page)
    if title_kind(title) is not TitleKind.REPORT or not SOFT_YEAR.search(title):
        return False
    if title_kind(page.tags.column_name) is TitleKind.COLUMN or len(report_links(page)) > 2:
        return False
    borne = any(a.kind in {"attachment", "frame"} for a in page.links) or _report_words(page) > 1
    return borne or page.main_text_length >= LITTLE_TEXT


def bears_a_report(page: Page) -> bool:
    """Whether a report stands in the page, whatever it was taken for.

    Its headings tell it; those of before 2019 are few, so that an article may also be told by its own title.
    """
    words = _report_words(page)
    return words >= _WORDS_OF_A_REPORT or (is_article(page) and _is_called_a_report(page, words))


def holds_a_report(page: Page) -> bool:
    """Whether an article that is called a report has its text too, or enough to read to be one."""
    return _report_words(page) > 0 or page.main_text_length >= LITTLE_TEXT


def _is_called_a_report(page: Page, words: int) -> bool:
    """By its own title, with some of a report's headings, or with a year and without a list of others."""
    title = own_title(page)
    if title_kind(title) is not TitleKind.REPORT:
        return False
    return words > 1 or (SOFT_YEAR.search(title) is not None and len(report_links(page)) <= 2)


def own_title(page: Page) -> str:
    """What the page calls its article."""
    return page.tags.article_title or first_of_title(page)


def _report_words(page: Page) -> int:
    return sum(words in page.text for words in _REPORT_WORDS)


@lru_cache(maxsize=32)
def is_report_column(page: Page) -> bool:
    """Whether the page lists annual reports.

    By the name it gives itself (ColumnName, title, breadcrumb), or because most of its rows are titled as
    reports.
    """
    if is_article(page):
        return False
    names = (page.tags.column_name, *_WORDS.split(page.title), *crumbs(page)[-3:])
    if any(name and title_kind(name) is TitleKind.COLUMN for name in names):
        return True
    reports = report_links(page)
    if len(reports) < FEWEST_REPORTS:
        return False
    items = items_of(page)
    return 2 * len(reports) >= len(items)


def report_links(page: Page) -> list[Link]:
    """The links of the page that are titled as reports."""
    return [a for a in page.links if title_kind(a.label) is TitleKind.REPORT]


def is_column_by_rows(page: Page) -> bool:
    """A page that was named as a column from elsewhere: few rows, some of which could be reports."""
    items = items_of(page)
    soft = [one for one in items if could_be_a_report(one.title)]
    return not items or (len(items) <= _FEW_ROWS and 3 * len(soft) >= len(items))


def could_be_a_report(title: str) -> bool:
    """With a year, a report's words, or no words but a body's name."""
    named = SOFT_YEAR.search(title) is not None or is_body(title)
    return named or title_kind(title) is TitleKind.REPORT


def first_of_title(page: Page) -> str:
    """The title without the site's name behind it."""
    return _TITLE_PARTS.split(page.title, maxsplit=1)[0]


def crumbs(page: Page) -> list[str]:
    """The path the page shows for itself, step by step."""
    return [part for part in _CRUMBS.split(page.breadcrumb) if part]
