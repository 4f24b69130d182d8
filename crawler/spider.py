"""The spider: hands pages to discovery and fetches, best first, what discovery names."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import tldextract
from scrapy import Request, Spider
from scrapy.http import Response
from twisted.python.failure import Failure

from archive.capture import Kind, ListedItem, ListingSeen
from archive.recorder import Recorder
from crawler.discovery import Candidate, CandidateKind, follow, is_article, is_report_column
from crawler.families import ListPaging, family_of, paging_of
from crawler.hosts import Hosts, NotAsked
from crawler.job import CrawlJob, Outcome, Progress
from crawler.page import Page, is_html, read_page
from crawler.trouble import explain
from crawler.verdict import Judgement, Verdict

_KINDS = {
    CandidateKind.LISTING: Kind.LISTING,
    CandidateKind.ARTICLE: Kind.ARTICLE,
    CandidateKind.ATTACHMENT: Kind.ATTACHMENT,
    CandidateKind.EXPLORE: Kind.PAGE,
}
_GOOD = (Verdict.OK, Verdict.NOT_MODIFIED)
# the list that ships with the package: a crawl asks no third party
_SUFFIXES = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


@dataclass
class _Walk:
    """A listing while its pages are walked."""

    url: str
    column_name: str | None
    family: str
    declared: int | None
    ends_known: bool
    waiting: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)
    failed: bool = False
    items: dict[str, ListedItem] = field(default_factory=dict)

    def result(self) -> ListingSeen:
        return ListingSeen(
            url=self.url,
            column_name=self.column_name,
            family=self.family,
            pages_declared=self.declared,
            pages_seen=len(self.seen),
            complete=self._is_whole(),
            items=tuple(self.items.values()),
        )

    def _is_whole(self) -> bool:
        walked = self.declared is None or len(self.seen) >= self.declared
        return self.ends_known and walked and not self.failed and not self.waiting


class ReportSpider(Spider):
    """Crawls one site, or the given URLs. ``outcome`` holds the counts when it is over."""

    name = "reports"

    def __init__(self, job: CrawlJob, recorder: Recorder, hosts: Hosts, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._job = job
        self._recorder = recorder
        self._crawled_hosts = hosts
        self._walks: dict[str, _Walk] = {}
        self._asked: set[str] = set()
        self._scheduled = 0
        self._counts: dict[str, int] = {}
        self._incomplete = 0
        self._unexplored = 0
        self._not_asked = 0
        self._start_problems: list[str] = []
        self._start_answers = 0
        self._hosts = {_registered(u) for u in job.start}

    # ----------------------------------------------------------- requests

    async def start(self) -> AsyncIterator[Request]:
        kind = Kind.GIVEN if self._job.given else Kind.START
        for url in self._job.start:
            self._asked.add(url)
            yield self._request(url, kind, priority=1000, parent=None, depth=0)

    def _request(
        self,
        url: str,
        kind: Kind,
        *,
        priority: float,
        parent: str | None,
        depth: int,
        walk: str | None = None,
    ) -> Request:
        self._scheduled += 1
        meta = {
            "kind": kind.value,
            "parent": parent,
            "level": depth,
            "walk": walk,
            "handle_httpstatus_all": True,
        }
        return Request(
            url,
            callback=self.parse,
            errback=self.failed,
            priority=int(priority * 10),
            meta=meta,
            dont_filter=True,
        )

    # ---------------------------------------------------------- responses

    def parse(self, response: Response, **kwargs: Any) -> Iterator[Request]:
        meta = response.request.meta if response.request is not None else {}
        judgement: Judgement | None = meta.get("judgement")
        verdict = judgement.verdict if judgement is not None else Verdict.OK
        self._count(verdict, len(response.body), meta)
        if verdict not in _GOOD:
            self._note_refusal(response.url, judgement, meta)
            return
        if meta.get("kind") in (Kind.START, Kind.GIVEN):
            self._start_answers += 1
        if self._job.given and not self._job.follow and meta.get("level", 0) > 0:
            return
        if not is_html(response.body):
            self._end_page(meta.get("walk"), response.url, failed=False)
            return
        page = meta.pop("page", None) or read_page(response.body, response.url, _content_type(response))
        yield from self._follow(page, meta)

    def failed(self, failure: Failure) -> None:
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy sets it
        if isinstance(failure.value, NotAsked):
            self._leave(request, str(failure.value))
            return
        judgement = request.meta.get("judgement")
        verdict = judgement.verdict if judgement else Verdict.ERROR
        self._count(verdict, 0, request.meta)
        problem = judgement or Judgement(Verdict.ERROR, explain(failure.value or Exception(), request.url))
        self._note_refusal(request.url, problem, request.meta)

    def _leave(self, request: Request, reason: str) -> None:
        """A URL that was not asked for; a list that it belongs to is not whole."""
        self._not_asked += 1
        self._end_page(request.meta.get("walk"), request.url, failed=True)
        if request.meta.get("kind") in (Kind.START, Kind.GIVEN):
            self._start_problems.append(reason)

    def _note_refusal(self, url: str, judgement: Judgement | None, meta: dict[str, Any]) -> None:
        self._end_page(meta.get("walk"), url, failed=True)
        if judgement is not None and meta.get("kind") in (Kind.START, Kind.GIVEN):
            self._start_problems.append(f"{url}: {judgement.verdict.value}: {judgement.reason}")

    # ----------------------------------------------------------- following

    def _follow(self, page: Page, meta: dict[str, Any]) -> Iterator[Request]:
        depth = int(meta.get("level", 0))
        kind = meta.get("kind")
        candidates = follow(
            page, depth, in_scope=self._in_scope, within_report=kind in (Kind.ARTICLE, Kind.GIVEN)
        )
        walk = self._walk_of(page, meta)
        if walk is not None:
            self._note_items(walk, candidates)
        if self._job.given and not self._job.follow:
            candidates = tuple(c for c in candidates if c.kind is CandidateKind.ATTACHMENT)
        yield from self._ask(page, candidates, depth, walk)
        self._end_page(walk.url if walk else meta.get("walk"), page.url, failed=False)

    def _ask(
        self, page: Page, candidates: tuple[Candidate, ...], depth: int, walk: _Walk | None
    ) -> Iterator[Request]:
        for candidate in candidates:
            if candidate.url in self._asked:
                continue
            if self._scheduled >= self._job.max_pages:
                self._unexplored += 1
                continue
            self._asked.add(candidate.url)
            of_walk = walk is not None and candidate.url in walk.waiting
            yield self._request(
                candidate.url,
                Kind.LISTING if of_walk else _KINDS[candidate.kind],
                priority=candidate.priority,
                parent=page.url,
                depth=depth if of_walk else depth + 1,
                walk=walk.url if of_walk and walk is not None else None,
            )

    def _in_scope(self, url: str) -> bool:
        return _registered(url) in self._hosts

    # ------------------------------------------------------------ listings

    def _walk_of(self, page: Page, meta: dict[str, Any]) -> _Walk | None:
        """The listing this page belongs to: one that is being walked, or a new one."""
        walk = self._walks.get(meta.get("walk") or "")
        if walk is None and (is_article(page) or not is_report_column(page)):
            return None
        family = family_of(page)
        paging = paging_of(page)
        if walk is None:
            walk = _Walk(
                url=page.url,
                column_name=page.tags.column_name or page.title or None,
                family=family.name,
                declared=paging.page_count if paging else None,
                ends_known=_ends_known(paging),
            )
            self._walks[page.url] = walk
        else:
            walk.ends_known |= _ends_known(paging)
        more = set(paging.urls) if paging else set()
        walk.waiting |= more - self._asked - walk.seen - {page.url}
        return walk

    def _note_items(self, walk: _Walk, candidates: tuple[Candidate, ...]) -> None:
        for one in candidates:
            if one.kind in (CandidateKind.ARTICLE, CandidateKind.ATTACHMENT):
                shown = one.shown_date.isoformat() if one.shown_date else None
                walk.items.setdefault(one.url, ListedItem(one.url, one.title, shown))

    def _end_page(self, walk_url: str | None, url: str, *, failed: bool) -> None:
        walk = self._walks.get(walk_url or "")
        if walk is None:
            return
        walk.waiting.discard(url)
        walk.failed |= failed
        if not failed:
            walk.seen.add(url)

    # -------------------------------------------------------------- counts

    def _count(self, verdict: Verdict, size: int, meta: dict[str, Any]) -> None:
        self._counts[verdict.value] = self._counts.get(verdict.value, 0) + 1
        if verdict in _GOOD and meta.get("kind") in (Kind.ARTICLE, Kind.ATTACHMENT, Kind.GIVEN):
            self._counts["found"] = self._counts.get("found", 0) + 1
        if verdict is not Verdict.NOT_MODIFIED:
            self._counts["bytes"] = self._counts.get("bytes", 0) + size

    def progress(self) -> Progress:
        done = self._fetched() + self._not_asked
        return Progress(done, max(0, self._scheduled - done), self._counts.get("found", 0))

    def _fetched(self) -> int:
        return sum(count for key, count in self._counts.items() if key not in ("found", "bytes"))

    def closed(self, reason: str) -> None:
        """Write down the listings, whole or not."""
        for walk in self._walks.values():
            seen = walk.result()
            self._incomplete += not seen.complete
            self._recorder.add_listing(seen)

    def outcome(self, reason: str) -> Outcome:
        counts = self._counts
        return Outcome(
            name=self._job.name,
            fetched=self._fetched(),
            not_modified=counts.get(Verdict.NOT_MODIFIED.value, 0),
            found=counts.get("found", 0),
            failed=sum(counts.get(v.value, 0) for v in (Verdict.ERROR, Verdict.TRUNCATED, Verdict.TOO_LARGE)),
            blocked=counts.get(Verdict.BLOCKED.value, 0) + counts.get(Verdict.CHALLENGE.value, 0),
            gone=counts.get(Verdict.GONE.value, 0) + counts.get(Verdict.SOFT_GONE.value, 0),
            excluded=counts.get(Verdict.EXCLUDED.value, 0),
            not_asked=self._not_asked,
            listings=len(self._walks),
            incomplete_listings=self._incomplete,
            unexplored=self._unexplored,
            received_bytes=counts.get("bytes", 0),
            problem=self._problem(reason),
            notes=tuple(self._resting(own=False)),
        )

    def _resting(self, *, own: bool) -> list[str]:
        """Why hosts are left alone: those of the site itself, or the others."""
        told = self._crawled_hosts.resting().items()
        return [reason for host, reason in told if (_registered(f"//{host}") in self._hosts) == own]

    def _problem(self, reason: str) -> str | None:
        if refused := self._resting(own=True):
            return "; ".join(refused)
        if self._start_problems and (self._start_answers == 0 or self._job.given):
            return "; ".join(self._start_problems)
        if reason not in ("finished", "shutdown"):
            return f"the crawl stopped early: {reason}"
        if reason == "shutdown":
            return "the crawl was interrupted; run it again to go on"
        if not self._job.given and not self._walks:
            return (
                "no annual-report column was found: look for it in a browser and add its address "
                "to the site's start list"
            )
        return None


def _ends_known(paging: ListPaging | None) -> bool:
    """Whether walking what is named reaches the list's end: a pager of links leads from page to page."""
    return paging is None or paging.complete or bool(paging.urls)


def _registered(url: str) -> str:
    """What one owner registered: ``www.spt.gov.cn`` -> ``spt.gov.cn``; of an address, host and port."""
    found = _SUFFIXES(url).top_domain_under_public_suffix
    return found or urlsplit(url).netloc.lower()


def _content_type(response: Response) -> str | None:
    value = response.headers.get("Content-Type")
    return value.decode("latin-1") if value else None
