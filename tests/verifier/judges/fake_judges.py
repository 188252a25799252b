"""Judges for tests: one that knows the built-in test and what it is told, and ones that break in every way."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import verifier.judges
from verifier.judges.interface import Answers, AskAfresh, Budget, Reply, SameWorkQuestion, SupportQuestion

_SET = json.loads((Path(verifier.judges.__file__).parent / "admission.json").read_text(encoding="utf-8"))
TRUTH = {each["claim"]: each["truth"] for each in _SET["support"]}
SAME = {(each["citation"], each["record"]): each["same"] for each in _SET["same_work"]}


@dataclass
class KnowingJudge:
    """Right on the built-in test; of other claims it knows what is in ``borne_out`` and ``contradicted``."""

    borne_out: Sequence[str] = ()
    contradicted: Sequence[str] = ()
    silent: Sequence[str] = ()
    same: bool = False
    name: str = "sage"
    identity: str = "fake:sage"
    asked: list[SupportQuestion] = field(default_factory=list)
    tests: int = 0
    closed: bool = False

    def support(self, questions: Sequence[SupportQuestion], budget: Budget) -> Iterator[Reply]:
        for question in questions:
            why = budget.take()
            if why:
                yield Reply(unavailable=why)
            elif question.claim in TRUTH:
                self.tests += 1
                yield _reply(TRUTH[question.claim])
            else:
                self.asked.append(question)
                yield self._said(question.claim)

    def _said(self, claim: str) -> Reply:
        for claims, word in (
            (self.borne_out, "supported"),
            (self.contradicted, "contradicted"),
            (self.silent, "silent"),
        ):
            if any(each in claim for each in claims):
                return _reply(word)
        return Reply(0.5, contradicted=0.1)

    def same_work(self, questions: Sequence[SameWorkQuestion], budget: Budget) -> Iterator[Reply]:
        for question in questions:
            known = SAME.get((question.reference.raw, question.work.fields.title), self.same)
            yield Reply(0.97 if known else 0.03)

    def answer(self, question: AskAfresh, budget: Budget) -> Answers:
        return Answers(tuple(("Roe", "2019") for _ in range(question.samples)))

    def close(self) -> None:
        self.closed = True


def _reply(word: str) -> Reply:
    return {
        "supported": Reply(0.97, contradicted=0.01),
        "contradicted": Reply(0.02, contradicted=0.95),
        "silent": Reply(0.03, contradicted=0.1),
    }[word]


class RaisingJudge(KnowingJudge):
    """Passes the test, then fails."""

    def _said(self, claim: str) -> Reply:
        raise RuntimeError("secret text under test")


@dataclass
class SenselessJudge(KnowingJudge):
    """Passes the test, then gives the numbers that it is told."""

    reply: Reply = field(default_factory=Reply)

    def _said(self, claim: str) -> Reply:
        return self.reply


class SilentJudge(KnowingJudge):
    """Passes the test, then gives fewer replies than it was asked for."""

    def support(self, questions: Sequence[SupportQuestion], budget: Budget) -> Iterator[Reply]:
        return (each for each in super().support([q for q in questions if q.claim in TRUTH], budget))


class GuessingJudge(KnowingJudge):
    """No better than chance."""

    def support(self, questions: Sequence[SupportQuestion], budget: Budget) -> Iterator[Reply]:
        for number, _ in enumerate(questions):
            yield Reply(0.2 + 0.6 * (number * 7 % 11) / 11)


class AbsentJudge(KnowingJudge):
    """Cannot be reached."""

    def support(self, questions: Sequence[SupportQuestion], budget: Budget) -> Iterator[Reply]:
        for _ in questions:
            yield Reply(unavailable="the judge could not be reached (ConnectionError)")
