"""Serves from the archive what need not be asked for: what is not due, and what a killed crawl had fetched.

The spider walks such a page as if it had come over the net, so that one way of finding things serves all.
"""

from __future__ import annotations

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Headers, HtmlResponse, Response

from archive.capture import Kind, Known
from archive.catalogue.engine import Catalogue
from archive.rechecks import Seen, load_seen
from archive.recorder import Recorder, StoredUnreadable
from archive.times import Clock, utc_now
from crawler.archiving import recorder_of
from crawler.economy import Economy, is_due, may_be_back
from crawler.hosts import NotAsked, host_of
from crawler.job import CrawlJob
from crawler.verdict import Judgement, Verdict

FROM_ARCHIVE = "from_archive"
_ATTRIBUTE = "nianbao_almanac"
_GOOD = ("ok", "not_modified")
_FILES = ("pdf", "msword", "officedocument", "ms-excel", "octet-stream", "zip", "rar", "image/", "ofd")


class NotDue(NotAsked):
    """It was not there the last time, and it is too early to look again."""


class Almanac:
    """Knows of each URL whether it is to be asked for in this crawl."""

    def __init__(
        self, job: CrawlJob, catalogue: Catalogue, recorder: Recorder, clock: Clock = utc_now
    ) -> None:
        self._job = job
        self._catalogue = catalogue
        self._recorder = recorder
        self._clock = clock
        self._economy = Economy(job.young_days, job.recheck_days, job.explore_days)
        self._seen: dict[str, dict[str, Seen]] = {}
        self._exploring = not job.night
        self.served: set[str] = set()

    @property
    def idle(self) -> bool:
        """Whether everything is asked for anyway."""
        return not self._job.night and self._job.resume_since is None

    @property
    def exploring(self) -> bool:
        """Whether this crawl looks for columns, and not only into those that are known."""
        return self._exploring

    def explore_afresh(self) -> bool:
        """From now on ask for the pages on the way to the columns too; False where that has been so."""
        before, self._exploring = self._exploring, True
        return not before

    def stored(self, url: str, kind: Kind) -> Known | None:
        """What to serve instead of asking; None for what is to be asked for. Raises :class:`NotDue`."""
        seen = self._seen_of(host_of(url)).get(url)
        if seen is None or kind in (Kind.ROBOTS, Kind.PART):
            return None
        if not self._had_before(seen) and self._is_due(url, kind, seen):
            return None
        if not seen.ever_good:
            raise NotDue(f"it was not there at {seen.checked_at}")
        known = self._recorder.known(url)
        if known is not None:
            self.served.add(url)
        return known

    def had_before(self, url: str) -> bool:
        """Whether the crawl that this one goes on with had fetched it already."""
        seen = self._seen_of(host_of(url)).get(url) if self._job.resume_since is not None else None
        return seen is not None and self._had_before(seen)

    def looks_for_gone(self, url: str) -> bool:
        """Whether this crawl asks again for what is gone, although nothing names it."""
        seen = self._seen_of(host_of(url)).get(url)
        return not self._job.night or seen is None or may_be_back(seen, self._clock(), self._economy)

    def _is_due(self, url: str, kind: Kind, seen: Seen) -> bool:
        if not self._job.night or (kind is Kind.PAGE and self._exploring):
            return True
        return is_due(url, kind, seen, self._clock(), self._economy)

    def _had_before(self, seen: Seen) -> bool:
        since = self._job.resume_since
        return since is not None and seen.checked_at >= since and seen.verdict in _GOOD

    def _seen_of(self, host: str) -> dict[str, Seen]:
        if host not in self._seen:
            self._seen[host] = load_seen(self._catalogue, host)
        return self._seen[host]


def attach_almanac(crawler: Crawler, almanac: Almanac) -> None:
    """Give the crawler its almanac. Settings would not do: Scrapy copies them deeply."""
    setattr(crawler, _ATTRIBUTE, almanac)


class Nightly:
    """Stands before everything else, for what it serves asks nothing of any host."""

    def __init__(self, almanac: Almanac, recorder: Recorder) -> None:
        self._almanac = almanac
        self._recorder = recorder

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Nightly:
        almanac = getattr(crawler, _ATTRIBUTE, None)
        if not isinstance(almanac, Almanac) or almanac.idle:
            raise NotConfigured("everything is asked for")
        return cls(almanac, recorder_of(crawler))

    def process_request(self, request: Request) -> Response | None:
        meta = request.meta
        if request.method != "GET" or meta.get("browser") or meta.get("again") or "kind" not in meta:
            return None
        if meta.get("due"):
            return None
        known = self._almanac.stored(request.url, Kind(request.meta["kind"]))
        if known is None:
            return None
        media_type = known.media_type or "text/html"
        is_file = any(word in media_type for word in _FILES)
        try:
            body = b"" if is_file else self._recorder.known_body(request.url)
        except StoredUnreadable:
            return None  # as if it had never been there
        request.meta["judgement"] = Judgement(Verdict.NOT_MODIFIED, "not asked for: it is in the archive")
        return HtmlResponse(
            request.url,
            body=body,
            headers=Headers({"Content-Type": media_type}),
            flags=[FROM_ARCHIVE],
            request=request,
            encoding="utf-8",
        )
