"""A neuron's share of what its layer adds to a token, after Gao et al., arXiv 2512.01797."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

EPSILON = 1e-8
"""Keeps a token to which a layer adds nothing from dividing by 0; the value of the authors' code."""


def cett(z: Floats, column_norms: Floats, h_norm: Floats) -> Floats:
    """``|z| * column norm / (h norm + EPSILON)`` for activations ``[..., token, neuron]`` and norms ``[..., token]``.

    ``column_norms`` has one L2 norm of the down projection's column for each of the neurons that ``z`` holds.

    >>> cett(np.array([[3.0, -4.0]]), np.array([1.0, 2.0]), np.array([4.0])).tolist()
    [[0.75, 2.0]]
    """
    return (np.abs(z) * column_norms / (h_norm[..., np.newaxis] + EPSILON)).astype(np.float32, copy=False)
