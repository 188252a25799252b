"""A host that is down is found out once."""

from __future__ import annotations

import pytest

from citations.registries.breaker import Breaker
from citations.types import Why


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("why", "failures"),
    [
        (Why.UNREACHABLE, 1),
        (Why.FORBIDDEN, 2),
        (Why.TIMEOUT, 3),
        (Why.SERVER_ERROR, 5),
        (Why.BAD_BODY, 5),
        (Why.RATE_LIMITED, 6),
    ],
)
def test_opens_after_as_many_failures_as_the_cause_deserves(why, failures):
    breaker = Breaker()
    for _ in range(failures - 1):
        breaker.failed(why, "HTTP 5xx")
        assert breaker.open_because() == ""
    breaker.failed(why, "the last one")
    assert breaker.open_because() == "the last one"


def test_only_the_failure_that_opens_it_says_so():
    breaker = Breaker()
    assert [breaker.failed(Why.RATE_LIMITED, "HTTP 429") for _ in range(9)] == [False] * 5 + [True] + [False] * 3
    breaker.succeeded()
    assert [breaker.failed(Why.UNREACHABLE, "no address") for _ in range(2)] == [True, False]


def test_one_success_forgets_all_failures():
    breaker = Breaker()
    for _ in range(20):
        breaker.failed(Why.SERVER_ERROR, "HTTP 500")
        breaker.failed(Why.SERVER_ERROR, "HTTP 500")
        breaker.succeeded()
    assert breaker.open_because() == ""


def test_after_the_pause_one_trial_is_let_through():
    clock = Clock()
    breaker = Breaker(cooldown_s=60, clock=clock)
    breaker.failed(Why.UNREACHABLE, "no address")
    clock.now = 61
    assert [breaker.open_because() for _ in range(3)] == ["", "no address", "no address"]


def test_pause_doubles_when_the_trial_fails():
    clock = Clock()
    breaker = Breaker(cooldown_s=60, clock=clock)
    breaker.failed(Why.UNREACHABLE, "no address")
    clock.now = 61
    assert breaker.open_because() == ""
    breaker.failed(Why.UNREACHABLE, "no address")
    clock.now = 61 + 119
    assert breaker.open_because() == "no address"
    clock.now = 61 + 121
    assert breaker.open_because() == ""


def test_trial_that_succeeds_closes_it():
    clock = Clock()
    breaker = Breaker(cooldown_s=60, clock=clock)
    breaker.failed(Why.UNREACHABLE, "no address")
    clock.now = 61
    assert breaker.open_because() == ""
    breaker.succeeded()
    assert [breaker.open_because() for _ in range(3)] == ["", "", ""]


def answered(breaker: Breaker, clock: Clock, *took_s: float) -> str:
    """Answers one after the other; whether the next question is forbidden."""
    for each in took_s:
        clock.now += each
        breaker.took(each)
        breaker.succeeded()
    return breaker.open_because()


def test_host_that_answers_slowly_only_is_borne_for_a_while():
    clock = Clock()
    breaker = Breaker(cooldown_s=60, slow_s=4, bear_s=30, clock=clock)
    assert answered(breaker, clock, *[5] * 5) == ""
    assert answered(breaker, clock, 5) == "takes 5 s for an answer"
    assert breaker.openings == 1


def test_one_quick_answer_shows_that_a_slow_host_is_well_again():
    clock = Clock()
    breaker = Breaker(cooldown_s=60, slow_s=4, bear_s=30, clock=clock)
    assert answered(breaker, clock, *[5] * 5, 0.2, *[5] * 5) == ""


def test_slow_answers_long_apart_are_no_burden():
    clock = Clock()
    breaker = Breaker(cooldown_s=60, slow_s=4, bear_s=30, clock=clock)
    for _ in range(20):
        clock.now += 150
        assert answered(breaker, clock, 5) == ""


def test_few_slow_answers_are_borne_however_long_they_take():
    clock = Clock()
    breaker = Breaker(cooldown_s=60, slow_s=4, bear_s=30, clock=clock)
    assert answered(breaker, clock, 15, 15, 15) == ""


def test_slow_host_is_tried_again_after_the_pause():
    clock = Clock()
    breaker = Breaker(cooldown_s=60, slow_s=4, bear_s=30, clock=clock)
    assert answered(breaker, clock, *[5] * 6) == "takes 5 s for an answer"
    clock.now += 61
    assert breaker.open_because() == ""
    assert answered(breaker, clock, 5) == "takes 5 s for an answer"
    clock.now += 61
    assert breaker.open_because() == ""
    assert answered(breaker, clock, 0.1) == ""
