"""What people say about flags: append-only reviews, and the state of a flag that follows from them.

The review desk stands on five modules, which raise nothing but ``StoreError``, of which ``UnknownFlag`` is one:

* ``reviews``: ``decide``, ``undo``, ``remark``, ``respond``, ``reviews_of``, ``recent_reviews``, and the words below
* ``queue``: ``queue``, ``count``, ``next_flag``, ``neighbours``, ``flag``, ``same_work``; what it filters by stands in ``filters``
* ``holds``: ``hold``, ``release``, so that two people do not do the same item
* ``statistics``: ``statistics``
* ``reviewers``: named tokens with roles
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import assert_never

from sqlalchemy import Connection, Engine, RowMapping, delete, insert, select, update

from verifier.errors import UnknownFlag
from verifier.store.connect import reading, writing_to
from verifier.store.tables import flags, holds, reviews, row, storable, utc

PROGRAM = "factprobe"
"""Reviewer of the rows that the program itself writes: a flag that is open again."""
MAX_NOTE = 4_000
"""Characters of a note; what is longer is cut."""
MAX_NAME = 200


class ReviewAnswer(StrEnum):
    """What a review says. Only ``accept`` and ``reject`` are votes."""

    ACCEPT = "accept"
    """Something is wrong with the citation or claim indeed."""
    REJECT = "reject"
    """A false alarm: it is right as it stands."""
    SKIP = "skip"
    """Looked at and left for later, or for somebody else."""
    NOTE = "note"
    """A remark that decides nothing."""
    RESPONSE = "response"
    """What the author of the text says to it; opens an accepted flag again."""
    UNDO = "undo"
    """Takes back an earlier review of the same reviewer."""
    REOPEN = "reopen"
    """The facts have changed, or what a decision stood on was revoked: earlier answers count no more."""
    CONFIRMED = "confirmed"
    """Written by the program: a work that a reviewer confirmed answers it, until somebody votes or the work is revoked."""

    @property
    def is_vote(self) -> bool:
        """Whether it decides."""
        return self in {ReviewAnswer.ACCEPT, ReviewAnswer.REJECT}


class FlagState(StrEnum):
    """Where a flag stands."""

    OPEN = "open"
    """Nobody has decided, or too few."""
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DISPUTED = "disputed"
    """Reviewers disagree; it stays in the queue of those who have not voted."""

    @property
    def is_decided(self) -> bool:
        """Whether the queue is done with it."""
        return self in {FlagState.ACCEPTED, FlagState.REJECTED}


@dataclass(frozen=True, slots=True)
class Review:
    """One answer of one person to one flag; never changed, never removed while the flag is kept."""

    id: int
    flag_id: int
    reviewer: str
    answer: ReviewAnswer
    note: str
    at: datetime
    undoes: int | None = None
    """The review that this one takes back."""
    work_id: int | None = None
    """The confirmed work that it stands on."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A review that was written, and where the flag stands now."""

    review: Review
    state: FlagState


@dataclass(frozen=True, slots=True)
class Standing:
    """What of a flag's reviews counts now."""

    votes: tuple[ReviewAnswer, ...]
    """One of each reviewer who has a vote."""
    is_confirmed: bool
    """Whether a confirmed work answers it."""


def decide(
    engine: Engine, flag_id: int, answer: ReviewAnswer, reviewer: str, *, note: str = "", quorum: int = 1
) -> Decided:
    """Write a vote or a skip, and let go of the reviewer's hold on the flag.

    The flag is decided once one side is ``quorum`` votes ahead of the other; a reviewer's newer vote replaces the
    older one. Raises ``ValueError`` for an answer that is neither vote nor skip.
    """
    if not (answer.is_vote or answer is ReviewAnswer.SKIP):
        raise ValueError(f"{answer} decides nothing")
    with writing_to(engine) as connection:
        stored = _flag_row(connection, flag_id)
        if quorum > stored["quorum"]:
            connection.execute(update(flags).where(flags.c.id == flag_id).values(quorum=quorum))
        written = add_review(connection, stored, answer, reviewer, note=note)
        mine = (holds.c.flag_id == flag_id) & (holds.c.reviewer == _name(reviewer))
        connection.execute(delete(holds).where(mine))
        return Decided(written, settle(connection, flag_id))


