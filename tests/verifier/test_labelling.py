from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from citations.errors import IndexMissing
from probes.label import AliasLabeller, Outcome, label_question
from probes.questions import Question
from verifier.errors import VerifierError
from verifier.exam import ExamLabeller
from verifier.judges.interface import Answers, AskAfresh, Budget, Reply, SameWorkQuestion, SupportQuestion
from verifier.labelling import JudgeLabeller, labeller_of

QUESTION = Question("q", "Who wrote Emma?", ("Jane Austen", "Austen"))
LIST = Question("l", "List five papers.", (), asks="references")


class Saying:
    """A judge with one answer to everything."""

    name = identity = "saying"

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        self.asked: list[SupportQuestion] = []

    def support(self, questions: Sequence[SupportQuestion], budget: Budget) -> Iterator[Reply]:
        self.asked += questions
        yield from [self.reply] * len(questions)

    def same_work(self, questions: Sequence[SameWorkQuestion], budget: Budget) -> Iterator[Reply]:
        yield from [self.reply] * len(questions)

    def answer(self, question: AskAfresh, budget: Budget) -> Answers:
        return Answers()

    def close(self) -> None: ...


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (Reply(0.9), Outcome.RIGHT),
        (Reply(0.1), Outcome.WRONG),
        (Reply(unavailable="the model is away"), Outcome.UNDECIDED),
    ],
)
def test_a_second_model_decides_and_what_it_leaves_open_is_undecided(reply: Reply, outcome: Outcome) -> None:
    judge = Saying(reply)
    labeller = JudgeLabeller(judge)
    label = labeller.label(QUESTION, "The answer is J. Austen.")
    assert (label.outcome, labeller.unavailable) == (outcome, reply.unavailable)
    assert [(span.start, span.end) for span in label.spans] == ([] if outcome is Outcome.UNDECIDED else [(14, 23)])
    assert "Jane Austen; Austen" in judge.asked[0].passages[0]


@pytest.mark.parametrize("answer", ["", "I'm sorry, I don't know."])
def test_a_second_model_is_not_asked_about_refusals(answer: str) -> None:
    judge = Saying(Reply(0.9))
    assert JudgeLabeller(judge).label(QUESTION, answer).outcome is Outcome.REFUSAL
    assert judge.asked == []


def test_a_second_model_is_asked_once_about_answers_that_are_the_same() -> None:
    judge = Saying(Reply(0.9))
    label = label_question(QUESTION, ["Jane Austen"] * 5, JudgeLabeller(judge))
    assert (label.outcomes, len(judge.asked)) == ((Outcome.RIGHT,) * 5, 1)


def test_lists_of_works_need_an_index() -> None:
    with pytest.raises(VerifierError, match="held against an index"):
        labeller_of("works", [LIST])
    assert isinstance(labeller_of("works", [QUESTION]), ExamLabeller)
    assert isinstance(labeller_of("answers", [QUESTION]), AliasLabeller)


def test_a_list_of_works_is_not_called_wrong_for_want_of_accepted_answers() -> None:
    with pytest.raises(VerifierError, match="have no accepted answers"):
        labeller_of("answers", [QUESTION, LIST])


def test_a_folder_without_an_index_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="no index"):
        labeller_of("works", [LIST], tmp_path)
