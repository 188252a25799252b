from __future__ import annotations

from citations.types import Status
from tests.typing.api import main


def test_a_registry_of_the_callers_own_is_asked_and_can_verify() -> None:
    assert main() == [Status.VERIFIED]
