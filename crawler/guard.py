"""Keeps the crawler off private networks: only public addresses are connected to.

The check sits where the socket is made, so it holds for the address really connected to: for redirects,
for addresses written as numbers, and for a name that resolves anew to another address.
"""

from __future__ import annotations

import ipaddress
import socket

from aiohappyeyeballs import AddrInfoType
from scrapy.exceptions import CannotResolveHostError


def is_public(address: str) -> bool:
    """Whether an IP address may be fetched from: global, and no translation of a private one."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if inner is not None:
            return inner.is_global
    return ip.is_global and not ip.is_multicast


class NotPublic(OSError):
    """The address is none of the public network."""


class NotAllowed(CannotResolveHostError):
    """What a request to such an address ends with: it is the same however often it is tried."""


def public_socket(info: AddrInfoType) -> socket.socket:
    """The socket for one attempt to connect. Raises :class:`NotPublic`."""
    if not is_public(str(info[4][0])):
        # without the address, so that several such attempts end as one
        raise NotPublic("the address is none of the public network")
    return any_socket(info)


def any_socket(info: AddrInfoType) -> socket.socket:
    """The socket for one attempt to connect, wherever it leads."""
    return socket.socket(info[0], info[1], info[2])
