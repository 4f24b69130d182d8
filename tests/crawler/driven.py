"""Drives the spider through a site of a few pages without a network or a process: pages in, requests out."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from scrapy import Request
from scrapy.http import Response

from archive.capture import ListingSeen
from crawler.job import CrawlJob
from crawler.spider import ReportSpider
from crawler.verdict import judge

SITE = "http://www.qingshi.gov.cn"


@dataclass
class Kept:
    """Stands for the archive: what was listed."""

    listings: list[ListingSeen] = field(default_factory=list)

    def known(self, url: str) -> None:
        """Nothing was ever kept."""

    verdict_before = known

    def add_listing(self, listing: ListingSeen) -> None:
        self.listings.append(listing)


class NoHosts:
    """Stands for what is remembered of hosts: nothing."""

    notes: tuple[str, ...] = ()

    def walked_as(self, url: str, family: str) -> None:
        """Nobody remembers it."""

    def resting(self) -> dict[str, str]:
        return {}


class EveryPage:
    """Stands for the almanac of a first crawl: everything is asked for."""

    idle = exploring = True
    served: frozenset[str] = frozenset()

    def had_before(self, url: str) -> bool:
        return False

    def explore_afresh(self) -> bool:
        return False


@dataclass
class Driven:
    """What the spider asked for: reports and files, everything, and the lists as it took them down."""

    reports: list[str]
    asked: list[str]
    listings: list[ListingSeen]
    problem: str | None
    unexplored: int
    unexplored_best: tuple[str, ...]


Pages = dict[str, str | bytes | tuple[int, str]]


def drive(
    pages: Pages,
    start: str = "/",
    most: int = 400,
    clock: Callable[[], float] = lambda: 0.0,
    **options: Any,
) -> Driven:
    """Crawl `pages` (by path with query; for a POST by path, a blank and the body); others answer 404.

    A page may be a pair of status and, for a redirect, the address it leads to.
    """
    kept, job = Kept(), _job(f"{SITE}{start}", options)
    spider = ReportSpider(job, kept, NoHosts(), EveryPage(), clock=clock)  # type: ignore[arg-type]  # what is used of them
    waiting: list[Request] = list(_started(spider))
    asked: list[str] = []
    reports: list[str] = []
    while waiting:
        waiting.sort(key=lambda one: -one.priority)
        request = waiting.pop(0)
        name = request.url.removeprefix(SITE)
        asked.append(name)
        assert len(asked) <= most, asked[-20:]
        response, verdict = _answer(pages, request)
        if request.meta["kind"] in ("article", "attachment", "picture") and verdict == "ok":
            reports.append(name)
        waiting.extend(spider.parse(response))
    spider.closed("finished")
    outcome = spider.outcome("finished")
    told = (outcome.problem, outcome.unexplored, outcome.unexplored_best)
    return Driven(sorted(reports), asked, kept.listings, *told)


def _job(url: str, options: dict[str, Any]) -> CrawlJob:
    fields = {"catalogue_url": "", "home": "", "run_id": 1, "site_id": None, "name": "driven"}
    return CrawlJob(**{**fields, "start": (url,), "user_agent": "test", **options})  # type: ignore[arg-type]


def _started(spider: ReportSpider) -> Iterable[Request]:
    started = spider.start()
    try:
        while True:
            started.__anext__().send(None)
    except StopIteration as first:
        return [first.value]


def _answer(pages: Pages, request: Request) -> tuple[Response, str]:
    path = request.url.partition("#")[0].removeprefix(SITE)
    name = f"{path} {request.body.decode()}" if request.body else path
    page = pages.get(name, (404, ""))
    status, headers = 200, {"Content-Type": "text/html"}
    if isinstance(page, tuple):
        status, to = page
        headers["Location"] = to
        page = ""
    body = page if isinstance(page, bytes) else page.encode()
    lower = {key.lower(): value for key, value in headers.items()}
    judgement = judge(status, lower, body, url=request.url, final_url=request.url, home_url=f"{SITE}/")
    request.meta["judgement"] = judgement
    response = Response(request.url, status=status, headers=headers, body=body, request=request)
    return response, judgement.verdict.value
