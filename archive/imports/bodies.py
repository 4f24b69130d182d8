"""Bodies of reports that are cut over several pages, in what others archived: their pages as one file."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from sqlalchemy import select

from archive.bound import Binding, TooManyPieces, as_fetched
from archive.capture import Via
from archive.catalogue.engine import Catalogue
from archive.catalogue.models import Capture, Resource
from archive.recorder import Recorder
from archive.times import from_iso

Bodies = Mapping[tuple[str, str], tuple[str, ...]]
"""By the address and sha256 of a page all pages of its body, in their order."""


def bind_bodies(catalogue: Catalogue, recorder: Recorder, run_id: int, bodies: Bodies) -> None:
    """Bind each first page that came with the run, with what the other pages said nearest to its time.

    Those that were never had are left out.
    """
    for first, at, sha256 in _first_pages(catalogue, run_id, bodies):
        pieces = {url: _nearest(catalogue, url, at) for url in bodies[first, sha256][1:]}
        had = {url: held for url, held in pieces.items() if held is not None}
        whole = as_fetched(first, Binding.BODY, at, Via.IMPORT)
        with suppress(TooManyPieces):
            recorder.bind(Binding.BODY, {first: sha256, **had}, whole)


def _first_pages(catalogue: Catalogue, run_id: int, bodies: Bodies) -> list[tuple[str, datetime, str]]:
    query = (
        select(Resource.url, Capture.fetched_at, Capture.sha256)
        .join(Capture, Capture.resource_id == Resource.resource_id)
        .where(Capture.run_id == run_id, Capture.cut, Capture.sha256.is_not(None))
        .order_by(Capture.fetched_at)
    )
    with catalogue.reading() as session:
        rows = [(url, from_iso(at), sha256 or "") for url, at, sha256 in session.execute(query)]
    return [row for row in rows if bodies.get((row[0], row[2]), ("",))[0] == row[0]]


def _nearest(catalogue: Catalogue, url: str, at: datetime) -> str | None:
    """The sha256 of what an address said nearest to the time."""
    query = (
        select(Capture.fetched_at, Capture.sha256)
        .join(Resource, Resource.resource_id == Capture.resource_id)
        .where(Resource.url == url, Capture.cut, Capture.sha256.is_not(None))
    )
    with catalogue.reading() as session:
        found = [(abs(from_iso(when) - at), sha256) for when, sha256 in session.execute(query)]
    return min(found)[1] if found else None
