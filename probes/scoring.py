"""From the neurons and logits of a span to the risk that it is wrong; the one place that does this, in training and live."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from probes.artefact_types import Calibration, FeatureDefinition, Probe, Stack

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


def neurons_logit(probe: Probe, shares: npt.NDArray[np.floating]) -> Array:
    """Logits ``[span]`` of CETT values ``[span, neuron]`` averaged over each span; neurons in the probe's order.

    A value that was not seen (NaN: the last layer of a prompt) counts as the mean of the training rows.
    """
    weights = np.array([neuron.weight for neuron in probe.neurons])
    means = np.array([neuron.mean for neuron in probe.neurons])
    stds = np.array([neuron.std for neuron in probe.neurons])
    standard = (transformed(shares, probe.feature) - means) / stds
    return np.asarray(np.nan_to_num(standard) @ weights + probe.bias)


def stacked(stack: Stack, values: Array) -> Array:
    """Logits ``[span]`` of the stack's features ``[span, feature]`` in its own order; NaN counts as the mean."""
    weights = np.array([feature.weight for feature in stack.features])
    means = np.array([feature.mean for feature in stack.features])
    stds = np.array([feature.std for feature in stack.features])
    return np.asarray(np.nan_to_num((values - means) / stds) @ weights + stack.bias)


def calibrated(calibration: Calibration, logits: Array) -> Array:
    """Risks between 0 and 1."""
    shifted = np.clip(calibration.slope * logits + calibration.offset, -40, 40)
    return np.asarray(1 / (1 + np.exp(-shifted)))


def span_logits(probe: Probe, shares: npt.NDArray[np.floating], said: Array) -> Array:
    """Logits ``[span]`` before calibration, from CETT means ``[span, neuron]`` and ``logit_features`` ``[span, 7]``."""
    inner = neurons_logit(probe, shares)
    if probe.stack is None:
        return inner
    columns = {PROBE: inner} | {name: said[:, place] for place, name in enumerate(LOGIT_FEATURES)}
    return stacked(probe.stack, np.column_stack([columns[feature.name] for feature in probe.stack.features]))


def span_risks(probe: Probe, shares: npt.NDArray[np.floating], said: Array) -> Array:
    """Risks ``[span]`` that spans are wrong; the same arguments as ``span_logits``.

    A single token is a span of one.
    """
    return calibrated(probe.calibration, span_logits(probe, shares, said))
