"""Files as a revision of the parser read them: evidence too."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from archive.catalogue.models.base import Base, Figure, Key, Sha256, Time


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
