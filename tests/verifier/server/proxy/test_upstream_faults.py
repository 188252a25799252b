"""Whatever breaks behind the proxy, the caller gets what it would have got without it, and a report that says what was not checked."""

from __future__ import annotations

import gzip
import json
import socket
from collections.abc import Iterator

import anthropic
import openai
import pytest
import requests

from tests.verifier.server.proxy.callers import (
    ASK,
    BAD,
    CLAUDE,
    GOOD,
    STREAM,
    claude_client,
    claude_stream_of,
    last_of,
    openai_client,
    post,
    stream_of,
)
from tests.verifier.server.proxy.world import Script, World, answer, events, world
from tests.verifier.wrapping.llm_server import chat
from verifier.policy import OnError
from verifier.server.proxy.settings import ProxyPolicy


@pytest.fixture(scope="module", params=[ProxyPolicy.NONE, ProxyPolicy.HEADER, ProxyPolicy.BODY, ProxyPolicy.BLOCK])
def any_policy(request: pytest.FixtureRequest) -> Iterator[World]:
    with world(policy=request.param, on_error=OnError.CLOSED, ceiling_s=20.0) as running:
        yield running


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, openai.BadRequestError),
        (401, openai.AuthenticationError),
        (404, openai.NotFoundError),
        (429, openai.RateLimitError),
        (500, openai.InternalServerError),
        (529, openai.InternalServerError),
    ],
)
def test_errors_of_the_server_pass_as_they_were(
    any_policy: World, status: int, kind: type[openai.APIStatusError]
) -> None:
    body = {"error": {"message": "no", "type": "t", "code": "c", "more": [1.0]}}
    any_policy.upstream.script = answer(body, status, "Retry-After: 7\r\nX-RateLimit-Remaining: 0\r\n")
    with openai_client(any_policy) as client, pytest.raises(kind) as error:
        client.chat.completions.create(**ASK)
    found = error.value.response
    assert (found.status_code, found.text) == (status, json.dumps(body))
    assert (found.headers["retry-after"], found.headers["x-ratelimit-remaining"]) == ("7", "0")


def test_an_error_page_passes_as_it_was(any_policy: World) -> None:
    any_policy.upstream.script = answer(b"<html>502</html>", 502, kind="text/html")
    found = post(any_policy)
    assert (found.status_code, found.text, found.headers["content-type"]) == (502, "<html>502</html>", "text/html")


def test_a_server_that_is_not_there_is_said_in_the_words_of_the_api() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with world(upstream=nobody) as running:
            with openai_client(running) as client, pytest.raises(openai.InternalServerError) as error:
                client.chat.completions.create(**ASK)
            assert (error.value.status_code, error.value.code) == (502, "upstream_failed")
            with claude_client(running) as claude, pytest.raises(anthropic.InternalServerError) as refused:
                claude.messages.create(**CLAUDE)
            assert refused.value.response.json()["error"]["type"] == "api_error"


@pytest.mark.parametrize("policy", list(ProxyPolicy))
def test_a_silent_server_is_a_timeout(policy: ProxyPolicy) -> None:
    with world(policy=policy, idle_s=0.3) as running:
        running.upstream.script = Script([20.0])
        with openai_client(running) as client, pytest.raises(openai.InternalServerError) as error:
            client.chat.completions.create(**ASK)
        assert error.value.status_code == 504
        assert running.settled(lambda: running.upstream.open == 0)


def test_a_server_that_hangs_up_before_it_answers(any_policy: World) -> None:
    for script in (Script([], cut=True), Script([]), Script([b"garbage\r\n\r\n"])):
        any_policy.upstream.script = script
        assert post(any_policy).status_code == 502


def test_an_answer_that_is_cut_off_is_one_for_the_caller_too(header: World) -> None:
    whole = answer(chat(BAD)).steps[0]
    assert isinstance(whole, bytes)
    header.upstream.script = Script([whole[:-20]], cut=True)
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.exceptions.ConnectionError)):
        post(header)
    with openai_client(header) as client, pytest.raises(openai.APIConnectionError):
        client.chat.completions.create(**ASK)


@pytest.mark.parametrize("how", ["reset", "closed", "silent"])
def test_a_stream_that_is_cut_off_is_one_for_the_caller_too_and_says_that_it_was_not_checked(how: str) -> None:
    begun, pieces = stream_of(BAD)[:4], list[bytes]()
    with world(idle_s=0.5 if how == "silent" else 20.0) as running:
        running.upstream.script = events(*begun, *([20.0] if how == "silent" else []), cut=how == "reset", end=False)
        with (
            requests.post(f"{running.url}/v1/chat/completions", json=STREAM, timeout=20, stream=True) as found,
            pytest.raises(requests.exceptions.ChunkedEncodingError),
        ):
            pieces.extend(found.iter_content(None))
    text = b"".join(pieces)
    assert text.startswith(b"".join(begun))
    told = last_of(text.decode())
    assert (told["decision"], told["report"]["references"]) == ("abstain", [])
    assert told["failed"] == "the stream ended before the model said that it was done"


