"""What learning from reviews works on: labelled findings, how they were drawn, and what came of fitting to them. Pure."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from verifier.fusion import Feature, Model, Sort

LEARNT = "learnt-"
"""How the name of a calibration begins that was learnt from reviews."""
MIN_REVIEWS = 200
"""Reviewed findings below which nothing is learnt."""
MIN_OF_EITHER = 30
"""So many of them must be accepted, and so many rejected."""


@dataclass(frozen=True, slots=True)
class Label:
    """What people decided about one finding; one however many votes and spellings there were."""

    group: str
    """The cited work or claim: what shares it is never on both sides of a split."""
    sort: Sort
    values: tuple[Feature, ...]
    wrong: bool
    """They accepted it: something is wrong indeed."""
    decided_at: datetime
    stratum: str = ""
    """Band of risk of a sample of what passed; empty for what was flagged, of which everything is in the queue."""
    weight: float = 1.0
    """Of how many findings it stands for one: the inverse of the chance with which it was drawn and reviewed."""

    @property
    def sampled(self) -> bool:
        """Whether it had passed."""
        return bool(self.stratum)


@dataclass(frozen=True, slots=True)
class Figures:
    """How well risks fit what people said, on labels that the risks were not fitted to."""

    log_loss: float
    ece: float
    """Expected calibration error in ten bins of equal width."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What one fit came to."""

    model: Model | None
    """Fitted to all labels; ``None`` where the later ones refused it."""
    before: Figures
    """Of the calibration in force, on the later labels."""
    after: Figures
    """Of the new one, fitted to the earlier labels alone."""
    earlier: int
    later: int
    weights: tuple[str, ...] = ()
    """Signals that were common enough for a weight of their own."""
    refused: str = ""
    """Why it is not adopted, one sentence."""

    @property
    def judged(self) -> bool:
        """Whether the later labels could judge it, so that there are figures."""
        return self.before.log_loss > 0 or self.after.log_loss > 0


@dataclass(frozen=True, slots=True)
class Adopted:
    """One calibration that was learnt, with where it came from."""

    name: str
    base: str
    """The calibration of the program that it was fitted on."""
    reviews_sha256: str
    learnt_until: datetime
    """Of the newest decision in it."""
    labels: int
    samples: int
    """How many of them had passed and were drawn."""
    citation: Model | None = None
    """``None`` where the program's own holds."""
    claim: Model | None = None


def shortage(labels: Sequence[Label]) -> str:
    """What is missing before anything can be learnt, in words; empty where nothing is.

    >>> shortage(())
    '200 reviewed findings, 30 accepted ones and 30 rejected ones are missing'
    """
    wrong = sum(each.wrong for each in labels)
    missing = (
        (MIN_REVIEWS - len(labels), "reviewed finding"),
        (MIN_OF_EITHER - wrong, "accepted one"),
        (MIN_OF_EITHER - (len(labels) - wrong), "rejected one"),
    )
    parts = [f"{number} {what}{'s' if number > 1 else ''}" for number, what in missing if number > 0]
    if not parts:
        return ""
    verb = "is" if parts == [parts[0]] and parts[0].startswith("1 ") else "are"
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts) + f" {verb} missing"


def reviews_digest(labels: Sequence[Label]) -> str:
    """SHA-256 of everything that is learnt from, in whatever order it comes."""
    lines = sorted(
        json.dumps(
            [
                each.sort.value,
                each.group,
                each.wrong,
                each.decided_at.astimezone(UTC).isoformat(),
                each.stratum,
                round(each.weight, 6),
                [[value.name, round(value.value, 6)] for value in each.values],
            ]
        )
        for each in labels
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Split:
    """Labels by the time of their decision; what is in one part tells nothing about the other."""

    earlier: tuple[Label, ...]
    later: tuple[Label, ...]


LATER = 0.3
"""Share of the labels, the newest, on which a fit is judged."""


def split(labels: Sequence[Label]) -> Split:
    """The older labels to fit, the newer to judge by.

    Of a work that was decided on both before and after the cut, only the earlier decisions are used.
    """
    ordered = sorted(labels, key=lambda each: (each.decided_at, each.group, each.wrong))
    cut = len(ordered) - round(LATER * len(ordered))
    known = {each.group for each in ordered[:cut]}
    return Split(tuple(ordered[:cut]), tuple(each for each in ordered[cut:] if each.group not in known))


def counted(labels: Sequence[Label]) -> Counter[str]:
    """In how many labels each signal is present."""
    return Counter(value.name for each in labels for value in each.values)
