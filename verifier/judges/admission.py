"""Whether a judge's word counts: it is run once on a small built-in set, and its skill and calibration are kept with it.

The set (``admission.json``) was written for this purpose; its places, people and findings are invented, so that no model can
know them. A judge that is no better than chance there is not listened to, and the report says so.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from citations.types import Fields, Location, Reference, Work
from verifier.judges.interface import Budget, Judge, Reply, SameWorkQuestion, SupportQuestion

TEST_VERSION = "1"
"""Raised whenever the set or the measure changes: older standings do not count then."""
_RIDGE = 2.0
"""How strongly the slope is held to 1, so that few items cannot make a judge surer than it was."""
_SHARE = 0.75
"""Share of the items that must be answered for the test to count."""
_ONE_SIDED = 1.645
"""Standard errors that the AUROC must lie above chance: 95 %, one-sided."""


@dataclass(frozen=True, slots=True)
class Skill:
    """How good a judge is at one job, and how its probabilities are to be read."""

    auroc: float
    low: float
    """Lower end of the AUROC's one-sided 95 % interval (Hanley and McNeil 1982); for support the lower one of two, the other
    against contradicted claims alone, which share as many words with their passage as supported ones."""
    slope: float
    intercept: float
    """Calibrated log odds = ``slope * log odds + intercept``."""
    items: int

    @property
    def admitted(self) -> bool:
        """Whether it is better than chance."""
        return self.low > 0.5

    def calibrated(self, probability: float) -> float:
        """The judge's probability as it turned out to be meant."""
        return sigmoid(self.slope * logit(probability) + self.intercept)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known about one judge; ``None`` for a job that could not be tested."""

    support: Skill | None
    same_work: Skill | None
    why_not: str = ""
    """Why it could not be tested."""


@dataclass(frozen=True, slots=True)
class _Items:
    support: tuple[SupportQuestion, ...]
    supported: tuple[bool, ...]
    silent: tuple[bool, ...]
    """The passage tells neither that the claim is true nor that it is false."""
    same_work: tuple[SameWorkQuestion, ...]
    same: tuple[bool, ...]


def admit(judge: Judge, budget: Budget | None = None) -> Standing:
    """Test a judge on the built-in set; never raises. A judge that does not answer is not judged either."""
    items = _items()
    budget = budget or Budget()
    support = list(judge.support(items.support, budget))
    same = list(judge.same_work(items.same_work, budget))
    why = next((each.unavailable for each in (*support, *same) if each.unavailable), "")
    told = _skill(support, items.supported)
    hard = _skill(*_without(support, items.supported, items.silent))
    if told is not None and hard is not None:
        told = replace(told, low=min(told.low, hard.low))
    return Standing(told, _skill(same, items.same), why)


def _without(replies: Sequence[Reply], truth: Sequence[bool], out: Sequence[bool]) -> tuple[list[Reply], list[bool]]:
    kept = [index for index, is_out in enumerate(out) if not is_out]
    return [replies[index] for index in kept if index < len(replies)], [truth[index] for index in kept]


def _skill(replies: Sequence[Reply], truth: Sequence[bool]) -> Skill | None:
    pairs = [
        (logit(reply.probability), true)
        for reply, true in zip(replies, truth, strict=False)
        if reply.probability is not None and math.isfinite(reply.probability)
    ]
    if len(pairs) < _SHARE * len(truth) or len({true for _, true in pairs}) < 2:
        return None
    area, low = _auroc(pairs)
    slope, intercept = _platt(pairs)
    return Skill(round(area, 4), round(low, 4), round(slope, 4), round(intercept, 4), len(pairs))


def _auroc(pairs: Sequence[tuple[float, bool]]) -> tuple[float, float]:
    """The area and its lower end; the error by the formula of Hanley and McNeil (Radiology 143, 1982)."""
    right = [score for score, true in pairs if true]
    wrong = [score for score, true in pairs if not true]
    wins = sum((one > two) + 0.5 * (one == two) for one in right for two in wrong)
    area = wins / (len(right) * len(wrong))
    q1, q2 = area / (2 - area), 2 * area * area / (1 + area)
    spread = area * (1 - area) + (len(right) - 1) * (q1 - area**2) + (len(wrong) - 1) * (q2 - area**2)
    return area, area - _ONE_SIDED * math.sqrt(max(0.0, spread) / (len(right) * len(wrong)))


def _platt(pairs: Sequence[tuple[float, bool]]) -> tuple[float, float]:
    """Slope and intercept of least log loss, the slope held to 1 by a ridge; Newton's method."""
    slope, intercept = 1.0, 0.0
    for _ in range(50):
        g_slope, g_intercept = _RIDGE * (slope - 1.0), 0.02 * intercept
        h_ss, h_si, h_ii = _RIDGE, 0.0, 0.02
        for score, true in pairs:
            guess = sigmoid(slope * score + intercept)
            weight = guess * (1 - guess)
            g_slope += (guess - true) * score
            g_intercept += guess - true
            h_ss += weight * score * score
            h_si += weight * score
            h_ii += weight
        determinant = h_ss * h_ii - h_si * h_si
        slope -= _held((h_ii * g_slope - h_si * g_intercept) / determinant)
        intercept -= _held((h_ss * g_intercept - h_si * g_slope) / determinant)
    return max(0.0, slope), intercept


def _held(step: float) -> float:
    """A step that cannot leap over the least."""
    return max(-0.5, min(0.5, step))


def logit(probability: float) -> float:
    """Log odds; what is nearly certain counts as 99.9 %."""
    held = min(0.999, max(0.001, probability))
    return math.log(held / (1 - held))


def sigmoid(value: float) -> float:
    """Probability of log odds."""
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, value))))


@cache
def _items() -> _Items:
    found = json.loads((Path(__file__).parent / "admission.json").read_text(encoding="utf-8"))
    support, same = found["support"], found["same_work"]
    return _Items(
        tuple(SupportQuestion(each["claim"], (each["passage"],)) for each in support),
        tuple(each["truth"] == "supported" for each in support),
        tuple(each["truth"] == "silent" for each in support),
        tuple(_same_work(each["citation"], each["record"]) for each in same),
        tuple(each["same"] for each in same),
    )


def _same_work(citation: str, record: str) -> SameWorkQuestion:
    work = Work("admission", record, "", Fields(title=record))
    return SameWorkQuestion(Reference(citation, citation, Fields(), Location()), work)
