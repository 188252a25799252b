"""What people decided before, looked up for a finding that comes again; and the works that they confirmed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, RowMapping, insert, select, update

from citations.types import Fields, Status
from verifier.errors import StoreError
from verifier.fingerprint import short_digest, subject
from verifier.store.connect import reading, write, writing_to
from verifier.store.flags import fact_of, same_flag
from verifier.store.reviews import PROGRAM, FlagState, ReviewAnswer, add_review, read_reviews, settle, votes
from verifier.store.stored import FlagKind
from verifier.store.tables import confirmed_works, flags, reviews, row, utc
from verifier.store.wire import read_finding
from verifier.types import Adjudication, ClaimFinding, Decision, Finding, Flagged

MAX_IDENTIFIER = 500


@dataclass(frozen=True, slots=True)
class ConfirmedWork:
    """A work that a reviewer found where no registry did; their word, never a registry's."""

    id: int
    title: str
    identifier: str
    """DOI, arXiv number, ISBN or address, as the reviewer gave it."""
    note: str
    confirmed_by: str
    confirmed_at: datetime
    revoked_by: str = ""
    revoked_at: datetime | None = None


def adjudication(engine: Engine, flagged: Flagged) -> Adjudication | None:
    """What people decided about the same finding, ``None`` if nobody did or the facts have changed since."""
    if flagged.decision not in {Decision.FLAG, Decision.BLOCK}:
        return None
    with reading(engine) as connection:
        known = same_flag(connection, flagged)
        return ruling(connection, flagged, known, same_facts=known is not None and has_same_facts(known, flagged))


def has_same_facts(known: RowMapping, flagged: Flagged) -> bool:
    """Whether what was decided about a stored flag was decided about this finding."""
    return known["fact"] in {fact_of(flagged), known["fingerprint"]}


def ruling(
    connection: Connection, flagged: Flagged, known: RowMapping | None, *, same_facts: bool
) -> Adjudication | None:
    """What holds of a finding whose stored flag is ``known``: what people voted, or else the work that one confirmed.

    Votes about other facts hold nothing, and a confirmed work overrules no vote and stands for no quorum.
    """
    if known is not None and same_facts:
        found = adjudication_of(connection, known["id"], FlagState(known["state"]))
        if found is not None or votes(read_reviews(connection, known["id"])):
            return found
    if isinstance(flagged, ClaimFinding) or (known is not None and known["quorum"] > 1):
        return None
    work = _confirmed(connection, flagged)
    if work is None:
        return None
    by, at = work["confirmed_by"], utc(work["confirmed_at"])
    return Adjudication(0 if known is None else known["id"], False, by, at, work["note"], work["identifier"])


def silence(connection: Connection, flag_id: int, finding: Finding) -> None:
    """Dismiss a stored flag that nobody has voted on where a confirmed work answers it, until the work is revoked."""
    work = _confirmed(connection, finding)
    if work is None:
        return
    given = read_reviews(connection, flag_id)
    newest = max((each.id for each in given if each.answer is ReviewAnswer.REOPEN), default=0)
    if votes(given) or any(each.answer is ReviewAnswer.CONFIRMED and each.id > newest for each in given):
        return
    note = f"confirmed by {work['confirmed_by']}: {work['identifier']}"
    stored = _row_of(connection, flag_id)
    add_review(connection, stored, ReviewAnswer.CONFIRMED, PROGRAM, note=note, work_id=work["id"])
    settle(connection, flag_id)


def confirm_work(engine: Engine, flag_id: int, reviewer: str, identifier: str, note: str = "") -> ConfirmedWork:
    """Keep that the reviewer found the cited work, and where: later flags that it exists nowhere are dismissed by it.

    Raises ``StoreError`` for an empty identifier, for a flag that is not there, and for one that holds no words of a work:
    a claim, or a reference of which only digests are kept.
    """
    identifier = identifier.strip()[:MAX_IDENTIFIER]
    if not identifier:
        raise StoreError("a work is confirmed by an identifier or an address", hint="name where it was found")
    with writing_to(engine) as connection:
        stored = _row_of(connection, flag_id)
        if stored["kind"] != FlagKind.REFERENCE.value or not stored["subject"]:
            raise StoreError(
                f"flag {flag_id} names no work that could be confirmed", hint=f"verifier review decide {flag_id} reject"
            )
        reference = read_finding(stored["finding"]).checked.reference
        values = row(
            subject_digest=stored["subject_digest"],
            title=(reference.fields.title or reference.raw)[:500],
            fields=json.dumps({"title": reference.fields.title, "year": reference.fields.year}),
            identifier=identifier,
            note=note[:4_000],
            confirmed_by=reviewer.strip()[:200],
            confirmed_at=datetime.now(UTC),
        )
        number = connection.execute(insert(confirmed_works).values(values).returning(confirmed_works.c.id)).scalar_one()
        note = f"confirmed: {identifier}"
        add_review(connection, stored, ReviewAnswer.NOTE, values["confirmed_by"], note=note, work_id=number)
    return ConfirmedWork(
        number, values["title"], identifier, values["note"], values["confirmed_by"], values["confirmed_at"]
    )


