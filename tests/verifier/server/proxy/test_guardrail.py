"""LiteLLM's generic guardrail contract."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.verifier.server.proxy.world import World, world
from verifier.policy import OnError

EXTRAS = {
    "litellm_call_id": "c",
    "structured_messages": [{"role": "user", "content": "x"}],
    "request_data": {"user_api_key_alias": "a"},
    "additional_provider_specific_params": {},
    "images": None,
    "tools": None,
    "brand_new": {"deep": [1]},
}


@pytest.fixture(scope="module")
def running() -> Iterator[World]:
    with world(on_error=OnError.CLOSED, ceiling_s=20.0) as made:
        yield made


def guard(running: World, **body: Any) -> requests.Response:
    return requests.post(f"{running.url}/beta/litellm_basic_guardrail_api", json={**EXTRAS, **body}, timeout=10)


@pytest.mark.parametrize(
    ("body", "action"),
    [
        ({"input_type": "response", "texts": ["[verified]"]}, "NONE"),
        ({"input_type": "response", "texts": ["[mismatch]"]}, "NONE"),
        ({"input_type": "response", "texts": ["[verified]", "[fabricated]"]}, "BLOCKED"),
        ({"input_type": "request", "texts": ["[fabricated]"]}, "NONE"),
        ({"input_type": "response", "texts": []}, "NONE"),
        ({"input_type": "response", "texts": None}, "NONE"),
        ({"input_type": "response"}, "NONE"),
    ],
)
def test_only_answers_that_are_wrong_are_blocked(running: World, body: dict[str, Any], action: str) -> None:
    found = guard(running, **body)
    assert (found.status_code, found.json()["action"]) == (200, action)
    assert ("blocked_reason" in found.json()) == (action == "BLOCKED")


def test_what_could_not_be_checked_is_an_error_and_no_verdict(running: World) -> None:
    found = guard(running, input_type="response", texts=["[crash]"])
    assert (found.status_code, found.json()["error"]["code"]) == (503, "check_failed")


def test_an_open_guardrail_lets_through_what_could_not_be_checked() -> None:
    with world() as made:
        assert guard(made, input_type="response", texts=["[crash]"]).json()["action"] == "NONE"


@pytest.mark.parametrize("body", [{"input_type": "other"}, {"texts": ["x"]}, {"input_type": "response", "texts": [1]}])
def test_a_request_of_another_shape_is_told_so(running: World, body: dict[str, Any]) -> None:
    assert guard(running, **body).status_code == 400
