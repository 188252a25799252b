"""The limits that registries publish, enforced: who asks faster is refused."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pool:
    """Requests counted together."""

    name: str
    requests: int
    per_s: float
    told: bool = False
    """The limit is told in Crossref's headers."""
    at_once: int | None = None
    """Requests in flight at the same time."""


def pool(registry: str, kind: str, *, polite: bool, key: bool) -> Pool | None:
    """The pool that a request belongs to, with the limits published in November 2026; ``None`` for no limit."""
    if registry == "crossref":
        if polite:
            return Pool(f"polite-{kind}", 10 if kind == "single" else 3, 1.0, told=True, at_once=3)
        return Pool(f"public-{kind}", 5, 1.0, told=True, at_once=1)
    if registry == "semantic_scholar":
        return Pool("keyed", 1, 1.0) if key else Pool("shared", 0, 1.0)
    if registry == "arxiv":
        return Pool("arxiv", 1, 3.0, at_once=1)
    if registry == "datacite":
        return Pool("datacite", 1000, 300.0)
    return None


class Quota:
    """Sliding windows, one a pool; safe between threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start with nothing used; ``clock`` tells seconds."""
        self._clock = clock
        self._lock = threading.Lock()
        self._used: dict[str, deque[float]] = {}
        self._inside: dict[str, int] = {}

    def enter(self, pool: Pool) -> bool:
        """Whether the request is allowed; ``leave`` it afterwards if it is."""
        now = self._clock()
        with self._lock:
            used = self._used.setdefault(pool.name, deque())
            while used and now - used[0] >= pool.per_s:
                used.popleft()
            crowded = pool.at_once is not None and self._inside.get(pool.name, 0) >= pool.at_once
            if len(used) >= pool.requests or crowded:
                return False
            used.append(now)
            self._inside[pool.name] = self._inside.get(pool.name, 0) + 1
            return True

    def leave(self, pool: Pool) -> None:
        """The request is answered."""
        with self._lock:
            self._inside[pool.name] -= 1
