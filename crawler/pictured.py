"""Reports that a page shows as several pictures: which these are, and whether all of them have come."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from archive.capture import Kind
from crawler.frontier import Step
from crawler.verdict import Verdict

_HERE = (Verdict.OK, Verdict.NOT_MODIFIED)
_NEVER = (Verdict.GONE, Verdict.SOFT_GONE, Verdict.EXCLUDED)


class Pictured:
    """The pages of one crawl whose reports are pictures."""

    def __init__(self) -> None:
        self._pictures: dict[str, list[str]] = {}
        self._asked: set[str] = set()
        self._absent: set[str] = set()
        self._moved: dict[str, str] = {}

    def shown(self, page: str, pictures: Sequence[str]) -> None:
        """The page, or a further page or a frame of it, shows these pictures in this order."""
        if pictures:
            known = self._pictures.setdefault(page, [])
            known += [url for url in dict.fromkeys(pictures) if url not in known]

    def answered(self, step: Step, verdict: Verdict) -> None:
        """What came when a page or a picture was asked for."""
        if verdict in _HERE:
            self._asked.add(step.ask.url)
        elif verdict in _NEVER and step.kind is Kind.PICTURE:
            self._absent.add(step.ask.url)

    def moved(self, step: Step, target: str) -> None:
        """A picture is elsewhere."""
        if step.kind is Kind.PICTURE:
            self._moved[step.ask.url] = target

    def whole(self, is_kept: Callable[[str], bool]) -> Iterator[tuple[str, list[str]]]:
        """Each page of which something was asked for, with the pictures that are kept of it.

        A page one of whose pictures may come yet is left for the next crawl: without it the report would
        seem changed.
        """
        for page, pictures in self._pictures.items():
            there = [self._target(url) for url in pictures]
            kept = [url for url in there if is_kept(url)]
            asked = page in self._asked or not self._asked.isdisjoint(there)
            if asked and kept and all(url in kept or url in self._absent for url in there):
                yield page, kept

    def _target(self, url: str) -> str:
        """Where the picture is; a circle of redirects ends where it began."""
        passed = {url}
        while (url := self._moved.get(url, url)) not in passed:
            passed.add(url)
        return url
