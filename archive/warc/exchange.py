"""One fetch as it went over the wire: what the writer keeps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its response, byte for byte as sent, head and body together.

    ``response`` keeps the transfer and content codings. ``ip`` is the address really connected to.
    ``truncated`` says why the response is not whole, in the words of ``WARC-Truncated`` (ISO 28500, 5.13).
    """

    url: str
    fetched_at: datetime
    request: bytes
    response: bytes
    ip: str | None = None
    truncated: str | None = None


@dataclass(frozen=True, slots=True)
class Original:
    """The record that a revisit refers to: where the same payload stands."""

    url: str
    fetched_at: str
    payload_digest: str


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a record stands. ``file`` is relative to the archive's home, with its final name."""

    file: str
    offset: int
    length: int
    record_type: str
    payload_digest: str
    record_id: str = ""
