"""On SQLite one figure of many reports stands together: a series reads it from one place"""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

CELL = ["table_code", "row_code", "column_code", "extraction_id"]


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.drop_index("ix_fact_cell", "fact")  # first, so that the new ones take its place in the file
        op.create_index(op.f("ix_fact_extraction_id"), "fact", ["extraction_id"])
        op.create_index("ix_fact_figure", "fact", [*CELL, "value", "state", "raw"])


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.drop_index("ix_fact_figure", "fact")
        op.drop_index(op.f("ix_fact_extraction_id"), "fact")
        op.create_index("ix_fact_cell", "fact", ["extraction_id", *CELL[:3]])
