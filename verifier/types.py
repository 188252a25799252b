"""The nouns of the middleware: from a signal about a span of text to the report a reader gets.

Findings about references carry the whole ``CheckedReference`` of ``citations``; findings about claims arrive in the same
report. Frozen, free of I/O, times aware and in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from citations.types import CheckedReference, Severity, Status, Unreadable

SCHEMA_VERSION = "1.0"
"""Version of every emitted record; the first number changes when a reader must change."""


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of characters, ``text[start:end]``."""

    start: int
    end: int


class SignalKind(StrEnum):
    """Where an indicator comes from."""

    CITATION = "citation"
    LOGPROB = "logprob"
    ENTROPY = "entropy"
    PROBE = "probe"
    JUDGE = "judge"


class SignalStatus(StrEnum):
    """Whether a signal could be had; a missing one is missing, never zero."""

    OK = "ok"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Signal:
    """One indicator about a reference or claim."""

    kind: SignalKind
    source: str
    """Who gives it: ``citations``, the model's name."""
    status: SignalStatus = SignalStatus.OK
    score: float | None = None
    """The indicator's own number; its meaning stands in ``detail``."""
    detail: str = ""
    because: str = ""
    """Why it is unavailable."""


@dataclass(frozen=True, slots=True)
class Risk:
    """Calibrated probability that the span is wrong."""

    value: float
    low: float
    high: float
    signals: tuple[Signal, ...] = ()
    calibration: str = ""
    """Name and version of the calibration that made the number."""


class Decision(StrEnum):
    """What is to be done with a finding."""

    PASS = "pass"  # noqa: S105 - a decision, not a password
    FLAG = "flag"
    BLOCK = "block"
    ABSTAIN = "abstain"


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that was not checked, and what would let it be."""

    what: str
    why: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One checked reference with what was decided about it."""

    checked: CheckedReference
    decision: Decision
    fingerprint: str
    """Stable identity of the finding across runs and versions of the text."""
    signals: tuple[Signal, ...] = ()
    risk: Risk | None = None
    """``None`` until signals are fused."""
    span: Span | None = None
    """Where the citation stands in checked prose."""

    @property
    def status(self) -> Status:
        """The verdict word."""
        return self.checked.verdict.status

    @property
    def is_major(self) -> bool:
        """Whether a field is seriously wrong."""
        return any(diff.severity is Severity.MAJOR for diff in self.checked.verdict.diffs)


@dataclass(frozen=True, slots=True)
class FailedInput:
    """An input of which nothing could be read: missing, encrypted, no paper, or without any reference."""

    file: str
    """As the user gave it."""
    code: str
    """The error's code, to look up with ``verifier explain``."""
    reason: str
    """One sentence for the user."""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """How many findings bear one verdict word."""

    status: Status
    number: int


@dataclass(frozen=True, slots=True)
class Tool:
    """What made a report."""

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Report:
    """Everything one run found: findings + unreadable = everything in the input."""

    tool: Tool
    inputs: tuple[str, ...]
    findings: tuple[Finding, ...]
    unreadable: tuple[Unreadable, ...]
    gaps: tuple[Gap, ...]
    started_at: datetime
    finished_at: datetime
    failed: tuple[FailedInput, ...] = ()
    """Inputs that could not be read at all."""
    lost: tuple[str, ...] = ()
    """Inputs that were named and of which every entry is unreadable."""
    interrupted: bool = False
    """The run was stopped before everything was checked."""
    hints: tuple[str, ...] = ()
    """At most three sentences on what would make the next run better."""
    schema_version: str = SCHEMA_VERSION

    @property
    def counts(self) -> tuple[Count, ...]:
        """Number of findings for every verdict word, zeros included, so that they add up to the whole."""
        return tuple(Count(status, sum(each.status is status for each in self.findings)) for status in Status)

    def count(self, status: Status) -> int:
        """Number of findings that bear the word."""
        return sum(each.status is status for each in self.findings)
