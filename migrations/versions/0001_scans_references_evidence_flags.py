"""Scans, their references with evidence, and flags."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "scans",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(16), nullable=False, comment="scan or check"),
        sa.Column("state", sa.String(16), nullable=False, comment="running, interrupted or finished"),
        sa.Column("inputs", sa.Text, nullable=False, comment="JSON list of what was scanned"),
        sa.Column("inputs_digest", sa.String(64), nullable=False),
        sa.Column("settings_digest", sa.String(64), nullable=False, comment="what can change a verdict: registries, offline, index"),
        sa.Column("tool_version", sa.String(32), nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("finished_at", TIME),
        sa.Column("summary", sa.Text, comment="JSON of counts and gaps, once finished"),
        sa.PrimaryKeyConstraint("id", name="pk_scans"),
    )
    op.create_index("ix_scans_inputs_digest_settings_digest", "scans", ["inputs_digest", "settings_digest"])
    op.create_table(
        "checked_references",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("scan_id", sa.Integer, nullable=False),
        sa.Column("reference_id", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False, comment="of the raw entry and its fields"),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("page", sa.Integer),
        sa.Column("line", sa.Integer),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("decision", sa.String(16), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("finding", sa.Text, nullable=False, comment="JSON of the finding without its evidence"),
        sa.Column("checked_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_checked_references"),
        sa.ForeignKeyConstraint(["scan_id"], ["scans.id"], ondelete="CASCADE", name="fk_checked_references_scan_id_scans"),
        sa.UniqueConstraint("scan_id", "reference_id", name="uq_checked_references_scan_id_reference_id"),
    )
    op.create_index("ix_checked_references_fingerprint", "checked_references", ["fingerprint"])
    op.create_table(
        "unreadable",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("scan_id", sa.Integer, nullable=False),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("page", sa.Integer),
        sa.Column("line", sa.Integer),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("raw", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_unreadable"),
        sa.ForeignKeyConstraint(["scan_id"], ["scans.id"], ondelete="CASCADE", name="fk_unreadable_scan_id_scans"),
    )
    op.create_index("ix_unreadable_scan_id", "unreadable", ["scan_id"])
    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("reference_row", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("registry", sa.String(64), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("from_cache", sa.Boolean, nullable=False),
        sa.Column("score", sa.Float),
        sa.Column(
            "body_sha256", sa.String(64), nullable=False, comment="of the registry's answer; kept in bodies for flagged references"
        ),
        sa.Column("judged", sa.Text, nullable=False, comment="JSON of the evidence with its candidates"),
        sa.PrimaryKeyConstraint("id", name="pk_evidence"),
        sa.ForeignKeyConstraint(
            ["reference_row"], ["checked_references.id"], ondelete="CASCADE", name="fk_evidence_reference_row_checked_references"
        ),
    )
    op.create_index("ix_evidence_reference_row", "evidence", ["reference_row"])
    op.create_table(
        "bodies",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer, nullable=False, comment="bytes before compression"),
        sa.Column("compressed", sa.LargeBinary, nullable=False, comment="zlib"),
        sa.PrimaryKeyConstraint("sha256", name="pk_bodies"),
    )
    op.create_table(
        "flags",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column(
            "subject", sa.Text, nullable=False, comment="folded words of the cited work, to recognise drifted wording"
        ),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("decision", sa.String(16), nullable=False),
        sa.Column("excerpt", sa.Text, nullable=False),
        sa.Column("finding", sa.Text, nullable=False, comment="JSON of the finding with its evidence, as last seen"),
        sa.Column("first_scan_id", sa.Integer, nullable=False),
        sa.Column("last_scan_id", sa.Integer, nullable=False),
        sa.Column("seen", sa.Integer, nullable=False, comment="in how many scans"),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("last_seen_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_flags"),
        sa.UniqueConstraint("fingerprint", name="uq_flags_fingerprint"),
    )
    op.create_index("ix_flags_status", "flags", ["status"])


def downgrade() -> None:
    for table in ("flags", "bodies", "evidence", "unreadable", "checked_references", "scans"):
        op.drop_table(table)
