"""How much the proxy bears, how it and its callers end, and what it never logs."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import socket
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import asynccontextmanager
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
    STREAM,
    claude_client,
    openai_client,
    post,
    stream_of,
)
from tests.verifier.server.proxy.world import Script, answer, events, world
from tests.verifier.wrapping.llm_server import chat
from verifier.checker import Subject
from verifier.server.proxy.exchange import Exchange
from verifier.server.proxy.metrics import Metrics
from verifier.server.proxy.settings import ProxyPolicy, ProxySettings
from verifier.types import Report


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


def test_a_check_that_crashes_when_nobody_waits_for_it_any_more_quotes_no_text(
    caplog: pytest.LogCaptureFixture,
) -> None:
    free, ended = threading.Event(), threading.Semaphore(0)

    class Late:
        def check(self, subject: Subject) -> Report:
            free.wait(20)
            try:
                raise ValueError(subject.text)
            finally:
                ended.release()

        def close(self) -> None:
            free.set()

    with world(checker=Late(), ceiling_s=0.1) as running:
        running.upstream.script = answer(chat("SECRET-TEXT"))
        assert post(running).headers["x-verifier-reason"] == "the check was not finished after 0.1 s"
        free.set()
        assert ended.acquire(timeout=20)
        post(running)
    gc.collect()
    assert "SECRET-TEXT" not in caplog.text


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
