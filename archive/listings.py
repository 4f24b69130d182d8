"""The report columns of a site as an earlier run walked them."""

from dataclasses import dataclass

from sqlalchemy import func, select

from archive.catalogue.engine import Catalogue
from archive.catalogue.models import Listing, Sighting


@dataclass(frozen=True, slots=True)
class PastListing:
    """A report column, with the address and title of each of its rows."""

    url: str
    family: str
    rows: tuple[tuple[str, str], ...]


def past_listings(catalogue: Catalogue, site_id: int, before_run: int) -> tuple[PastListing, ...]:
    """The columns that the last run before `before_run` saw on the site; empty if there was none."""
    with catalogue.reading() as session:
        earlier = (Listing.site_id == site_id, Listing.run_id < before_run)
        last = session.scalar(select(func.max(Listing.run_id)).where(*earlier))
        query = (
            select(Listing, Sighting.url, Sighting.title)
            .outerjoin(Sighting, Sighting.listing_id == Listing.listing_id)
            .where(Listing.site_id == site_id, Listing.run_id == last)
            .order_by(Listing.listing_id, Sighting.position)
        )
        rows: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for listing, url, title in session.execute(query):
            found = rows.setdefault((listing.url, listing.family), [])
            if url is not None:
                found.append((url, title))
    return tuple(PastListing(url, family, tuple(found)) for (url, family), found in rows.items())
