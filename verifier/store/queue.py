"""The review queue: which flags wait, in which order, and everything about one of them. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, Engine, RowMapping, and_, exists, select

from citations.types import Status
from verifier.errors import UnknownFlag
from verifier.store.connect import reading
from verifier.store.filters import QueueFilter
from verifier.store.flags import latest_paper, word_of
from verifier.store.order import Place, before, counted, first
from verifier.store.reviews import FlagState, Review, read_reviews
from verifier.store.stored import FlagKind, KeptText, TextKind, Trace
from verifier.store.tables import flag_papers, flags, holds, reviews, texts, traces, utc
from verifier.store.wire import Packed, read_flagged, unpacked, unpacked_tokens
from verifier.types import Decision, Flagged, Stance

COUNTED = 10_000
"""A count ends here: what is longer is "10000 or more"."""


@dataclass(frozen=True, slots=True)
class FlagSummary:
    """One line of the queue."""

    id: int
    kind: FlagKind
    status: Status | Stance
    """The verdict of a reference, or the stance of a claim."""
    decision: Decision
    state: FlagState
    excerpt: str
    paper: str
    """Where it was seen last."""
    risk: float | None
    seen: int
    """In how many scans."""
    created_at: datetime
    last_seen_at: datetime
    blind: bool
    """Verdict and risk are to be shown after the answer only: it may be a sample of what passed."""
    rank: int
    """The higher, the sooner it is shown."""


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Some flags, worst first."""

    items: tuple[FlagSummary, ...]
    after: str
    """Give it to ``queue`` for the next page; empty at the end."""


@dataclass(frozen=True, slots=True)
class FlagItem:
    """Everything about one flag."""

    summary: FlagSummary
    fingerprint: str
    finding: Flagged
    """As last seen: reference, evidence with links and times, verdict with diffs, signals, risk; or a claim and what was
    read for it."""
    context: str
    """Text around the span, empty if none was kept."""
    span: tuple[int, int] | None
    """Where in ``context`` the flagged words stand."""
    papers: tuple[str, ...]
    """Every file or text in which it was seen, latest first."""
    reviews: tuple[Review, ...]
    """Oldest first."""
    quorum: int
    held_by: str
    """Who is looking at it now, empty if nobody."""
    trace: Trace | None = None
    """How a model wrote ``context``."""
    texts: tuple[KeptText, ...] = ()
    """The prompt and the whole text of the run that saw it last, where all is kept."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Flags before and behind one in the order of the queue."""

    previous: int | None
    following: int | None


def queue(engine: Engine, wanted: QueueFilter | None = None, *, limit: int = 50, after: str = "") -> QueuePage:
    """One page of flags, worst first; a cursor that is none starts at the beginning."""
    limit = max(1, min(limit, 500))
    with reading(engine) as connection:
        found = first(connection, wanted or QueueFilter(), limit + 1, behind=_place(after))
        items = _summaries(connection, found[:limit])
    last = found[limit - 1] if len(found) > limit else None
    return QueuePage(items, "" if last is None else f"{last.rank}.{last.id}")


def count(engine: Engine, wanted: QueueFilter | None = None) -> int:
    """How many flags there are, counted up to ``COUNTED``."""
    with reading(engine) as connection:
        return counted(connection, wanted or QueueFilter(), COUNTED)


def next_flag(
    engine: Engine, reviewer: str, wanted: QueueFilter | None = None, *, after: str = "", skipped: bool = False
) -> FlagSummary | None:
    """The first flag of the queue that nobody else holds and the reviewer has neither voted on nor skipped.

    ``skipped`` gives those that the reviewer skipped a second time. ``hold`` it before showing it.
    """
    waits = and_(~_held_by_another(reviewer), ~_answered_by(reviewer, skipped=skipped))
    with reading(engine) as connection:
        found = first(connection, wanted or QueueFilter(), 1, behind=_place(after), also=waits)
        return next(iter(_summaries(connection, found)), None)


def neighbours(engine: Engine, flag_id: int, wanted: QueueFilter | None = None) -> Neighbours:
    """The flags beside one, in the order of the queue; the flag itself need not pass the filter."""
    wanted = wanted or QueueFilter()
    with reading(engine) as connection:
        rank = connection.execute(select(flags.c.rank).where(flags.c.id == flag_id)).scalar()
        if rank is None:
            raise _unknown(flag_id)
        here = Place(rank, flag_id)
        previous = before(connection, wanted, here)
        following = next(iter(first(connection, wanted, 1, behind=here)), None)
    return Neighbours(
        None if previous is None else previous.id,
        None if following is None else following.id,
    )


def flag(engine: Engine, flag_id: int) -> FlagItem:
    """Everything about one flag; raises ``UnknownFlag`` if there is none of that number."""
    with reading(engine) as connection:
        found = connection.execute(select(flags).where(flags.c.id == flag_id)).mappings().first()
        if found is None:
            raise _unknown(flag_id)
        return _item(connection, found)


