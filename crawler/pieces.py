"""Reports that a site hands out in pieces, pictures or pages: which these are, and whether all have come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from archive.bound import Binding
from archive.capture import Known
from crawler.frontier import Step
from crawler.verdict import Verdict

_HERE = (Verdict.OK, Verdict.NOT_MODIFIED)
_GONE = (Verdict.GONE, Verdict.SOFT_GONE)
_NEVER = (*_GONE, Verdict.EXCLUDED)


class Past(Protocol):
    """What the archive knows of a piece."""

    def known(self, url: str) -> Known | None:
        """Its newest bytes."""

    def verdict_before(self, url: str) -> str | None:
        """What came of asking for it on the run before."""


@dataclass(frozen=True, slots=True)
class Whole:
    """The report of a page with its pieces in order; ``late`` of them have not come yet."""

    page: str
    binding: Binding
    pieces: tuple[str, ...]
    late: int


class Pieces:
    """The reports of one crawl that come in pieces."""

    def __init__(self) -> None:
        self._reports: dict[tuple[str, Binding], dict[str, tuple[int, int]]] = {}
        self._verdicts: dict[str, Verdict] = {}
        self._moved: dict[str, str] = {}

    def shown(self, page: str, binding: Binding, pieces: Sequence[str], on: int) -> None:
        """The report of the page has these pieces, in this order. ``on`` is the number of the page that shows
        them: pieces are ordered by it before all else.
        """
        if pieces:
            known = self._reports.setdefault((page, binding), {})
            for url in pieces:
                known.setdefault(url, (on, len(known)))

    def answered(self, step: Step, verdict: Verdict) -> None:
        """What came when a page or a piece was asked for."""
        self._verdicts[step.ask.url] = verdict

    def moved(self, step: Step, target: str) -> None:
        """What was asked for is elsewhere."""
        self._moved[step.ask.url] = target

    def reports(self, past: Past) -> Iterator[Whole]:
        """Each report of which something was asked for.

        One of whose pieces has not come is left for the next crawl: without it the report would seem changed.
        """
        for (page, binding), places in self._reports.items():
            pieces = [self._target(url) for url in sorted(places, key=lambda url: places[url])]
            if not any(self._verdicts.get(url) in _HERE for url in (page, *pieces)):
                continue
            wanted = [url for url in pieces if not self._is_left_out(url, past)]
            late = sum(past.known(url) is None for url in wanted)
            yield Whole(page, binding, tuple(wanted), late)

    def _is_left_out(self, url: str, past: Past) -> bool:
        """A piece that was had is missed when it is gone for the second time; one that never was, when it is
        not there, or could not be had for the second time.
        """
        verdict = self._verdicts.get(url)
        if verdict is None or verdict in _HERE:
            return False
        before = past.verdict_before(url)
        if past.known(url) is not None:
            return verdict in _GONE and before in _GONE
        return verdict in _NEVER or before is not None

    def _target(self, url: str) -> str:
        """Where the piece is; a circle of redirects ends where it began."""
        passed = {url}
        while (url := self._moved.get(url, url)) not in passed:
            passed.add(url)
        return url
