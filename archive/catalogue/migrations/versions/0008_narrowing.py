"""A figure is found by its cell; a search is narrowed within the index, which is made anew"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_fact_cell", "fact", ["extraction_id", "table_code", "row_code", "column_code"])
    op.drop_index(op.f("ix_fact_extraction_id"), "fact")
    _empty_index()
    op.add_column(
        "search_report", sa.Column("facets", sa.Text(), nullable=False, server_default=sa.text("''"))
    )


def downgrade() -> None:
    _empty_index()
    op.drop_column("search_report", "facets")
    op.create_index(op.f("ix_fact_extraction_id"), "fact", ["extraction_id"])
    op.drop_index("ix_fact_cell", "fact")


def _empty_index() -> None:
    """`nianbao migrate` fills it again."""
    op.execute("DELETE FROM search_section")
    op.execute("DELETE FROM search_report")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("INSERT INTO search_index(search_index) VALUES ('delete-all')")
