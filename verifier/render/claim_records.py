"""The records of claims in ``json`` and ``jsonl``; ``verifier schema`` prints their JSON Schema. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from verifier.types import (
    Adjudication,
    ClaimFinding,
    ClaimKind,
    Decision,
    Judgement,
    NotCheckable,
    Passage,
    Risk,
    Signal,
    Span,
    Stance,
    StanceCount,
)


@dataclass(frozen=True, slots=True)
class JudgementRecord:
    """What one judge said, and what it read."""

    judge: str
    stance: Stance
    probability: float | None
    """Calibrated probability that the passages bear the claim out."""
    independent: bool
    """``false`` where the judge is the model that wrote the text."""
    unavailable: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class ClaimRecord:
    """One claim with its stance."""

    type: Literal["claim"]
    id: str
    text: str
    span: Span
    kind: ClaimKind
    checkable: bool
    not_checkable: NotCheckable | None
    cites: tuple[str, ...]
    """``id`` of each reference that the text names for it."""
    stance: Stance
    because: str
    decision: Decision
    judgements: tuple[JudgementRecord, ...]
    signals: tuple[Signal, ...]
    risk: Risk | None
    fingerprint: str
    adjudication: Adjudication | None
    """What people decided about the same claim before."""


@dataclass(frozen=True, slots=True)
class ClaimCounts:
    """Number of claims for each stance; together they are all claims of the text."""

    supported: int = 0
    not_supported: int = 0
    undecided: int = 0
    unchecked: int = 0
    not_checkable: int = 0


def claim_record(finding: ClaimFinding) -> ClaimRecord:
    """One claim in its emitted shape."""
    claim = finding.claim
    return ClaimRecord(
        type="claim",
        id=claim.id,
        text=claim.text,
        span=claim.span,
        kind=claim.kind,
        checkable=claim.checkable,
        not_checkable=claim.not_checkable,
        cites=claim.cites,
        stance=finding.stance,
        because=finding.because,
        decision=finding.decision,
        judgements=tuple(_judgement(each) for each in finding.judgements),
        signals=finding.signals,
        risk=finding.risk,
        fingerprint=finding.fingerprint,
        adjudication=finding.adjudication,
    )


def claim_counts(counts: tuple[StanceCount, ...]) -> ClaimCounts:
    """The sums in their emitted shape."""
    return ClaimCounts(**{each.stance.value: each.number for each in counts})


def _judgement(said: Judgement) -> JudgementRecord:
    return JudgementRecord(said.judge, said.stance, said.probability, said.independent, said.unavailable, said.passages)
