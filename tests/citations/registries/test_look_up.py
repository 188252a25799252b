"""What all registry clients share: one answer a query, equal questions once, nothing raised."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from citations.registries.cache import AnswerCache, Source
from citations.registries.look_up import (
    Desk,
    Errand,
    Outcome,
    Question,
    Settled,
    Uncovered,
    batched,
    look_up,
    single_errands,
)
from citations.registries.session import Session
from citations.registries.settings import RegistrySettings
from citations.types import Answer, Asked, Fields, Found, Location, NotCovered, Query, Reference, Unavailable, Why, Work

ASKED = Asked("any", "https://any.example", datetime(2026, 11, 25, tzinfo=UTC))

WORK = Work("any", "1", "https://any.example/1", Fields(title="A work"))


class Clock:
    now = datetime(2026, 11, 25, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def query(title: str) -> Query:
    return Query(Reference(id=title, raw="", fields=Fields(title=title), location=Location()))


def understand(each: Query) -> Question | Uncovered:
    title = each.reference.fields.title
    if title == "crash":
        raise KeyError(title)
    return Question(title, each) if title else Uncovered("no title")


def desk(ask: Callable[[Question], Answer], settings: RegistrySettings | None = None) -> Desk:
    session = Session(settings or RegistrySettings())
    return Desk(session, Source("any", "", 1), understand, lambda questions: single_errands(questions, ask), workers=3)


def answers(desk: Desk, *titles: str) -> list[tuple[str, type[Answer]]]:
    return sorted((each.reference.id, type(answer)) for each, answer in look_up(desk, [query(t) for t in titles]))


def test_equal_questions_are_asked_once_and_answered_each():
    asked: list[str] = []

    def ask(question: Question) -> Answer:
        asked.append(question.key)
        return Found(ASKED, ())

    assert answers(desk(ask), "a", "b", "a", "a") == [("a", Found)] * 3 + [("b", Found)]
    assert sorted(asked) == ["a", "b"]


def test_kept_answer_is_not_asked_again_unless_it_shall_be():
    asked: list[str] = []

    def ask(question: Question) -> Answer:
        asked.append(question.key)
        return Found(ASKED, ())

    counter = desk(ask)
    for _ in range(3):
        answers(counter, "a")
    assert asked == ["a"]
    fresh = Session(RegistrySettings(refresh=True))
    fresh.cache = counter.session.cache
    answers(replace(counter, session=fresh), "a")
    assert asked == ["a", "a"]


def test_failure_is_asked_again():
    given: list[Answer] = [Unavailable(ASKED, Why.TIMEOUT), Found(ASKED, ())]
    counter = desk(lambda question: given.pop(0))
    assert answers(counter, "a") == [("a", Unavailable)]
    assert answers(counter, "a") == [("a", Found)]


def test_question_that_crashes_is_unavailable_and_takes_no_other_with_it():
    def ask(question: Question) -> Answer:
        if question.key == "bad":
            raise ZeroDivisionError
        return Found(ASKED, ())

    found = {each.reference.id: answer for each, answer in look_up(desk(ask), [query("bad"), query("good")])}
    assert isinstance(found["good"], Found)
    assert found["bad"] == Unavailable(found["bad"].asked, Why.CRASHED, "internal error (ZeroDivisionError)")


def test_crash_is_logged_with_its_place_and_without_its_words(caplog: pytest.LogCaptureFixture):
    def ask(question: Question) -> Answer:
        raise ValueError(question.key)

    with caplog.at_level("DEBUG", logger="citations"):
        answers(desk(ask), "the text under test")
    assert "any: look-up crashed with ValueError" in caplog.text
    assert "test_look_up.py" in caplog.text
    assert "the text under test" not in caplog.text


def test_query_that_cannot_be_understood_crashes_alone():
    found = answers(desk(lambda question: Found(ASKED, ())), "crash", "good", "")
    assert found == [("", NotCovered), ("crash", Unavailable), ("good", Found)]


def test_errands_that_cannot_be_planned_are_unavailable():
    def plan(questions: Sequence[Question]) -> list[Errand]:
        raise RecursionError

    broken = replace(desk(lambda question: Found(ASKED, ())), errands=plan)
    assert answers(broken, "a", "b") == [("a", Unavailable), ("b", Unavailable)]


def test_question_that_an_errand_forgets_is_unavailable():
    forgetful = replace(
        desk(lambda question: Found(ASKED, ())),
        errands=lambda questions: [Errand(tuple(questions), lambda asked: Outcome())],
    )
    assert answers(forgetful, "a") == [("a", Unavailable)]


def test_leftovers_of_an_errand_are_run_as_well():
    def batch(asked: tuple[Question, ...]) -> Outcome:
        rest = single_errands(asked[1:], lambda question: Found(ASKED, ()))
        return Outcome((Settled(asked[0], Found(ASKED, ())),), rest)

    planned = replace(
        desk(lambda question: Found(ASKED, ())), errands=lambda questions: [Errand(tuple(questions), batch)]
    )
    assert answers(planned, "a", "b", "c") == [("a", Found), ("b", Found), ("c", Found)]


def test_answers_come_as_they_fall_and_can_be_left():
    results = look_up(desk(lambda question: Found(ASKED, ())), [query(str(number)) for number in range(50)])
    assert isinstance(next(results)[1], Found)
    results.close()


@pytest.mark.parametrize(("count", "size", "expected"), [(0, 3, []), (3, 3, [3]), (7, 3, [3, 3, 1])])
def test_batches_hold_all_questions(count, size, expected):
    questions = [Question(str(number), query(str(number))) for number in range(count)]
    groups = list(batched(questions, size))
    assert [len(group) for group in groups] == expected
    assert [each for group in groups for each in group] == questions


def test_kept_answer_past_its_time_stands_in_while_the_registry_fails():
    given: list[Answer] = [Found(ASKED, (WORK,)), Unavailable(ASKED, Why.SERVER_ERROR), Found(ASKED, (WORK,))]
    counter = desk(lambda question: given.pop(0))
    counter.session.cache = AnswerCache(None, clock := Clock())
    answers(counter, "a")
    clock.now += timedelta(days=91)
    assert answers(counter, "a") == [("a", Unavailable)]
    retractable = replace(counter, source=replace(counter.source, tells_retractions=True))
    answers(retractable, "a")
    clock.now += timedelta(days=30)
    given.append(Unavailable(ASKED, Why.SERVER_ERROR))
    ((_, answer),) = look_up(retractable, [query("a")])
    assert answer == Found(replace(ASKED, from_cache=True), (WORK,))


def test_program_without_logging_sees_nothing_on_its_error_stream():
    code = "import citations, logging\nlogging.getLogger('citations.registries').error('x')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == ""
