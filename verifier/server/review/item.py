"""One flag as the page shows it: text, comparison, evidence, risk, what was answered, and what may be answered with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine

from verifier.harmless import inline
from verifier.render.cards import Card, blind_card, card, claim_card, readable
from verifier.render.flags import item_record
from verifier.render.words import moment, safe_url, word
from verifier.server.review.filters import Wanted
from verifier.server.review.heat import TextPiece, text_pieces
from verifier.store.queue import COUNTED, FlagItem, FlagSummary, count, neighbours, same_work
from verifier.store.reviews import FlagState, Review, ReviewAnswer, recent_reviews, standing, voters
from verifier.store.stored import TextKind, Trace
from verifier.types import ClaimFinding, Finding, Risk, SignalStatus

_WORDS = {
    "accept": "wrong indeed",
    "reject": "false alarm",
    "skip": "skipped",
    "note": "note",
    "response": "response of the author",
    "undo": "taken back",
    "reopen": "open again",
    "confirmed": "dismissed, because the work was found",
}
"""What an answer is called on the page."""
_ANSWERED_TODAY = 500
"""Answers of one reviewer that are looked at for a day's count."""
_TOKENS_SHOWN = 40


@dataclass(frozen=True, slots=True)
class SignalShown:
    """One signal in words."""

    name: str
    score: str
    detail: str
    is_missing: bool


@dataclass(frozen=True, slots=True)
class MovedBy:
    """What one signal did to the risk."""

    name: str
    log_odds: str
    towards: str


@dataclass(frozen=True, slots=True)
class RiskShown:
    """The risk in words and numbers."""

    value: str
    interval: str
    share: float
    calibration: str
    moved_by: tuple[MovedBy, ...]


@dataclass(frozen=True, slots=True)
class ReviewShown:
    """One answer in words."""

    flag_id: int
    answer: str
    kind: str
    reviewer: str
    at: str
    note: str
    is_taken_back: bool


@dataclass(frozen=True, slots=True)
class TokenShown:
    """One token of the span in numbers."""

    text: str
    score: str
    logprob: str
    entropy: str


@dataclass(frozen=True, slots=True)
class PassageShown:
    """A piece of text that a judge read for a claim."""

    source: str
    title: str
    link: str
    text: str


