"""What people put right and settled: evidence, each with its author, withdrawn but never deleted."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from archive.catalogue.models.base import Base, Figure, Key, Time


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
