from __future__ import annotations

import asyncio

from citations.types import Status
from tests.typing.api import chunks, main, stances, texts, wrapped
from verifier import Stance


def test_a_registry_of_the_callers_own_is_asked_and_can_verify() -> None:
    assert main() == [Status.VERIFIED]


def test_a_judge_and_a_retriever_of_the_callers_own_are_used() -> None:
    assert stances("Tea is old.") == [Stance.UNCHECKED]  # it guesses on the built-in test, and is not listened to


def test_verified_functions_stay_what_they_are() -> None:
    assert texts() == ("Tea is old.", "Tea is old.", "Tea is old.")
    assert asyncio.run(chunks()) == ["Tea is old."]


def test_a_strict_policy_lets_nothing_unchecked_leave() -> None:
    assert wrapped() == "the answer was held back, because a part of it was not checked"
