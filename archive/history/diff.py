"""Two versions of a report side by side: the cells that differ, and the text by section."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.catalogue.models import Extraction, Report, Resource, Version
from archive.history.compare import CellChange, Comparer
from archive.history.evidence import Reading, World

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
class Side:
    """One of the two versions compared."""

    ordinal: int
    url: str
    sha256: str
    first_seen: str
    last_seen: str


@dataclass(frozen=True, slots=True)
class Diff:
    """How two versions differ."""

    old: Side
    new: Side
    cells: tuple[CellChange, ...]
    lines: tuple[Line, ...]


def diff_versions(session: Session, report_id: int, old: int | None = None, new: int | None = None) -> Diff:
    """Compare two versions of the file that the report is read from; the last two if none are named.

    Both files are taken as the newest revision of the parser that has read both reads them, so that what
    differs was changed by the office. Raises :class:`NoSuchVersion`.
    """
    report = session.get_one(Report, report_id)
    versions = list(
        session.scalars(
            select(Version)
            .where(Version.report_id == report_id, Version.resource_id == report.resource_id)
            .order_by(Version.ordinal)
        )
    )
    first, second = _pick(versions, old, new)
    source = session.get_one(Resource, report.resource_id)
    world = World(session)
    comparer = Comparer(world)
    pair = comparer.common(first.sha256, second.sha256)
    before, after = pair or (world.reading(first.sha256), world.reading(second.sha256))
    assert before is not None
    assert after is not None
    noise = comparer.noise(source.host)
    return Diff(
        _side(first, source.url), _side(second, source.url),
        tuple(comparer.cells(before, after, noise)), tuple(_lines(world, before, after)),
    )  # fmt: skip


def _pick(versions: Sequence[Version], old: int | None, new: int | None) -> tuple[Version, Version]:
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


def _side(version: Version, url: str) -> Side:
    return Side(version.ordinal, url, version.sha256, version.first_seen, version.last_seen)


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


def versions_of(session: Session, report_id: int) -> list[tuple[Version, str, str]]:
    """All versions of all files of a report, with the file's address and media type."""
    query = (
        select(Version, Resource.url, Extraction.media_type)
        .join(Resource, Resource.resource_id == Version.resource_id)
        .join(Extraction, Extraction.extraction_id == Version.extraction_id)
        .where(Version.report_id == report_id)
        .order_by(Version.first_seen, Version.resource_id, Version.ordinal)
    )
    return [(version, url, media_type) for version, url, media_type in session.execute(query)]
