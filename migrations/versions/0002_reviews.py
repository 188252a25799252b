"""Reviews, holds, traces, texts, confirmed works, reviewers, audits, tombstones, and a full text index of flags."""

from __future__ import annotations

import hashlib
import json

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
AT_ONCE = 500
RANKS = {"fabricated": 900_000, "retracted": 800_000, "not_found": 600_000, "mismatch": 500_000}


def number() -> sa.Column:
    return sa.Column("id", sa.Integer, primary_key=True, autoincrement=True)


def of_flag(table: str, name: str = "flag_id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([name], ["flags.id"], ondelete="CASCADE", name=f"fk_{table}_{name}_flags")


def text(name: str, **options: object) -> sa.Column:
    return sa.Column(name, sa.Text, nullable=False, **options)


def short(name: str, length: int, **options: object) -> sa.Column:
    return sa.Column(name, sa.String(length), nullable=False, **options)


def upgrade() -> None:
    op.add_column("scans", short("rules_digest", 64, server_default="", comment="of the code that judged"))
    op.create_index("ix_scans_started_at", "scans", ["started_at"])
    _widen_flags()
    _make_tables()
    _fill_flags()
    _make_search()
    _make_append_only()


def _widen_flags() -> None:
    for column in (
        short("kind", 16, server_default="reference", comment="reference or claim"),
        short("state", 16, server_default="open", comment="open, accepted, rejected, disputed"),
        sa.Column("quorum", sa.Integer, nullable=False, server_default="1", comment="votes one side must be ahead by"),
        sa.Column("rank", sa.Integer, nullable=False, server_default="0", comment="the higher, the sooner it is shown"),
        sa.Column("risk", sa.Float),
        short("subject_digest", 32, server_default="", comment="of subject"),
        short("fact", 32, server_default="", comment="digest of what reviewers decided about"),
        text("searchable", server_default="", comment="words a search looks in"),
        sa.Column(
            "blind", sa.Boolean, nullable=False, server_default=sa.false(), comment="verdict and risk are shown after the answer"
        ),
        text("context", server_default="", comment="text around the span, as the level allows"),
        sa.Column("context_start", sa.Integer, comment="first character of the span in context"),
        sa.Column("context_end", sa.Integer),
    ):
        op.add_column("flags", column)
    op.create_index("ix_flags_state_rank_id", "flags", ["state", "rank", "id"])
    op.create_index("ix_flags_state_status_rank_id", "flags", ["state", "status", "rank", "id"])
    op.create_index("ix_flags_state_risk", "flags", ["state", "risk"])
    op.create_index("ix_flags_subject_digest", "flags", ["subject_digest"])
    op.create_index("ix_flags_last_seen_at", "flags", ["last_seen_at"])


def _make_tables() -> None:
    op.create_table(
        "flag_papers",
        sa.Column("flag_id", sa.Integer, nullable=False),
        short("paper_digest", 32, comment="of the paper's name"),
        text("paper"),
        sa.Column("seen_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("flag_id", "paper_digest", name="pk_flag_papers"),
        of_flag("flag_papers"),
    )
    op.create_index("ix_flag_papers_paper_digest_flag_id", "flag_papers", ["paper_digest", "flag_id"])
    op.create_table(
        "likenesses",
        short("digest", 32, comment="of a part of the subject's words and of the fault"),
        sa.Column("flag_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("digest", "flag_id", name="pk_likenesses"),
        of_flag("likenesses"),
    )
    op.create_index("ix_likenesses_flag_id", "likenesses", ["flag_id"])
    op.create_table(
        "reviews",
        number(),
        sa.Column("flag_id", sa.Integer, nullable=False),
        short("reviewer", 200),
        short("answer", 16),
        text("note", server_default=""),
        sa.Column("at", TIME, nullable=False),
        sa.Column("undoes", sa.Integer, comment="the review that this one takes back"),
        short("fact", 32, server_default="", comment="of the flag when it was answered"),
        short("status", 16, server_default="", comment="verdict when it was answered"),
        sa.Column("risk", sa.Float, comment="risk when it was answered"),
        sa.PrimaryKeyConstraint("id", name="pk_reviews"),
        of_flag("reviews"),
    )
    op.create_index("ix_reviews_flag_id_id", "reviews", ["flag_id", "id"])
    op.create_index("ix_reviews_reviewer_id", "reviews", ["reviewer", "id"])
    op.create_index("ix_reviews_at", "reviews", ["at"])
    op.create_table(
        "holds",
        sa.Column("flag_id", sa.Integer, nullable=False, autoincrement=False),
        short("reviewer", 200),
        sa.Column("until", TIME, nullable=False),
        sa.PrimaryKeyConstraint("flag_id", name="pk_holds"),
        of_flag("holds"),
    )
    op.create_index("ix_holds_until", "holds", ["until"])
    op.create_table(
        "traces",
        sa.Column("flag_id", sa.Integer, nullable=False, autoincrement=False),
        text("model"),
        sa.Column("size", sa.Integer, nullable=False, comment="bytes before compression"),
        sa.Column("compressed", sa.LargeBinary, nullable=False, comment="zlib of JSON: the tokens of context"),
        sa.PrimaryKeyConstraint("flag_id", name="pk_traces"),
        of_flag("traces"),
    )
    op.create_table(
        "texts",
        number(),
        sa.Column("scan_id", sa.Integer, nullable=False),
        short("kind", 16, comment="prompt or answer; kept at level full alone"),
        sa.Column("size", sa.Integer, nullable=False, comment="bytes before compression"),
        sa.Column("compressed", sa.LargeBinary, nullable=False, comment="zlib"),
        sa.PrimaryKeyConstraint("id", name="pk_texts"),
        sa.ForeignKeyConstraint(["scan_id"], ["scans.id"], ondelete="CASCADE", name="fk_texts_scan_id_scans"),
    )
    op.create_index("ix_texts_scan_id", "texts", ["scan_id"])
    op.create_table(
        "confirmed_works",
        number(),
        short("subject_digest", 32),
        text("title"),
        text("fields", comment="JSON of the cited fields that were confirmed"),
        text("identifier", comment="DOI, arXiv number, ISBN or URL"),
        text("note", server_default=""),
        short("confirmed_by", 200),
        sa.Column("confirmed_at", TIME, nullable=False),
        short("revoked_by", 200, server_default=""),
        sa.Column("revoked_at", TIME),
        sa.PrimaryKeyConstraint("id", name="pk_confirmed_works"),
    )
    op.create_index("ix_confirmed_works_subject_digest", "confirmed_works", ["subject_digest"])
    op.create_table(
        "reviewers",
        number(),
        short("name", 200),
        short("role", 16, comment="reviewer or admin"),
        short("token_sha256", 64),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("revoked_at", TIME),
        sa.PrimaryKeyConstraint("id", name="pk_reviewers"),
        sa.UniqueConstraint("token_sha256", name="uq_reviewers_token_sha256"),
    )
    op.create_index("ix_reviewers_name", "reviewers", ["name"])
    op.create_table(
        "audits",
        sa.Column("flag_id", sa.Integer, nullable=False, autoincrement=False),
        short("stratum", 32, comment="band of risk it was drawn from"),
        sa.Column("probability", sa.Float, nullable=False, comment="with which it was drawn"),
        sa.Column("drawn_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("flag_id", name="pk_audits"),
        of_flag("audits"),
    )
    op.create_table(
        "tombstones",
        number(),
        short("kind", 16, comment="paper, author or age"),
        short("digest", 64, comment="salted, of what was forgotten"),
        text("counts", comment="JSON: how many flags of each verdict in each state"),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tombstones"),
    )


def _fill_flags() -> None:
    """What the new columns say about flags that are there already, as the program that wrote them would have."""
    flags = sa.table(
        "flags",
        *(sa.column(name) for name in ("id", "status", "subject", "excerpt", "finding", "fingerprint", "last_seen_at")),
        *(sa.column(name) for name in ("rank", "subject_digest", "fact", "searchable")),
    )
    papers = sa.table("flag_papers", *(sa.column(name) for name in ("flag_id", "paper_digest", "paper", "seen_at")))
    old = ("id", "status", "subject", "excerpt", "finding", "fingerprint", "last_seen_at")
    connection, last = op.get_bind(), 0
    while True:
        wanted = sa.select(*(flags.c[name] for name in old)).where(flags.c.id > last).order_by(flags.c.id).limit(AT_ONCE)
        rows = connection.execute(wanted).all()
        if not rows:
            return
        for each in rows:
            paper, doi = _read(each.finding)
            values = {
                "rank": RANKS.get(each.status, 0),
                "subject_digest": _digest(each.subject),
                "fact": each.fingerprint,
                "searchable": f"{each.excerpt}\n{paper}\n{doi}",
            }
            connection.execute(sa.update(flags).where(flags.c.id == each.id).values(values))
            if paper:
                seen = {"flag_id": each.id, "paper_digest": _digest(paper), "paper": paper, "seen_at": each.last_seen_at}
                connection.execute(sa.insert(papers).values(seen))
        last = rows[-1].id


def _read(finding: str) -> tuple[str, str]:
    try:
        reference = json.loads(finding)["checked"]["reference"]
        return reference.get("location", {}).get("file", ""), reference.get("fields", {}).get("doi", "")
    except (ValueError, KeyError, TypeError, AttributeError):
        return "", ""


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _make_search() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE flags_search USING fts5(searchable, content='flags', content_rowid='id')")
        op.execute("INSERT INTO flags_search(flags_search) VALUES ('rebuild')")
        remove = "INSERT INTO flags_search(flags_search, rowid, searchable) VALUES ('delete', old.id, old.searchable);"
        add = "INSERT INTO flags_search(rowid, searchable) VALUES (new.id, new.searchable);"
        op.execute(f"CREATE TRIGGER flags_search_insert AFTER INSERT ON flags BEGIN {add} END")
        op.execute(f"CREATE TRIGGER flags_search_delete AFTER DELETE ON flags BEGIN {remove} END")
        op.execute(f"CREATE TRIGGER flags_search_update AFTER UPDATE OF searchable ON flags BEGIN {remove} {add} END")
    elif op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE INDEX ix_flags_search ON flags USING gin (to_tsvector('simple', searchable))")


def _make_append_only() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER reviews_are_append_only BEFORE UPDATE ON reviews "
            "BEGIN SELECT RAISE(ABORT, 'reviews are append-only'); END"
        )
    elif op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION reviews_are_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'reviews are append-only'; END $$"
        )
        op.execute(
            "CREATE TRIGGER reviews_are_append_only BEFORE UPDATE ON reviews "
            "FOR EACH ROW EXECUTE FUNCTION reviews_are_append_only()"
        )


def downgrade() -> None:
    raise NotImplementedError("go back by putting the backup in the place of the database")
