"""Two versions of a report side by side: the cells that differ, and the text by section."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from sqlalchemy.orm import Session

from archive.history.compare import CellChange, Comparer
from archive.history.evidence import World
from archive.history.seen import Reading
from archive.history.standing import NOW, Clocks
from archive.history.versions import VersionSeen, versions_of

CONTEXT = 1


class NoSuchVersion(LookupError):
    """The report has no such version; the text says which there are."""


class Mark(StrEnum):
    """What became of a line."""

    SAME = " "
    REMOVED = "-"
    ADDED = "+"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text in the part headed ``heading``. A gap (lines left out) is a line without text."""

    heading: str
    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class Diff:
    """How two versions differ."""

    old: VersionSeen
    new: VersionSeen
    cells: tuple[CellChange, ...]
    lines: tuple[Line, ...]


def diff_versions(
    session: Session, report_id: int, old: int | None = None, new: int | None = None, clocks: Clocks = NOW
) -> Diff:
    """Compare two versions of the file that the report is read from; the last two if none are named.

    Both files are taken as the newest revision of the parser that has read both reads them, so that what
    differs was changed by the office. Under the clocks these are the versions, and the readings, that there
    were then. Raises :class:`NoSuchVersion`.
    """
    versions = [v for v in versions_of(session, report_id, clocks) if v.taken]
    if not versions:
        by_then = "is not in the catalogue" if clocks.now else "had not been seen, or was not known, by then"
        raise NoSuchVersion(f"report {report_id} {by_then}")
    first, second = _pick(versions, old, new)
    world = World(session, clocks.known)
    comparer = Comparer(world)
    pair = comparer.common(first.sha256, second.sha256)
    before, after = pair or (world.reading(first.sha256), world.reading(second.sha256))
    assert before is not None
    assert after is not None
    noise = comparer.noise(world.source(second.resource_id).host)
    return Diff(
        first, second, tuple(comparer.cells(before, after, noise)), tuple(_lines(world, before, after))
    )


def _pick(
    versions: Sequence[VersionSeen], old: int | None, new: int | None
) -> tuple[VersionSeen, VersionSeen]:
    by_ordinal = {v.ordinal: v for v in versions}
    newest = versions[-1].ordinal
    wanted = new if new is not None else newest
    before = old if old is not None else wanted - 1
    missing = [n for n in (before, wanted) if n not in by_ordinal]
    if missing and newest == 1:
        raise NoSuchVersion("the report has had one version only: there is nothing to compare")
    if missing:
        raise NoSuchVersion(f"the report has no version {missing[0]}; there are 1 to {newest}")
    return by_ordinal[before], by_ordinal[wanted]


def _lines(world: World, old: Reading, new: Reading) -> Iterator[Line]:
    """Changed lines with one line around them; the rest is a gap."""
    before, after = _text(world, old), _text(world, new)
    old_keys, new_keys = (["".join(line.split()) for _, line in side] for side in (before, after))
    matcher = SequenceMatcher(None, old_keys, new_keys, autojunk=False)
    last: int | None = None
    for group in matcher.get_grouped_opcodes(CONTEXT):
        if last is not None:
            yield Line("", Mark.SAME, "")
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                yield from (Line(h, Mark.SAME, t) for h, t in after[j1:j2])
                continue
            yield from (Line(h, Mark.REMOVED, t) for h, t in before[i1:i2])
            yield from (Line(h, Mark.ADDED, t) for h, t in after[j1:j2])
        last = group[-1][4]


def _text(world: World, reading: Reading) -> list[tuple[str, str]]:
    lines = [("", reading.title or "")]
    for heading, text in world.sections(reading.extraction_id):
        lines.append((heading, heading))
        lines += [(heading, line) for line in text.split("\n")]
    return lines
