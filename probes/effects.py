"""What an intervention did, from the outcomes of its runs: shares with intervals, slopes, and the controls beside them. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from probes.artefact_types import Interval
from probes.behaviour import Shown

PROBE_SET = "probe"
DRAWS = 2000
Z = 1.959963984540054
"""Of a 95 % interval."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one answer did under one factor."""

    neurons: str
    """``probe``, or the name of a random set."""
    alpha: float
    item: str
    shown: Shown
    truncated: bool = False
    """The answer reached the limit of tokens before its end."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What the model can still do under one factor."""

    neurons: str
    alpha: float
    perplexity: float | None
    """Of a text; ``None`` where none was given."""
    choices_right: int
    choices: int


@dataclass(frozen=True, slots=True)
class Point:
    """All answers of one set of neurons under one factor."""

    neurons: str
    alpha: float
    answers: int
    complies: Interval
    """Share of all answers, with its Wilson interval."""
    resists: int
    refuses: int
    unclear: int
    truncated: int


@dataclass(frozen=True, slots=True)
class Slope:
    """How many percentage points more answers comply for each 1 by which the factor grows."""

    neurons: str
    points: Interval
    """Interval by bootstrap over items, all factors of an item together."""


@dataclass(frozen=True, slots=True)
class Study:
    """One behaviour under one probe's neurons and its controls."""

    points: tuple[Point, ...]
    slopes: tuple[Slope, ...]
    difference: Interval | None
    """Slope of the probe's neurons less the mean slope of the random sets, paired over items; ``None`` without any."""
    costs: tuple[Cost, ...]


def effects(outcomes: Sequence[Outcome], costs: Sequence[Cost] = ()) -> Study:
    """Put outcomes together; outcomes at factor 1 that carry the probe's name stand for every set."""
    sets = sorted({each.neurons for each in outcomes}, key=lambda name: (name != PROBE_SET, name))
    points = tuple(
        _point(name, alpha, [each for each in outcomes if (each.neurons, each.alpha) == (name, alpha)])
        for name in sets
        for alpha in sorted({each.alpha for each in outcomes if each.neurons == name})
    )
    tables = {name: _table(outcomes, name) for name in sets}
    draws = _draws(len({each.item for each in outcomes}))
    slopes = {name: _slopes(*table, draws) for name, table in tables.items() if len(table[0]) > 1}
    random = [found for name, found in slopes.items() if name != PROBE_SET]
    difference = None
    if PROBE_SET in slopes and random:
        difference = _interval(slopes[PROBE_SET] - np.mean(random, axis=0))
    made = tuple(Slope(name, _interval(found)) for name, found in slopes.items())
    return Study(points, made, difference, tuple(costs))


def wilson(hits: int, of: int) -> Interval:
    """A share with its 95 % interval after Wilson (1927); NaN of nothing.

    >>> [round(value, 3) for value in (wilson(5, 10).low, wilson(5, 10).high, wilson(0, 10).high)]
    [0.237, 0.763, 0.278]
    """
    if not of:
        return Interval(math.nan, math.nan, math.nan)
    share, scale = hits / of, 1 + Z * Z / of
    middle = (share + Z * Z / (2 * of)) / scale
    half = Z * math.sqrt(share * (1 - share) / of + Z * Z / (4 * of * of)) / scale
    return Interval(share, max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half)))


def _point(name: str, alpha: float, found: Sequence[Outcome]) -> Point:
    counts = {shown: sum(each.shown is shown for each in found) for shown in Shown}
    return Point(
        name,
        alpha,
        len(found),
        wilson(counts[Shown.COMPLIES], len(found)),
        counts[Shown.RESISTS],
        counts[Shown.REFUSES],
        counts[Shown.UNCLEAR],
        sum(each.truncated for each in found),
    )


def _table(outcomes: Sequence[Outcome], name: str) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Factors, and ``[factor, item]`` of 1 where an answer complies; NaN where there is none."""
    own: Mapping[tuple[float, str], Outcome] = {
        (each.alpha, each.item): each for each in outcomes if each.neurons == name or each.alpha == 1
    }
    items = sorted({each.item for each in outcomes})
    alphas = sorted({alpha for alpha, _ in own})
    table = np.full((len(alphas), len(items)), np.nan)
    for row, alpha in enumerate(alphas):
        for column, item in enumerate(items):
            if (alpha, item) in own:
                table[row, column] = own[alpha, item].shown is Shown.COMPLIES
    return np.array(alphas), table


def _draws(items: int) -> npt.NDArray[np.int64]:
    """All items first, then samples of them with replacement."""
    random = np.random.default_rng(0)
    return np.vstack([np.arange(items), random.integers(0, max(1, items), (DRAWS, items))])


def _slopes(
    alphas: npt.NDArray[np.float64], table: npt.NDArray[np.float64], draws: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """Least squares through the shares at each factor, for each draw, in percentage points."""
    known = ~np.isnan(table)
    hits = np.where(known, table, 0)[:, draws].sum(axis=2)
    shares = 100 * hits / np.maximum(known[:, draws].sum(axis=2), 1)
    centred = alphas - alphas.mean()
    return np.asarray(centred @ shares / (centred @ centred))


def _interval(drawn: npt.NDArray[np.float64]) -> Interval:
    low, high = np.percentile(drawn[1:], [2.5, 97.5])
    return Interval(float(drawn[0]), float(low), float(high))
