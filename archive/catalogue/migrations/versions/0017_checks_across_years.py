"""The view of checks compares figures of two years without the view of figures: PostgreSQL took seconds"""

from __future__ import annotations

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The tables stay as they are; the views are made anew after every migration."""


def downgrade() -> None:
    """Nothing to undo."""
