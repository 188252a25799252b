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


_SLOW_ANSWERS = 4


class Breaker:
    """Counts failures of one host in a row; safe to share between threads.

    It opens at once where no connection can be made, after two refusals (403), three time-outs, five server errors or
    damaged bodies, six times "too many requests". One success closes it, unless answers have taken ``slow_s`` or longer
    for ``bear_s`` without a break: whoever needs hundreds of them would wait for hours. After ``cooldown_s`` a single
    trial is let through; when that fails the pause doubles.
    """

    def __init__(
        self,
        cooldown_s: float = 60.0,
        *,
        slow_s: float = 4.0,
        bear_s: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start closed."""
        self._slow_s = slow_s
        self._bear_s = bear_s
        self._slow_answers = 0
        self._slow_since = self._slow_until = 0.0
        self._drags = False
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

    def failed(self, why: Why, detail: str) -> bool:
        """Count one failed attempt; ``True`` for the one that opens it."""
        with self._lock:
            was_open = bool(self._reason)
            self._score += _WEIGHT.get(why, 0.0)
            if self._reason:
                self._cooldown_s = min(self._cooldown_s * 2, 900.0)
            if self._score >= 1.0 or self._reason:
                self._openings += 1
                self._reason = detail or why.value
                self._open_until = self._clock() + self._cooldown_s
            return bool(self._reason) and not was_open

    def took(self, seconds: float) -> None:
        """Count how long the host needed for one answer, whatever the answer was."""
        with self._lock:
            now = self._clock()
            if seconds < self._slow_s:
                self._slow_answers = 0
            elif not self._slow_answers or now - seconds > self._slow_until + 2 * self._first_cooldown_s:
                self._slow_answers, self._slow_since = 1, now - seconds
            else:
                self._slow_answers += 1
            self._slow_until = now
            self._drags = self._slow_answers >= _SLOW_ANSWERS and now - self._slow_since >= self._bear_s
            if self._drags:
                self._openings += 1
                self._reason = f"takes {seconds:.0f} s for an answer"
                self._open_until = now + self._cooldown_s

    def succeeded(self) -> None:
        """Forget all failures."""
        with self._lock:
            self._score = 0.0
            if not self._drags:
                self._reason = ""
                self._cooldown_s = self._first_cooldown_s
