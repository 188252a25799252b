"""What is read of answers, whole and streamed, and what of them is said not to be read."""

from __future__ import annotations

import json
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any, ClassVar, Self

import openai
import pytest

import verifier
from tests.verifier.wrapping.llm_server import (
    TEXT,
    Served,
    chat,
    chunks,
    delta,
    events,
    message,
    response,
    response_events,
)
from tests.verifier.wrapping.world import ASK, BAD, MODES, STRICT, TITLE, cited, pieces, registries
from verifier.wrapping.anthropic import AnthropicShape
from verifier.wrapping.openai import OpenAIShape


def test_a_stream_that_ends_before_its_end_accuses_nobody(server: Served, client: openai.OpenAI) -> None:
    server.finish = None
    stream = client.chat.completions.create(**ASK, stream=True)
    assert len(list(stream)) > 3
    report = verifier.get_report(stream, timeout=30)
    assert report.findings == ()
    assert [gap.why for gap in report.gaps] == ["the stream ended before the model said that it was done"]


@pytest.mark.parametrize(
    ("body", "gap"),
    [
        (chat(""), "the text's claims"),
        ({**chat(""), "choices": []}, "the answer"),
        (chat("", refusal="no"), "the answer"),
        (
            chat("", tool_calls=[{"id": "t", "type": "function", "function": {"name": "f", "arguments": "{}"}}]),
            "the arguments of tool calls",
        ),
    ],
    ids=["empty", "no choice", "refusal", "tool call"],
)
def test_what_is_no_text_is_a_gap_and_never_clean(server: Served, client: openai.OpenAI, body: dict, gap: str) -> None:
    server.body = body
    report = verifier.get_report(client.chat.completions.create(**ASK), timeout=30)
    assert report.findings == ()
    assert gap in [each.what for each in report.gaps]


def test_a_stream_of_another_kind_is_left_alone_and_its_report_says_so() -> None:
    class Stream:
        headers: ClassVar = {"x": "1"}

        def __iter__(self) -> Stream:
            return self

        def __next__(self) -> dict:
            raise StopIteration

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            pass

    given = Stream()
    client = verifier.wrap(SimpleNamespace(create_completion=lambda **_request: given))
    answer = client.create_completion(stream=True)
    with answer as opened:
        assert (opened is given, opened.headers) == (True, {"x": "1"})
    assert [gap.why for gap in verifier.get_report(answer).gaps] == ["a stream of this kind cannot be read along"]


CUT = f"A fine paper is\n{TEXT[:-12]}"


@pytest.mark.parametrize(
    ("path", "response"),
    [
        ("messages.create", {"content": [{"type": "text", "text": CUT}], "stop_reason": reason})
        for reason in ("max_tokens", "model_context_window_exceeded", "pause_turn", "something_new", None)
    ]
    + [
        ("create_completion", {"choices": [{"message": {"content": CUT}, "finish_reason": reason}]})
        for reason in ("length", "something_new", None)
    ],
)
def test_half_a_citation_is_never_judged_whatever_cut_it(path: str, response: dict) -> None:
    client: Any = SimpleNamespace()
    owner = client
    if "." in path:
        owner = client.messages = SimpleNamespace()
    setattr(owner, path.rpartition(".")[2], lambda **_request: response)
    verifier.wrap(client)
    report = verifier.get_report(getattr(owner, path.rpartition(".")[2])(), timeout=30)
    assert report.findings == ()
    assert "the last line of the answer" in [gap.what for gap in report.gaps]


@pytest.mark.parametrize(
    "text",
    ['{"%s": 1}' % TEXT, '{"works": ["%s"]}' % TEXT, "[" * 60 + f'"{TEXT}"' + "]" * 60],  # noqa: UP031
    ids=["a name", "a value", "very deep"],
)
def test_citations_in_structured_output_are_found_wherever_they_stand(text: str) -> None:
    answer = verifier.wrap(SimpleNamespace(create_completion=lambda: chat(text))).create_completion()
    assert cited(verifier.get_report(answer, timeout=30)) == [TITLE]


@pytest.mark.parametrize(
    ("content", "gaps"),
    [(TEXT, []), ([{"type": "text", "text": TEXT}, {"type": "hologram"}], ["a part of the answer"])],
)
def test_parts_of_a_message_that_are_not_read_are_gaps(content: object, gaps: list[str]) -> None:
    client = SimpleNamespace(messages=SimpleNamespace(create=lambda: {"content": content, "stop_reason": "end_turn"}))
    report = verifier.get_report(verifier.wrap(client).messages.create(), timeout=30)
    assert cited(report) == [TITLE]
    assert [gap.what for gap in report.gaps if gap.what == "a part of the answer"] == gaps


