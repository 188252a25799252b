"""Being told to stop: the first signal ends the asking, and what was judged is still kept and printed."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from citations.types import CheckedReference, Reference
from verifier.findings import Check

GRACE_S = 3.0
"""So long after the first signal further ones are ignored: shells and ``timeout`` send theirs twice."""


class Interrupts:
    """Ctrl-C and SIGTERM as ``KeyboardInterrupt`` while there is something to stop; a report is written to its end.

    What was judged is kept and printed before the first signal stops the asking: a finding is never stored and not shown.
    """

    def __init__(self) -> None:
        self.told_at: float | None = None
        self._is_asking = False
        """The check has begun and has not ended by itself."""
        self._is_waiting = False
        """It waits for the next answer, and nothing is half done."""
        self._is_asked = False

    def stop(self, _number: int, _frame: FrameType | None) -> None:
        """Take a signal."""
        now = time.monotonic()
        if self.told_at is not None and now - self.told_at < GRACE_S:
            return
        is_first, self.told_at = self.told_at is None, now
        busy = self._is_asking and not self._is_waiting
        if not (is_first and (self._is_asked or busy)):
            raise KeyboardInterrupt

    def watching(self, check: Check) -> Check:
        """The same check; when it ends by itself, the first signal comes too late to stop anything."""

        def watched(references: Sequence[Reference]) -> Iterator[CheckedReference]:
            answers = check(references)
            self._is_asking = True
            try:
                while (checked := self._next(answers)) is not None:
                    yield checked
                self._is_asked = True
            finally:
                self._is_asking = False

        return watched

    def _next(self, answers: Iterator[CheckedReference]) -> CheckedReference | None:
        self._is_waiting = True
        try:
            if self.told_at is not None:  # it came while the finding before was kept and printed
                raise KeyboardInterrupt
            return next(answers, None)
        finally:
            self._is_waiting = False


@contextmanager
def interruptible() -> Iterator[Interrupts]:
    """Take the signals until the block ends, and if one came until the program does."""
    interrupts = Interrupts()
    if threading.current_thread() is not threading.main_thread():  # only the main thread may set handlers
        yield interrupts
        return
    before = {number: signal.signal(number, interrupts.stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield interrupts
    finally:
        if interrupts.told_at is None:  # the second signal of a pair may come while the program is ending
            for number, handler in before.items():
                signal.signal(number, handler)
