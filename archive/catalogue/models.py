"""The catalogue's tables.

Two kinds, never mixed. *Evidence* is what was seen and read: it is only ever added to. A
*projection* is what people ask for; it is derived from the evidence and can be made again. Beside them
stands the *memory* of crawler and scheduler, which only says how to go about the next crawl or job.
Names are singular; the views that people query (:mod:`archive.catalogue.views`) are plural.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

Key = BigInteger().with_variant(Integer, "sqlite")
Figure = Numeric(asdecimal=False)  # a table may hold account numbers, longer than any fixed width
Time = String(20)
Sha256 = String(64)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)


# ---------------------------------------------------------------- evidence


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


class Extraction(Base):
    """A blob as one revision of the parser read it."""

    __tablename__ = "extraction"
    __table_args__ = (UniqueConstraint("sha256", "revision"),)
    extraction_id: Mapped[int] = mapped_column(Key, primary_key=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("blob.sha256"))
    revision: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(String(120))
    title: Mapped[str | None] = mapped_column(Text)
    agency: Mapped[str | None] = mapped_column(Text)
    year: Mapped[int | None]
    edition: Mapped[str | None] = mapped_column(String(20))
    published_on: Mapped[str | None] = mapped_column(String(10))
    divisions: Mapped[str] = mapped_column(Text, default="")
    content_sha256: Mapped[str | None] = mapped_column(Sha256)
    read_at: Mapped[str] = mapped_column(Time)


class Fact(Base):
    """One cell of a form as read.

    On SQLite one cell of all reports stands together in an index, with its figure, so that a series is read
    from one place. PostgreSQL takes no text longer than 2,700 bytes into an index.
    """

    __tablename__ = "fact"
    __table_args__ = (
        Index("ix_fact_extraction_id", "extraction_id", info={"only": "sqlite"}),
        Index(
            "ix_fact_figure",
            *("table_code", "row_code", "column_code", "extraction_id", "value", "state", "raw"),
            info={"only": "sqlite"},
        ),
        Index(
            "ix_fact_cell",
            *("extraction_id", "table_code", "row_code", "column_code"),
            info={"only": "postgresql"},
        ),
    )
    fact_id: Mapped[int] = mapped_column(Key, primary_key=True)
    extraction_id: Mapped[int] = mapped_column(ForeignKey("extraction.extraction_id"))
    table_code: Mapped[str] = mapped_column(String(40))
    row_code: Mapped[str] = mapped_column(String(80))
    column_code: Mapped[str] = mapped_column(String(80))
    value: Mapped[float | None] = mapped_column(Figure)
    state: Mapped[str] = mapped_column(String(12))
    raw: Mapped[str] = mapped_column(Text)
    locator: Mapped[str] = mapped_column(Text)
    certainty: Mapped[str] = mapped_column(String(12), server_default="certain")
    evidence: Mapped[str] = mapped_column(Text, server_default=text("''"))


class Section(Base):
    """One part of a report's text as read."""

    __tablename__ = "section"
    section_id: Mapped[int] = mapped_column(Key, primary_key=True)
    extraction_id: Mapped[int] = mapped_column(ForeignKey("extraction.extraction_id"), index=True)
    ordinal: Mapped[int]
    heading: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)


class Finding(Base):
    """One identity of the form as it came out on an extraction."""

    __tablename__ = "finding"
    finding_id: Mapped[int] = mapped_column(Key, primary_key=True)
    extraction_id: Mapped[int] = mapped_column(ForeignKey("extraction.extraction_id"), index=True)
    rule: Mapped[str] = mapped_column(String(60))
    scope: Mapped[str] = mapped_column(Text)
    passed: Mapped[int | None]
    expected: Mapped[float | None] = mapped_column(Figure)
    actual: Mapped[float | None] = mapped_column(Figure)
    detail: Mapped[str] = mapped_column(Text)
    fault: Mapped[str | None] = mapped_column(String(10))


class Stated(Base):
    """A count that a report's prose states, as read."""

    __tablename__ = "stated"
    stated_id: Mapped[int] = mapped_column(Key, primary_key=True)
    extraction_id: Mapped[int] = mapped_column(ForeignKey("extraction.extraction_id"), index=True)
    code: Mapped[str] = mapped_column(String(60))
    value: Mapped[float | None] = mapped_column(Figure)
    unit: Mapped[str] = mapped_column(String(10))
    sentence: Mapped[str] = mapped_column(Text)
    locator: Mapped[str] = mapped_column(Text)


