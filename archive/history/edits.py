"""Edits by the office: two files read by one parser, and whatever differs was changed at the source."""

from __future__ import annotations

from dataclasses import replace

from archive.history.bearing import Bearing, Spell, Version, spells_of, states_of
from archive.history.compare import Comparer, Comparison, printed, shortened
from archive.history.evidence import World
from archive.history.identity import State
from archive.history.ledger import Ledger
from archive.history.presence import Interval
from archive.history.seen import Place


class Edits:
    """The versions of each file of one report, and how they differ."""

    def __init__(self, world: World, comparer: Comparer, ledger: Ledger) -> None:
        self._world = world
        self._comparer = comparer
        self._ledger = ledger

    def follow(self, bearing: Bearing) -> None:
        """Two blobs under one parser: whatever differs was changed by the source."""
        for spell in spells_of(bearing):
            before = bearing.versions[-1] if bearing.versions else None
            compared = None
            if before is not None:
                compared = self._compared(before.last, spell.first, bearing.source.host)
            if before is None or (compared is not None and not compared.same):
                bearing.versions.append(Version(bearing.source.resource_id, [spell], compared))
            else:
                before.spells.append(spell)
        self._note_steps(bearing)

    def compare_across(self, before: Interval, after: Interval, host: str) -> None:
        """A report that comes back or moves may have been edited; text of two formats is not compared."""
        old, new = before.last, after.first
        compared = self._compared(old, new, host)
        if compared is None or compared.same:
            return
        if old.reading.media_type != new.reading.media_type:
            compared = replace(compared, removed=(), added=(), labels=False)
        recorded = max(self._ledger.known(before.states), self._ledger.known(after.states))
        self._note_edits(compared, old, new, recorded)

    def _note_steps(self, bearing: Bearing) -> None:
        before: Spell | None = None
        for index, version in enumerate(bearing.versions):
            for spell in version.spells:
                if before is not None:
                    recorded = max(self._ledger.known(before.states), self._ledger.known(spell.states))
                    self._ledger.note(
                        "bytes",
                        "replaced",
                        spell.first,
                        before.last,
                        recorded=recorded,
                        old=before.sha256,
                        new=spell.sha256,
                    )
                before = spell
            if version.compared is not None:
                earlier = bearing.versions[index - 1]
                recorded = max(self._ledger.known(states_of(earlier)), self._ledger.known(states_of(version)))
                self._note_edits(version.compared, earlier.last, version.first, recorded)

    def _compared(self, old: State, new: State, host: str) -> Comparison | None:
        pair = self._comparer.common(old.reading.sha256, new.reading.sha256)
        return None if pair is None else self._comparer.compare(*pair, host)

    def _note_edits(self, compared: Comparison, old: State, new: State, recorded: str) -> None:
        for cell in compared.cells:
            self._ledger.note(
                "field", "edited", new, old,
                recorded=max(recorded, self._read_apart(old, new, cell.place)),
                place=cell.place, old=cell.old, new=cell.new,
            )  # fmt: skip
        if compared.labels:
            self._ledger.note(
                "content",
                "edited",
                new,
                old,
                recorded=recorded,
                old=old.reading.content_sha256,
                new=new.reading.content_sha256,
            )
        elif compared.text:
            self._ledger.note(
                "content", "edited", new, old, recorded=recorded,
                old=shortened(compared.removed), new=shortened(compared.added),
            )  # fmt: skip

    def _read_apart(self, old: State, new: State, place: Place) -> str:
        """When both files had first been read so that they differ in this cell."""
        before = {r.revision: r for r in self._world.readings(old.reading.sha256)}
        for reading in self._world.readings(new.reading.sha256):
            earlier = before.get(reading.revision)
            if earlier is None or not (earlier.is_report and reading.is_report):
                continue
            one = self._world.cells(earlier.extraction_id).get(place)
            other = self._world.cells(reading.extraction_id).get(place)
            if printed(one) != printed(other):
                return max(earlier.read_at, reading.read_at)
        return ""
