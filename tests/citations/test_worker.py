"""The thread that asks one registry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from queue import SimpleQueue
from threading import Event

from citations.types import Answer, Identifier, Query, Scheme, Unavailable
from citations.worker import Worker
from tests.citations.fake_registries import FakeRegistry, reference

SEARCHES = [Query(reference(str(number), title=f"Work {number}")) for number in range(30)]
NAMED = [Query(each.reference, Identifier(Scheme.DOI, f"10.1000/{n}")) for n, each in enumerate(SEARCHES)]


class Gated(FakeRegistry):
    """Says when it is asked, and answers when it is told to."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.asked_first = Event()
        self.go = Event()
        self.batches: list[int] = []

    def look_up(self, queries: Sequence[Query]) -> Iterator[tuple[Query, Answer]]:
        self.batches.append(len(queries))
        self.asked_first.set()
        self.go.wait(60)
        yield from super().look_up(queries)


def started(registry: Gated, first: Query, batch_size: int = 50) -> Worker:
    """A worker whose registry is at its first query."""
    worker = Worker(registry, SimpleQueue(), batch_size)
    worker.ask(first)
    registry.asked_first.wait(60)
    return worker


def answers(worker: Worker, count: int) -> list[Query]:
    return [worker.answers.get(timeout=60)[1] for _ in range(count)]


def test_identifiers_are_asked_before_searches_and_searches_a_few_at_a_time():
    registry = Gated()
    worker = started(registry, SEARCHES[0])
    for query in (*SEARCHES[1:], *NAMED):
        worker.ask(query)
    registry.go.set()
    given = answers(worker, 60)
    worker.stop()
    assert registry.batches == [1, 40, 10, 9]
    assert given[:31] == [SEARCHES[0], *NAMED]


def test_batches_are_never_larger_than_wanted():
    registry = Gated()
    worker = started(registry, SEARCHES[0], batch_size=4)
    for query in NAMED[:6]:
        worker.ask(query)
    registry.go.set()
    answers(worker, 7)
    worker.stop()
    assert registry.batches == [1, 4, 2]


def test_what_was_withdrawn_in_time_is_not_asked():
    registry = Gated()
    worker = started(registry, SEARCHES[0])
    for query in SEARCHES[1:4]:
        worker.ask(query)
    for query in (SEARCHES[0], SEARCHES[2], SEARCHES[9]):  # at hand, waiting, never asked
        worker.withdraw(query)
    registry.go.set()
    given = answers(worker, 3)
    worker.stop()
    assert given == [SEARCHES[0], SEARCHES[1], SEARCHES[3]] == registry.asked


def test_a_registry_is_silent_only_while_it_owes_an_answer():
    registry = Gated()
    worker = started(registry, SEARCHES[0])
    owing = worker.silent_s()
    registry.go.set()
    answers(worker, 1)
    worker.stop()
    assert owing > 0.0
    assert worker.silent_s() == 0.0


def test_a_registry_that_raises_gives_answers_all_the_same():
    class Crashing(FakeRegistry):
        def look_up(self, queries: Sequence[Query]) -> Iterator[tuple[Query, Answer]]:
            raise RuntimeError

    worker = Worker(Crashing(), SimpleQueue(), 50)
    worker.ask(SEARCHES[0])
    name, query, answer = worker.answers.get(timeout=60)
    worker.stop()
    assert (name, query) == ("crossref", SEARCHES[0])
    assert isinstance(answer, Unavailable)
    assert answer.detail == "crashed: RuntimeError"
