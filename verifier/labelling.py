"""Who tells right answers from wrong ones: accepted answers, our own matching of works, or a second model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from citations.index.search import Index
from probes.aliases import is_refusal
from probes.label import AliasLabeller, Label, LabelledSpan, Labeller, Outcome, answer_span
from probes.questions import Question
from verifier.errors import VerifierError
from verifier.exam import ExamLabeller, holdings_of
from verifier.exam_lists import ASKS
from verifier.judges.interface import Budget, Judge, SupportQuestion

ANSWERS, WORKS = "answers", "works"
"""Rules by name."""
MOST_ANSWERS = 20
"""Accepted answers that a second model is shown."""


def labeller_of(rule: str, questions: Sequence[Question], index: Path | None = None) -> Labeller:
    """The labeller of a rule.

    Raises:
        VerifierError: works are to be listed, and the rule is another, or there is no index to hold the lists against.
        IndexMissing: the folder holds no index.

    """
    lists = any(question.asks == ASKS for question in questions)
    if rule == ANSWERS:
        if lists:  # there is no accepted answer, and no list is wrong for that
            raise VerifierError("questions about topics have no accepted answers", hint="add --label works --index DIR")
        return AliasLabeller()
    if index is None and lists:
        raise VerifierError(
            "questions about topics are answered with lists of works, which are held against an index",
            hint="name it with --index; verifier index build makes one",
        )
    return ExamLabeller(None if index is None else holdings_of(Index.open(index)))


class JudgeLabeller:
    """Right is what a second model finds borne out by the question and its accepted answers.

    What the model does not answer is undecided; refusals are told by rule, and so is where in a text its answer stands.
    """

    def __init__(self, judge: Judge) -> None:
        """Remember the judge."""
        self._judge = judge
        self.unavailable = ""
        """Why the last answer that is undecided is."""

    def label(self, question: Question, answer: str) -> Label:
        """Label one answer; never raises."""
        start, end = answer_span(question.question, answer)
        if start >= end or not question.answers or is_refusal(answer):
            return Label(Outcome.REFUSAL)
        accepted = "; ".join(question.answers[:MOST_ANSWERS])
        asked = SupportQuestion(
            f'The question "{question.question}" is answered correctly by: {answer[start:end]}',
            (f"Question: {question.question} Accepted answers, any of which is correct: {accepted}.",),
        )
        reply = next(iter(self._judge.support([asked], Budget())))
        if reply.probability is None:
            self.unavailable = reply.unavailable
            return Label(Outcome.UNDECIDED)
        right = reply.probability >= 0.5
        return Label(Outcome.RIGHT if right else Outcome.WRONG, (LabelledSpan("answer", start, end, right),))
