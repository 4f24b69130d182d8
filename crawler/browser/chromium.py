"""Finds and starts Chromium, and keeps a few browser contexts, each for one host and not for ever."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from playwright.async_api import Browser, BrowserContext, Error, Playwright, WebSocketRoute, async_playwright

from crawler.browser.messages import INSTALL, BrowserUnavailable, find_chromium

SECONDS = 30.0
"""Longest wait for any one thing that is asked of the browser: it sometimes never answers."""
PAGES_PER_CONTEXT = 20  # contexts leak memory
_NO_NETWORK = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=http://127.0.0.1:9",  # discard: nobody listens
    "--proxy-bypass-list=<-loopback>",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
)
_QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--disable-dev-shm-usage",
)


T = TypeVar("T")


async def bounded(asked: Awaitable[T], seconds: float = SECONDS) -> T:
    """What the browser answers. Raises TimeoutError."""
    return await asyncio.wait_for(asked, seconds)


@dataclass
class _Kept:
    context: BrowserContext
    pages: int = 0


class Chromium:
    """One browser, started when it is first needed.

    ``agent`` is added to the browser's own User-Agent, so that a site sees both what asks and for whom.
    """

    def __init__(self, setting: str, agent: str) -> None:
        self._setting = setting
        self._agent = agent
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self._contexts: dict[str, _Kept] = {}
        self._lock = asyncio.Lock()
        self.user_agent = ""

    async def context(self, host: str) -> BrowserContext:
        """The host's context with its cookies, made anew after some pages."""
        async with self._lock:
            await self._start()
            kept = self._contexts.get(host)
            if kept is None or kept.pages >= PAGES_PER_CONTEXT:
                kept = self._contexts[host] = await self._renew(kept)
            kept.pages += 1
            return kept.context

    async def open_ahead(self) -> None:
        """Start it before it is needed; whoever needs it then learns why it could not be."""
        async with self._lock:
            with suppress(BrowserUnavailable):
                await self._start()

    async def close(self) -> None:
        """End the browser; never hangs, and never raises."""
        try:
            if self._browser is not None:
                await bounded(self._browser.close(), 10)
            if self._playwright is not None:
                await bounded(self._playwright.stop(), 10)
        except (Error, TimeoutError):
            pass  # it is gone, or will be with this process
        self._browser = self._playwright = None
        self._contexts.clear()

    async def _start(self) -> None:
        if self._browser is not None and self._browser.is_connected():
            return
        path = find_chromium(self._setting)
        try:
            if self._playwright is None:
                self._playwright = await bounded(async_playwright().start())
            if path is None and not os.path.exists(self._playwright.chromium.executable_path):
                raise BrowserUnavailable(f"no browser is installed: {INSTALL}")
            self._browser = await bounded(
                self._playwright.chromium.launch(
                    executable_path=path,
                    args=[*_QUIET, *_NO_NETWORK],
                    chromium_sandbox=os.geteuid() != 0,
                )
            )
            self._contexts.clear()
            own = await self._own_agent(self._browser)
        except (Error, TimeoutError, OSError) as error:
            said = str(error).strip().splitlines() or [type(error).__name__]
            raise BrowserUnavailable(f"the browser did not start ({said[0]}): {INSTALL}") from error
        self.user_agent = f"{own} {self._agent}"

    async def _own_agent(self, browser: Browser) -> str:
        page = await bounded(browser.new_page())
        agent = await bounded(page.evaluate("navigator.userAgent"))
        await bounded(page.context.close())
        return str(agent)

    async def _renew(self, old: _Kept | None) -> _Kept:
        """A context with the cookies of the one it takes the place of."""
        assert self._browser is not None
        state = None
        if old is not None:
            state = await bounded(old.context.storage_state())
            # a page that still works there ends with an error, and is one page less
            await bounded(old.context.close())
        context = await bounded(
            self._browser.new_context(
                user_agent=self.user_agent,
                locale="zh-CN",
                timezone_id="Asia/Shanghai",
                service_workers="block",
                accept_downloads=False,
                storage_state=state,
            )
        )
        context.set_default_timeout(SECONDS * 1000)
        await bounded(context.route_web_socket("**/*", _refuse))
        return _Kept(context)


async def _refuse(socket: WebSocketRoute) -> None:
    """Lists come by requests; a web socket would go by the archive."""
    await socket.close()


async def tried(setting: str) -> str | None:
    """Start the browser and let a script write a page; why that does not work, or None."""
    chromium = Chromium(setting, "nianbao")
    try:
        page = await bounded((await chromium.context("trial")).new_page())
        await bounded(page.set_content("<p></p><script>document.querySelector('p').append(6 * 7)</script>"))
        written = await bounded(page.inner_text("p"))
    except (BrowserUnavailable, Error, TimeoutError) as error:
        return str(error).strip().partition("\n")[0] or type(error).__name__
    finally:
        await chromium.close()
    return None if written == "42" else f"it drew {written!r} where 42 was written"
