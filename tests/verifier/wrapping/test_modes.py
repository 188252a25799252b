"""What ``mode="buffer"`` and ``mode="holdback"`` promise, with the real packages against a loopback server."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import Callable, Iterator
from threading import Event
from types import SimpleNamespace
from typing import Any

import anthropic
import openai
import pytest

import verifier
from tests.verifier.wrapping.llm_server import Served, chat, delta, events, message, response, response_events, serving
from tests.verifier.wrapping.world import ASK, BAD, CLAUDE, GOOD, INVENTED, STRICT, Stuck, pieces, registries

MODES = ["buffer", "holdback"]


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


def stream(text: str, finish: str | None = "stop") -> list[str]:
    usage = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": []}
    ends = [delta(finish=finish), json.dumps({**usage, "usage": None}), "[DONE]"] if finish else []
    return [delta("", role="assistant"), *(delta(each) for each in pieces(text)), *ends]


def read(events_: Iterator[Any], into: list[str]) -> None:
    for chunk in events_:
        into += [choice.delta.content or "" for choice in chunk.choices]


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
def test_an_error_of_the_server_reaches_the_program_and_no_unchecked_text(
    server: Served, wrapped: Callable[..., openai.OpenAI], mode: str
) -> None:
    server.script = [*stream("Tea is a plant. It grows in Ass", finish=None), '{"error": {"message": "overloaded"}}']
    answer = wrapped(mode).chat.completions.create(**ASK, stream=True)
    seen: list[str] = []
    with pytest.raises(openai.APIError, match="overloaded"):
        read(answer, seen)
    assert len("".join(seen)) <= len("Tea is a plant.")
    assert "ended before" in verifier.get_report(answer).gaps[0].why


@pytest.mark.parametrize("mode", MODES)
def test_of_a_stream_that_breaks_off_the_whole_lines_are_checked(
    server: Served, wrapped: Callable[..., openai.OpenAI], mode: str
) -> None:
    text = f"1. {INVENTED}\n2. Roe, A. and D"
    server.script = stream(text, finish=None)
    answer = wrapped(mode).chat.completions.create(**ASK, stream=True)
    with pytest.raises(verifier.Blocked):
        list(answer)
    server.script = stream("Tea is a plant.\nIt grows in Ass", finish=None)
    answer = wrapped(mode).chat.completions.create(**ASK, stream=True)
    assert len(list(answer)) > 2
    assert "the stream ended before the model said that it was done" in [
        gap.why for gap in verifier.get_report(answer).gaps
    ]


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


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("checker", [Stuck(), Stuck(error=RuntimeError("broken"))], ids=["stuck", "crashed"])
def test_a_check_that_fails_holds_nothing_back_unless_the_policy_says_so(
    server: Served, wrapped: Callable[..., openai.OpenAI], mode: str, checker: Stuck
) -> None:
    server.body = chat(BAD)
    server.script = stream(BAD)
    client = wrapped(mode, checker=checker, timeout=0.05)
    answer = client.chat.completions.create(**ASK)
    assert answer.choices[0].message.content == BAD
    assert [gap.what for gap in verifier.get_report(answer).gaps] == ["the answer"]
    seen: list[str] = []
    read(client.chat.completions.create(**ASK, stream=True), seen)
    assert "".join(seen) == BAD
    checker.free.set()


def test_who_wants_to_be_told_gets_one_clear_error_where_nothing_was_checked(
    server: Served, wrapped: Callable[..., openai.OpenAI]
) -> None:
    server.body = chat(BAD)
    stuck = Stuck()
    client = wrapped("buffer", checker=stuck, timeout=0.05, on_error="closed")
    with pytest.raises(verifier.CheckFailed, match=r"held back, because its check was not finished after 0\.05 s"):
        client.chat.completions.create(**ASK)
    stuck.free.set()
    unchecked = wrapped("buffer", on_error="closed", registries=None)
    with pytest.raises(verifier.CheckFailed, match="2 of its citations could not be checked"):
        unchecked.chat.completions.create(**ASK)


def test_strict_lets_nothing_leave_that_nobody_checked(server: Served, wrapped: Callable[..., openai.OpenAI]) -> None:
    server.body = chat("Tea came to London in 1657.")
    strict = verifier.Policy(strict=True)
    with pytest.raises(verifier.CheckFailed, match="a part of it was not checked"):
        wrapped("buffer", policy=strict).chat.completions.create(**ASK)


def test_all_choices_share_one_ceiling(server: Served, wrapped: Callable[..., openai.OpenAI]) -> None:
    left: list[float | None] = []

    class Slow(verifier.Checker):
        def check(self, subject: verifier.Subject) -> verifier.Report:
            left.append(subject.budget_s)
            return super().check(subject)

    server.body = chat(GOOD, GOOD, GOOD)
    wrapped("buffer", checker=Slow(), timeout=30).chat.completions.create(**ASK, n=3)
    assert len(left) == 3
    assert 30 >= left[0] > left[1] > left[2] > 0


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


@pytest.mark.parametrize("policy", [verifier.Policy(strict=True), verifier.Policy(on_error=verifier.OnError.CLOSED)])
@pytest.mark.parametrize(("finish", "why"), [(None, "the stream ended before"), ("length", "cut at its length limit")])
def test_an_answer_of_which_a_part_was_not_read_does_not_leave_where_nothing_unchecked_may(
    server: Served, wrapped: Callable[..., openai.OpenAI], policy: verifier.Policy, finish: str | None, why: str
) -> None:
    server.script = stream("Is tea a plant?\nIt grows in Ass", finish=finish)
    answer = wrapped("buffer", policy=policy).chat.completions.create(**ASK, stream=True)
    with pytest.raises(verifier.CheckFailed, match=f"held back, because .*{why}"):
        list(answer)
    server.script = stream("Is tea a plant?\nIt grows in Ass", finish=finish)
    assert len(list(wrapped("buffer").chat.completions.create(**ASK, stream=True))) > 2


@pytest.mark.parametrize("mode", MODES)
def test_an_answer_without_text_passes_a_strict_policy(
    server: Served, wrapped: Callable[..., openai.OpenAI], mode: str
) -> None:
    call = {"index": 0, "id": "t", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    server.script = [delta(tool_calls=[call]), delta(finish="tool_calls"), "[DONE]"]
    client = wrapped(mode, policy=verifier.Policy(strict=True))
    assert len(list(client.chat.completions.create(**ASK, stream=True))) == 2


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
