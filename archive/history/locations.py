"""What each address of a report means: it moved there, came back there, or stands there too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archive.expiring import is_renewed
from archive.history.bearing import Bearing, is_there, may_replace
from archive.history.edits import Edits
from archive.history.evidence import World
from archive.history.ledger import Ledger
from archive.history.presence import Interval


class Locations:
    """The addresses of one report over time."""

    def __init__(self, world: World, edits: Edits, ledger: Ledger, bearings: Sequence[Bearing]) -> None:
        self._world = world
        self._edits = edits
        self._ledger = ledger
        self._bearings = bearings

    def locate(self) -> None:
        """What each new address means: the report moved there, came back there, or stands there too."""
        spans = [(span, b) for b in self._bearings for span in b.intervals]
        spans.sort(key=lambda s: (s[0].since, s[0].first.seen.capture_id))
        known: list[tuple[Interval, Bearing]] = []
        for span, bearing in spans:
            if known:
                self._place(span, bearing, known)
            known.append((span, bearing))
        for span, bearing in spans:
            self._note_lost_copy(span, bearing, spans)

    def _place(self, span: Interval, bearing: Bearing, known: list[tuple[Interval, Bearing]]) -> None:
        left = self._left_for(span, bearing, known)
        if left is not None:
            old_span, old = left
            old.moved_on[id(old_span)] = span.since
            if not self._goes_with_its_page(bearing, old, span):
                self._moved(span, bearing, old_span, old)
            return
        if any(is_there(s, b, span.since) for s, b in known):
            if span.first.seen.run_id != self._bearings[0].first.seen.run_id:
                self._ledger.note(
                    "location", "appeared", span.first, None,
                    recorded=self._ledger.known(span.states), new=bearing.source.url,
                )  # fmt: skip
            return
        self._returned(span, bearing, known)

    def _left_for(
        self, span: Interval, bearing: Bearing, known: list[tuple[Interval, Bearing]]
    ) -> tuple[Interval, Bearing] | None:
        """The span at another address that ended as this one began; a redirect names it for certain."""
        ended = [
            (s, b)
            for s, b in known
            if b is not bearing
            and s.missed is not None
            and s.last.seen.at < span.since
            and id(s) not in b.moved_on
            and (s.proof is None or s.proof.at >= span.since)
            and bearing.source.parent_id != b.source.resource_id
            and may_replace(s, b, span, bearing)
        ]
        redirected = [(s, b) for s, b in ended if s.redirect == bearing.source.url]
        alike = [(s, b) for s, b in ended if b.source.kind == bearing.source.kind]
        fitting = redirected or alike or ended
        return fitting[-1] if fitting else None

    def _goes_with_its_page(self, new: Bearing, old: Bearing, span: Interval) -> bool:
        """A file that moved along with its page is no move of its own."""
        pages = {b.source.resource_id: b for b in self._bearings}
        page, before = pages.get(new.source.parent_id or 0), pages.get(old.source.parent_id or 0)
        return page is not None and before is not None and page is not before

    def _moved(self, span: Interval, bearing: Bearing, old_span: Interval, old: Bearing) -> None:
        assert old_span.missed is not None
        if not is_renewed(old.source.url, bearing.source.url):
            self._ledger.note(
                "location", "moved", span.first, old_span.last,
                recorded=max(self._ledger.known(span.states), old_span.missed.known_at),
                old=old.source.url, new=bearing.source.url,
            )  # fmt: skip
        if span is bearing.intervals[0]:
            self._edits.compare_across(old_span, span, bearing.source.host)

    def _returned(self, span: Interval, bearing: Bearing, known: list[tuple[Interval, Bearing]]) -> None:
        last, there = max(known, key=lambda s: (s[0].last.seen.at, s[0].last.seen.capture_id))
        signs = [s.missed.at for s, _ in known if s.missed is not None and s.missed.at < span.since]
        absent = max([*signs, *self._later_absences(there, span.since)], default=last.last.seen.at)
        gone_known = max((s.proof.known_at for s, _ in known if s.proof is not None), default="")
        self._ledger.note(
            "presence", "returned", span.first, None, since=absent,
            recorded=max(self._ledger.known(span.states), gone_known), new=bearing.source.url,
        )  # fmt: skip
        if there is not bearing and span is bearing.intervals[0]:
            self._edits.compare_across(last, span, bearing.source.host)

    def _later_absences(self, bearing: Bearing, before: str) -> Iterator[str]:
        """When it was still looked for and not there."""
        source = bearing.source
        yield from (w.at for w in self._world.walks(source.url) if not w.shown and w.at < before)
        yield from (
            s.at
            for s in self._world.seen(source.resource_id)
            if s.verdict in ("gone", "soft_gone") and s.at < before
        )

    def _note_lost_copy(
        self, span: Interval, bearing: Bearing, spans: list[tuple[Interval, Bearing]]
    ) -> None:
        """One of several addresses that bear the report is gone while another one stays."""
        if span.gone is None or span.proof is None or id(span) in bearing.moved_on:
            return
        others = [(s, b) for s, b in spans if b is not bearing]
        if any(is_there(s, b, span.gone.at) for s, b in others):
            self._ledger.note(
                "location", "gone", span.last, None, since=span.last.seen.at, until=span.gone.at,
                recorded=span.proof.known_at, old=bearing.source.url, run=span.proof.run_id,
            )  # fmt: skip
