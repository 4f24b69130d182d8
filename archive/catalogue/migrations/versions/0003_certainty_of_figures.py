"""Certainty of figures that were read from pictures"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("fact", sa.Column("certainty", sa.String(12), nullable=False, server_default="certain"))
    op.add_column("fact", sa.Column("evidence", sa.Text(), nullable=False, server_default=sa.text("''")))


def downgrade() -> None:
    with op.batch_alter_table("fact") as table:
        table.drop_column("evidence")
        table.drop_column("certainty")
