"""Stop asking a host that is dead, blocked or broken; try again later."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from citations.types import Why

_WEIGHT = {
    Why.UNREACHABLE: 1.0,  # no address or no connection: nothing changes within a run
    Why.FORBIDDEN: 0.5,
    Why.TIMEOUT: 0.34,
    Why.SERVER_ERROR: 0.2,
    Why.BAD_BODY: 0.2,
    Why.RATE_LIMITED: 0.17,
}


class Breaker:
    """Counts failures of one host in a row; safe to share between threads.

    It opens at once where no connection can be made, after two refusals (403), three time-outs, five server errors or
    damaged bodies, six times "too many requests". One success closes it. After ``cooldown_s`` a single trial is let
    through; when that fails the pause doubles.
    """

    def __init__(self, cooldown_s: float = 60.0, clock: Callable[[], float] = time.monotonic) -> None:
        """Start closed."""
        self._lock = threading.Lock()
        self._clock = clock
        self._cooldown_s = self._first_cooldown_s = cooldown_s
        self._score = 0.0
        self._open_until = 0.0
        self._reason = ""
        self._openings = 0

    @property
    def openings(self) -> int:
        """How often it opened; whoever was let through before the last opening should not ask any more."""
        return self._openings

    @property
    def reason(self) -> str:
        """The failure on which it opened last, empty while it is closed."""
        return self._reason

    def open_because(self) -> str:
        """Why the host may not be asked now, empty if it may."""
        with self._lock:
            if not self._reason:
                return ""
            now = self._clock()
            if now < self._open_until:
                return self._reason
            self._open_until = now + self._cooldown_s  # everybody else waits for the outcome of this trial
            return ""

    def failed(self, why: Why, detail: str) -> None:
        """Count one failed attempt."""
        with self._lock:
            self._score += _WEIGHT.get(why, 0.0)
            if self._reason:
                self._cooldown_s = min(self._cooldown_s * 2, 900.0)
            if self._score >= 1.0 or self._reason:
                self._openings += 1
                self._reason = detail or why.value
                self._open_until = self._clock() + self._cooldown_s

    def succeeded(self) -> None:
        """Forget all failures."""
        with self._lock:
            self._score = 0.0
            self._reason = ""
            self._cooldown_s = self._first_cooldown_s