class Attributes(SimpleNamespace):
    """An event as the packages make it, of decoded JSON."""

    @classmethod
    def of(cls, value: Any) -> Any:
        if isinstance(value, dict):
            return cls(**{name: cls.of(inner) for name, inner in value.items()})
        return [cls.of(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("kind", [lambda event: event, Attributes.of], ids=["dicts", "objects"])
@pytest.mark.parametrize(
    ("shape", "stream"),
    [
        (OpenAIShape(), [json.loads(each) for each in chunks(TEXT)[:-1]]),
        (OpenAIShape(), [json.loads(delta(each, index=n)) for n, each in enumerate([TEXT, "", "b"])]),
        (
            OpenAIShape(),
            [{"choices": [{"text": "Tea", "finish_reason": None}]}, {"choices": [{"finish_reason": "stop"}]}],
        ),
        (OpenAIShape(), [json.loads(delta(tool_calls=[{}])), json.loads(delta(finish="length")), {"error": {"a": 1}}]),
        (OpenAIShape(), response_events(TEXT, TEXT)),
        (AnthropicShape(), events(TEXT)),
        (AnthropicShape(), [*events(TEXT)[:3], {"type": "ping"}, {"type": "error", "error": {}}]),
    ],
)
def test_reading_without_waiting_for_the_text_reads_the_same(shape: Any, stream: list[dict], kind: Any) -> None:
    slow, quick = shape.reading(), shape.reading()
    for event in stream:
        slow.feed(kind(event))
        quick.note(kind(event))
    assert quick.answer() == slow.answer()
    assert quick.finished == slow.finished


def _quoted(kind: str, inner: dict[str, Any]) -> list[dict]:
    """Events of OpenAI's responses in which a text comes in one of another kind than usual, and nowhere else."""
    last = {**response(""), "output": []}
    return [
        {"type": kind, "output_index": 0, "content_index": 0, **inner},
        {"type": "response.completed", "response": last},
    ]


PART = {"type": "output_text", "text": BAD}
STRANGE_PLACES = {
    "no whole text at the end": (
        "responses.create",
        [
            {**each, "response": {**each["response"], "output": []}} if "response" in each else each
            for each in response_events(*pieces(BAD))
        ],
    ),
    "at the end only": ("responses.create", [response_events(BAD)[-1]]),
    "in the whole item": (
        "responses.create",
        _quoted("response.output_item.done", {"item": response(BAD)["output"][0]}),
    ),
    "in the whole part": ("responses.create", _quoted("response.content_part.done", {"part": PART})),
    "in the part that begins": ("responses.create", _quoted("response.content_part.added", {"part": PART})),
    "in parts": ("create_completion", [json.loads(delta([{"type": "text", "text": BAD}], finish="stop"))]),  # type: ignore[arg-type]
    "in whole messages": ("create_completion", [chat(BAD)]),
    "beside a damaged probe": (
        "create_completion",
        [{"choices": [{"delta": {"content": BAD}, "finish_reason": "stop", "probe": {}}]}],
    ),
    "where a block begins": (
        "messages.create",
        [{"type": "content_block_start", "content_block": {"type": "text", "text": BAD}}, *events("")[-2:]],
    ),
    "where a message begins": (
        "messages.create",
        [{"type": "message_start", "message": message(BAD)}, *events("")[-2:]],
    ),
}


@pytest.mark.parametrize("mode", ["after", *MODES])
@pytest.mark.parametrize("place", STRANGE_PLACES)
def test_a_text_is_read_wherever_in_a_stream_it_comes_and_none_of_it_leaves_unchecked(place: str, mode: str) -> None:
    path, stream = STRANGE_PLACES[place]
    owner, name = SimpleNamespace(), path.rpartition(".")[2]
    client = SimpleNamespace(**{path.partition(".")[0]: owner}) if "." in path else owner
    setattr(owner, name, lambda: (each for each in stream))
    verifier.wrap(client, mode=mode, policy=STRICT, registries=registries(), timeout=30)
    answer = getattr(owner, name)()
    seen: list[Any] = []
    with nullcontext() if mode == "after" else pytest.raises(verifier.AnswerError):
        seen += answer
    assert ("Fox" in str(seen)) == (mode == "after")
    assert [each.status.value for each in verifier.get_report(answer, timeout=30).findings] == ["verified", "not_found"]


def test_a_block_that_is_not_read_is_a_gap_of_a_stream_too() -> None:
    stream = [{"type": "content_block_start", "content_block": {"type": "hologram"}}, *events(TEXT)]
    client = SimpleNamespace(messages=SimpleNamespace(create=lambda: (each for each in stream)))
    answer = verifier.wrap(client).messages.create()
    assert list(answer) == stream
    report = verifier.get_report(answer, timeout=30)
    assert cited(report) == [TITLE]
    assert "a part of the answer" in [gap.what for gap in report.gaps]


def test_what_a_probe_says_that_cannot_be_read_is_a_gap_and_raises_nothing() -> None:
    choice = {"delta": {"content": TEXT}, "finish_reason": "stop", "probe": {"tokens": ["x"]}}
    client = verifier.wrap(SimpleNamespace(create_completion=lambda: (each for each in [{"choices": [choice]}])))
    answer = client.create_completion()
    assert list(answer) == [{"choices": [choice]}]
    assert [gap.why for gap in verifier.get_report(answer, timeout=30).gaps] == [
        "the stream could not be read: TypeError"
    ]
