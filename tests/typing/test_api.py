from __future__ import annotations

from citations.types import Status
from tests.typing.api import main, stances
from verifier import Stance


def test_a_registry_of_the_callers_own_is_asked_and_can_verify() -> None:
    assert main() == [Status.VERIFIED]


def test_a_judge_and_a_retriever_of_the_callers_own_are_used() -> None:
    assert stances("Tea is old.") == [Stance.UNCHECKED]  # it guesses on the built-in test, and is not listened to
