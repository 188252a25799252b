"""Fits the fusion of signals to labels: first the level and spread of its log odds, then weights where labels abound. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from verifier.fusion import MILDER, Draw, Feature, Model, Sort, Weight
from verifier.learning import Figures, Label, counted

Array = npt.NDArray[np.float64]

PRIOR = 10.0
"""Each verdict starts as if so many of its findings had been reviewed and had turned out as the calibration in the program says."""
ENOUGH_OF_VERDICT, ENOUGH = 20, 100
"""Labels that must hold a verdict, or another signal, before its weight is fitted apart."""
DRAWS = 40
BINS = 10
STEEPEST, FLATTEST = 4.0, 0.1
"""Between these the spread of the log odds is kept, so that no fit turns the order of risks around."""
PASSING = {Sort.CITATION: Feature("citation:verified", 1.0), Sort.CLAIM: Feature("judge", -2.5)}
"""What passes looks like; where no sample of it was reviewed, its risk stays as it was."""
SUREST = 0.98
"""No risk counts as surer than this when one asks whether decisions contradict it."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted model, and which of its weights were fitted apart."""

    model: Model
    weights: tuple[str, ...]


@dataclass(frozen=True)
class _Rows:
    """The labels as numbers."""

    names: tuple[str, ...]
    """Of the weights."""
    x: Array
    """``[label, weight]``, standardised; 0 where the signal is missing."""
    wrong: Array
    share: Array
    """Weight of each label."""
    size: Array
    """How many labels have the same verdict."""
    count: Counter[str]
    passing: Array | None
    """Standardised values of what passes, where no label tells anything about it."""


@dataclass(frozen=True)
class _Line:
    """Log odds: ``bias + x @ weights``."""

    bias: float
    weights: Array


def fit(labels: Sequence[Label], base: Model, name: str) -> Fit:
    """The base model brought in line with the labels; graver verdicts stay no less risky than milder ones."""
    labels = sorted(labels, key=lambda each: (each.decided_at, each.group, each.wrong))
    count = counted(labels)
    apart = tuple(each.name for each in base.weights if _abounds(each.name, count))
    started = tuple(_started(each, labels, count) for each in base.weights)
    rows = _rows(labels, started, count)
    fitted = _fitted(rows, _Line(base.bias, _vector(base)), rows.share, apart)
    groups, places = np.unique([each.group for each in labels], return_inverse=True)
    drawing = np.random.default_rng(0)
    draws = []
    for number in range(DRAWS):
        times = drawing.multinomial(len(groups), np.full(len(groups), 1 / len(groups)))[places]
        known = base.draws[number % len(base.draws)] if base.draws else None
        line = _Line(base.bias, _vector(base)) if known is None else _Line(known.bias, np.array(known.weights))
        again = _fitted(rows, line, times * rows.share, apart)
        draws.append(Draw(round(again.bias, 5), tuple(round(float(each), 5) for each in again.weights)))
    weights = [replace(each, weight=round(float(own), 5)) for each, own in zip(started, fitted.weights, strict=True)]
    return Fit(Model(name, round(fitted.bias, 5), tuple(weights), tuple(draws)), apart)


def risks(labels: Sequence[Label], model: Model) -> Array:
    """What the model says of each, as ``fuse`` does."""
    return _sigmoid(_standard(labels, model.weights) @ _vector(model) + model.bias)


def figures(labels: Sequence[Label], model: Model) -> Figures:
    """Log loss and expected calibration error, each label with its weight."""
    risk = risks(labels, model)
    wrong = np.array([each.wrong for each in labels], float)
    share = np.array([each.weight for each in labels])
    share = share / share.sum()
    loss = (share * _losses(np.clip(risk, 1e-4, 1 - 1e-4), wrong)).sum()
    places = np.minimum((risk * BINS).astype(int), BINS - 1)
    gaps = np.bincount(places, weights=share * (risk - wrong), minlength=BINS)
    return Figures(round(float(loss), 4), round(float(np.abs(gaps).sum()), 4))


def surprise(labels: Sequence[Label], model: Model) -> float:
    """By how many standard deviations the labels' log loss exceeds what it would be if the model's risks were true."""
    risk = np.clip(risks(labels, model), 1 - SUREST, SUREST)
    wrong = np.array([each.wrong for each in labels], float)
    expected = _losses(risk, risk)
    variance = risk * (1 - risk) * np.log(risk / (1 - risk)) ** 2
    return float((_losses(risk, wrong) - expected).sum() / np.sqrt(variance.sum() + 1e-9))


def _fitted(rows: _Rows, base: _Line, share: Array, apart: Sequence[str]) -> _Line:
    """Level and spread first; then, from there, the weights of the signals that are common enough."""
    said = _sigmoid(rows.x @ base.weights + base.bias)
    wanted = (rows.size * rows.wrong + PRIOR * said) / (rows.size + PRIOR)
    level, spread = _level_and_spread(rows, base, wanted, share)
    bias, weights = level + spread * base.bias, spread * base.weights
    places = [place for place, name in enumerate(rows.names) if name in apart]
    while places:
        weights[places] += _newton(rows.x[:, places], wanted, share, rows.x @ weights + bias)
        negative = [at for at in places if not rows.names[at].startswith("citation:") and weights[at] < 0]
        if not negative:
            break
        weights[negative] = 0.0
        places = [at for at in places if at not in negative]
    return _Line(float(bias), _ordered(rows, weights))


