"""The nouns of a trained probe: what it looks at, how it turns that into a risk, how well it does, and on what it was trained."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from probes.types import ModelFacts

SCHEMA_VERSION = 1
"""Of a probe's file; raised when a reader of the old one would misread the new."""


class Mode(StrEnum):
    """What a probe is for."""

    DETECTOR = "detector"
    """Wrong answers against right ones, L2, stacked with what the logits say: for scoring."""
    H_NEURONS = "h_neurons"
    """The paper's: L1, wrong answers against right ones and all other tokens: for interpretation and interventions."""


@dataclass(frozen=True, slots=True)
class FeatureDefinition:
    """How the value of a neuron in a span is made."""

    quantity: str = "cett"
    region: str = "answer"
    """Which tokens count: those of the answer's span."""
    aggregation: str = "mean"
    """How the tokens of a span become one value: ``mean``, before the transform."""
    position: str = "input"
    """A token's value is read where the token is the *input*, one step after it was drawn."""
    epsilon: float = 1e-8
    """Added to the norm of the layer's output."""
    transform: str = "none"
    """``none`` or ``log``: the natural logarithm of the value plus ``floor``."""
    floor: float = 1e-6
    standardised: bool = True
    """Whether ``mean`` and ``std`` of the neurons are taken off; else they are 0 and 1."""


@dataclass(frozen=True, slots=True)
class ProbeNeuron:
    """One neuron of a probe."""

    layer: int
    index: int
    weight: float
    """Of the (standardised) value; above 0 it speaks for a wrong answer."""
    mean: float = 0.0
    std: float = 1.0
    frequency: float = 1.0
    """Share of bootstrap fits that chose the neuron; 1 where no choice was made."""


@dataclass(frozen=True, slots=True)
class StackFeature:
    """One input of the stack: ``probe`` (the neurons' logit), or what the logits and the length of the span say."""

    name: str
    weight: float
    mean: float = 0.0
    std: float = 1.0


@dataclass(frozen=True, slots=True)
class Stack:
    """Joins the neurons' logit with what costs nothing: ``bias + sum(weight * (value - mean) / std)``."""

    features: tuple[StackFeature, ...]
    bias: float = 0.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """Turns a logit into a risk: ``1 / (1 + exp(-(slope * logit + offset)))``."""

    slope: float = 1.0
    offset: float = 0.0
    prevalence: float = 0.5
    """Share of wrong answers where it was learnt; elsewhere the risk is off by the difference of the log odds."""
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Threshold:
    """The risk above which a given share of right answers is marked wrongly, learnt out of fold on training questions."""

    false_positives: float
    """0.01, 0.05 or 0.1."""
    risk: float
    recall: float
    """Share of wrong answers above it."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95 % interval, bootstrapped over questions."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Baseline:
    """What something simpler reaches on the same answers."""

    name: str
    auroc: Interval
    gain: Interval
    """The probe's AUROC less this one's, paired."""


@dataclass(frozen=True, slots=True)
class SetMetrics:
    """How a probe did on one set of questions that it never saw."""

    name: str
    rows: int
    wrong: int
    auroc: Interval
    ece: float
    brier: float
    recall_at_10: Interval
    """Share of wrong answers found where 10 % of the right ones of this set are marked."""
    neurons_auroc: Interval | None = None
    """Of the neurons alone, without the stack."""
    baselines: tuple[Baseline, ...] = ()


@dataclass(frozen=True, slots=True)
class PathPoint:
    """One strength of regularisation that was tried, in cross-validation grouped by question and answer."""

    c: float
    auroc: float
    spread: float
    """Standard deviation of the AUROC between folds."""
    neurons: int
    """With a weight other than 0, in the fit to all rows (for L1 above 0)."""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Training:
    """What a probe was trained on and how: enough to do it again."""

    sets: tuple[str, ...]
    sha256: str
    """Of the features and labels, in the order of the rows."""
    rows: int
    wrong: int
    questions: int
    columns: int
    """Neurons of the model that could have been chosen."""
    screened: int
    """Neurons that were left after screening by the training rows alone; equal to ``columns`` without screening."""
    penalty: str
    """``l1`` or ``l2``; the intercept is never penalised."""
    path: tuple[PathPoint, ...]
    folds: int
    seeds: tuple[int, ...]
    labels: str
    """How answers were judged, in one sentence."""
    licence: str
    """Of the questions, and that no text of theirs is in the file."""
    code_version: str
    llama_cpp: str = ""
    """Version of llama-cpp-python that computed the features."""


@dataclass(frozen=True, slots=True)
class Validity:
    """For which kind of span the probe was held to answers that it never saw."""

    kind: str
    """``answer``, ``citation``, ``long_text``."""
    weight: float
    """1 where it adds to the logits, 0 where that was not shown: fusion multiplies its signal by it."""
    because: str
    """One sentence with the figure."""


@dataclass(frozen=True, slots=True)
class Probe:
    """A trained probe; ``probes.scoring`` turns what was seen of a span into its risk."""

    name: str
    model: ModelFacts
    """Its ``context`` plays no part."""
    template_sha256: str
    """Digest of the chat template that the questions went through; empty without one."""
    mode: Mode
    feature: FeatureDefinition
    neurons: tuple[ProbeNeuron, ...]
    """In ascending order of layer and index."""
    bias: float
    stack: Stack | None
    """``None`` where the neurons' logit is all there is."""
    calibration: Calibration
    thresholds: tuple[Threshold, ...]
    metrics: tuple[SetMetrics, ...]
    training: Training
    validity: tuple[Validity, ...] = ()
    schema_version: int = SCHEMA_VERSION
