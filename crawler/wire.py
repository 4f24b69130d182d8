"""Fetches over HTTP/1.1 with aiohttp, and keeps the bytes of each exchange as they went over the wire.

Scrapy's own handlers hand on parsed headers and a dechunked body; an archive keeps what was sent. Each
connection notes the raw request and response; the response's notes are found in ``request.meta["wire"]``
as a :class:`Wire`. (aiohttp takes a third of the time that Twisted's client does, and that was most of what
a page cost.)
"""

from __future__ import annotations

import asyncio
import errno
from functools import partial
from typing import Any

import aiohttp
import yarl
from aiohttp.client_proto import ResponseHandler
from scrapy import Request
from scrapy.core.downloader import Downloader
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    UnsupportedURLSchemeError,
)
from scrapy.http import Headers, Response
from twisted.internet.defer import Deferred

from archive.warc.payload import head_fields, split_head, status_of
from crawler.guard import NotAllowed, NotPublic, any_socket, public_socket
from crawler.hosts import HostRests, hosts_of
from crawler.trust import lenient_context, strict_context

TOO_LARGE = "too_large"
"""The flag of an answer that was cut because it is longer than allowed."""
CUT_OFF = "dataloss"
"""The flag of an answer whose connection ended before it did."""
TOO_SLOW = "too_slow"
"""The flag of an answer whose end did not come in time."""

TOTAL = 5
"""Times the time-out for silence that one answer may take in all, so that a trickle ends too."""
NAMES_KEPT = 300
"""Seconds for which the address of a name is remembered."""
_LONGEST_HEAD = 1 << 20
_NOT_BY_ITSELF = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")


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
        if len(self._received) > 1:
            self._received = [b"".join(self._received)]
        data = self._received[0] if self._received else b""
        while data[9:10] == b"1" and data.startswith(b"HTTP/"):
            end = data.find(b"\r\n\r\n")
            if end < 0:
                return data
            data = data[end + 4 :]
        return data


class _NotingTransport:
    """Passes everything on to the transport and notes what is written."""

    def __init__(self, transport: Any) -> None:
        self._transport = transport
        self.wire = Wire()

    def write(self, data: Any) -> None:
        self.wire.note_sent(bytes(data))
        self._transport.write(data)

    def writelines(self, data: Any) -> None:
        self.write(b"".join(data))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class _NotingConnection(ResponseHandler):
    """Notes what is sent and received, and shows the parser of a head only what says where the body ends.

    Real servers send heads that no parser takes: lines without a colon, names with blanks, file names in GBK.
    """

    wire: Wire | None = None
    _head: bytes | None = None

    def set_response_params(self, **params: Any) -> None:
        """aiohttp calls it right before it sends a request."""
        noting: Any = self.transport
        if not isinstance(noting, _NotingTransport):
            noting = self.transport = _NotingTransport(noting)  # type: ignore[assignment]
        self.wire = noting.wire = Wire()
        self.wire.ip = (noting.get_extra_info("peername") or (None,))[0]
        self._head = b""
        super().set_response_params(**params)

    def data_received(self, data: bytes) -> None:
        if self.wire is not None and data:
            self.wire.note_received(data)
        if self._head is not None and data:
            data = self._take_head(data)
            if not data:
                self._reschedule_timeout()
                return
        super().data_received(data)

    def _take_head(self, data: bytes) -> bytes:
        """What the parser is shown of the bytes so far: nothing while the head is not whole."""
        seen = (self._head or b"") + data
        shown = b""
        while True:
            head, rest = split_head(seen)
            if not rest and not head.endswith((b"\n\n", b"\n\r\n")):
                self._head = seen if len(seen) <= _LONGEST_HEAD else None
                return shown if self._head is not None else shown + seen
            status = status_of(head)
            shown += framing(head) if status is not None else head
            if status is None or not 100 <= status < 200 or status == 101:
                self._head = None
                return shown + rest
            seen = rest


def framing(head: bytes) -> bytes:
    """A head that says of the body's length what this one says, and nothing else (RFC 9112, 6.3)."""
    fields = head_fields(head)
    version = b"HTTP/1.0" if head.startswith(b"HTTP/1.0") else b"HTTP/1.1"
    lines = [b"%s %03d -" % (version, status_of(head) or 0)]
    lengths = {part.strip() for part in fields.get("content-length", "").split(",")}
    if "chunked" in fields.get("transfer-encoding", "").lower():
        lines.append(b"Transfer-Encoding: chunked")
    elif len(lengths) == 1 and (length := lengths.pop()).isdecimal() and length.isascii():
        lines.append(b"Content-Length: " + length.encode())
    wanted = fields.get("connection", "").lower()
    if "close" in wanted or "keep-alive" in wanted:
        lines.append(b"Connection: close" if "close" in wanted else b"Connection: keep-alive")
    return b"\r\n".join(lines) + b"\r\n\r\n"


class _NotingResponse(aiohttp.ClientResponse):
    """Remembers the notes of its connection, which it gives back when the body is read."""

    wire: Wire

    async def start(self, connection: Any) -> aiohttp.ClientResponse:
        self.wire = connection.protocol.wire
        return await super().start(connection)


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


