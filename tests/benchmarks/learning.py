"""Learning from synthetic reviewers whose truth is known: ``python -m tests.benchmarks.learning``.

How far learnt risks are from the truth, how often a good fit is turned down and a spoilt one let through, and how often the
interval of the miss rate holds the truth.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from tests.benchmarks.lines import Line, table
from verifier.fusion import Feature, Sort, shipped
from verifier.learn import learn
from verifier.learning import Label, Lesson, split
from verifier.learning_fit import risks
from verifier.learning_misses import Stratum, miss_rate

TRUTH = {
    "citation:verified": 0.02,
    "citation:minor": 0.15,
    "citation:not_found": 0.35,
    "citation:mismatch": 0.7,
    "citation:fabricated": 0.95,
}
"""How often the reviewers find each verdict to be wrong: in places far from what the program ships with."""
FLAGGED = ("citation:minor", "citation:not_found", "citation:mismatch", "citation:fabricated")
SHARES = (0.2, 0.3, 0.3, 0.2)
RATE = 0.02
START = datetime(2026, 1, 1, tzinfo=UTC)
BASE = shipped(Sort.CITATION)
BANDS = {"low": (9000, 0.01, 0.02), "middle": (900, 0.06, 0.04), "high": (225, 0.3, 0.06)}
"""How many passed, how often wrongly, and with which chance they are drawn."""


def reviewed(seed: int, flags: int, samples: int = 0, truth: Mapping[str, float] = TRUTH) -> list[Label]:
    """Decisions of people who are right, in the order of time."""
    drawn = np.random.default_rng(seed)
    made = []
    for number in range(flags + samples):
        is_sample = number >= flags
        verdict = "citation:verified" if is_sample else str(drawn.choice(FLAGGED, p=SHARES))
        made.append(
            Label(
                f"work {number}",
                Sort.CITATION,
                (Feature(verdict, 1.0),),
                bool(drawn.random() < truth[verdict]),
                START + timedelta(hours=float(drawn.random() * 1000)),
                "low" if is_sample else "",
                1 / RATE if is_sample else 1.0,
            )
        )
    return made


def turned(labels: Sequence[Label]) -> list[Label]:
    """The same, the later decisions turned around."""
    late = set(split(labels).later)
    return [replace(each, wrong=not each.wrong) if each in late else each for each in labels]


def error(lesson: Lesson) -> float:
    """The largest distance of a verdict's risk from the truth."""
    model = lesson.model or BASE
    found = [Label("", Sort.CITATION, (Feature(verdict, 1.0),), wrong=True, decided_at=START) for verdict in TRUTH]
    return float(np.abs(risks(found, model) - np.array(list(TRUTH.values()))).max())


def covered(draws: int, seed: int = 1) -> float:
    """Share of draws whose interval holds the true miss rate."""
    whole = sum(number for number, _, _ in BANDS.values())
    truth = sum(number * share for number, share, _ in BANDS.values()) / whole
    drawn = np.random.default_rng(seed)
    held = 0
    for _ in range(draws):
        strata = []
        for name, (number, share, rate) in BANDS.items():
            samples = int(drawn.binomial(number, rate))
            strata.append(Stratum(name, samples / rate, samples, samples, int(drawn.binomial(samples, share))))
        found = miss_rate(strata)
        held += found is not None and found.low <= truth <= found.high
    return held / draws


def lines(worlds: int = 40) -> list[Line]:
    """The figures beside their targets."""
    made = [Line("the interval of the miss rate holds the truth", covered(2_000), at_least=0.9, note="2,000 draws")]
    for flags, samples in ((200, 0), (200, 40), (500, 50), (2_000, 400)):
        what = f"{flags:,} flags and {samples} samples"
        lessons = [learn(reviewed(seed, flags, samples), BASE, BASE, "learnt") for seed in range(worlds)]
        distance = float(np.median([error(each) for each in lessons if each.model is not None]))
        adopted = sum(each.model is not None for each in lessons) / worlds
        spoilt = [learn(turned(reviewed(seed, flags, samples)), BASE, BASE, "learnt") for seed in range(worlds)]
        refused = sum(each.model is None for each in spoilt) / worlds
        made.append(Line(f"{what}: worst verdict is off by (median)", distance, note=f"before: {error_before():.2f}"))
        made.append(Line(f"{what}: adopted", adopted, note=f"{worlds} worlds"))
        made.append(Line(f"{what}: refused where later decisions are turned around", refused, at_least=1.0))
    return made


def error_before() -> float:
    """The distance of what the program ships with."""
    found = [Label("", Sort.CITATION, (Feature(verdict, 1.0),), wrong=True, decided_at=START) for verdict in TRUTH]
    return float(np.abs(risks(found, BASE) - np.array(list(TRUTH.values()))).max())


if __name__ == "__main__":
    print(table(lines()))
    sys.exit(0)
