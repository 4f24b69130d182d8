"""Bodies that are cut over several pages"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("capture", sa.Column("cut", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index(op.f("ix_resource_parent_id"), "resource", ["parent_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_resource_parent_id"), table_name="resource")
    with op.batch_alter_table("capture") as batch_op:
        batch_op.drop_column("cut")
