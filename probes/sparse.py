"""H-neurons: the few neurons that an L1 fit needs to tell wrong answers from right ones and from all other tokens.

After Gao et al., arXiv 2512.01797: the mean over a wrong answer's tokens is positive; the mean over a right answer's tokens
and the means over the other tokens of both are negative. Unlike there, the intercept is not penalised, columns are
standardised, and the strength is chosen by cross-validation over questions.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from probes.artefact_types import FeatureDefinition
from probes.features import FeatureSet, Region
from probes.inner import Tried, class_moments, location, standard, tried_once
from probes.logistic import Linear, fit_l1
from probes.screening import apartness, prepared, strongest

Array = npt.NDArray[np.float64]
Indexes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SparseRecipe:
    """How H-neurons are looked for."""

    feature: FeatureDefinition = field(default_factory=FeatureDefinition)
    columns: int = 1000
    """Neurons left after screening."""
    strengths: tuple[float, ...] = (3e-3, 1e-2, 3e-2, 6e-2, 1e-1)
    """Strengths ``C`` that are tried, ascending; times the number of rows over 4 they are the paper's."""
    with_others: bool = True
    """3-vs-1 as in the paper; else wrong answers against right ones only."""


@dataclass(frozen=True, slots=True)
class Sparse:
    """A fit of H-neurons to all training rows."""

    recipe: SparseRecipe
    columns: Indexes
    """Screened columns, ascending; most have the weight 0."""
    means: Array
    stds: Array
    linear: Linear
    c: float
    path: tuple[Tried, ...]
    counts: tuple[int, ...]
    """H-neurons at each strength, in the fit to all rows."""
    held_out: Array

    @property
    def chosen(self) -> Indexes:
        """Columns with a positive weight: the H-neurons."""
        return self.columns[self.linear.weights > 0]


@dataclass(frozen=True, slots=True)
class Design:
    """Screened values of the answers and, below them, of the other tokens."""

    values: Matrix
    wrong: Flags
    """Which rows of ``values`` are wrong answers."""
    row: Indexes
    """Which row of the feature set each belongs to."""


def fit_sparse(features: FeatureSet, folds: Indexes, recipe: SparseRecipe) -> Sparse:
    """Screen in each fold, cross-validate the strength between wrong and right answers, and fit to all rows."""
    count, wrong = int(folds.max()) + 1, ~features.right
    picks = _screened(features, folds, recipe)
    held_out = np.zeros((len(recipe.strengths), len(features)))
    for fold in range(count):
        answers, design = _design(features, picks[fold], recipe)
        train = folds[design.row] != fold
        means, stds = location(design.values[train])
        inside, test = standard(design.values[train], means, stds), folds == fold
        outside = standard(answers[test], means, stds)
        for place, fit in enumerate(fit_path(inside, design.wrong[train], recipe.strengths)):
            held_out[place, test] = fit.logits(outside)
    path = tuple(tried_once(c, held_out[place], wrong, folds) for place, c in enumerate(recipe.strengths))
    best = int(np.argmax([tried.auroc for tried in path]))
    _, design = _design(features, picks[-1], recipe)
    means, stds = location(design.values)
    fits = fit_path(standard(design.values, means, stds), design.wrong, recipe.strengths)
    counts = tuple(int((fit.weights > 0).sum()) for fit in fits)
    return Sparse(recipe, picks[-1], means, stds, fits[best], path[best].c, path, counts, held_out[best])


def fit_path(values: Matrix, wrong: Flags, strengths: tuple[float, ...]) -> list[Linear]:
    """Fits of growing strength, each begun where the last one ended."""
    fits: list[Linear] = []
    for c in strengths:
        fits.append(fit_l1(values, wrong, c, start=fits[-1] if fits else None))
    return fits


def selection_frequency(features: FeatureSet, groups: Indexes, found: Sparse, draws: int, seed: int = 0) -> Flags:
    """Which screened columns become H-neurons, ``[draw, column]``, when whole groups are drawn anew with replacement.

    The screened columns and the strength stay what they were.
    """
    _, design = _design(features, found.columns, found.recipe)
    values = standard(design.values, found.means, found.stds)
    generator = np.random.default_rng(seed)
    names = np.unique(groups)
    selected = np.zeros((draws, len(found.columns)), bool)
    for draw in range(draws):
        times = np.bincount(generator.integers(0, len(names), len(names)), minlength=len(names))
        rows = np.repeat(np.arange(len(design.row)), times[np.searchsorted(names, groups[design.row])])
        selected[draw] = fit_l1(values[rows], design.wrong[rows], found.c, start=found.linear).weights > 0
    return selected


def jaccard(selected: Flags) -> float:
    """Mean share of common neurons between two draws; NaN for fewer than two."""
    pairs = [(a & b).sum() / max(1, (a | b).sum()) for place, a in enumerate(selected) for b in selected[place + 1 :]]
    return float(np.mean(pairs)) if pairs else float("nan")


def _screened(features: FeatureSet, folds: Indexes, recipe: SparseRecipe) -> list[Indexes]:
    """Columns that tell wrong answers from right ones: those that only tell answers from other tokens are of no use."""
    inside = np.array([folds != fold for fold in range(int(folds.max()) + 1)] + [np.ones(len(folds), bool)], np.float64)
    found = class_moments(features, Region.ANSWER, inside, ~features.right, recipe.feature)
    return [strongest(row, recipe.columns, 0) for row in apartness(*found)]


def _design(features: FeatureSet, columns: Indexes, recipe: SparseRecipe) -> tuple[Matrix, Design]:
    answers = prepared(features.shares(Region.ANSWER, columns.tolist()), recipe.feature)
    wrong, rows = ~features.right, np.arange(len(features), dtype=np.int64)
    if not recipe.with_others:
        return answers, Design(answers, wrong, rows)
    others = prepared(features.shares(Region.OTHER, columns.tolist()), recipe.feature)
    both = np.concatenate([answers, others])
    return answers, Design(both, np.concatenate([wrong, np.zeros(len(wrong), bool)]), np.concatenate([rows, rows]))
