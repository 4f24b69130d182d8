"""Draws one page: every request that it makes is fetched by the function given, within bounds."""

from __future__ import annotations

import asyncio
import re
import time
from contextlib import suppress
from dataclasses import dataclass, field

from playwright.async_api import BrowserContext, Error, Page, Request, Route
from playwright.async_api import TimeoutError as PlaywrightTimeout

from crawler.browser.chromium import bounded
from crawler.browser.messages import DrawingFailed, Drawn, Fetch, Served, Wanted

MOST_REQUESTS = 60
QUIET = 0.6
"""Seconds without a request after which a page counts as drawn."""
SENT_ON = 2.0
"""Seconds that a page which only leads on has for doing so."""
_NEEDED = frozenset({"document", "script", "xhr", "fetch"})
#: Counters and helpers that draw nothing; asking them would only tell third parties of us.
_COUNTERS = re.compile(
    r"(?:^|\.)(?:hm\.baidu\.com|push\.zhanzhang\.baidu\.com|zz\.bdstatic\.com|bdimg\.share\.baidu\.com|cnzz\.com"
    r"|ta\.trs\.cn|conac\.cn|kaipuyun\.cn|google-analytics\.com|googletagmanager\.com|jiathis\.com|51\.la)$"
)


@dataclass
class _Working:
    """What goes on while a page is drawn."""

    fetch: Fetch
    given: Served | None
    in_flight: int = 0
    requests: int = 0
    active_at: float = field(default_factory=time.monotonic)
    good: bool = False
    redirected: dict[str, Served] = field(default_factory=dict)


async def draw(
    context: BrowserContext,
    url: str,
    fetch: Fetch,
    *,
    given: Served | None,
    seconds: float,
    patience: float = 0.0,
) -> Drawn:
    """Open the page and wait until nothing more is asked for, ``seconds`` in all.

    ``given`` is the page's document where it was fetched already. While the document is not good, it is
    waited for another one ``patience`` seconds after the last request: a challenge reloads the page.
    Raises :class:`DrawingFailed`.
    """
    work = _Working(fetch, given)
    try:
        page = await bounded(context.new_page())
    except (Error, TimeoutError) as error:
        raise DrawingFailed(f"no page could be opened: {_line(error)}") from error
    try:
        await bounded(page.route("**/*", lambda route: _answer(route, page, work)))
        return await asyncio.wait_for(_drawn(context, page, url, work, seconds, patience), seconds)
    except TimeoutError as error:
        raise DrawingFailed(f"it was not drawn within {seconds:.0f} seconds") from error
    except Error as error:
        raise DrawingFailed(_line(error)) from error
    finally:
        with suppress(Error, TimeoutError):  # its context is made anew after some pages
            await bounded(page.close(), 10)


async def _drawn(
    context: BrowserContext, page: Page, url: str, work: _Working, seconds: float, patience: float
) -> Drawn:
    try:
        await page.goto(url, wait_until="commit", timeout=seconds * 1000)
    except PlaywrightTimeout as error:
        raise DrawingFailed("its document did not come") from error
    while True:
        await asyncio.sleep(0.1)
        still = time.monotonic() - work.active_at
        if work.in_flight == 0 and still >= (QUIET if work.good else max(SENT_ON, patience)):
            break
    html = await bounded(page.content())
    cookies = [dict(one) for one in await bounded(context.cookies(page.url))]
    return Drawn(page.url.partition("#")[0], html.encode(), cookies, work.good, work.requests)


async def _answer(route: Route, page: Page, work: _Working) -> None:
    """Serve one request of the page."""
    request = route.request
    work.in_flight += 1
    work.active_at = time.monotonic()
    try:
        served = await _serve(request, page, work)
        if served is None:
            await bounded(route.abort())
        else:
            await bounded(route.fulfill(status=served.status, headers=served.headers, body=served.body))
    except (Error, TimeoutError):
        pass  # the page was closed, or has gone on to another document
    finally:
        work.in_flight -= 1
        work.active_at = time.monotonic()


async def _serve(request: Request, page: Page, work: _Working) -> Served | None:
    main = request.is_navigation_request() and request.frame == page.main_frame
    if main and (known := work.redirected.pop(request.url, None)):
        work.good = known.good
        return known
    if main and work.given is not None:
        given, work.given = work.given, None
        work.good = True
        return given
    if not _is_needed(request) or work.requests >= MOST_REQUESTS:
        return None
    work.requests += 1
    kind = request.resource_type
    wanted = Wanted(request.method, request.url, request.headers, request.post_data_buffer, main, kind)
    served = await work.fetch(wanted)
    if main:
        work.good = served is not None and served.good
    if main and served is not None and served.url != request.url.partition("#")[0]:
        work.redirected[served.url] = served
        work.good = False
        return _sent_on(served.url)
    return served


def _is_needed(request: Request) -> bool:
    if request.resource_type not in _NEEDED or not request.url.startswith(("http://", "https://")):
        return False
    host = request.url.partition("://")[2].partition("/")[0].partition(":")[0]
    return _COUNTERS.search(host) is None


def _sent_on(url: str) -> Served:
    """Stands for a redirect, which the browser would follow by itself, past the interception."""
    target = url.replace("&", "&amp;").replace('"', "&quot;")
    page = f'<!doctype html><meta http-equiv="refresh" content="0;url={target}">'
    return Served(url, 200, {"content-type": "text/html; charset=utf-8"}, page.encode())


def _line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
