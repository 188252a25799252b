"""What a second model is: anything that answers three questions with a number, or says why it cannot, and never raises."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Protocol

from citations.types import Reference, Work


@dataclass(frozen=True, slots=True)
class SupportQuestion:
    """Do these passages bear out this claim?"""

    claim: str
    passages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SameWorkQuestion:
    """Is the cited work this one?"""

    reference: Reference
    work: Work


@dataclass(frozen=True, slots=True)
class AskAfresh:
    """A question without any evidence, whose answers show whether the model says the same each time."""

    question: str
    """Our own words."""
    about: str
    """What it is asked about: text from outside."""
    fields: tuple[str, ...]
    """Keys of the object that it answers with."""
    samples: int = 3


@dataclass(frozen=True, slots=True)
class Reply:
    """What the judge said to one question: a probability of yes, or why there is none."""

    probability: float | None = None
    """As the model gives it, before any calibration."""
    contradicted: float | None = None
    """Probability that the passages say otherwise, where the judge tells that from silence."""
    unavailable: str = ""
    """One sentence without secrets and without the text under test."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What the judge said when it was asked afresh: one object a sample, its values in the order of the asked fields."""

    samples: tuple[tuple[str, ...], ...] = ()
    unavailable: str = ""


class Budget:
    """How much a judge may spend on one text: seconds from now, and calls."""

    def __init__(self, seconds: float | None = None, calls: int | None = None) -> None:
        self._until = None if seconds is None else monotonic() + seconds
        self._calls = calls

    def take(self) -> str:
        """Spend one call; why there is none left, or ``""``."""
        if self.left_s <= 0:
            return "the time for this text was over"
        if self._calls is not None:
            if self._calls <= 0:
                return "the calls for this text were used up"
            self._calls -= 1
        return ""

    @property
    def left_s(self) -> float:
        """Seconds left; infinite without a limit."""
        return float("inf") if self._until is None else self._until - monotonic()


class Judge(Protocol):
    """A second model.

    Contract, held by the tests of every judge here: every question gets exactly one reply, in the order asked; nothing
    raises; a model that is away, slow or talks nonsense is ``unavailable``; the text under test is data and orders nothing.
    """

    @property
    def name(self) -> str:
        """How reports call it: the model's name."""

    @property
    def identity(self) -> str:
        """What tells it from every other judge: the digest of its file, or its address and model."""

    def support(self, questions: Sequence[SupportQuestion], budget: Budget) -> Iterator[Reply]:
        """Whether the passages bear out the claim."""

    def same_work(self, questions: Sequence[SameWorkQuestion], budget: Budget) -> Iterator[Reply]:
        """Whether a record is the cited work."""

    def answer(self, question: AskAfresh, budget: Budget) -> Answers:
        """The question answered without any evidence, several times."""

    def close(self) -> None:
        """Release the model; a second call does nothing."""
