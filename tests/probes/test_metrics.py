"""Figures against slow and obvious ways to compute them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.metrics import (
    auroc,
    aurocs,
    brier,
    ece,
    gain_interval,
    group_weights,
    matched_auroc,
    precision_recall,
    recall_at,
    reliability,
    target_score,
    threshold_at,
)

ROWS = st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.integers(0, 3)), min_size=2, max_size=25)


def columns(rows):
    scores, wrong, weights = zip(*rows, strict=True)
    return np.array(scores, float), np.array(wrong, bool), np.array([weights], float)


def by_pairs(scores, wrong, weights):
    pairs = [(i, j) for i in np.flatnonzero(wrong) for j in np.flatnonzero(~wrong)]
    total = sum(weights[i] * weights[j] for i, j in pairs)
    hits = sum(weights[i] * weights[j] * ((scores[i] > scores[j]) + (scores[i] == scores[j]) / 2) for i, j in pairs)
    return hits / total if total else np.nan


@given(ROWS)
def test_auroc_under_weights_counts_every_pair(rows):
    scores, wrong, weights = columns(rows)
    assert by_pairs(scores, wrong, weights[0]) == pytest.approx(aurocs(scores, wrong, weights)[0], nan_ok=True)


@given(ROWS, st.sampled_from([0.0, 0.1, 0.5]))
def test_recall_is_the_best_of_all_thresholds_that_mark_few_enough_right_answers(rows, allowed):
    scores, wrong, _ = columns(rows)
    thresholds = [-1.0, *scores] if wrong.any() and not wrong.all() else []
    good = [bound for bound in thresholds if (scores[~wrong] > bound).mean() <= allowed]
    best = max(((scores[wrong] > bound).mean() for bound in good), default=np.nan)
    assert recall_at(scores, wrong, allowed) == pytest.approx(best, nan_ok=True)
    assert not good or min(good) >= threshold_at(scores[~wrong], allowed)


def test_all_answers_to_a_question_are_drawn_together():
    weights = group_weights(["a", "b", "a", "c"], draws=50)
    assert (weights[:, 0] == weights[:, 2]).all()
    assert (weights[:, 0] + weights[:, 1] + weights[:, 3]).mean() == 3.0


def test_answers_to_few_questions_give_a_wider_interval_than_as_many_questions():
    generator = np.random.default_rng(0)
    scores = np.repeat(generator.normal(size=40), 25)
    wrong = np.repeat(generator.random(40) < 0.5, 25)
    grouped = aurocs(scores, wrong, group_weights([str(i // 25) for i in range(1000)], 200)).std()
    single = aurocs(scores, wrong, group_weights([str(i) for i in range(1000)], 200)).std()
    assert grouped > 3 * single


def test_a_score_gains_nothing_over_itself():
    generator = np.random.default_rng(0)
    scores, wrong = generator.normal(size=100), generator.random(100) < 0.5
    found = gain_interval(scores, scores, wrong, group_weights([str(i) for i in range(100)], 50))
    assert (found.value, found.low, found.high) == (0.0, 0.0, 0.0)


def test_matching_takes_away_what_only_the_length_knows():
    lengths = np.array([1, 1, 1, 1, 5, 5, 5, 5] * 10, float)
    wrong = np.array([False, False, False, True, True, True, True, False] * 10)
    assert auroc(lengths, wrong) == pytest.approx(0.75)
    assert matched_auroc(lengths, wrong, lengths) == pytest.approx(0.5)


def test_a_risk_that_says_what_happens_is_calibrated():
    risks = np.repeat([0.25, 0.75], 40)
    wrong = np.r_[np.arange(40) % 4 == 0, np.arange(40) % 4 != 0]
    assert pytest.approx(ece(risks, wrong)) == 0.0
    assert [(b.said, b.happened, b.rows) for b in reliability(risks, wrong)] == [(0.25, 0.25, 40), (0.75, 0.75, 40)]
    assert pytest.approx(brier(risks, wrong)) == 0.1875


def test_certainty_that_is_wrong_half_of_the_time_is_off_by_a_half():
    assert ece(np.ones(10), np.arange(10) % 2 == 0) == 0.5


def test_precision_starts_at_the_highest_scores_and_ends_at_the_prevalence():
    recall, precision = precision_recall(np.array([0.9, 0.8, 0.2, 0.1]), np.array([True, False, True, False]))
    assert recall.tolist() == [0.5, 0.5, 1.0, 1.0]
    assert [1.0, 0.5, pytest.approx(2 / 3), 0.5] == precision.tolist()


def test_a_wrong_answer_costs_what_the_confidence_target_says():
    wrong, answered = np.array([True, False, False, True]), np.array([True, True, False, False])
    assert pytest.approx(target_score(wrong, answered, 0.75)) == (1 - 3) / 4
