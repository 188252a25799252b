"""Whatever breaks, the caller gets what it would have got without the proxy, and a report that says what was not checked."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import asynccontextmanager
from typing import Any

import anthropic
import openai
import pytest
import requests

from tests.verifier.server.proxy.test_proxy import (
    ASK,
    BAD,
    CLAUDE,
    GOOD,
    claude_client,
    claude_stream_of,
    openai_client,
    stream_of,
)
from tests.verifier.server.proxy.world import Script, World, answer, events, world
from tests.verifier.wrapping.llm_server import chat, message
from verifier.policy import OnError
from verifier.server.proxy.exchange import Exchange
from verifier.server.proxy.metrics import Metrics
from verifier.server.proxy.settings import ProxyPolicy, ProxySettings

STREAM = {**ASK, "stream": True}


@pytest.fixture(scope="module", params=[ProxyPolicy.NONE, ProxyPolicy.HEADER, ProxyPolicy.BODY, ProxyPolicy.BLOCK])
def any_policy(request: pytest.FixtureRequest) -> Iterator[World]:
    with world(policy=request.param, on_error=OnError.CLOSED, ceiling_s=20.0) as running:
        yield running


@pytest.fixture(scope="module")
def header() -> Iterator[World]:
    with world(ceiling_s=20.0) as running:
        yield running


def post(running: World, **more: Any) -> requests.Response:
    return requests.post(f"{running.url}/v1/chat/completions", json={**ASK, **more}, timeout=20)


def last_of(text: str) -> dict[str, Any]:
    """The verification that a stream ended with."""
    datas = [line[6:] for line in text.splitlines() if line.startswith("data: {")]
    told: dict[str, Any] = json.loads(datas[-1])["verification"]
    return told


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


def test_json_in_another_encoding_passes_as_it_is() -> None:
    body = json.dumps(chat(GOOD)).encode("utf-16-be")
    with world(policy=ProxyPolicy.BODY) as running:
        running.upstream.script = answer(body)
        found = post(running)
    assert (found.content, found.headers["x-verifier-decision"]) == (body, "abstain")


def test_a_crash_of_the_proxy_is_said_and_logged_without_any_text(caplog: pytest.LogCaptureFixture) -> None:
    class Crashing:
        async def answer(self, *_: object) -> None:
            raise ValueError("SECRET-TEXT")

    class Nowhere:
        @asynccontextmanager
        async def ask(self, _: object) -> AsyncIterator[None]:
            yield None

    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        if sent or asked:
            await asyncio.sleep(10)
        asked.append(1)
        return {"type": "http.request", "body": b"{}", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    asked: list[int] = []
    metrics = Metrics()
    exchange = Exchange(ProxySettings("http://127.0.0.1:1"), Nowhere(), Crashing(), metrics)
    path = "/v1/chat/completions"
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [],
    }
    asyncio.run(exchange(scope, receive, send))
    assert (sent[0]["status"], json.loads(sent[1]["body"])["error"]["code"]) == (500, "proxy_failed")
    assert metrics.counted("verifier_requests_total", api="chat", status="500") == 1
    assert "SECRET-TEXT" not in caplog.text


def test_more_requests_than_it_bears_are_told_to_come_again() -> None:
    with world(max_requests=2) as running:
        running.upstream.script = events(stream_of(GOOD)[0], 5.0)
        held = [
            requests.post(f"{running.url}/v1/chat/completions", json=STREAM, timeout=20, stream=True) for _ in range(2)
        ]
        with openai_client(running) as client, pytest.raises(openai.RateLimitError) as error:
            client.chat.completions.create(**ASK)
        assert error.value.response.headers["retry-after"] == "1"
        with claude_client(running) as claude, pytest.raises(anthropic.RateLimitError):
            claude.messages.create(**CLAUDE)
        assert requests.get(f"{running.url}/healthz", timeout=10).status_code == 200
        for each in held:
            each.close()
        assert running.settled(lambda: running.metrics.requests_open == 0)
        running.upstream.script = answer(chat(GOOD))
        assert post(running).status_code == 200


def test_more_checks_than_it_bears_are_said_not_to_be_made() -> None:
    with world(max_checks_waiting=1, ceiling_s=20.0) as running, ThreadPoolExecutor(6) as callers:
        running.upstream.script = answer(chat("[slow]"))
        checking = []
        for number in range(1, 5):
            checking.append(callers.submit(post, running))
            assert running.settled(lambda number=number: len(running.checker.seen) == number, 20)
        others = [callers.submit(post, running) for _ in range(2)]  # one waits, the other is not let in
        found = next(as_completed(others)).result()
        running.checker.free.set()
        assert [each.result().status_code for each in (*checking, *others)] == [200] * 6
    assert (found.json(), found.headers["x-verifier-reason"]) == (
        chat("[slow]"),
        "too many answers wait to be checked",
    )


@pytest.mark.parametrize("when", ["before the first byte", "in the middle", "unread"])
@pytest.mark.parametrize("policy", list(ProxyPolicy))
def test_a_caller_that_leaves_closes_the_connection_behind(policy: ProxyPolicy, when: str) -> None:
    with world(policy=policy) as running:
        begun = [] if when == "before the first byte" else [*events(*stream_of(BAD)[:3]).steps[:-1]]
        running.upstream.script = Script([*begun, 30.0])
        payload = json.dumps(STREAM).encode()
        head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(payload)}\r\n\r\n"
        port = int(running.url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=10) as caller:
            caller.sendall(head.encode() + payload)
            assert running.settled(lambda: len(running.upstream.requests) == 1)
            if when == "in the middle" and policy is not ProxyPolicy.BLOCK:
                assert caller.recv(100).startswith(b"HTTP/1.1 200")
        assert running.settled(lambda: (running.upstream.open, running.metrics.requests_open) == (0, 0), 5)
        assert running.checker.seen == []


def test_stopping_lets_what_is_under_way_end() -> None:
    with world() as running:
        pieces = stream_of(GOOD)
        running.upstream.script = events(pieces[0], 0.5, *pieces[1:])
        with requests.post(f"{running.url}/v1/chat/completions", json=STREAM, timeout=20, stream=True) as found:
            stopping = threading.Thread(target=running.stop)
            stopping.start()
            text = b"".join(found.iter_content(None))
        stopping.join()
    assert text.endswith(b"data: [DONE]\n\n")


def test_no_key_question_or_answer_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with world() as running:
        for script in (
            answer(chat("SECRET-TEXT [crash]")),
            Script([]),
            events(*stream_of("SECRET-TEXT")[:3], cut=True),
        ):
            running.upstream.script = script
            asked = {"model": "m", "messages": [{"role": "user", "content": "SECRET-QUESTION"}]}
            given = {"Authorization": "Bearer sk-SECRET-KEY", "x-api-key": "sk-SECRET-KEY"}
            try:
                requests.post(
                    f"{running.url}/v1/chat/completions?key=SECRET-QUERY", json=asked, headers=given, timeout=20
                )
            except requests.exceptions.RequestException:
                continue
    ours = [each.getMessage() for each in caplog.records if not each.name.startswith("urllib3")]
    assert [each for each in ours if "SECRET" in each] == []
    assert [each for each in caplog.records if each.levelno >= logging.ERROR] == []


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
