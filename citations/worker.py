"""One registry in a thread of its own: takes queries in batches, identifiers first, and gives back one answer each."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from queue import SimpleQueue
from threading import Condition, Thread
from time import monotonic, sleep

from citations.registries.interface import Registry
from citations.types import Answer, Asked, Query, Unavailable, Why

_GATHER_S = 0.01
"""So long the first query waits for others: a batch costs a registry no more than one query does."""
_SEARCHES = 10
"""Most searches in one batch; what waits here can still be withdrawn."""


class Worker:
    """Asks one registry. Answers come through ``answers`` as (name, query, answer); nothing is ever raised."""

    def __init__(self, registry: Registry, answers: SimpleQueue[tuple[str, Query, Answer]], batch_size: int) -> None:
        """Wait for the first query; the thread starts with it."""
        self.registry = registry
        self.answers = answers
        self.batch_size = batch_size
        self._changed = Condition()
        self._waiting: list[Query] = []
        self._open = 0
        self._heard_at = 0.0
        self._stopped = False
        self._thread: Thread | None = None

    def ask(self, query: Query) -> None:
        """Queue a query."""
        with self._changed:
            if not self._open:
                self._heard_at = monotonic()
            self._open += 1
            self._waiting.append(query)
            self._changed.notify()
        if self._thread is None:
            self._thread = Thread(target=self._work, name=f"registry {self.registry.name}", daemon=True)
            self._thread.start()

    def withdraw(self, query: Query) -> None:
        """Do not ask it, if that has not been done yet."""
        with self._changed:
            if query in self._waiting:
                self._waiting.remove(query)
                self._open -= 1

    def silent_s(self) -> float:
        """For how many seconds nothing was heard of the registry although it owes answers."""
        with self._changed:
            return monotonic() - self._heard_at if self._open else 0.0

    def stop(self) -> None:
        """End after the batch at hand; a registry that hangs is left behind."""
        with self._changed:
            self._stopped = True
            self._changed.notify()

    def _work(self) -> None:
        while batch := self._batch():
            self._answer(batch)

    def _batch(self) -> list[Query]:
        """What waits, up to the batch size and to so many searches; empty once stopped."""
        with self._changed:
            while not self._waiting and not self._stopped:
                self._changed.wait()
        sleep(_GATHER_S)
        with self._changed:
            if self._stopped:
                return []
            named = [query for query in self._waiting if query.identifier]
            searches = [query for query in self._waiting if not query.identifier][:_SEARCHES]
            batch = [*named, *searches][: self.batch_size]
            for query in batch:
                self._waiting.remove(query)
            return batch

    def _answer(self, batch: list[Query]) -> None:
        missing = Counter(batch)
        detail = "gave no answer"
        try:
            for query, answer in self.registry.look_up(batch):
                if missing[query] > 0:
                    missing[query] -= 1
                    self._hand_over(query, answer)
        except Exception as error:  # noqa: BLE001  a plug-in may raise anything; it must not become a verdict
            detail = f"crashed: {type(error).__name__}"
        for query in missing.elements():
            asked = Asked(self.registry.name, "", datetime.now(UTC))
            self._hand_over(query, Unavailable(asked, Why.CRASHED, detail))

    def _hand_over(self, query: Query, answer: Answer) -> None:
        with self._changed:
            self._open -= 1
            self._heard_at = monotonic()
        self.answers.put((self.registry.name, query, answer))
