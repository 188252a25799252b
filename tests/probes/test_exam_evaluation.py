from __future__ import annotations

from dataclasses import replace

import pytest

pytest.importorskip("sklearn", reason="scikit-learn is not installed: pip install '.[probes]'")

from probes.artefact_types import Validity
from probes.evaluate import EvaluateOptions
from probes.exam_evaluation import evaluate_exam, judged, with_validity
from probes.inner import Recipe
from probes.train import TrainOptions, train_detector
from tests.probes.planted import planted

OPTIONS = EvaluateOptions(draws=100, random_sets=2)
TRAIN = TrainOptions(detector=Recipe(columns=20, strengths=(1e-2, 1e-1)))


def exam(folder, **settings):
    features = planted(folder, rows=240, seed=1, **settings)
    rows = [
        replace(
            row,
            item=f"t{row.item}",
            group=f"t{row.group}",
            question_sha256=f"t{row.question_sha256}",
            kind=("author", "year")[place % 2],
            stratum=("famous", "obscure")[place % 4 // 2],
        )
        for place, row in enumerate(features.rows)
    ]
    return replace(features, rows=tuple(rows))


@pytest.fixture(scope="module")
def training(tmp_path_factory):
    return planted(tmp_path_factory.mktemp("training"))


@pytest.fixture(scope="module")
def probe(training):
    return train_detector(training, TRAIN).probe


def test_a_probe_that_adds_to_the_logits_counts_for_citations(probe, training, tmp_path):
    found = evaluate_exam(probe, training, exam(tmp_path), OPTIONS)
    assert [(kind, fame) for kind in ("all", "author", "year") for fame in ("all", "famous", "obscure")] == [
        (each.kind, each.stratum) for each in found.results
    ]
    assert found.weight == 1.0
    assert "adds to the logits" in found.because
    assert found.results[0].random.value < found.results[0].both.value
    assert [(each.stratum, each.false_positives) for each in found.marking] == [
        (fame, share) for fame in ("all", "famous", "obscure") for share in (0.01, 0.05, 0.1)
    ]
    assert all(0 < each.wrong < each.rows for each in found.marking)


def test_a_probe_whose_gain_may_be_nothing_has_no_weight_for_citations(probe, training, tmp_path):
    found = evaluate_exam(probe, training, exam(tmp_path, strength=0.0, in_logits=1.5), OPTIONS)
    judged_probe = with_validity(probe, Validity("answer", 1.0, "shown"), found)
    assert found.weight == 0.0
    assert [(each.kind, each.weight) for each in judged_probe.validity] == [
        ("answer", 1.0),
        ("citation", 0.0),
        ("long_text", 0.0),
    ]
    assert "was not shown to add" in judged_probe.validity[1].because


def test_without_enough_spans_nothing_is_claimed():
    assert judged([]) == (0.0, "there were too few right or wrong spans of citations to tell")
