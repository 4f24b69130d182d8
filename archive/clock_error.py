"""By how much this machine's clock is off, by the dates in the answers that it has archived."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from statistics import median

from sqlalchemy import func, select

from archive.catalogue.engine import Catalogue
from archive.catalogue.models import Capture, Resource, Run
from archive.times import from_iso
from archive.warc.payload import head_fields, split_head
from archive.warc.reader import RecordUnreadable, record_at

MOST_HOSTS = 15
LEAST_HOSTS = 3
"""One server's clock may be wrong; the middle one of three is not likely to be."""
TOLERANCE = timedelta(minutes=2)


def clock_error(catalogue: Catalogue, home: Path, since: str, now: datetime) -> tuple[float | None, int]:
    """Seconds by which the clock is late (negative: early), and how many hosts tell.

    None where fewer than three hosts have answered since then. A run or an answer that lies in the future
    tells by itself that the clock was set back.
    """
    ahead = _newest(catalogue)
    if ahead is not None and from_iso(ahead) > now + TOLERANCE:
        return (from_iso(ahead) - now).total_seconds(), 0
    errors = list(_errors(catalogue, home, since))
    return (median(errors) if len(errors) >= LEAST_HOSTS else None), len(errors)


def _newest(catalogue: Catalogue) -> str | None:
    """An import may come from a machine whose clock was wrong."""
    query = select(func.max(Run.started_at)).where(Run.kind != "import")
    with catalogue.reading() as session:
        return session.scalar(query)


def _errors(catalogue: Catalogue, home: Path, since: str) -> Iterator[float]:
    newest = (
        select(func.max(Capture.capture_id))
        .join(Resource, Resource.resource_id == Capture.resource_id)
        .join(Run, Run.run_id == Capture.run_id)
        .where(Run.started_at >= since, Run.kind != "import", Capture.via == "http")
        .where(Capture.record_type == "response")
        .group_by(Resource.host)
        .limit(MOST_HOSTS)
    )
    place = select(Capture.warc_file, Capture.warc_offset, Capture.fetched_at)
    with catalogue.reading() as session:
        places = session.execute(place.where(Capture.capture_id.in_(newest))).all()
    for file, offset, fetched_at in places:
        said = _date_in(home, file, offset) if file and offset is not None else None
        if said is not None:
            yield (said - from_iso(fetched_at)).total_seconds()


def _date_in(home: Path, file: str, offset: int) -> datetime | None:
    """The answer's field ``Date`` (RFC 9110, 6.6.1); None where it has none that can be read."""
    try:
        block = record_at(home, file, offset).block
        text = head_fields(split_head(block or b"")[0]).get("date", "")
        said = parsedate_to_datetime(text)
    except (RecordUnreadable, ValueError):
        return None
    return said.astimezone(UTC) if said.tzinfo else said.replace(tzinfo=UTC)
