"""A few threads that check answers behind the back of the program; none exists before the first answer."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from queue import Full, Queue
from threading import Lock, Thread
from typing import Any, TypeVar

Made = TypeVar("Made")

THREADS = 4
MOST_WAITING = 256
"""So many answers wait; further ones are not checked, and their report says so."""

_Job = tuple[Callable[[], Any], "Future[Any]"]


class Background:
    """Runs jobs in daemon threads, so that no program is kept from ending."""

    def __init__(self, threads: int = THREADS, most_waiting: int = MOST_WAITING) -> None:
        """Start nothing yet."""
        self._most = threads
        self._lock = Lock()
        self._queue: Queue[_Job] = Queue(most_waiting)
        self._threads: list[Thread] = []
        self._process = os.getpid()

    def submit(self, job: Callable[[], Made], future: Future[Made]) -> bool:
        """Run the job soon and settle the future with what it gives or raises; ``False`` if too many wait."""
        with self._lock:
            if self._process != os.getpid():  # a fork inherits the list and none of the threads
                self._queue, self._threads, self._process = Queue(self._queue.maxsize), [], os.getpid()
            try:
                self._queue.put_nowait((job, future))
            except Full:
                return False
            self._threads = [thread for thread in self._threads if thread.is_alive()]
            if len(self._threads) < self._most:
                self._start()
            return bool(self._threads)

    def _start(self) -> None:
        """One more thread; a machine that gives none leaves the work to those that are there."""
        thread = Thread(target=_work, args=(self._queue,), name="verifier check", daemon=True)
        with suppress(RuntimeError):
            thread.start()
            self._threads.append(thread)

    def wait(self) -> None:
        """Return once everything that was submitted is done."""
        self._queue.join()


def _work(queue: Queue[_Job]) -> None:
    while True:
        job, future = queue.get()
        try:
            made = None if future.cancelled() else job()  # nobody waits for it any more
        except BaseException as error:  # noqa: BLE001  whoever asks for what it makes is told
            with suppress(InvalidStateError):
                future.set_exception(error)
        else:
            with suppress(InvalidStateError):
                future.set_result(made)
        finally:
            queue.task_done()
            del job, future


BACKGROUND = Background()
"""Shared by everything that is watched in this process."""
