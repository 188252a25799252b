"""What ``mode="buffer"`` and ``mode="holdback"`` promise, with the real packages against a loopback server."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import Callable
from threading import Event
from types import SimpleNamespace
from typing import Any

import anthropic
import openai
import pytest

import verifier
from tests.verifier.wrapping.llm_server import Served, chat, delta, events, message, response, response_events
from tests.verifier.wrapping.world import (
    ASK,
    BAD,
    CLAUDE,
    GOOD,
    INVENTED,
    MODES,
    STRICT,
    pieces,
    read,
    registries,
    stream,
)


@pytest.mark.parametrize("mode", MODES)
def test_a_good_answer_arrives_whole_in_its_own_chunks(
    server: Served, wrapped: Callable[..., openai.OpenAI], mode: str
) -> None:
    server.script = stream(GOOD)
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key="k") as plain:
        expected = list(plain.chat.completions.create(**ASK, stream=True))
    answer = wrapped(mode).chat.completions.create(**ASK, stream=True)
    assert list(answer) == expected
    assert [each.status.value for each in verifier.get_report(answer).findings] == ["verified", "verified"]


def test_in_a_buffer_nothing_of_a_bad_answer_leaves(server: Served, wrapped: Callable[..., openai.OpenAI]) -> None:
    server.script = stream(BAD)
    answer = wrapped("buffer").chat.completions.create(**ASK, stream=True)
    seen: list[Any] = []
    with pytest.raises(verifier.Blocked) as raised:
        seen += answer
    assert seen == []
    assert raised.value.report == verifier.get_report(answer)
    assert ["quiet numbers" in each for each in raised.value.complaints] == [True]
    assert "quiet numbers" not in str(raised.value)


def test_held_back_is_what_comes_behind_the_last_good_part(
    server: Served, wrapped: Callable[..., openai.OpenAI]
) -> None:
    server.script = stream(BAD)
    answer = wrapped("holdback").chat.completions.create(**ASK, stream=True)
    seen: list[str] = []
    with pytest.raises(verifier.Withheld) as raised:
        read(answer, seen)
    text = "".join(seen)
    assert BAD.startswith(text)
    assert "small things" in text
    assert "Fox" not in text
    spans = [each.checked.reference.location for each in raised.value.report.findings]
    assert [BAD[at.start : at.end] for at in spans if at][-1] == INVENTED


def test_nothing_is_called_withheld_before_text_has_left(server: Served, wrapped: Callable[..., openai.OpenAI]) -> None:
    server.script = stream(f"1. {INVENTED}\n2. {INVENTED}\n")
    answer = wrapped("holdback").chat.completions.create(**ASK, stream=True)
    seen: list[str] = []
    with pytest.raises(verifier.Blocked):
        read(answer, seen)
    assert "".join(seen) == ""


def test_a_sentence_leaves_while_the_model_still_writes(server: Served, wrapped: Callable[..., openai.OpenAI]) -> None:
    more = Event()
    server.script = [
        delta("Tea is a plant. "),
        delta("It grows in"),
        more,
        delta(" Assam."),
        delta(finish="stop"),
        "[DONE]",
    ]
    answer = wrapped("holdback").chat.completions.create(**ASK, stream=True)
    assert next(answer).choices[0].delta.content == "Tea is a plant. "
    more.set()
    assert "".join(each.choices[0].delta.content or "" for each in answer) == "It grows in Assam."


@pytest.mark.parametrize("mode", MODES)
def test_a_whole_answer_is_checked_before_it_is_given(
    server: Served, wrapped: Callable[..., openai.OpenAI], mode: str
) -> None:
    client = wrapped(mode)
    server.body = chat(GOOD)
    answer = client.chat.completions.create(**ASK)
    assert answer.choices[0].message.content == GOOD
    assert len(verifier.get_report(answer).findings) == 2
    server.body = chat(GOOD, BAD)
    with pytest.raises(verifier.Blocked) as raised:
        client.chat.completions.create(**ASK, n=2)
    assert raised.value.report.inputs == ("answer 1", "answer 2")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("is_stream", [True, False])
def test_coroutines_are_held_too(server: Served, mode: str, *, is_stream: bool) -> None:
    server.script, server.body = stream(BAD), chat(BAD)

    async def run() -> str:
        text = ""
        async with openai.AsyncOpenAI(base_url=f"{server.url}/v1", api_key="k", max_retries=0) as made:
            client = verifier.wrap(made, mode=mode, policy=STRICT, registries=registries(), timeout=30)
            try:
                answer = await client.chat.completions.create(**ASK, stream=is_stream)
                async for chunk in answer:
                    text += "".join(each.delta.content or "" for each in chunk.choices)
            except verifier.AnswerError as error:
                return f"{type(error).__name__}: {text[:19]}"
        return text

    ends = {("holdback", True): "Withheld: Here are two works:"}
    assert asyncio.run(run()) == ends.get((mode, is_stream), "Blocked: ")


def test_what_is_no_text_keeps_its_order_and_arrives(server: Served, wrapped: Callable[..., openai.OpenAI]) -> None:
    call = {"index": 0, "id": "t", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    empty = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": []}
    server.script = [
        json.dumps({**empty, "prompt_filter_results": [{}]}),
        delta("", role="assistant"),
        delta("北京 \N{EARTH GLOBE EUROPE-AFRICA} is"),
        delta(tool_calls=[call]),
        delta(" a city. And that is"),
        delta(index=1, content="Another answer"),
        delta(finish="tool_calls"),
        delta(index=1, finish="stop"),
        json.dumps({**empty, "usage": {"prompt_tokens": 9, "completion_tokens": 1, "total_tokens": 10}}),
        "[DONE]",
    ]
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key="k") as plain:
        expected = list(plain.chat.completions.create(**ASK, stream=True))
    for mode in MODES:
        answer = wrapped(mode).chat.completions.create(**ASK, stream=True)
        assert list(answer) == expected
        assert "the arguments of tool calls" in [gap.what for gap in verifier.get_report(answer).gaps]


@pytest.mark.parametrize("mode", MODES)
def test_the_connection_to_the_model_is_closed_when_the_rest_is_kept_back(
    server: Served, wrapped: Callable[..., openai.OpenAI], mode: str
) -> None:
    server.script = [*stream(BAD), *[delta("and so on. ") for _ in range(30_000)]]
    if mode == "buffer":  # where it is known at the end only, the program that leaves closes it
        answer = wrapped(mode).chat.completions.create(**ASK, stream=True)
        answer.close()
        assert server.gone.wait(20)
        return
    with pytest.raises(verifier.Withheld):
        list(wrapped(mode).chat.completions.create(**ASK, stream=True))
    assert server.gone.wait(20)


@pytest.mark.parametrize(("mode", "ends"), [("buffer", verifier.Blocked), ("holdback", verifier.Withheld)])
def test_anthropics_messages_are_held(server: Served, mode: str, ends: type[verifier.AnswerError]) -> None:
    with anthropic.Anthropic(base_url=server.url, api_key="k", max_retries=0) as made:
        client = verifier.wrap(made, mode=mode, policy=STRICT, registries=registries(), timeout=30)
        server.script = [json.dumps(each) for each in events(BAD)]
        seen: list[Any] = []
        with pytest.raises(ends):
            seen += client.messages.create(**CLAUDE, stream=True)
        text = "".join(each.delta.text for each in seen if each.type == "content_block_delta")
        assert (BAD.startswith(text), bool(text)) == (True, mode == "holdback")
        assert "Fox" not in text
        with client.messages.stream(**CLAUDE) as helped, pytest.raises(ends):
            helped.until_done()
        server.script = [json.dumps(each) for each in events(GOOD)]
        with client.messages.stream(**CLAUDE) as helped:
            assert helped.get_final_text() == GOOD
        server.body = message(BAD)
        with pytest.raises(verifier.Blocked):
            client.messages.create(**CLAUDE)


@pytest.mark.parametrize(("mode", "ends"), [("buffer", verifier.Blocked), ("holdback", verifier.Withheld)])
def test_openais_responses_are_held(
    server: Served, wrapped: Callable[..., openai.OpenAI], mode: str, ends: type[verifier.AnswerError]
) -> None:
    client = wrapped(mode)
    server.script = [json.dumps(each) for each in response_events(*pieces(BAD))]
    seen: list[Any] = []
    with pytest.raises(ends):
        seen += client.responses.create(model="m", input="Name two papers.", stream=True)
    assert "Fox" not in str(seen)
    server.script = [json.dumps(each) for each in response_events(*pieces(GOOD))]
    with client.responses.stream(model="m", input="Name two papers.") as helped:
        assert helped.get_final_response().output_text == GOOD
    server.body = response(BAD)
    with pytest.raises(verifier.Blocked):
        client.responses.create(model="m", input="Name two papers.")


@pytest.mark.parametrize("mode", MODES)
def test_bytes_that_could_be_read_past_the_check_are_refused_before_anything_is_asked(
    server: Served, wrapped: Callable[..., openai.OpenAI], mode: str
) -> None:
    client = wrapped(mode)
    with (
        pytest.raises(verifier.WrongArgument, match="with_streaming_response"),
        client.chat.completions.with_streaming_response.create(**ASK),
    ):
        pass
    assert server.requests == 0
    server.body = chat(BAD)
    with pytest.raises(verifier.Blocked):
        client.chat.completions.with_raw_response.create(**ASK)


def test_text_that_comes_in_a_last_event_only_is_held_too(
    server: Served, wrapped: Callable[..., openai.OpenAI]
) -> None:
    found = [each for each in response_events(BAD) if each["type"] != "response.output_text.delta"]
    server.script = [json.dumps(each) for each in found]
    seen: list[Any] = []
    with pytest.raises(verifier.AnswerError):
        seen += wrapped("holdback").responses.create(model="m", input="Name two papers.", stream=True)
    assert "Fox" not in str(seen)


def test_dicts_of_a_local_model_are_held() -> None:
    def create(stream: bool = False) -> object:
        return (json.loads(delta(each)) for each in pieces(BAD)) if stream else chat(BAD)

    llama = verifier.wrap(
        SimpleNamespace(create_chat_completion=create), mode="holdback", policy=STRICT, registries=registries()
    )
    with pytest.raises(verifier.Blocked):
        llama.create_chat_completion()
    seen: list[Any] = []
    with pytest.raises(verifier.Withheld):
        seen += llama.create_chat_completion(stream=True)
    assert "Fox" not in str(seen)


def test_a_stream_helper_that_reads_past_the_stream_is_refused_where_answers_are_held() -> None:
    class HelperManager:
        """As ``anthropic`` had it before 0.44: the helper opens the response anew."""

        def __init__(self) -> None:
            self.__api_request = lambda: iter(())

    messages = SimpleNamespace(create=dict, stream=HelperManager)
    held = verifier.wrap(SimpleNamespace(messages=messages), mode="buffer")
    with pytest.raises(verifier.WrongArgument, match="a stream that mode='buffer' cannot hold back"):
        held.messages.stream()


def test_a_client_that_is_wrapped_again_is_watched_as_was_said_last(
    server: Served, wrapped: Callable[..., openai.OpenAI]
) -> None:
    server.body = chat(BAD)
    client = wrapped("after")
    client.chat.completions.create(**ASK)
    verifier.wrap(client, mode="buffer", policy=STRICT, registries=registries(), timeout=30)
    with pytest.raises(verifier.Blocked):
        client.chat.completions.create(**ASK)
    with pytest.raises(verifier.Blocked):
        client.with_options(timeout=5).chat.completions.create(**ASK)
    verifier.wrap(client)
    assert client.chat.completions.create(**ASK).choices[0].message.content == BAD


def test_an_error_of_a_held_answer_comes_through_from_another_process(
    server: Served, wrapped: Callable[..., openai.OpenAI]
) -> None:
    server.body = chat(BAD)
    with pytest.raises(verifier.Blocked) as raised:
        wrapped("buffer").chat.completions.create(**ASK)
    copied = copy.copy(raised.value)
    assert (type(copied), str(copied), copied.complaints) == (
        verifier.Blocked,
        str(raised.value),
        raised.value.complaints,
    )
    assert copied.report == raised.value.report


def test_the_policy_of_a_checker_holds_unless_another_is_given(
    server: Served, wrapped: Callable[..., openai.OpenAI]
) -> None:
    server.body = chat(BAD)
    lenient = wrapped("buffer", checker=verifier.Checker(registries=registries()))
    assert lenient.chat.completions.create(**ASK).choices[0].message.content == BAD
    with pytest.raises(verifier.Blocked):
        wrapped("buffer", checker=verifier.Checker(registries=registries(), policy=STRICT)).chat.completions.create(
            **ASK
        )
