"""Holds a probe to answers that it never saw, beside everything simpler, on the same answers, with paired intervals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from probes.artefact_types import Baseline, Interval, Mode, Probe, SetMetrics
from probes.baselines import (
    EVERYTHING_CHEAP,
    LOGITS,
    PERMUTED,
    RANDOM,
    BaselineScores,
    baseline_scores,
    permuted_scores,
    random_scores,
)
from probes.calibration import said
from probes.errors import ProbesError
from probes.evaluation_types import AbstentionScore, Evaluation, LengthEffect, Scores
from probes.features import FeatureSet
from probes.folds import grouped_folds, joined_groups
from probes.inner import Recipe
from probes.metrics import (
    DRAWS,
    auroc,
    auroc_interval,
    aurocs,
    brier,
    ece,
    gain_interval,
    group_weights,
    interval,
    matched_auroc,
    recall_at,
    recalls_at,
    reliability,
    target_score,
)
from probes.scoring import neurons_logit, span_risks

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Indexes = npt.NDArray[np.int64]

TARGETS = (0.5, 0.75, 0.9)


@dataclass(frozen=True, slots=True)
class EvaluateOptions:
    """How much is compared."""

    draws: int = DRAWS
    random_sets: int = 20
    permutations: int = 3
    seed: int = 0
    folds: int = 5


def evaluate(
    probe: Probe,
    train: FeatureSet,
    test: FeatureSet,
    texts: Mapping[str, str],
    options: EvaluateOptions,
    *,
    progress: Callable[[str], None] = lambda _step: None,
) -> Evaluation:
    """Compare a probe with its baselines on a test set; the baselines are fitted to the training rows.

    Raises:
        ProbesError: the rows are another model's, or training and test share a question or a right answer.

    """
    _check(probe, train, test)
    wrong = ~test.right
    columns = columns_of(probe, test)
    shares = test.shares(columns=columns.tolist())
    risks, inner = span_risks(probe, shares, said(test)), neurons_logit(probe, shares)
    weights = group_weights([str(group) for group in joined_groups(test.rows)], options.draws, options.seed)
    folds = grouped_folds(joined_groups(train.rows), ~train.right, options.folds, options.seed)
    recipe = recipe_of(probe)
    progress("fitting baselines")
    simpler = baseline_scores(train, test, folds, recipe, texts)
    progress(f"fitting {options.random_sets} sets of random neurons")
    random = random_scores(
        train,
        test,
        columns_of(probe, train),
        recipe,
        strength_of(probe),
        options.random_sets,
        beside=_beside(probe, train, test),
    )
    permuted = permuted_scores(train, test, recipe, strength_of(probe), options.permutations)
    baselines = [
        Baseline(
            each.name, auroc_interval(each.scores, wrong, weights), gain_interval(risks, each.scores, wrong, weights)
        )
        for each in simpler
    ]
    for name, sets in ((RANDOM, random), (PERMUTED, permuted)):
        if sets:
            baselines.append(_against_sets(name, risks, sets, wrong, weights))
    return Evaluation(
        probe=probe.name,
        mode=probe.mode,
        metrics=SetMetrics(
            name=" + ".join(sorted({row.source for row in test.rows})),
            rows=len(test),
            wrong=int(wrong.sum()),
            auroc=auroc_interval(risks, wrong, weights),
            ece=ece(risks, wrong),
            brier=brier(risks, wrong),
            recall_at_10=interval(recall_at(risks, wrong, 0.1), recalls_at(risks, wrong, 0.1, weights)),
            neurons_auroc=auroc_interval(inner, wrong, weights),
            baselines=tuple(baselines),
        ),
        random_sets=tuple(auroc(each, wrong) for each in random),
        over_threshold=tuple(float((risks > threshold.risk).mean()) for threshold in probe.thresholds),
        length_matched=matched_auroc(risks, wrong, np.array([row.tokens for row in test.rows], float)),
        confident=_confident(risks, wrong, test),
        prevalence=float(wrong.mean()),
        bins=reliability(risks, wrong),
        abstention=abstention(risks, wrong),
        by_length=by_length(risks, wrong, [row.tokens for row in test.rows]),
        scores=tuple(_scores(risks, simpler)),
        wrong=tuple(wrong.tolist()),
        groups=tuple(joined_groups(test.rows).tolist()),
    )


def columns_of(probe: Probe, features: FeatureSet) -> Indexes:
    """The columns of a feature set that hold a probe's neurons, in the probe's order.

    Raises:
        ProbesError: a neuron is not among them.

    """
    header = features.header
    if header.neurons is None:
        return np.array([neuron.layer * header.ffn_width + neuron.index for neuron in probe.neurons], np.int64)
    places = {(neuron.layer, neuron.index): column for column, neuron in enumerate(header.neurons)}
    missing = [n for n in probe.neurons if (n.layer, n.index) not in places]
    if missing:
        raise ProbesError(f"the features lack neuron {missing[0].index} of layer {missing[0].layer}")
    return np.array([places[n.layer, n.index] for n in probe.neurons], np.int64)


def abstention(risks: Array, wrong: Flags) -> tuple[AbstentionScore, ...]:
    """What answering always, never, and only where the risk allows it earns at each confidence target."""
    found = []
    for target in TARGETS:
        answered = risks < 1 - target
        found.append(
            AbstentionScore(
                target=target,
                always=target_score(wrong, np.ones(len(wrong), bool), target),
                never=0.0,
                by_risk=target_score(wrong, answered, target),
                answered=float(answered.mean()),
            )
        )
    return tuple(found)


def by_length(risks: Array, wrong: Flags, tokens: list[int]) -> tuple[LengthEffect, ...]:
    """Mean risk of right and wrong answers, and AUROC, by the number of tokens; long ones are taken together."""
    lengths = np.minimum(np.array(tokens), 8)
    found = []
    for length in np.unique(lengths):
        here = lengths == length
        right_mean = float(risks[here & ~wrong].mean()) if (here & ~wrong).any() else None
        wrong_mean = float(risks[here & wrong].mean()) if (here & wrong).any() else None
        value = auroc(risks[here], wrong[here])
        found.append(
            LengthEffect(int(length), int(here.sum()), right_mean, wrong_mean, None if np.isnan(value) else value)
        )
    return tuple(found)


def gain_over(evaluation: Evaluation, baseline: str) -> Interval | None:
    """The paired gain over a baseline; ``None`` where it was not compared."""
    return next((each.gain for each in evaluation.metrics.baselines if each.name == baseline), None)


def verdict(evaluation: Evaluation) -> str:
    """One sentence: whether the probe adds to what is simpler."""
    sentences = []
    for name in (LOGITS, EVERYTHING_CHEAP):
        gain = gain_over(evaluation, name)
        if gain is not None and not np.isnan(gain.value):
            word = "adds to" if gain.low > 0 else "is below" if gain.high < 0 else "is not shown to add to"
            sentences.append(f"{word} {name} ({gain.value:+.3f} [{gain.low:+.3f}, {gain.high:+.3f}])")
    return f"on {evaluation.metrics.name} the probe " + "; it ".join(sentences) if sentences else ""


def with_metrics(probe: Probe, evaluations: list[Evaluation]) -> Probe:
    """The probe with what was measured in it; sets with only one kind of answer have no AUROC and are left out."""
    kept = [each.metrics for each in evaluations if 0 < each.metrics.wrong < each.metrics.rows]
    return replace(probe, metrics=tuple(kept))


def recipe_of(probe: Probe) -> Recipe:
    """How a probe's neurons were fitted, for baselines that are to be fitted alike."""
    strengths = tuple(point.c for point in probe.training.path)
    if probe.mode is Mode.H_NEURONS:
        strengths = (1e-3, 1e-2, 1e-1)  # those of an L1 fit mean nothing to an L2 one
    layers = len({neuron.layer for neuron in probe.neurons}) if probe.mode is Mode.DETECTOR else None
    return Recipe(feature=probe.feature, columns=len(probe.neurons), layers=layers, strengths=strengths)


