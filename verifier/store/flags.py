"""Flags: what a person should look at, once for each fault however often it is seen."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, ScalarSelect, Select, case, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from citations.types import Location, Reference, Status
from verifier.fingerprint import claim_fact, fact, is_same_wording, likenesses, short_digest, subject
from verifier.store.connect import reading
from verifier.store.levels import kept, kept_name
from verifier.store.reviews import PROGRAM, FlagState, ReviewAnswer, add_review, settle
from verifier.store.stored import Context, FlagKind, Keeping
from verifier.store.tables import flag_papers, flags, row, traces, utc
from verifier.store.tables import likenesses as likeness_rows
from verifier.store.wire import flagged_json, packed_tokens, read_flagged
from verifier.types import ClaimFinding, Decision, Flagged, Stance

MAX_EXCERPT = 500
"""Characters of the reference or claim that a list of flags shows."""
RANKS: dict[Status | Stance, int] = {
    Status.FABRICATED: 900_000,
    Status.RETRACTED: 800_000,
    Status.NOT_FOUND: 600_000,
    Status.MISMATCH: 500_000,
    Stance.NOT_SUPPORTED: 400_000,
}
"""What is shown first in a queue; a risk moves a flag within its verdict."""
KEEP_ALL = Keeping()
WORDS_NOT_KEPT = "(words not kept)"
"""Stands before the fingerprint where the level of storage keeps no words."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A stored decision to look at something."""

    id: int
    kind: FlagKind
    fingerprint: str
    status: Status | Stance
    decision: Decision
    excerpt: str
    finding: Flagged
    """As last seen, with its evidence."""
    paper: str
    """Where it was seen last."""
    seen: int
    """In how many scans."""
    created_at: datetime
    last_seen_at: datetime


def write_flag(
    connection: Connection, scan_id: int, flagged: Flagged, now: datetime, keeping: Keeping = KEEP_ALL
) -> int:
    """Store a reference or claim as a flag, or note that the same fault was seen again; returns the flag's number."""
    again = _seen_again(connection, scan_id, flagged, now, keeping)
    if again is not None:
        return again
    values = row(
        fingerprint=flagged.fingerprint,
        fact=fact_of(flagged),
        kind=kind_of(flagged).value,
        **_subject(flagged, keeping),
        **_changing(flagged, keeping),
        first_scan_id=scan_id,
        last_scan_id=scan_id,
        seen=1,
        created_at=now,
        last_seen_at=now,
    )
    try:
        with connection.begin_nested():
            made = int(connection.execute(insert(flags).returning(flags.c.id).values(values)).scalar_one())
            alike = [{"digest": each, "flag_id": made} for each in _likenesses(flagged)]
            if alike:
                connection.execute(insert(likeness_rows), alike)
            _note_paper(connection, made, flagged, now, keeping)
            _keep_trace(connection, made, keeping.context_of(flagged))
    except IntegrityError:  # another process wrote the same flag meanwhile
        known = _seen_again(connection, scan_id, flagged, now, keeping)
        if known is None:
            raise
        return known
    return made


def list_flags(engine: Engine, *, limit: int = 1000) -> tuple[Flag, ...]:
    """The flags, newest first, without the samples of what passed; a database that cannot be read is an error."""
    with reading(engine) as connection:
        flagged = select(flags, latest_paper().label("paper")).where(~flags.c.blind)
        newest = flagged.order_by(flags.c.id.desc()).limit(limit)
        rows = connection.execute(newest).mappings().all()
    return tuple(
        Flag(
            id=each["id"],
            kind=FlagKind(each["kind"]),
            fingerprint=each["fingerprint"],
            status=word_of(FlagKind(each["kind"]), each["status"]),
            decision=Decision(each["decision"]),
            excerpt=each["excerpt"],
            finding=read_flagged(FlagKind(each["kind"]), each["finding"]),
            paper=each["paper"] or "",
            seen=each["seen"],
            created_at=utc(each["created_at"]),
            last_seen_at=utc(each["last_seen_at"]),
        )
        for each in rows
    )


