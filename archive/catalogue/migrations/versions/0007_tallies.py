"""What each run brought on each site"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

COUNTS = (
    "found", "lists", "lists_cut", "fetched", "new", "changed", "unchanged", "gone", "blocked", "failed",
)  # fmt: skip


def _key() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "tally",
        sa.Column("tally_id", _key(), nullable=False),
        sa.Column("run_id", _key(), nullable=False),
        sa.Column("site_id", _key(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("stored", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name=op.f("fk_tally_run_id_run")),
        sa.ForeignKeyConstraint(["site_id"], ["site.site_id"], name=op.f("fk_tally_site_id_site")),
        sa.PrimaryKeyConstraint("tally_id", name=op.f("pk_tally")),
        sa.UniqueConstraint("run_id", "site_id", name=op.f("uq_tally_run_id")),
    )


def downgrade() -> None:
    op.drop_table("tally")
