from __future__ import annotations

import pytest

from citations.types import Fields, Name, Work
from probes.label import Outcome
from probes.questions import Question
from verifier.exam import ExamLabeller, exam_questions, famous_works, obscure_works

FIELDS = Fields(
    title="Attention Is All You Need",
    authors=(Name(family="Vaswani", given="Ashish"), Name(family="Shazeer", given="Noam")),
    year=2017,
    venue="Advances in Neural Information Processing Systems",
)


def asked(asks: str) -> Question:
    work = obscure_works([Work(registry="offline", key="1", url="", fields=FIELDS)])
    return next(each for each in exam_questions(work) if each.asks == asks)


@pytest.mark.parametrize(
    ("asks", "answer", "outcome"),
    [
        ("author", "Ashish Vaswani", Outcome.RIGHT),
        ("author", "A. Vaswani et al.", Outcome.RIGHT),
        ("author", "The first author is Noam Shazeer.", Outcome.RIGHT),
        ("author", "Ian Goodfellow", Outcome.WRONG),
        ("year", "It was published in 2017.", Outcome.RIGHT),
        ("year", "2018", Outcome.WRONG),
        ("year", "I don't know.", Outcome.REFUSAL),
        ("venue", "NeurIPS", Outcome.RIGHT),
        ("venue", "CVPR", Outcome.WRONG),
        ("title", "Attention is all you need", Outcome.RIGHT),
        ("title", 'It is called "Attention Is All You Need".', Outcome.RIGHT),
        ("title", "Attention in neural networks", Outcome.WRONG),
        ("title", "I don't know.", Outcome.REFUSAL),
    ],
)
def test_answers_are_labelled_as_a_reference_would_be_judged(asks: str, answer: str, outcome: Outcome) -> None:
    label = ExamLabeller().label(asked(asks), answer)
    assert label.outcome is outcome
    assert [(span.kind, span.right) for span in label.spans] == (
        [] if outcome is Outcome.REFUSAL else [(asks, outcome is Outcome.RIGHT)]
    )


def test_a_title_is_asked_for_by_who_wrote_it_and_when() -> None:
    assert "by Ashish Vaswani and Noam Shazeer that was published in 2017" in asked("title").question


def test_what_is_not_known_of_a_work_is_not_asked() -> None:
    work = obscure_works([Work(registry="offline", key="1", url="", fields=Fields(title="Notes", year=1999))])
    assert [each.asks for each in exam_questions(work)] == ["year"]


def test_the_famous_works_are_whole_and_none_stands_twice() -> None:
    works = famous_works()
    titles = [work.fields.title.casefold() for work in works]
    assert len(titles) == len(set(titles)) >= 150
    assert all(work.fields.authors and work.fields.year for work in works)