def strength_of(probe: Probe) -> float:
    """The strength at which random neurons are to be fitted."""
    if probe.mode is Mode.H_NEURONS:
        return 1e-2
    return next((point.c for point in probe.training.path if point.chosen), 1e-2)


def _check(probe: Probe, train: FeatureSet, test: FeatureSet) -> None:
    for features, word in ((train, "training"), (test, "test")):
        if features.header.model.sha256 != probe.model.sha256:
            raise ProbesError(
                f"the {word} features are those of {features.header.model.name}, and the probe is for {probe.model.name}"
            )
    if not len(test):
        raise ProbesError("the test set has no labelled answer", hint="verifier probe collect")
    shared = {row.group for row in train.rows} & {row.group for row in test.rows}
    shared |= {row.question_sha256 for row in train.rows} & {row.question_sha256 for row in test.rows}
    if shared:
        raise ProbesError(
            f"training and test share {len(shared)} questions or right answers, so the figures would be too good",
            hint="collect the test set with --apart-from the training questions",
        )


def _beside(probe: Probe, train: FeatureSet, test: FeatureSet) -> tuple[Array, Array] | None:
    return None if probe.stack is None else (said(train), said(test))


def _against_sets(name: str, risks: Array, sets: list[Array], wrong: Flags, weights: Array) -> Baseline:
    """Mean AUROC over several sets of neurons, and what the probe has more."""
    drawn = np.mean([aurocs(each, wrong, weights) for each in sets], axis=0)
    mean = float(np.mean([auroc(each, wrong) for each in sets]))
    ours = aurocs(risks, wrong, weights)
    return Baseline(name, interval(mean, drawn), interval(auroc(risks, wrong) - mean, ours - drawn))


def _confident(risks: Array, wrong: Flags, test: FeatureSet) -> float:
    logprobs = np.array([row.logprob_mean for row in test.rows])
    sure = logprobs > np.median(logprobs)
    return auroc(risks[sure], wrong[sure])


def _scores(risks: Array, simpler: list[BaselineScores]) -> list[Scores]:
    named = [("risk", risks)] + [(each.name, each.scores) for each in simpler]
    return [Scores(name, tuple(round(float(value), 5) for value in values)) for name, values in named]
