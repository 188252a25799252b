"""The level at which a scan was kept, and the confirmed work that a dismissal stands on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "scans",
        sa.Column("storage", sa.String(16), nullable=False, server_default="excerpt", comment="hash, excerpt or full"),
    )
    op.add_column("reviews", sa.Column("work_id", sa.Integer, comment="the confirmed work that it stands on"))
    op.create_index("ix_reviews_work_id", "reviews", ["work_id"])
    _link_confirmed_works()


def _link_confirmed_works() -> None:
    """Until now a revoked work opened every dismissed flag about it again: those that were not found stay linked to it."""
    flags = sa.table(
        "flags", *(sa.column(name) for name in ("id", "subject_digest", "status", "state", "fact", "risk"))
    )
    works = sa.table(
        "confirmed_works",
        *(
            sa.column(name)
            for name in ("id", "subject_digest", "identifier", "confirmed_by", "confirmed_at", "revoked_at")
        ),
    )
    names = ("flag_id", "reviewer", "answer", "note", "at", "fact", "status", "risk", "work_id")
    reviews = sa.table("reviews", *(sa.column(name) for name in names))
    dismissed = (
        sa.select(
            flags.c.id,
            works.c.confirmed_by,
            sa.literal("note"),
            sa.literal("confirmed: ") + works.c.identifier,
            works.c.confirmed_at,
            flags.c.fact,
            flags.c.status,
            flags.c.risk,
            works.c.id,
        )
        .join_from(flags, works, works.c.subject_digest == flags.c.subject_digest)
        .where(works.c.revoked_at.is_(None), flags.c.status == "not_found", flags.c.state == "rejected")
        .order_by(works.c.id, flags.c.id)
    )
    op.execute(sa.insert(reviews).from_select(names, dismissed))


def downgrade() -> None:
    raise NotImplementedError("go back by putting the backup in the place of the database")
