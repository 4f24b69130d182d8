"""The Scrapy side of courtesy: who may be asked at all, and how fast.

`Gate` stands before everything else, robots.txt included; `Courtesy` stands right behind the archive, so
that it sees every answer, each hop of a redirect and each retry, before anything is tried again.
"""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import Any

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.internet.task import LoopingCall

from archive.capture import FILE_KINDS, Kind
from crawler.guard import NotAllowed
from crawler.hosts import HostBusy, HostRests, Hosts, NotAsked, host_of, hosts_of
from crawler.pace import retry_after, with_jitter
from crawler.trouble import explain
from crawler.verdict import Judgement, Verdict

START_PATIENCE = 5.0
"""Seconds to wait for another crawl that asks the host of a start page; a longer one is not waited for."""
PATIENCE = 600.0
_POLL = 0.25
_IDLE = 3.0
LONGEST_HOLD = 120.0
"""Seconds; a host that asks for more by Retry-After is left alone for this run."""
_OVERLOADED = frozenset({429, 500, 502, 503, 504, 522, 524})


def set_delay(crawler: Crawler, request: Request) -> None:
    """Bring Scrapy's slot of the request's host to the host's pace."""
    assert crawler.engine is not None
    downloader = crawler.engine.downloader
    key = downloader.get_slot_key(request)
    mean, jitter = with_jitter(hosts_of(crawler).of(request.url).pace.delay)
    # Scrapy forgets a slot after a minute without requests, and makes it anew from these settings
    downloader.per_slot_settings[key] = {"delay": mean, "jitter": jitter}
    slot = downloader.slots.get(key)
    if slot is not None:
        slot.delay, slot.jitter = mean, jitter


class Gate:
    """Lets a request on only when its host may be asked: it does not rest, and no other crawl asks it."""

    def __init__(self, crawler: Crawler, hosts: Hosts) -> None:
        self._crawler = crawler
        self._hosts = hosts
        self._used: dict[str, float] = {}
        self._slots: dict[str, str] = {}
        self._ticker = LoopingCall(self._let_go)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Gate:
        gate = cls(crawler, hosts_of(crawler))
        crawler.signals.connect(gate.opened, signals.spider_opened)
        crawler.signals.connect(gate.closed, signals.spider_closed)
        crawler.signals.connect(gate.left, signals.request_left_downloader)
        return gate

    async def process_request(self, request: Request) -> None:
        self._refuse_resting(request)
        await self._take(request)
        self._refuse_resting(request)
        set_delay(self._crawler, request)

    def opened(self) -> None:
        self._ticker.start(1.0, now=False)

    def closed(self) -> None:
        if self._ticker.running:
            self._ticker.stop()

    def left(self, request: Request) -> None:
        self._used[host_of(request.url)] = time.monotonic()

    def _refuse_resting(self, request: Request) -> None:
        reason = self._hosts.rests(request.url)
        if reason is not None:
            raise HostRests(reason)

    async def _take(self, request: Request) -> None:
        """Wait until no other process asks the host; then, as it has just been asked, one delay more."""
        host = host_of(request.url)
        given = request.meta.get("kind") in (Kind.START, Kind.GIVEN)
        patience = START_PATIENCE if given else PATIENCE
        began = time.monotonic()
        waited = False
        while not self._hosts.locks.take(host):
            waited = True
            if time.monotonic() - began > patience:
                raise HostBusy(f"another crawl is asking {host}; try again when it is over")
            await asyncio.sleep(_POLL)
        self._used[host] = time.monotonic()
        if waited:
            await asyncio.sleep(self._hosts.of(request.url).pace.delay)

    def _let_go(self) -> None:
        """Give back hosts that nothing is asked of any more, so that no two crawls wait for each other."""
        assert self._crawler.engine is not None
        now = time.monotonic()
        busy = {host_of(r.url) for r in self._crawler.engine.downloader.active}
        for host, used in list(self._used.items()):
            rest = _IDLE + 2 * self._hosts.of(f"//{host}").pace.delay
            if host not in busy and now - used > rest:
                self._hosts.locks.release(host)
                del self._used[host]


