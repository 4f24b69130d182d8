"""Known reports that nothing has named in this crawl: asked for all the same, when all else is walked.

A list may drop a report whose page still stands, and a page that is cut off from its list may be edited or
taken down. So each is asked for when it is due; and on the first night on which a list that was seen whole no
longer names it, at once: what still answers is not gone.
"""

from __future__ import annotations

from archive.site_reports import SiteReports, Stand
from crawler.families import Ask
from crawler.frontier import Frontier, Step
from crawler.nightly import Almanac
from crawler.walks import Walks

#: After all that the site names itself.
_LEAST = 1.0


class Unnamed:
    """Queues them, of a page and its file first the page: it may still name the file."""

    def __init__(self, reports: SiteReports, almanac: Almanac, frontier: Frontier, walks: Walks) -> None:
        self._reports = reports
        self._almanac = almanac
        self._frontier = frontier
        self._walks = walks
        self._left: list[Stand] | None = None
        self._dropped: dict[str, set[str]] = {}

    def queue(self) -> None:
        """Add the next of them to the frontier; nothing once all have been."""
        if self._left is None:
            self._left = self._without_named()
            self._dropped = self._reports.dropped([one.url for one in self._left])
        now = [one for one in self._left if one.page is None or self._frontier.knows(one.page)]
        self._left = [one for one in self._left if one not in now] if now else []
        for one in now:
            self._add(one)

    def _without_named(self) -> list[Stand]:
        named = {url for walk in self._walks.values() for url in walk.items}
        return [one for one in self._reports.stands() if one.url not in named]

    def _add(self, one: Stand) -> None:
        due = self._is_missed(one.url)
        if due and one.url in self._almanac.served:
            self._frontier.forget({one.url})
        elif one.gone and not self._almanac.looks_for_gone(one.url):
            return
        reason = "a report that no list names any more"
        self._frontier.add(
            Step(Ask(one.url), one.kind, _LEAST, reason, parent=one.page, article=one.page, due=due)
        )

    def _is_missed(self, url: str) -> bool:
        """Whether a list that named it was seen whole without it, and it was not asked for since."""
        lists = (self._walks.get(column) for column in self._dropped.get(url, ()))
        return any(walk is not None and walk.complete for walk in lists)