def _level_and_spread(rows: _Rows, base: _Line, wanted: Array, share: Array) -> tuple[float, float]:
    """``level + spread * log odds`` with the least log loss (Platt scaling)."""
    score = rows.x @ base.weights + base.bias
    if rows.passing is not None:
        anchor = rows.passing @ base.weights + base.bias
        score, wanted = np.r_[score, anchor], np.r_[wanted, _sigmoid(anchor)]
        share = np.r_[share, max(1.0, 10 * float(share.sum()))]
    columns = np.c_[np.ones(len(score)), score]
    level, change = _newton(columns, wanted, share, score)
    spread = float(np.clip(1 + change, FLATTEST, STEEPEST))
    if spread != 1 + change:
        level = _newton(columns[:, :1], wanted, share, spread * score)[0]
    return float(level), spread


def _newton(x: Array, wanted: Array, share: Array, offset: Array) -> Array:
    """Coefficients with the least weighted log loss beside a fixed offset, held back a little from running away."""
    penalty = 1e-3 * max(1.0, float(share.mean())) * np.eye(x.shape[1])
    found = np.zeros(x.shape[1])
    for _ in range(50):
        guess = _sigmoid(offset + x @ found)
        slope = x.T @ (share * (guess - wanted)) + penalty @ found
        curve = (x * (share * guess * (1 - guess))[:, None]).T @ x + penalty
        step = np.clip(np.linalg.solve(curve, slope), -2, 2)
        found = found - step
        if np.abs(step).max() < 1e-7:
            break
    return np.asarray(found)


def _ordered(rows: _Rows, weights: Array) -> Array:
    """Verdicts that came out in the wrong order share one weight, the mean by their numbers of labels."""
    places = {name: at for at, name in enumerate(rows.names)}
    size = np.array([max(PRIOR, rows.count[name]) for name in rows.names])
    block = np.arange(len(weights))
    pairs = [(places[mild], places[grave]) for mild, grave in MILDER if mild in places and grave in places]
    while wrong := [(mild, grave) for mild, grave in pairs if weights[mild] > weights[grave] + 1e-12]:
        mild, grave = max(wrong, key=lambda pair: weights[pair[0]] - weights[pair[1]])
        block[block == block[grave]] = block[mild]
        together = block == block[mild]
        weights[together] = np.average(weights[together], weights=size[together])
    return weights


def _abounds(name: str, count: Counter[str]) -> bool:
    return count[name] >= (ENOUGH_OF_VERDICT if name.startswith("citation:") else ENOUGH)


def _started(weight: Weight, labels: Sequence[Label], count: Counter[str]) -> Weight:
    """A signal that no data had yet gets its mean and spread from the labels, if they abound."""
    if weight.weight or weight.name.startswith("citation:") or not _abounds(weight.name, count):
        return weight
    found = np.array([value.value for each in labels for value in each.values if value.name == weight.name])
    return replace(weight, mean=round(float(found.mean()), 5), scale=round(max(1e-3, float(found.std())), 5))


def _rows(labels: Sequence[Label], weights: Sequence[Weight], count: Counter[str]) -> _Rows:
    verdicts = [next((v.name for v in each.values if v.name.startswith("citation:")), "") for each in labels]
    size = Counter(verdicts)
    passing = None
    if labels and not any(each.sampled for each in labels):
        passed = replace(labels[0], values=(PASSING[labels[0].sort],))
        passing = _standard([passed], weights)
    return _Rows(
        names=tuple(each.name for each in weights),
        x=_standard(labels, weights),
        wrong=np.array([each.wrong for each in labels], float),
        share=np.array([each.weight for each in labels]),
        size=np.array([size[verdict] for verdict in verdicts], float),
        count=count,
        passing=passing,
    )


def _standard(labels: Sequence[Label], weights: Sequence[Weight]) -> Array:
    """Values ``[label, weight]`` as the model takes them; a missing signal counts as the mean."""
    places = {each.name: at for at, each in enumerate(weights)}
    found = np.zeros((len(labels), len(weights)))
    for row, label in enumerate(labels):
        for value in label.values:
            at = places.get(value.name)
            if at is not None:
                found[row, at] = (value.value - weights[at].mean) / weights[at].scale
    return found


def _losses(risk: Array, wrong: Array) -> Array:
    return np.asarray(-(wrong * np.log(risk) + (1 - wrong) * np.log(1 - risk)))


def _vector(model: Model) -> Array:
    return np.array([each.weight for each in model.weights])


def _sigmoid(log_odds: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-np.clip(log_odds, -40, 40))))
