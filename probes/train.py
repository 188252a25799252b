"""Trains the two probes from one set of labelled answers: the detector, and the H-neurons."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

import numpy as np
import numpy.typing as npt

from probes.artefact_types import (
    FeatureDefinition,
    Mode,
    PathPoint,
    Probe,
    ProbeNeuron,
    Stack,
    StackFeature,
    Training,
    Validity,
)
from probes.calibration import (
    STACK_C,
    fit_calibration,
    fit_stack,
    held_out_stack,
    said,
    stack_columns,
    thresholds,
)
from probes.errors import ProbesError
from probes.features import FeatureSet
from probes.folds import grouped_folds, joined_groups
from probes.inner import Inner, Recipe, Tried, fit_inner
from probes.scoring import LOGIT_FEATURES, PROBE, calibrated
from probes.sparse import Sparse, SparseRecipe, fit_sparse, selection_frequency
from probes.types import ModelFacts
from probes.version import code_version

Array = npt.NDArray[np.float64]
Indexes = npt.NDArray[np.int64]

MEMORY = 2 << 30
"""Bytes that a fit may take."""
FEWEST = 20
"""Right answers, and wrong ones, below which nothing is fitted."""
ANY_MODEL = ModelFacts("any model", "any", "0" * 64, 0, 0)
"""Whose probe ``train_logits`` makes."""
LABELS = (
    "an answer is right if it holds an accepted answer as whole words that are no part of a longer name; "
    "answers that refuse are left out"
)


@dataclass(frozen=True, slots=True)
class TrainOptions:
    """How both probes are trained."""

    name: str = "probe"
    folds: int = 5
    seed: int = 0
    detector: Recipe = field(default_factory=Recipe)
    h_neurons: SparseRecipe = field(default_factory=SparseRecipe)
    bootstraps: int = 20
    """Fits to redrawn questions that tell how stable the set of H-neurons is."""
    licence: str = ""
    """Of the questions."""
    memory: int = MEMORY


@dataclass(frozen=True, slots=True)
class Trained:
    """A probe with what evaluation needs of its making."""

    probe: Probe
    folds: Indexes
    held_out: Array
    """Logit of each training row before calibration, from fits that did not see its fold."""
    columns: Indexes
    """Columns of the feature set that the probe's neurons are, in their order."""
    path: tuple[Tried, ...]
    inner: Inner | None = None
    sparse: Sparse | None = None
    selected: npt.NDArray[np.bool_] | None = None
    """Which of the screened columns became H-neurons, ``[bootstrap, column]``."""


def train_detector(
    features: FeatureSet, options: TrainOptions, *, progress: Callable[[str], None] = lambda _step: None
) -> Trained:
    """Train the detector: wrong against right answers, L2, fitted together with what the logits say, calibrated.

    Fitted together, the neurons learn what the logits do not know; that is worth more than joining two finished scores.

    Raises:
        ProbesError: too few answers of one kind, or the fit would take more memory than allowed.

    """
    wrong, folds = _begin(features, options, screened=options.detector.columns)
    progress("choosing neurons of the detector")
    inner = fit_inner(features, folds, options.detector, beside=said(features))
    calibration = fit_calibration(inner.held_out, wrong)
    counts = [len(inner.columns)] * len(inner.path)
    probe = Probe(
        name=options.name,
        model=features.header.model,
        template_sha256=features.header.template_sha256,
        mode=Mode.DETECTOR,
        feature=options.detector.feature,
        neurons=_neurons(features, inner.columns, inner.linear.weights, inner.means, inner.stds, None),
        bias=inner.linear.bias,
        stack=_stack(inner),
        calibration=calibration,
        thresholds=thresholds(calibrated(calibration, inner.held_out), wrong),
        metrics=(),
        training=_training(features, options, inner.path, counts, inner.c, "l2", options.detector.columns),
        validity=_validity(),
    )
    return Trained(probe, folds, inner.held_out, inner.columns, inner.path, inner=inner)


def train_h_neurons(
    features: FeatureSet, options: TrainOptions, *, progress: Callable[[str], None] = lambda _step: None
) -> Trained:
    """Find the H-neurons: L1, wrong answers against right ones and all other tokens; calibrated, but not stacked.

    Raises:
        ProbesError: too few answers of one kind, or the fit would take more memory than allowed.

    """
    wrong, folds = _begin(features, options, screened=4 * options.h_neurons.columns)
    progress("choosing H-neurons")
    found = fit_sparse(features, folds, options.h_neurons)
    progress("redrawing questions to see how stable the H-neurons are")
    selected = selection_frequency(features, joined_groups(features.rows), found, options.bootstraps, options.seed)
    kept = found.linear.weights != 0
    frequency = selected.mean(axis=0)[kept] if len(selected) else None
    calibration = fit_calibration(found.held_out, wrong)
    weights, means, stds = found.linear.weights[kept], found.means[kept], found.stds[kept]
    probe = Probe(
        name=options.name,
        model=features.header.model,
        template_sha256=features.header.template_sha256,
        mode=Mode.H_NEURONS,
        feature=options.h_neurons.feature,
        neurons=_neurons(features, found.columns[kept], weights, means, stds, frequency),
        bias=found.linear.bias,
        stack=None,
        calibration=calibration,
        thresholds=thresholds(calibrated(calibration, found.held_out), wrong),
        metrics=(),
        training=_training(features, options, found.path, found.counts, found.c, "l1", options.h_neurons.columns),
        validity=_validity(),
    )
    return Trained(probe, folds, found.held_out, found.columns[kept], found.path, sparse=found, selected=selected)