def undo(engine: Engine, reviewer: str, *, flag_id: int | None = None) -> Decided | None:
    """Take back the reviewer's latest vote or skip that is not taken back yet, of one flag or of any; ``None`` if there is none."""
    mine = reviews.c.reviewer == _name(reviewer)
    wanted = mine if flag_id is None else mine & (reviews.c.flag_id == flag_id)
    with writing_to(engine) as connection:
        of_mine = select(reviews).where(wanted).order_by(reviews.c.id.desc()).limit(500)
        taken_back: set[int] = set()
        for each in connection.execute(of_mine).mappings():
            if each["undoes"] is not None:
                taken_back.add(each["undoes"])
            elif each["id"] not in taken_back and each["answer"] in {"accept", "reject", "skip"}:
                stored = _flag_row(connection, each["flag_id"])
                written = add_review(connection, stored, ReviewAnswer.UNDO, reviewer, undoes=each["id"])
                return Decided(written, settle(connection, each["flag_id"]))
    return None


def remark(engine: Engine, flag_id: int, reviewer: str, note: str) -> Decided:
    """Write a note that decides nothing."""
    return _said(engine, flag_id, ReviewAnswer.NOTE, reviewer, note)


def respond(engine: Engine, flag_id: int, author: str, note: str) -> Decided:
    """Write what the author of the text says; a flag that was accepted is open again."""
    return _said(engine, flag_id, ReviewAnswer.RESPONSE, author, note)


def reviews_of(engine: Engine, flag_id: int) -> tuple[Review, ...]:
    """All reviews of a flag, oldest first; empty for a flag that nobody has reviewed, and for one that is not there."""
    with reading(engine) as connection:
        return read_reviews(connection, flag_id)


def recent_reviews(engine: Engine, reviewer: str, *, limit: int = 10) -> tuple[Review, ...]:
    """What the reviewer did last, newest first."""
    statement = select(reviews).where(reviews.c.reviewer == _name(reviewer)).order_by(reviews.c.id.desc()).limit(limit)
    with reading(engine) as connection:
        return tuple(read_review(each) for each in connection.execute(statement).mappings())


def state_of(given: Iterable[Review], quorum: int = 1) -> FlagState:
    """The state that follows from a flag's reviews, oldest first. Pure."""
    found = standing(given, quorum)
    if found.is_confirmed and not found.votes and quorum == 1:
        return FlagState.REJECTED
    return _side(found.votes, quorum)


def standing(given: Iterable[Review], quorum: int = 1) -> Standing:
    """The votes that decide, of a flag's reviews, oldest first. Pure."""
    kept = list(given)
    taken_back = {each.undoes for each in kept if each.undoes is not None}
    votes: dict[str, ReviewAnswer] = {}
    is_confirmed = False
    for each in kept:
        match each.answer:
            case _ if each.id in taken_back:
                continue
            case ReviewAnswer.ACCEPT | ReviewAnswer.REJECT:
                votes[each.reviewer] = each.answer
            case ReviewAnswer.REOPEN:
                votes.clear()
                is_confirmed = False
            case ReviewAnswer.CONFIRMED:
                is_confirmed = True
            case ReviewAnswer.RESPONSE:
                if _side(votes.values(), quorum) is FlagState.ACCEPTED:
                    votes.clear()
            case ReviewAnswer.SKIP | ReviewAnswer.NOTE | ReviewAnswer.UNDO:
                continue
            case _ as never:
                assert_never(never)
    return Standing(tuple(votes.values()), is_confirmed)


