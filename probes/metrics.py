"""Figures of how well scores tell wrong answers from right ones, with intervals that respect which answers belong together.

Everywhere ``wrong`` is a boolean array and a higher score speaks for a wrong answer. Bootstraps draw whole groups
(questions) and are computed for all draws at once, from ``weights [draw, row]``: how often each row was drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from probes.artefact_types import Interval

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

DRAWS = 1000
"""Bootstrap draws where nobody says otherwise."""
BINS = 10
"""Bins of a reliability diagram."""


def auroc(scores: Array, wrong: Flags) -> float:
    """Chance that a wrong answer scores above a right one, ties counting half; NaN where one of the two is missing.

    >>> auroc(np.array([0.1, 0.4, 0.4, 0.8]), np.array([False, False, True, True]))
    0.875
    """
    return float(aurocs(scores, wrong, np.ones((1, len(scores))))[0])


def aurocs(scores: Array, wrong: Flags, weights: Array) -> Array:
    """AUROC under each row of ``weights [draw, row]``; NaN where a draw holds only one kind of answer."""
    if not len(scores):
        return np.full(len(weights), np.nan)
    order = np.argsort(scores, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(scores[order]) != 0])
    positive = np.add.reduceat(weights[:, order] * wrong[order], starts, axis=1)
    negative = np.add.reduceat(weights[:, order] * ~wrong[order], starts, axis=1)
    below = np.cumsum(negative, axis=1) - negative / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((positive * below).sum(axis=1) / (positive.sum(axis=1) * negative.sum(axis=1)))


def group_weights(groups: Sequence[str] | npt.NDArray[np.str_], draws: int = DRAWS, seed: int = 0) -> Array:
    """How often each row is drawn, ``[draw, row]``, when as many groups as there are are drawn with replacement."""
    names, places = np.unique(np.asarray(groups), return_inverse=True)
    generator = np.random.default_rng(seed)
    counts = generator.multinomial(len(names), np.full(len(names), 1 / len(names)), size=draws)
    return np.asarray(counts[:, places], np.float64)


def interval(value: float, drawn: Array) -> Interval:
    """A figure with the middle 95 % of its draws; draws that have none (NaN) are left out."""
    known = drawn[~np.isnan(drawn)]
    if not len(known):
        return Interval(value, np.nan, np.nan)
    low, high = np.percentile(known, [2.5, 97.5])
    return Interval(value, float(low), float(high))


def auroc_interval(scores: Array, wrong: Flags, weights: Array) -> Interval:
    """AUROC with its bootstrap interval."""
    return interval(auroc(scores, wrong), aurocs(scores, wrong, weights))


def gain_interval(ours: Array, other: Array, wrong: Flags, weights: Array) -> Interval:
    """How much more AUROC one score has than another on the same rows, paired within each draw."""
    drawn = aurocs(ours, wrong, weights) - aurocs(other, wrong, weights)
    return interval(auroc(ours, wrong) - auroc(other, wrong), drawn)


def matched_auroc(scores: Array, wrong: Flags, strata: Array) -> float:
    """AUROC over pairs of equal stratum only (answers of the same length, say); NaN where there is no such pair."""
    hits = pairs = 0.0
    for stratum in np.unique(strata):
        here = strata == stratum
        count = float(wrong[here].sum()) * float((~wrong[here]).sum())
        if count:
            hits += auroc(scores[here], wrong[here]) * count
            pairs += count
    return hits / pairs if pairs else np.nan


def recall_at(scores: Array, wrong: Flags, false_positives: float) -> float:
    """Share of wrong answers that score above the threshold which marks at most that share of right ones; NaN without either."""
    return float(recalls_at(scores, wrong, false_positives, np.ones((1, len(scores))))[0])


def threshold_at(right_scores: Array, false_positives: float) -> float:
    """The lowest score that at most this share of right answers lies above."""
    ranked = np.sort(right_scores)[::-1]
    return float(ranked[min(len(ranked) - 1, int(false_positives * len(ranked)))])


def recalls_at(scores: Array, wrong: Flags, false_positives: float, weights: Array) -> Array:
    """``recall_at`` under each draw, the threshold found anew in each."""
    order = np.argsort(-scores, kind="stable")
    ends = np.flatnonzero(np.r_[np.diff(scores[order]) != 0, True])
    found = np.cumsum(weights[:, order] * wrong[order], axis=1)[:, ends]
    marked = np.cumsum(weights[:, order] * ~wrong[order], axis=1)[:, ends]
    with np.errstate(invalid="ignore", divide="ignore"):
        allowed = marked <= false_positives * marked[:, -1:] + 1e-9
        recalls = np.where(allowed, found, 0).max(axis=1) / found[:, -1]
    return np.where(marked[:, -1] > 0, recalls, np.nan)


def brier(risks: Array, wrong: Flags) -> float:
    """Mean squared distance of the risk from what happened."""
    return float(np.mean((risks - wrong) ** 2))


def ece(risks: Array, wrong: Flags, bins: int = BINS) -> float:
    """Expected calibration error over bins of equal width, as Guo et al. 2017 define it."""
    places = np.minimum((risks * bins).astype(int), bins - 1)
    gaps = np.bincount(places, weights=risks - wrong, minlength=bins)
    return float(np.abs(gaps).sum() / len(risks))


@dataclass(frozen=True, slots=True)
class Bin:
    """One point of a reliability diagram."""

    said: float
    """Mean risk of its answers."""
    happened: float
    """Share of them that were wrong."""
    rows: int


def reliability(risks: Array, wrong: Flags, bins: int = BINS) -> tuple[Bin, ...]:
    """Bins of equal width that hold anything, in ascending order of the risk."""
    places = np.minimum((risks * bins).astype(int), bins - 1)
    held = [places == place for place in range(bins)]
    return tuple(Bin(float(risks[h].mean()), float(wrong[h].mean()), int(h.sum())) for h in held if h.any())


def target_score(wrong: Flags, answered: Flags, target: float) -> float:
    """Mean score where a right answer earns 1, abstaining 0, and a wrong answer costs ``target / (1 - target)``.

    Answering pays exactly where the chance of being right is above ``target``.
    """
    return float(np.where(answered, np.where(wrong, -target / (1 - target), 1.0), 0.0).mean())


def precision_recall(scores: Array, wrong: Flags) -> tuple[Array, Array]:
    """Recall and precision at each distinct threshold, from the highest score down."""
    order = np.argsort(-scores, kind="stable")
    ends = np.flatnonzero(np.r_[np.diff(scores[order]) != 0, True])
    found = np.cumsum(wrong[order])[ends]
    return np.asarray(found / max(1, wrong.sum()), np.float64), np.asarray(found / (ends + 1), np.float64)
