"""What a crawl process is told to do, and what it tells back while it works.

A crawl runs in a process of its own (Twisted's reactor cannot be started twice, and a crash must
not take the caller along). It reads one :class:`CrawlJob` as JSON from its standard input and writes
one JSON object a line to its standard output.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class CrawlJob:
    """One crawl of one site, or of URLs that a person gave (``given``), on one host at a time.

    ``delay`` is in seconds between requests to a host. ``follow`` lets given URLs be walked as listings.
    ``max_pages`` and ``max_seconds`` are the site's budget. ``sample`` limits the reports fetched of each
    list; ``trace_file`` is written with every step (:mod:`crawler.trace`).
    ``ask_again``: hosts that refused us are asked although the time of their rest is not over.
    ``max_bytes`` is the longest answer, as sent and as decoded, that is taken whole.
    ``browser`` is "auto", "off" or a program; ``max_drawn`` bounds the pages that are drawn in it.
    ``night`` leaves out what is not due by the three numbers of days; at ``stop_at`` (ISO) no more is asked.
    ``resume_since``: what was fetched from then on, by a crawl that was killed, is not fetched again.
    ``timeout`` is how many seconds a server may stay silent. ``parent`` is the process without which the
    crawl is not to go on.
    """

    catalogue_url: str
    home: str
    run_id: int
    site_id: int | None
    name: str
    start: tuple[str, ...]
    user_agent: str
    delay: float = 1.0
    robots: bool = True
    allow_private: bool = False
    given: bool = False
    follow: bool = True
    max_pages: int = 5000
    ask_again: bool = False
    max_seconds: float = 8 * 3600.0
    sample: int | None = None
    trace_file: str | None = None
    browser: str = "auto"
    max_drawn: int = 200
    max_bytes: int = 100 * 1024 * 1024
    night: bool = False
    young_days: int = 60
    recheck_days: int = 30
    explore_days: int = 7
    stop_at: str | None = None
    resume_since: str | None = None
    log_file: str | None = None
    timeout: float = 60.0
    parent: int | None = None

    @property
    def home_path(self) -> Path:
        return Path(self.home)

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @staticmethod
    def from_json(text: str) -> CrawlJob:
        data: dict[str, Any] = json.loads(text)
        known = {f.name for f in fields(CrawlJob)}
        unknown = data.keys() - known
        if unknown:
            raise ValueError(f"a crawl job has no field {', '.join(sorted(unknown))}")
        return CrawlJob(**{**data, "start": tuple(data["start"])})


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts so far: pages fetched, requests waiting, report files found."""

    fetched: int = 0
    waiting: int = 0
    found: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a crawl of one site ended. ``problem``: what failed and what to check; None when all is well.

    ``spared``: URLs served from the archive because they were not due, or fetched before an interruption;
    ``interrupted``: the next crawl goes on where this one stopped.
    ``not_asked``: URLs left for another night because their host refused us or rests; ``notes``: what else a
    person should know.
    ``unexplored`` counts what the budgets of pages and seconds left waiting; ``unexplored_best`` names the
    best.
    """

    name: str
    fetched: int = 0
    not_modified: int = 0
    found: int = 0
    failed: int = 0
    blocked: int = 0
    gone: int = 0
    excluded: int = 0
    not_asked: int = 0
    spared: int = 0
    listings: int = 0
    incomplete_listings: int = 0
    unexplored: int = 0
    unexplored_best: tuple[str, ...] = ()
    received_bytes: int = 0
    problem: str | None = None
    notes: tuple[str, ...] = ()
    interrupted: bool = False


def message(event: Progress | Outcome) -> str:
    """An event as its line of JSON."""
    return json.dumps({"event": type(event).__name__, **asdict(event)}, ensure_ascii=False)


def read_message(line: str) -> Progress | Outcome | None:
    """The event of a line; None for a line that is none."""
    try:
        data = json.loads(line)
    except ValueError:
        return None
    kind = data.pop("event", None) if isinstance(data, dict) else None
    if kind == "Progress":
        return Progress(**data)
    if kind != "Outcome":
        return None
    texts = {name: tuple(data[name]) for name in ("unexplored_best", "notes")}
    return Outcome(**{**data, **texts})