def same_work(engine: Engine, flag_id: int, *, limit: int = 50) -> tuple[FlagSummary, ...]:
    """Other flags about the same cited work, which can be answered together."""
    subject = select(flags.c.subject_digest).where(flags.c.id == flag_id).scalar_subquery()
    others = (flags.c.subject_digest == subject) & (flags.c.subject_digest != "") & (flags.c.id != flag_id)
    order = (flags.c.rank.desc(), flags.c.id.desc())
    statement = select(flags.c.rank, flags.c.id).where(others).order_by(*order).limit(limit)
    with reading(engine) as connection:
        return _summaries(connection, [Place(rank, number) for rank, number in connection.execute(statement)])


def _held_by_another(reviewer: str) -> ColumnElement[bool]:
    now = datetime.now(UTC)
    return exists().where(holds.c.flag_id == flags.c.id, holds.c.reviewer != reviewer, holds.c.until > now)


def _answered_by(reviewer: str, *, skipped: bool) -> ColumnElement[bool]:
    """Whether the reviewer has a vote, or a skip, on the flag that was neither taken back nor overtaken by new facts."""
    answers = ["accept", "reject"] if skipped else ["accept", "reject", "skip"]
    taken_back = reviews.alias()
    reopened = reviews.alias()
    return exists().where(
        reviews.c.flag_id == flags.c.id,
        reviews.c.reviewer.concat("") == reviewer,  # few reviews are of one flag, many may be of one reviewer: no index
        reviews.c.answer.in_(answers),
        ~exists().where(taken_back.c.flag_id == reviews.c.flag_id, taken_back.c.undoes == reviews.c.id),
        ~exists().where(
            reopened.c.flag_id == reviews.c.flag_id,
            reopened.c.answer.in_(["reopen", "response"]),
            reopened.c.id > reviews.c.id,
        ),
    )


def _place(cursor: str) -> Place | None:
    rank, _, number = cursor.partition(".")
    if not (rank.isascii() and rank.isdigit() and number.isascii() and number.isdigit()) or len(cursor) > 30:
        return None
    return Place(min(int(rank), (1 << 31) - 1), min(int(number), (1 << 31) - 1))


def _summaries(connection: Connection, places: Sequence[Place]) -> tuple[FlagSummary, ...]:
    """The flags at some places, in their order."""
    names = ("id", "kind", "status", "decision", "state", "excerpt", "risk", "seen", "created_at", "last_seen_at")
    columns = [*(flags.c[name] for name in names), flags.c.blind, flags.c.rank, latest_paper().label("paper")]
    statement = select(*columns).where(flags.c.id.in_([each.id for each in places]))
    rows = {each["id"]: each for each in connection.execute(statement).mappings()} if places else {}
    return tuple(_summary(rows[each.id]) for each in places)


def _summary(stored: RowMapping, paper: str | None = None) -> FlagSummary:
    kind = FlagKind(stored["kind"])
    return FlagSummary(
        id=stored["id"],
        kind=kind,
        status=word_of(kind, stored["status"]),
        decision=Decision(stored["decision"]),
        state=FlagState(stored["state"]),
        excerpt=stored["excerpt"],
        paper=(stored["paper"] or "") if paper is None else paper,
        risk=stored["risk"],
        seen=stored["seen"],
        created_at=utc(stored["created_at"]),
        last_seen_at=utc(stored["last_seen_at"]),
        blind=bool(stored["blind"]),
        rank=stored["rank"],
    )


def _item(connection: Connection, stored: RowMapping) -> FlagItem:
    number = stored["id"]
    seen_in = select(flag_papers.c.paper).where(flag_papers.c.flag_id == number).order_by(flag_papers.c.seen_at.desc())
    papers = tuple(connection.execute(seen_in.limit(100)).scalars())
    held = select(holds.c.reviewer).where(holds.c.flag_id == number, holds.c.until > datetime.now(UTC))
    start, end = stored["context_start"], stored["context_end"]
    return FlagItem(
        summary=_summary(stored, papers[0] if papers else ""),
        fingerprint=stored["fingerprint"],
        finding=read_flagged(FlagKind(stored["kind"]), stored["finding"]),
        context=stored["context"],
        span=None if start is None or end is None else (start, end),
        papers=papers,
        reviews=read_reviews(connection, number),
        quorum=stored["quorum"],
        held_by=connection.execute(held).scalar() or "",
        trace=_trace(connection, number),
        texts=_texts(connection, stored["last_scan_id"]),
    )


def _trace(connection: Connection, flag_id: int) -> Trace | None:
    found = connection.execute(select(traces).where(traces.c.flag_id == flag_id)).mappings().first()
    if found is None:
        return None
    return Trace(found["model"], unpacked_tokens(Packed(found["size"], found["compressed"])))


def _texts(connection: Connection, scan_id: int) -> tuple[KeptText, ...]:
    columns = (texts.c.kind, texts.c.size, texts.c.compressed)
    statement = select(*columns).where(texts.c.scan_id == scan_id).order_by(texts.c.id)
    return tuple(
        KeptText(TextKind(each.kind), unpacked(Packed(each.size, each.compressed)).decode("utf-8", "replace"))
        for each in connection.execute(statement)
    )


def _unknown(flag_id: int) -> UnknownFlag:
    return UnknownFlag(f"there is no flag {flag_id}", hint="`verifier review list` lists them")
