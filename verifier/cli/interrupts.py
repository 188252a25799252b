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
    """Ctrl-C and SIGTERM as ``KeyboardInterrupt`` while there is something to stop; a report is written to its end."""

    def __init__(self) -> None:
        self.told_at: float | None = None
        self._is_asked = False

    def stop(self, _number: int, _frame: FrameType | None) -> None:
        """Take a signal."""
        now = time.monotonic()
        if self.told_at is not None and now - self.told_at < GRACE_S:
            return
        is_first, self.told_at = self.told_at is None, now
        if not (is_first and self._is_asked):
            raise KeyboardInterrupt

    def watching(self, check: Check) -> Check:
        """The same check; when it ends by itself, the first signal comes too late to stop anything."""

        def watched(references: Sequence[Reference]) -> Iterator[CheckedReference]:
            yield from check(references)
            self._is_asked = True

        return watched


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
