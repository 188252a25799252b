"""The neurons' part of the detector: screened, standardised, L2, with logits for training rows that never saw them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from probes.artefact_types import FeatureDefinition
from probes.features import FeatureSet, Region
from probes.logistic import Linear, fit_l2, fit_l2_path
from probes.metrics import auroc
from probes.screening import Moments, apartness, moments, prepared, strongest

Array = npt.NDArray[np.float64]
Indexes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


BESIDE = 30.0
"""How much wider than neurons the columns beside them are made, so that the penalty hardly touches them."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How neurons are chosen and fitted; what is tried is chosen by cross-validation."""

    region: Region = Region.ANSWER
    feature: FeatureDefinition = field(default_factory=lambda: FeatureDefinition(transform="log"))
    columns: int = 1000
    """Neurons left after screening."""
    layers: int | None = None
    """Most layers that they may stand in; ``None`` for any."""
    strengths: tuple[float, ...] = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2)
    """Strengths ``C`` that are tried."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One strength in cross-validation."""

    c: float
    auroc: float
    spread: float


@dataclass(frozen=True, slots=True)
class Beside:
    """Columns that were fitted together with the neurons and hardly penalised: ``weights`` of their standardised values."""

    means: Array
    stds: Array
    weights: Array


@dataclass(frozen=True, slots=True)
class Inner:
    """A fit of neurons to all training rows, and what cross-validation says of it."""

    recipe: Recipe
    columns: Indexes
    """Ascending columns of the feature set."""
    means: Array
    stds: Array
    linear: Linear
    c: float
    path: tuple[Tried, ...]
    held_out: Array
    """Logit of each training row from the fit that did not see its fold; with what was fitted beside the neurons."""
    beside: Beside | None = None

    def logits(self, features: FeatureSet, beside: Array | None = None) -> Array:
        """Logits of other rows; ``beside`` has the columns that were fitted beside the neurons, if any."""
        values = prepared(features.shares(self.recipe.region, self.columns.tolist()), self.recipe.feature)
        found = self.linear.logits(standard(values, self.means, self.stds))
        if self.beside is None or beside is None:
            return found
        return np.asarray(found + (beside - self.beside.means) / self.beside.stds @ self.beside.weights)


def fit_inner(
    features: FeatureSet, folds: Indexes, recipe: Recipe, wrong: Flags | None = None, beside: Array | None = None
) -> Inner:
    """Screen, cross-validate the strength, and fit to all rows.

    Screening is done anew in each fold. ``wrong`` replaces the labels (to see what chance reaches); ``beside [row, column]``
    is fitted together with the neurons, which then learn what it does not know.
    """
    wrong = ~features.right if wrong is None else wrong
    count = int(folds.max()) + 1
    picks = screened(features, folds, recipe, wrong)
    known = np.unique(np.concatenate(picks))
    values = prepared(features.shares(recipe.region, known.tolist()), recipe.feature)
    held_out = np.zeros((len(recipe.strengths), len(features)))
    for fold in range(count):
        train, test = folds != fold, folds == fold
        part = values[:, np.searchsorted(known, picks[fold])]
        scaled = joined(part, beside, train)
        for place, fit in enumerate(fit_l2_path(scaled[train], wrong[train], recipe.strengths)):
            held_out[place, test] = fit.logits(scaled[test])
    path = tuple(tried_once(c, held_out[place], wrong, folds) for place, c in enumerate(recipe.strengths))
    best = int(np.argmax([tried.auroc for tried in path]))
    part = values[:, np.searchsorted(known, picks[-1])]
    fitted = fit_l2(joined(part, beside, np.ones(len(part), bool)), wrong, path[best].c)
    means, stds = location(part)
    linear = Linear(fitted.weights[: part.shape[1]], fitted.bias)
    found = None if beside is None else Beside(*location(beside), BESIDE * fitted.weights[part.shape[1] :])
    return Inner(recipe, picks[-1], means, stds, linear, path[best].c, path, held_out[best], found)


def joined(values: npt.NDArray[np.float32], beside: Array | None, train: Flags) -> npt.NDArray[np.float32]:
    """Values standardised by the training rows, and behind them what is fitted beside them, ``BESIDE`` times as wide."""
    scaled = standard(values, *location(values[train]))
    if beside is None:
        return scaled
    return np.concatenate([scaled, BESIDE * standard(beside, *location(beside[train]))], axis=1).astype(np.float32)


def logits_of_fit(
    train: FeatureSet,
    test: FeatureSet,
    recipe: Recipe,
    c: float,
    columns: Indexes,
    wrong: Flags,
    beside: tuple[Array, Array] | None = None,
) -> Array:
    """Logits of test rows from one fit of these columns to all training rows, without cross-validation.

    ``beside`` is what is fitted beside them, of the training rows and of the test rows.
    """
    values = [prepared(each.shares(recipe.region, columns.tolist()), recipe.feature) for each in (train, test)]
    is_train = np.arange(len(train) + len(test)) < len(train)
    scaled = joined(np.concatenate(values), None if beside is None else np.concatenate(beside), is_train)
    return fit_l2(scaled[is_train], wrong, c).logits(scaled[~is_train])


def screened(features: FeatureSet, folds: Indexes, recipe: Recipe, wrong: Flags) -> list[Indexes]:
    """Columns for the training rows of each fold, and last for all rows."""
    inside = np.array([folds != fold for fold in range(int(folds.max()) + 1)] + [np.ones(len(folds), bool)])
    found = class_moments(features, recipe.region, inside.astype(np.float64), wrong, recipe.feature)
    width = features.header.ffn_width if features.header.neurons is None else 0
    return [strongest(row, recipe.columns, width, recipe.layers) for row in apartness(*found)]


def class_moments(
    features: FeatureSet, region: Region, weights: Array, wrong: Flags, feature: FeatureDefinition
) -> tuple[Moments, Moments]:
    """Moments of the wrong and of the right rows under ``weights [weighting, row]``."""
    both = moments(features, region, np.concatenate([weights * wrong, weights * ~wrong]), feature)
    half = len(weights)
    return (
        Moments(both.counts[:half], both.sums[:half], both.squares[:half]),
        Moments(both.counts[half:], both.sums[half:], both.squares[half:]),
    )


def tried_once(c: float, held_out: Array, wrong: Flags, folds: Indexes) -> Tried:
    """What a strength reached: mean and spread over folds."""
    by_fold = [auroc(held_out[folds == fold], wrong[folds == fold]) for fold in range(int(folds.max()) + 1)]
    known = [value for value in by_fold if not np.isnan(value)]
    return Tried(c, float(np.mean(known)) if known else 0.5, float(np.std(known)) if known else 0.0)


def location(values: npt.NDArray[np.floating]) -> tuple[Array, Array]:
    """Mean and standard deviation of each column; 1 for the latter where a column is constant."""
    stds = values.std(axis=0, dtype=np.float64)
    return values.mean(axis=0, dtype=np.float64), np.where(stds > 1e-12, stds, 1.0)


def standard(values: npt.NDArray[np.floating], means: Array, stds: Array) -> npt.NDArray[np.float32]:
    """Columns of mean 0 and spread 1, in 32 bits."""
    return ((values - means) / stds).astype(np.float32)
