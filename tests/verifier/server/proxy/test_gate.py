"""Who may come in, and what never travels."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import openai
import pytest
import requests

from tests.verifier.server.proxy.callers import ASK, GOOD
from tests.verifier.server.proxy.world import World, answer, world
from tests.verifier.wrapping.llm_server import chat
from verifier.errors import ConfigError
from verifier.server.proxy.headers import Keys, request_headers, response_headers
from verifier.server.proxy.settings import ProxySettings, checked_settings

TOKEN = "a-token-of-the-proxy-itself"


@pytest.fixture(scope="module")
def guarded() -> Iterator[World]:
    with world(keys=Keys(TOKEN, "sk-proxy")) as running:
        running.upstream.script = answer(chat(GOOD))
        yield running


@pytest.fixture(scope="module")
def local() -> Iterator[World]:
    with world() as running:
        running.upstream.script = answer(chat(GOOD))
        yield running


def ask(running: World, path: str = "/v1/chat/completions", **headers: str) -> requests.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.post(f"{running.url}{path}", json=ASK, headers=named, timeout=10)


@pytest.mark.parametrize(
    "headers",
    [
        {"X_Verifier_Token": TOKEN},
        {"Authorization": f"Bearer {TOKEN}"},
        {"x_api_key": TOKEN},
        {"api_key": TOKEN},
        {"X_Verifier_Token": TOKEN, "Authorization": "Bearer sk-of-the-caller"},
    ],
)
def test_the_token_opens_the_proxy_and_goes_no_further(guarded: World, headers: dict[str, str]) -> None:
    assert ask(guarded, **headers).status_code == 200
    arrived = guarded.upstream.requests[-1]["headers"]
    assert TOKEN not in str(arrived)
    assert "sk-proxy" in str(arrived)
    assert "sk-of-the-caller" not in str(arrived)


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer sk-proxy"}, {"X_Verifier_Token": TOKEN[:-1]}, {"X_Verifier_Token": ""}]
)
@pytest.mark.parametrize(
    "path", ["/v1/chat/completions", "/v1/models", "/v1/verify", "/metrics", "/beta/litellm_basic_guardrail_api", "/"]
)
def test_without_the_token_nothing_opens_it(guarded: World, headers: dict[str, str], path: str) -> None:
    before = len(guarded.upstream.requests)
    found = ask(guarded, path, **headers)
    assert (found.status_code, found.json()["error"]["code"]) == (401, "token_needed")
    assert len(guarded.upstream.requests) == before


def test_health_needs_no_token_and_tells_nothing(guarded: World) -> None:
    assert requests.get(f"{guarded.url}/healthz", timeout=10).json() == {"status": "ok"}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_the_path_of_health_is_guarded_by_other_methods_as_any_other(guarded: World, method: str) -> None:
    before = len(guarded.upstream.requests)
    assert requests.request(method, f"{guarded.url}/healthz", timeout=10).status_code == 401
    assert len(guarded.upstream.requests) == before


def test_a_client_uses_the_token_as_its_key(guarded: World) -> None:
    with openai.OpenAI(base_url=f"{guarded.url}/v1", api_key=TOKEN, max_retries=0) as client:
        assert client.chat.completions.create(**ASK).choices[0].message.content == GOOD
    with (
        openai.OpenAI(base_url=f"{guarded.url}/v1", api_key="wrong", max_retries=0) as client,
        pytest.raises(openai.AuthenticationError),
    ):
        client.chat.completions.create(**ASK)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 403),
        ({"Host": "127.0.0.1.evil.example"}, 403),
        ({"Host": "localhost:99"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://["}, 403),
        ({"Origin": "http://localhost:3000"}, 200),
    ],
)
def test_on_loopback_no_page_from_elsewhere_can_use_it(local: World, headers: dict[str, str], status: int) -> None:
    assert ask(local, **headers).status_code == status


def test_a_host_can_be_allowed() -> None:
    with world(allowed_hosts=frozenset({"proxy.internal"})) as running:
        running.upstream.script = answer(chat(GOOD))
        assert ask(running, Host="proxy.internal:8731").status_code == 200


@pytest.mark.parametrize("path", ["/v1/../admin", "/v1/%2e%2e/admin", "/./x", "//elsewhere/x", "/v1\\..\\x"])
def test_no_path_leads_out_of_the_server_behind(local: World, path: str) -> None:
    before = len(local.upstream.requests)
    assert _raw(local, f"GET {path} HTTP/1.1").startswith(b"HTTP/1.1 400")
    assert len(local.upstream.requests) == before


@pytest.mark.parametrize("line", ["GET http://evil.example/ HTTP/1.1", "CONNECT evil.example:443 HTTP/1.1"])
def test_it_is_no_open_relay(local: World, line: str) -> None:
    before = len(local.upstream.requests)
    assert _raw(local, line).split(b" ")[1][:1] == b"4"
    assert len(local.upstream.requests) == before


def _raw(running: World, line: str) -> bytes:
    port = int(running.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as caller:
        caller.sendall(f"{line}\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        return caller.recv(4096)


def headers(*lines: bytes) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, _, value in (line.partition(b": ") for line in lines)]


def test_headers_of_one_hop_and_of_ours_stay_behind() -> None:
    kept = headers(b"accept-encoding: br", b"user-agent: app")
    given = headers(
        b"host: a", b"connection: keep-alive, X-Private", b"x-private: 1", b"keep-alive: 5", b"te: trailers"
    )
    given += headers(b"upgrade: websocket", b"expect: 100-continue", b"proxy-authorization: Basic x")
    given += [*headers(b"x-verifier-token: t"), *kept]
    assert request_headers(given, Keys(), plain=False) == kept
    plain = headers(b"user-agent: app", b"accept-encoding: identity")
    assert request_headers(given, Keys(), plain=True) == plain


def test_headers_that_describe_a_body_stay_behind_where_the_body_is_another() -> None:
    given = headers(
        b"Content-Encoding: gzip", b"Content-Length: 9", b"Transfer-Encoding: chunked", b"Connection: close"
    )
    given += headers(b"X-Verifier-Decision: pass", b"X-Request-Id: r")
    assert response_headers(given, rewritten=True) == headers(b"x-request-id: r")
    assert response_headers(given) == headers(b"content-encoding: gzip", b"content-length: 9", b"x-request-id: r")


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (ProxySettings("ftp://x"), "--upstream is no http or https address"),
        (ProxySettings("api.openai.com"), "--upstream is no http or https address"),
        (ProxySettings("https://user:pw@x"), "--upstream holds more than scheme, host and path"),
        (ProxySettings("https://x?key=1"), "--upstream holds more than scheme, host and path"),
        (ProxySettings("https://x", host="0.0.0.0"), "it needs a token of its own"),
        (ProxySettings("https://x", host="::"), "it needs a token of its own"),
        (ProxySettings("https://x", keys=Keys("short")), "16 or more ASCII characters"),
        (ProxySettings("https://x", keys=Keys("a" * 16 + " b")), "16 or more ASCII characters"),
        (ProxySettings("https://x", keys=Keys("s" * 20, "s" * 20)), "are the same"),
    ],
)
def test_a_proxy_that_would_be_unsafe_does_not_start(settings: ProxySettings, sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        checked_settings(settings)


def test_settings_show_no_key() -> None:
    assert "sk-proxy" not in repr(ProxySettings("https://x", keys=Keys(TOKEN, "sk-proxy")))
    assert json.dumps(str(Keys(TOKEN, "sk-proxy"))).count("sk-proxy") == 0
