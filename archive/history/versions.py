"""The versions of a report as they had been seen by one time, as far as was known at another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.catalogue.models import Extraction, Report, Resource
from archive.history.evidence import World, batches
from archive.history.rows import VersionRow
from archive.history.standing import NOW, Chosen, Clocks, histories, last_files, version_taken


@dataclass(frozen=True, slots=True)
class VersionSeen:
    """What one file of a report said over a span of captures. ``taken``: the report is read from it."""

    resource_id: int
    ordinal: int
    url: str
    media_type: str
    sha256: str
    first_seen: str
    last_seen: str
    taken: bool


def versions_of(session: Session, report_id: int, clocks: Clocks = NOW) -> list[VersionSeen]:
    """The versions of all its files that had begun by then, the earliest first; none before its time."""
    chosen = Chosen(select(Report.report_id).where(Report.report_id == report_id), by_number=True)
    history = next((h for i, h in histories(session, clocks.known, chosen) if i == report_id), None)
    if history is None:
        return []
    world = World(session, clocks.known)
    taken = version_taken(world, history, clocks.seen)
    if taken is None:
        return []
    begun = [v for v in history.versions if clocks.seen is None or v.first_seen <= clocks.seen]
    begun.sort(key=lambda v: (v.first_seen, v.resource_id, v.ordinal))
    urls, types = _urls(session, begun), _media_types(session, begun)
    return [
        VersionSeen(
            v.resource_id, v.ordinal, urls[v.resource_id], types[v.extraction_id], v.sha256,
            v.first_seen, v.last_seen, v.resource_id == taken[0].resource_id,
        )
        for v in _by_then(session, world, clocks, begun)
    ]  # fmt: skip


def _by_then(
    session: Session, world: World, clocks: Clocks, begun: Sequence[VersionRow]
) -> Iterator[VersionRow]:
    """A version that lasted on, as it was at the last capture by then: its file, and when it was seen."""
    looks: dict[int, tuple[str, str]] = {}
    if clocks.seen is not None:
        looks = last_files(session, clocks, {v.resource_id for v in begun if v.last_seen > clocks.seen})
    for version in begun:
        if clocks.seen is None or version.last_seen <= clocks.seen:
            yield version
            continue
        sha256, at = looks[version.resource_id]
        reading = world.reading(sha256)
        same = reading is not None and reading.is_report
        yield replace(version, sha256=sha256 if same else version.sha256, last_seen=at)


def _urls(session: Session, found: Iterable[VersionRow]) -> dict[int, str]:
    query = select(Resource.resource_id, Resource.url)
    keys = sorted({v.resource_id for v in found})
    rows = (r for part in batches(keys) for r in session.execute(query.where(Resource.resource_id.in_(part))))
    return {row.resource_id: row.url for row in rows}


def _media_types(session: Session, found: Iterable[VersionRow]) -> dict[int, str]:
    query = select(Extraction.extraction_id, Extraction.media_type)
    keys = sorted({v.extraction_id for v in found})
    rows = (
        r for part in batches(keys) for r in session.execute(query.where(Extraction.extraction_id.in_(part)))
    )
    return {row.extraction_id: row.media_type for row in rows}
