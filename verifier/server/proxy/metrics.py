"""Counts of what a server did, in Prometheus' text format. Holds numbers and fixed words, never text of anybody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

_COUNTERS = {
    "verifier_requests_total": "Requests by API and by the status that the caller got.",
    "verifier_refused_total": "Requests that were not passed on, by reason.",
    "verifier_upstream_errors_total": "Failures to reach or to read the server behind the proxy, by kind.",
    "verifier_decisions_total": "Answers by decision; abstain means that something was not checked.",
    "verifier_check_failures_total": "Answers that could not be checked at all, by cause.",
    "verifier_flags_kept_total": "Findings that were written to the database.",
    "verifier_flags_lost_total": "Findings that could not be written to the database.",
}
_GAUGES = {
    "verifier_requests_open": "Requests under way.",
    "verifier_upstream_open": "Connections to the server behind the proxy that carry a request.",
}
_TIMES = "verifier_check_seconds"


@dataclass(slots=True)
class Metrics:
    """Counters by label, two gauges, and how long checks take; used from the event loop alone."""

    requests_open: int = 0
    upstream_open: int = 0
    _counted: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    _buckets: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS_S) + 1))
    _check_s: float = 0.0

    def count(self, name: str, number: int = 1, **labels: str) -> None:
        """Add to a counter; labels come from sets that are small and fixed."""
        told = ",".join(f'{label}="{value}"' for label, value in labels.items())
        self._counted[name, told] += number

    def counted(self, name: str, **labels: str) -> int:
        """What a counter stands at."""
        return self._counted.get((name, ",".join(f'{label}="{value}"' for label, value in labels.items())), 0)

    def took(self, seconds: float) -> None:
        """Note how long a check took."""
        place = next((n for n, bound in enumerate(BUCKETS_S) if seconds <= bound), len(BUCKETS_S))
        self._buckets[place] += 1
        self._check_s += seconds

    def text(self) -> str:
        """Everything, as Prometheus reads it."""
        return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        for name, about in _COUNTERS.items():
            yield from (f"# HELP {name} {about}", f"# TYPE {name} counter")
            found = sorted((labels, number) for (each, labels), number in self._counted.items() if each == name)
            yield from (f"{name}{{{labels}}} {number}" if labels else f"{name} {number}" for labels, number in found)
        for (name, about), value in zip(_GAUGES.items(), (self.requests_open, self.upstream_open), strict=True):
            yield from (f"# HELP {name} {about}", f"# TYPE {name} gauge", f"{name} {value}")
        yield from (f"# HELP {_TIMES} How long the check of an answer took.", f"# TYPE {_TIMES} histogram")
        below = 0
        for bound, number in zip((*BUCKETS_S, "+Inf"), self._buckets, strict=True):
            below += number
            yield f'{_TIMES}_bucket{{le="{bound}"}} {below}'
        yield from (f"{_TIMES}_sum {self._check_s:.6f}", f"{_TIMES}_count {below}")
