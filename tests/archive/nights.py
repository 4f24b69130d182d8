"""Nights of an archive written down by hand: what each URL answered, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Row, text

from archive.bound import Binding
from archive.capture import Fetched, Kind, ListingSeen, Via
from archive.catalogue.engine import Catalogue
from archive.history.project import ProjectionSummary, project
from archive.reading import read_blobs, stale_blobs
from archive.recorder import Recorder
from archive.runs import RunStatus, SiteIdentity, close_run, open_run, site_row
from archive.times import iso
from archive.warc.exchange import Exchange
from nianbao.replica import REPORTS, Report, render_html
from nianbao.replica.pages import SLOT_CLOCK, SLOT_TOKEN, SLOT_VISITS, Column, article
from parsers.isolation import Readers
from parsers.report import REVISION

HOST = "www.wuzhong.example"
URL = f"http://{HOST}/zwgk/202401/t20240122_1.html"
OTHER_URL = f"http://{HOST}/mzj/202401/t20240122_9.html"
FILE_URL = f"http://{HOST}/zwgk/202401/P0202401220001.pdf"
FIRST_NIGHT = datetime(2026, 11, 21, 2, 30, tzinfo=UTC)
COLUMN = Column("/zwgk/", "政府信息公开年报", "政府信息公开年报")
PROJECTIONS = (
    "disagreement", "reckoning", "override", "change", "presence", "version", "linkage", "naming", "report",
    "agency", "projection",
)  # fmt: skip
CELL = "disclosure/licensing/decisions"

(REPORT,) = (r for r in REPORTS if (r.agency, r.year) == ("吴忠市民政局", 2023))


def page(report: Report = REPORT, visits: int = 17, body: str | None = None) -> bytes:
    """The article page of a report, as it comes on one fetch."""
    html = article(COLUMN, report.title, report.published, report.agency, body or render_html(report))
    noise = {SLOT_VISITS: str(visits), SLOT_CLOCK: f"2026-11-21 02:30:{visits}", SLOT_TOKEN: f"{visits:08x}"}
    for slot, shown in noise.items():
        html = html.replace(slot, shown)
    return html.encode()


@dataclass(frozen=True)
class Got:
    """What a URL answers on one night."""

    body: bytes | None
    url: str = URL
    verdict: str = "ok"
    status: int | None = 200
    parent_url: str | None = None
    media_type: str = "text/html"
    location: str | None = None
    again: bool = False
    cut: bool = False
    via: Via = Via.HTTP

    def fetched(self, at: datetime) -> Fetched:
        head = b"HTTP/1.1 %d X\r\nContent-Type: %s\r\n\r\n" % (self.status or 0, self.media_type.encode())
        sent = Exchange(self.url, at, b"GET / HTTP/1.1\r\n\r\n", head + (self.body or b""))
        return Fetched(
            url=self.url,
            fetched_at=at,
            kind=Kind.ATTACHMENT if self.parent_url and not self.cut else Kind.ARTICLE,
            verdict=self.verdict,
            status=self.status,
            exchange=None if self.status is None else sent,
            body=self.body,
            media_type=self.media_type,
            parent_url=self.parent_url,
            location=self.location,
            again=self.again,
            cut=self.cut,
            via=self.via,
        )


def pdf(data: bytes, parent_url: str | None = URL) -> Got:
    return Got(data, FILE_URL, parent_url=parent_url, media_type="application/pdf")


@dataclass
class Archive:
    """A catalogue and home that live through nights, one a day."""

    catalogue: Catalogue
    home: Path
    readers: Readers
    nights: int = field(default=0)
    revision: int = REVISION
    site: SiteIdentity | None = None

    def moment(self, night: int) -> datetime:
        return FIRST_NIGHT + timedelta(days=night - 1)

    def time(self, night: int) -> str:
        return iso(self.moment(night))

    def capture(
        self, *got: Got, listing: ListingSeen | None = None, body: Sequence[str] = (), of: int | None = None
    ) -> int:
        """One run that fetches and reads; its id. ``body`` are the pages over which one is cut. ``of``: the
        captures are those of an earlier night, as when they are imported tonight.
        """
        at = FIRST_NIGHT + timedelta(days=self.nights)
        self.nights += 1
        fetched = at if of is None else self.moment(of)
        run_id = open_run(self.catalogue, "crawl", lambda: at)
        placed = None
        site_id = site_row(self.catalogue, self.site) if self.site else None
        with Recorder(
            self.catalogue,
            self.home,
            run_id=run_id,
            host=HOST,
            software="test",
            site_id=site_id,
            clock=lambda: at,
        ) as recorder:
            for answer in got:
                seen = answer.fetched(fetched)
                if seen.via is Via.BROWSER and seen.status is None and placed is not None:
                    recorder.add_drawn(seen, placed)
                else:
                    placed = recorder.add(seen)
            if listing is not None:
                recorder.add_listing(listing)
            if body:
                recorder.add_bound(body[0], Binding.BODY, body)
        self.read(at)
        close_run(self.catalogue, run_id, RunStatus.DONE, lambda: at)
        return run_id

    def read(self, at: datetime) -> None:
        """Read what this revision of the parser has not read yet."""
        stale = stale_blobs(self.catalogue, self.revision)
        summary = read_blobs(self.catalogue, self.home, stale, self.readers, clock=lambda: at)
        assert summary.failures == ()

    def night(
        self, *got: Got, listing: ListingSeen | None = None, body: Sequence[str] = (), of: int | None = None
    ) -> ProjectionSummary:
        self.capture(*got, listing=listing, body=body, of=of)
        return project(self.catalogue)

    def ask(self, query: str) -> Sequence[Row[Any]]:
        with self.catalogue.reading() as session:
            return session.execute(text(query)).all()

    def one(self, query: str) -> Row[Any]:
        (row,) = self.ask(query)
        return row

    def changes(self, night: int) -> list[tuple[str, str]]:
        """Layer and kind of each change that was seen on that night."""
        found = self.ask(
            f"SELECT layer, kind FROM changes WHERE window_to = '{self.time(night)}' ORDER BY change_id"
        )
        return [(row.layer, row.kind) for row in found]

    def forget(self) -> None:
        """Take out all that follows from the evidence."""
        with self.catalogue.writing() as session:
            for table in PROJECTIONS:
                session.execute(text(f"DELETE FROM {table}"))

    def state(self) -> dict[str, Sequence[Row[Any]]]:
        """Every row that history is made of."""
        return {table: self.ask(f"SELECT * FROM {table} ORDER BY 1") for table in PROJECTIONS[:-1]}
