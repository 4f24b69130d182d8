"""What differs between two readings: cell by cell, and line by line of the text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from archive.history.evidence import World
from archive.history.noise import Noise, learned, report_lines
from archive.history.seen import Cell, Place, Reading

LONGEST_TEXT = 1000
OTHER_TABLES = "other"


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell that reads differently. A value is written as printed text; None where the cell is missing."""

    place: Place
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two readings differ. ``removed`` and ``added`` are lines of text, with the part they stand in."""

    cells: tuple[CellChange, ...] = ()
    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    labels: bool = False

    @property
    def same(self) -> bool:
        return not self.cells and not self.text

    @property
    def text(self) -> bool:
        """Whether a reader would see a difference besides the cells."""
        return bool(self.removed or self.added or self.labels)


SAME = Comparison()


class Comparer:
    """Compares readings of one world, each pair once."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._noise: dict[str, Noise] = {}
        self._done: dict[tuple[int, int, str], Comparison] = {}

    def compare(self, old: Reading, new: Reading, host: str) -> Comparison:
        """The differences that a reader of the report would see; noise of the host is none."""
        if old.content_sha256 is not None and old.content_sha256 == new.content_sha256:
            return SAME
        key = (old.extraction_id, new.extraction_id, host)
        if key not in self._done:
            self._done[key] = self._compare(old, new, self.noise(host))
        return self._done[key]

    def reread(self, old: Reading, new: Reading) -> Comparison:
        """The differences between two readings of one file: nothing is noise, and a label is none."""
        removed, added, _ = self._text(old, new, Noise())
        return Comparison(tuple(self.cells(old, new, Noise())), removed, added)

    def cells(self, old: Reading, new: Reading, noise: Noise) -> Iterator[CellChange]:
        before, after = self._world.cells(old.extraction_id), self._world.cells(new.extraction_id)
        for place in [*before, *(p for p in after if p not in before)]:
            one, other = before.get(place), after.get(place)
            if _said(one) != _said(other) and not _is_noise(place, one, other, noise):
                yield CellChange(place, printed(one), printed(other))

    def noise(self, host: str) -> Noise:
        """What changes by itself on the host, learned from pages that were fetched twice."""
        if host not in self._noise:
            pairs = []
            for first, again in self._world.second_looks(host):
                both = self.common(first.sha256, again.sha256)
                if both is not None:
                    pairs.append((self._all_lines(both[0]), self._all_lines(both[1])))
            self._noise[host] = learned(pairs)
        return self._noise[host]

    def common(self, old: str | None, new: str | None) -> tuple[Reading, Reading] | None:
        """Both files under the newest revision of the parser that has read both."""
        if old is None or new is None:
            return None
        before = {r.revision: r for r in self._world.readings(old)}
        both = [(before[r.revision], r) for r in self._world.readings(new) if r.revision in before]
        alike = [pair for pair in both if pair[0].outcome == pair[1].outcome]
        reports = [pair for pair in alike if pair[0].is_report]
        fitting = reports or alike
        return fitting[-1] if fitting else None

    def _compare(self, old: Reading, new: Reading, noise: Noise) -> Comparison:
        cells = tuple(self.cells(old, new, noise))
        removed, added, noisy = self._text(old, new, noise)
        if cells or removed or added:
            return Comparison(cells, removed, added)
        noisy = noisy or any(True for _ in self.cells(old, new, Noise()))
        # nothing else explains the other digest: a label or a note within a table was edited
        return SAME if noisy else Comparison(labels=True)

    def _text(
        self, old: Reading, new: Reading, noise: Noise
    ) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
        """Lines removed and added, and whether lines that do not count differ."""
        before, after = self._lines(old), self._lines(new)
        sections = self._world.sections
        if before == after and sections(old.extraction_id) == sections(new.extraction_id):
            return (), (), False
        kept_before = [line for line in before if not noise.covers(line[1])]
        kept_after = [line for line in after if not noise.covers(line[1])]
        removed, added = _moved_lines(kept_before, kept_after)
        return removed, added, not (removed or added)

    def _lines(self, reading: Reading) -> list[tuple[str, str]]:
        title = "".join((reading.title or "").split())
        return [("", title), *report_lines(self._world.sections(reading.extraction_id))]

    def _all_lines(self, reading: Reading) -> list[str]:
        cells = self._world.cells(reading.extraction_id)
        others = ("".join(c.raw.split()) for p, c in cells.items() if p[0].startswith(OTHER_TABLES))
        return [line for _, line in self._lines(reading)] + list(others)


def _moved_lines(
    before: list[tuple[str, str]], after: list[tuple[str, str]]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a diff takes out and puts in. A line that only stands under another heading has not changed."""
    old, new = [line for _, line in before], [line for _, line in after]
    removed: list[str] = []
    added: list[str] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            removed += [_within(*before[i]) for i in range(i1, i2) if old[i]]
            added += [_within(*after[j]) for j in range(j1, j2) if new[j]]
    return tuple(removed), tuple(added)


def _within(heading: str, line: str) -> str:
    return line if not heading or heading == line else f"{heading}: {line}"


def _is_noise(place: Place, old: Cell | None, new: Cell | None, noise: Noise) -> bool:
    """A table of no form may be the page's: a box of dates, counters, other articles."""
    if not place[0].startswith(OTHER_TABLES):
        return False
    return all(noise.covers("".join(c.raw.split())) for c in (old, new) if c is not None and c.raw.strip())


def _said(cell: Cell | None) -> tuple[str, float | None, str] | None:
    if cell is None:
        return None
    # of a value only the number counts; of anything else what stood there does
    raw = "" if cell.value is not None else "".join(cell.raw.split())
    return cell.state, cell.value, raw


def printed(cell: Cell | None) -> str | None:
    """A cell as a change shows it: the number, or ``(blank)`` and the like with what stood there."""
    if cell is None:
        return None
    if cell.value is not None:
        return number(cell.value)
    return f"({cell.state})" + (f" {cell.raw}" if cell.raw.strip() else "")


def number(value: float) -> str:
    """A figure without a needless ``.0``."""
    return str(int(value)) if value == int(value) else repr(float(value))


def shortened(lines: tuple[str, ...]) -> str | None:
    """Lines as a change shows them, cut to what a notice can hold."""
    text = "\n".join(lines)
    return (text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…") or None


def disagreeing(taken: Mapping[Place, Cell], other: Mapping[Place, Cell]) -> Iterator[CellChange]:
    """Cells of the statutory tables in which two files of one report differ; a missing cell is none."""
    for place, cell in taken.items():
        if place[0].startswith(OTHER_TABLES) or place not in other:
            continue
        if _said(cell) != _said(other[place]):
            yield CellChange(place, printed(cell), printed(other[place]))
