"""The nouns of the middleware: from a signal about a span of text to the report a reader gets.

Findings about references carry the whole ``CheckedReference`` of ``citations``; findings about claims arrive in the same
report. Frozen, free of I/O, times aware and in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from citations.types import CheckedReference, Severity, Status, Unreadable

SCHEMA_VERSION = "1.2"
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
class Contribution:
    """How much one signal moved the risk away from what it would be without any."""

    signal: str
    """Name of the feature: ``judge``, ``citation:not_found``."""
    log_odds: float
    """Above 0 it speaks for wrong."""


@dataclass(frozen=True, slots=True)
class Risk:
    """Calibrated probability that the span is wrong."""

    value: float
    low: float
    high: float
    signals: tuple[Signal, ...] = ()
    calibration: str = ""
    """Name and version of the calibration that made the number."""
    contributions: tuple[Contribution, ...] = ()
    """What each signal added, strongest first; a missing signal adds nothing."""


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
class Adjudication:
    """What people decided about the same finding before."""

    flag_id: int
    accepted: bool
    """Something is wrong indeed; otherwise it was dismissed as a false alarm."""
    reviewer: str
    at: datetime
    note: str = ""
    """Why."""
    identifier: str = ""
    """Where the reviewer found the work: an identifier or address. Their word, never a registry's."""


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
    adjudication: Adjudication | None = None
    """``None`` where nobody has decided about it, or the facts have changed since."""

    @property
    def is_dismissed(self) -> bool:
        """Whether people said that it is a false alarm; the verdict stands beside what they said."""
        is_flagged = self.decision is not Decision.PASS  # a sample of what passed is no alarm
        return is_flagged and self.adjudication is not None and not self.adjudication.accepted

    @property
    def status(self) -> Status:
        """The verdict word."""
        return self.checked.verdict.status

    @property
    def is_major(self) -> bool:
        """Whether a field is seriously wrong."""
        return any(diff.severity is Severity.MAJOR for diff in self.checked.verdict.diffs)


class ClaimKind(StrEnum):
    """In which form a claim stands in the text."""

    SENTENCE = "sentence"
    ITEM = "item"
    ROW = "row"


class NotCheckable(StrEnum):
    """Why a span asserts nothing that evidence could bear out or contradict."""

    QUESTION = "question"
    INSTRUCTION = "instruction"
    OPINION = "opinion"
    HEDGE = "hedge"
    """It says only that something may be so."""
    HEADING = "heading"
    """A heading, a label, or a line that announces what follows."""
    CONVERSATION = "conversation"
    """The writer speaks to the reader, or about itself."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A span of generated text, and whether anybody could check what it says."""

    id: str
    """Unique within one text: ``c1``, ``c2``, in the order in which they stand."""
    text: str
    """Exactly ``source[span.start:span.end]``."""
    span: Span
    kind: ClaimKind
    not_checkable: NotCheckable | None = None
    """Why it asserts nothing that could be checked; ``None`` if it does."""
    lead: str = ""
    """What its surroundings add to it: the line above a list, the headings of a table's columns."""
    cites: tuple[str, ...] = ()
    """``Reference.id`` of each work that the text names for it."""

    @property
    def checkable(self) -> bool:
        """Whether it asserts something that evidence could bear out or contradict."""
        return self.not_checkable is None


class PassageSource(StrEnum):
    """Where a passage was taken from."""

    CONTEXT = "context"
    """What the caller gave with the text: the documents that the model was shown."""
    EVIDENCE = "evidence"
    """A passage or a folder of one's own."""
    ABSTRACT = "abstract"
    """The abstract of a work that the claim cites, as a registry or the index holds it."""
    RETRIEVER = "retriever"
    """The caller's ``Retriever``."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of text that may bear out a claim."""

    text: str
    source: PassageSource = PassageSource.RETRIEVER
    title: str = ""
    """What a reader calls it: a file's name, a work's title."""
    url: str = ""
    score: float | None = None
    """How well it fits the claim, comparable only within one source."""


class Stance(StrEnum):
    """What is known of a claim."""

    SUPPORTED = "supported"
    """A judge read evidence and found that it bears the claim out."""
    NOT_SUPPORTED = "not_supported"
    """A judge read evidence and found that it does not bear the claim out: a lead, not proof."""
    UNDECIDED = "undecided"
    """A judge read evidence and could not tell."""
    UNCHECKED = "unchecked"
    """No evidence, or no judge that could read it."""
    NOT_CHECKABLE = "not_checkable"
    """It asserts nothing that could be checked."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one judge said about one claim."""

    claim_id: str
    judge: str
    """Name of the judge, as a reader knows it."""
    stance: Stance
    probability: float | None = None
    """Calibrated probability that the evidence bears the claim out; ``None`` if the judge did not say."""
    passages: tuple[Passage, ...] = ()
    """What it read."""
    independent: bool = True
    """``False`` where the judge is the model that wrote the text."""
    unavailable: str = ""
    """Why there is no judgement, one sentence."""


@dataclass(frozen=True, slots=True)
class ClaimFinding:
    """One claim with what was decided about it."""

    claim: Claim
    stance: Stance
    decision: Decision
    fingerprint: str
    """Stable identity of the claim across runs and versions of the text."""
    judgements: tuple[Judgement, ...] = ()
    signals: tuple[Signal, ...] = ()
    risk: Risk | None = None
    """``None`` where no signal could be had."""
    because: str = ""
    """Why the stance is what it is, one sentence."""
    adjudication: Adjudication | None = None
    """``None`` where nobody has decided about it, or it was compared with something else since."""

    @property
    def is_dismissed(self) -> bool:
        """Whether people said that it is a false alarm."""
        is_flagged = self.decision is not Decision.PASS  # a sample of what passed is no alarm
        return is_flagged and self.adjudication is not None and not self.adjudication.accepted


Flagged: TypeAlias = Finding | ClaimFinding
"""What a flag can be about."""


@dataclass(frozen=True, slots=True)
class StanceCount:
    """How many claims have one stance."""

    stance: Stance
    number: int


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
    claims: tuple[ClaimFinding, ...] = ()
    """Every claim of a checked text, in the order in which they stand; empty where claims were not asked for."""

    @property
    def claim_counts(self) -> tuple[StanceCount, ...]:
        """Number of claims for every stance, zeros included, so that they add up to the whole."""
        return tuple(StanceCount(each, sum(claim.stance is each for claim in self.claims)) for each in Stance)

    @property
    def counts(self) -> tuple[Count, ...]:
        """Number of findings for every verdict word, zeros included, so that they add up to the whole."""
        return tuple(Count(status, sum(each.status is status for each in self.findings)) for status in Status)

    def count(self, status: Status) -> int:
        """Number of findings that bear the word."""
        return sum(each.status is status for each in self.findings)
