"""Certificates are verified; a host whose certificate does not hold is used all the same, and marked so.

So is a host that answers only by http where https was asked for. Neither happens silently: the attempt that
failed is recorded, the host bears a mark, each answer says it, and so does the end of the crawl.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from OpenSSL import SSL
from scrapy import Request
from scrapy.core.downloader.contextfactory import _ScrapyClientContextFactory
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadConnectionRefusedError, DownloadFailedError, DownloadTimeoutError
from scrapy.http import Response
from service_identity import VerificationError
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer

from archive.capture import Kind
from archive.hosts import Trust
from crawler.hosts import Hosts, hosts_of
from crawler.verdict import Judgement, Verdict

_NO_ANSWER = (DownloadConnectionRefusedError, DownloadFailedError, DownloadTimeoutError)
_PORTS = {443: "", 80: ""}


@implementer(IPolicyForHTTPS)
class CertificatePolicy:
    """Verifies, except where the certificate was found not to hold in this crawl."""

    def __init__(self, crawler: Crawler, hosts: Hosts) -> None:
        self._hosts = hosts
        self._strict = _ScrapyClientContextFactory.from_crawler(crawler)
        self._lenient = _ScrapyClientContextFactory(verify_certificates=False)

    def creatorForNetloc(self, hostname: bytes, port: int) -> Any:
        host = hostname.decode("ascii") + _PORTS.get(port, f":{port}")
        lenient = self._hosts.of(f"https://{host}/").unverified
        return (self._lenient if lenient else self._strict).creatorForNetloc(hostname, port)


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
        if isinstance(one, VerificationError):
            return "it is another host's"
        if isinstance(one, SSL.Error) and "certificate verify failed" in str(one):
            return _openssl_reason(one)
    return None


def _openssl_reason(error: SSL.Error) -> str:
    return "; ".join(str(part[-1]) for part in error.args[0] if part) or "it cannot be verified"


def _causes(error: BaseException) -> list[BaseException]:
    """The error, what it came from, and what Twisted put into it."""
    found: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is None or one in found:
            continue
        found.append(one)
        waiting.append(one.__cause__)
        waiting.extend(reason.value for reason in getattr(one, "reasons", []))
    return found


def _again(request: Request, url: str) -> Request:
    again: Request = request.replace(url=url, dont_filter=True)
    return again
