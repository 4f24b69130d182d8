"""Captures with the time they were recorded, corrections and decisions, and projections with their keys.

Projections follow from the evidence, so their tables are made anew and filled again afterwards.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_PROJECTIONS = ("change", "version", "linkage", "report", "agency", "projection")


def upgrade() -> None:
    for table in _PROJECTIONS:
        op.drop_table(table)
    _evidence()
    _projections()


def _evidence() -> None:
    op.add_column("capture", sa.Column("location", sa.Text(), nullable=True))
    op.add_column("capture", sa.Column("again", sa.Boolean(), nullable=False, server_default=sa.false()))
    empty = sa.text("''")
    op.add_column("capture", sa.Column("recorded_at", sa.String(20), nullable=False, server_default=empty))
    op.execute("UPDATE capture SET recorded_at = fetched_at")
    # the reason was written as "status 301 to https://…"
    op.execute(
        "UPDATE capture SET location = SUBSTR(reason, 15) "
        "WHERE verdict = 'moved' AND reason LIKE 'status 3__ to %'"
    )
    op.create_index(
        "ix_capture_again",
        "capture",
        ["resource_id"],
        sqlite_where=sa.text("again"),
        postgresql_where=sa.text("again"),
    )
    op.add_column("listing", sa.Column("items", sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE listing SET items = "
        "(SELECT COUNT(*) FROM sighting WHERE sighting.listing_id = listing.listing_id)"
    )


def _projections() -> None:
    op.create_table(
        "agency",
        sa.Column("agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("division_code", sa.String(length=6), nullable=True),
        sa.PrimaryKeyConstraint("agency_id", name=op.f("pk_agency")),
        sa.UniqueConstraint("key", name=op.f("uq_agency_key")),
    )
    op.create_index(op.f("ix_agency_division_code"), "agency", ["division_code"], unique=False)
    op.create_index(op.f("ix_agency_name"), "agency", ["name"], unique=False)
    op.create_table(
        "decision",
        sa.Column("decision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("since", sa.String(length=10), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.String(length=20), nullable=False),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", sa.String(length=20), nullable=True),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_decision")),
    )
    op.create_table(
        "projection",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_projection")),
    )
    op.create_table(
        "correction",
        sa.Column("correction_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("table_code", sa.String(length=40), nullable=False),
        sa.Column("row_code", sa.String(length=80), nullable=False),
        sa.Column("column_code", sa.String(length=80), nullable=False),
        sa.Column("value", sa.Numeric(asdecimal=False), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.String(length=20), nullable=False),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["sha256"], ["blob.sha256"], name=op.f("fk_correction_sha256_blob")),
        sa.PrimaryKeyConstraint("correction_id", name=op.f("pk_correction")),
    )
    op.create_index(op.f("ix_correction_sha256"), "correction", ["sha256"], unique=False)
    op.create_table(
        "report",
        sa.Column("report_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("resource_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("page_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("extraction_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("published_on", sa.String(length=10), nullable=True),
        sa.Column("first_seen", sa.String(length=20), nullable=False),
        sa.Column("last_seen", sa.String(length=20), nullable=False),
        sa.Column("known_at", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.agency_id"], name=op.f("fk_report_agency_id_agency")),
        sa.ForeignKeyConstraint(
            ["extraction_id"], ["extraction.extraction_id"], name=op.f("fk_report_extraction_id_extraction")
        ),
        sa.ForeignKeyConstraint(
            ["page_id"], ["resource.resource_id"], name=op.f("fk_report_page_id_resource")
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.resource_id"], name=op.f("fk_report_resource_id_resource")
        ),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_report")),
        sa.UniqueConstraint("key", name=op.f("uq_report_key")),
    )
    op.create_index("ix_report_agency_id_year", "report", ["agency_id", "year"], unique=False)
    op.create_index(op.f("ix_report_extraction_id"), "report", ["extraction_id"], unique=False)
    op.create_index(op.f("ix_report_resource_id"), "report", ["resource_id"], unique=False)
    op.create_index("ix_report_year", "report", ["year"], unique=False)
    op.create_table(
        "change",
        sa.Column("change_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("report_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("layer", sa.String(length=10), nullable=False),
        sa.Column("cause", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("table_code", sa.String(length=40), nullable=True),
        sa.Column("row_code", sa.String(length=80), nullable=True),
        sa.Column("column_code", sa.String(length=80), nullable=True),
        sa.Column("old_value", sa.Text(), nullable=True),
        sa.Column("new_value", sa.Text(), nullable=True),
        sa.Column("old_sha256", sa.String(length=64), nullable=True),
        sa.Column("new_sha256", sa.String(length=64), nullable=True),
        sa.Column("resource_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("window_from", sa.String(length=20), nullable=True),
        sa.Column("window_to", sa.String(length=20), nullable=False),
        sa.Column("recorded_at", sa.String(length=20), nullable=False),
        sa.Column("flicker", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.report_id"], name=op.f("fk_change_report_id_report")),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.resource_id"], name=op.f("fk_change_resource_id_resource")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name=op.f("fk_change_run_id_run")),
        sa.PrimaryKeyConstraint("change_id", name=op.f("pk_change")),
    )
    op.create_index(op.f("ix_change_report_id"), "change", ["report_id"], unique=False)
    op.create_index(op.f("ix_change_run_id"), "change", ["run_id"], unique=False)
    op.create_table(
        "disagreement",
        sa.Column("disagreement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("report_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("resource_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("table_code", sa.String(length=40), nullable=False),
        sa.Column("row_code", sa.String(length=80), nullable=False),
        sa.Column("column_code", sa.String(length=80), nullable=False),
        sa.Column("taken", sa.Text(), nullable=True),
        sa.Column("other", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.report_id"], name=op.f("fk_disagreement_report_id_report")
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.resource_id"], name=op.f("fk_disagreement_resource_id_resource")
        ),
        sa.PrimaryKeyConstraint("disagreement_id", name=op.f("pk_disagreement")),
    )
    op.create_index(op.f("ix_disagreement_report_id"), "disagreement", ["report_id"], unique=False)
    op.create_table(
        "linkage",
        sa.Column("linkage_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("report_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("resource_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("since", sa.String(length=20), nullable=False),
        sa.Column("until", sa.String(length=20), nullable=True),
        sa.Column("decided_by", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.report_id"], name=op.f("fk_linkage_report_id_report")
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.resource_id"], name=op.f("fk_linkage_resource_id_resource")
        ),
        sa.PrimaryKeyConstraint("linkage_id", name=op.f("pk_linkage")),
    )
    op.create_index(op.f("ix_linkage_report_id"), "linkage", ["report_id"], unique=False)
    op.create_index(op.f("ix_linkage_resource_id"), "linkage", ["resource_id"], unique=False)
    op.create_table(
        "naming",
        sa.Column("naming_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("report_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.report_id"], name=op.f("fk_naming_report_id_report")),
        sa.PrimaryKeyConstraint("naming_id", name=op.f("pk_naming")),
        sa.UniqueConstraint("report_id", "name", name=op.f("uq_naming_report_id")),
    )
    op.create_index(op.f("ix_naming_name"), "naming", ["name"], unique=False)
    op.create_table(
        "override",
        sa.Column("override_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("report_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("extraction_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("table_code", sa.String(length=40), nullable=False),
        sa.Column("row_code", sa.String(length=80), nullable=False),
        sa.Column("column_code", sa.String(length=80), nullable=False),
        sa.Column("correction_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["correction_id"], ["correction.correction_id"], name=op.f("fk_override_correction_id_correction")
        ),
        sa.ForeignKeyConstraint(
            ["extraction_id"], ["extraction.extraction_id"], name=op.f("fk_override_extraction_id_extraction")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.report_id"], name=op.f("fk_override_report_id_report")
        ),
        sa.PrimaryKeyConstraint("override_id", name=op.f("pk_override")),
    )
    op.create_index(op.f("ix_override_extraction_id"), "override", ["extraction_id"], unique=False)
    op.create_index(op.f("ix_override_report_id"), "override", ["report_id"], unique=False)
    op.create_table(
        "presence",
        sa.Column("presence_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("report_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("since", sa.String(length=20), nullable=False),
        sa.Column("until", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.report_id"], name=op.f("fk_presence_report_id_report")
        ),
        sa.PrimaryKeyConstraint("presence_id", name=op.f("pk_presence")),
    )
    op.create_index(op.f("ix_presence_report_id"), "presence", ["report_id"], unique=False)
    op.create_table(
        "version",
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("report_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("resource_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("extraction_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("first_seen", sa.String(length=20), nullable=False),
        sa.Column("last_seen", sa.String(length=20), nullable=False),
        sa.Column("first_capture_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("last_capture_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["extraction_id"], ["extraction.extraction_id"], name=op.f("fk_version_extraction_id_extraction")
        ),
        sa.ForeignKeyConstraint(
            ["first_capture_id"], ["capture.capture_id"], name=op.f("fk_version_first_capture_id_capture")
        ),
        sa.ForeignKeyConstraint(
            ["last_capture_id"], ["capture.capture_id"], name=op.f("fk_version_last_capture_id_capture")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.report_id"], name=op.f("fk_version_report_id_report")
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.resource_id"], name=op.f("fk_version_resource_id_resource")
        ),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_version")),
    )
    op.create_index(op.f("ix_version_report_id"), "version", ["report_id"], unique=False)
    op.create_index(op.f("ix_version_resource_id"), "version", ["resource_id"], unique=False)
