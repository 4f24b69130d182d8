"""Whether a page has to be drawn. Pure.

Only four things ask for the browser: a page that is nothing but script, a report column without rows whose
script fetches them in a way that no family knows, a report's page without its text that a script fetches,
and a script challenge. All else is read as it was sent.
"""

from __future__ import annotations

import re
from enum import StrEnum

from crawler.discovery import CandidateKind, Place, follow
from crawler.families import drawn_lists_of, family_of, items_of, paging_of
from crawler.page import Page
from crawler.recognised import holds_a_report, is_article, is_column_by_rows, is_report_column, own_title
from crawler.report_files import report_files
from crawler.titles import TitleKind, title_kind
from crawler.verdict import Judgement, Verdict


class Need(StrEnum):
    """Why a page has to be drawn."""

    SHELL = "a page that only a script draws"
    LIST = "a list that a script fills"
    REPORT = "a report whose text a script fetches"
    CHALLENGE = "a script challenge"


_FILLS_A_LIST = re.compile(
    r"\$\s*\.\s*(?:ajax|get|post|getJSON)\b|\bfetch\s*\(|XMLHttpRequest|\baxios\b|loadPageData|\bVue\b|\blaypage\b"
    r"|layui|Handlebars|dataproxy|template\s*\(|\.render\s*\(|createApp",
    re.I,
)
_FETCHES = re.compile(
    r"\$\s*\.\s*(?:ajax|get|post|getJSON)\b|\.load\s*\(|\bfetch\s*\(|XMLHttpRequest|\baxios\b", re.I
)
_SLOT = re.compile(r"\bv-for=|\bng-repeat=|\{\{\s*[\w.]+\s*\}\}|text/x-handlebars|text/html['\"]?\s+id=")
_LEAF = (CandidateKind.ARTICLE, CandidateKind.ATTACHMENT)


def need_of(judgement: Judgement, page: Page | None, *, asked_for: bool = False) -> Need | None:
    """Why the browser is needed for this answer; None where it is not.

    ``asked_for``: the list could not be had in the ways that a family knows.
    """
    if judgement.verdict is Verdict.CHALLENGE:
        return Need.SHELL if judgement.shell else Need.CHALLENGE
    if judgement.verdict in (Verdict.OK, Verdict.NOT_MODIFIED) and page is not None:
        if asked_for or is_empty_list(page):
            return Need.LIST
        return Need.REPORT if is_empty_report(page) else None
    return None


def has_what_was_needed(page: Page, need: Need) -> bool:
    """Whether the page as drawn shows what the page as it came did not."""
    if need is Need.LIST:
        return names_reports(page)
    return need is not Need.REPORT or holds_a_report(page)


def is_empty_report(page: Page) -> bool:
    """Whether the page bears a report's title alone, without text, files or images of it, and a script of its
    own fetches something.
    """
    if not _FETCHES.search(page.scripts_text) or title_kind(own_title(page)) is not TitleKind.REPORT:
        return False
    if holds_a_report(page) or any(report_files(page, family_of(page))):
        return False
    return is_article(page) or not (items_of(page) and is_column_by_rows(page))


def is_empty_list(page: Page) -> bool:
    """Whether the page is a report column that names no report, and a script of its own may fetch them."""
    if not is_report_column(page) or not _has_list_script(page) or paging_of(page) is not None:
        return False
    return not drawn_lists_of(page) and not names_reports(page)


def names_reports(page: Page) -> bool:
    """Whether the page leads to anything that a report column leads to."""
    return any(one.kind in _LEAF for one in follow(page, Place(), in_scope=lambda url: True))


def _has_list_script(page: Page) -> bool:
    if _FILLS_A_LIST.search(page.scripts_text) or _SLOT.search(page.text):
        return True
    return page.root is not None and any(
        re.search(r"list|page|app|vue|main|index|chunk", script.get("src", ""), re.I)
        for script in page.root.iter("script")
        if script.get("src")
    )
