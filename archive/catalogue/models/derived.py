"""What people ask for: derived from the evidence, and made again at any time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from archive.catalogue.models.base import Base, Figure, Key, Sha256, Time


class Division(Base):
    """GB/T 2260, as vendored with the parsers."""

    __tablename__ = "division"
    code: Mapped[str] = mapped_column(String(6), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    level: Mapped[str] = mapped_column(String(10))
    parent: Mapped[str | None] = mapped_column(String(6))


class Agency(Base):
    """A public body. ``key`` is its division's code and its name without the division's.

    Where the division is not certain the key is the site's division (or the host), a question mark and the
    whole name, so that two bodies of one name are never taken for one.
    """

    __tablename__ = "agency"
    agency_id: Mapped[int] = mapped_column(Key, primary_key=True)
    key: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text, index=True)
    division_code: Mapped[str | None] = mapped_column(String(6), index=True)


class Report(Base):
    """An agency's report on one year. Without a known agency or year it stands for its file alone.

    ``known_at`` is when the newest of what is said here, ``last_seen`` apart, came to be known.
    """

    __tablename__ = "report"
    __table_args__ = (
        Index("ix_report_year", "year"),
        Index("ix_report_agency_id_year", "agency_id", "year"),
    )
    report_id: Mapped[int] = mapped_column(Key, primary_key=True)
    key: Mapped[str] = mapped_column(Text, unique=True)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.agency_id"))
    year: Mapped[int | None]
    title: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(10))
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.resource_id"), index=True)
    page_id: Mapped[int | None] = mapped_column(ForeignKey("resource.resource_id"))
    extraction_id: Mapped[int] = mapped_column(ForeignKey("extraction.extraction_id"), index=True)
    published_on: Mapped[str | None] = mapped_column(String(10))
    first_seen: Mapped[str] = mapped_column(Time)
    last_seen: Mapped[str] = mapped_column(Time)
    known_at: Mapped[str] = mapped_column(Time)


class Naming(Base):
    """A name under which a report has named its agency."""

    __tablename__ = "naming"
    __table_args__ = (UniqueConstraint("report_id", "name"),)
    naming_id: Mapped[int] = mapped_column(Key, primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.report_id"))
    name: Mapped[str] = mapped_column(Text, index=True)


class Linkage(Base):
    """Which resource bore which report, in what role (page, attachment, mirror), from when to when."""

    __tablename__ = "linkage"
    linkage_id: Mapped[int] = mapped_column(Key, primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.report_id"), index=True)
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.resource_id"), index=True)
    role: Mapped[str] = mapped_column(String(12))
    since: Mapped[str] = mapped_column(Time)
    until: Mapped[str | None] = mapped_column(Time)
    decided_by: Mapped[str] = mapped_column(String(40))


class Version(Base):
    """What one resource of a report said over a span of captures, until its content changed.

    ``sha256`` and ``extraction_id`` are those of the newest capture within the span: within it
    only bytes that no reader sees may differ.
    """

    __tablename__ = "version"
    version_id: Mapped[int] = mapped_column(Key, primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.report_id"), index=True)
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.resource_id"), index=True)
    ordinal: Mapped[int]
    sha256: Mapped[str] = mapped_column(Sha256)
    extraction_id: Mapped[int] = mapped_column(ForeignKey("extraction.extraction_id"))
    first_seen: Mapped[str] = mapped_column(Time)
    last_seen: Mapped[str] = mapped_column(Time)
    first_capture_id: Mapped[int] = mapped_column(ForeignKey("capture.capture_id"))
    last_capture_id: Mapped[int] = mapped_column(ForeignKey("capture.capture_id"))


class Presence(Base):
    """A span over which a report was there (``present``) or not (``gone``), by what was seen of its files."""

    __tablename__ = "presence"
    presence_id: Mapped[int] = mapped_column(Key, primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.report_id"), index=True)
    state: Mapped[str] = mapped_column(String(10))
    since: Mapped[str] = mapped_column(Time)
    until: Mapped[str | None] = mapped_column(Time)


class Change(Base):
    """Something changed between two captures; the window says when, as far as can be known.

    Of a ``parser`` or ``correction`` change the window is the moment at which our reading changed.
    ``flicker`` marks a change that takes back an earlier one, so that nobody is told twice.
    """

    __tablename__ = "change"
    change_id: Mapped[int] = mapped_column(Key, primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.report_id"), index=True)
    layer: Mapped[str] = mapped_column(String(10))
    cause: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(10))
    table_code: Mapped[str | None] = mapped_column(String(40))
    row_code: Mapped[str | None] = mapped_column(String(80))
    column_code: Mapped[str | None] = mapped_column(String(80))
    old_value: Mapped[str | None] = mapped_column(Text)
    new_value: Mapped[str | None] = mapped_column(Text)
    old_sha256: Mapped[str | None] = mapped_column(Sha256)
    new_sha256: Mapped[str | None] = mapped_column(Sha256)
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.resource_id"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.run_id"), index=True)
    window_from: Mapped[str | None] = mapped_column(Time)
    window_to: Mapped[str] = mapped_column(Time)
    recorded_at: Mapped[str] = mapped_column(Time)
    flicker: Mapped[bool] = mapped_column(server_default=false())


class Tally(Base):
    """What a run brought on a site, counted when it had ended: by this a night is held against earlier ones.

    ``found`` are the addresses that its lists named, ``lists_cut`` the lists that were not walked to their
    end, ``stored`` the bytes that the archive grew by.
    """

    __tablename__ = "tally"
    __table_args__ = (UniqueConstraint("run_id", "site_id"),)
    tally_id: Mapped[int] = mapped_column(Key, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.run_id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.site_id"))
    found: Mapped[int]
    lists: Mapped[int]
    lists_cut: Mapped[int]
    fetched: Mapped[int]
    new: Mapped[int]
    changed: Mapped[int]
    unchanged: Mapped[int]
    gone: Mapped[int]
    blocked: Mapped[int]
    failed: Mapped[int]
    bytes: Mapped[int] = mapped_column(BigInteger)
    stored: Mapped[int] = mapped_column(BigInteger)
    seconds: Mapped[int]


class Override(Base):
    """A correction as it applies to a reading: this value stands in place of the one read."""

    __tablename__ = "override"
    override_id: Mapped[int] = mapped_column(Key, primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.report_id"), index=True)
    extraction_id: Mapped[int] = mapped_column(ForeignKey("extraction.extraction_id"), index=True)
    table_code: Mapped[str] = mapped_column(String(40))
    row_code: Mapped[str] = mapped_column(String(80))
    column_code: Mapped[str] = mapped_column(String(80))
    correction_id: Mapped[int] = mapped_column(ForeignKey("correction.correction_id"))


class Reckoning(Base):
    """One check of a reading that corrections apply to; it stands in place of the reading's own findings."""

    __tablename__ = "reckoning"
    reckoning_id: Mapped[int] = mapped_column(Key, primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.report_id"), index=True)
    extraction_id: Mapped[int] = mapped_column(ForeignKey("extraction.extraction_id"))
    rule: Mapped[str] = mapped_column(String(60))
    scope: Mapped[str] = mapped_column(Text)
    passed: Mapped[int | None]
    expected: Mapped[float | None] = mapped_column(Figure)
    actual: Mapped[float | None] = mapped_column(Figure)
    detail: Mapped[str] = mapped_column(Text)
    fault: Mapped[str | None] = mapped_column(String(10))


class Disagreement(Base):
    """A cell in which two files that bear one report differ; the first is the one whose reading is taken."""

    __tablename__ = "disagreement"
    disagreement_id: Mapped[int] = mapped_column(Key, primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.report_id"), index=True)
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.resource_id"))
    table_code: Mapped[str] = mapped_column(String(40))
    row_code: Mapped[str] = mapped_column(String(80))
    column_code: Mapped[str] = mapped_column(String(80))
    taken: Mapped[str | None] = mapped_column(Text)
    other: Mapped[str | None] = mapped_column(Text)


class SearchReport(Base):
    """A report whose text is indexed: of which content, and with which words to narrow a search by."""

    __tablename__ = "search_report"
    report_id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    content: Mapped[str] = mapped_column(Text)
    facets: Mapped[str] = mapped_column(Text, server_default=text("''"))


class SearchSection(Base):
    """One indexed part of a report. On SQLite its characters are in the table ``search_index`` of FTS5.

    On PostgreSQL ``body`` is the text without white space and ``tokens`` holds each two neighbouring
    characters of it.
    """

    __tablename__ = "search_section"
    __table_args__ = (Index("ix_search_section_tokens", "tokens", postgresql_using="gin"),)
    doc_id: Mapped[int] = mapped_column(Key, primary_key=True)
    report_id: Mapped[int] = mapped_column(Key, index=True)
    section_id: Mapped[int | None] = mapped_column(ForeignKey("section.section_id"))
    ordinal: Mapped[int]
    body: Mapped[str | None] = mapped_column(Text)
    tokens: Mapped[Any] = mapped_column(TSVECTOR().with_variant(Text(), "sqlite"), nullable=True)


class Projection(Base):
    """How far the evidence has been projected: every row up to ``position`` of the table is accounted for."""

    __tablename__ = "projection"
    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    position: Mapped[int] = mapped_column(Key)
