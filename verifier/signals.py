"""Verdicts as signals, so that fusion sees citations beside logprobs and probe scores. Pure."""

from __future__ import annotations

from typing import assert_never

from citations.types import Severity, Status, Verdict
from verifier.types import Signal, SignalKind, SignalStatus


def citation_signal(verdict: Verdict) -> Signal:
    """The verdict as an ordinal score from 0 (every cited field agreed) to 1 (positive contradiction).

    The score orders verdicts; it is no probability. What could not be checked is unavailable, never 0.
    """
    sentence = verdict.argument.sentence
    score = _ordinal(verdict)
    if score is None:
        return Signal(
            SignalKind.CITATION, "citations", SignalStatus.UNAVAILABLE, because=sentence or verdict.status.value
        )
    return Signal(
        SignalKind.CITATION, "citations", score=score, detail=f"{verdict.status.value}: {sentence}".rstrip(": ")
    )


def _ordinal(verdict: Verdict) -> float | None:
    match verdict.status:
        case Status.VERIFIED:
            return 0.0
        case Status.MISMATCH:
            return 0.5 if any(diff.severity is Severity.MAJOR for diff in verdict.diffs) else 0.25
        case Status.RETRACTED:
            return 0.6
        case Status.NOT_FOUND:
            return 0.8
        case Status.FABRICATED:
            return 1.0
        case Status.UNVERIFIABLE | Status.UNCHECKED:
            return None
        case _ as never:
            assert_never(never)