def _speaks_for_host(request: Request, response: Response, judgement: Judgement) -> bool:
    """A refused search, or a download program that wants a captcha for a file, says nothing of the pages."""
    if _says_nothing_yet(request, judgement) or request.meta.get("source"):
        return False
    of_a_file = request.meta.get("kind") in FILE_KINDS and response.status == 200
    return not (of_a_file and judgement.verdict is Verdict.BLOCKED)


class Courtesy:
    """Takes each answer into account: breaker, pace, and what robots.txt asks for."""

    def __init__(self, crawler: Crawler, hosts: Hosts) -> None:
        self._crawler = crawler
        self._hosts = hosts

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Courtesy:
        courtesy = cls(crawler, hosts_of(crawler))
        crawler.signals.connect(courtesy.robots_parsed, signals.robots_parsed)
        return courtesy

    def process_response(self, request: Request, response: Response) -> Response:
        judgement: Judgement | None = request.meta.get("judgement")
        if judgement is None or "from_archive" in response.flags:
            return response
        if _speaks_for_host(request, response, judgement):
            self._hosts.judged(request.url, judgement)
        care = self._hosts.of(request.url)
        if response.status in _OVERLOADED and judgement.verdict is Verdict.ERROR:
            care.pace.trouble()
            care.breaker.failed(judgement.reason)
            set_delay(self._crawler, request)
            self._hold(request, response)
        elif judgement.verdict in (Verdict.OK, Verdict.NOT_MODIFIED):
            care.pace.well()
        if self._hosts.rests(request.url):
            request.meta["dont_retry"] = True
        set_delay(self._crawler, request)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        if isinstance(exception, NotAllowed):
            request.meta["dont_retry"] = True
        judgement: Judgement | None = request.meta.get("judgement")
        if isinstance(exception, NotAsked) or judgement is None or judgement.verdict is Verdict.EXCLUDED:
            return
        care = self._hosts.of(request.url)
        care.pace.trouble()
        care.breaker.failed(explain(exception, request.url))
        if care.breaker.opened:
            request.meta["dont_retry"] = True
        set_delay(self._crawler, request)

    def robots_parsed(self, robotparser: Any, request: Request) -> None:
        asked = robotparser.crawl_delay(self._crawler.settings["USER_AGENT"])
        care = self._hosts.of(request.url)
        care.learn(crawl_delay=asked)
        care.pace.asked_for = asked or 0.0
        set_delay(self._crawler, request)

    def _hold(self, request: Request, response: Response) -> None:
        """Ask nothing of the host for as long as it says; when that is long, nothing more in this run."""
        field = response.headers.get("Retry-After")
        seconds = retry_after(field.decode("latin-1") if field else None, self._hosts.clock())
        if not seconds:
            return
        if seconds > LONGEST_HOLD:
            until = self._hosts.clock() + timedelta(seconds=seconds)
            reason = f"status {response.status}, it asks to be left alone for {seconds:.0f} seconds"
            self._hosts.of(request.url).breaker.put_off(until, reason)
            return
        assert self._crawler.engine is not None
        slot = self._crawler.engine.downloader.slots.get(request.meta.get("download_slot", ""))
        if slot is not None:
            # by chance the wait that is added to this may be the shortest
            slot.lastseen = time.monotonic() + seconds - slot.delay * (1 - slot.jitter)


def _says_nothing_yet(request: Request, judgement: Judgement) -> bool:
    """A challenge that the browser may still pass: in place of robots.txt, or met by the browser itself."""
    asked_early = request.url.endswith("/robots.txt") or bool(request.meta.get("browser"))
    return asked_early and judgement.verdict is Verdict.CHALLENGE
