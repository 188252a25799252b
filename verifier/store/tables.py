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
)

REVISION = "0001"
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
    if "\0" in text:
        text = text.replace("\0", "")
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


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
    Index(None, "inputs_digest", "settings_digest"),
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
    UniqueConstraint("fingerprint"),
    Index(None, "status"),
)
