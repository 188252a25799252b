"""Flags: what a person should look at, once for each fault however often it is seen."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from citations.types import Status
from verifier.errors import StoreError
from verifier.fingerprint import subject
from verifier.store.connect import first_line
from verifier.store.tables import flag_papers, flags, row, utc
from verifier.store.wire import finding_json, read_finding
from verifier.types import Decision, Finding

MAX_EXCERPT = 500
"""Characters of the reference that a list of flags shows."""
RANKS = {
    Status.FABRICATED: 900_000,
    Status.RETRACTED: 800_000,
    Status.NOT_FOUND: 600_000,
    Status.MISMATCH: 500_000,
}
"""What is shown first in a queue; a risk moves a flag within its verdict."""


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
        fact=finding.fingerprint,
        subject_digest=digest(subject(reference.fields, reference.raw)),
        **_changing(finding),
        subject=subject(reference.fields, reference.raw),
        first_scan_id=scan_id,
        last_scan_id=scan_id,
        seen=1,
        created_at=now,
        last_seen_at=now,
    )
    try:
        with connection.begin_nested():
            made = connection.execute(insert(flags).returning(flags.c.id).values(values)).scalar_one()
            _note_paper(connection, int(made), finding, now)
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
        **_changing(finding),
        last_scan_id=scan_id,
        seen=known.seen + (known.last_scan_id != scan_id),
        last_seen_at=now,
    )
    connection.execute(update(flags).where(flags.c.id == known.id).values(values))
    _note_paper(connection, known.id, finding, now)
    return True


def _changing(finding: Finding) -> dict[str, Any]:
    """The columns that follow the finding as it was last seen."""
    reference = finding.checked.reference
    excerpt = " ".join(reference.raw.split())[:MAX_EXCERPT]
    risk = None if finding.risk is None else finding.risk.value
    return {
        "status": finding.status.value,
        "decision": finding.decision.value,
        "excerpt": excerpt,
        "finding": finding_json(finding),
        "risk": risk,
        "rank": RANKS.get(finding.status, 0) + int(1000 * (risk or 0)),
        "searchable": f"{excerpt}\n{reference.location.file}\n{reference.fields.doi}",
    }


def _note_paper(connection: Connection, flag_id: int, finding: Finding, now: datetime) -> None:
    """In which paper the flag stands; one row a paper however often it is scanned."""
    paper = row(paper=finding.checked.reference.location.file)["paper"]
    if not paper:
        return
    same = (flag_papers.c.flag_id == flag_id) & (flag_papers.c.paper_digest == digest(paper))
    if connection.execute(update(flag_papers).where(same).values(seen_at=now)).rowcount:
        return
    try:
        with connection.begin_nested():
            values = row(flag_id=flag_id, paper_digest=digest(paper), paper=paper, seen_at=now)
            connection.execute(insert(flag_papers).values(values))
    except IntegrityError:
        return  # another process noted it meanwhile


def digest(text: str) -> str:
    """32 hexadecimal digits by which a text is looked up."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
