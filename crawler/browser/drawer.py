"""Draws pages for the crawler: its requests are made of the browser's, and go through the whole of it."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Any

from playwright.async_api import Error
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from archive.capture import Kind
from archive.warc.exchange import Placed
from crawler.browser.chromium import Chromium
from crawler.browser.drawing import draw
from crawler.browser.messages import BrowserUnavailable, Drawn, Served, Wanted
from crawler.hosts import host_of
from crawler.trouble import DOWNLOAD_ERRORS
from crawler.verdict import Judgement, Verdict

DRAW_SECONDS = 90.0
"""For one page in all; each of its requests waits for its turn."""
PAGES_AT_ONCE = 4
_SCRIPT_CACHE_BYTES = 32_000_000
_OF_THE_CLIENT = ("accept-encoding", "connection", "host", "content-length", "upgrade-insecure-requests")
_OF_THE_WIRE = ("content-encoding", "transfer-encoding", "content-length", "connection", "keep-alive")
_GOOD = (Verdict.OK, Verdict.NOT_MODIFIED)


class Drawer:
    """One browser and what it is given."""

    def __init__(self, crawler: Crawler, browser: str, agent: str) -> None:
        self._crawler = crawler
        self._chromium = Chromium(browser, agent)
        self._at_once = asyncio.Semaphore(PAGES_AT_ONCE)
        self.scripts = _Scripts()
        self._opening: asyncio.Future[None] | None = None

    @property
    def user_agent(self) -> str:
        return self._chromium.user_agent

    def open_ahead(self) -> None:
        """Start the browser while the first pages are asked for. A fault is told when it is needed."""
        self._opening = asyncio.ensure_future(self._chromium.open_ahead())

    async def close(self) -> None:
        if self._opening is not None:
            await self._opening
        await self._chromium.close()

    async def draw(self, visit: Visit, patience: float = 0.0) -> Drawn:
        """Raises BrowserUnavailable or DrawingFailed."""
        async with self._at_once:
            try:
                context = await self._chromium.context(host_of(visit.url))
            except (Error, TimeoutError) as error:
                raise BrowserUnavailable(f"it did not open a context: {error}") from error
            return await draw(
                context, visit.url, visit.fetch, given=visit.given, seconds=DRAW_SECONDS, patience=patience
            )

    def visit(self, url: str, request: Request | None = None, response: Response | None = None) -> Visit:
        """A page to draw; of one that was fetched already, its request and response."""
        visit = Visit(self, url, request)
        if request is not None and response is not None:
            visit.given = as_served(response)
            visit.placed = request.meta.get("placed")
        return visit

    async def fetch(self, request: Request) -> Response | None:
        """Through the whole crawler: gate, robots.txt, delay, guard and archive."""
        assert self._crawler.engine is not None
        try:
            response: Response = await self._crawler.engine.download_async(request)
        except (IgnoreRequest, *DOWNLOAD_ERRORS):
            return None
        return response


class Visit:
    """One page while it is drawn: makes the crawler's requests of the browser's."""

    def __init__(self, drawer: Drawer, url: str, request: Request | None) -> None:
        self._drawer = drawer
        self._kind = request.meta.get("kind", Kind.PAGE.value) if request is not None else Kind.PAGE.value
        self._parent = request.meta.get("parent") if request is not None else None
        self.url = url
        self.given: Served | None = None
        self.placed: Placed | None = None
        self.challenges = 0

    async def fetch(self, wanted: Wanted) -> Served | None:
        cached = self._drawer.scripts.get(wanted)
        if cached is not None:
            return cached
        request = self._request(wanted)
        response = await self._drawer.fetch(request)
        if response is None:
            return None
        answered = response.request if response.request is not None else request
        judgement: Judgement | None = answered.meta.get("judgement")
        good = judgement is not None and (judgement.verdict in _GOOD or judgement.shell)
        if wanted.main:
            self.placed = answered.meta.get("placed")
            self.challenges += judgement is not None and judgement.verdict is Verdict.CHALLENGE
        served = as_served(response, good)
        if good:
            self._drawer.scripts.put(wanted, served)
        return served

    def _request(self, wanted: Wanted) -> Request:
        headers = {k: v for k, v in wanted.headers.items() if not k.startswith(("sec-", ":"))}
        for name in _OF_THE_CLIENT:
            headers.pop(name, None)
        headers["user-agent"] = self._drawer.user_agent
        meta: dict[str, Any] = {
            "browser": True,
            "kind": self._kind if wanted.main else Kind.PART.value,
            "parent": self._parent if wanted.main else self.url,
            "dont_merge_cookies": True,
            "dont_retry": True,
            "unconditional": wanted.main,
            "challenged": self.challenges > 1,
        }
        return Request(
            wanted.url,
            method=wanted.method,
            headers=headers,
            body=wanted.body or b"",
            meta=meta,
            dont_filter=True,
            callback=NO_CALLBACK,
        )


class _Scripts:
    """Scripts that were fetched in this crawl, as a browser's own cache would keep them."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Served] = OrderedDict()
        self._size = 0

    def get(self, wanted: Wanted) -> Served | None:
        return self._kept.get(wanted.url) if wanted.kind == "script" else None

    def put(self, wanted: Wanted, served: Served) -> None:
        if wanted.kind != "script" or wanted.url in self._kept:
            return
        self._kept[wanted.url] = served
        self._size += len(served.body)
        while self._size > _SCRIPT_CACHE_BYTES:
            _, oldest = self._kept.popitem(last=False)
            self._size -= len(oldest.body)


def as_served(response: Response, good: bool = True) -> Served:
    headers: dict[str, str] = {}
    for name, values in response.headers.items():
        key = name.decode("latin-1").lower()
        if key not in _OF_THE_WIRE:
            # a field with several values goes to the browser as lines
            headers[key] = "\n".join(one.decode("latin-1") for one in values)
    return Served(response.url, response.status, headers, response.body, good)
