"""Real clients on one side, a server that is told what to say on the other."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import anthropic
import openai
import pytest
import requests

from tests.verifier.server.proxy.callers import (
    ASK,
    BAD,
    CLAUDE,
    GOOD,
    claude_client,
    claude_stream_of,
    openai_client,
    post,
    response_stream_of,
    stream_of,
)
from tests.verifier.server.proxy.world import World, answer, events, squeezed, world
from tests.verifier.wrapping.llm_server import chat, chunks, message
from verifier.policy import FailOn
from verifier.server.proxy.headers import Keys
from verifier.server.proxy.settings import ProxyPolicy


@pytest.fixture(scope="module")
def body() -> Iterator[World]:
    with world(policy=ProxyPolicy.BODY) as running:
        yield running


@pytest.fixture(scope="module")
def block() -> Iterator[World]:
    with world(policy=ProxyPolicy.BLOCK) as running:
        yield running


def test_policy_header_leaves_the_answer_as_it_was_and_says_what_was_found(header: World) -> None:
    header.upstream.script = answer(chat(BAD), headers="X-Request-Id: r1\r\nX-Verifier-Decision: pass\r\n")
    with openai_client(header) as client:
        raw = client.chat.completions.with_raw_response.create(**ASK)
    assert json.dumps(chat(BAD)) == raw.http_response.text
    told = {name: value for name, value in raw.headers.items() if name.startswith("x-")}
    told.pop("x-verifier-id")
    expected = {
        "x-request-id": "r1",
        "x-verifier-decision": "flag",
        "x-verifier-references": "verified=1, fabricated=1",
    }
    assert expected == told


def test_what_asks_and_who_answers_is_known_to_the_check(header: World) -> None:
    header.upstream.script = answer(chat(GOOD))
    with openai_client(header) as client:
        client.chat.completions.create(**ASK)
    subject = header.checker.seen[-1]
    assert (subject.text, subject.asked, subject.generator) == (GOOD, "Name a paper.", "m")


def test_the_request_arrives_as_it_was_sent(header: World) -> None:
    header.upstream.script = answer(chat(GOOD))
    sent = {**ASK, "tools": [{"type": "code_interpreter"}, {"type": "file_search", "vector_store_ids": ["v"]}]}
    body = json.dumps(sent, indent=3).encode()
    given = {
        "Authorization": "Bearer sk-caller",
        "Connection": "x-gone",
        "X-Gone": "1",
        "X-Kept": "2",
        "TE": "trailers",
    }
    requests.post(f"{header.url}/v1/chat/completions?a=%20b", data=body, headers=given, timeout=10)
    request = header.upstream.requests[-1]
    assert ("POST", "/v1/chat/completions?a=%20b", body) == (request["method"], request["path"], request["body"])
    arrived = request["headers"]
    assert (
        arrived["authorization"],
        arrived["x-kept"],
        arrived["accept-encoding"],
    ) == ("Bearer sk-caller", "2", "identity")
    assert set() == {"x-gone", "te", "x-verifier-token"} & set(arrived)
    assert arrived["host"] == header.upstream.url.removeprefix("http://")


def test_policy_body_adds_one_key_and_changes_nothing_else(body: World) -> None:
    sent = {**chat(BAD), "price": 1.0}
    body.upstream.script = answer(sent)
    with openai_client(body) as client:
        made = client.chat.completions.create(**ASK)
        raw = client.chat.completions.with_raw_response.create(**ASK).http_response.text
    told = made.model_extra["verification"]
    assert (told["decision"], len(told["complaints"]), told["failed"]) == ("flag", 1, "")
    assert [each["verdict"] for each in told["report"]["references"]] == ["verified", "fabricated"]
    assert raw.startswith(json.dumps(sent)[:-1] + ',"verification":')


def test_a_compressed_answer_is_read_and_leaves_as_it_came(header: World, body: World) -> None:
    for running in (header, body):
        running.upstream.script = squeezed(chat(BAD))
        found = requests.post(f"{running.url}/v1/chat/completions", json=ASK, timeout=10)
        assert (
            found.json()["choices"][0]["message"]["content"],
            found.headers["x-verifier-decision"],
        ) == (BAD, "flag")


@pytest.mark.parametrize(("text", "decision"), [(GOOD, "pass"), (BAD, "flag"), ("Nothing is cited.", "abstain")])
def test_a_chat_stream_ends_with_what_was_found(header: World, text: str, decision: str) -> None:
    header.upstream.script = events(*stream_of(text))
    with openai_client(header) as client:
        found = list(client.chat.completions.create(**ASK, stream=True))
    said = "".join(each.choices[0].delta.content or "" for each in found if each.choices)
    assert (text, decision) == (said, found[-1].model_extra["verification"]["decision"])
    assert [(found[-1].id, found[-1].model, found[-1].choices[0].index)] == [("c", "m", 0)]
    assert [False] * (len(found) - 1) == ["verification" in (each.model_extra or {}) for each in found[:-1]]


def test_the_streaming_helpers_of_the_clients_read_over_what_was_added(header: World) -> None:
    header.upstream.script = events(*stream_of(GOOD))
    with openai_client(header) as client, client.chat.completions.stream(**ASK) as stream:
        assert stream.get_final_completion().choices[0].message.content == GOOD
    header.upstream.script = events(*claude_stream_of(GOOD))
    with claude_client(header) as claude, claude.messages.stream(**CLAUDE) as stream:
        assert stream.get_final_text() == GOOD
    header.upstream.script = events(*response_stream_of(GOOD))
    with openai_client(header) as client, client.responses.stream(model="m", input="x") as stream:
        assert stream.get_final_response().output_text == GOOD


def test_a_stream_of_a_response_ends_with_what_was_found(header: World) -> None:
    header.upstream.script = events(*response_stream_of(BAD))
    with openai_client(header) as client:
        found = list(client.responses.create(model="m", input="x", stream=True))
    assert [each.type for each in found[-2:]] == ["response.completed", "response.verification"]
    assert (found[-1].verification["decision"], found[-1].sequence_number) == ("flag", 8)


def test_anthropics_messages_whole_and_streamed(header: World) -> None:
    with claude_client(header) as client:
        header.upstream.script = answer(message(BAD))
        raw = client.messages.with_raw_response.create(**CLAUDE)
        assert (raw.parse().content[0].text, raw.headers["x-verifier-decision"]) == (BAD, "flag")
        header.upstream.script = events(*claude_stream_of(BAD))
        found = list(client.messages.create(**CLAUDE, stream=True))
    assert [each.type for each in found[-2:]] == ["message_stop", "verification"]
    assert found[-1].verification["decision"] == "flag"


def test_a_legacy_completion_streams_too(header: World) -> None:
    def chunk(text: str, end: str | None = None) -> bytes:
        choice = {"index": 0, "text": text, "finish_reason": end, "logprobs": None}
        made = {"id": "c", "object": "text_completion", "created": 1, "model": "m", "choices": [choice]}
        return f"data: {json.dumps(made)}\n\n".encode()

    header.upstream.script = events(chunk(BAD), chunk("", "stop"), b"data: [DONE]\n\n")
    with openai_client(header) as client:
        found = list(client.completions.create(model="m", prompt="x", stream=True))
    assert "".join(each.choices[0].text for each in found) == BAD
    assert found[-1].model_extra["verification"]["decision"] == "flag"


def test_the_report_of_a_stream_can_be_asked_for_by_its_number(header: World) -> None:
    header.upstream.script = events(*claude_stream_of(BAD))
    with claude_client(header) as client:
        raw = client.messages.with_raw_response.create(**CLAUDE, stream=True)
        list(raw.parse())
    number = raw.headers["x-verifier-id"]
    assert requests.get(f"{header.url}/v1/verify/{number}", timeout=10).json()["decision"] == "flag"
    assert requests.get(f"{header.url}/v1/verify/nobody", timeout=10).status_code == 404


def test_policy_block_answers_with_an_error_of_the_api_and_none_of_the_text(block: World) -> None:
    for script in (answer(chat(BAD)), events(*stream_of(BAD))):
        block.upstream.script = script
        with openai_client(block) as client, pytest.raises(openai.BadRequestError) as error:
            client.chat.completions.create(**ASK)
        assert (error.value.code, error.value.response.headers["x-verifier-decision"]) == ("blocked", "block")
        assert "choices" not in error.value.response.json()
    for script in (answer(message(BAD)), events(*claude_stream_of(BAD))):
        block.upstream.script = script
        with claude_client(block) as claude, pytest.raises(anthropic.BadRequestError) as refused:
            claude.messages.create(**CLAUDE)
        assert refused.value.response.json()["error"]["type"] == "invalid_request_error"


def test_policy_block_lets_good_answers_through_as_they_were(block: World) -> None:
    block.upstream.script = answer(chat(GOOD))
    with openai_client(block) as client:
        assert json.dumps(chat(GOOD)) == client.chat.completions.with_raw_response.create(**ASK).http_response.text
        block.upstream.script = events(*stream_of(GOOD))
        raw = client.chat.completions.with_raw_response.create(**ASK, stream=True)
        found = list(raw.parse())
    assert raw.headers["x-verifier-decision"] == "pass"
    assert "".join(each.choices[0].delta.content or "" for each in found if each.choices) == GOOD


def test_block_waits_for_no_milder_verdict_than_it_was_told_to() -> None:
    with world(policy=ProxyPolicy.BLOCK, fail_on=FailOn.NOT_FOUND) as running, openai_client(running) as client:
        running.upstream.script = answer(chat("[mismatch]"))
        assert client.chat.completions.create(**ASK).choices[0].message.content == "[mismatch]"
        running.upstream.script = answer(chat("[not_found]"))
        with pytest.raises(openai.BadRequestError):
            client.chat.completions.create(**ASK)


def test_a_caller_that_waits_long_for_a_held_stream_hears_that_it_goes_on() -> None:
    with world(policy=ProxyPolicy.BLOCK, keepalive_s=0.05) as running, openai_client(running) as client:
        running.upstream.script = events(stream_of(BAD)[0], 0.2, *stream_of(BAD)[1:])
        stream = client.chat.completions.create(**ASK, stream=True)
        with pytest.raises(openai.APIError, match="held back"):
            list(stream)
        running.upstream.script = events(stream_of(GOOD)[0], 0.2, *stream_of(GOOD)[1:])
        with requests.post(
            f"{running.url}/v1/chat/completions", json={**ASK, "stream": True}, timeout=10, stream=True
        ) as found:
            text = found.raw.read()
    assert text.startswith(b": the answer is being checked\n\n")
    assert (text.count(b'"verification":'), text[-14:]) == (1, b"data: [DONE]\n\n")


@pytest.mark.parametrize("policy", list(ProxyPolicy))
def test_everything_else_passes_untouched(policy: ProxyPolicy) -> None:
    def echo(request: dict[str, Any]) -> Any:
        return answer(request["body"], 207, "X-Own: 1\r\nConnection: close\r\n", kind="application/octet-stream")

    blob = bytes(range(256)) * 4096
    with world(policy=policy) as running:
        running.upstream.script = echo
        pieces = (blob[at : at + 100_000] for at in range(0, len(blob), 100_000))
        found = requests.put(f"{running.url}/v1/files/a%2Fb?x=1&y=%C3%A9", data=pieces, timeout=20)
        running.upstream.script = answer({"data": [{"id": "m", "object": "model"}]})
        with openai_client(running) as client:
            assert [each.id for each in client.models.list()] == ["m"]
    request = running.upstream.requests[0]
    assert (request["method"], request["path"]) == ("PUT", "/v1/files/a%2Fb?x=1&y=%C3%A9")
    assert (207, blob, "1") == (found.status_code, found.content, found.headers["x-own"])
    assert [name for name in found.headers if name.lower().startswith("x-verifier")] == []


def test_policy_none_checks_nothing() -> None:
    with world(policy=ProxyPolicy.NONE) as running, openai_client(running) as client:
        running.upstream.script = events(*stream_of(BAD))
        found = list(client.chat.completions.create(**ASK, stream=True))
    assert (len(chunks(BAD)) - 1, []) == (len(found), running.checker.seen)


def test_a_key_of_the_proxy_takes_the_place_of_the_callers() -> None:
    with world(keys=Keys(upstream_key="sk-proxy")) as running:
        running.upstream.script = answer(chat(GOOD))
        with openai_client(running) as client:
            client.chat.completions.create(**ASK)
        running.upstream.script = answer(message(GOOD))
        with claude_client(running) as claude:
            claude.messages.create(**CLAUDE)
    first, second = (each["headers"] for each in running.upstream.requests)
    assert (first["authorization"], first.get("x-api-key")) == ("Bearer sk-proxy", None)
    assert (second["x-api-key"], second.get("authorization")) == ("sk-proxy", None)


def test_verify_gives_the_report_of_a_text(header: World) -> None:
    sent = {"text": BAD, "context": "a page", "asked": "who?"}
    found = requests.post(f"{header.url}/v1/verify", json=sent, timeout=10)
    assert [each["verdict"] for each in found.json()["references"]] == ["verified", "fabricated"]
    assert (
        header.checker.seen[-1].context,
        header.checker.seen[-1].asked,
        found.headers["x-verifier-decision"],
    ) == (("a page",), "who?", "flag")


@pytest.mark.parametrize(
    ("sent", "status"), [(b"{", 400), (b'{"texts": 1}', 400), (b"[]", 400), (b" " * 9_000_000, 413)]
)
def test_verify_says_in_one_sentence_what_it_cannot_read(header: World, sent: bytes, status: int) -> None:
    found = requests.post(f"{header.url}/v1/verify", data=sent, timeout=10)
    assert (status, True) == (found.status_code, bool(found.json()["error"]["message"]))


def test_health_and_metrics(header: World) -> None:
    assert requests.get(f"{header.url}/healthz", timeout=10).json() == {"status": "ok"}
    requests.get(f"{header.url}/v1/models", timeout=10)
    for _ in range(100):  # a request is counted once it is over, which may be after its caller has the answer
        text = requests.get(f"{header.url}/metrics", timeout=10).text
        if "verifier_requests_total{api=" in text:
            break
        time.sleep(0.05)
    assert "verifier_requests_total{api=" in text
    assert text.count("# TYPE") == text.count("# HELP")


def test_the_upstream_is_left_alone_once_a_request_is_over(header: World) -> None:
    for script in (answer(chat(GOOD)), events(*stream_of(GOOD)), answer({}, 500)):
        header.upstream.script = script
        post(header)
    assert header.settled(lambda: (header.metrics.upstream_open, header.upstream.open) == (0, 0))
