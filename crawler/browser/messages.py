"""What goes between the crawler and its browser. Without Playwright, which most crawls never need to load."""

from __future__ import annotations

import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

AUTO = "auto"
OFF = "off"
INSTALL = (
    "install one: `apt-get install chromium` on Debian, or `playwright install chromium`; "
    "`browser` in nianbao.toml may name its program"
)
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class BrowserUnavailable(Exception):
    """No browser can be used; the text says why and what to do."""


def find_chromium(setting: str = AUTO) -> str | None:
    """The program to start; None for the one that Playwright installs for itself.

    Raises :class:`BrowserUnavailable` where it is switched off or the program named is not there.
    """
    if setting == OFF:
        raise BrowserUnavailable('the browser is switched off: set browser = "auto" in nianbao.toml')
    if setting != AUTO:
        found = shutil.which(setting)
        if found is None:
            raise BrowserUnavailable(f"there is no program {setting}: {INSTALL}")
        return found
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


class DrawingFailed(Exception):
    """The page could not be drawn; the text says why."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A request of the page. ``main``: it asks for the page's own document."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes | None
    main: bool
    kind: str


@dataclass(frozen=True, slots=True)
class Served:
    """What is given to the browser. ``good``: of a document, that it is the page, no challenge or error."""

    url: str
    status: int
    headers: dict[str, str]
    body: bytes
    good: bool = True


Fetch = Callable[[Wanted], Awaitable[Served | None]]
"""Fetches for the page; None where it cannot or must not be had."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A page as drawn. ``passed``: whether its last document was the page itself."""

    url: str
    html: bytes
    cookies: list[dict[str, object]]
    passed: bool
    requests: int
