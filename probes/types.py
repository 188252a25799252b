"""The nouns of watching a model: which model it is, and what was seen at each token it wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """Which model wrote a text; enough to tell whether two texts come from the same one."""

    name: str
    """``general.name`` of the GGUF file, or the file's name."""
    architecture: str
    """``llama``, ``qwen2``, ... as in ``general.architecture``."""
    sha256: str
    """Digest of the file's bytes."""
    layers: int
    context: int
    """Tokens that fit into the context the engine was opened with."""
    ffn_width: int = 0
    """Feed-forward neurons of a layer; 0 where the layers differ or the file does not say."""
    quantisation: str = ""
    """Type of most weights: ``Q4_K_M``, ``F16``, ..."""


@dataclass(frozen=True, slots=True)
class GenerateOptions:
    """How a text is sampled. The defaults are greedy: the same prompt gives the same text."""

    max_tokens: int = 512
    temperature: float = 0.0
    """0 takes the likeliest token each time."""
    top_k: int = 40
    top_p: float = 0.95
    seed: int = 0
    repeat_penalty: float = 1.1
    """Above 1 it keeps small models from repeating one line for ever; 1 switches it off."""


@dataclass(frozen=True, slots=True)
class TokenTrace:
    """One token as it was written.

    ``logprob`` and ``entropy`` are taken from the model's own distribution (temperature 1, before penalties and cuts), in
    nats.
    """

    id: int
    text: str
    """The characters that this token completed; empty where it holds part of a character."""
    start: int
    """Offset of ``text`` in what was written so far."""
    end: int
    logprob: float
    """Natural logarithm of the token's probability; 0 is certain."""
    entropy: float
    """Entropy of the distribution that the token was drawn from."""


@dataclass(frozen=True, slots=True, order=True)
class Neuron:
    """One feed-forward neuron: the column of a layer's down projection."""

    layer: int
    index: int


class Scorer(Protocol):
    """What turns the neurons of a token into a score: a trained probe, or a stand-in for one."""

    @property
    def neurons(self) -> Sequence[Neuron]:
        """The neurons it looks at."""

    def score(self, token: TokenTrace, shares: Any) -> float:
        """Score of one token; ``shares`` are the CETT values of ``neurons`` in ascending order, a float32 array."""


@runtime_checkable
class SpanScorer(Protocol):
    """A ``Scorer`` that also tells the risk of a span as a whole, from the means over its tokens."""

    @property
    def neurons(self) -> Sequence[Neuron]:
        """The neurons it looks at."""

    def score(self, token: TokenTrace, shares: Any) -> float:
        """Score of one token."""

    def risk(self, tokens: Sequence[TokenTrace], shares: Any) -> float:
        """Risk of a span, 0 to 1; ``shares`` are the CETT values ``[token, neuron]``, NaN where none was seen."""
