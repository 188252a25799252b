"""What was not checked, or not all of it, is neither a flag nor clean, and leaves a blocking proxy or not as it was told."""

from __future__ import annotations

import pytest
import requests

from tests.verifier.server.proxy.callers import (
    BAD,
    CLAUDE,
    GOOD,
    claude_client,
    last_of,
    post,
    stream_of,
)
from tests.verifier.server.proxy.world import World, answer, events, world
from tests.verifier.wrapping.llm_server import chat, message
from verifier.policy import OnError
from verifier.server.proxy.settings import ProxyPolicy


@pytest.mark.parametrize("text", ["a [crash]", "a [slow]"])
def test_a_check_that_fails_is_no_flag(text: str) -> None:
    with world(ceiling_s=0.2) as running:
        running.upstream.script = answer(chat(text))
        found = post(running)
        running.upstream.script = events(*stream_of(text))
        told = last_of(post(running, stream=True).text)
    assert found.json() == chat(text)
    assert (found.headers["x-verifier-decision"], bool(found.headers["x-verifier-reason"])) == ("abstain", True)
    assert (told["decision"], bool(told["failed"]), told["complaints"]) == ("abstain", True, [])


@pytest.mark.parametrize("text", ["a [crash]", "a [slow]", "a [unchecked]"])
@pytest.mark.parametrize("on_error", list(OnError))
def test_what_cannot_be_checked_leaves_a_blocking_proxy_or_not_as_it_was_told(text: str, on_error: OnError) -> None:
    with world(policy=ProxyPolicy.BLOCK, on_error=on_error, ceiling_s=0.2) as running:
        for script in (answer(chat(text)), events(*stream_of(text))):
            running.upstream.script = script
            found = post(running)
            if on_error is OnError.OPEN:
                assert (found.status_code, found.headers["x-verifier-decision"]) == (200, "abstain")
            else:
                assert (found.status_code, found.json()["error"]["code"]) == (503, "check_failed")
                assert (found.headers["x-should-retry"], text in found.text) == ("false", False)


@pytest.mark.parametrize("on_error", list(OnError))
def test_a_broken_stream_leaves_a_blocking_proxy_or_not_as_it_was_told(on_error: OnError) -> None:
    with world(policy=ProxyPolicy.BLOCK, on_error=on_error) as running:
        running.upstream.script = events(*stream_of(BAD)[:4], cut=True)
        if on_error is OnError.CLOSED:
            assert post(running, stream=True).json()["error"]["code"] == "check_failed"
        else:
            with pytest.raises(requests.exceptions.ChunkedEncodingError):
                post(running, stream=True)


def test_an_answer_too_long_to_be_read_passes_whole() -> None:
    text = GOOD + "x" * 300_000
    with world(max_answer_bytes=100_000) as running:
        running.upstream.script = answer(chat(text))
        found = post(running)
        assert (found.json(), found.headers["x-verifier-decision"]) == (chat(text), "abstain")
    with world(max_answer_bytes=100_000, policy=ProxyPolicy.BLOCK) as running:
        running.upstream.script = events(*stream_of(text[:20_000]))
        assert b"".join(stream_of(text[:20_000])) == post(running, stream=True).content


@pytest.mark.parametrize("policy", [ProxyPolicy.HEADER, ProxyPolicy.BLOCK])
def test_a_stream_that_does_not_end_is_passed_on_and_read_only_so_far(policy: ProxyPolicy) -> None:
    pieces = stream_of(GOOD + "x" * 30_000)
    with world(max_answer_bytes=100_000, policy=policy) as running:
        running.upstream.script = events(*pieces)
        content = post(running, stream=True).content
    assert content.startswith(b"".join(pieces))
    assert running.checker.seen == []


@pytest.mark.parametrize("on_error", list(OnError))
def test_of_a_very_long_answer_the_beginning_is_checked(on_error: OnError) -> None:
    text = "[verified] and more of it\n" * 10_000
    with world(policy=ProxyPolicy.BLOCK, on_error=on_error, ceiling_s=20.0) as running:
        running.upstream.script = answer(chat(text))
        found = post(running)
        assert len(running.checker.seen[-1].text) <= 200_000
        running.upstream.script = answer(chat("[fabricated]\n" + text))
        assert post(running).json()["error"]["code"] == "blocked"
    decided = (200, "abstain") if on_error is OnError.OPEN else (503, "abstain")
    assert (found.status_code, found.headers["x-verifier-decision"]) == decided


def test_an_answer_of_anthropic_is_cut_to_its_whole_lines_where_it_hit_its_limit(header: World) -> None:
    header.upstream.script = answer({**message("[verified]\n[fabric"), "stop_reason": "max_tokens"})
    with claude_client(header) as claude:
        claude.messages.create(**CLAUDE)
    assert header.checker.seen[-1].text == "[verified]\n"


@pytest.mark.parametrize("text", ["[verified]\n[fabric", "one line that was cut off in"])
def test_an_answer_that_hit_its_limit_is_never_clean(text: str) -> None:
    cut = chat(text)
    cut["choices"][0]["finish_reason"] = "length"
    for on_error, status in ((OnError.OPEN, 200), (OnError.CLOSED, 503)):
        with world(policy=ProxyPolicy.BLOCK, on_error=on_error, ceiling_s=20.0) as running:
            running.upstream.script = answer(cut)
            found = post(running)
            assert (found.status_code, found.headers["x-verifier-decision"]) == (status, "abstain")


def test_a_call_of_a_tool_is_no_text_that_could_be_unchecked() -> None:
    calls = [{"id": "t", "type": "function", "function": {"name": "f", "arguments": "{}"}}]
    with world(policy=ProxyPolicy.BLOCK, on_error=OnError.CLOSED, ceiling_s=20.0) as running:
        running.upstream.script = answer(chat("", tool_calls=calls))
        assert post(running).json() == chat("", tool_calls=calls)