def latest_paper() -> ScalarSelect[str]:
    """A column of ``flags``: the paper in which it was seen last."""
    held = select(flag_papers.c.paper).where(flag_papers.c.flag_id == flags.c.id)
    return held.order_by(flag_papers.c.seen_at.desc()).limit(1).scalar_subquery()


def place_of(flag: Flag) -> Location:
    """Where it stands: of a claim the text and the characters."""
    if isinstance(flag.finding, ClaimFinding):
        return Location(flag.paper, start=flag.finding.claim.span.start, end=flag.finding.claim.span.end)
    return flag.finding.checked.reference.location


def kind_of(flagged: Flagged) -> FlagKind:
    """Whether it is a reference or a claim."""
    return FlagKind.CLAIM if isinstance(flagged, ClaimFinding) else FlagKind.REFERENCE


def word_of(kind: FlagKind, word: str) -> Status | Stance:
    """The stored verdict of a reference, or stance of a claim; raises ``ValueError`` for another word."""
    return Stance(word) if kind is FlagKind.CLAIM else Status(word)


def fact_of(flagged: Flagged) -> str:
    """What a decision about it is about."""
    return claim_fact(flagged) if isinstance(flagged, ClaimFinding) else fact(flagged.checked)


def _seen_again(connection: Connection, scan_id: int, flagged: Flagged, now: datetime, keeping: Keeping) -> int | None:
    """The number of the flag that is known already and was brought up to date, ``None`` if there is none."""
    found = same_flag(connection, flagged)
    known = None if found is None else _locked(connection, found["id"])
    if known is None:
        return None
    told = fact_of(flagged)
    values = row(
        **(_changing(flagged, keeping) if keeping.level.keeps_words else _numbers(flagged)),
        **(_subject(flagged, keeping) if keeping.level.keeps_words and not known["subject"] else {}),
        fact=told,
        last_scan_id=scan_id,
        seen=flags.c.seen + case((flags.c.last_scan_id == scan_id, 0), else_=1),
        last_seen_at=now,
    )
    connection.execute(update(flags).where(flags.c.id == known["id"]).values(values))
    if known["fact"] not in {told, known["fingerprint"]} and known["state"] != FlagState.OPEN.value:
        add_review(connection, known, ReviewAnswer.REOPEN, PROGRAM, note=_changed(flagged))
        settle(connection, known["id"])
    _note_paper(connection, known["id"], flagged, now, keeping)
    if keeping.level.keeps_words:
        _keep_trace(connection, known["id"], keeping.context_of(flagged))
    return int(known["id"])


def _known() -> Select[Any]:
    names = ("id", "fingerprint", "fact", "status", "risk", "state", "subject", "quorum", "last_scan_id")
    return select(*(flags.c[name] for name in names))


def _locked(connection: Connection, flag_id: int) -> RowMapping | None:
    """The flag as it stands once nobody else writes to it; ``None`` where it is gone.

    A vote that another transaction casts meanwhile would be taken for one about what is seen now.
    """
    wanted = _known().where(flags.c.id == flag_id).with_for_update()
    return connection.execute(wanted).mappings().first()


def _changed(flagged: Flagged) -> str:
    if isinstance(flagged, ClaimFinding):
        return "it was compared with something else, or the judge says something else now"
    return "the registries say something else now"


def same_flag(connection: Connection, flagged: Flagged) -> RowMapping | None:
    """The stored flag of the same fault, worded the same or slightly differently; ``None`` if there is none."""
    wanted = _known()
    known = connection.execute(wanted.where(flags.c.fingerprint == flagged.fingerprint)).mappings().first()
    if known is not None:
        return known
    parts = _likenesses(flagged)
    if not parts:
        return None
    alike = select(likeness_rows.c.flag_id).where(likeness_rows.c.digest.in_(parts))
    mine = _subject(flagged, KEEP_ALL)["subject"]
    for each in connection.execute(wanted.where(flags.c.id.in_(alike)).order_by(flags.c.id).limit(100)).mappings():
        if is_same_wording(mine, each["subject"]):
            return each
    return None


