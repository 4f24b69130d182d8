"""The Scrapy side of the browser: draws what needs it, and gives its cookies to plain HTTP."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.cookies import CookiesMiddleware
from scrapy.http import Headers, HtmlResponse, Response

from archive.capture import FILE_KINDS, Fetched, Kind, Via
from archive.times import utc_now
from crawler.archiving import marked_as_piece, recorder_of
from crawler.browser import DRAWN
from crawler.browser.cookies import Pass, for_the_jar, kept, to_keep
from crawler.browser.messages import BrowserUnavailable, DrawingFailed, Drawn
from crawler.browser.need import Need, has_what_was_needed, need_of
from crawler.hosts import Hosts, host_of, hosts_of
from crawler.page import read_page
from crawler.robots import Robots
from crawler.verdict import Judgement, Verdict, judge

if TYPE_CHECKING:
    from crawler.browser.drawer import Drawer, Visit

CHALLENGE_PATIENCE = 8.0
"""Seconds that a challenge has to reload its page."""
MOST_PASSES = 5
"""Challenges of one host that are tried in one crawl: as often as its cookies lapse, within reason."""
_HTML = "text/html; charset=utf-8"


class BrowserMiddleware:
    """Behind the archive and before courtesy: what it gives on is judged as any other answer."""

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._crawler = crawler
        self._hosts: Hosts = hosts_of(crawler)
        self._recorder = recorder_of(crawler)
        self._made: Drawer | None = None
        self._left = settings.getint("NIANBAO_MAX_DRAWN")
        self._for_lists = self._left // 2
        self._passing: dict[str, asyncio.Lock] = {}
        self._passes: dict[str, int] = {}
        self._rules_unread: set[str] = set()
        self._agents: dict[str, str] = {}
        self._recalled: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> BrowserMiddleware:
        middleware = cls(crawler)
        crawler.signals.connect(middleware.closed, signals.spider_closed)
        return middleware

    async def closed(self) -> None:
        if self._made is not None:
            await self._made.close()

    @property
    def _drawer(self) -> Drawer:
        if self._made is None:
            # Playwright takes a third of a second to load, and most crawls draw nothing
            from crawler.browser.drawer import Drawer

            settings = self._crawler.settings
            self._made = Drawer(self._crawler, settings["NIANBAO_BROWSER"], settings["USER_AGENT"])
        return self._made

    async def process_request(self, request: Request) -> None:
        if request.meta.get("browser"):
            return
        host = host_of(request.url)
        self._recall(request.url, host)
        start = request.meta.get("kind") in (Kind.START, Kind.GIVEN)
        if start:
            await self._begin(request.url, host)
        if host in self._agents:
            # the cookies were given to this name, and both names say who asks
            request.headers["User-Agent"] = self._agents[host]
        request.meta["passes"] = self._passes.get(host, 0)

    def _recall(self, url: str, host: str) -> None:
        """What let us by the host's challenge in an earlier crawl, if it still holds."""
        if host in self._recalled:
            return
        self._recalled.add(host)
        earlier = kept(self._hosts.of(url).state.cookies, self._hosts.clock())
        if earlier is not None:
            self._share(host, earlier)
            self._passes[host] = 1

    async def _begin(self, url: str, host: str) -> None:
        """What the host is known to need, before its first page is asked for."""
        state = self._hosts.of(url).state
        try:
            if state.challenged and not self._passes.get(host):
                await self._pass(url, host, seen=0)
            elif state.needs_browser and self._left > 0:
                self._drawer.open_ahead()
        except BrowserUnavailable as error:
            self._note_challenge(host, error)

    async def process_response(self, request: Request, response: Response) -> Response | Request:
        judgement: Judgement | None = request.meta.get("judgement")
        if judgement is None or request.meta.get("browser"):
            return response
        if request.url.endswith("/robots.txt"):
            if judgement.verdict is Verdict.CHALLENGE:
                self._rules_unread.add(host_of(request.url))
            return response
        need = need_of(judgement, request.meta.get("page"), asked_for=bool(request.meta.get("draw")))
        if need is Need.CHALLENGE:
            return await self._challenged(request, response, judgement)
        if need is not None and request.method == "GET":
            return await self._drawn(request, response, need)
        return response

    # --------------------------------------------------------- challenges

    async def _challenged(
        self, request: Request, response: Response, judgement: Judgement
    ) -> Response | Request:
        """Pass the challenge in the browser, then ask once more by plain HTTP with its cookies."""
        host = host_of(request.url)
        try:
            passed = await self._pass(_page_of(request), host, seen=request.meta.get("passes", 0))
        except BrowserUnavailable as error:
            self._note_challenge(host, error)
            return response
        if passed:
            again: Request = request.replace(dont_filter=True)
            again.meta["challenged"] = True
            return again
        reason = f"{judgement.reason}, which the browser did not pass either"
        request.meta["judgement"] = Judgement(Verdict.BLOCKED, reason, firm=True)
        return response

    async def _pass(self, url: str, host: str, *, seen: int) -> bool:
        """Whether the host's challenge is passed. ``seen``: how often it was when the request was sent."""
        async with self._passing.setdefault(host, asyncio.Lock()):
            passes = self._passes.get(host, 0)
            if passes > seen:
                return True
            if passes >= MOST_PASSES:
                return False
            care = self._hosts.of(url)
            visit = self._drawer.visit(url)
            try:
                drawn = await self._drawer.draw(visit, CHALLENGE_PATIENCE)
            except DrawingFailed:
                return False
            if not drawn.passed:
                return False
            self._share(host, Pass(self._drawer.user_agent, tuple(drawn.cookies)))
            care.learn(cookies=to_keep(self._drawer.user_agent, drawn.cookies))
            self._passes[host] = passes + 1
            if host in self._rules_unread:
                self._rules_unread.discard(host)
                self._forget_rules(host)
            care.learn(challenged=visit.challenges > 0)
            return True

    def _note_challenge(self, host: str, error: BrowserUnavailable) -> None:
        self._hosts.note(f"{host} asks for a browser (a script challenge): {error}")

    def _forget_rules(self, host: str) -> None:
        assert self._crawler.engine is not None
        for middleware in self._crawler.engine.downloader.middleware.middlewares:
            if isinstance(middleware, Robots):
                middleware.forget(host)

    def _share(self, host: str, passed: Pass) -> None:
        """Give the browser's cookies to plain HTTP."""
        assert self._crawler.engine is not None
        self._agents[host] = passed.agent
        for middleware in self._crawler.engine.downloader.middleware.middlewares:
            if isinstance(middleware, CookiesMiddleware):
                for one in passed.cookies:
                    middleware.jars[None].set_cookie(for_the_jar(one))

    # ------------------------------------------------------------- drawing

    async def _drawn(self, request: Request, response: Response, need: Need) -> Response:
        """The page as drawn, kept as such; the answer as it was where that cannot be had."""
        host = host_of(request.url)
        if self._left <= (self._for_lists if need is Need.REPORT else 0):
            self._hosts.note(
                "more pages need the browser than one crawl may draw: see max_drawn in nianbao.toml"
            )
            return response
        self._left -= 1
        visit = self._drawer.visit(response.url, request, response)
        try:
            drawn = await self._drawer.draw(visit)
        except BrowserUnavailable as error:
            self._hosts.note(f"{host} has pages that a script draws: {error}")
            return response
        except DrawingFailed as error:
            self._hosts.note(f"{response.url} was not drawn: {error}")
            return response
        return self._keep(request, response, visit, drawn, need)

    def _keep(self, request: Request, response: Response, visit: Visit, drawn: Drawn, need: Need) -> Response:
        page = read_page(drawn.html, drawn.url, _HTML)
        fields = {"content-type": _HTML}
        judgement = judge(200, fields, drawn.html, url=drawn.url, final_url=drawn.url, page=page)
        if judgement.verdict is not Verdict.OK or not has_what_was_needed(page, need):
            return response
        self._hosts.of(request.url).learn(needs_browser=True)
        if visit.placed is not None:
            fetched = Fetched(
                url=drawn.url,
                fetched_at=utc_now(),
                kind=Kind(request.meta.get("kind", Kind.PAGE)),
                verdict=judgement.verdict.value,
                reason=f"{need.value}, drawn with {drawn.requests} requests",
                body=drawn.html,
                media_type="text/html",
                parent_url=request.meta.get("parent"),
                via=Via.BROWSER,
            )
            fetched = marked_as_piece(fetched, page, None, request.meta.get("body"))
            self._recorder.add_drawn(fetched, visit.placed)
        request.meta["judgement"] = judgement
        request.meta["page"] = page
        headers = Headers({"Content-Type": _HTML})
        flags = [*response.flags, DRAWN]
        return HtmlResponse(
            drawn.url,
            status=200,
            headers=headers,
            body=drawn.html,
            flags=flags,
            request=request,
            encoding="utf-8",
        )


def _page_of(request: Request) -> str:
    """A page of the same host to pass a challenge on: a file is not drawn."""
    if request.meta.get("kind") not in FILE_KINDS:
        return request.url
    parent: str | None = request.meta.get("parent")
    if parent is not None and host_of(parent) == host_of(request.url):
        return parent
    return request.url.partition("://")[0] + f"://{host_of(request.url)}/"
