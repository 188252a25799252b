from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citations.types import Status
from tests.benchmarks.fusion import Labelled, fit
from tests.verifier.samples import checked
from verifier.fusion import Draw, Feature, Model, Sort, Weight, features, fuse, shipped
from verifier.signals import citation_signal
from verifier.types import Signal, SignalKind, SignalStatus

MODEL = Model(
    "test-1",
    -1.0,
    (Weight("judge", 0.0, 1.0, 1.0), Weight("logprob", 2.0, 1.0, 0.5), Weight("probe", 0.0, 1.0, 0.0)),
    tuple(Draw(-1.0 + shift / 10, (1.0, 0.5, 0.0)) for shift in range(-10, 11)),
)


def judge(score, source="sage"):
    return Signal(SignalKind.JUDGE, source, score=score)


def missing(kind):
    return Signal(kind, "x", SignalStatus.UNAVAILABLE, because="down")


def test_a_missing_signal_changes_nothing():
    alone = fuse([judge(0.2)], Sort.CLAIM, MODEL)
    beside = fuse([judge(0.2), missing(SignalKind.LOGPROB), missing(SignalKind.PROBE)], Sort.CLAIM, MODEL)
    assert alone is not None
    assert beside is not None
    assert (alone.value, alone.contributions) == (beside.value, beside.contributions)


@pytest.mark.parametrize("signals", [[], [missing(SignalKind.JUDGE)], [Signal(SignalKind.PROBE, "x", score=0.9)]])
def test_where_nothing_is_known_there_is_no_risk(signals):
    assert fuse(signals, Sort.CLAIM, MODEL) is None


def test_contributions_add_up_to_the_risk():
    made = fuse([judge(0.2), Signal(SignalKind.LOGPROB, "x", score=-3.0)], Sort.CLAIM, MODEL)
    assert made is not None
    assert [each.signal for each in made.contributions] == ["judge", "logprob"]
    assert sum(each.log_odds for each in made.contributions) == pytest.approx(1.386 + 0.5, abs=0.01)
    assert made.low < made.value < made.high


@given(st.floats(0.001, 0.999), st.floats(0.001, 0.999))
def test_more_support_is_never_more_risk(one, two):
    less, more = (fuse([judge(score)], Sort.CLAIM) for score in sorted((one, two)))
    assert less is not None
    assert more is not None
    assert less.value >= more.value


def test_of_several_judgements_the_one_that_finds_support_counts():
    made = fuse([judge(0.1), judge(0.9)], Sort.CLAIM, MODEL)
    assert made == fuse([judge(0.9)], Sort.CLAIM, MODEL) or made.value == fuse([judge(0.9)], Sort.CLAIM, MODEL).value


def test_a_judge_that_is_no_witness_is_weighted_apart():
    assert [each.name for each in features([judge(0.2, "sage (not independent)")])] == ["judge_not_independent"]


def test_graver_verdicts_are_never_less_risky():
    def risk(status):
        made = fuse([citation_signal(checked(status).verdict)], Sort.CITATION)
        return None if made is None else made.value

    minor = fuse([Signal(SignalKind.CITATION, "citations", score=0.25)], Sort.CITATION).value
    assert risk(Status.VERIFIED) < minor <= risk(Status.NOT_FOUND) <= risk(Status.FABRICATED)
    assert minor <= risk(Status.MISMATCH) <= risk(Status.FABRICATED)
    assert [risk(Status.UNCHECKED), risk(Status.UNVERIFIABLE)] == [None, None]


def test_verdicts_add_risk_or_take_it_against_what_is_known_without_one():
    added = {
        score: fuse([Signal(SignalKind.CITATION, "citations", score=score)], Sort.CITATION).contributions[0].log_odds
        for score in (0.0, 0.25, 0.5, 0.8, 1.0)
    }
    assert {score for score, log_odds in added.items() if log_odds < 0} == {0.0}


def test_a_fit_takes_verdicts_together_that_its_rows_put_in_the_wrong_order():
    said = [("verified", 2, 40), ("minor", 5, 0), ("not_found", 20, 20), ("fabricated", 30, 1)]
    rows = [
        Labelled((Feature(f"citation:{name}", 1.0),), is_wrong, "group")
        for name, wrong, right in said
        for is_wrong in [True] * wrong + [False] * right
    ]
    made = fit(rows)
    weights = {name.removeprefix("citation:"): weight for name, weight in zip(made.names, made.weights, strict=True)}
    assert weights["verified"] < weights["minor"] == weights["not_found"] < weights["fabricated"]
    assert sum(weights[name] * (wrong + right) for name, wrong, right in said) == pytest.approx(0)
    assert 1 / (1 + math.exp(-made.bias - weights["minor"])) == pytest.approx(25 / 45, abs=0.02)


@pytest.mark.parametrize("sort", list(Sort))
def test_the_shipped_weights_are_whole(sort):
    model = shipped(sort)
    assert model.draws
    assert all(len(draw.weights) == len(model.weights) for draw in model.draws)
    assert {"probe", "logprob", "entropy"} <= {weight.name for weight in model.weights}
    assert all(weight.scale > 0 for weight in model.weights)
