"""A judge made of a model that can choose between letters: what every built-in way to reach a model shares."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from verifier.judges.interface import Answers, AskAfresh, Budget, Reply, SameWorkQuestion, SupportQuestion
from verifier.judges.prompt import Prompt, afresh_prompt, same_work_prompt, support_prompt

_LEAST = 1e-9
SURE = 0.9
"""What a letter counts for that came without probabilities."""
NO_NUMBERS = "the judge gave numbers that are no probabilities"


@dataclass(frozen=True, slots=True)
class Choice:
    """How a model chose: a weight for each letter, adding up to 1, or why there is none."""

    weights: tuple[float, ...] = ()
    unavailable: str = ""


class Model(Protocol):
    """A way to reach a model. Never raises; every failure is a value."""

    @property
    def name(self) -> str:
        """How reports call the model."""

    @property
    def identity(self) -> str:
        """What tells it from every other model."""

    def choose(self, prompts: Sequence[Prompt], budget: Budget) -> Iterator[Choice]:
        """One choice a prompt, in their order."""

    def write(self, prompt: Prompt, samples: int, budget: Budget) -> Answers:
        """The object that the prompt asks for, several times."""

    def close(self) -> None:
        """Release the model; a second call does nothing."""


class ModelJudge:
    """A judge that puts its three questions to a model."""

    def __init__(self, model: Model) -> None:
        self.model = model

    @property
    def name(self) -> str:
        """The model's name."""
        return self.model.name

    @property
    def identity(self) -> str:
        """The model's identity."""
        return self.model.identity

    def support(self, questions: Sequence[SupportQuestion], budget: Budget) -> Iterator[Reply]:
        """Whether the passages bear out the claims."""
        for choice in self.model.choose([support_prompt(each) for each in questions], budget):
            yield _support_reply(choice)

    def same_work(self, questions: Sequence[SameWorkQuestion], budget: Budget) -> Iterator[Reply]:
        """Whether the records are the cited works."""
        for choice in self.model.choose([same_work_prompt(each) for each in questions], budget):
            yield Reply(unavailable=choice.unavailable) if choice.unavailable else Reply(choice.weights[0])

    def answer(self, question: AskAfresh, budget: Budget) -> Answers:
        """The question answered from memory."""
        return self.model.write(afresh_prompt(question), question.samples, budget)

    def close(self) -> None:
        """Release the model."""
        self.model.close()


def _support_reply(choice: Choice) -> Reply:
    """Supported against silent, less what contradicted has more than supported.

    Small models call much contradicted that is only silent, so that the two are no equal rivals; chosen on claims that no
    figure is reported on.
    """
    if choice.unavailable:
        return Reply(unavailable=choice.unavailable)
    supported, contradicted, silent = (math.log(max(each, _LEAST)) for each in choice.weights)
    odds = supported - silent - max(0.0, contradicted - supported)
    return Reply(1 / (1 + math.exp(-odds)), contradicted=choice.weights[1])


def choice_of(logits: Sequence[float]) -> Choice:
    """Logits of the letters as weights that add up to 1; unavailable where they are no numbers."""
    highest = max(logits)
    if any(math.isnan(each) for each in logits) or not math.isfinite(highest):
        return Choice(unavailable=NO_NUMBERS)
    powers = [math.exp(each - highest) for each in logits]
    return Choice(tuple(each / sum(powers) for each in powers))


def hard_choice(letters: Sequence[str], chosen: str) -> Choice:
    """A letter that came without probabilities."""
    rest = (1 - SURE) / (len(letters) - 1)
    return Choice(tuple(SURE if each == chosen else rest for each in letters))
