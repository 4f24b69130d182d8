"""Rows of evidence: captures with their URLs and blobs, listings with their sightings.

Both who fetches (:mod:`archive.recorder`) and who finds a record without its row (:mod:`archive.mend`)
add rows through here, so that a row is the same whichever way it came.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Table, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from archive.bound import Binding, name_of
from archive.capture import Fetched, ListingSeen
from archive.catalogue.engine import Catalogue
from archive.catalogue.models import Blob, Capture, Listing, Resource, Sighting
from archive.sortkey import sort_key
from archive.times import iso
from archive.warc.exchange import Placed

MEDIA_TYPE_LENGTH = 120
CARRIERS = ("response", "resource", "conversion")
"""Types of records that carry a file's bytes; a revisit only refers to them."""
SQL_LIMIT = 500  # bound parameters that a single IN list may hold


@dataclass(frozen=True, slots=True)
class Archived:
    """One fetch, where its record stands, and its file's sha256 and size in bytes, if there is a file.

    ``recorded_at`` is when we came to know of it: for an import that is later than the fetch.
    """

    fetched: Fetched
    placed: Placed
    recorded_at: str
    sha256: str | None = None
    size: int | None = None


def is_empty(catalogue: Catalogue) -> bool:
    """Whether nothing was ever fetched."""
    with catalogue.reading() as session:
        return session.scalar(select(Capture.capture_id).limit(1)) is None


def add_captures(session: Session, kept: Sequence[Archived], run_id: int, site_id: int | None) -> None:
    """One row a fetch, in the order given, and the URLs and blobs that are new with it."""
    if not kept:
        return
    ids = _resource_ids(session, kept, site_id)
    _add_blobs(session, kept)
    rows = [_capture_row(k, ids[k.fetched.url], run_id) for k in kept]
    session.execute(insert(Capture), rows)


def add_listing(session: Session, seen: ListingSeen, run_id: int, site_id: int | None, seen_at: str) -> None:
    listing = Listing(
        run_id=run_id,
        site_id=site_id,
        url=seen.url,
        column_name=seen.column_name,
        family=seen.family,
        pages_declared=seen.pages_declared,
        pages_seen=seen.pages_seen,
        complete=seen.complete,
        items=len(seen.items),
        seen_at=seen_at,
    )
    session.add(listing)
    session.flush()
    rows = [
        {
            "listing_id": listing.listing_id,
            "url": item.url,
            "title": item.title,
            "shown_date": item.shown_date,
            "position": position,
        }
        for position, item in enumerate(seen.items)
    ]
    if rows:
        session.execute(insert(Sighting), rows)


def _insert_new(session: Session, table: Any, rows: list[dict[str, Any]]) -> None:
    """Insert the rows that are not there yet; another process may have added some."""
    assert isinstance(table.__table__, Table)
    if session.get_bind().dialect.name == "postgresql":
        session.execute(postgresql.insert(table.__table__).on_conflict_do_nothing(), rows)
    else:
        session.execute(sqlite.insert(table.__table__).on_conflict_do_nothing(), rows)


def _resource_ids(session: Session, kept: Sequence[Archived], site_id: int | None) -> dict[str, int]:
    """Ids of all URLs of the batch; new ones are added, with their parent."""
    first: dict[str, Fetched] = {}
    for entry in kept:
        first.setdefault(entry.fetched.url, entry.fetched)
    ids = _ids_of(session, first)
    new = [f for url, f in first.items() if url not in ids]
    if not new:
        return ids
    _insert_new(session, Resource, [_resource_row(f, site_id) for f in new])
    ids |= _ids_of(session, (f.url for f in new))
    _adopt_bodies(session, {name_of(f.url, Binding.BODY): ids[f.url] for f in new})
    parents = _ids_of(session, {f.parent_url for f in new if f.parent_url})
    links = [
        {"resource_id": ids[f.url], "parent_id": parents[f.parent_url]}
        for f in new
        if f.parent_url in parents
    ]
    if links:
        session.execute(update(Resource), links)
    return ids


def _adopt_bodies(session: Session, pages: Mapping[str, int]) -> None:
    """Bodies whose rows were made again before those of the imported files that they were bound from."""
    bodies = _ids_of(session, pages)
    if bodies:
        links = [{"resource_id": body, "parent_id": pages[url]} for url, body in bodies.items()]
        session.execute(update(Resource), links)


def _ids_of(session: Session, urls: Iterable[str | None]) -> dict[str, int]:
    wanted = [u for u in urls if u]
    ids: dict[str, int] = {}
    for start in range(0, len(wanted), SQL_LIMIT):
        part = wanted[start : start + SQL_LIMIT]
        rows = session.execute(select(Resource.url, Resource.resource_id).where(Resource.url.in_(part)))
        ids.update((url, resource_id) for url, resource_id in rows)
    return ids


def _resource_row(fetched: Fetched, site_id: int | None) -> dict[str, Any]:
    return {
        "url": fetched.url,
        "surt": sort_key(fetched.url),
        "host": (urlsplit(fetched.url).netloc or "").lower(),
        "kind": fetched.kind.value,
        "site_id": site_id,
    }


def _add_blobs(session: Session, kept: Sequence[Archived]) -> None:
    rows = {
        k.sha256: {
            "sha256": k.sha256,
            "size": k.size,
            "media_type": _storable(k.fetched.media_type, MEDIA_TYPE_LENGTH),
        }
        for k in kept
        if k.sha256 is not None and k.placed.record_type in CARRIERS
    }
    if rows:
        _insert_new(session, Blob, list(rows.values()))


def _storable(said: str | None, length: int | None = None) -> str | None:
    """What a server said as a column can hold it; the record keeps it as it was sent."""
    # PostgreSQL takes no NUL in a text
    return None if said is None else said.replace("\0", "")[:length]


def _capture_row(entry: Archived, resource_id: int, run_id: int) -> dict[str, Any]:
    fetched, placed = entry.fetched, entry.placed
    return {
        "run_id": run_id,
        "resource_id": resource_id,
        "fetched_at": iso(fetched.fetched_at),
        "via": fetched.via.value,
        "status": fetched.status,
        "verdict": fetched.verdict,
        "reason": _storable(fetched.reason),
        "sha256": entry.sha256,
        "media_type": _storable(fetched.media_type, MEDIA_TYPE_LENGTH),
        "size": entry.size,
        "etag": _storable(fetched.etag),
        "last_modified": _storable(fetched.last_modified),
        "record_type": placed.record_type,
        "payload_digest": placed.payload_digest or None,
        "warc_file": placed.file,
        "warc_offset": placed.offset,
        "warc_length": placed.length,
        "location": _storable(fetched.location),
        "again": fetched.again,
        "cut": fetched.cut,
        "recorded_at": entry.recorded_at,
    }
