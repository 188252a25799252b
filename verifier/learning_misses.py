"""How many of the findings that passed are wrong, estimated from the samples that people looked at. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stratum:
    """One band of risk of what passed, and what its samples showed."""

    name: str
    passed: float
    """How many findings it stands for: the sum of the inverse chances of its draws."""
    drawn: int
    decided: int
    missed: int
    """Decided samples that were wrong, though they had passed."""


@dataclass(frozen=True, slots=True)
class MissRate:
    """Share of what passed that is wrong, with its 95 % interval."""

    value: float
    low: float
    high: float
    decided: int
    drawn: int
    missed: int


def miss_rate(strata: Sequence[Stratum]) -> MissRate | None:
    """The estimate over all strata, each with its share of what passed; ``None`` where no sample was decided.

    Within a stratum, samples that wait are taken to be like those that were decided; of one without any nothing is known, so
    that the estimate is one of the others and the interval reaches as far as if all of it were right, or wrong. The interval
    is Wilson's with the effective number of samples (Kish 1965; Korn and Graubard 1998).

    >>> miss_rate([Stratum("low", 1000, 20, 20, 0)]).high < 0.2
    True
    """
    known = [each for each in strata if each.decided]
    whole = sum(each.passed for each in known)
    if not whole:
        return None
    shares = [each.passed / whole for each in known]
    value = sum(share * each.missed / each.decided for share, each in zip(shares, known, strict=True))
    effective = 1 / sum(share**2 / each.decided for share, each in zip(shares, known, strict=True))
    low, high = wilson(value, effective)
    reach = whole / sum(each.passed for each in strata)
    return MissRate(
        value,
        low * reach,
        high * reach + (1 - reach),
        decided=sum(each.decided for each in known),
        drawn=sum(each.drawn for each in strata),
        missed=sum(each.missed for each in known),
    )


def wilson(share: float, number: float) -> tuple[float, float]:
    """95 % interval of a share that was seen among ``number`` draws, which need not be whole (Wilson 1927)."""
    z = 1.959964
    spread = z * z / number
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(max(0.0, share * (1 - share)) / number + spread / (4 * number))
    return max(0.0, middle - half), min(1.0, middle + half)