def test_the_clients_see_a_broken_stream_as_they_do_without_the_proxy(header: World) -> None:
    header.upstream.script = events(*stream_of(BAD)[:4], b'data: {"id": "c", "cho', cut=True)
    with openai_client(header) as client, pytest.raises((openai.APIConnectionError, Exception)) as error:
        list(client.chat.completions.create(**ASK, stream=True))
    assert not isinstance(error.value, json.JSONDecodeError)


def test_an_error_in_the_stream_reaches_the_caller_and_nothing_is_judged(header: World) -> None:
    header.upstream.script = events(*stream_of(BAD)[:3], b'data: {"error": {"code": 502, "message": "upstream"}}\n\n')
    with openai_client(header) as client, pytest.raises(openai.APIError, match="upstream"):
        list(client.chat.completions.create(**ASK, stream=True))
    overloaded = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    begun = claude_stream_of("According to Sm")[0].partition(b"event: content_block_stop")[0]
    header.upstream.script = events(begun, f"event: error\ndata: {json.dumps(overloaded)}\n\n".encode())
    with claude_client(header) as claude, pytest.raises(anthropic.APIStatusError, match="Overloaded"):
        list(claude.messages.create(**CLAUDE, stream=True))
    assert "According to Sm" not in [each.text for each in header.checker.seen]


@pytest.mark.parametrize(("halves", "read"), [(("\ud83c", "\udf0d"), "\U0001f30d"), (("\ud83c", ""), "\ufffd")])
def test_a_character_that_the_server_split_is_checked_whole(header: World, halves: tuple[str, str], read: str) -> None:
    header.upstream.script = events(*(_chunk(each) for each in halves), *stream_of("[verified]"))
    post(header, stream=True)
    assert header.checker.seen[-1].text == f"{read}[verified]"


def _chunk(text: str) -> bytes:
    return b"data: %b\n\n" % json.dumps({"choices": [{"index": 0, "delta": {"content": text}}]}).encode()


def test_a_stream_that_is_compressed_piece_by_piece_is_read_whole(header: World) -> None:
    packed = [gzip.compress(each) for each in stream_of("[verified]")]
    header.upstream.script = events(*packed[:2], b"".join(packed[2:]), headers="Content-Encoding: gzip\r\n")
    found = post(header, stream=True)
    assert found.content.startswith(b"".join(stream_of("[verified]")[:-1]))
    assert last_of(found.text)["decision"] == "pass"


@pytest.mark.parametrize(
    "garbage",
    [
        b"complete nonsense",
        b"data: {broken\n\ndata: also broken\n\n",
        b"\xff\xfe\x00\n\n\xe5\n\n",
        b'{"error": "ndjson"}\n{"x": 1}\n',
        b": only a comment\n\n",
        b"",
    ],
)
def test_garbage_in_a_stream_passes_unchanged_with_a_report_that_says_so(header: World, garbage: bytes) -> None:
    header.upstream.script = events(*([garbage] if garbage else []))
    found = post(header, stream=True)
    assert found.status_code == 200
    assert found.content.startswith(garbage)
    comment = found.content[len(garbage) :].decode().strip()
    told = json.loads(comment.removeprefix(": verification "))
    assert (told["decision"], bool(told["failed"])) == ("abstain", True)


def test_multibyte_characters_split_by_the_network_arrive_whole(header: World) -> None:
    whole = b"".join(stream_of("\u5317\u4eac \U0001f30d [verified]")).replace(
        b"\\u5317\\u4eac \\ud83c\\udf0d", "\u5317\u4eac \U0001f30d".encode()
    )
    header.upstream.script = events(*(whole[at : at + 1] for at in range(len(whole))))
    with openai_client(header) as client:
        found = list(client.chat.completions.create(**ASK, stream=True))
    said = "".join(each.choices[0].delta.content or "" for each in found if each.choices)
    assert said == header.checker.seen[-1].text == "\u5317\u4eac \U0001f30d [verified]"


def test_json_behind_a_byte_order_mark_is_read(header: World) -> None:
    body = b"\xef\xbb\xbf" + json.dumps(chat(BAD)).encode()
    header.upstream.script = answer(body)
    found = post(header)
    assert (found.content, found.headers["x-verifier-decision"]) == (body, "flag")


def test_json_in_another_encoding_passes_as_it_is() -> None:
    body = json.dumps(chat(GOOD)).encode("utf-16-be")
    with world(policy=ProxyPolicy.BODY) as running:
        running.upstream.script = answer(body)
        found = post(running)
    assert (found.content, found.headers["x-verifier-decision"]) == (body, "abstain")
