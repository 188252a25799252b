"""A trained probe at work: the score of each token, and the risk of each span, while a model writes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from probes.artefact_types import Probe
from probes.scoring import logit_features, prepared, span_risks
from probes.types import Neuron, TokenTrace

Floats = npt.NDArray[np.float32]


class Detector:
    """Scores tokens and spans with a probe; a ``probes.types.Scorer``.

    A score is the calibrated risk, 0 to 1, that an answer is wrong of which this token, or this span, is all there is.
    Probes are trained on short answers: see ``probe.validity`` for what else they were held to.
    """

    def __init__(self, probe: Probe) -> None:
        """Take a probe whose model is the one that will be watched."""
        self.probe = probe
        self._prepared = prepared(probe)
        self._neurons = tuple(Neuron(each.layer, each.index) for each in probe.neurons)

    @property
    def neurons(self) -> tuple[Neuron, ...]:
        """The neurons it looks at, ascending; none where it reads the logits alone."""
        return self._neurons

    def score(self, token: TokenTrace, shares: Floats) -> float:
        """Risk of one token; ``shares`` are the CETT values of ``neurons``."""
        return self.risk((token,), shares[np.newaxis])

    def risk(self, tokens: Sequence[TokenTrace], shares: Floats) -> float:
        """Risk of the span that the tokens make; ``shares`` are the CETT values ``[token, neuron]``.

        A value that was not seen (NaN) is left out of the mean.
        """
        said = logit_features([each.logprob for each in tokens], [each.entropy for each in tokens])
        means = shares[0] if len(tokens) == 1 else _means(shares)
        return float(span_risks(self._prepared, means[np.newaxis], said[np.newaxis])[0])


def _means(shares: Floats) -> Floats:
    """Means over tokens of what was seen; NaN where nothing was."""
    seen = ~np.isnan(shares)
    counts = seen.sum(axis=0)
    means = np.where(seen, shares, 0).sum(axis=0) / np.maximum(counts, 1)
    return np.where(counts > 0, means, np.nan).astype(np.float32, copy=False)
