"""What a crawl counts: what it asked for and what came, by verdict."""

from __future__ import annotations

from collections import Counter

from archive.capture import FILE_KINDS, Kind
from crawler.frontier import Step
from crawler.verdict import Verdict

_HERE = (Verdict.OK, Verdict.NOT_MODIFIED)
_OF_A_REPORT = (Kind.ARTICLE, *FILE_KINDS, Kind.GIVEN)


class Tally:
    """Counts of one crawl, named as in :class:`crawler.job.Outcome`."""

    def __init__(self) -> None:
        self.found = 0
        self.spared = 0
        self.not_asked = 0
        self.received_bytes = 0
        self._verdicts: Counter[Verdict] = Counter()
        self._others = 0

    def add(self, step: Step, verdict: Verdict, size: int) -> None:
        """An answer of so many bytes, or none."""
        if step.is_source and verdict not in _HERE:
            self._others += 1  # that a site has no search, or no map, is no failure
        else:
            self._verdicts[verdict] += 1
        self.found += verdict in _HERE and step.kind in _OF_A_REPORT
        self.received_bytes += size if verdict is not Verdict.NOT_MODIFIED else 0

    def add_second_look(self) -> None:
        """The answer to a second fetch right after the first."""
        self._others += 1

    @property
    def fetched(self) -> int:
        return self._verdicts.total() + self._others

    @property
    def not_modified(self) -> int:
        return self._verdicts[Verdict.NOT_MODIFIED]

    @property
    def failed(self) -> int:
        return self._sum(Verdict.ERROR, Verdict.TRUNCATED, Verdict.TOO_LARGE)

    @property
    def blocked(self) -> int:
        return self._sum(Verdict.BLOCKED, Verdict.CHALLENGE)

    @property
    def gone(self) -> int:
        return self._sum(Verdict.GONE, Verdict.SOFT_GONE)

    @property
    def excluded(self) -> int:
        return self._verdicts[Verdict.EXCLUDED]

    def _sum(self, *verdicts: Verdict) -> int:
        return sum(self._verdicts[verdict] for verdict in verdicts)
