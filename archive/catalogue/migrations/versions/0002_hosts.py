"""What the crawler remembers of a host"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "host",
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("family", sa.String(length=20), nullable=True),
        sa.Column("needs_browser", sa.Boolean(), nullable=False),
        sa.Column("challenged", sa.Boolean(), nullable=False),
        sa.Column("trust", sa.String(length=12), nullable=True),
        sa.Column("trust_note", sa.Text(), nullable=True),
        sa.Column("crawl_delay", sa.Numeric(asdecimal=False), nullable=True),
        sa.Column("refusals", sa.Integer(), nullable=False),
        sa.Column("refused_at", sa.String(length=20), nullable=True),
        sa.Column("retry_at", sa.String(length=20), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_host")),
    )


def downgrade() -> None:
    op.drop_table("host")
