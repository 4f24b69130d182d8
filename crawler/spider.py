"""The spider: hands pages to discovery and fetches, best first, what discovery names."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import quote, urldefrag, urljoin, urlsplit

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from archive.bound import Binding, TooManyPieces
from archive.capture import FILE_KINDS, Kind, ListingSeen
from archive.expiring import expires
from archive.listings import PastListing
from archive.recorder import Recorder
from archive.site_reports import SiteReports
from crawler.bodies import Body
from crawler.browser import DRAWN
from crawler.columns import columns_told
from crawler.discovery import (
    Candidate,
    CandidateKind,
    Place,
    body_shown,
    follow,
    list_candidates,
    takes_as_column,
)
from crawler.families import Ask, family_named, family_of
from crawler.frontier import Frontier, Step
from crawler.hosts import Hosts, NotAsked
from crawler.job import CrawlJob, Outcome, Progress
from crawler.nightly import FROM_ARCHIVE, Almanac, NotDue
from crawler.owners import owned_name
from crawler.page import Page, is_html, read_page
from crawler.pieces import Pieces
from crawler.sources import read_source, sitemaps_of, sources_of
from crawler.stopping import ORPHANED, WINDOW_CLOSED
from crawler.tally import Tally
from crawler.titles import TitleKind, title_kind
from crawler.trace import Followed, write_trace
from crawler.trouble import explain
from crawler.unnamed import Unnamed
from crawler.verdict import Judgement, Verdict
from crawler.walk import Walk
from crawler.walks import Walks
from parsers.encoding import decode

_KINDS = {
    CandidateKind.LISTING: Kind.LISTING,
    CandidateKind.ARTICLE: Kind.ARTICLE,
    CandidateKind.ATTACHMENT: Kind.ATTACHMENT,
    CandidateKind.EXPLORE: Kind.PAGE,
}
_LEADS_TO = {
    CandidateKind.LISTING: "lists",
    CandidateKind.ARTICLE: "articles",
    CandidateKind.ATTACHMENT: "files",
    CandidateKind.EXPLORE: "pages to look at",
}
_GOOD = (Verdict.OK, Verdict.NOT_MODIFIED)
_OF_A_REPORT = (Kind.ARTICLE, *FILE_KINDS, Kind.GIVEN)
#: Requests handed to Scrapy at a time; the others wait in the frontier, where a better one overtakes them.
_IN_FLIGHT = 16
_URL_CHARACTERS = "/%:@!$&'()*+,;=~-._?#[]"
_MOST_TOLD = 20
_KNOWN = 97.0
_KNOWN_REASON = "a column known before"
_SOURCE = 12.0
_AT_ONCE = 999.0
#: A site that makes all its pages anew is learned from some of them.
_MOST_SECOND_LOOKS = 20
_MOST_SOURCE_PAGES = 10
_MOST_HOPS = 8
#: A program that has refused so many files, by a captcha, is not asked for the others in this crawl.
_MOST_REFUSED_FILES = 3


class ReportSpider(Spider):
    """Crawls one site, or the given URLs. ``outcome`` holds the counts when it is over."""

    name = "reports"

    def __init__(
        self,
        job: CrawlJob,
        recorder: Recorder,
        hosts: Hosts,
        almanac: Almanac,
        past: tuple[PastListing, ...] = (),
        reports: SiteReports | None = None,
        clock: Callable[[], float] = monotonic,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._job = job
        self._recorder = recorder
        self._crawled_hosts = hosts
        self._almanac = almanac
        self._past = past
        self._fates: dict[str, str] = {}
        self._listed: list[ListingSeen] = []
        self._trace: list[Followed] = []
        self._sampled: Counter[str | None] = Counter()
        self._clock = clock
        self._began = clock()
        self._frontier = Frontier(job.max_pages)
        self._in_flight = 0
        self._walks = Walks(self._frontier)
        self._unnamed = Unnamed(reports, almanac, self._frontier, self._walks) if reports else None
        self._tally = Tally()
        self._second_looks = 0
        self._refused_files: Counter[str] = Counter()
        self._pieces = Pieces()
        self._unbound: list[str] = []
        self._incomplete = 0
        self._listings = 0
        self._start_problems: list[str] = []
        self._start_answers = 0
        self._hosts = {owned_name(u) for u in job.start}

    # ----------------------------------------------------------- requests

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> ReportSpider:
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.robots_seen, signals.response_received)
        return spider

    def robots_seen(self, response: Response) -> None:
        """The sitemaps that the start page's host names are looked at after all else."""
        if response.url.endswith("/robots.txt") and response.status == 200 and not self._job.given:
            for ask in sitemaps_of(response.body.decode("utf-8", "replace")):
                if self._in_scope(ask.url):
                    self._frontier.add(Step(ask, Kind.PAGE, _SOURCE, "the site's map"))

    async def start(self) -> AsyncIterator[Request]:
        kind = Kind.GIVEN if self._job.given else Kind.START
        for url in self._job.start:
            self._frontier.add(Step(Ask(url), kind, 1000.0, "given by hand"))
        for known in self._past:
            self._frontier.add(Step(Ask(known.url), Kind.LISTING, _KNOWN, _KNOWN_REASON, column=True))
        for request in self._next():
            yield request

    def _next(self) -> Iterator[Request]:
        """The best of what waits, as many as Scrapy is to know of at a time."""
        if self._clock() - self._began > self._job.max_seconds:
            return
        if not self._in_flight and not len(self._frontier):
            self._look_again()
        while self._in_flight < _IN_FLIGHT and (step := next(self._frontier.take(1), None)):
            if self._is_refused(step):
                self._leave(step, "its download program refuses us")
                continue
            self._in_flight += 1
            yield self._request(step)

    def _is_refused(self, step: Step) -> bool:
        program = _program(step)
        return program is not None and self._refused_files[program] >= _MOST_REFUSED_FILES

    def _request(self, step: Step) -> Request:
        parent = urldefrag(step.parent).url if step.parent else None
        headers = {"Referer": parent} if parent and _needs_referer(step) else {}
        if step.ask.payload:
            headers["Content-Type"] = "application/json"
        elif step.ask.form:
            headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"
        meta = {
            "kind": step.kind.value,
            "parent": step.article or parent,
            "step": step,
            "source": step.is_source,
            "draw": step.draw,
            "again": step.again,
            "due": step.due,
            "body": step.body,
            "handle_httpstatus_all": True,
        }
        return Request(
            step.ask.url,
            method="POST" if step.ask.body else "GET",
            body=step.ask.body,
            headers=headers,
            callback=self.parse,
            errback=self.failed,
            priority=int(step.priority * 10),
            meta=meta,
            dont_filter=True,
        )

    # ---------------------------------------------------------- responses

    def parse(self, response: Response, **kwargs: Any) -> Iterator[Request]:
        meta = response.request.meta if response.request is not None else {}
        step: Step = meta["step"]
        self._in_flight -= 1
        judgement: Judgement | None = meta.get("judgement")
        verdict = judgement.verdict if judgement is not None else Verdict.OK
        if step.again:
            self._tally.add_second_look()
            yield from self._next()
            return
        if FROM_ARCHIVE in response.flags:
            self._tally.spared += 1
            if self._almanac.had_before(response.url):  # by the crawl that this one goes on with
                self._pieces.answered(step, verdict)
        else:
            self._tally.add(step, verdict, len(response.body))
            self._pieces.answered(step, verdict)
        self._note_fate(step, judgement)
        if verdict is Verdict.MOVED:
            self._tell(step, verdict, f"leads to {_target(response)}")
            self._move(step, _target(response))
        elif verdict not in _GOOD:
            self._note_refusal(step, judgement)
        else:
            self._take(response, step, meta.pop("page", None))
            if meta.get("first_change") and DRAWN not in response.flags:
                self._look_twice(step)
        yield from self._next()

    def _look_twice(self, step: Step) -> None:
        """What differs between two looks that are seconds apart was edited by nobody."""
        if self._second_looks < _MOST_SECOND_LOOKS:
            self._second_looks += 1
            self._frontier.add_again(replace(step, priority=_AT_ONCE))

    def failed(self, failure: Failure) -> Iterator[Request]:
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy sets it
        step: Step = request.meta["step"]
        self._in_flight -= 1
        if step.again:
            yield from self._next()
            return
        if isinstance(failure.value, NotDue):
            self._tally.spared += 1
            self._pieces.answered(step, Verdict.GONE)
            yield from self._next()
            return
        if isinstance(failure.value, NotAsked):
            self._leave(step, str(failure.value))
            yield from self._next()
            return
        judgement = request.meta.get("judgement")
        verdict = judgement.verdict if judgement else Verdict.ERROR
        self._tally.add(step, verdict, 0)
        self._pieces.answered(step, verdict)
        problem = judgement or Judgement(Verdict.ERROR, explain(failure.value or Exception(), request.url))
        self._note_fate(step, problem)
        self._note_refusal(step, problem)
        yield from self._next()

    def _note_fate(self, step: Step, judgement: Judgement | None) -> None:
        """What came of asking for a column that earlier nights knew."""
        if judgement is not None and step.reason == _KNOWN_REASON:
            good = judgement.verdict in _GOOD
            self._fates[step.ask.url] = "the page lists no reports any more" if good else judgement.reason

    def _look_again(self) -> None:
        """When all is walked: the way to columns that were lost, then the reports that nothing has named.

        The pages on the way are not asked for each night. When a column is not there, or names nothing, they
        are, on the same night.
        """
        walks = self._walks
        lost = any(known.url not in walks or not walks[known.url].rows for known in self._past)
        if lost and self._almanac.explore_afresh():
            self._frontier.forget({*self._almanac.served, *self._job.start})
            for url in self._job.start:
                self._frontier.add(Step(Ask(url), Kind.START, 1000.0, "a report column was lost"))
        elif self._unnamed is not None:
            self._unnamed.queue()

    def _leave(self, step: Step, reason: str) -> None:
        """A URL that was not asked for; a list that it belongs to is not whole."""
        self._tally.not_asked += 1
        if step.walk is not None:
            self._walks[step.walk].page_failed(step.url)
        if step.kind in (Kind.START, Kind.GIVEN):
            self._start_problems.append(reason)

    def _take(self, response: Response, step: Step, page: Page | None) -> None:
        """Look at what came, and queue what it leads to."""
        if step.kind in (Kind.START, Kind.GIVEN):
            self._start_answers += 1
        if step.ask.reader and step.walk is None:
            self._take_source(decode(response.body, _content_type(response))[0], step)
        elif step.ask.reader:
            self._take_part(decode(response.body, _content_type(response))[0], step)
        elif is_html(response.body):
            self._take_page(page or read_page(response.body, response.url, _content_type(response)), step)
        else:
            self._tell(step, Verdict.OK, f"a file of {len(response.body)} bytes")
            if step.walk is not None:
                self._walks.page_failed(step)

    def _move(self, step: Step, target: str) -> None:
        """Go where a redirect leads; a target that has been asked for already ends a loop."""
        if step.kind in (Kind.START, Kind.GIVEN):
            self._hosts.add(owned_name(target))
        of_report = step.kind in (Kind.ARTICLE, *FILE_KINDS)
        owned = self._in_scope(target) or (urlsplit(target).hostname or "").endswith(".gov.cn")
        moved = replace(step, ask=Ask(target, reader=step.ask.reader), hops=step.hops + 1)
        walk = self._walks.get(step.walk or "")
        followed = moved.hops <= _MOST_HOPS and (owned or of_report) and self._frontier.add(moved)
        self._pieces.moved(step, target)
        if walk is not None:
            walk.waiting.discard(step.url)
            walk.waiting.update({moved.url} if followed else ())
            walk.failed |= not followed

    def _note_refusal(self, step: Step, judgement: Judgement | None) -> None:
        if judgement is not None:
            self._tell(step, judgement.verdict, judgement.reason)
            if judgement.verdict is Verdict.BLOCKED and (program := _program(step)):
                self._refused_files[program] += 1
        if step.walk is not None:
            self._walks.page_failed(step)
        if judgement is not None and step.kind in (Kind.START, Kind.GIVEN):
            self._start_problems.append(f"{step.url}: {judgement.verdict.value}: {judgement.reason}")

    # ----------------------------------------------------------- following

    def _take_page(self, page: Page, step: Step) -> None:
        place = Place(
            depth=step.depth,
            barren=step.barren,
            within_report=step.kind in _OF_A_REPORT,
            within_column=step.column,
            by_hand=step.kind is Kind.GIVEN and self._job.follow,
            body=step.body,
        )
        body = body_shown(page, step.kind, step.body)
        report = step.article or (body.first if body else page.url)
        if step.kind is Kind.START and self._almanac.exploring:
            for ask in sources_of(page):
                self._frontier.add(Step(ask, Kind.PAGE, _SOURCE, "the site's own search", parent=page.url))
        found = follow(page, place, in_scope=self._in_scope)
        walk = self._walk_of(page, step, place)
        if walk is not None and step.walk is None and self._walks.is_twin(page):
            del self._walks[walk.url]
            self._tell(step, Verdict.OK, "a copy of a list that was seen already", family_of(page).name)
            return
        if walk is not None:
            self._walks.note_page(page, step, walk, found)
        if self._job.given:
            found = tuple(one for one in found if self._is_part_of_given(one))
        self._note_pieces(page, report, body, found)
        self._tell_page(page, step, walk, found)
        named = any(one.kind in (CandidateKind.ARTICLE, CandidateKind.ATTACHMENT) for one in found)
        barren = step.barren + 1 if walk is not None and not named else 0
        for one in found:
            self._queue(page, step, one, report=report, barren=barren, column=walk is not None)

    def _is_part_of_given(self, one: Candidate) -> bool:
        """Of a URL given by hand only its files, and where it is to be followed, its list."""
        if one.kind is CandidateKind.ATTACHMENT or one.of_article:
            return True
        elsewhere = one.kind is CandidateKind.LISTING and title_kind(one.title) is TitleKind.COLUMN
        return self._job.follow and one.kind is not CandidateKind.EXPLORE and not elsewhere

    def _note_pieces(self, page: Page, report: str, body: Body | None, found: tuple[Candidate, ...]) -> None:
        """Note which pages the report's body is cut into, and which pictures this one shows of it."""
        followed = {page.url, *(one.url for one in found)}
        here = 0
        for number, url in sorted(body.parts.items()) if body else ():
            here = number if url == page.url else here
            if url in followed:
                self._pieces.shown(report, Binding.BODY, [url], number)
        self._pieces.shown(report, Binding.PICTURES, [one.url for one in found if one.picture], here)

    def _queue(
        self, page: Page, step: Step, one: Candidate, *, report: str, barren: int, column: bool
    ) -> None:
        if one.ask is None and self._frontier.knows(one.url):
            return
        if one.of_article and page.url in self._almanac.served and self._has_expired(one.url):
            self._tally.spared += 1
            return
        following = replace(
            _following(one, step, page.url),
            barren=barren,
            article=report if one.of_article and one.url != report else None,
            body=report if one.of_body else None,
            parent=None if one.of_body and one.url == report else page.url,
            column=one.kind is CandidateKind.LISTING
            and (column or title_kind(one.title) is TitleKind.COLUMN),
        )
        if one.ask is not None and self._frontier.knows(replace(following, ask=one.ask).url):
            return
        if one.ask is not None:
            walk = self._walks.begin(one.url, one.title or None, family_of(page).name)
            walk.ends_known = False
            self._walks.queue(walk, (one.ask,), following)
        else:
            self._add(following, page.url)

    def _has_expired(self, url: str) -> bool:
        """Whether an address that an archived page shows would only answer that it is over; what it leads to
        is asked for on the night on which the page is, and shows a new one.
        """
        return expires(url) and self._recorder.known(url) is not None

    def _add(self, step: Step, source: str) -> None:
        """Queue the step; of a sample's lists only the first reports."""
        leaf = step.kind in (Kind.ARTICLE, Kind.ATTACHMENT) and step.article is None
        if leaf and self._job.sample is not None:
            if self._sampled[source] >= self._job.sample:
                return
            self._sampled[source] += not self._frontier.knows(step.url)
        self._frontier.add(step)

    def _tell_page(self, page: Page, step: Step, walk: Walk | None, found: tuple[Candidate, ...]) -> None:
        if self._job.trace_file is None:
            return
        kinds = Counter(one.kind for one in found)
        parts = (f"{count} {_LEADS_TO[kind]}" for kind, count in kinds.items())
        leads = ", ".join(parts) or "nothing to follow"
        name = f"the report column {walk.column_name}" if walk else "a page"
        self._tell(step, Verdict.OK, f"{name}: {leads}", family_of(page).name)

    def _tell(self, step: Step, verdict: Verdict, found: str, family: str | None = None) -> None:
        """Take down a step, where someone wants to know."""
        if self._job.trace_file is not None:
            kind, parent = step.kind.value, step.parent
            told = (step.url, kind, step.reason, step.title, parent, step.depth, verdict.value, found, family)
            self._trace.append(Followed(*told))

    def _in_scope(self, url: str) -> bool:
        return owned_name(url) in self._hosts

    # ------------------------------------------------------------ listings

    def _walk_of(self, page: Page, step: Step, place: Place) -> Walk | None:
        """The list this page belongs to: one that is being walked, or a new one."""
        if step.walk is not None:
            return self._walks[step.walk]
        if self._job.given and not self._job.follow:
            return None
        if not takes_as_column(page, place):
            return None
        names = (page.tags.column_name, step.title, page.title)
        column = next((name for name in names if title_kind(name) is TitleKind.COLUMN), names[0] or names[2])
        walk = self._walks.begin(page.url, column or None, family_of(page).name)
        walk.is_named = title_kind(column) is TitleKind.COLUMN
        return walk

    def _take_source(self, text: str, step: Step) -> None:
        """What a search or a map names; a map says nothing of what is behind its addresses."""
        part = read_source(text, step.ask)
        for one in list_candidates(part.items, step.ask.url, self._in_scope):
            looked = one if one.title else replace(one, kind=CandidateKind.EXPLORE)
            self._frontier.add(_following(looked, step, step.ask.url))
        self._tell(step, Verdict.OK, f"{len(part.items)} addresses")
        others = part.paging.others[:_MOST_SOURCE_PAGES] if part.paging else ()
        for ask in others:
            self._frontier.add(replace(step, ask=ask))

    def _take_part(self, text: str, step: Step) -> None:
        """Rows that came as data."""
        walk = self._walks[step.walk or ""]
        part = family_named(step.ask.reader).read_part(text, step.ask, walk.url)
        if part is None or (not part.items and step.ask.instead):
            self._walks.page_failed(step)
            return
        self._walks.release(walk, step)
        walk.note_paging(part.paging)
        new = walk.note_rows(part.items)
        self._tell(step, Verdict.OK, f"{len(part.items)} rows of the list", walk.family)
        for one in list_candidates(part.items, walk.url, self._in_scope):
            assert one.row is not None
            walk.note_item(one.row)
            self._add(_following(one, step, walk.url), walk.url)
        if part.paging is not None:
            self._walks.queue(walk, part.paging.others, step)
        walk.page_seen(step.url, new=new)

    # ------------------------------------------------------------- outcome

    def progress(self) -> Progress:
        waiting = self._in_flight + len(self._frontier)
        return Progress(self._tally.fetched, waiting, self._tally.found)

    def closed(self, reason: str) -> None:
        """Write down the listings, whole or not."""
        if self._job.trace_file is not None:
            write_trace(Path(self._job.trace_file), self._trace)
        for walk in filter(lambda walk: walk.is_list, self._walks.values()):
            self._listings += 1
            seen = walk.result()
            self._listed.append(seen)
            self._incomplete += not seen.complete
            if walk.rows:
                self._crawled_hosts.walked_as(walk.url, walk.family)
            self._recorder.add_listing(seen)
        for whole in self._pieces.reports(self._recorder):
            if whole.late:
                told = f"{whole.late} of its {len(whole.pieces)} {whole.binding.pieces} did not come"
                self._unbound.append(f"{whole.page}: {told}, so it stays as it was")
                continue
            try:
                self._recorder.add_bound(whole.page, whole.binding, whole.pieces)
            except TooManyPieces as fault:
                self._unbound.append(f"{whole.page}: {fault}, not read as one report")

    def outcome(self, reason: str) -> Outcome:
        tally = self._tally
        waiting = self._frontier.waiting()
        return Outcome(
            name=self._job.name,
            fetched=tally.fetched,
            not_modified=tally.not_modified,
            found=tally.found,
            failed=tally.failed,
            blocked=tally.blocked,
            gone=tally.gone,
            excluded=tally.excluded,
            not_asked=tally.not_asked,
            spared=tally.spared,
            listings=self._listings,
            incomplete_listings=self._incomplete,
            unexplored=len(waiting),
            unexplored_best=tuple(f"{step.url} ({step.reason})" for step in waiting[:_MOST_TOLD]),
            received_bytes=tally.received_bytes,
            problem=self._problem(reason),
            interrupted=reason not in ("finished", WINDOW_CLOSED) and not self._resting(own=True),
            notes=(
                *self._resting(own=False),
                *self._crawled_hosts.notes,
                *columns_told(self._past, self._listed, self._fates),
                *self._left_for_later(reason),
                *self._unbound,
            ),
        )

    def _left_for_later(self, reason: str) -> list[str]:
        if reason != WINDOW_CLOSED:
            return []
        return [f"{WINDOW_CLOSED}: {len(self._frontier)} pages are left for another night"]

    def _resting(self, *, own: bool) -> list[str]:
        """Why hosts are left alone: those of the site itself, or the others."""
        told = self._crawled_hosts.resting().items()
        return [reason for host, reason in told if (owned_name(f"//{host}") in self._hosts) == own]

    def _problem(self, reason: str) -> str | None:
        if refused := self._resting(own=True):
            return "; ".join(refused)
        if self._start_problems and (self._start_answers == 0 or self._job.given):
            return "; ".join(self._start_problems)
        if reason not in ("finished", "shutdown", WINDOW_CLOSED, ORPHANED):
            return f"the crawl stopped early: {reason}"
        if reason in ("shutdown", ORPHANED):
            return "the crawl was interrupted; run it again to go on"
        if self._job.given or reason == WINDOW_CLOSED:
            return None
        return self._walks.nothing_found(named_before=any(known.rows for known in self._past))


def _following(one: Candidate, step: Step, parent: str) -> Step:
    return Step(
        one.ask or Ask(one.url),
        Kind.PICTURE if one.picture else _KINDS[one.kind],
        one.priority,
        one.reason,
        title=one.title,
        parent=parent,
        depth=step.depth + 1,
    )


def _program(step: Step) -> str | None:
    """The program that gives out a file; None for other addresses."""
    return step.ask.url.partition("?")[0] if step.kind is Kind.ATTACHMENT and "?" in step.ask.url else None


def _needs_referer(step: Step) -> bool:
    """Download programs and list interfaces of some systems answer only those who come from their page."""
    return step.kind in FILE_KINDS or bool(step.ask.reader)


def _target(response: Response) -> str:
    """Where a redirect leads, session and all: without it an old server would only send on again."""
    raw = response.headers.get("Location") or b""
    return urldefrag(urljoin(response.url, quote(raw, safe=_URL_CHARACTERS))).url


def _content_type(response: Response) -> str | None:
    value = response.headers.get("Content-Type")
    return value.decode("latin-1") if value else None
