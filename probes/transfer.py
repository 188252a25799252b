"""Whether a probe that was trained on one set of answers works on another: every set against every other."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from probes.calibration import said
from probes.evaluation_types import Transfer
from probes.features import FeatureSet
from probes.folds import grouped_folds, joined_groups
from probes.inner import Recipe, fit_inner
from probes.metrics import auroc

FEWEST = 20
"""Right answers, and wrong ones, that a set needs to train on; a test needs half as many of each."""


def transfers_between(
    sets: Mapping[str, FeatureSet],
    recipe: Recipe,
    *,
    folds: int = 5,
    seed: int = 0,
    progress: Callable[[str], None] = lambda _step: None,
) -> tuple[Transfer, ...]:
    """A fit of each set by one recipe, with the logits beside its neurons, tested on all sets.

    On its own set a fit counts by its held-out folds. Answers of a tested set that share a question or a right answer with
    the training are left out. Sets that are too small on one side are neither trained on nor tested on.
    """
    found = []
    for name, train in sets.items():
        if _both(train) < FEWEST:
            continue
        progress(f"training on {name}")
        folded = grouped_folds(joined_groups(train.rows), ~train.right, folds, seed)
        fitted = fit_inner(train, folded, recipe, beside=said(train))
        for other, test in sets.items():
            if other == name:
                found.append(Transfer(name, name, auroc(fitted.held_out, ~train.right), len(train)))
                continue
            apart = apart_from(test, train)
            if _both(apart) >= FEWEST // 2:
                value = auroc(fitted.logits(apart, said(apart)), ~apart.right)
                found.append(Transfer(name, other, value, len(apart)))
    return tuple(found)


def apart_from(test: FeatureSet, train: FeatureSet) -> FeatureSet:
    """The rows of a test set that share neither a question nor a right answer with the training."""
    groups = {row.group for row in train.rows}
    asked = {row.question_sha256 for row in train.rows}
    return test.select(
        i for i, row in enumerate(test.rows) if row.group not in groups and row.question_sha256 not in asked
    )


def _both(features: FeatureSet) -> int:
    """How many rows the rarer label has."""
    return int(min(np.count_nonzero(features.right), np.count_nonzero(~features.right))) if len(features) else 0
