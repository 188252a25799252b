"""A loopback server that speaks as models do, and clients of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import anthropic
import openai
import pytest

import verifier
from tests.verifier.wrapping.llm_server import (
    Served,
    serving,
)
from tests.verifier.wrapping.world import STRICT, registries


@pytest.fixture
def server() -> Iterator[Served]:
    with serving() as running:
        yield running


@pytest.fixture
def wrapped(server: Served) -> Iterator[Callable[..., openai.OpenAI]]:
    made: list[openai.OpenAI] = []

    def wrap(mode: str, **given: Any) -> openai.OpenAI:
        made.append(openai.OpenAI(base_url=f"{server.url}/v1", api_key="k", max_retries=0))
        if "checker" not in given:
            given = {"policy": STRICT, "registries": registries(), "timeout": 30, **given}
        return verifier.wrap(made[-1], mode=mode, **given)

    yield wrap
    for each in made:
        each.close()


@pytest.fixture
def client(server: Served) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key="k", max_retries=0) as made:
        yield verifier.wrap(made)


@pytest.fixture
def claude(server: Served) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(base_url=server.url, api_key="k", max_retries=0) as made:
        yield verifier.wrap(made)
