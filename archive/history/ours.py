"""Changes of our reading, not of the office: one file under two parsers, and what a person put right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archive.catalogue.models import Correction
from archive.history.bearing import Bearing, Version
from archive.history.compare import Comparer, number, printed, shortened
from archive.history.evidence import World
from archive.history.ledger import Ledger
from archive.history.reckoning import ReckoningRow, reckoned
from archive.history.rows import OverrideRow
from archive.history.seen import Place, Reading


class OurReading:
    """How the versions of one report have been read."""

    def __init__(self, world: World, comparer: Comparer, ledger: Ledger, bearings: Sequence[Bearing]) -> None:
        self._world = world
        self._comparer = comparer
        self._ledger = ledger
        self._bearings = bearings

    def reread(self) -> None:
        """One blob under two parsers: whatever differs is ours."""
        told: set[tuple[int, int]] = set()
        for bearing in self._bearings:
            for version in bearing.versions:
                for old, new in self._rereadings(version):
                    if (old.extraction_id, new.extraction_id) not in told:
                        told.add((old.extraction_id, new.extraction_id))
                        self._note_rereading(version, old, new)

    def correct(self) -> None:
        told: set[int] = set()
        for bearing in self._bearings:
            for version in bearing.versions:
                for correction in self._corrections(version):
                    if correction.correction_id not in told:
                        told.add(correction.correction_id)
                        self._note_correction(version, correction)

    def overrides(self) -> Iterator[OverrideRow]:
        for extraction_id, corrections in self._standing_corrections().items():
            for place, c in corrections.items():
                yield OverrideRow(extraction_id, *place, c.correction_id)

    def reckonings(self) -> Iterator[ReckoningRow]:
        for extraction_id, corrections in self._standing_corrections().items():
            yield from reckoned(self._world.session, extraction_id, corrections.values())

    def _rereadings(self, version: Version) -> Iterator[tuple[Reading, Reading]]:
        """For each step of the parser the newest file of the version that was read before and after it."""
        steps: dict[tuple[int, int], tuple[Reading, Reading]] = {}
        for sha in version.shas:
            reports = [r for r in self._world.readings(sha) if r.is_report]
            for old, new in zip(reports, reports[1:], strict=False):
                steps[old.revision, new.revision] = (old, new)
        yield from (steps[key] for key in sorted(steps))

    def _note_rereading(self, version: Version, old: Reading, new: Reading) -> None:
        compared = self._comparer.reread(old, new)
        for cell in compared.cells:
            self._ledger.note_ours(
                "parser",
                "reread",
                "field",
                version,
                new.read_at,
                new.sha256,
                place=cell.place,
                old=cell.old,
                new=cell.new,
            )
        if compared.text:
            self._ledger.note_ours(
                "parser",
                "reread",
                "content",
                version,
                new.read_at,
                new.sha256,
                old=shortened(compared.removed),
                new=shortened(compared.added),
            )

    def _note_correction(self, version: Version, correction: Correction) -> None:
        place = (correction.table_code, correction.row_code, correction.column_code)
        read = self._read_at(correction.sha256, place, correction.made_at)
        said = _corrected(correction)
        self._ledger.note_ours(
            "correction", "edited", "field", version, correction.made_at, correction.sha256,
            place=place, old=read, new=said,
        )  # fmt: skip
        if self._world.withdrawn(correction) and correction.withdrawn_at is not None:
            read = self._read_at(correction.sha256, place, correction.withdrawn_at)
            self._ledger.note_ours(
                "correction",
                "edited",
                "field",
                version,
                correction.withdrawn_at,
                correction.sha256,
                place=place,
                old=said,
                new=read,
            )

    def _read_at(self, sha256: str, place: Place, moment: str) -> str | None:
        """What the parser of that time made of the cell."""
        readings = [r for r in self._world.readings(sha256) if r.is_report and r.read_at <= moment]
        if not readings:
            return None
        return printed(self._world.cells(readings[-1].extraction_id).get(place))

    def _corrections(self, version: Version) -> list[Correction]:
        found = (c for sha in version.shas for c in self._world.corrections(sha))
        return sorted(found, key=lambda c: (c.made_at, c.correction_id))

    def _standing_corrections(self) -> dict[int, dict[Place, Correction]]:
        """The newest correction of each cell that stands, on every reading of the version it was made on."""
        found: dict[int, dict[Place, Correction]] = {}
        for bearing in self._bearings:
            for version in bearing.versions:
                for c in self._corrections(version):
                    if not self._world.withdrawn(c):
                        place = (c.table_code, c.row_code, c.column_code)
                        found.setdefault(version.last.reading.extraction_id, {})[place] = c
        return found


def _corrected(correction: Correction) -> str | None:
    if correction.value is not None:
        return number(correction.value)
    return f"({correction.state})"
