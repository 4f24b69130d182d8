"""What is remembered of a host from one run to the next: how to begin with it, and whether it refuses us."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from enum import StrEnum

from sqlalchemy import select

from archive.catalogue.engine import Catalogue, take_turn
from archive.catalogue.models import Host
from archive.times import Clock, iso, utc_now


class Trust(StrEnum):
    """How far an answer is certain to come from the host."""

    VERIFIED = "verified"
    """https with a certificate that holds."""
    UNVERIFIED = "unverified"
    """https with a certificate that does not hold; used all the same."""
    PLAIN = "plain"
    """http only."""


@dataclass(frozen=True, slots=True)
class HostState:
    """One host (name and port). ``crawl_delay`` is in seconds; times are ISO.

    ``family`` is the system as which its lists were last walked; ``needs_browser``: some pages are drawn.
    ``refusals`` counts the runs in a row in which the host refused us; until ``retry_at`` it is left alone.
    ``cookies`` let the crawler by its challenge for as long as they hold (:mod:`crawler.browser.cookies`).
    """

    host: str
    family: str | None = None
    needs_browser: bool = False
    challenged: bool = False
    trust: Trust | None = None
    trust_note: str | None = None
    crawl_delay: float | None = None
    refusals: int = 0
    refused_at: str | None = None
    retry_at: str | None = None
    reason: str | None = None
    cookies: str | None = None


def load_host(catalogue: Catalogue, host: str) -> HostState:
    """What is known of the host; a new one has the defaults."""
    with catalogue.reading() as session:
        row = session.get(Host, host)
        return _state(row) if row is not None else HostState(host)


def known_hosts(catalogue: Catalogue) -> dict[str, HostState]:
    """Every host that was ever asked."""
    with catalogue.reading() as session:
        return {row.host: _state(row) for row in session.scalars(select(Host))}


def save_host(catalogue: Catalogue, state: HostState, clock: Clock = utc_now) -> None:
    with catalogue.writing() as session:
        take_turn(session, "hosts")
        session.merge(Host(**asdict(state), updated_at=iso(clock())))


def _state(row: Host) -> HostState:
    values = {f.name: getattr(row, f.name) for f in fields(HostState)}
    values["trust"] = Trust(row.trust) if row.trust else None
    return HostState(**values)
