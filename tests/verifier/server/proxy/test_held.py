"""Streams of which nothing leaves unchecked: whole, or sentence by sentence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import anthropic
import openai
import pytest
import requests

from tests.verifier.server.proxy.callers import (
    ASK,
    CLAUDE,
    claude_client,
    claude_stream_of,
    openai_client,
    response_stream_of,
    stream_of,
)
from tests.verifier.server.proxy.world import World, events, world
from verifier.policy import OnError
from verifier.server.proxy.settings import ProxyPolicy
from verifier.wrapping.types import Mode

FIRST = "The plant that gives us tea came to London in the year 1657, as [verified] says.\n\n"
GOOD = f"{FIRST}It was sold in coffee houses first of all, which is known from advertisements.\n\nThat is all."
BAD = f"{FIRST}It was sold in Vienna before that, if one believes what [fabricated] says of it.\n\nThat is all."


@pytest.fixture(scope="module")
def holding() -> Iterator[World]:
    with world(policy=ProxyPolicy.BLOCK, mode=Mode.HOLDBACK) as running:
        yield running


def post(running: World) -> requests.Response:
    return requests.post(f"{running.url}/v1/chat/completions", json={**ASK, "stream": True}, timeout=20, stream=True)


def paced(text: str) -> list[bytes | float]:
    """The stream as a model writes it, not all at once."""
    return [step for chunk in stream_of(text) for step in (chunk, 0.005)]


def said_in(found: list[Any]) -> str:
    return "".join(each.choices[0].delta.content or "" for each in found if each.choices)


def test_a_paragraph_leaves_before_the_answer_is_whole(holding: World) -> None:
    pieces = stream_of(GOOD)
    holding.upstream.script = events(*pieces[:-4], 3.0, *pieces[-4:])
    with post(holding) as found:
        first = next(found.iter_content(None))
    assert b"London" in b"".join(
        json.loads(line[6:])["choices"][0]["delta"].get("content", "").encode()
        for line in first.splitlines()
        if line.startswith(b"data: {")
    )
    assert b"advertisements" not in first


def test_a_good_answer_leaves_whole_and_in_order(holding: World) -> None:
    body = b"".join(stream_of(GOOD))
    holding.upstream.script = events(*paced(GOOD))
    content = post(holding).content
    end = b"data: [DONE]\n\n"
    assert content.startswith(body.removesuffix(end))
    assert (content.endswith(end), content.count(b'"verification":')) == (True, 1)
    with openai_client(holding) as client:
        found = list(client.chat.completions.create(**ASK, stream=True))
    assert (said_in(found), found[-1].model_extra["verification"]["decision"]) == (GOOD, "pass")


def test_what_is_found_after_some_text_left_is_withheld_and_never_called_blocked(holding: World) -> None:
    holding.upstream.script = events(*paced(BAD)[:-8], 30.0)
    content = post(holding).content.decode()
    last = json.loads(content.splitlines()[-2].removeprefix("data: "))
    assert (last["error"]["code"], last["verification"]["decision"]) == ("withheld", "flag")
    text = "".join(
        json.loads(line[6:])["choices"][0]["delta"].get("content", "")
        for line in content.splitlines()[:-2]
        if line.startswith("data: {")
    )
    assert FIRST.startswith(text.strip())
    assert len(text) > 10
    assert holding.settled(lambda: holding.upstream.open == 0, 5)
    with openai_client(holding) as client, pytest.raises(openai.APIError, match="rest of the answer was held back"):
        list(client.chat.completions.create(**ASK, stream=True))


@pytest.mark.parametrize("mode", [Mode.BUFFER, Mode.HOLDBACK])
def test_what_is_found_before_any_text_left_is_blocked_with_a_status(mode: Mode) -> None:
    bad = BAD.removeprefix(FIRST)
    with world(policy=ProxyPolicy.BLOCK, mode=mode) as running:
        for script in (events(*stream_of(bad)), events(*stream_of(f"{bad}\n")[:-4], cut=True)):
            running.upstream.script = script
            with openai_client(running) as client, pytest.raises(openai.BadRequestError) as error:
                list(client.chat.completions.create(**ASK, stream=True))
            assert error.value.code == "blocked"
        running.upstream.script = events(*claude_stream_of(bad))
        with claude_client(running) as claude, pytest.raises(anthropic.BadRequestError):
            list(claude.messages.create(**CLAUDE, stream=True))
        running.upstream.script = events(*response_stream_of(bad))
        with openai_client(running) as client, pytest.raises(openai.BadRequestError):
            list(client.responses.create(model="m", input="x", stream=True))


def test_every_api_gets_the_error_of_a_withheld_rest(holding: World) -> None:
    holding.upstream.script = events(*claude_stream_of(BAD))
    with claude_client(holding) as claude, pytest.raises(anthropic.APIStatusError, match="held back"):
        list(claude.messages.create(**CLAUDE, stream=True))


@pytest.mark.parametrize("mode", [Mode.BUFFER, Mode.HOLDBACK])
def test_no_text_behind_the_end_of_a_stream_leaves_unchecked(mode: Mode) -> None:
    with world(policy=ProxyPolicy.BLOCK, mode=mode) as running:
        behind = b'data: {"choices": [{"index": 0, "delta": {"content": "[fabricated]"}}]}\n\n'
        running.upstream.script = events(b"".join(stream_of(GOOD)) + behind)
        content = post(running).content
    assert (content.endswith(b"data: [DONE]\n\n"), b"[fabricated]" in content) == (True, False)


def test_a_stream_too_long_to_be_read_is_not_interrupted_by_a_word_to_the_caller() -> None:
    pieces: list[bytes | float] = [b"data: " + b"x" * 2_000, 0.3, b"y\n\n"]
    with world(policy=ProxyPolicy.BLOCK, max_answer_bytes=1_000, keepalive_s=0.05) as running:
        running.upstream.script = events(*stream_of("x" * 2_000)[:-1], *pieces)
        content = post(running).content
    assert content.endswith(b"x" * 2_000 + b"y\n\n")


@pytest.mark.parametrize(
    "text", [GOOD.replace("advertisements", "[crash]"), GOOD.replace("advertisements", "[unchecked]")]
)
@pytest.mark.parametrize("on_error", list(OnError))
def test_a_part_that_cannot_be_checked_leaves_or_not_as_it_was_told(text: str, on_error: OnError) -> None:
    with world(policy=ProxyPolicy.BLOCK, mode=Mode.HOLDBACK, on_error=on_error) as running:
        running.upstream.script = events(*paced(text))
        content = post(running).content
    if on_error is OnError.OPEN:
        assert content.endswith(b"data: [DONE]\n\n")
    else:
        assert (b'"code":"check_failed"' in content, b"That is all" in content) == (True, False)