def votes(given: Sequence[Review]) -> tuple[Review, ...]:
    """The votes on a flag that were neither taken back nor cast about other facts, oldest first."""
    taken_back = {each.undoes for each in given}
    since = max((each.id for each in given if each.answer is ReviewAnswer.REOPEN), default=0)
    return tuple(each for each in given if each.answer.is_vote and each.id not in taken_back and each.id > since)


def voters(given: Sequence[Review]) -> frozenset[str]:
    """Who has a vote on the flag that counts."""
    return frozenset(each.reviewer for each in votes(given))


def add_review(
    connection: Connection,
    stored: RowMapping,
    answer: ReviewAnswer,
    reviewer: str,
    *,
    note: str = "",
    undoes: int | None = None,
    work_id: int | None = None,
) -> Review:
    """Append one row about a stored flag; the caller settles the state."""
    values = row(
        flag_id=stored["id"],
        reviewer=_name(reviewer),
        answer=answer.value,
        note=note[:MAX_NOTE],
        at=datetime.now(UTC),
        undoes=undoes,
        fact=stored["fact"],
        status=stored["status"],
        risk=stored["risk"],
        work_id=work_id,
    )
    made = connection.execute(insert(reviews).values(values).returning(reviews)).mappings().one()
    return read_review(made)


def settle(connection: Connection, flag_id: int) -> FlagState:
    """Bring the flag's state in line with its reviews and return it."""
    quorum = connection.execute(select(flags.c.quorum).where(flags.c.id == flag_id)).scalar_one()
    state = state_of(read_reviews(connection, flag_id), quorum)
    changed = (flags.c.id == flag_id) & (flags.c.state != state.value)
    connection.execute(update(flags).where(changed).values(state=state.value))
    return state


def read_reviews(connection: Connection, flag_id: int) -> tuple[Review, ...]:
    """All reviews of a flag, oldest first."""
    statement = select(reviews).where(reviews.c.flag_id == flag_id).order_by(reviews.c.id)
    return tuple(read_review(each) for each in connection.execute(statement).mappings())


def _said(engine: Engine, flag_id: int, answer: ReviewAnswer, reviewer: str, note: str) -> Decided:
    with writing_to(engine) as connection:
        written = add_review(connection, _flag_row(connection, flag_id), answer, reviewer, note=note)
        return Decided(written, settle(connection, flag_id))


def _flag_row(connection: Connection, flag_id: int) -> RowMapping:
    """The flag, locked against other writers where the database locks rows."""
    columns = (flags.c.id, flags.c.fact, flags.c.status, flags.c.risk, flags.c.quorum)
    statement = select(*columns).where(flags.c.id == flag_id).with_for_update()
    found = connection.execute(statement).mappings().first()
    if found is None:
        raise UnknownFlag(f"there is no flag {flag_id}", hint="`verifier review list` lists them")
    return found


def _side(votes: Iterable[ReviewAnswer], quorum: int) -> FlagState:
    cast = list(votes)
    accepting, rejecting = cast.count(ReviewAnswer.ACCEPT), cast.count(ReviewAnswer.REJECT)
    if accepting - rejecting >= quorum:
        return FlagState.ACCEPTED
    if rejecting - accepting >= quorum:
        return FlagState.REJECTED
    return FlagState.DISPUTED if accepting and rejecting else FlagState.OPEN


def stored_name(reviewer: str) -> str:
    """A person's name as every table keeps it; empty for one that is none."""
    return storable(reviewer.strip()[:MAX_NAME]).strip()


def _name(reviewer: str) -> str:
    return stored_name(reviewer) or "unknown"


def read_review(stored: RowMapping) -> Review:
    """A stored row of ``reviews``."""
    return Review(
        id=stored["id"],
        flag_id=stored["flag_id"],
        reviewer=stored["reviewer"],
        answer=ReviewAnswer(stored["answer"]),
        note=stored["note"],
        at=utc(stored["at"]),
        undoes=stored["undoes"],
        work_id=stored["work_id"],
    )
