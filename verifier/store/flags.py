"""Flags: what a person should look at, once for each fault however often it is seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from citations.types import Reference, Status
from verifier.errors import StoreError
from verifier.fingerprint import fact, is_same_wording, likenesses, short_digest, subject
from verifier.store.connect import first_line
from verifier.store.reviews import PROGRAM, FlagState, ReviewAnswer, add_review, settle
from verifier.store.tables import flag_papers, flags, row, utc
from verifier.store.tables import likenesses as likeness_rows
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
        fact=fact(finding.checked),
        subject_digest=short_digest(subject(reference.fields, reference.raw)),
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
            alike = [{"digest": each, "flag_id": int(made)} for each in likenesses(finding.checked)]
            if alike:
                connection.execute(insert(likeness_rows), alike)
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
    known = same_flag(connection, finding)
    if known is None:
        return False
    told = fact(finding.checked)
    values = row(
        **_changing(finding),
        fact=told,
        last_scan_id=scan_id,
        seen=known["seen"] + (known["last_scan_id"] != scan_id),
        last_seen_at=now,
    )
    connection.execute(update(flags).where(flags.c.id == known["id"]).values(values))
    if known["fact"] not in {told, known["fingerprint"]} and known["state"] != FlagState.OPEN.value:
        add_review(connection, known, ReviewAnswer.REOPEN, PROGRAM, note="the registries say something else now")
        settle(connection, known["id"])
    _note_paper(connection, known["id"], finding, now)
    return True


def same_flag(connection: Connection, finding: Finding) -> RowMapping | None:
    """The stored flag of the same fault, worded the same or slightly differently; ``None`` if there is none."""
    columns = ("id", "fingerprint", "fact", "status", "risk", "state", "seen", "last_scan_id", "subject")
    wanted = select(*(flags.c[name] for name in columns))
    known = connection.execute(wanted.where(flags.c.fingerprint == finding.fingerprint)).mappings().first()
    if known is not None:
        return known
    parts = likenesses(finding.checked)
    if not parts:
        return None
    alike = select(likeness_rows.c.flag_id).where(likeness_rows.c.digest.in_(parts))
    mine = subject(finding.checked.reference.fields, finding.checked.reference.raw)
    for each in connection.execute(wanted.where(flags.c.id.in_(alike)).order_by(flags.c.id).limit(100)).mappings():
        if is_same_wording(mine, each["subject"]):
            return each
    return None


def _changing(finding: Finding) -> dict[str, Any]:
    """The columns that follow the finding as it was last seen."""
    reference = finding.checked.reference
    excerpt = cited_words(reference)[:MAX_EXCERPT]
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
    same = (flag_papers.c.flag_id == flag_id) & (flag_papers.c.paper_digest == short_digest(paper))
    if connection.execute(update(flag_papers).where(same).values(seen_at=now)).rowcount:
        return
    try:
        with connection.begin_nested():
            values = row(flag_id=flag_id, paper_digest=short_digest(paper), paper=paper, seen_at=now)
            connection.execute(insert(flag_papers).values(values))
    except IntegrityError:
        return  # another process noted it meanwhile


def cited_words(reference: Reference) -> str:
    """The citation as one line of words: first author, title and year where they could be read, else as it is printed.

    The entry of a bibliography is code, of which the first characters tell nobody which work is meant.
    """
    fields = reference.fields
    if not reference.raw.lstrip().startswith("@") or not fields.title:
        return " ".join(reference.raw.split())
    author = str(fields.authors[0]) if fields.authors else ""
    others = " et al." if len(fields.authors) > 1 or fields.et_al else ""
    return " ".join(part for part in (f"{author}{others}:" if author else "", fields.title, _year(fields.year)) if part)


def _year(year: int | None) -> str:
    return "" if year is None else f"({year})"
