"""Signals to one calibrated risk: a small logistic model for each sort of finding, its weights and calibration in JSON. Pure.

A missing signal is missing: its feature adds nothing, because every feature is centred on its mean, and the weights of the
verdicts on theirs. Graver verdicts are never less risky. Weights are trained by
``python -m tests.benchmarks.fusion``; a signal that no labelled data had yet stands there with weight 0.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from verifier.types import Contribution, Risk, Signal, SignalKind, SignalStatus

NOT_INDEPENDENT = "(not independent)"
"""How the source of a judge's signal ends where the judge is the model that wrote the text."""
AFRESH = ", asked afresh"
"""How the source of a judge's signal ends where it answered from memory."""
_CITATION = {
    0.0: "citation:verified",
    0.25: "citation:minor",
    0.5: "citation:mismatch",
    0.6: "citation:retracted",
    0.8: "citation:not_found",
    1.0: "citation:fabricated",
}
"""Names of the scores that ``citation_signal`` gives."""
MILDER = (
    ("citation:verified", "citation:minor"),
    ("citation:minor", "citation:mismatch"),
    ("citation:minor", "citation:not_found"),
    ("citation:mismatch", "citation:fabricated"),
    ("citation:not_found", "citation:fabricated"),
)
"""Pairs of verdicts of which the second is never less risky."""


class Sort(StrEnum):
    """What a risk is of; each has weights of its own."""

    CITATION = "citation"
    CLAIM = "claim"


@dataclass(frozen=True, slots=True)
class Feature:
    """One number that signals give."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Weight:
    """What one feature counts: ``weight * (value - mean) / scale`` in log odds."""

    name: str
    mean: float
    scale: float
    weight: float


@dataclass(frozen=True, slots=True)
class Draw:
    """The same model fitted to one bootstrap sample, for the interval."""

    bias: float
    weights: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """The weights of one sort of finding."""

    name: str
    bias: float
    weights: tuple[Weight, ...]
    draws: tuple[Draw, ...] = ()


def fuse(signals: Sequence[Signal], sort: Sort, model: Model | None = None) -> Risk | None:
    """The calibrated probability of being wrong, with its interval and what each signal added.

    ``None`` where no signal could be had that has a weight: nothing known is no risk of 50 %.
    """
    model = model or shipped(sort)
    values = {each.name: each.value for each in features(signals)}
    known = [(place, weight) for place, weight in enumerate(model.weights) if weight.name in values and weight.weight]
    if not known:
        return None
    standard = {place: (values[weight.name] - weight.mean) / weight.scale for place, weight in known}
    parts = [Contribution(weight.name, round(weight.weight * standard[place], 4)) for place, weight in known]
    value = model.bias + sum(weight.weight * standard[place] for place, weight in known)
    drawn = sorted(each.bias + sum(each.weights[place] * standard[place] for place, _ in known) for each in model.draws)
    low, high = _middle(drawn, value)
    return Risk(
        value=_risk(value),
        low=_risk(low),
        high=_risk(high),
        signals=tuple(signals),
        calibration=model.name,
        contributions=tuple(sorted(parts, key=lambda each: -abs(each.log_odds))),
    )


def features(signals: Sequence[Signal]) -> tuple[Feature, ...]:
    """The numbers that available signals give, each once: of several judges the one that finds most support.

    >>> features([Signal(SignalKind.CITATION, "citations", score=0.8)])
    (Feature(name='citation:not_found', value=1.0),)
    """
    found: dict[str, float] = {}
    for each in _all(signals):
        found[each.name] = min(each.value, found.get(each.name, math.inf))
    return tuple(Feature(name, value) for name, value in sorted(found.items()))


def _all(signals: Sequence[Signal]) -> Iterator[Feature]:
    for signal in signals:
        if signal.status is not SignalStatus.OK or signal.score is None or not math.isfinite(signal.score):
            continue
        match signal.kind:
            case SignalKind.CITATION:
                if signal.score in _CITATION:
                    yield Feature(_CITATION[signal.score], 1.0)
            case SignalKind.JUDGE:
                yield Feature(_judge_name(signal.source), -_logit(signal.score))
            case SignalKind.LOGPROB:
                yield Feature("logprob", -signal.score)
            case SignalKind.ENTROPY:
                yield Feature("entropy", signal.score)
            case SignalKind.PROBE:
                yield Feature("probe", _logit(signal.score))


def _judge_name(source: str) -> str:
    if source.endswith(AFRESH):
        return "asked_afresh"
    return "judge_not_independent" if source.endswith(NOT_INDEPENDENT) else "judge"


@cache
def shipped(sort: Sort) -> Model:
    """The weights that come with the program."""
    found = json.loads(Path(__file__).with_name("fusion.json").read_text(encoding="utf-8"))
    return read_model(found["name"], found["models"][sort.value])


def read_model(name: str, found: dict[str, object]) -> Model:
    """A model from its JSON form; raises ``KeyError``, ``TypeError`` or ``ValueError`` if it is none."""
    weights, draws = found["weights"], found.get("draws", [])
    if not isinstance(weights, list) or not isinstance(draws, list):
        raise TypeError("weights and draws are lists")
    return Model(
        name=name,
        bias=float(str(found["bias"])),
        weights=tuple(Weight(each["name"], each["mean"], each["scale"], each["weight"]) for each in weights),
        draws=tuple(Draw(each[0], tuple(each[1:])) for each in draws),
    )


def _middle(drawn: Sequence[float], value: float) -> tuple[float, float]:
    """The middle 90 % of the draws, which always holds the value itself."""
    if not drawn:
        return value, value
    cut = int(0.05 * len(drawn))
    return min(value, drawn[cut]), max(value, drawn[-1 - cut])


def _risk(log_odds: float) -> float:
    return round(1 / (1 + math.exp(-max(-40.0, min(40.0, log_odds)))), 4)


def _logit(probability: float) -> float:
    held = min(0.999, max(0.001, probability))
    return math.log(held / (1 - held))
