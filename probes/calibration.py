"""From a logit to a risk that means what it says, and to thresholds, learnt on answers that the fit did not see."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from probes.artefact_types import Calibration, Stack, StackFeature, Threshold
from probes.features import FeatureSet
from probes.logistic import fit_l2
from probes.metrics import recall_at, threshold_at
from probes.scoring import LOGIT_FEATURES, PROBE, stacked

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Indexes = npt.NDArray[np.int64]

FALSE_POSITIVES = (0.01, 0.05, 0.10)
WEAK = 1e3
"""Strength of the two-parameter fit of a calibration: the penalty plays no part."""
STACK_C = 1.0


def said(features: FeatureSet) -> Array:
    """``LOGIT_FEATURES`` of each row, as ``probes.scoring.logit_features`` computes them live."""
    rows = [
        (
            row.entropy_mean,
            row.entropy_first,
            row.entropy_max,
            row.logprob_mean,
            row.logprob_first,
            row.logprob_min,
            float(np.log(max(1, row.tokens))),
        )
        for row in features.rows
    ]
    return np.nan_to_num(np.array(rows, np.float64).reshape(len(rows), len(LOGIT_FEATURES)))


def fit_stack(columns: dict[str, Array], wrong: Flags, c: float = STACK_C) -> Stack:
    """Join logits and other columns, each standardised."""
    values = np.column_stack(list(columns.values()))
    means, stds = values.mean(axis=0), values.std(axis=0)
    stds = np.where(stds > 1e-12, stds, 1.0)
    found = fit_l2((values - means) / stds, wrong, c)
    features = tuple(
        StackFeature(name, float(w), float(m), float(s))
        for name, w, m, s in zip(columns, found.weights, means, stds, strict=True)
    )
    return Stack(features, found.bias)


def stack_columns(inner: Array | None, heard: Array) -> dict[str, Array]:
    """The columns of a stack: the neurons' logit, if any, and what the logits say."""
    columns = {} if inner is None else {PROBE: inner}
    return columns | {name: heard[:, place] for place, name in enumerate(LOGIT_FEATURES)}


def stack_logits(stack: Stack, columns: dict[str, Array]) -> Array:
    """Logits of a fitted stack."""
    return stacked(stack, np.column_stack([columns[feature.name] for feature in stack.features]))


def held_out_stack(columns: dict[str, Array], wrong: Flags, folds: Indexes) -> Array:
    """Logits of training rows, each from the stack that did not see its fold."""
    found = np.zeros(len(wrong))
    for fold in np.unique(folds):
        train, test = folds != fold, folds == fold
        stack = fit_stack({name: values[train] for name, values in columns.items()}, wrong[train])
        found[test] = stack_logits(stack, {name: values[test] for name, values in columns.items()})
    return found


def fit_calibration(held_out: Array, wrong: Flags) -> Calibration:
    """Platt's map for logits of rows that the fit did not see."""
    found = fit_l2(held_out[:, None], wrong, WEAK)
    slope = max(1e-3, float(found.weights[0]))  # a map that turned the order round would undo the fit
    return Calibration(slope, found.bias, float(wrong.mean()), len(wrong))


def thresholds(risks: Array, wrong: Flags) -> tuple[Threshold, ...]:
    """Risks that mark 1, 5 and 10 % of the right rows; none where there is no right row."""
    if wrong.all():
        return ()
    return tuple(
        Threshold(share, threshold_at(risks[~wrong], share), recall_at(risks, wrong, share) if wrong.any() else 0.0)
        for share in FALSE_POSITIVES
    )
