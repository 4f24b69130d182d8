"""What was asked for and what came: evidence, which is only ever added to."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from archive.catalogue.models.base import Base, Key, Sha256, Time


class Run(Base):
    """One invocation that fetched or took in files."""

    __tablename__ = "run"
    run_id: Mapped[int] = mapped_column(Key, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    started_at: Mapped[str] = mapped_column(Time)
    finished_at: Mapped[str | None] = mapped_column(Time)
    status: Mapped[str] = mapped_column(String(20))


class Site(Base):
    """A site that was crawled, as its settings named it."""

    __tablename__ = "site"
    site_id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str | None] = mapped_column(Text)
    division_code: Mapped[str | None] = mapped_column(String(6))
    start: Mapped[str] = mapped_column(Text)


class SiteRun(Base):
    """How a run went on one site; ``message`` says what failed and what to check."""

    __tablename__ = "site_run"
    site_run_id: Mapped[int] = mapped_column(Key, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.run_id"), index=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.site_id"))
    status: Mapped[str] = mapped_column(String(20))
    message: Mapped[str | None] = mapped_column(Text)
    finished_at: Mapped[str] = mapped_column(Time)


class Listing(Base):
    """A report column as one run walked it."""

    __tablename__ = "listing"
    listing_id: Mapped[int] = mapped_column(Key, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.run_id"), index=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.site_id"))
    url: Mapped[str] = mapped_column(Text, index=True)
    column_name: Mapped[str | None] = mapped_column(Text)
    family: Mapped[str] = mapped_column(String(20))
    pages_declared: Mapped[int | None]
    pages_seen: Mapped[int]
    complete: Mapped[bool]
    items: Mapped[int] = mapped_column(server_default="0")
    seen_at: Mapped[str] = mapped_column(Time)


class Sighting(Base):
    """A list named a URL."""

    __tablename__ = "sighting"
    sighting_id: Mapped[int] = mapped_column(Key, primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.listing_id"), index=True)
    url: Mapped[str] = mapped_column(Text, index=True)
    title: Mapped[str] = mapped_column(Text)
    shown_date: Mapped[str | None] = mapped_column(String(10))
    position: Mapped[int]


class Resource(Base):
    """A URL that was asked for; ``parent_id`` is the page that first led to it."""

    __tablename__ = "resource"
    resource_id: Mapped[int] = mapped_column(Key, primary_key=True)
    url: Mapped[str] = mapped_column(Text, unique=True)
    surt: Mapped[str] = mapped_column(Text, index=True)
    host: Mapped[str] = mapped_column(String(255), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("resource.resource_id"), index=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.site_id"))


class Blob(Base):
    """A file's bytes, by their sha256, with the transfer and content codings taken off."""

    __tablename__ = "blob"
    sha256: Mapped[str] = mapped_column(Sha256, primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str | None] = mapped_column(String(120))


class Capture(Base):
    """One fetch and its verdict. ``warc_*`` name the record; an error has none.

    ``location`` is where a redirect led. ``again`` marks a second fetch right after the first, made to
    learn which parts of a page change by themselves; ``cut`` a page that holds only a piece of its report's
    body. ``recorded_at`` is when this row was written, which for an import is later than ``fetched_at``.
    """

    __tablename__ = "capture"
    __table_args__ = (
        Index(
            "ix_capture_again",
            "resource_id",
            sqlite_where=text("again"),
            postgresql_where=text("again"),
        ),
    )
    capture_id: Mapped[int] = mapped_column(Key, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.run_id"), index=True)
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.resource_id"), index=True)
    fetched_at: Mapped[str] = mapped_column(Time)
    via: Mapped[str] = mapped_column(String(10))
    status: Mapped[int | None]
    verdict: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(Text)
    sha256: Mapped[str | None] = mapped_column(ForeignKey("blob.sha256"), index=True)
    media_type: Mapped[str | None] = mapped_column(String(120))
    size: Mapped[int | None] = mapped_column(BigInteger)
    etag: Mapped[str | None] = mapped_column(Text)
    last_modified: Mapped[str | None] = mapped_column(Text)
    record_type: Mapped[str | None] = mapped_column(String(10))
    payload_digest: Mapped[str | None] = mapped_column(String(80), index=True)
    warc_file: Mapped[str | None] = mapped_column(Text)
    warc_offset: Mapped[int | None] = mapped_column(BigInteger)
    warc_length: Mapped[int | None] = mapped_column(BigInteger)
    location: Mapped[str | None] = mapped_column(Text)
    again: Mapped[bool] = mapped_column(server_default=false())
    cut: Mapped[bool] = mapped_column(server_default=false())
    recorded_at: Mapped[str] = mapped_column(Time, server_default=text("''"))
