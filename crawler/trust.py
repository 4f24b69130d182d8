"""Certificates are verified; a host whose certificate does not hold is used all the same, and marked so.

So is a host that answers only by http where https was asked for. Neither happens silently: the attempt that
failed is recorded, the host bears a mark, each answer says it, and so does the end of the crawl.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadConnectionRefusedError, DownloadFailedError, DownloadTimeoutError
from scrapy.http import Response

from archive.capture import Kind
from archive.hosts import Trust
from crawler.hosts import Hosts, hosts_of
from crawler.verdict import Judgement, Verdict

_NO_ANSWER = (DownloadConnectionRefusedError, DownloadFailedError, DownloadTimeoutError)
_OLD_RENEGOTIATION = 0x4  # ssl.OP_LEGACY_SERVER_CONNECT, which Python names from 3.12 on
_ANOTHER_NAME = (62, 64)  # X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH


def strict_context() -> ssl.SSLContext:
    """Verifies the certificate and its name; takes servers that were last set up some years ago."""
    context = ssl.create_default_context()
    context.set_ciphers("DEFAULT:@SECLEVEL=1")
    context.options |= _OLD_RENEGOTIATION
    return context


def lenient_context() -> ssl.SSLContext:
    """For a host whose certificate was found not to hold in this crawl."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.options |= _OLD_RENEGOTIATION
    return context


class TrustMiddleware:
    """Sees a failed connection after it was recorded, and before it is tried again in the same way."""

    def __init__(self, hosts: Hosts) -> None:
        self._hosts = hosts

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> TrustMiddleware:
        return cls(hosts_of(crawler))

    def process_response(self, request: Request, response: Response) -> Response:
        judgement: Judgement | None = request.meta.get("judgement")
        if judgement is not None and judgement.verdict in (Verdict.OK, Verdict.NOT_MODIFIED):
            care = self._hosts.of(request.url)
            secure = request.url.startswith("https:")
            trust = Trust.UNVERIFIED if care.unverified else Trust.VERIFIED if secure else Trust.PLAIN
            if care.state.trust is not trust:
                care.learn(trust=trust, trust_note=care.state.trust_note if care.unverified else None)
        return response

    def process_exception(self, request: Request, exception: Exception) -> Request | None:
        if not request.url.startswith("https:"):
            return None
        host = urlsplit(request.url).netloc
        fault = certificate_fault(exception)
        care = self._hosts.of(request.url)
        if fault is not None and not care.unverified:
            care.unverified = True
            care.learn(trust=Trust.UNVERIFIED, trust_note=fault)
            self._hosts.note(
                f"the certificate of {host} does not hold ({fault}): it is used, and marked unverified"
            )
            return _again(request, request.url)
        start = request.meta.get("kind") in (Kind.START, Kind.GIVEN)
        if start and fault is None and isinstance(exception, _NO_ANSWER) and not request.meta.get("by_http"):
            self._hosts.note(f"{host} does not answer by https: http is tried")
            plain = _again(request, "http:" + request.url.partition(":")[2])
            plain.meta["by_http"] = True
            return plain
        return None


def certificate_fault(error: BaseException) -> str | None:
    """What is wrong with a certificate, where that is why a connection failed."""
    for one in _causes(error):
        if type(one) is ssl.SSLCertVerificationError:  # what aiohttp makes of it has no code
            other = one.verify_code in _ANOTHER_NAME
            return "it is another host's" if other else one.verify_message or "it cannot be verified"
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, and what it came from."""
    one: BaseException | None = error
    while one is not None:
        yield one
        one = one.__cause__


def _again(request: Request, url: str) -> Request:
    again: Request = request.replace(url=url, dont_filter=True)
    return again
