"""robots.txt by RFC 9309, where Scrapy's own middleware takes every answer for the rules."""

from __future__ import annotations

from contextlib import suppress

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.http import Response

from archive.recorder import StoredUnreadable
from crawler.archiving import recorder_of
from crawler.hosts import host_of, hosts_of
from crawler.verdict import Judgement, Verdict

_NOTHING_ALLOWED = b"User-agent: *\nDisallow: /\n"


class Redirects(RedirectMiddleware):
    """Follows robots.txt to where it is (2.3.1.2); where a page has moved to, the spider asks for itself."""

    def handle_referer(self, request: Request, response: Response) -> None:
        """robots.txt is asked for without a Referer."""

    def _engine_started(self) -> None:
        """Scrapy's own warns here that nothing sets a Referer."""


class Robots(RobotsTxtMiddleware):
    """A site without robots.txt allows all (2.3.1.3); one whose server fails allows nothing (2.3.1.4)."""

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        await super()._parse_robots(response.replace(body=self._rules(response)), netloc, request)

    def forget(self, netloc: str) -> None:
        """Ask for the rules again: what came in their place was a challenge, which is passed now."""
        self._parsers.pop(netloc, None)

    def _rules(self, response: Response) -> bytes:
        judgement: Judgement | None = response.request.meta.get("judgement") if response.request else None
        if judgement is None or judgement.verdict in (Verdict.OK, Verdict.NOT_MODIFIED):
            return response.body
        if judgement.verdict is not Verdict.ERROR or response.status < 500:
            return b""
        recorder = recorder_of(self.crawler)
        with suppress(StoredUnreadable):
            if recorder.known(response.url) is not None:
                return recorder.known_body(response.url)
        hosts_of(self.crawler).note(
            f"{host_of(response.url)} could not say what it allows (robots.txt: {judgement.reason}): "
            "it was left alone this time"
        )
        return _NOTHING_ALLOWED
