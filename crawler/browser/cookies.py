"""The cookies that a challenge gives: for the jar of plain HTTP, and for later crawls until they lapse."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http.cookiejar import Cookie
from typing import Any

_KEPT = ("name", "value", "domain", "path", "expires", "secure")


@dataclass(frozen=True, slots=True)
class Pass:
    """What lets us by a host's challenge: cookies, and the name (User-Agent) to which they were given."""

    agent: str
    cookies: tuple[Mapping[str, Any], ...]


def to_keep(agent: str, cookies: Iterable[Mapping[str, Any]]) -> str | None:
    """A text for the host's memory; None where no cookie outlives the browser that it was given to."""
    lasting = [{name: one.get(name) for name in _KEPT} for one in cookies if _expires(one) > 0]
    return json.dumps({"agent": agent, "cookies": lasting}) if lasting else None


def kept(text: str | None, now: datetime) -> Pass | None:
    """What of the host's memory holds still; None where any of its cookies has lapsed."""
    if text is None:
        return None
    said: dict[str, Any] = json.loads(text)
    cookies = tuple(said["cookies"])
    if any(_expires(one) <= now.timestamp() for one in cookies):
        return None
    return Pass(said["agent"], cookies)


def for_the_jar(one: Mapping[str, Any]) -> Cookie:
    """A browser's cookie as the cookie jar of plain HTTP holds it."""
    domain, expires = str(one["domain"]), _expires(one)
    return Cookie(
        version=0,
        name=str(one["name"]),
        value=str(one["value"]),
        port=None,
        port_specified=False,
        domain=domain if "." in domain.strip(".") else f"{domain}.local",
        domain_specified=domain.startswith("."),
        domain_initial_dot=domain.startswith("."),
        path=str(one["path"]),
        path_specified=True,
        secure=bool(one.get("secure")),
        expires=int(expires) if expires > 0 else None,
        discard=expires <= 0,
        comment=None,
        comment_url=None,
        rest={},
    )


def _expires(one: Mapping[str, Any]) -> float:
    """Seconds since 1970; -1 for a cookie that ends with its browser."""
    return float(one.get("expires") or -1)
