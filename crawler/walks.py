"""The lists of one crawl while they are walked: which pages of them are asked for, and in which way."""

from __future__ import annotations

from dataclasses import replace

from archive.capture import Kind
from crawler.discovery import Candidate, CandidateKind
from crawler.families import Ask, drawn_lists_of, items_of, paging_of
from crawler.families.unread import shows_more_pages
from crawler.frontier import Frontier, Step
from crawler.page import Page
from crawler.recognised import bears_a_report
from crawler.walk import Walk, signature

_LIST_PAGE = 96.0
_NONE = (
    "no annual-report column was found: look for it in a browser and add its address to the site's start list"
)
_SILENT = (
    "the report column {} names no report: look at it in a browser; if there are any, its list cannot be read"
)


class Walks(dict[str, Walk]):
    """By the list's address. Queues the further pages of lists in the frontier."""

    def __init__(self, frontier: Frontier) -> None:
        super().__init__()
        self._frontier = frontier
        self._signatures: set[frozenset[tuple[str, str]]] = set()

    def begin(self, url: str, column_name: str | None, family: str) -> Walk:
        """The list at this address, new or begun already."""
        return self.setdefault(url, Walk(url, column_name, family))

    def is_twin(self, page: Page) -> bool:
        """Whether another address has shown the same list in this crawl."""
        rows = signature(items_of(page))
        known = rows in self._signatures
        if rows is not None:
            self._signatures.add(rows)
        return known

    def note_page(self, page: Page, step: Step, walk: Walk, found: tuple[Candidate, ...]) -> None:
        """Note the page's rows, and queue the list's other pages."""
        for one in found:
            if one.row is not None:
                walk.note_item(one.row)
            walk.has_folders |= one.kind is CandidateKind.LISTING
        walk.bears_a_report |= bears_a_report(page)
        paging = paging_of(page)
        walk.note_paging(paging)
        if paging is None and shows_more_pages(page):
            walk.ends_known = False
        new = walk.note_rows(items_of(page)) | walk.note_rows(one.row for one in found if one.row is not None)
        if _is_posted(step.ask) and new:
            walk.turns = True
            self.release(walk, step)
        if new or step.walk is None:
            self.queue(walk, paging.others if paging else (), replace(step, parent=page.url))
        asks = drawn_lists_of(page) if step.walk is None else ()
        if not asks or (asks[0].reader == "json" and new):
            walk.page_seen(step.url, new=new)
        elif all(self._frontier.knows(replace(step, ask=ask).url) for ask in asks):
            del self[walk.url]  # another page has led to the same list
        else:
            walk.ends_known = False
            self.queue(walk, asks, replace(step, parent=page.url))

    def queue(self, walk: Walk, asks: tuple[Ask, ...], step: Step) -> None:
        """Queue pages of a list; of those that have other ways to be asked for, only one until it answers,
        and so of those that a form is posted for: a server that refuses one refuses all.
        """
        asks = walk.not_turned_to(asks)
        if asks and (asks[0].instead or (_is_posted(asks[0]) and not walk.turns)):
            walk.held.extend(asks[1:])
            asks = asks[:1]
        for ask in asks:
            following = replace(
                step,
                ask=ask,
                kind=Kind.LISTING,
                priority=_LIST_PAGE,
                reason="a page of the report column",
                walk=walk.url,
                column=True,
            )
            if self._frontier.add(following):
                walk.waiting.add(following.url)

    def release(self, walk: Walk, step: Step) -> None:
        """One page has answered: the others are asked for in the same way."""
        held, walk.held = walk.held, []
        for ask in held:
            tried = len(ask.instead) - len(step.ask.instead)
            way = ask if tried <= 0 else replace(ask.instead[tried - 1], instead=ask.instead[tried:])
            following = replace(step, ask=way)
            if self._frontier.add(following):
                walk.waiting.add(following.url)

    def page_failed(self, step: Step) -> None:
        """Ask in the next way there is, else the list is not whole."""
        walk = self[step.walk or ""]
        if step.ask.instead:
            following = replace(step, ask=replace(step.ask.instead[0], instead=step.ask.instead[1:]))
            walk.waiting.discard(step.url)
            if self._frontier.add(following):
                walk.waiting.add(following.url)
                return
        walk.page_failed(step.url)
        if step.ask.reader and not walk.rows and not walk.drawn:
            walk.drawn = True
            self._frontier.forget({walk.url})
            self._frontier.add(
                replace(step, ask=Ask(walk.url), draw=True, reason="a list that only its script fills")
            )

    def nothing_found(self, *, named_before: bool) -> str | None:
        """What to tell of a site on which no column was found, or columns that all name nothing.

        A body's column may well be empty among others. Of a site that has named reports before, the notes on
        its columns tell what became of them.
        """
        if not self:
            return _NONE
        if named_before or not all(walk.names_nothing for walk in self.values()):
            return None
        return _SILENT.format(next(iter(self)))


def _is_posted(ask: Ask) -> bool:
    """Whether it posts the form of a page, whose answer is a page."""
    return bool(ask.form) and not ask.reader
