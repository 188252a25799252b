"""Indexes in which a page of the queue is found without reading the rows of the flags that are not on it."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

OLD = (("status",), ("state", "rank", "id"), ("state", "status", "rank", "id"), ("state", "risk"))
NEW = (
    ("state", "rank", "id", "risk", "blind", "kind", "status"),
    ("state", "status", "blind", "rank", "id", "risk", "kind"),
    ("state", "kind", "rank", "id", "risk", "blind", "status"),
    ("state", "risk", "blind", "rank", "id", "kind", "status"),
    ("state", "last_seen_at"),
)


def upgrade() -> None:
    for columns in OLD:
        op.drop_index(f"ix_flags_{'_'.join(columns)}", table_name="flags")
    for columns in NEW:
        op.create_index(f"ix_flags_{'_'.join(columns)}", "flags", list(columns))


def downgrade() -> None:
    raise NotImplementedError("go back by putting the backup in the place of the database")
