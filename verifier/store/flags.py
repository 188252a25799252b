"""Flags: what a person should look at, once for each fault however often it is seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from citations.types import Status
from verifier.errors import StoreError
from verifier.fingerprint import subject
from verifier.store.tables import flags, row, utc
from verifier.store.upgrade import first_line
from verifier.store.wire import finding_json, read_finding
from verifier.types import Decision, Finding

MAX_EXCERPT = 500
"""Characters of the reference that a list of flags shows."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A stored decision to look at something."""

    id: int
    fingerprint: str
    status: Status
    decision: Decision
    excerpt: str
    finding: Finding
    """As last seen, with its evidence."""
    seen: int
    """In how many scans."""
    created_at: datetime
    last_seen_at: datetime


def write_flag(connection: Connection, scan_id: int, finding: Finding, now: datetime) -> None:
    """Store the finding as a flag, or note that the same fault was seen again."""
    if _seen_again(connection, scan_id, finding, now):
        return
    reference = finding.checked.reference
    values = row(
        fingerprint=finding.fingerprint,
        subject=subject(reference.fields, reference.raw),
        status=finding.status.value,
        decision=finding.decision.value,
        excerpt=" ".join(reference.raw.split())[:MAX_EXCERPT],
        finding=finding_json(finding),
        first_scan_id=scan_id,
        last_scan_id=scan_id,
        seen=1,
        created_at=now,
        last_seen_at=now,
    )
    try:
        with connection.begin_nested():
            connection.execute(insert(flags).values(values))
    except IntegrityError:  # another process wrote the same flag meanwhile
        _seen_again(connection, scan_id, finding, now)


def list_flags(engine: Engine, *, limit: int = 1000) -> tuple[Flag, ...]:
    """The flags, newest first; a database that cannot be read is an error, never an empty list."""
    try:
        with engine.connect() as connection:
            rows = connection.execute(select(flags).order_by(flags.c.id.desc()).limit(limit)).mappings().all()
    except SQLAlchemyError as error:
        raise StoreError(f"the database cannot be read: {first_line(error)}") from error
    return tuple(
        Flag(
            id=each["id"],
            fingerprint=each["fingerprint"],
            status=Status(each["status"]),
            decision=Decision(each["decision"]),
            excerpt=each["excerpt"],
            finding=read_finding(each["finding"]),
            seen=each["seen"],
            created_at=utc(each["created_at"]),
            last_seen_at=utc(each["last_seen_at"]),
        )
        for each in rows
    )


def _seen_again(connection: Connection, scan_id: int, finding: Finding, now: datetime) -> bool:
    same = flags.c.fingerprint == finding.fingerprint
    known = connection.execute(select(flags.c.id, flags.c.seen, flags.c.last_scan_id).where(same)).first()
    if known is None:
        return False
    values = row(
        status=finding.status.value,
        decision=finding.decision.value,
        finding=finding_json(finding),
        last_scan_id=scan_id,
        seen=known.seen + (known.last_scan_id != scan_id),
        last_seen_at=now,
    )
    connection.execute(update(flags).where(flags.c.id == known.id).values(values))
    return True