class WireDownloadHandler(BaseDownloadHandler):
    """Use for the schemes ``http`` and ``https`` in ``DOWNLOAD_HANDLERS``.

    The response's body is left empty: whoever has the wire's notes decodes it, in one place and bounded.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._hosts = hosts_of(crawler)
        self._most = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        self._allow_private = crawler.settings.getbool("NIANBAO_ALLOW_PRIVATE")
        self._strict = strict_context()
        self._lenient = lenient_context()
        self._opened: aiohttp.ClientSession | None = None

    async def download_request(self, request: Request) -> Response:
        request.meta.pop("wire", None)
        timeout = float(request.meta["download_timeout"])
        try:
            return await self._fetch(request, timeout)
        except (aiohttp.InvalidUrlClientError, aiohttp.NonHttpUrlClientError) as error:
            raise UnsupportedURLSchemeError(str(error)) from error
        except TimeoutError as error:
            raise DownloadTimeoutError(f"{request.url} gave no answer in {timeout:g} seconds") from error
        except aiohttp.ClientConnectorDNSError as error:
            raise CannotResolveHostError(str(error)) from error
        except aiohttp.ClientSSLError as error:
            raise DownloadFailedError(str(error)) from error
        except aiohttp.ClientConnectorError as error:
            raise _unconnected(error) from error
        except aiohttp.ClientError as error:
            raise DownloadFailedError(str(error) or type(error).__name__) from error

    async def close(self) -> None:
        if self._opened is not None:
            await self._opened.close()

    async def _fetch(self, request: Request, timeout: float) -> Response:
        lenient = request.url.startswith("https:") and self._hosts.of(request.url).unverified
        async with self._session.request(
            request.method,
            yarl.URL(request.url, encoded=True),
            data=request.body or None,
            headers=_headers(request),
            proxy=request.meta.get("proxy"),
            proxy_headers=_proxy_headers(request),
            ssl=self._lenient if lenient else self._strict,
            timeout=aiohttp.ClientTimeout(total=TOTAL * timeout, sock_connect=timeout, sock_read=timeout),
            allow_redirects=False,
        ) as answer:
            assert isinstance(answer, _NotingResponse)
            request.meta["wire"] = answer.wire
            flag = await self._read(answer)
            return _response(request, answer, flag)

    async def _read(self, answer: aiohttp.ClientResponse) -> str | None:
        """Wait for the body's end; the flag of one that does not come."""
        if (answer.content_length or 0) > self._most:
            answer.close()
            return TOO_LARGE
        size = 0
        try:
            async for chunk in answer.content.iter_any():
                size += len(chunk)
                if size > self._most:
                    answer.close()
                    return TOO_LARGE
        except TimeoutError:
            answer.close()
            return TOO_SLOW
        except aiohttp.ClientError:
            answer.close()
            return CUT_OFF
        return None

    @property
    def _session(self) -> aiohttp.ClientSession:
        """Made at the first request: it needs the running loop."""
        if self._opened is None:
            connector = aiohttp.TCPConnector(
                limit=0,
                resolver=aiohttp.ThreadedResolver(),
                ttl_dns_cache=NAMES_KEPT,
                socket_factory=any_socket if self._allow_private else public_socket,
            )
            made: Any = partial(_NotingConnection, loop=asyncio.get_running_loop())
            connector._factory = made
            self._opened = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                response_class=_NotingResponse,
                skip_auto_headers=_NOT_BY_ITSELF,
            )
        return self._opened


def _headers(request: Request) -> list[tuple[str, str]]:
    return [
        (name.decode("latin-1"), value.decode("utf-8", "replace"))
        for name, values in request.headers.items()
        if name != b"Proxy-Authorization"
        for value in values
    ]


def _proxy_headers(request: Request) -> dict[str, str] | None:
    told = request.headers.get("Proxy-Authorization")
    return {"Proxy-Authorization": told.decode("latin-1")} if told else None


def _response(request: Request, answer: _NotingResponse, flag: str | None) -> Response:
    head, _ = split_head(answer.wire.response)
    headers, flags = _sent_headers(head), [flag] if flag else None
    return Response(request.url, status=answer.status, headers=headers, flags=flags, request=request)


def _sent_headers(head: bytes) -> Headers:
    headers = Headers()
    for line in head.split(b"\n")[1:]:
        name, colon, value = line.partition(b":")
        if colon and name.strip():
            headers.appendlist(name.strip(), value.strip())
    return headers


def _unconnected(error: aiohttp.ClientConnectorError) -> Exception:
    if isinstance(error.os_error, NotPublic):
        return NotAllowed(str(error.os_error))
    if isinstance(error.os_error, TimeoutError) or error.os_error.errno == errno.ETIMEDOUT:
        return DownloadTimeoutError(str(error))
    if error.os_error.errno == errno.ECONNREFUSED:
        return DownloadConnectionRefusedError(str(error))
    return DownloadFailedError(str(error))
