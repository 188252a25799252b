"""What all registry clients have in common: cache first, equal questions once, the rest in errands that run at once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from traceback import format_tb

from citations.registries.cache import Source
from citations.registries.session import Session
from citations.types import Answer, Asked, NotCovered, Query, Unavailable, Why

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Question:
    """A query in the registry's own terms."""

    key: str
    """Equal for equal questions: ``doi:10.1000/x``, ``words:attention is all you need``."""
    query: Query


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A query that the registry could not know the answer to."""

    reason: str


@dataclass(frozen=True, slots=True)
class Errand:
    """One or more requests that settle some questions."""

    questions: tuple[Question, ...]
    run: Callable[[tuple[Question, ...]], Outcome]


@dataclass(frozen=True, slots=True)
class Settled:
    """One question and its answer."""

    question: Question
    answer: Answer


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an errand brought home, and the errands that its leftovers need."""

    settled: tuple[Settled, ...] = ()
    again: tuple[Errand, ...] = ()


@dataclass(frozen=True, slots=True)
class Desk:
    """One registry's way of answering queries."""

    session: Session
    source: Source
    understand: Callable[[Query], Question | Uncovered]
    errands: Callable[[Sequence[Question]], Iterable[Errand]]
    workers: int
    """Errands under way at the same time."""


@dataclass(slots=True)
class _Queue:
    """Queries that wait for the same answer."""

    question: Question
    queries: list[Query] = field(default_factory=list)


def look_up(desk: Desk, queries: Sequence[Query]) -> Iterator[tuple[Query, Answer]]:
    """Exactly one answer a query, in the order in which they come in; never raises.

    Kept answers come first. Offline, or where the registry fails, a kept positive answer past its time is given. A question whose errand crashes
    is unavailable, not lost.
    """
    waiting: dict[str, _Queue] = {}
    for query in queries:
        try:
            question = desk.understand(query)
            kept = None if isinstance(question, Uncovered) else _kept(desk, question)
        except Exception as error:  # noqa: BLE001  input may be anything, and the answer to it must come
            yield query, crashed(desk.source.registry, error)
            continue
        if isinstance(question, Uncovered):
            yield query, NotCovered(_not_asked(desk.source.registry), question.reason)
        elif kept is not None:
            yield query, kept
        else:
            waiting.setdefault(question.key, _Queue(question)).queries.append(query)
    for settled in _run(desk, [each.question for each in waiting.values()]):
        queue = waiting.pop(settled.question.key, None)
        for query in queue.queries if queue else ():
            yield query, settled.answer
    for queue in waiting.values():
        for query in queue.queries:
            yield query, Unavailable(_not_asked(desk.source.registry), Why.CRASHED, "no answer was made")


def single_errands(questions: Iterable[Question], ask: Callable[[Question], Answer]) -> tuple[Errand, ...]:
    """One errand for each question."""

    def run(asked: tuple[Question, ...]) -> Outcome:
        return Outcome(tuple(Settled(each, ask(each)) for each in asked))

    return tuple(Errand((each,), run) for each in questions)


def all_settled(questions: Iterable[Question], answer: Answer) -> Outcome:
    """The same answer to all questions."""
    return Outcome(tuple(Settled(each, answer) for each in questions))


def batched(questions: Sequence[Question], size: int) -> Iterator[tuple[Question, ...]]:
    """The questions in groups of at most ``size``."""
    for start in range(0, len(questions), size):
        yield tuple(questions[start : start + size])


def crashed(registry: str, error: Exception) -> Unavailable:
    """The answer where our own code failed; names the kind of error and its place only, its text may hold anything."""
    _LOG.warning("%s: look-up crashed with %s", registry, type(error).__name__)
    _LOG.debug("the crash:\n%s", "".join(format_tb(error.__traceback__)))
    return Unavailable(_not_asked(registry), Why.CRASHED, f"internal error ({type(error).__name__})")


def _kept(desk: Desk, question: Question) -> Answer | None:
    settings = desk.session.settings
    if settings.refresh and not settings.offline:
        return None
    return desk.session.cache.get(desk.source, question.key, stale=settings.offline)


def _run(desk: Desk, questions: Sequence[Question]) -> Iterator[Settled]:
    """Run all errands, those that follow from others too, and keep what they bring home."""
    if not questions:
        return
    try:
        errands = tuple(desk.errands(questions))
    except Exception as error:  # noqa: BLE001  a registry never raises into the caller
        yield from (Settled(each, crashed(desk.source.registry, error)) for each in questions)
        return
    pool = ThreadPoolExecutor(max_workers=desk.workers, thread_name_prefix=f"factprobe-{desk.source.registry}")
    try:
        pending = _submit(pool, desk, errands)
        while pending:
            finished, pending = wait(pending, return_when=FIRST_COMPLETED)
            for future in finished:
                outcome: Outcome = future.result()
                yield from outcome.settled
                pending |= _submit(pool, desk, outcome.again)
    except RuntimeError:
        _LOG.debug("stopped: the interpreter shuts down")
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _submit(pool: ThreadPoolExecutor, desk: Desk, errands: Iterable[Errand]) -> set[Future[Outcome]]:
    return {pool.submit(_done, desk, errand) for errand in errands}


def _done(desk: Desk, errand: Errand) -> Outcome:
    """Run one errand; every question it was sent for is settled, or left to another one."""
    try:
        outcome = errand.run(errand.questions)
        outcome = replace(outcome, settled=tuple(_or_kept(desk, settled) for settled in outcome.settled))
        for settled in outcome.settled:
            year = settled.question.query.reference.fields.year
            if not settled.answer.asked.from_cache:
                desk.session.cache.put(desk.source, settled.question.key, settled.answer, cited_year=year)
    except Exception as error:  # noqa: BLE001  a registry never raises into the caller
        return Outcome(tuple(Settled(each, crashed(desk.source.registry, error)) for each in errand.questions))
    return outcome


def _or_kept(desk: Desk, settled: Settled) -> Settled:
    """Where the registry fails, a kept positive answer past its time stands in: a work does not cease to exist."""
    if not isinstance(settled.answer, Unavailable) or desk.session.settings.refresh:
        return settled
    kept = desk.session.cache.get(desk.source, settled.question.key, stale=True)
    return replace(settled, answer=kept) if kept else settled


def _not_asked(registry: str) -> Asked:
    return Asked(registry, "", datetime.now(UTC))