@dataclass(frozen=True, slots=True)
class Other:
    """Another open flag about the same work."""

    id: int
    place: str
    excerpt: str
    word: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the reviewer is."""

    today: int
    waiting: str


@dataclass(frozen=True, slots=True)
class ItemPage:
    """Everything the template of one flag is given."""

    id: int
    kind: str
    state: str
    is_decided: bool
    is_blind: bool
    """Verdict and risk are not told, because the viewer has not answered yet."""
    was_drawn: bool
    """It may be a sample of what passed."""
    card: Card
    passages: tuple[PassageShown, ...]
    """What was read for a claim."""
    pieces: tuple[TextPiece, ...]
    """Text around the span; empty if none was kept."""
    prompt: str
    """What the text answers; kept at level ``full`` alone."""
    model: str
    tokens: tuple[TokenShown, ...]
    risk: RiskShown | None
    signals: tuple[SignalShown, ...]
    reviews: tuple[ReviewShown, ...]
    votes: str
    held_by: str
    """Another person who is looking at it."""
    papers: tuple[str, ...]
    seen: int
    first_seen: str
    last_seen: str
    others: tuple[Other, ...]
    previous: int | None
    cursor: str
    query: str
    """The filter under which it is shown."""
    fields: tuple[tuple[str, str], ...]
    """The same for forms."""
    progress: Progress


def item_page(engine: Engine, item: FlagItem, viewer: str, wanted: Wanted) -> ItemPage:
    """The page of a flag for one viewer; may raise ``StoreError``."""
    summary, finding = item.summary, item.finding
    is_blind = hides_verdict(item, viewer)
    tokens = item.trace.tokens if item.trace else ()
    return ItemPage(
        id=summary.id,
        kind=summary.kind.value,
        state=summary.state.value,
        is_decided=summary.state.is_decided,
        is_blind=is_blind,
        was_drawn=summary.blind,
        card=_card(finding, is_blind=is_blind),
        passages=_passages(finding),
        pieces=text_pieces(item.context, item.span, () if is_blind else tokens) if item.context else (),
        prompt=next((readable(each.text) for each in item.texts if each.kind is TextKind.PROMPT), ""),
        model=inline(item.trace.model, 120) if item.trace and not is_blind else "",
        tokens=() if is_blind else _tokens(item.trace, item.span),
        risk=None if is_blind else risk_shown(finding.risk),
        signals=() if is_blind else _signals(finding),
        reviews=tuple(reviews_shown(item.reviews)),
        votes=votes_sentence(item),
        held_by="" if item.held_by == viewer else inline(item.held_by, 60),
        papers=tuple(inline(each) for each in item.papers[:20]),
        seen=summary.seen,
        first_seen=moment(summary.created_at),
        last_seen=moment(summary.last_seen_at),
        others=tuple(_others(same_work(engine, summary.id, limit=20))),
        previous=neighbours(engine, summary.id, wanted.filter).previous,
        cursor=cursor_of(summary),
        query=wanted.query,
        fields=wanted.fields,
        progress=progress(engine, viewer, wanted),
    )


def hides_verdict(item: FlagItem, viewer: str) -> bool:
    """Whether the viewer is to answer before verdict and risk are told."""
    return item.summary.blind and viewer not in voters(item.reviews)


def twin_of_item(item: FlagItem, page: ItemPage) -> Mapping[str, object]:
    """The same for a program: the record of ``review show`` with the text, the tokens and where one may go from here."""
    trace = None if page.is_blind or item.trace is None else item.trace
    tokens = [] if trace is None else [[t.text, t.start, t.end, t.logprob, t.entropy, t.score] for t in trace.tokens]
    return {
        **item_record(item, blind=page.is_blind),
        "context": item.context,
        "span": list(item.span) if item.span else None,
        "prompt": next((each.text for each in item.texts if each.kind is TextKind.PROMPT), None),
        "model": trace.model if trace else None,
        "tokens": tokens,
        "same_work": [each.id for each in page.others],
        "previous": page.previous,
        "after": page.cursor,
        "waiting": page.progress.waiting,
    }


def cursor_of(summary: FlagSummary) -> str:
    """The place of a flag in the queue, for ``after``."""
    return f"{summary.rank}.{summary.id}"


def progress(engine: Engine, viewer: str, wanted: Wanted) -> Progress:
    """What the viewer has decided today (UTC), and what waits under the filter."""
    left = count(engine, wanted.filter)
    given = recent_reviews(engine, viewer, limit=_ANSWERED_TODAY)
    taken_back = {each.undoes for each in given}
    today = datetime.now(UTC).date()
    done = sum(each.answer.is_vote and each.at.date() == today and each.id not in taken_back for each in given)
    return Progress(done, f"{left} or more" if left >= COUNTED else str(left))


def reviews_shown(given: tuple[Review, ...]) -> list[ReviewShown]:
    """Answers in words; what was taken back is marked."""
    taken_back = {each.undoes for each in given}
    return [
        ReviewShown(
            flag_id=each.flag_id,
            answer=_WORDS.get(each.answer.value, each.answer.value),
            kind=each.answer.value,
            reviewer=inline(each.reviewer, 60),
            at=moment(each.at),
            note=readable(each.note),
            is_taken_back=each.id in taken_back,
        )
        for each in given
    ]


def votes_sentence(item: FlagItem) -> str:
    """How far the quorum is, in one sentence; empty where one vote decides and nobody disagrees."""
    if item.quorum == 1 and item.summary.state is not FlagState.DISPUTED:
        return ""
    cast = standing(item.reviews, item.quorum).votes
    wrong, fine = cast.count(ReviewAnswer.ACCEPT), cast.count(ReviewAnswer.REJECT)
    lead = "one vote" if item.quorum == 1 else f"{item.quorum} votes"
    return f"{wrong} said wrong, {fine} false alarm; it takes a lead of {lead}"


def risk_shown(risk: Risk | None) -> RiskShown | None:
    """A risk in words, ``None`` if there is none."""
    if risk is None:
        return None
    moved = tuple(
        MovedBy(inline(each.signal, 80), f"{each.log_odds:+.2f}", "wrong" if each.log_odds > 0 else "right")
        for each in risk.contributions[:8]
    )
    return RiskShown(
        f"{risk.value:.0%}", f"{risk.low:.0%} to {risk.high:.0%}", risk.value, inline(risk.calibration, 120), moved
    )


def _card(finding: Finding | ClaimFinding, *, is_blind: bool) -> Card:
    if isinstance(finding, ClaimFinding):
        return claim_card(finding, blind=is_blind)
    return blind_card(finding) if is_blind else card(finding)


def _passages(finding: Finding | ClaimFinding) -> tuple[PassageShown, ...]:
    """Each passage once, however many judges read it."""
    if not isinstance(finding, ClaimFinding):
        return ()
    read = dict.fromkeys(passage for judgement in finding.judgements for passage in judgement.passages)
    return tuple(
        PassageShown(each.source.value, inline(each.title, 160), safe_url(each.url), readable(each.text, 1_500))
        for each in list(read)[:6]
    )


def _signals(finding: Finding | ClaimFinding) -> tuple[SignalShown, ...]:
    return tuple(
        SignalShown(
            name=f"{each.kind.value}: {inline(each.source, 80)}",
            score="" if each.score is None else f"{each.score:.2f}",
            detail=inline(each.detail or each.because),
            is_missing=each.status is SignalStatus.UNAVAILABLE,
        )
        for each in finding.signals[:20]
    )


def _tokens(trace: Trace | None, span: tuple[int, int] | None) -> tuple[TokenShown, ...]:
    """The tokens of the span, for those to whom a colour tells nothing."""
    if trace is None or span is None:
        return ()
    inside = [each for each in trace.tokens if each.start < span[1] and each.end > span[0]]
    return tuple(
        TokenShown(inline(each.text, 40), _number(each.score), _number(each.logprob), _number(each.entropy))
        for each in inside[:_TOKENS_SHOWN]
    )


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _others(found: tuple[FlagSummary, ...]) -> list[Other]:
    """Only what waits and may be told: an answer is never given to a sample that was not looked at."""
    return [
        Other(each.id, inline(each.paper, 120), inline(each.excerpt, 160), word(each.status))
        for each in found
        if not each.blind and not each.state.is_decided
    ]
