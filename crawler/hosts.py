"""What one crawl knows of the hosts it meets: their memory, breaker, pace and lock."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured

from archive.catalogue.engine import Catalogue
from archive.hostlock import HostLocks, host_locks
from archive.hosts import HostState, load_host, save_host
from archive.times import Clock, utc_now
from crawler.breaker import Breaker
from crawler.pace import Pace
from crawler.verdict import Judgement

_ATTRIBUTE = "nianbao_hosts"


class NotAsked(IgnoreRequest):
    """A request that was not made, so that there is nothing to record of it."""


class HostRests(NotAsked):
    """The host refused us, or does not answer; it is left alone."""


class HostBusy(NotAsked):
    """Another crawl asks this host now."""


def host_of(url: str) -> str:
    """Name and port, as the catalogue writes it."""
    return urlsplit(url).netloc.rpartition("@")[2].lower()


class Care:
    """How one host is treated in this crawl."""

    def __init__(self, state: HostState, *, delay: float, ask_again: bool) -> None:
        self._loaded = state
        self.breaker = Breaker(state, ask_again=ask_again)
        self.pace = Pace(delay, state.crawl_delay or 0.0)
        self.unverified = False

    @property
    def state(self) -> HostState:
        return self.breaker.state

    @property
    def news(self) -> HostState | None:
        """The state, if there is something to write down."""
        return self.state if self.state != self._loaded else None

    def learn(self, **what: Any) -> None:
        """Take down fields of :class:`HostState`."""
        self.breaker.state = replace(self.breaker.state, **what)

    def written(self) -> None:
        self._loaded = self.state


class Hosts:
    """All hosts of one crawl, each loaded when it is first met."""

    def __init__(
        self,
        catalogue: Catalogue,
        home: Path,
        *,
        delay: float,
        ask_again: bool = False,
        clock: Clock = utc_now,
    ) -> None:
        self._catalogue = catalogue
        self._delay = delay
        self._ask_again = ask_again
        self.clock = clock
        self.locks: HostLocks = host_locks(catalogue, home)
        self._cares: dict[str, Care] = {}
        self.notes: list[str] = []

    def of(self, url: str) -> Care:
        host = host_of(url)
        care = self._cares.get(host)
        if care is None:
            state = load_host(self._catalogue, host)
            care = self._cares[host] = Care(state, delay=self._delay, ask_again=self._ask_again)
        return care

    def judged(self, url: str, judgement: Judgement) -> None:
        """Take an answer into account; a refusal is written down at once."""
        care = self.of(url)
        opened = care.breaker.opened
        care.breaker.judged(judgement, self.clock())
        if care.breaker.opened and not opened:
            self._write(care)

    def rests(self, url: str) -> str | None:
        """Why the host of a URL is not to be asked now; None when it may be."""
        return self.of(url).breaker.rests(self.clock())

    def resting(self) -> dict[str, str]:
        """The hosts that are left alone now, with the reason."""
        now = self.clock()
        told = {host: care.breaker.rests(now) for host, care in self._cares.items()}
        return {host: reason for host, reason in told.items() if reason}

    def walked_as(self, url: str, family: str) -> None:
        """A list of this host was walked in the way of a family."""
        self.of(url).learn(family=family)

    def note(self, text: str) -> None:
        """What a person should be told at the end of the crawl; once, however often it is said."""
        if text not in self.notes:
            self.notes.append(text)

    def close(self) -> None:
        """Write down what was learned, and let go of all locks."""
        try:
            for care in self._cares.values():
                self._write(care)
        finally:
            self.locks.close()

    def _write(self, care: Care) -> None:
        news = care.news
        if news is not None:
            save_host(self._catalogue, news, self.clock)
            care.written()


def attach_hosts(crawler: Crawler, hosts: Hosts) -> None:
    """Give the crawler what it knows of hosts. Settings would not do: Scrapy copies them deeply."""
    setattr(crawler, _ATTRIBUTE, hosts)


def hosts_of(crawler: Crawler) -> Hosts:
    """What the crawler knows of hosts."""
    hosts = getattr(crawler, _ATTRIBUTE, None)
    if not isinstance(hosts, Hosts):
        raise NotConfigured("no hosts were attached to the crawler")
    return hosts