def list_confirmed(engine: Engine, *, limit: int = 1_000) -> tuple[ConfirmedWork, ...]:
    """The works that reviewers confirmed, newest first, revoked ones too."""
    newest = select(confirmed_works).order_by(confirmed_works.c.id.desc()).limit(limit)
    with reading(engine) as connection:
        return tuple(
            ConfirmedWork(
                id=each["id"],
                title=each["title"],
                identifier=each["identifier"],
                note=each["note"],
                confirmed_by=each["confirmed_by"],
                confirmed_at=utc(each["confirmed_at"]),
                revoked_by=each["revoked_by"],
                revoked_at=None if each["revoked_at"] is None else utc(each["revoked_at"]),
            )
            for each in connection.execute(newest).mappings()
        )


def revoke_work(engine: Engine, work_id: int, reviewer: str) -> tuple[int, ...]:
    """Take a confirmation back; every flag that was dismissed by it is open again. Returns their numbers.

    A flag about the same work that was dismissed for another reason stays dismissed.
    """

    def revoke(connection: Connection) -> tuple[int, ...]:
        held = (confirmed_works.c.id == work_id) & confirmed_works.c.revoked_at.is_(None)
        work = connection.execute(select(confirmed_works).where(held)).mappings().first()
        if work is None:
            raise StoreError(f"there is no confirmed work {work_id}", hint="`verifier review works` lists them")
        taken_back = row(revoked_by=reviewer.strip()[:200], revoked_at=datetime.now(UTC))
        connection.execute(update(confirmed_works).where(confirmed_works.c.id == work_id).values(taken_back))
        columns = (flags.c.id, flags.c.fact, flags.c.status, flags.c.risk)
        silenced = select(reviews.c.flag_id).where(reviews.c.work_id == work_id)
        dismissed = flags.c.id.in_(silenced) & (flags.c.state == FlagState.REJECTED.value)
        wanted = select(*columns).where(dismissed).order_by(flags.c.id).with_for_update()
        reopened = connection.execute(wanted).mappings().all()
        for each in reopened:
            note = f"the confirmation {work['identifier']} was revoked by {reviewer}"
            add_review(connection, each, ReviewAnswer.REOPEN, PROGRAM, note=note)
            settle(connection, each["id"])
        return tuple(each["id"] for each in reopened)

    return write(engine, revoke)


def adjudication_of(connection: Connection, flag_id: int, state: FlagState) -> Adjudication | None:
    """Who decided about a flag that stands so: the latest vote for the side that won; ``None`` where no person did."""
    if not state.is_decided:
        return None
    accepted = state is FlagState.ACCEPTED
    won = ReviewAnswer.ACCEPT if accepted else ReviewAnswer.REJECT
    for each in reversed(votes(read_reviews(connection, flag_id))):
        if each.answer is won:
            return Adjudication(flag_id, accepted, each.reviewer, each.at, each.note)
    return None


def _row_of(connection: Connection, flag_id: int) -> RowMapping:
    stored = connection.execute(select(flags).where(flags.c.id == flag_id)).mappings().first()
    if stored is None:
        raise StoreError(f"there is no flag {flag_id}", hint="`verifier review list` lists them")
    return stored


def _confirmed(connection: Connection, finding: Finding) -> RowMapping | None:
    """The work that somebody found and the registries do not hold; a wrong field is not excused by it."""
    if finding.status is not Status.NOT_FOUND:
        return None
    reference = finding.checked.reference
    same = confirmed_works.c.subject_digest == short_digest(subject(reference.fields, reference.raw))
    held = select(confirmed_works).where(same, confirmed_works.c.revoked_at.is_(None))
    newest = connection.execute(held.order_by(confirmed_works.c.id.desc())).mappings()
    return next((each for each in newest if _fits(reference.fields, each)), None)


def _fits(cited: Fields, work: RowMapping) -> bool:
    """Whether neither year nor identifier of a citation says that it means another work than the confirmed one."""
    year = json.loads(work["fields"]).get("year")
    named = [each.casefold() for each in (cited.doi, cited.arxiv, cited.pmid, cited.isbn) if each]
    identifier = work["identifier"].casefold()
    return cited.year in {None, year} and (not named or any(each in identifier for each in named))
