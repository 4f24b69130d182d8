"""The Scrapy middleware between the wire and everything else: ask conditionally, judge, archive.

It sees each hop of a redirect and each answer to a retry, so all of them are kept.
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Headers, Response
from scrapy.utils.defer import deferred_from_coro
from sqlalchemy.exc import SQLAlchemyError

from archive.capture import Fetched, Kind, Known, Via, posted_url
from archive.recorder import Recorder, StoredUnreadable
from archive.times import utc_now
from archive.warc.exchange import Exchange, Placed
from archive.warc.payload import UndecodableBody, decode_body, head_fields, media_type_of, split_head
from archive.warc.writer import ArchiveUnwritable
from crawler.addresses import resolver
from crawler.discovery import body_shown
from crawler.hosts import NotAsked, hosts_of
from crawler.page import Page, is_html, read_page
from crawler.recognised import bears_a_report
from crawler.trouble import explain, first_line
from crawler.verdict import Judgement, Verdict, judge
from crawler.wire import CUT_OFF, TOO_LARGE, TOO_SLOW, OneAtATime, Wire

ACCEPT_ENCODING = "gzip, deflate"  # codings that every WARC reader understands

_TRUNCATED = {Verdict.TOO_LARGE: "length", Verdict.TRUNCATED: "disconnect"}
_ATTRIBUTE = "nianbao_recorder"
_CONDITIONS = ("If-None-Match", "If-Modified-Since")
_LED_ON = (Kind.START, Kind.PAGE, Kind.LISTING)


def attach(crawler: Crawler, recorder: Recorder) -> None:
    """Give the crawler its archive. Settings would not do: Scrapy copies them deeply."""
    setattr(crawler, _ATTRIBUTE, recorder)


def recorder_of(crawler: Crawler) -> Recorder:
    """The crawler's archive."""
    recorder = getattr(crawler, _ATTRIBUTE, None)
    if not isinstance(recorder, Recorder):
        raise NotConfigured("no recorder was attached to the crawler")
    return recorder


