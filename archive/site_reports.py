"""Where the reports of a site stand, as earlier runs found them: what a crawl asks for although no list of
the site names it any more.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import aliased

from archive.capture import POSTED, Kind
from archive.catalogue.engine import Catalogue
from archive.catalogue.models import Capture, Linkage, Listing, Resource, Sighting
from archive.expiring import expires
from archive.history.batched import batches

_LEADS = (Kind.ARTICLE, Kind.GIVEN)
_ASKED_AS = (Kind.ARTICLE, Kind.ATTACHMENT)


@dataclass(frozen=True, slots=True)
class Stand:
    """An address that bears a report or leads to its file. ``page`` is the report's own page that leads to
    it, if one does; ``gone``: neither it nor its file is there any more.
    """

    url: str
    kind: Kind
    page: str | None
    gone: bool


class SiteReports:
    """Asked once a crawl, when all that the site names has been walked."""

    def __init__(self, catalogue: Catalogue, site_id: int) -> None:
        self._catalogue = catalogue
        self._site_id = site_id

    def stands(self) -> tuple[Stand, ...]:
        """All of them. What is made anew each time it is shown may lead nowhere by now, and is left out."""
        page = aliased(Resource)
        gone = func.min(case((Linkage.until.is_(None), 0), else_=1))
        query = (
            select(Resource.url, Resource.kind, page.url, gone)
            .join(Linkage, Linkage.resource_id == Resource.resource_id)
            .outerjoin(page, (page.resource_id == Resource.parent_id) & page.kind.in_(_values(_LEADS)))
            .where(Resource.site_id == self._site_id, Resource.kind.in_(_values(_ASKED_AS)))
            .group_by(Resource.resource_id, Resource.url, Resource.kind, page.url)
            .order_by(Resource.resource_id)
        )
        with self._catalogue.reading() as session:
            rows = session.execute(query).all()
        there = {address for url, _, lead, was in rows if not was for address in (url, lead)}
        found = {lead: Stand(lead, Kind.ARTICLE, None, lead not in there) for _, _, lead, _ in rows if lead}
        found |= {url: Stand(url, Kind(kind), lead, url not in there) for url, kind, lead, _ in rows}
        return tuple(one for one in found.values() if _is_an_address(one.url) and not expires(one.url))

    def dropped(self, urls: Collection[str]) -> dict[str, set[str]]:
        """Of these addresses those that were not asked for since a list last named them, each with the lists
        that have ever named it.
        """
        found: dict[str, set[str]] = {}
        asked = (
            select(func.max(Capture.run_id))
            .join(Resource, Resource.resource_id == Capture.resource_id)
            .where(Resource.url == Sighting.url)
            .scalar_subquery()
        )
        query = select(Sighting.url, Listing.url, func.max(Listing.run_id), asked).join(
            Listing, Listing.listing_id == Sighting.listing_id
        )
        named: dict[str, int] = {}
        last: dict[str, int] = {}
        with self._catalogue.reading() as session:
            for part in batches(sorted(urls)):
                rows = query.where(Sighting.url.in_(part)).group_by(Sighting.url, Listing.url)
                for url, column, named_on, asked_on in session.execute(rows):
                    found.setdefault(url, set()).add(column)
                    named[url] = max(named.get(url, 0), named_on)
                    last[url] = asked_on or 0
        return {url: columns for url, columns in found.items() if last[url] <= named[url]}


def _values(kinds: Collection[Kind]) -> list[str]:
    return [kind.value for kind in kinds]


def _is_an_address(url: str) -> bool:
    """Not the name of bound pieces, nor of what was posted."""
    return "#" not in url and POSTED not in url