class Mention(Base):
    """A way to reach the office, a document cited, or another name of the agency, as read."""

    __tablename__ = "mention"
    mention_id: Mapped[int] = mapped_column(Key, primary_key=True)
    extraction_id: Mapped[int] = mapped_column(ForeignKey("extraction.extraction_id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    value: Mapped[str] = mapped_column(Text)
    locator: Mapped[str] = mapped_column(Text)


class Correction(Base):
    """A person read a cell of a file otherwise than the parser did; pinned to the file's bytes.

    ``value`` is null where the cell holds no number; ``state`` then says what it holds. A correction that
    was wrong is withdrawn, never deleted.
    """

    __tablename__ = "correction"
    correction_id: Mapped[int] = mapped_column(Key, primary_key=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("blob.sha256"), index=True)
    table_code: Mapped[str] = mapped_column(String(40))
    row_code: Mapped[str] = mapped_column(String(80))
    column_code: Mapped[str] = mapped_column(String(80))
    value: Mapped[float | None] = mapped_column(Figure)
    state: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[str] = mapped_column(Time)
    withdrawn_by: Mapped[str | None] = mapped_column(Text)
    withdrawn_at: Mapped[str | None] = mapped_column(Time)


class Decision(Base):
    """What a person settled about two agencies, each named by its key.

    ``kind`` is ``same`` (two names of one body), ``renamed`` (``subject`` became ``object`` on ``since``),
    ``merged`` (``subject`` went into ``object`` then) or ``distinct`` (they are not the same).
    """

    __tablename__ = "decision"
    decision_id: Mapped[int] = mapped_column(Key, primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    subject: Mapped[str] = mapped_column(Text)
    object: Mapped[str] = mapped_column(Text)
    since: Mapped[str | None] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[str] = mapped_column(Time)
    withdrawn_by: Mapped[str | None] = mapped_column(Text)
    withdrawn_at: Mapped[str | None] = mapped_column(Time)


# ---------------------------------------------------------------- memory


class JobRun(Base):
    """A job that the scheduler started, or that should have been started and was not (``missed``).

    ``due_at`` is the moment that the schedule names; a job that was interrupted is started again with the
    same one and the next ``attempt``. ``process`` names its process beyond reboots: boot, number, start.
    """

    __tablename__ = "job_run"
    __table_args__ = (Index("ix_job_run_job", "job", "due_at"),)
    job_run_id: Mapped[int] = mapped_column(Key, primary_key=True)
    job: Mapped[str] = mapped_column(String(20))
    due_at: Mapped[str] = mapped_column(Time)
    attempt: Mapped[int]
    started_at: Mapped[str | None] = mapped_column(Time)
    finished_at: Mapped[str | None] = mapped_column(Time)
    status: Mapped[str] = mapped_column(String(12))
    exit_code: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(Text)
    log_file: Mapped[str | None] = mapped_column(Text)
    cpu_seconds: Mapped[float | None] = mapped_column(Figure)
    peak_mb: Mapped[int | None]
    process: Mapped[str | None] = mapped_column(Text)


class Host(Base):
    """What the crawler remembers of a host (name and port), brought up to date by each run that asks it."""

    __tablename__ = "host"
    host: Mapped[str] = mapped_column(String(255), primary_key=True)
    family: Mapped[str | None] = mapped_column(String(20))
    needs_browser: Mapped[bool]
    challenged: Mapped[bool]
    cookies: Mapped[str | None] = mapped_column(Text)
    trust: Mapped[str | None] = mapped_column(String(12))
    trust_note: Mapped[str | None] = mapped_column(Text)
    crawl_delay: Mapped[float | None] = mapped_column(Figure)
    refusals: Mapped[int]
    refused_at: Mapped[str | None] = mapped_column(Time)
    retry_at: Mapped[str | None] = mapped_column(Time)
    reason: Mapped[str | None] = mapped_column(Text)
    updated_at: Mapped[str] = mapped_column(Time)


class Alarm(Base):
    """Something that was wrong with ``subject`` from ``raised_at`` until ``closed_at``; told once.

    ``raised_on`` is the night. ``details`` is JSON: what the words of its kind are filled with. ``weight``
    says how much was wrong when it was raised, or acknowledged.
    """

    __tablename__ = "alarm"
    __table_args__ = (
        Index(
            "ix_alarm_open",
            "kind",
            "subject",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )
    alarm_id: Mapped[int] = mapped_column(Key, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(Text)
    division_code: Mapped[str | None] = mapped_column(String(6))
    details: Mapped[str] = mapped_column(Text)
    weight: Mapped[int]
    raised_on: Mapped[str] = mapped_column(String(10))
    raised_at: Mapped[str] = mapped_column(Time)
    seen_at: Mapped[str] = mapped_column(Time)
    closed_at: Mapped[str | None] = mapped_column(Time)
    acknowledged_at: Mapped[str | None] = mapped_column(Time)
    acknowledged_by: Mapped[str | None] = mapped_column(Text)


class Notice(Base):
    """An event that a channel is to be told of, or was: see :mod:`archive.outbox` for its states.

    ``event`` is the same for the same event at all times, so that it is told once; ``topic`` is what kind it
    is of, ``line`` its text. The event ``begin`` says since when the channel is told of changes.
    """

    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("channel", "event"),)
    notice_id: Mapped[int] = mapped_column(Key, primary_key=True)
    channel: Mapped[str] = mapped_column(String(80))
    event: Mapped[str] = mapped_column(String(80))
    topic: Mapped[str] = mapped_column(String(20))
    line: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10))
    attempts: Mapped[int]
    created_at: Mapped[str] = mapped_column(Time)
    sent_at: Mapped[str | None] = mapped_column(Time)
    error: Mapped[str | None] = mapped_column(Text)


# ------------------------------------------------------------- projections


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
