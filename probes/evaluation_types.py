"""The nouns of an evaluation: everything the terminal and the page show of it."""

from __future__ import annotations

from dataclasses import dataclass

from probes.artefact_types import Mode, SetMetrics
from probes.metrics import Bin


@dataclass(frozen=True, slots=True)
class Scores:
    """One score of every answer of the test set, in the order of its rows."""

    name: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class AbstentionScore:
    """Mean points where a right answer earns 1, abstaining 0, and a wrong answer costs ``target / (1 - target)``."""

    target: float
    always: float
    """When every question is answered."""
    never: float
    by_risk: float
    """When only answers with a risk below ``1 - target`` are given."""
    answered: float
    """Share of answers given then."""


@dataclass(frozen=True, slots=True)
class LengthEffect:
    """Answers of one length; 8 stands for 8 tokens and more."""

    tokens: int
    rows: int
    right_risk: float | None
    """Mean risk of the right ones; ``None`` without any."""
    wrong_risk: float | None
    auroc: float | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One probe on one test set."""

    probe: str
    mode: Mode
    metrics: SetMetrics
    random_sets: tuple[float, ...]
    """AUROC of each set of random neurons."""
    over_threshold: tuple[float, ...]
    """Share of all answers above each of the probe's thresholds."""
    length_matched: float
    """AUROC over pairs of answers of the same length."""
    confident: float
    """AUROC within the half of the answers that the model itself found likeliest."""
    prevalence: float
    bins: tuple[Bin, ...]
    abstention: tuple[AbstentionScore, ...]
    by_length: tuple[LengthEffect, ...]
    scores: tuple[Scores, ...] = ()
    wrong: tuple[bool, ...] = ()
    groups: tuple[int, ...] = ()
    """Which answers belong together, for intervals."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """AUROC of a probe trained on one set on the answers of another."""

    trained_on: str
    tested_on: str
    auroc: float
    rows: int
    """Answers that it was tested on."""


@dataclass(frozen=True, slots=True)
class LiveMarking:
    """What marking spans while they are written would find, at the threshold that marks a share of the right ones."""

    false_positives: float
    recall: float
    """Share of the wrong spans that would be marked."""
    rows: int
    wrong: int
    stratum: str
    """``famous``, ``obscure``, ``listed`` or ``all``: the threshold is that of the stratum's own right spans."""
    fixed_recall: float
    """Share of the wrong spans that are marked over the probe's own threshold, learnt on short answers."""
    fixed_false: float
    """Share of the right spans that are."""