class ArchiveMiddleware:
    """Archives each exchange with its verdict, which it leaves in ``request.meta["judgement"]``."""

    def __init__(self, crawler: Crawler, recorder: Recorder, home_url: str | None, max_bytes: int) -> None:
        self._crawler = crawler
        self._unwritable: str | None = None
        self._recorder = recorder
        self._home_url = home_url
        self._max_bytes = max_bytes

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ArchiveMiddleware:
        recorder = recorder_of(crawler)
        home_url = crawler.settings.get("NIANBAO_HOME_URL")
        middleware = cls(crawler, recorder, home_url, crawler.settings.getint("DOWNLOAD_MAXSIZE"))
        crawler.signals.connect(middleware.spider_idle, signals.spider_idle)
        return middleware

    def process_request(self, request: Request) -> None:
        request.headers["Accept-Encoding"] = ACCEPT_ENCODING
        # what is to be drawn is drawn from the page itself: an answer without one would be of no use
        meta = request.meta
        if request.method != "GET" or meta.get("unconditional") or meta.get("again") or meta.get("draw"):
            return
        known = self._recorder.known(_name(request))
        if known is None or known.sha256 is None:
            return
        if known.etag:
            request.headers["If-None-Match"] = known.etag
        if known.last_modified:
            request.headers["If-Modified-Since"] = known.last_modified

    def process_response(self, request: Request, response: Response) -> Response | Request:
        wire = request.meta.pop("wire", None)
        if wire is None:  # made by another middleware, not fetched
            return response
        fields = head_fields(split_head(wire.response)[0])
        judgement, body = self._judge(request, response, wire, fields)
        if judgement.verdict is Verdict.NOT_MODIFIED and self._recorder.known(_name(request)) is None:
            judgement = Judgement(Verdict.ERROR, "status 304 where nothing is in the archive")
        exchange = Exchange(
            request.url,
            utc_now(),
            wire.request,
            wire.response,
            wire.ip,
            truncated=_TRUNCATED.get(judgement.verdict),
        )
        if request.meta.get("challenged") and judgement.verdict is Verdict.CHALLENGE and not judgement.shell:
            judgement = Judgement(Verdict.BLOCKED, f"{judgement.reason}, after the browser too", firm=True)
        if request.url.startswith("https:") and hosts_of(self._crawler).of(request.url).unverified:
            judgement = replace(judgement, reason=f"{judgement.reason}; the certificate does not hold")
        page = request.meta.get("page")
        fetched = _fetched(request, response, exchange, judgement, body, fields, page)
        before = self._recorder.known(fetched.url)
        if judgement.verdict in (Verdict.OK, Verdict.NOT_MODIFIED):
            fetched = marked_as_piece(fetched, page, before, request.meta.get("body"))
        request.meta["placed"] = self._keep(fetched)
        request.meta["first_change"] = page is not None and self._is_first_change(fetched, before)
        request.meta["judgement"] = judgement
        if judgement.verdict is Verdict.SOFT_GONE:
            request.meta["dont_redirect"] = True
        if judgement.verdict is Verdict.NOT_MODIFIED:
            return self._from_archive(request, response)
        return response.replace(body=body or b"", headers=_without_coding(response.headers))

    def process_exception(self, request: Request, exception: Exception) -> None:
        if isinstance(exception, NotAsked):
            return
        excluded = isinstance(exception, IgnoreRequest)
        judgement = Judgement(
            Verdict.EXCLUDED if excluded else Verdict.ERROR, explain(exception, request.url)
        )
        request.meta["judgement"] = judgement
        self._keep(
            Fetched(
                url=_name(request),
                fetched_at=utc_now(),
                kind=_kind(request),
                verdict=judgement.verdict.value,
                reason=judgement.reason,
                parent_url=request.meta.get("parent"),
            )
        )

    def spider_idle(self) -> None:
        try:
            self._recorder.flush()
        except (ArchiveUnwritable, SQLAlchemyError) as error:
            self._stop(error)

    def _keep(self, fetched: Fetched) -> Placed | None:
        """Archive, or end the crawl: nothing more is fetched once it cannot be kept."""
        if self._unwritable is not None:
            raise IgnoreRequest(self._unwritable)
        try:
            return self._recorder.add(fetched)
        except (ArchiveUnwritable, SQLAlchemyError) as error:
            raise self._stop(error) from error

    def _stop(self, error: Exception) -> IgnoreRequest:
        reason, engine = first_line(error), self._crawler.engine
        if self._unwritable is None and engine is not None:
            self._unwritable = reason
            if isinstance(engine.downloader, OneAtATime):
                engine.downloader.drop_waiting(reason)
            deferred_from_coro(engine.close_spider_async(reason=reason))
        return IgnoreRequest(reason)

    def _judge(
        self, request: Request, response: Response, wire: Wire, fields: dict[str, str]
    ) -> tuple[Judgement, bytes | None]:
        if TOO_LARGE in response.flags:
            return Judgement(Verdict.TOO_LARGE, f"longer than {self._max_bytes} bytes"), None
        wire_body = split_head(wire.response)[1]
        try:
            body = decode_body(wire_body, fields, self._max_bytes)
        except UndecodableBody as error:
            return Judgement(Verdict.ERROR, f"the body cannot be decoded: {error}"), None
        if CUT_OFF in response.flags:
            return Judgement(Verdict.TRUNCATED, "the connection closed before the body's end"), body
        if TOO_SLOW in response.flags:
            return Judgement(Verdict.TRUNCATED, "the body's end did not come in time"), body
        page = _page(request, body, fields)
        judgement = judge(
            response.status,
            fields,
            body,
            url=request.url,
            final_url=request.url,
            home_url=self._home_url,
            declared_length=_declared(fields),
            received_length=len(wire_body),
            page=page,
        )
        request.meta["page"] = page
        return judgement, body

    def _is_first_change(self, fetched: Fetched, before: Known | None) -> bool:
        """Whether a report's page came with other bytes than ever before, for the first time."""
        of_report = fetched.kind in (Kind.ARTICLE, Kind.GIVEN) and fetched.verdict == Verdict.OK
        if not of_report or fetched.cut or fetched.again or before is None or before.changed:
            return False
        now = self._recorder.known(fetched.url)
        return now is not None and now.changed

    def _from_archive(self, request: Request, response: Response) -> Response | Request:
        """A 304 for the spider: with the stored body, so that lists can be walked from it.

        Where that cannot be read any more it is asked for once again, without condition.
        """
        try:
            body = self._recorder.known_body(_name(request))
        except StoredUnreadable as error:
            hosts_of(self._crawler).note(f"{told_damaged(request.url, error)}: it was fetched anew")
            again: Request = request.replace(dont_filter=True)
            for name in _CONDITIONS:
                again.headers.pop(name, None)
            return again
        return response.replace(status=200, body=body, flags=[*response.flags, "not_modified"])


