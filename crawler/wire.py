"""Scrapy's own HTTP/1.1 download handler, with the bytes kept as they went over the wire.

Scrapy hands on parsed headers and a dechunked body; an archive keeps what was sent. Each connection
of the pool notes the raw request and response; the response's notes are found in
``request.meta["wire"]`` as a :class:`Wire`.
"""

from __future__ import annotations

from typing import Any, cast

from scrapy import Request
from scrapy.core.downloader import Downloader
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _ScrapyAgent,
)
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.http import Response
from scrapy.utils._download_handlers import wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.defer import Deferred

from archive.warc.payload import head_fields, split_head
from crawler.hosts import HostRests, hosts_of
from crawler.trust import CertificatePolicy

TOO_LARGE = "too_large"
"""The flag of an answer that was cut because it is longer than allowed."""


class Wire:
    """The bytes of one exchange, as sent and as received, heads included."""

    __slots__ = ("_received", "_sent", "ip")

    def __init__(self) -> None:
        self._sent: list[bytes] = []
        self._received: list[bytes] = []
        self.ip: str | None = None

    def note_sent(self, data: bytes) -> None:
        self._sent.append(data)

    def note_received(self, data: bytes) -> None:
        self._received.append(data)

    @property
    def request(self) -> bytes:
        return b"".join(self._sent)

    @property
    def response(self) -> bytes:
        """The final response; interim ones (1xx) before it are left out."""
        data = b"".join(self._received)
        while data[9:10] == b"1" and data.startswith(b"HTTP/"):
            end = data.find(b"\r\n\r\n")
            if end < 0:
                return data
            data = data[end + 4 :]
        return data


class _NotingTransport:
    """Passes everything on to the transport and notes what is written."""

    def __init__(self, transport: Any, wire: Wire) -> None:
        self._transport = transport
        self._wire = wire

    def write(self, data: bytes) -> None:
        self._wire.note_sent(data)
        self._transport.write(data)

    def writeSequence(self, data: list[bytes]) -> None:
        self.write(b"".join(data))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class _NotingProtocol(_LenientHTTP11ClientProtocol):
    _wire: Wire | None = None

    def request(self, request: Any) -> Deferred[Any]:
        wire = self._wire = Wire()
        wire.ip = getattr(cast(Any, self.transport).getPeer(), "host", None)
        write_to = request.writeTo
        request.writeTo = lambda transport: write_to(_NotingTransport(transport, wire))
        deferred = super().request(request)

        def attach(response: Any) -> Any:
            response.wire = wire
            return response

        deferred.addCallback(attach)
        return deferred

    def dataReceived(self, data: bytes) -> None:
        if self._wire is not None:
            self._wire.note_received(data)
        super().dataReceived(data)  # type: ignore[no-untyped-call]


class _NotingFactory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: Any) -> _NotingProtocol:
        return _NotingProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class _NotingAgent(_ScrapyAgent):
    def _cb_bodyready(self, txresponse: Any, request: Request) -> Any:
        request.meta["wire"] = txresponse.wire
        return super()._cb_bodyready(txresponse, request)


class OneAtATime(Downloader):
    """Takes a host's turn at once, not when the task of the download first runs.

    Without it, and without a delay, all waiting requests to a host start together, whatever
    CONCURRENT_REQUESTS_PER_DOMAIN says. A request that waited for its turn while its host began to refuse us
    is not sent any more.
    """

    def _wait_for_download(self, slot: Any, request: Request, queue_dfd: Deferred[Response]) -> Any:
        slot.transferring.add(request)
        return super()._wait_for_download(slot, request, queue_dfd)

    def drop_waiting(self, reason: str) -> None:
        """Send none of the requests that wait for their turn; each ends as ignored, with the reason."""
        for slot in self.slots.values():
            while slot.queue:
                _, waiting = slot.queue.popleft()
                waiting.errback(IgnoreRequest(reason))

    async def _download(self, slot: Any, request: Request) -> Response:
        reason = hosts_of(self.crawler).rests(request.url)
        if reason is not None:
            slot.transferring.remove(request)
            self._process_queue(slot)
            raise HostRests(reason)
        response: Response = await super()._download(slot, request)
        return response


class WireDownloadHandler(HTTP11DownloadHandler):
    """Use for the schemes ``http`` and ``https`` in ``DOWNLOAD_HANDLERS``."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = _NotingFactory
        self._contextFactory = cast(Any, CertificatePolicy(crawler, hosts_of(crawler)))

    async def download_request(self, request: Request) -> Response:
        request.meta.pop("wire", None)
        agent = _NotingAgent(
            contextFactory=self._contextFactory,
            bindAddress=self._bind_address,
            pool=self._pool,
            maxsize=self._default_maxsize,
            warnsize=self._default_warnsize,
            fail_on_dataloss=self._fail_on_dataloss,
            crawler=self._crawler,
            tls_verbose_logging=self._tls_verbose_logging,
        )
        try:
            with wrap_twisted_exceptions():
                return await maybe_deferred_to_future(agent.download_request(request))
        except DownloadCancelledError:
            wire = request.meta.get("wire")
            if wire is None:
                raise
            return _cut(request, wire)


def _cut(request: Request, wire: Wire) -> Response:
    """An answer that is longer than allowed, as far as it came; the wire's notes hold the bytes."""
    head, _ = split_head(wire.response)
    words = head.split(None, 2)
    status = int(words[1]) if len(words) > 1 and words[1].isdigit() else 200
    return Response(request.url, status=status, headers=head_fields(head), flags=[TOO_LARGE], request=request)
