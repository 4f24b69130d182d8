"""Checks of readings that a person corrected"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "reckoning",
        sa.Column("reckoning_id", _KEY, nullable=False),
        sa.Column("report_id", _KEY, nullable=False),
        sa.Column("extraction_id", _KEY, nullable=False),
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("passed", sa.Integer(), nullable=True),
        sa.Column("expected", sa.Numeric(asdecimal=False), nullable=True),
        sa.Column("actual", sa.Numeric(asdecimal=False), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("fault", sa.String(length=10), nullable=True),
        sa.ForeignKeyConstraint(
            ["extraction_id"],
            ["extraction.extraction_id"],
            name=op.f("fk_reckoning_extraction_id_extraction"),
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.report_id"], name=op.f("fk_reckoning_report_id_report")
        ),
        sa.PrimaryKeyConstraint("reckoning_id", name=op.f("pk_reckoning")),
    )
    op.create_index(op.f("ix_reckoning_report_id"), "reckoning", ["report_id"])
    # so that reports with corrections are derived anew
    op.execute("UPDATE projection SET position = 0 WHERE name = 'correction'")


def downgrade() -> None:
    op.drop_table("reckoning")
