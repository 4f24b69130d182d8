"""Counts stated in the prose, contacts and cited documents, whose fault a failed check is"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def _key() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("finding", sa.Column("fault", sa.String(length=10), nullable=True))
    op.create_table(
        "stated",
        sa.Column("stated_id", _key(), nullable=False),
        sa.Column("extraction_id", _key(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Numeric(asdecimal=False), nullable=True),
        sa.Column("unit", sa.String(length=10), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("locator", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["extraction_id"], ["extraction.extraction_id"], name=op.f("fk_stated_extraction_id_extraction")
        ),
        sa.PrimaryKeyConstraint("stated_id", name=op.f("pk_stated")),
    )
    op.create_index(op.f("ix_stated_extraction_id"), "stated", ["extraction_id"])
    op.create_table(
        "mention",
        sa.Column("mention_id", _key(), nullable=False),
        sa.Column("extraction_id", _key(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("locator", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["extraction_id"], ["extraction.extraction_id"], name=op.f("fk_mention_extraction_id_extraction")
        ),
        sa.PrimaryKeyConstraint("mention_id", name=op.f("pk_mention")),
    )
    op.create_index(op.f("ix_mention_extraction_id"), "mention", ["extraction_id"])


def downgrade() -> None:
    op.drop_table("mention")
    op.drop_table("stated")
    op.drop_column("finding", "fault")