def told_damaged(url: str, error: StoredUnreadable) -> str:
    """For people: what is stored of an address cannot be read."""
    return f"what the archive holds of {url} cannot be read ({error}; see `nianbao verify`)"


def _fetched(
    request: Request,
    response: Response,
    exchange: Exchange,
    judgement: Judgement,
    body: bytes | None,
    fields: dict[str, str],
    page: Page | None,
) -> Fetched:
    return Fetched(
        url=_name(request),
        fetched_at=exchange.fetched_at,
        kind=_kind(request, page),
        verdict=judgement.verdict.value,
        reason=judgement.reason,
        status=response.status,
        exchange=exchange,
        body=None if response.status == 304 else body,
        media_type=media_type_of(fields),
        etag=fields.get("etag"),
        last_modified=fields.get("last-modified"),
        parent_url=request.meta.get("parent"),
        location=resolver(request.url)(fields.get("location", ""))
        if judgement.verdict is Verdict.MOVED
        else None,
        via=Via.BROWSER if request.meta.get("browser") else Via.HTTP,
        again=bool(request.meta.get("again")),
    )


def _page(request: Request, body: bytes, fields: dict[str, str]) -> Page | None:
    """The page, read once for the verdict and for discovery; None for what is no HTML."""
    return read_page(body, request.url, fields.get("content-type")) if is_html(body) else None


def _declared(fields: dict[str, str]) -> int | None:
    length = fields.get("content-length", "")
    return int(length) if length.isdecimal() and "transfer-encoding" not in fields else None


def _name(request: Request) -> str:
    """The name under which the answer is kept."""
    return posted_url(request.url, request.body.decode("utf-8", "replace") if request.body else "")


def _kind(request: Request, page: Page | None = None) -> Kind:
    """What was asked for; a page that was taken for a list and bears a report is an article."""
    if urlsplit(request.url).path == "/robots.txt":
        return Kind.ROBOTS
    kind = Kind(request.meta.get("kind", Kind.PAGE))
    if kind in _LED_ON and page is not None and bears_a_report(page):
        return Kind.ARTICLE
    return kind


def marked_as_piece(fetched: Fetched, page: Page | None, before: Known | None, first: str | None) -> Fetched:
    """The fetch marked as a piece where it is one: then the first page of the body leads to it.

    ``first`` is that where it is known. An answer without a page, such as 304, is what the one before was.
    """
    if page is None:
        return replace(fetched, cut=before is not None and before.cut)
    body = body_shown(page, fetched.kind, first)
    if body is None and first is None:
        return fetched
    first = body.first if body is not None else first
    leads = fetched.parent_url or (first if first != fetched.url else None)
    return replace(fetched, cut=True, parent_url=leads)


def _without_coding(headers: Headers) -> Headers:
    if "Content-Encoding" not in headers:
        return headers
    kept = headers.copy()
    kept.pop("Content-Encoding", None)
    return kept