def train_logits(features: FeatureSet, options: TrainOptions) -> Trained:
    """The detector of a model without a probe: what the logits say, stacked and calibrated on another model's answers.

    Raises:
        ProbesError: too few answers of one kind.

    """
    wrong, folds = _begin(features, options, screened=0)
    columns = stack_columns(None, said(features))
    held_out = held_out_stack(columns, wrong, folds)
    calibration = fit_calibration(held_out, wrong)
    probe = Probe(
        name=options.name,
        model=ANY_MODEL,
        template_sha256="",
        mode=Mode.DETECTOR,
        feature=FeatureDefinition(),
        neurons=(),
        bias=0.0,
        stack=fit_stack(columns, wrong),
        calibration=calibration,
        thresholds=thresholds(calibrated(calibration, held_out), wrong),
        metrics=(),
        training=_training(features, options, (), (), STACK_C, "l2", 0),
        validity=_validity("calibrated on the answers of one model, and not evaluated on others"),
    )
    return Trained(probe, folds, held_out, np.zeros(0, np.int64), ())


def peak_bytes(rows: int, columns: int, screened: int, folds: int) -> int:
    """About how much memory a fit takes: moments of all columns, and the screened columns of all folds in 32 bits."""
    walk = 2 * (folds + 1) * columns * 8 * 4 + (192 << 20)
    fit = rows * screened * 4 * 6
    return walk + fit


def _begin(features: FeatureSet, options: TrainOptions, screened: int) -> tuple[npt.NDArray[np.bool_], Indexes]:
    wrong = ~features.right
    for count, word in ((int(wrong.sum()), "wrong"), (int((~wrong).sum()), "right")):
        if count < FEWEST:
            raise ProbesError(
                f"only {count} of {len(wrong)} labelled answers are {word}, and a fit needs {FEWEST}",
                hint="collect more questions, easier ones where right answers are missing: verifier probe collect",
            )
    needed = peak_bytes(len(features), features.header.columns, screened, options.folds)
    if needed > options.memory:
        raise ProbesError(
            f"the fit would take about {needed / 2**30:.1f} GB of memory, and {options.memory / 2**30:.1f} GB are allowed",
            hint="screen to fewer neurons with --columns, or allow more with --memory",
        )
    return wrong, grouped_folds(joined_groups(features.rows), wrong, options.folds, options.seed)


def _stack(inner: Inner) -> Stack | None:
    """What was fitted beside the neurons, as a stack that adds it to their logit."""
    if inner.beside is None:
        return None
    beside = zip(LOGIT_FEATURES, inner.beside.weights, inner.beside.means, inner.beside.stds, strict=True)
    features = [StackFeature(name, float(w), float(m), float(s)) for name, w, m, s in beside]
    return Stack((StackFeature(PROBE, 1.0), *features))


def _neurons(
    features: FeatureSet, columns: Indexes, weights: Array, means: Array, stds: Array, frequency: Array | None
) -> tuple[ProbeNeuron, ...]:
    places = [features.header.neuron(int(column)) for column in columns]
    shares = np.ones(len(columns)) if frequency is None else frequency
    return tuple(
        ProbeNeuron(place.layer, place.index, float(w), float(m), float(s), float(f))
        for place, w, m, s, f in zip(places, weights, means, stds, shares, strict=True)
    )


def _training(
    features: FeatureSet,
    options: TrainOptions,
    path: tuple[Tried, ...],
    counts: list[int] | tuple[int, ...],
    c: float,
    penalty: str,
    screened: int,
) -> Training:
    columns = features.header.columns
    return Training(
        sets=tuple(sorted({row.source for row in features.rows})),
        sha256=digest(features),
        rows=len(features),
        wrong=int((~features.right).sum()),
        questions=len({row.item for row in features.rows}),
        columns=columns,
        screened=min(screened, columns),
        penalty=penalty,
        path=tuple(
            PathPoint(tried.c, tried.auroc, tried.spread, count, chosen=tried.c == c)
            for tried, count in zip(path, counts, strict=True)
        ),
        folds=options.folds,
        seeds=(options.seed,),
        labels=LABELS,
        licence=options.licence,
        code_version=code_version(),
        llama_cpp=features.header.llama_cpp,
    )


def digest(features: FeatureSet) -> str:
    """Digest of the rows that were trained on, in their order; it tells two sets of answers apart."""
    lines = "\n".join(json.dumps(asdict(row), sort_keys=True) for row in features.rows)
    return hashlib.sha256(lines.encode()).hexdigest()


def _validity(because: str = "not evaluated yet") -> tuple[Validity, ...]:
    """What holds before anything was evaluated: nothing."""
    return (
        Validity("answer", 0.0, because),
        Validity("citation", 0.0, because),
        Validity("long_text", 0.0, "not validated for long text"),
    )
