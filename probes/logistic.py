"""Logistic regression as the probes need it: no penalty on the intercept, and more columns than rows.

Strengths are scikit-learn's ``C``: the loss is ``C * sum(log loss) + penalty``. The L1 fit is our own because liblinear
penalises the intercept, as the paper's code does, and saga needs thousands of passes over correlated columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Matrix = npt.NDArray[Any]
"""Of 32 or 64 bits: the wide ones are kept in 32."""

PASSES = 1000
"""Most steps of an L1 fit."""
TOLERANCE = 5e-4
"""An L1 fit ends when no weight moves by more than this share of the largest one."""


@dataclass(frozen=True, slots=True)
class Linear:
    """A fitted plane: ``values @ weights + bias`` is a logit."""

    weights: Array
    bias: float

    def logits(self, values: Matrix) -> Array:
        """Logits ``[row]`` of values ``[row, column]``."""
        return np.asarray(values @ self.weights.astype(values.dtype) + self.bias, np.float64)


def fit_l2(values: Matrix, wrong: Flags, c: float) -> Linear:
    """Least ``C * log loss + |w|^2 / 2``; with more columns than rows it is solved in the space that the rows span."""
    return fit_l2_path(values, wrong, (c,))[0]


def fit_l2_path(values: Matrix, wrong: Flags, strengths: Sequence[float]) -> list[Linear]:
    """``fit_l2`` at several strengths; the space that the rows span is found once."""
    if values.shape[1] <= len(values):
        return [_fit_l2(values, wrong, c) for c in strengths]
    basis, back = spanned(np.asarray(values @ values.T, np.float64))
    found = []
    for c in strengths:
        inner = _fit_l2(basis, wrong, c)
        of_rows = (back @ inner.weights).astype(values.dtype)
        found.append(Linear(np.asarray(values.T @ of_rows, np.float64), inner.bias))
    return found


def _fit_l2(values: Matrix, wrong: Flags, c: float) -> Linear:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=c, solver="lbfgs", max_iter=1000, tol=1e-4).fit(values, wrong)
    return Linear(np.asarray(model.coef_[0], np.float64), float(model.intercept_[0]))


def spanned(gram: Array) -> tuple[Array, Array]:
    """Coordinates of rows in the space that they span, from their inner products; and what makes weights of rows of weights there.

    ``gram @ back == coordinates``.
    """
    values, vectors = np.linalg.eigh(gram)
    kept = values > values[-1] * 1e-9
    root = np.sqrt(values[kept])
    return vectors[:, kept] * root, vectors[:, kept] / root


def fit_l1(
    values: Matrix, wrong: Flags, c: float, penalties: Array | None = None, start: Linear | None = None
) -> Linear:
    """Least ``C * log loss + sum(penalties * |w|)`` by accelerated proximal steps, beginning at ``start``.

    ``values`` should be centred and of similar spread, or the steps are many; give ``penalties`` of ``1 / std`` for the
    fit that values of unequal spread would have had.
    """
    target, count = wrong.astype(values.dtype), values.shape[1]
    step = 1 / (0.25 * c * _largest(values))
    shrink = step * (np.ones(count) if penalties is None else penalties)
    weights = np.zeros(count) if start is None else start.weights.copy()
    bias = float(np.log((wrong.mean() + 1e-9) / (1 - wrong.mean() + 1e-9))) if start is None else start.bias
    ahead, ahead_bias, pace = weights, bias, 1.0
    for _ in range(PASSES):
        residual = _sigmoid(values @ ahead.astype(values.dtype) + values.dtype.type(ahead_bias)) - target
        moved = ahead - step * c * np.asarray(values.T @ residual, np.float64)
        new = np.sign(moved) * np.maximum(np.abs(moved) - shrink, 0)
        new_bias = ahead_bias - step * c * float(residual.sum())
        change = max(float(np.abs(new - weights).max(initial=0)), abs(new_bias - bias))
        if float((ahead - new) @ (new - weights)) > 0:  # restart where the momentum points uphill (O'Donoghue, Candes)
            pace = 1.0
        faster = (1 + np.sqrt(1 + 4 * pace**2)) / 2
        momentum = (pace - 1) / faster
        ahead, ahead_bias = new + momentum * (new - weights), new_bias + momentum * (new_bias - bias)
        weights, bias, pace = new, new_bias, faster
        if change <= TOLERANCE * max(1e-3, float(np.abs(weights).max(initial=0))):
            break
    return Linear(weights, bias)


def _sigmoid(logits: Matrix) -> Matrix:
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -40, 40))))


def _largest(values: Matrix) -> float:
    """Largest eigenvalue of ``X'X`` with a column of ones in ``X``, a little above what power iterations find."""
    vector = np.random.default_rng(0).normal(size=values.shape[1] + 1).astype(values.dtype)
    size = 0.0
    for _ in range(30):
        image = values @ vector[:-1] + vector[-1]
        vector = np.append(values.T @ image, image.sum())
        size = float(np.linalg.norm(vector))
        vector /= size or 1.0
    return 1.05 * size
