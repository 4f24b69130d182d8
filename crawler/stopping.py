"""What ends a crawl before it is done: the window of hours, and the end of the program that started it."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import Any

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.utils.defer import deferred_from_coro
from twisted.internet.task import LoopingCall

from crawler.wire import OneAtATime

WINDOW_CLOSED = "the window of hours closed"
ORPHANED = "the program that started the crawl is gone"
_LOOK_EVERY = 0.5  # seconds


def stop_after(crawler: Crawler, seconds: float) -> None:
    """End the crawl when the window of hours closes; what it fetched is kept."""

    def opened() -> None:
        from twisted.internet import reactor

        later: Any = reactor
        call = later.callLater(max(0.0, seconds), partial(_stop, crawler, WINDOW_CLOSED))
        crawler.signals.connect(
            lambda **_: call.cancel() if call.active() else None, signals.spider_closed, weak=False
        )

    crawler.signals.connect(opened, signals.spider_opened, weak=False)


def stop_without(crawler: Crawler, parent: int, present: Callable[[], int] = os.getppid) -> None:
    """End the crawl when the process ``parent`` is this one's parent no more: nobody would end it else.

    Looked at now and then, because the signal that Linux can send comes already when a thread of the parent
    ends.
    """

    def look() -> None:
        if present() != parent:
            engine = crawler.engine
            if engine is not None and isinstance(engine.downloader, OneAtATime):
                engine.downloader.drop_waiting(ORPHANED)
            _stop(crawler, ORPHANED)

    def opened() -> None:
        ticker = LoopingCall(look)  # made here: it needs the reactor
        ticker.start(_LOOK_EVERY, now=True)
        crawler.signals.connect(
            lambda **_: ticker.stop() if ticker.running else None, signals.spider_closed, weak=False
        )

    crawler.signals.connect(opened, signals.spider_opened, weak=False)


def _stop(crawler: Crawler, reason: str) -> None:
    engine = crawler.engine
    if engine is not None and engine.spider is not None:
        deferred_from_coro(engine.close_spider_async(reason=reason))
