"""Fetches as a crawler hands them over, for tests of what becomes of them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.capture import Fetched, Kind
from archive.catalogue.engine import Catalogue
from archive.recorder import Recorder
from archive.runs import open_run
from archive.warc.exchange import Exchange

NIGHT = datetime(2026, 11, 21, 2, 30, tzinfo=UTC)
HOST = "www.spt.gov.cn"
URL = f"https://{HOST}/a.html"
BODY = "关于某事的公告".encode()


def fetched(url: str = URL, body: bytes | None = BODY, **other: Any) -> Fetched:
    """An ``ok`` answer that carries ``body``, unless something else is said."""
    head = other.pop("head", b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    sent = other.pop("sent", body) or b""
    request = b"GET / HTTP/1.1\r\nHost: " + HOST.encode() + b"\r\n\r\n"
    at = other.pop("at", NIGHT)
    values: dict[str, Any] = {
        "url": url,
        "fetched_at": at,
        "kind": Kind.ARTICLE,
        "verdict": "ok",
        "status": 200,
        "exchange": Exchange(url, at, request, head + sent),
        "body": body,
        "media_type": "text/html",
    }
    return Fetched(**{**values, **other})


def not_modified(at: datetime) -> Fetched:
    head = b"HTTP/1.1 304 Not Modified\r\n\r\n"
    return fetched(body=None, head=head, status=304, verdict="not_modified", at=at, media_type=None)


def recorder(catalogue: Catalogue, home: Path, batch: int = 200, host: str = HOST) -> Recorder:
    run_id = open_run(catalogue, "crawl", lambda: NIGHT)
    return Recorder(
        catalogue, home, run_id=run_id, host=host, software="test", clock=lambda: NIGHT, batch=batch
    )
