"""Which of very many neurons are worth fitting, told from the training rows of each fold alone, in one walk through the data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from probes.artefact_types import FeatureDefinition
from probes.features import FeatureSet, Region

Array = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Moments:
    """Weighted count, sum and sum of squares of each column, for several weightings of the rows."""

    counts: Array
    """``[weighting]``."""
    sums: Array
    """``[weighting, column]``."""
    squares: Array

    def __add__(self, other: Moments) -> Moments:
        """Moments of both together."""
        return Moments(self.counts + other.counts, self.sums + other.sums, self.squares + other.squares)

    @property
    def means(self) -> Array:
        """Mean of each column, ``[weighting, column]``."""
        return np.asarray(self.sums / np.maximum(self.counts, 1e-12)[:, None])

    @property
    def variances(self) -> Array:
        """Variance of each column, ``[weighting, column]``."""
        return np.maximum(self.squares / np.maximum(self.counts, 1e-12)[:, None] - self.means**2, 0)


def moments(features: FeatureSet, region: Region, weights: Array, feature: FeatureDefinition) -> Moments:
    """Moments of all columns under ``weights [weighting, row]``; the data is read once, a block at a time."""
    columns = features.header.columns
    sums, squares = np.zeros((len(weights), columns)), np.zeros((len(weights), columns))
    light = weights.astype(np.float32)
    for start, block in features.blocks(region):
        values = prepared(block, feature)
        place = slice(start, start + values.shape[1])
        sums[:, place] = light @ values
        squares[:, place] = light @ np.square(values)
    return Moments(weights.sum(axis=1), sums, squares)


def prepared(shares: npt.NDArray[np.floating], feature: FeatureDefinition) -> Matrix:
    """Values of a block as the fit sees them, before standardisation, in 32 bits.

    A value that was not seen (NaN) counts as 0. The same as ``probes.scoring.transformed``, in half of the memory.
    """
    values = shares.astype(np.float32)
    if feature.transform == "log":
        values = np.log(values + np.float32(feature.floor))
    return np.nan_to_num(values, copy=False)


def apartness(wrong: Moments, right: Moments) -> Array:
    """Welch's t of each column, ``[weighting, column]``: positive where wrong rows have more; 0 for a constant column."""
    spread = (
        wrong.variances / np.maximum(wrong.counts, 1)[:, None] + right.variances / np.maximum(right.counts, 1)[:, None]
    )
    difference = wrong.means - right.means
    return np.divide(difference, np.sqrt(spread), out=np.zeros_like(difference), where=spread > 1e-16)


def strongest(scores: Array, count: int, width: int, layers: int | None = None) -> npt.NDArray[np.int64]:
    """Ascending columns of the ``count`` largest absolute scores, in at most ``layers`` layers of ``width`` neurons.

    The layers are those whose best neurons (a hundredth of them) stand highest together: a probe that looks at few layers
    costs less while the model writes.
    """
    strength = np.abs(scores)
    if layers is not None and width and layers < len(strength) // width:
        by_layer = np.sort(strength.reshape(-1, width), axis=1)[:, -max(1, width // 100) :].mean(axis=1)
        outside = np.ones(len(by_layer), bool)
        outside[np.argsort(-by_layer, kind="stable")[:layers]] = False
        strength = np.where(np.repeat(outside, width), -1.0, strength)
    count = min(count, int((strength > 0).sum()))
    return np.sort(np.argsort(-strength, kind="stable")[:count])
