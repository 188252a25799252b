from __future__ import annotations

import pytest

from citations.types import Status
from tests.verifier.samples import checked
from verifier.signals import citation_signal
from verifier.types import SignalStatus


@pytest.mark.parametrize("status", [Status.UNCHECKED, Status.UNVERIFIABLE])
def test_what_could_not_be_checked_is_missing_and_not_zero(status):
    signal = citation_signal(checked(status).verdict)
    assert (signal.status, signal.score) == (SignalStatus.UNAVAILABLE, None)
    assert signal.because


def test_graver_verdicts_score_higher():
    order = [Status.VERIFIED, Status.MISMATCH, Status.RETRACTED, Status.NOT_FOUND, Status.FABRICATED]
    scores = [citation_signal(checked(status).verdict).score for status in order]
    assert sorted(scores) == scores
    assert (scores[0], scores[-1]) == (0.0, 1.0)
