"""The tables. Rows are not domain types: ``scans.py`` and ``flags.py`` convert at the border.

Every row is built by ``row``: texts lose what a database cannot keep (NUL, unpaired surrogates), times are UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from verifier.harmless import paired

REVISION = "0004"
"""The newest migration; a test holds it equal to the folder of migrations."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def storable(text: str) -> str:
    """The text without NUL, its surrogates paired again or replaced by U+FFFD."""
    return paired(text.replace("\0", ""))


def row(**columns: Any) -> dict[str, Any]:
    """Column values that every database keeps as they are: texts storable, times in UTC."""
    return {name: _kept(value) for name, value in columns.items()}


def _kept(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def utc(value: datetime) -> datetime:
    """A stored time, aware again: SQLite forgets zones."""
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _number(**options: Any) -> Column[int]:
    return Column("id", Integer, primary_key=True, autoincrement=True, **options)


def _of(table: str, name: str) -> Column[int]:
    return Column(name, Integer, ForeignKey(f"{table}.id", ondelete="CASCADE"), nullable=False)


scans = Table(
    "scans",
    metadata,
    _number(),
    Column("kind", String(16), nullable=False, comment="scan or check"),
    Column("state", String(16), nullable=False, comment="running, interrupted or finished"),
    Column("inputs", Text, nullable=False, comment="JSON list of what was scanned"),
    Column("inputs_digest", String(64), nullable=False),
    Column(
        "settings_digest", String(64), nullable=False, comment="what can change a verdict: registries, offline, index"
    ),
    Column("tool_version", String(32), nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("finished_at", DateTime(timezone=True)),
    Column("summary", Text, comment="JSON of counts and gaps, once finished"),
    Column("rules_digest", String(64), nullable=False, server_default="", comment="of the code that judged"),
    Column("storage", String(16), nullable=False, server_default="excerpt", comment="hash, excerpt or full"),
    Index(None, "inputs_digest", "settings_digest"),
    Index(None, "started_at"),
)

checked_references = Table(
    "checked_references",
    metadata,
    _number(),
    _of("scans", "scan_id"),
    Column("reference_id", Text, nullable=False),
    Column("digest", String(64), nullable=False, comment="of the raw entry and its fields"),
    Column("file", Text, nullable=False),
    Column("page", Integer),
    Column("line", Integer),
    Column("key", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("decision", String(16), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("finding", Text, nullable=False, comment="JSON of the finding without its evidence"),
    Column("checked_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("scan_id", "reference_id"),
    Index(None, "fingerprint"),
)

unreadable = Table(
    "unreadable",
    metadata,
    _number(),
    _of("scans", "scan_id"),
    Column("file", Text, nullable=False),
    Column("page", Integer),
    Column("line", Integer),
    Column("reason", Text, nullable=False),
    Column("raw", Text, nullable=False),
    Index(None, "scan_id"),
)

evidence = Table(
    "evidence",
    metadata,
    _number(),
    Column("reference_row", Integer, ForeignKey("checked_references.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("registry", String(64), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("url", Text, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("from_cache", Boolean, nullable=False),
    Column("score", Float),
    Column(
        "body_sha256",
        String(64),
        nullable=False,
        comment="of the registry's answer; kept in bodies for flagged references",
    ),
    Column("judged", Text, nullable=False, comment="JSON of the evidence with its candidates"),
    Index(None, "reference_row"),
)

bodies = Table(
    "bodies",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("size", Integer, nullable=False, comment="bytes before compression"),
    Column("compressed", LargeBinary, nullable=False, comment="zlib"),
)

flags = Table(
    "flags",
    metadata,
    _number(),
    Column("fingerprint", String(64), nullable=False),
    Column("subject", Text, nullable=False, comment="folded words of the cited work, to recognise drifted wording"),
    Column("status", String(16), nullable=False),
    Column("decision", String(16), nullable=False),
    Column("excerpt", Text, nullable=False),
    Column("finding", Text, nullable=False, comment="JSON of the finding with its evidence, as last seen"),
    Column("first_scan_id", Integer, nullable=False),
    Column("last_scan_id", Integer, nullable=False),
    Column("seen", Integer, nullable=False, comment="in how many scans"),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("last_seen_at", DateTime(timezone=True), nullable=False),
    Column("kind", String(16), nullable=False, server_default="reference", comment="reference or claim"),
    Column("state", String(16), nullable=False, server_default="open", comment="open, accepted, rejected, disputed"),
    Column("quorum", Integer, nullable=False, server_default="1", comment="votes one side must be ahead by"),
    Column("rank", Integer, nullable=False, server_default="0", comment="the higher, the sooner it is shown"),
    Column("risk", Float),
    Column("subject_digest", String(32), nullable=False, server_default="", comment="of subject"),
    Column("fact", String(32), nullable=False, server_default="", comment="digest of what reviewers decided about"),
    Column("searchable", Text, nullable=False, server_default="", comment="words a search looks in"),
    Column(
        "blind", Boolean, nullable=False, server_default=false(), comment="verdict and risk are shown after the answer"
    ),
    Column("context", Text, nullable=False, server_default="", comment="text around the span, as the level allows"),
    Column("context_start", Integer, comment="first character of the span in context"),
    Column("context_end", Integer),
    UniqueConstraint("fingerprint"),
    # Rows are long: each index holds all that a query of ``order`` looks at.
    Index(None, "state", "rank", "id", "risk", "blind", "kind", "status"),
    Index(None, "state", "status", "blind", "rank", "id", "risk", "kind"),
    Index(None, "state", "kind", "rank", "id", "risk", "blind", "status"),
    Index(None, "state", "risk", "blind", "rank", "id", "kind", "status"),
    Index(None, "state", "last_seen_at"),
    Index(None, "subject_digest"),
    Index(None, "last_seen_at"),
)

flag_papers = Table(
    "flag_papers",
    metadata,
    Column("flag_id", Integer, ForeignKey("flags.id", ondelete="CASCADE"), primary_key=True),
    Column("paper_digest", String(32), primary_key=True, comment="of the paper's name"),
    Column("paper", Text, nullable=False),
    Column("seen_at", DateTime(timezone=True), nullable=False),
    Index(None, "paper_digest", "flag_id"),
)

likenesses = Table(
    "likenesses",
    metadata,
    Column("digest", String(32), primary_key=True, comment="of a part of the subject's words and of the fault"),
    Column("flag_id", Integer, ForeignKey("flags.id", ondelete="CASCADE"), primary_key=True),
    Index(None, "flag_id"),
)

reviews = Table(
    "reviews",
    metadata,
    _number(),
    _of("flags", "flag_id"),
    Column("reviewer", String(200), nullable=False),
    Column("answer", String(16), nullable=False),
    Column("note", Text, nullable=False, server_default=""),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("undoes", Integer, comment="the review that this one takes back"),
    Column("fact", String(32), nullable=False, server_default="", comment="of the flag when it was answered"),
    Column("status", String(16), nullable=False, server_default="", comment="verdict when it was answered"),
    Column("risk", Float, comment="risk when it was answered"),
    Column("work_id", Integer, comment="the confirmed work that it stands on"),
    Index(None, "flag_id", "id"),
    Index(None, "reviewer", "id"),
    Index(None, "at"),
    Index(None, "work_id"),
)

holds = Table(
    "holds",
    metadata,
    Column("flag_id", Integer, ForeignKey("flags.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("reviewer", String(200), nullable=False),
    Column("until", DateTime(timezone=True), nullable=False),
    Index(None, "until"),
)

traces = Table(
    "traces",
    metadata,
    Column("flag_id", Integer, ForeignKey("flags.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("model", Text, nullable=False),
    Column("size", Integer, nullable=False, comment="bytes before compression"),
    Column("compressed", LargeBinary, nullable=False, comment="zlib of JSON: the tokens of context"),
)

texts = Table(
    "texts",
    metadata,
    _number(),
    _of("scans", "scan_id"),
    Column("kind", String(16), nullable=False, comment="prompt or answer; kept at level full alone"),
    Column("size", Integer, nullable=False, comment="bytes before compression"),
    Column("compressed", LargeBinary, nullable=False, comment="zlib"),
    Index(None, "scan_id"),
)

confirmed_works = Table(
    "confirmed_works",
    metadata,
    _number(),
    Column("subject_digest", String(32), nullable=False),
    Column("title", Text, nullable=False),
    Column("fields", Text, nullable=False, comment="JSON of the cited fields that were confirmed"),
    Column("identifier", Text, nullable=False, comment="DOI, arXiv number, ISBN or URL"),
    Column("note", Text, nullable=False, server_default=""),
    Column("confirmed_by", String(200), nullable=False),
    Column("confirmed_at", DateTime(timezone=True), nullable=False),
    Column("revoked_by", String(200), nullable=False, server_default=""),
    Column("revoked_at", DateTime(timezone=True)),
    Index(None, "subject_digest"),
)

reviewers = Table(
    "reviewers",
    metadata,
    _number(),
    Column("name", String(200), nullable=False),
    Column("role", String(16), nullable=False, comment="reviewer or admin"),
    Column("token_sha256", String(64), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("revoked_at", DateTime(timezone=True)),
    UniqueConstraint("token_sha256"),
    Index(None, "name"),
)

audits = Table(
    "audits",
    metadata,
    Column("flag_id", Integer, ForeignKey("flags.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("stratum", String(32), nullable=False, comment="band of risk it was drawn from"),
    Column("probability", Float, nullable=False, comment="with which it was drawn"),
    Column("drawn_at", DateTime(timezone=True), nullable=False),
)

tombstones = Table(
    "tombstones",
    metadata,
    _number(),
    Column("kind", String(16), nullable=False, comment="paper, author or age"),
    Column("digest", String(64), nullable=False, comment="salted, of what was forgotten"),
    Column("counts", Text, nullable=False, comment="JSON: how many flags of each verdict in each state"),
    Column("at", DateTime(timezone=True), nullable=False),
)

SEARCH = "flags_search"
"""SQLite keeps its full text index in tables of this name, PostgreSQL in an index ``ix_flags_search``."""


def is_ours(name: str | None, _kind: str, _parents: Any = None) -> bool:
    """Whether Alembic shall compare what bears this name: the full text index is made by hand."""
    return not (name or "").removeprefix("ix_").startswith(SEARCH)
