from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="scikit-learn is not installed: pip install '.[probes]'")

from probes.artefact_types import FeatureDefinition, Mode
from probes.calibration import said
from probes.errors import ProbesError
from probes.inner import Recipe, fit_inner
from probes.metrics import auroc, ece
from probes.scoring import span_logits, span_risks, transformed
from probes.screening import prepared
from probes.sparse import SparseRecipe, jaccard
from probes.train import TrainOptions, peak_bytes, train_detector, train_h_neurons, train_logits
from tests.probes.planted import SIGNAL, WIDTH, planted

OPTIONS = TrainOptions(
    detector=Recipe(columns=20, strengths=(1e-3, 1e-2, 1e-1)),
    h_neurons=SparseRecipe(columns=40, strengths=(0.03, 0.1, 0.3)),
    bootstraps=4,
)


@pytest.fixture(scope="module")
def training(tmp_path_factory):
    return planted(tmp_path_factory.mktemp("training"))


@pytest.fixture(scope="module")
def test_set(tmp_path_factory):
    return planted(tmp_path_factory.mktemp("test"), rows=300, seed=1)


@pytest.fixture(scope="module")
def detector(training):
    return train_detector(training, OPTIONS)


@pytest.fixture(scope="module")
def h_neurons(training):
    return train_h_neurons(training, OPTIONS)


def test_the_detector_tells_answers_apart_that_it_never_saw(detector, test_set):
    risks = span_risks(detector.probe, test_set.shares(columns=detector.columns.tolist()), said(test_set))
    assert auroc(risks, ~test_set.right) > 0.9
    assert ece(risks, ~test_set.right) < 0.12


def test_the_stack_adds_to_the_neurons(detector, test_set):
    shares = test_set.shares(columns=detector.columns.tolist())
    alone = replace(detector.probe, stack=None)
    wrong = ~test_set.right
    assert auroc(span_logits(detector.probe, shares, said(test_set)), wrong) > auroc(
        span_logits(alone, shares, said(test_set)), wrong
    )


def test_h_neurons_are_those_that_were_planted(h_neurons):
    found = {neuron.layer * WIDTH + neuron.index for neuron in h_neurons.probe.neurons if neuron.weight > 0}
    assert set(SIGNAL) == found & set(SIGNAL)
    assert len(found) < 12
    assert {1.0} == {n.frequency for n in h_neurons.probe.neurons if n.layer * WIDTH + n.index in SIGNAL}
    assert (
        h_neurons.probe.mode,
        h_neurons.probe.stack,
        h_neurons.probe.training.penalty,
    ) == (Mode.H_NEURONS, None, "l1")


def test_cross_validation_is_not_fooled_by_questions_learnt_by_heart(tmp_path):
    leaky = planted(tmp_path, group_label=True, strength=0, in_logits=0, answers_of=4)
    honest = train_detector(leaky, OPTIONS)
    split = fit_inner(leaky, np.arange(len(leaky)) % 5, OPTIONS.detector)
    assert max(tried.auroc for tried in honest.path) < 0.65
    assert max(tried.auroc for tried in split.path) > 0.8


def test_the_same_rows_give_the_same_probe(training, detector):
    assert train_detector(training, OPTIONS).probe == detector.probe


def test_a_probe_says_how_it_was_made(training, detector):
    made = detector.probe.training
    assert (made.rows, made.questions, made.columns, made.screened, made.folds) == (160, 160, 120, 20, 5)
    assert [point.chosen for point in made.path] != [False, False, False]
    assert sum(point.chosen for point in made.path) == 1
    assert [threshold.false_positives for threshold in detector.probe.thresholds] == [0.01, 0.05, 0.1]
    assert len(made.sha256) == 64


def test_a_limit_on_layers_holds(training):
    options = replace(OPTIONS, detector=replace(OPTIONS.detector, layers=1))
    assert len({neuron.layer for neuron in train_detector(training, options).probe.neurons}) == 1


def test_too_few_answers_of_a_kind_are_refused_in_a_sentence(training):
    few = training.select([i for i, row in enumerate(training.rows) if row.right][:60])
    with pytest.raises(ProbesError, match="only 0 of 60 labelled answers are wrong, and a fit needs 20"):
        train_detector(few, OPTIONS)


def test_a_fit_that_would_not_fit_into_memory_is_refused_before_it_starts(training):
    with pytest.raises(ProbesError, match=r"would take about 0\.2 GB of memory, and 0\.1 GB are allowed"):
        train_detector(training, replace(OPTIONS, memory=100 << 20))


def test_three_thousand_rows_of_a_model_of_250880_neurons_fit_into_two_gigabytes():
    assert peak_bytes(3000, 250_880, 8000, 5) < 2 << 30


def test_sets_that_share_half_of_their_neurons():
    assert pytest.approx(jaccard(np.array([[True, True, False], [False, True, True]]))) == 1 / 3


def test_logits_alone_make_a_probe_for_models_that_have_none(training, test_set):
    probe = train_logits(training, OPTIONS).probe
    risks = span_risks(probe, np.zeros((len(test_set), 0)), said(test_set))
    assert auroc(risks, ~test_set.right) > 0.7
    assert (probe.neurons, probe.model.sha256) == ((), "0" * 64)


@pytest.mark.parametrize("transform", ["none", "log"])
def test_training_sees_the_values_that_scoring_sees(training, transform):
    feature = FeatureDefinition(transform=transform)
    shares = training.shares(columns=[0, 1])
    assert transformed(shares, feature) == pytest.approx(prepared(shares, feature), rel=1e-5)
