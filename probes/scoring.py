"""From the neurons and logits of a span to the risk that it is wrong; the one place that does this, in training and live."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from probes.artefact_types import Calibration, FeatureDefinition, Probe, ProbeNeuron, Stack, StackFeature

Array = npt.NDArray[np.float64]

LOGIT_FEATURES = (
    "entropy_mean",
    "entropy_first",
    "entropy_max",
    "logprob_mean",
    "logprob_first",
    "logprob_min",
    "log_length",
)
"""What the logits and the length of a span say, in the order of ``logit_features``."""
PROBE = "probe"
"""Name of the neurons' logit among the features of a stack."""


def logit_features(logprobs: Sequence[float], entropies: Sequence[float]) -> Array:
    """The ``LOGIT_FEATURES`` of one span, from the log probability and entropy of each of its tokens.

    A token that has none (NaN) is left out; a span of which nothing is known gives NaN, its length excepted.
    """
    return np.array([*_of(entropies, max), *_of(logprobs, min), np.log(max(1, len(logprobs)))])


def _of(values: Sequence[float], extreme: Callable[[list[float]], float]) -> tuple[float, float, float]:
    known = [float(value) for value in values if not np.isnan(value)]
    if not known:
        return np.nan, np.nan, np.nan
    return float(np.mean(known)), known[0], extreme(known)


def transformed(shares: npt.NDArray[np.floating], feature: FeatureDefinition) -> Array:
    """CETT values, already averaged over a span, as the probe's weights expect them before standardisation."""
    values = np.asarray(shares, np.float64)
    return np.log(values + feature.floor) if feature.transform == "log" else values


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """The numbers of a probe as arrays, made once for all the tokens that it will score."""

    feature: FeatureDefinition
    calibration: Calibration
    weights: Array
    means: Array
    stds: Array
    bias: float
    places: npt.NDArray[np.int64] | None
    """Of the stack's features among the neurons' logit and ``LOGIT_FEATURES``; ``None`` without a stack."""
    stack_weights: Array
    stack_means: Array
    stack_stds: Array
    stack_bias: float


def prepared(probe: Probe) -> Prepared:
    """Arrays of what ``span_risks`` needs of a probe."""
    known = (PROBE, *LOGIT_FEATURES)
    features = probe.stack.features if probe.stack else ()
    weights, means, stds = _columns(probe.neurons)
    stack_weights, stack_means, stack_stds = _columns(features)
    return Prepared(
        probe.feature,
        probe.calibration,
        weights,
        means,
        stds,
        probe.bias,
        np.array([known.index(each.name) for each in features], np.int64) if probe.stack else None,
        stack_weights,
        stack_means,
        stack_stds,
        probe.stack.bias if probe.stack else 0.0,
    )


def _columns(parts: Sequence[ProbeNeuron] | Sequence[StackFeature]) -> tuple[Array, Array, Array]:
    return (
        np.array([each.weight for each in parts]),
        np.array([each.mean for each in parts]),
        np.array([each.std for each in parts]),
    )


def neurons_logit(probe: Probe | Prepared, shares: npt.NDArray[np.floating]) -> Array:
    """Logits ``[span]`` of CETT values ``[span, neuron]`` averaged over each span; neurons in the probe's order.

    A value that was not seen (NaN: the last layer of a prompt) counts as the mean of the training rows.
    """
    own = prepared(probe) if isinstance(probe, Probe) else probe
    standard = (transformed(shares, own.feature) - own.means) / own.stds
    return np.asarray(_known(standard) @ own.weights + own.bias)


def stacked(stack: Stack, values: Array) -> Array:
    """Logits ``[span]`` of the stack's features ``[span, feature]`` in its own order; NaN counts as the mean."""
    weights, means, stds = _columns(stack.features)
    return _stacked(values, weights, means, stds, stack.bias)


def calibrated(calibration: Calibration, logits: Array) -> Array:
    """Risks between 0 and 1."""
    shifted = np.clip(calibration.slope * logits + calibration.offset, -40, 40)
    return np.asarray(1 / (1 + np.exp(-shifted)))


def span_logits(probe: Probe | Prepared, shares: npt.NDArray[np.floating], said: Array) -> Array:
    """Logits ``[span]`` before calibration, from CETT means ``[span, neuron]`` and ``logit_features`` ``[span, 7]``.

    The stack's features that are NaN count as their means.
    """
    own = prepared(probe) if isinstance(probe, Probe) else probe
    inner = neurons_logit(own, shares)
    if own.places is None:
        return inner
    values = np.column_stack([inner, said])[:, own.places]
    return _stacked(values, own.stack_weights, own.stack_means, own.stack_stds, own.stack_bias)


def span_risks(probe: Probe | Prepared, shares: npt.NDArray[np.floating], said: Array) -> Array:
    """Risks ``[span]`` that spans are wrong; the same arguments as ``span_logits``.

    A single token is a span of one.
    """
    return calibrated(probe.calibration, span_logits(probe, shares, said))


def _stacked(values: Array, weights: Array, means: Array, stds: Array, bias: float) -> Array:
    return np.asarray(_known((values - means) / stds) @ weights + bias)


def _known(values: Array) -> Array:
    """The values with 0 for NaN; without a copy where there is none, as nearly always."""
    return values if math.isfinite(float(values.sum())) else np.nan_to_num(values)
