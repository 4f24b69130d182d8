"""The views of figures and of coverage say whose they are, for two bodies may have one name"""

from __future__ import annotations

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The tables stay as they are; the views are made anew after every migration."""


def downgrade() -> None:
    """Nothing to undo."""
