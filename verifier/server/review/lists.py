"""The pages that are lists: the queue, what one has done, the counts, confirmed works, and tokens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from urllib.parse import urlencode

from sqlalchemy import Engine

from citations.types import Status
from verifier.errors import UnknownFlag
from verifier.harmless import inline
from verifier.render.flags import review_record, summary_record
from verifier.render.words import moment, safe_url, word
from verifier.review import miss_words
from verifier.server.review.filters import ALL, Wanted
from verifier.server.review.item import Progress, ReviewShown, progress, reviews_shown
from verifier.store.adjudications import ConfirmedWork, list_confirmed
from verifier.store.queue import FlagSummary, QueuePage, flag, queue
from verifier.store.reviewers import Reviewer, list_reviewers
from verifier.store.reviews import FlagState, Review, recent_reviews
from verifier.store.statistics import DayCount, Precision, Statistics, VerdictCount, statistics
from verifier.store.stored import FlagKind
from verifier.types import Stance

PAGE = 50
"""Flags on one page of the queue."""
FLAGGED_STANCES = (Stance.NOT_SUPPORTED, Stance.UNDECIDED)
"""Stances with which a claim can be flagged."""
HISTORY = 10
"""Answers that can be looked back at."""


@dataclass(frozen=True, slots=True)
class Line:
    """One flag in the queue."""

    id: int
    status: str
    word: str
    state: str
    excerpt: str
    paper: str
    paper_query: str
    """The queue of this paper alone."""
    risk: str
    seen: int
    last_seen: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter."""

    value: str
    word: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ListPage:
    """Everything the template of the queue is given."""

    lines: tuple[Line, ...]
    query: str
    next_query: str
    """Of the following page; empty at the end."""
    is_first: bool
    kinds: tuple[Choice, ...]
    verdicts: tuple[Choice, ...]
    states: tuple[Choice, ...]
    paper: str
    risk_above: str
    search: str
    progress: Progress


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One answer with the flag it was given to."""

    review: ReviewShown
    excerpt: str
    can_undo: bool


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """What one reviewer did last."""

    lines: tuple[HistoryLine, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """How often one sign of trouble was right, for a line of the table and its bar."""

    name: str
    accepted: int
    decided: int
    value: str
    interval: str
    low: float
    high: float
    at: float
    is_verdict: bool


@dataclass(frozen=True, slots=True)
class StatisticsPage:
    """Everything the template of the counts is given."""

    days: tuple[DayCount, ...]
    most_a_day: int
    verdicts: tuple[VerdictCount, ...]
    agreement: str
    shares: tuple[Share, ...]
    misses: tuple[str, ...]
    """How much of what passed is wrong, of citations and of claims."""


@dataclass(frozen=True, slots=True)
class WorkLine:
    """One confirmed work in words."""

    id: int
    title: str
    identifier: str
    link: str
    note: str
    confirmed: str
    revoked: str


@dataclass(frozen=True, slots=True)
class WorksPage:
    """The works that reviewers confirmed."""

    lines: tuple[WorkLine, ...]


@dataclass(frozen=True, slots=True)
class ReviewerLine:
    """One token in words."""

    id: int
    name: str
    role: str
    made: str
    revoked: str


@dataclass(frozen=True, slots=True)
class ReviewersPage:
    """Every token that was made."""

    lines: tuple[ReviewerLine, ...]
    token: str = ""
    """A new one, shown this once."""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A page and its twin for programs."""

    page: ListPage | HistoryPage | StatisticsPage | WorksPage | ReviewersPage
    record: Mapping[str, object]


def queue_page(engine: Engine, viewer: str, wanted: Wanted) -> Listed:
    """One page of flags under the filter; may raise ``StoreError``."""
    found = queue(engine, wanted.filter, limit=PAGE, after=wanted.after)
    told = progress(engine, viewer, wanted)
    return Listed(_list_page(found, wanted, told), _queue_record(found, wanted, told))


def _list_page(found: QueuePage, wanted: Wanted, told: Progress) -> ListPage:
    chosen = wanted.filter
    state = ALL if chosen.state is None else chosen.state.value
    return ListPage(
        lines=tuple(_line(each) for each in found.items),
        query=wanted.query,
        next_query=wanted.query_after(found.after) if found.after else "",
        is_first=not wanted.after,
        kinds=_choices([each.value for each in FlagKind], chosen.kind.value if chosen.kind else "", "any kind"),
        verdicts=_choices(
            [*dict.fromkeys(each.value for each in (*Status, *FLAGGED_STANCES))],
            chosen.verdict.value if chosen.verdict else "",
            "any verdict",
        ),
        states=(*_choices([each.value for each in FlagState], state), Choice(ALL, "in any state", state == ALL)),
        paper=inline(chosen.paper, 4_096),
        risk_above="" if chosen.risk_above is None else f"{chosen.risk_above:g}",
        search=inline(chosen.search, 500),
        progress=told,
    )


