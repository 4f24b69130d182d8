"""What was last seen of each URL of a host, and since when it has not changed: so, when to ask again."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session, aliased

from archive.capture import Kind
from archive.catalogue.engine import Catalogue
from archive.catalogue.models import Capture, Report, Resource, Version

_PIECE = aliased(Resource)


@dataclass(frozen=True, slots=True)
class Seen:
    """A URL as it was when it was last asked for. Times and days are ISO.

    ``changed_at`` is when its content was last seen to change, None if it never was; ``published_on`` is the
    day that the report gives; ``ever_good``: it was there at least once.
    """

    checked_at: str
    verdict: str
    ever_good: bool
    changed_at: str | None = None
    published_on: str | None = None


def load_seen(catalogue: Catalogue, host: str) -> dict[str, Seen]:
    """Every URL of the host that was asked for."""
    with catalogue.reading() as session:
        changed, published = _changes(session, host)
        return {
            url: Seen(checked_at, verdict, bool(good), changed.get(url), published.get(url))
            for url, checked_at, verdict, good in session.execute(_latest(host))
        }


def _latest(host: str) -> Select[str, str, str, int]:
    """Of each URL: when it was last asked for, with what verdict, and how often it was there."""
    good = case((Capture.verdict.in_(("ok", "not_modified")), 1), else_=0)
    last = (
        select(
            Capture.resource_id,
            func.max(Capture.capture_id).label("capture_id"),
            func.sum(good).label("good"),
        )
        .join(Resource, Resource.resource_id == Capture.resource_id)
        .where(Resource.host == host)
        .group_by(Capture.resource_id)
        .subquery()
    )
    return (
        select(Resource.url, Capture.fetched_at, Capture.verdict, last.c.good)
        .join(last, last.c.resource_id == Resource.resource_id)
        .join(Capture, Capture.capture_id == last.c.capture_id)
    )


def _changes(session: Session, host: str) -> tuple[dict[str, str], dict[str, str | None]]:
    """By URL: when what it says of its report last changed, and the report's day of publication."""
    query = (
        select(Resource.url, Version.ordinal, Version.first_seen, Report.published_on)
        .join(Version, Version.resource_id == Resource.resource_id)
        .join(Report, Report.report_id == Version.report_id)
        .where(Resource.host == host)
        .order_by(Version.version_id)
    )
    # pieces that are bound to one file have no versions of their own
    piece = select(_PIECE.url, Version.ordinal, Version.first_seen, Report.published_on)
    of_pictures = (
        piece.join(Resource, Resource.parent_id == _PIECE.parent_id)
        .join(Version, Version.resource_id == Resource.resource_id)
        .join(Report, Report.report_id == Version.report_id)
        .where(_PIECE.host == host, _PIECE.kind == Kind.PICTURE.value)
        .order_by(Version.version_id)
    )
    of_bodies = (
        piece.join(Version, Version.resource_id == _PIECE.parent_id)
        .join(Report, Report.report_id == Version.report_id)
        .where(_PIECE.host == host, _PIECE.kind == Kind.ARTICLE.value)
        .order_by(Version.version_id)
    )
    changed: dict[str, str] = {}
    published: dict[str, str | None] = {}
    rows = (row for one in (of_pictures, of_bodies, query) for row in session.execute(one))
    for url, ordinal, first_seen, published_on in rows:
        published[url] = published_on
        if ordinal > 1:
            changed[url] = first_seen
    return changed, published
