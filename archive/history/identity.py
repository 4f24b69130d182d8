"""Which report a file bears: its agency and year, from the file or from what points at it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.catalogue.models import Capture, Extraction, Resource, Sighting, Site
from parsers.divisions import candidates
from parsers.identity import parse_title


@dataclass(frozen=True, slots=True)
class Identity:
    """An agency's report on a year. ``title`` and ``published_on`` come along from the same source.

    ``decided_by`` says where the agency and year stand: ``file``, ``page`` (the page that links the
    file) or ``listing`` (the title in a list).
    """

    agency: str | None
    year: int | None
    title: str | None
    published_on: str | None
    divisions: tuple[str, ...]
    decided_by: str

    @property
    def complete(self) -> bool:
        return self.agency is not None and self.year is not None


def identify(session: Session, resource: Resource, extraction: Extraction) -> Identity:
    """The file's own words first; what they leave open is taken from its page, then from lists."""
    found = _of_extraction(extraction, "file")
    page = _parent_extraction(session, resource)
    if page is not None:
        found = _fill(found, _of_extraction(page, "page"))
    if not found.complete:
        for title, shown in _listed(session, resource):
            found = _fill(found, _of_title(title, shown))
    return found


def division_of(identity: Identity, site: Site | None) -> str | None:
    """The agency's division where it is certain: the name fits one only, or one within the site's."""
    if len(identity.divisions) == 1:
        return identity.divisions[0]
    prior = _stem(site.division_code) if site is not None and site.division_code else None
    if prior is None:
        return None
    within = [d for d in identity.divisions if d.startswith(prior)]
    if len(within) == 1:
        return within[0]
    return None


def _stem(code: str) -> str:
    """The digits that all divisions under ``code`` share: 640000 -> 64, 640500 -> 6405."""
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code


def _of_extraction(extraction: Extraction, source: str) -> Identity:
    return Identity(
        agency=extraction.agency,
        year=extraction.year,
        title=extraction.title,
        published_on=extraction.published_on,
        divisions=tuple(extraction.divisions.split()),
        decided_by=source,
    )


def _of_title(title: str, shown_date: str | None) -> Identity:
    words = parse_title(title)
    agency = words.agency if words else None
    year = words.year if words else None
    return Identity(agency, year, title, shown_date, candidates(agency), "listing")


def _fill(first: Identity, second: Identity) -> Identity:
    """``first``, with what it lacks taken from ``second``; years that contradict are not mixed."""
    if first.year is not None and second.year is not None and first.year != second.year:
        return first
    borrowed = (first.agency is None and second.agency is not None) or (
        first.year is None and second.year is not None
    )
    return Identity(
        agency=first.agency or second.agency,
        year=first.year if first.year is not None else second.year,
        title=first.title or second.title,
        published_on=first.published_on or second.published_on,
        divisions=first.divisions if first.agency else second.divisions,
        decided_by=second.decided_by if borrowed else first.decided_by,
    )


def _parent_extraction(session: Session, resource: Resource) -> Extraction | None:
    if resource.parent_id is None:
        return None
    query = (
        select(Extraction)
        .join(Capture, Capture.sha256 == Extraction.sha256)
        .where(Capture.resource_id == resource.parent_id, Capture.verdict.in_(("ok", "not_modified")))
        .order_by(Capture.capture_id.desc(), Extraction.revision.desc())
        .limit(1)
    )
    return session.scalar(query)


def _listed(session: Session, resource: Resource) -> list[tuple[str, str | None]]:
    urls = [resource.url]
    if resource.parent_id is not None:
        urls.append(session.get_one(Resource, resource.parent_id).url)
    query = (
        select(Sighting.title, Sighting.shown_date)
        .where(Sighting.url.in_(urls))
        .order_by(Sighting.sighting_id.desc())
        .limit(5)
    )
    return [(row.title, row.shown_date) for row in session.execute(query)]
