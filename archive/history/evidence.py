"""The evidence about some resources, as it was known at one time: what every history is derived from.

A :class:`World` only reads. With ``known`` it holds back whatever was recorded later, so that the same
derivation tells what could have been said then.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.orm import Session

from archive.capture import READABLE_KINDS, Kind, Via
from archive.catalogue.models import (
    Capture,
    Correction,
    Decision,
    Extraction,
    Fact,
    Finding,
    Listing,
    Resource,
    Section,
    Sighting,
    Site,
)
from archive.history.batched import BEARER, batches
from archive.history.seen import (
    ANSWERED,
    FAULTS,
    TROUBLE,
    Cell,
    Column,
    ListedAs,
    Place,
    Reading,
    Seen,
    Source,
    Walk,
    judged,
    together,
)
from parsers.checks import IDENTITIES


class World:
    """What is known of some resources. Ask :meth:`gather` for all of them at once: it is quicker."""

    def __init__(self, session: Session, known: str | None = None) -> None:
        self.session = session
        self.known = known
        self._sources: dict[int, Source] = {}
        self._seen: dict[int, list[Seen]] = {}
        self._again: dict[int, list[Seen]] = {}
        self._pairs: dict[str, list[tuple[Seen, Seen]]] = {}
        self._learnt: dict[str, str] = {}
        self._readings: dict[str, list[Reading]] = {}
        self._sharers: dict[str, tuple[int, ...]] = {}
        self._sightings: dict[str, list[ListedAs]] = {}
        self._shown_in: dict[str, set[str]] = {}
        self._columns: dict[str, list[Column]] = {}
        self._health: dict[tuple[int, str], tuple[int, int]] = {}
        self._cells: dict[int, dict[Place, Cell]] = {}
        self._sections: dict[int, list[tuple[str, str]]] = {}
        self._counts: dict[int, tuple[int, int, int]] = {}
        self._corrections: dict[str, list[Correction]] = {}
        self._decided: list[Decision] | None = None

    # -------------------------------------------------------------- loading

    def gather(self, resource_ids: Iterable[int]) -> None:
        """Load what concerns these resources and the pages that lead to them."""
        new = [i for i in dict.fromkeys(resource_ids) if i not in self._sources]
        self._load_sources(new)
        parents = {self._sources[i].parent_id for i in new} - {None} - self._sources.keys()
        self._load_sources([p for p in parents if p is not None])
        ids = [*new, *(p for p in parents if p is not None)]
        self._load_captures([i for i in ids if i not in self._seen])
        shas = {s.sha256 for i in ids for s in (*self._seen[i], *self._again[i]) if s.sha256}
        self._load_readings(shas - self._readings.keys())
        self._load_sharers(shas - self._sharers.keys())
        self._load_corrections(shas - self._corrections.keys())
        self._load_listings({self._sources[i].url for i in ids} - self._sightings.keys())

    def gather_readings(self, shas: Iterable[str]) -> None:
        """Load the readings of these files."""
        self._load_readings(set(shas) - self._readings.keys())

    def _load_sources(self, ids: Sequence[int]) -> None:
        query = select(Resource, Site.division_code).outerjoin(Site, Site.site_id == Resource.site_id)
        for part in batches(ids):
            for row, division in self.session.execute(query.where(Resource.resource_id.in_(part))):
                self._sources[row.resource_id] = Source(
                    row.resource_id, row.url, row.host, row.kind, row.parent_id, division
                )

    def _load_captures(self, ids: Sequence[int]) -> None:
        """What each of the resources was seen to say: of a body that is cut, what its pages say together."""
        for i in ids:
            self._seen[i], self._again[i] = [], []
        self._load_own([i for i in ids if self._sources[i].kind != Kind.BODY])
        for bearer, bodies in self._bodies_of(ids).items():
            self._seen[bearer] = together(self._seen[bearer], bodies)

    def _bodies_of(self, ids: Sequence[int]) -> dict[int, list[Seen]]:
        found: dict[int, list[Seen]] = {}
        query = self._captures(BEARER).join(Resource, Resource.resource_id == Capture.resource_id)
        query = query.where(Resource.kind == Kind.BODY.value)
        for part in batches(ids):
            for row in self.session.execute(query.where(Resource.parent_id.in_(part))):
                found.setdefault(row.bearer, []).append(_seen(row))
        return found

    def _load_own(self, ids: Sequence[int]) -> None:
        """Its own captures; a page that was drawn says what it was drawn as.

        What the browser asked for itself is an answer like any other, and has a status.
        """
        drawn: dict[int, list[Seen]] = {}
        query = self._captures(Capture.resource_id)
        for part in batches(ids):
            for row in self.session.execute(query.where(Capture.resource_id.in_(part))):
                if row.via == Via.BROWSER and row.status is None:
                    drawn.setdefault(row.bearer, []).append(_seen(row))
                else:
                    (self._again if row.again else self._seen)[row.bearer].append(_seen(row))
        for bearer, pages in drawn.items():
            self._seen[bearer] = together(self._seen[bearer], pages)

    def _captures(self, bearer: Any) -> Select[Any]:
        """Captures in order. Those of a piece of a body alone say nothing."""
        return (
            select(
                Capture.capture_id, bearer.label("bearer"), Capture.run_id, Capture.via, Capture.fetched_at,
                Capture.recorded_at, Capture.verdict, Capture.sha256, Capture.location, Capture.again,
                Capture.status,
            )
            .where(self._known(Capture.recorded_at), ~Capture.cut)
            .order_by(Capture.fetched_at, Capture.capture_id)
        )  # fmt: skip

    def _load_readings(self, shas: Collection[str]) -> None:
        for sha in shas:
            self._readings[sha] = []
        query = select(Extraction).where(self._known(Extraction.read_at)).order_by(Extraction.revision)
        for part in batches(sorted(shas)):
            for row in self.session.scalars(query.where(Extraction.sha256.in_(part))):
                self._readings[row.sha256].append(
                    Reading(
                        row.extraction_id, row.sha256, row.revision, row.outcome, row.media_type, row.title,
                        row.agency, row.year, row.published_on, tuple(row.divisions.split()),
                        row.content_sha256, row.read_at,
                    )
                )  # fmt: skip

    def _load_sharers(self, shas: Collection[str]) -> None:
        found: dict[str, set[int]] = {sha: set() for sha in shas}
        query = (
            select(Capture.sha256, BEARER)
            .join(Resource, Resource.resource_id == Capture.resource_id)
            .where(
                Capture.verdict.in_(ANSWERED),
                ~Capture.cut,
                Resource.kind.in_([k.value for k in READABLE_KINDS]),
                self._known(Capture.recorded_at),
            )
            .distinct()
        )
        for part in batches(sorted(shas)):
            for sha, resource_id in self.session.execute(query.where(Capture.sha256.in_(part))):
                found[str(sha)].add(resource_id)
        self._sharers.update({sha: tuple(sorted(ids)) for sha, ids in found.items()})

    def _load_corrections(self, shas: Collection[str]) -> None:
        for sha in shas:
            self._corrections[sha] = []
        query = select(Correction).where(self._known(Correction.made_at)).order_by(Correction.correction_id)
        for part in batches(sorted(shas)):
            for row in self.session.scalars(query.where(Correction.sha256.in_(part))):
                self._corrections[row.sha256].append(row)

    def _load_listings(self, urls: Collection[str]) -> None:
        for url in urls:
            self._sightings[url], self._shown_in[url] = [], set()
        query = (
            select(
                Sighting.url, Sighting.listing_id, Sighting.title, Sighting.shown_date, Listing.seen_at,
                Listing.url,
            )
            .join(Listing, Listing.listing_id == Sighting.listing_id)
            .where(self._known(Listing.seen_at))
            .order_by(Listing.seen_at, Listing.listing_id, Sighting.position)
        )  # fmt: skip
        columns: set[str] = set()
        for part in batches(sorted(urls)):
            for row in self.session.execute(query.where(Sighting.url.in_(part))):
                url, listing_id, title, day, at, column = row
                self._sightings[url].append(ListedAs(listing_id, title, day, at))
                self._shown_in[url].add(column)
                columns.add(column)
        self._load_columns(columns - self._columns.keys())

    def _load_columns(self, urls: Collection[str]) -> None:
        for url in urls:
            self._columns[url] = []
        query = (
            select(Listing).where(self._known(Listing.seen_at)).order_by(Listing.seen_at, Listing.listing_id)
        )
        for part in batches(sorted(urls)):
            for row in self.session.scalars(query.where(Listing.url.in_(part))):
                self._columns[row.url].append(
                    Column(row.listing_id, row.run_id, row.seen_at, row.complete, row.items)
                )

    def _known(self, column: Any) -> ColumnElement[bool]:
        return column <= self.known if self.known is not None else true()

    # --------------------------------------------------------------- asking

    def source(self, resource_id: int) -> Source:
        if resource_id not in self._sources:
            self.gather([resource_id])
        return self._sources[resource_id]

    def seen(self, resource_id: int) -> list[Seen]:
        """Its captures in the order in which the site was looked at."""
        self.source(resource_id)
        if resource_id not in self._seen:
            self.gather([resource_id])
        return self._seen[resource_id]

    def second_looks(self, host: str) -> list[tuple[Seen, Seen]]:
        """Pairs of captures of one page of the host, one right after the other."""
        if host not in self._pairs:
            query = (
                select(Capture.resource_id)
                .join(Resource, Resource.resource_id == Capture.resource_id)
                .where(Capture.again, Resource.host == host, self._known(Capture.recorded_at))
                .distinct()
            )
            ids = list(self.session.scalars(query))
            self.gather(ids)
            self._pairs[host] = [pair for i in ids for pair in self._paired(i)]
        return self._pairs[host]

    def learnt_at(self, host: str) -> str:
        """When the newest second look at the host became known; empty if there was none."""
        if host not in self._learnt:
            query = (
                select(func.max(Capture.recorded_at))
                .join(Resource, Resource.resource_id == Capture.resource_id)
                .where(Capture.again, Resource.host == host, self._known(Capture.recorded_at))
            )
            self._learnt[host] = self.session.scalar(query) or ""
        return self._learnt[host]

    def _paired(self, resource_id: int) -> Iterator[tuple[Seen, Seen]]:
        for again in self._again[resource_id]:
            first = [s for s in self._seen[resource_id] if s.night == again.night and s.at <= again.at]
            if first:
                yield first[-1], again

    def readings(self, sha256: str) -> list[Reading]:
        """All readings of a file, by revision."""
        if sha256 not in self._readings:
            self._load_readings([sha256])
        return self._readings[sha256]

    def reading(self, sha256: str) -> Reading | None:
        """The newest reading; of one that failed for this machine's reasons an older one instead."""
        readings = self.readings(sha256)
        sound = [r for r in readings if r.outcome not in FAULTS]
        return sound[-1] if sound else None

    def sharers(self, sha256: str) -> tuple[int, ...]:
        """Every resource that has answered with this file."""
        if sha256 not in self._sharers:
            self._load_sharers([sha256])
        return self._sharers[sha256]

    def corrections(self, sha256: str) -> list[Correction]:
        if sha256 not in self._corrections:
            self._load_corrections([sha256])
        return self._corrections[sha256]

    def withdrawn(self, row: Correction | Decision) -> bool:
        """Whether it had been taken back by the time that is asked about."""
        return row.withdrawn_at is not None and (self.known is None or row.withdrawn_at <= self.known)

    def decided(self) -> list[Decision]:
        """What people settled, also what they took back."""
        if self._decided is None:
            query = select(Decision).where(self._known(Decision.made_at)).order_by(Decision.decision_id)
            self._decided = list(self.session.scalars(query))
        return self._decided

    def decisions(self) -> list[Decision]:
        """What people settled and did not take back."""
        return [d for d in self.decided() if not self.withdrawn(d)]

    def titles(self, url: str) -> dict[tuple[str, str | None], str]:
        """Titles and dates under which lists show the address, the first ones first; each with when it was
        first known.
        """
        if url not in self._sightings:
            self._load_listings([url])
        found: dict[tuple[str, str | None], str] = {}
        for sighting in self._sightings[url]:
            found.setdefault((sighting.title, sighting.day), sighting.at)
        return found

    def walks(self, url: str) -> list[Walk]:
        """Each walk that shows the address, or that has shown it before and may be believed not to."""
        if url not in self._sightings:
            self._load_listings([url])
        showing = {sighting.listing_id for sighting in self._sightings[url]}
        found: list[Walk] = []
        for column in sorted(self._shown_in[url]):
            for walk, believed in judged(self._columns[column]):
                shown = walk.listing_id in showing
                if shown or believed:
                    found.append(Walk((walk.run_id, 0), walk.at, shown))
        return sorted(found, key=lambda w: (w.at, w.night))

    def healthy(self, run_id: int, host: str) -> bool:
        """Whether the host answered well on that run: some pages came, and no more than half failed."""
        good, bad = self._answers(run_id, host)
        return good > 0 and bad <= good

    def answered(self, url: str, run_id: int) -> bool:
        """Whether the address gave something on that run."""
        query = (
            select(Capture.capture_id)
            .join(Resource, Resource.resource_id == Capture.resource_id)
            .where(Resource.url == url, Capture.run_id == run_id, Capture.verdict.in_(ANSWERED))
            .where(self._known(Capture.recorded_at))
            .limit(1)
        )
        return self.session.scalar(query) is not None

    def _answers(self, run_id: int, host: str) -> tuple[int, int]:
        if (run_id, host) not in self._health:
            query = (
                select(Capture.verdict, func.count())
                .join(Resource, Resource.resource_id == Capture.resource_id)
                .where(Capture.run_id == run_id, Resource.host == host, self._known(Capture.recorded_at))
                .group_by(Capture.verdict)
            )
            counts: dict[str, int] = {row[0]: row[1] for row in self.session.execute(query)}
            good = sum(counts.get(v, 0) for v in ANSWERED)
            self._health[run_id, host] = (good, sum(counts.get(v, 0) for v in TROUBLE))
        return self._health[run_id, host]

    def cells(self, extraction_id: int) -> dict[Place, Cell]:
        """The cells of an extraction; of a repeated place the first."""
        if extraction_id not in self._cells:
            query = (
                select(Fact.table_code, Fact.row_code, Fact.column_code, Fact.value, Fact.state, Fact.raw)
                .where(Fact.extraction_id == extraction_id)
                .order_by(Fact.fact_id)
            )
            cells: dict[Place, Cell] = {}
            for row in self.session.execute(query):
                cells.setdefault((row[0], row[1], row[2]), Cell(row[3], row[4], row[5]))
            self._cells[extraction_id] = cells
        return self._cells[extraction_id]

    def sections(self, extraction_id: int) -> list[tuple[str, str]]:
        """Heading and text of each part of an extraction."""
        if extraction_id not in self._sections:
            query = (
                select(Section.heading, Section.text)
                .where(Section.extraction_id == extraction_id)
                .order_by(Section.ordinal)
            )
            self._sections[extraction_id] = [(h, t) for h, t in self.session.execute(query)]
        return self._sections[extraction_id]

    def counts(self, extraction_id: int) -> tuple[int, int, int]:
        """How many figures an extraction holds, and how many of the forms' own sums fail and pass."""
        if extraction_id not in self._counts:
            query = (
                select(Finding.passed, func.count())
                .where(Finding.extraction_id == extraction_id, Finding.rule.in_(IDENTITIES))
                .group_by(Finding.passed)
            )
            checks: dict[int | None, int] = {row[0]: row[1] for row in self.session.execute(query)}
            figures = select(func.count()).where(
                Fact.extraction_id == extraction_id,
                Fact.value.is_not(None),
                Fact.table_code.not_like("other%"),
            )
            total = self.session.scalar(figures) or 0
            self._counts[extraction_id] = (total, checks.get(0, 0), checks.get(1, 0))
        return self._counts[extraction_id]


def _seen(row: Any) -> Seen:
    night = (row.run_id, row.capture_id if row.via == "import" else 0)
    return Seen(
        row.capture_id, row.bearer, row.run_id, night, row.fetched_at, row.recorded_at,
        row.verdict, row.sha256, row.location,
    )  # fmt: skip
