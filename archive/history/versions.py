"""The versions of a report as they had been seen by one time, as far as was known at another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.catalogue.models import Report, Resource
from archive.history.batched import rows_of
from archive.history.evidence import World
from archive.history.identity import Identifier
from archive.history.rows import History
from archive.history.standing import NOW, Chosen, Clocks, histories, states_by, version_taken


@dataclass(frozen=True, slots=True)
class VersionSeen:
    """What one file of a report said over a span of captures, with the last of them.

    ``taken``: the report is read from this file.
    """

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
    found = list(_versions(World(session, clocks.known), history, clocks.seen))
    return sorted(found, key=lambda v: (v.first_seen, v.resource_id, v.ordinal))


def _versions(world: World, history: History, seen: str | None) -> Iterator[VersionSeen]:
    taken = version_taken(world, history, seen)
    if taken is None:
        return
    identifier = Identifier(world)
    query = select(Resource.resource_id, Resource.url)
    rows = rows_of(world.session, query, Resource.resource_id, {v.resource_id for v in history.versions})
    urls: dict[int, str] = {row.resource_id: row.url for row in rows}
    for version in history.versions:
        if states := states_by(identifier, history, version, seen):
            last = states[-1]
            yield VersionSeen(
                version.resource_id, version.ordinal, urls[version.resource_id], last.reading.media_type,
                last.reading.sha256, version.first_seen, last.seen.at,
                version.resource_id == taken[0].resource_id,
            )  # fmt: skip
