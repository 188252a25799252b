"""Labels of answers: right, wrong or none given, and which characters of an answer say so."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from probes.aliases import ARTICLES, find_alias, is_refusal, normalised, words
from probes.questions import Question


class Outcome(StrEnum):
    """What an answer is."""

    RIGHT = "right"
    WRONG = "wrong"
    REFUSAL = "refusal"
    """None was given; such answers have no features."""
    MIXED = "mixed"
    """Of several answers to one question some are right and some wrong; never the outcome of a single answer."""
    UNDECIDED = "undecided"
    """Whoever decides could not be asked; the answer has no label, and none is stored."""


@dataclass(frozen=True, slots=True)
class LabelledSpan:
    """A part of an answer that is right or wrong by itself."""

    kind: str
    """``answer``, or what it is of a cited work: ``author``, ``title``, ``year``, ``venue``."""
    start: int
    end: int
    right: bool


@dataclass(frozen=True, slots=True)
class Label:
    """What one answer is, and its parts that can be right or wrong."""

    outcome: Outcome
    spans: tuple[LabelledSpan, ...] = ()


class Labeller(Protocol):
    """Tells right answers from wrong ones: a rule, a second model, or a person's list."""

    def label(self, question: Question, answer: str) -> Label:
        """Label one answer; never raises."""


class AliasLabeller:
    """Right is what holds an accepted answer as whole words, and not within a longer name."""

    def label(self, question: Question, answer: str) -> Label:
        """Label one answer."""
        found = find_alias(answer, question.answers, question.question)
        if found is None and is_refusal(answer):
            return Label(Outcome.REFUSAL)
        start, end = answer_span(question.question, answer)
        if found is not None and not (start <= found[0] and found[1] <= end):
            start, end = found
        right = found is not None
        outcome = Outcome.RIGHT if right else Outcome.WRONG
        return Label(outcome, (LabelledSpan("answer", start, end, right),) if start < end else ())


@dataclass(frozen=True, slots=True)
class QuestionLabel:
    """What the answers to one question are together."""

    item: str
    outcome: Outcome
    outcomes: tuple[Outcome, ...]
    """One for each finished answer."""
    representative: int
    """Which answer stands for all: the first of the most frequent ones; of mixed answers the first, as whoever asks once
    would get it."""
    agreement: float
    """Share of the answers that say the same as the most frequent one."""
    spans: tuple[LabelledSpan, ...]
    """Spans of the representative; none for a refusal."""


def label_question(question: Question, answers: Sequence[str], labeller: Labeller) -> QuestionLabel:
    """Label all answers to a question; there must be at least one.

    Answers that say the same count as one, and the most frequent of them speaks for the question. A question is mixed if
    some of its answers are right and some wrong; one that is refused in part is a refusal, as in the protocol of Gao et al.
    """
    told = {answer: labeller.label(question, answer) for answer in dict.fromkeys(answers)}
    labels = [told[answer] for answer in answers]
    forms = [normalised(answer) for answer in answers]
    best, count = Counter(forms).most_common(1)[0]
    outcome = together([label.outcome for label in labels])
    representative = 0 if outcome is Outcome.MIXED else forms.index(best)
    return QuestionLabel(
        item=question.id,
        outcome=outcome,
        outcomes=tuple(label.outcome for label in labels),
        representative=representative,
        agreement=count / len(answers),
        spans=labels[representative].spans if outcome in {Outcome.RIGHT, Outcome.WRONG, Outcome.MIXED} else (),
    )


def together(outcomes: Sequence[Outcome]) -> Outcome:
    """What several answers to one question are together."""
    kinds = set(outcomes)
    if Outcome.UNDECIDED in kinds:
        return Outcome.UNDECIDED
    if {Outcome.RIGHT, Outcome.WRONG} <= kinds or Outcome.MIXED in kinds:
        return Outcome.MIXED
    if Outcome.REFUSAL in kinds:
        return Outcome.REFUSAL
    return outcomes[0]


FILLER = ARTICLES | frozenset(
    [
        "answer",
        "is",
        "was",
        "are",
        "were",
        "be",
        "been",
        "in",
        "of",
        "by",
        "to",
        "on",
        "at",
        "for",
        "from",
        "it",
        "this",
        "that",
        "he",
        "she",
        "they",
        "his",
        "her",
        "its",
        "s",
        "and",
        "correct",
    ]
)
"""Words in front of an answer that say nothing themselves."""
COPULAS = frozenset({"is", "was", "are", "were"})
SENTENCE_END = re.compile(r"(?<!\b[A-Z])(?<!\b(?:St|Dr|Mr|Ms|Mt|Jr|Sr|No))(?<!\bMrs)(?<!\bProf)[.!?](?=\s+[A-Z])|\n")


def answer_span(question: str, answer: str) -> tuple[int, int]:
    """Which characters of a text are its answer, whatever is right: empty where there is none.

    The first sentence, without the words in front that repeat the question or are filler, and without the marks around it.
    It must not depend on the accepted answers: spans that are cut closer around right answers than around wrong ones would
    tell right from wrong by their length.

    >>> text = "The capital of France is Paris."
    >>> text[slice(*answer_span("What is the capital of France?", text))]
    'Paris'
    """
    body = len(answer) - len(answer.lstrip())
    end = SENTENCE_END.search(answer, body)
    first = answer[: end.start()] if end and normalised(answer[body : end.start()]) else answer
    said = words(first)
    if not said:
        return 0, 0
    asked = {word.form for word in words(question)} | FILLER
    novel = next((i for i, word in enumerate(said) if word.form not in asked), 0)
    # An answer that repeats only a few words is a name that shares them with the question, not a sentence.
    sentence = novel >= 3 or not COPULAS.isdisjoint(word.form for word in said[:novel])
    begin = said[novel].start if sentence else said[0].start
    return begin, said[-1].end