def _queue_record(found: QueuePage, wanted: Wanted, told: Progress) -> Mapping[str, object]:
    return {
        "items": [summary_record(each) for each in found.items],
        "next": f"/queue.json?{wanted.query_after(found.after)}" if found.after else None,
        "filter": wanted.query,
        "waiting": told.waiting,
        "today": told.today,
    }


def _choices(values: list[str], chosen: str, none: str = "") -> tuple[Choice, ...]:
    first = (Choice("", none, not chosen),) if none else ()
    return first + tuple(Choice(each, each.replace("_", " "), each == chosen) for each in values)


def _line(summary: FlagSummary) -> Line:
    is_blind = summary.blind
    return Line(
        id=summary.id,
        status="sample" if is_blind else summary.status.value,
        word="sample" if is_blind else word(summary.status),
        state=summary.state.value,
        excerpt=inline(summary.excerpt, 240),
        paper=inline(summary.paper, 120),
        paper_query=urlencode({"paper": summary.paper}, errors="replace"),
        risk="" if summary.risk is None or is_blind else f"{summary.risk:.0%}",
        seen=summary.seen,
        last_seen=moment(summary.last_seen_at),
    )


def history_page(engine: Engine, viewer: str) -> Listed:
    """The viewer's last answers, newest first; may raise ``StoreError``."""
    given = recent_reviews(engine, viewer, limit=HISTORY)
    shown = reviews_shown(given)
    undone: set[int] = set()
    lines = []
    for review, told in zip(given, shown, strict=True):
        can_undo = (review.answer.is_vote or told.kind == "skip") and not told.is_taken_back
        lines.append(HistoryLine(told, _excerpt(engine, review), can_undo and review.flag_id not in undone))
        undone |= {review.flag_id} if can_undo else set()
    return Listed(HistoryPage(tuple(lines)), {"reviews": [review_record(each) for each in given]})


def _excerpt(engine: Engine, review: Review) -> str:
    try:
        return inline(flag(engine, review.flag_id).summary.excerpt, 160)
    except UnknownFlag:
        return ""


def statistics_page(engine: Engine) -> Listed:
    """The counts so far; may raise ``StoreError``."""
    found = statistics(engine)
    rate = found.agreement.rate
    agreed = f"{found.agreement.agreed} of {found.agreement.pairs} pairs of votes say the same ({rate or 0:.0%})"
    page = StatisticsPage(
        days=found.days,
        most_a_day=max((each.accepted + each.rejected + each.skipped for each in found.days), default=0),
        verdicts=found.verdicts,
        agreement="" if rate is None else agreed,
        shares=tuple(_share(each) for each in found.precisions),
        misses=tuple(miss_words(each) for each in found.misses),
    )
    return Listed(page, _statistics_record(found))


def _statistics_record(found: Statistics) -> Mapping[str, object]:
    return {
        **asdict(found),
        "agreement": {**asdict(found.agreement), "rate": found.agreement.rate},
        "precisions": [{**asdict(each), "value": each.value} for each in found.precisions],
    }


def _share(told: Precision) -> Share:
    is_verdict = told.name in {each.value for each in Status}
    return Share(
        name=inline(told.name.replace("_", " ") if is_verdict else told.name, 120),
        accepted=told.accepted,
        decided=told.decided,
        value=f"{told.value or 0:.0%}",
        interval=f"{told.low:.0%} to {told.high:.0%}",
        low=round(told.low * 100, 1),
        high=round(told.high * 100, 1),
        at=round((told.value or 0) * 100, 1),
        is_verdict=is_verdict,
    )


def works_page(engine: Engine) -> Listed:
    """The confirmed works, newest first; may raise ``StoreError``."""
    works = list_confirmed(engine, limit=500)
    return Listed(WorksPage(tuple(_work(each) for each in works)), {"works": [asdict(each) for each in works]})


def _work(work: ConfirmedWork) -> WorkLine:
    at = moment(work.revoked_at) if work.revoked_at else ""
    return WorkLine(
        id=work.id,
        title=inline(work.title, 200),
        identifier=inline(work.identifier, 200),
        link=safe_url(work.identifier),
        note=inline(work.note),
        confirmed=f"{inline(work.confirmed_by, 60)}, {moment(work.confirmed_at)}",
        revoked=f"{inline(work.revoked_by, 60)}, {at}" if at else "",
    )


def reviewers_page(engine: Engine, token: str = "", owner: str = "") -> Listed:
    """Every token's owner; the token itself is known when it is made and never again. May raise ``StoreError``."""
    found = list_reviewers(engine)
    page = ReviewersPage(tuple(_reviewer(each) for each in found), token, inline(owner, 60))
    return Listed(page, {"reviewers": [asdict(each) for each in found]})


def _reviewer(reviewer: Reviewer) -> ReviewerLine:
    revoked = moment(reviewer.revoked_at) if reviewer.revoked_at else ""
    made = moment(reviewer.created_at)
    return ReviewerLine(reviewer.id, inline(reviewer.name, 60), reviewer.role.value, made, revoked)
