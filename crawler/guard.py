"""Keeps the crawler off private networks: only public addresses are connected to.

The check sits in the name resolver, so it holds for the address really connected to: for redirects,
for addresses written as numbers, and for a name that resolves anew to another address.
"""

from __future__ import annotations

import ipaddress
from typing import Any

from scrapy.crawler import Crawler
from scrapy.resolver import CachingHostnameResolver
from twisted.internet.interfaces import IHostnameResolver, IHostResolution, IResolutionReceiver
from zope.interface import implementer, provider


def is_public(address: str) -> bool:
    """Whether an IP address may be fetched from: global, and no translation of a private one."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if inner is not None:
            return inner.is_global
    return ip.is_global and not ip.is_multicast


@provider(IResolutionReceiver)
class _PublicOnly:
    """Passes on the public addresses of a resolution and drops the others."""

    def __init__(self, receiver: Any) -> None:
        self._receiver = receiver

    def resolutionBegan(self, resolution: Any) -> None:
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:
        if is_public(address.host):
            self._receiver.addressResolved(address)

    def resolutionComplete(self) -> None:
        self._receiver.resolutionComplete()


@implementer(IHostnameResolver)
class GuardedResolver(CachingHostnameResolver):
    """Scrapy's caching resolver; private addresses are dropped unless the site's settings allow them."""

    allow_private = False

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> GuardedResolver:
        resolver: GuardedResolver = super().from_crawler(crawler, reactor)
        resolver.allow_private = crawler.settings.getbool("NIANBAO_ALLOW_PRIVATE")
        return resolver

    def resolveHostName(
        self,
        resolutionReceiver: Any,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Any = None,
        transportSemantics: str = "TCP",
    ) -> IHostResolution:
        receiver: Any = resolutionReceiver if self.allow_private else _PublicOnly(resolutionReceiver)
        return super().resolveHostName(receiver, hostName, portNumber, addressTypes, transportSemantics)
