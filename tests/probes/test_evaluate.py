from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="scikit-learn is not installed: pip install '.[probes]'")

from probes.baselines import EVERYTHING_CHEAP, LAST_PROMPT, LOGITS, PERMUTED, QUESTION, RANDOM
from probes.errors import ProbesError
from probes.evaluate import EvaluateOptions, abstention, columns_of, evaluate, gain_over, verdict, with_metrics
from probes.features import export_columns, load_features
from probes.inner import Recipe
from probes.train import TrainOptions, train_detector
from tests.probes.planted import planted

OPTIONS = EvaluateOptions(draws=100, random_sets=3, permutations=2)


@pytest.fixture(scope="module")
def training(tmp_path_factory):
    return planted(tmp_path_factory.mktemp("training"))


@pytest.fixture(scope="module")
def test_set(tmp_path_factory):
    return apart(planted(tmp_path_factory.mktemp("test"), rows=240, seed=1))


def apart(features):
    rows = [
        replace(row, item=f"t{row.item}", group=f"t{row.group}", question_sha256=f"t{row.question_sha256}")
        for row in features.rows
    ]
    return replace(features, rows=tuple(rows))


@pytest.fixture(scope="module")
def probe(training):
    return train_detector(training, TrainOptions(detector=Recipe(columns=20, strengths=(1e-2, 1e-1)))).probe


@pytest.fixture(scope="module")
def texts(training, test_set):
    return {row.item: f"Who wrote number {row.item}?" for row in (*training.rows, *test_set.rows)}


@pytest.fixture(scope="module")
def evaluation(probe, training, test_set, texts):
    return evaluate(probe, training, test_set, texts, OPTIONS)


def test_a_planted_signal_is_worth_more_than_everything_simpler(evaluation):
    for name in (LOGITS, QUESTION, LAST_PROMPT, EVERYTHING_CHEAP, RANDOM, PERMUTED):
        gain = gain_over(evaluation, name)
        assert gain is not None
        assert gain.low > 0, name
    assert "adds to best logit stack" in verdict(evaluation)


def test_where_the_neurons_know_nothing_the_gain_over_the_logits_is_not_shown(tmp_path, texts):
    training, test_set = (
        planted(tmp_path / "a", strength=0, in_logits=2.0),
        apart(planted(tmp_path / "b", rows=240, strength=0, in_logits=2.0, seed=1)),
    )
    blind = train_detector(training, TrainOptions(detector=Recipe(columns=20, strengths=(1e-3, 1e-2)))).probe
    found = evaluate(blind, training, test_set, {}, OPTIONS)
    gain = gain_over(found, LOGITS)
    assert gain is not None
    assert gain.low <= 0
    assert "adds to" not in verdict(found).replace("not shown to add to", "")


def test_question_texts_that_are_not_at_hand_leave_out_what_needs_them(probe, training, test_set):
    found = evaluate(probe, training, test_set, {}, replace(OPTIONS, random_sets=0, permutations=0))
    names = {baseline.name for baseline in found.metrics.baselines}
    assert {LOGITS, LAST_PROMPT} <= names
    assert set() == names & {QUESTION, EVERYTHING_CHEAP, RANDOM}


def test_a_test_set_that_shares_questions_with_the_training_is_refused(probe, training, texts):
    with pytest.raises(ProbesError, match="training and test share"):
        evaluate(probe, training, training, texts, OPTIONS)


def test_another_models_features_are_refused(probe, training, test_set, texts):
    other = replace(test_set, header=replace(test_set.header, model=replace(test_set.header.model, sha256="ef" * 32)))
    with pytest.raises(ProbesError, match="the test features are those of planted"):
        evaluate(probe, training, other, texts, OPTIONS)


def test_neurons_are_found_in_features_of_which_only_some_columns_were_kept(probe, test_set, tmp_path):
    kept = columns_of(probe, test_set).tolist()
    export_columns(test_set, [0, *kept], tmp_path)
    small = load_features(tmp_path)
    places = columns_of(probe, small)
    assert (test_set.shares(columns=kept) == small.shares(columns=places.tolist())).all()


def test_only_sets_with_both_kinds_of_answers_are_figures_of_a_probe(probe, evaluation):
    one_sided = replace(evaluation, metrics=replace(evaluation.metrics, wrong=evaluation.metrics.rows))
    assert (evaluation.metrics,) == with_metrics(probe, [one_sided, evaluation]).metrics


def test_answering_only_what_is_sure_never_costs_where_the_risk_is_right():
    generator = np.random.default_rng(0)
    risks = generator.random(5000)
    found = abstention(risks, generator.random(5000) < risks)
    assert [score.target for score in found] == [0.5, 0.75, 0.9]
    assert all(score.by_risk > max(score.always, score.never) for score in found)
