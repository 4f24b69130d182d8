"""Full-text search over the parts of reports"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "search_report",
        sa.Column("report_id", _KEY, autoincrement=False, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_search_report")),
    )
    op.create_table(
        "search_section",
        sa.Column("doc_id", _KEY, nullable=False),
        sa.Column("report_id", _KEY, nullable=False),
        sa.Column("section_id", _KEY, nullable=True),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("tokens", postgresql.TSVECTOR().with_variant(sa.Text(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["section_id"], ["section.section_id"], name=op.f("fk_search_section_section_id_section")
        ),
        sa.PrimaryKeyConstraint("doc_id", name=op.f("pk_search_section")),
    )
    op.create_index(op.f("ix_search_section_report_id"), "search_section", ["report_id"])
    op.create_index("ix_search_section_tokens", "search_section", ["tokens"], postgresql_using="gin")
    if op.get_bind().dialect.name == "sqlite":
        # without the text itself, which stands in the sections already
        op.execute(
            "CREATE VIRTUAL TABLE search_index USING fts5("
            "body, content='', prefix='1', tokenize='unicode61 remove_diacritics 0')"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_index")
    op.drop_table("search_section")
    op.drop_table("search_report")