def _likenesses(flagged: Flagged) -> tuple[str, ...]:
    return () if isinstance(flagged, ClaimFinding) else likenesses(flagged.checked)


def _subject(flagged: Flagged, keeping: Keeping) -> dict[str, str]:
    """The cited work in folded words, by which a drifted wording is recognised; a claim has none."""
    if isinstance(flagged, ClaimFinding):
        return {"subject": "", "subject_digest": ""}
    reference = flagged.checked.reference
    words = subject(reference.fields, reference.raw)
    return {"subject": words if keeping.level.keeps_words else "", "subject_digest": short_digest(words)}


def _changing(flagged: Flagged, keeping: Keeping) -> dict[str, Any]:
    """The columns that follow the finding as it was last seen."""
    excerpt, doi = f"{WORDS_NOT_KEPT} {flagged.fingerprint}", ""
    if keeping.level.keeps_words:
        excerpt = _words(flagged)[:MAX_EXCERPT]
        doi = "" if isinstance(flagged, ClaimFinding) else flagged.checked.reference.fields.doi
    context = keeping.context_of(flagged)
    return {
        **_numbers(flagged),
        "excerpt": excerpt,
        "finding": flagged_json(kept(flagged, keeping.level)),
        "searchable": f"{excerpt}\n{kept_name(_paper(flagged, keeping), keeping.level)}\n{doi}",
        "context": "" if context is None else context.text,
        "context_start": None if context is None else context.start,
        "context_end": None if context is None else context.end,
    }


def _numbers(flagged: Flagged) -> dict[str, Any]:
    """The columns that hold no words."""
    verdict = flagged.stance if isinstance(flagged, ClaimFinding) else flagged.status
    risk = None if flagged.risk is None else flagged.risk.value
    return {
        "status": verdict.value,
        "decision": flagged.decision.value,
        "risk": risk,
        "rank": RANKS.get(verdict, 0) + int(1000 * (risk or 0)),
    }


def _words(flagged: Flagged) -> str:
    if isinstance(flagged, ClaimFinding):
        return " ".join(flagged.claim.text.split())
    return cited_words(flagged.checked.reference)


def _paper(flagged: Flagged, keeping: Keeping) -> str:
    """The file or text in which it stands."""
    return keeping.written.name if isinstance(flagged, ClaimFinding) else flagged.checked.reference.location.file


def _note_paper(connection: Connection, flag_id: int, flagged: Flagged, now: datetime, keeping: Keeping) -> None:
    """In which paper the flag stands; one row a paper however often it is scanned."""
    paper = row(paper=_paper(flagged, keeping))["paper"]
    if not paper:
        return
    same = (flag_papers.c.flag_id == flag_id) & (flag_papers.c.paper_digest == short_digest(paper))
    if connection.execute(update(flag_papers).where(same).values(seen_at=now)).rowcount:
        return
    kept_as = kept_name(paper, keeping.level)
    try:
        with connection.begin_nested():
            values = row(flag_id=flag_id, paper_digest=short_digest(paper), paper=kept_as, seen_at=now)
            connection.execute(insert(flag_papers).values(values))
    except IntegrityError:
        return  # another process noted it meanwhile


def _keep_trace(connection: Connection, flag_id: int, context: Context | None) -> None:
    """The tokens of the context in the place of those that were kept before."""
    connection.execute(delete(traces).where(traces.c.flag_id == flag_id))
    if context is None or context.trace is None:
        return
    kept_tokens = packed_tokens(context.trace.tokens)
    values = row(flag_id=flag_id, model=context.trace.model, **asdict(kept_tokens))
    connection.execute(insert(traces).values(values))


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
