"""What a registry can do wrong, switchable while the server runs."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """Ways in which a registry fails; none of them says anything about a work."""

    RATE_LIMITED = "429"
    RATE_LIMITED_RETRY_AFTER = "429 with Retry-After"
    FORBIDDEN = "403"
    SERVER_ERROR = "500"
    OUT_OF_SERVICE = "503"
    HTML = "HTML with 200"
    HTML_NOT_FOUND = "HTML with 404"
    GATEWAY_NOT_FOUND = "JSON of a web framework with 404"
    GATEWAY_NO_ROUTE = "JSON of a gateway with 404"
    GATEWAY_PAGE_NOT_FOUND = "plain text of a router with 404"
    PROXY_VERSION = "203"
    PARTIAL_CONTENT = "206"
    TRUNCATED = "truncated"
    WRONG_GZIP = "wrong gzip"
    EMPTY_BODY = "empty body"
    OTHER_SHAPE = "valid, but of another API"
    REDIRECT_LOOP = "redirect loop"
    REDIRECT_ELSEWHERE = "redirect to another host"
    SLOW = "slow"
    DRIP = "a byte now and then"
    HANG = "hang"
    HUGE = "huge"
    RESET = "connection reset"


@dataclass(frozen=True, slots=True)
class Switched:
    """A fault that is switched on."""

    fault: Fault
    seconds: float = 5.0
    """Delay of ``SLOW``, distance of the bytes of ``DRIP``, value of ``Retry-After``."""
    times: int | None = None
    """For so many requests; ``None`` until it is switched off."""


class Faults:
    """The faults that are switched on now, by registry; safe between threads."""

    def __init__(self) -> None:
        """Start healthy."""
        self._lock = threading.Lock()
        self._on: dict[str, Switched] = {}

    def switch_on(self, registry: str, switched: Switched) -> None:
        """Let a registry fail from the next request on."""
        with self._lock:
            self._on[registry] = switched

    def switch_off(self, registry: str) -> None:
        """Let a registry work again."""
        with self._lock:
            self._on.pop(registry, None)

    def next(self, registry: str) -> Switched | None:
        """The fault for the request at hand; counts it."""
        with self._lock:
            switched = self._on.get(registry)
            if switched is None or switched.times is None:
                return switched
            if switched.times <= 0:
                del self._on[registry]
                return None
            self._on[registry] = Switched(switched.fault, switched.seconds, switched.times - 1)
            return switched
