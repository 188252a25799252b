"""What the reviews say so far: work done, agreement between reviewers, and how often each sign of trouble was right."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, Engine, func, select

from citations.types import Status
from verifier.fusion import Sort
from verifier.learning_misses import MissRate, miss_rate, wilson
from verifier.store.audits import strata_of
from verifier.store.connect import reading
from verifier.store.reviews import FlagState
from verifier.store.tables import audits, flags, reviews, utc
from verifier.types import Stance

_WORDS: tuple[Status | Stance, ...] = (*Status, Stance.NOT_SUPPORTED, Stance.UNDECIDED, Stance.SUPPORTED)
"""What may be said of a flag. ``unchecked`` is a word of both; nothing unchecked is flagged."""
NEWEST = 20_000
"""Reviews and decided flags that are looked at, the newest first."""


@dataclass(frozen=True, slots=True)
class DayCount:
    """Reviews of one day, in UTC."""

    day: date
    accepted: int
    rejected: int
    skipped: int


@dataclass(frozen=True, slots=True)
class VerdictCount:
    """Flags of one verdict of references, or of one stance of claims, by state."""

    status: Status | Stance
    open: int
    accepted: int
    rejected: int
    disputed: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often two people who voted on the same flag said the same."""

    pairs: int
    agreed: int

    @property
    def rate(self) -> float | None:
        """Share of the pairs; ``None`` where no flag has two votes."""
        return self.agreed / self.pairs if self.pairs else None


@dataclass(frozen=True, slots=True)
class Precision:
    """How often people confirmed what a verdict or signal had said, with Wilson's 95 % interval."""

    name: str
    """A verdict word, or ``judge:model-name``."""
    decided: int
    accepted: int
    low: float
    high: float

    @property
    def value(self) -> float | None:
        """Share of decided flags that were accepted."""
        return self.accepted / self.decided if self.decided else None


@dataclass(frozen=True, slots=True)
class Misses:
    """How much of what passed is wrong, as the samples of it show."""

    sort: Sort
    """Citations or claims."""
    drawn: int
    rate: MissRate | None
    """``None`` where no sample was decided."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """Everything the page of statistics shows."""

    days: tuple[DayCount, ...]
    """Newest first."""
    verdicts: tuple[VerdictCount, ...]
    agreement: Agreement
    precisions: tuple[Precision, ...]
    """By verdict, then by signal. Samples of what passed do not count: they are drawn, not flagged."""
    misses: tuple[Misses, ...] = ()
    """Of each sort of which anything was drawn."""


def statistics(engine: Engine, *, days: int = 30) -> Statistics:
    """Counts over the newest reviews and decided flags."""
    with reading(engine) as connection:
        return Statistics(
            days=_days(connection, days),
            verdicts=_verdicts(connection),
            agreement=_agreement(connection),
            precisions=_precisions(connection),
            misses=tuple(_misses(connection)),
        )


def _misses(connection: Connection) -> Iterator[Misses]:
    for sort in Sort:
        strata = strata_of(connection, sort)
        if strata:
            yield Misses(sort, sum(each.drawn for each in strata), miss_rate(strata))


def _days(connection: Connection, days: int) -> tuple[DayCount, ...]:
    counts: dict[date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    newest = select(reviews.c.at, reviews.c.answer).order_by(reviews.c.id.desc()).limit(NEWEST)
    for at, answer in connection.execute(newest):
        counts[utc(at).date()][answer] += 1
    return tuple(
        DayCount(day, counts[day]["accept"], counts[day]["reject"], counts[day]["skip"])
        for day in sorted(counts, reverse=True)[:days]
    )


def _verdicts(connection: Connection) -> tuple[VerdictCount, ...]:
    shown = select(flags.c.status, flags.c.state, func.count()).where(~flags.c.blind)
    counts = {(each[0], each[1]): each[2] for each in connection.execute(shown.group_by(flags.c.status, flags.c.state))}
    return tuple(
        VerdictCount(status, *(counts.get((status.value, state.value), 0) for state in FlagState))
        for status in _WORDS
        if any(counts.get((status.value, state.value)) for state in FlagState)
    )


def _agreement(connection: Connection) -> Agreement:
    newest = select(reviews).order_by(reviews.c.id.desc()).limit(NEWEST)
    votes: dict[int, dict[str, str]] = defaultdict(dict)
    taken_back: set[int] = set()
    for each in connection.execute(newest).mappings():
        if each["undoes"] is not None:
            taken_back.add(each["undoes"])
        elif each["answer"] in {"accept", "reject"} and each["id"] not in taken_back:
            votes[each["flag_id"]].setdefault(each["reviewer"], each["answer"])
    pairs = agreed = 0
    for cast in votes.values():
        number, accepting = len(cast), sum(vote == "accept" for vote in cast.values())
        pairs += number * (number - 1) // 2
        agreed += accepting * (accepting - 1) // 2 + (number - accepting) * (number - accepting - 1) // 2
    return Agreement(pairs, agreed)


def _precisions(connection: Connection) -> tuple[Precision, ...]:
    decided = flags.c.state.in_([FlagState.ACCEPTED.value, FlagState.REJECTED.value])
    drawn = select(audits.c.flag_id)
    newest = select(flags.c.status, flags.c.state, flags.c.finding).where(decided, flags.c.id.not_in(drawn))
    right: dict[str, list[bool]] = defaultdict(list)
    for status, state, finding in connection.execute(newest.order_by(flags.c.id.desc()).limit(NEWEST)):
        for name in (status, *_raised(finding)):
            right[name].append(state == FlagState.ACCEPTED.value)
    words = [each.value for each in _WORDS]
    order = [name for name in words if name in right] + sorted(set(right) - set(words))
    return tuple(_precision(name, right[name]) for name in order)


def _precision(name: str, outcomes: list[bool]) -> Precision:
    decided, accepted = len(outcomes), sum(outcomes)
    return Precision(name, decided, accepted, *wilson(accepted / decided, decided))


def _raised(finding: str) -> list[str]:
    """The signals behind a flag that could be had; the citation's own is its verdict, which is counted already."""
    try:
        signals = json.loads(finding).get("signals", [])
        return [
            f"{each['kind']}:{each['source']}"
            for each in signals
            if each["kind"] != "citation" and each.get("status", "ok") == "ok"
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []
