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
