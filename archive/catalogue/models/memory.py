"""What crawler and scheduler go by the next time; it is neither evidence nor derived from it."""

from __future__ import annotations

from sqlalchemy import Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from archive.catalogue.models.base import Base, Figure, Key, Time


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
