from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.server.proxy.dialects import Dialect, dialect_of, last_event, with_verification
from verifier.server.proxy.upstream import target


@pytest.mark.parametrize(
    ("method", "path", "dialect"),
    [
        ("POST", "/v1/chat/completions", Dialect.CHAT),
        ("POST", "/openai/deployments/d/chat/completions", Dialect.CHAT),
        ("POST", "/api/v1/chat/completions/", Dialect.CHAT),
        ("POST", "/v1/completions", Dialect.COMPLETION),
        ("POST", "/v1/responses", Dialect.RESPONSE),
        ("GET", "/v1/responses/resp_1", Dialect.RESPONSE),
        ("GET", "/v1/chat/completions/c", Dialect.CHAT),
        ("POST", "/v1/messages", Dialect.MESSAGE),
        ("GET", "/v1/chat/completions", None),
        ("GET", "/v1/responses/resp_1/input_items", None),
        ("POST", "/v1/responses/resp_1/cancel", None),
        ("POST", "/v1/messages/count_tokens", None),
        ("POST", "/v1/threads/t/messages", None),
        ("POST", "/v1/embeddings", None),
        ("GET", "/v1/models", None),
        ("post", "/v1/chat/completions", Dialect.CHAT),
        ("POST", "/v1//Chat/Completions//", Dialect.CHAT),
        ("POST", "/v1/chat/completions;v=1", Dialect.CHAT),
        ("POST", "/v1//messages", Dialect.MESSAGE),
        ("POST", "/v1/threads/t//messages", None),
    ],
)
def test_only_calls_that_give_an_answer_are_watched(method: str, path: str, dialect: Dialect | None) -> None:
    assert dialect_of(method, path) is dialect


@pytest.mark.parametrize(
    ("upstream", "path", "url"),
    [
        ("https://h", "/v1/x", "https://h/v1/x"),
        ("https://h/v1", "/v1/x", "https://h/v1/x"),
        ("https://h/v1", "/chat/completions", "https://h/v1/chat/completions"),
        ("https://h/api/v1", "/v1/x?a=1", "https://h/api/v1/x?a=1"),
        ("https://h/api/v1", "/v1", "https://h/api/v1"),
        ("https://h/v1", "/v10/x", "https://h/v1/v10/x"),
        ("https://h", "/a%2Fb/..x", "https://h/a%2Fb/..x"),
        ("https://h/v1", "/v1/../../etc", ""),
        ("https://h/v1", "/.%2e/x", ""),
        ("https://h", "http://evil/", ""),
        ("https://h", "/v1/..%2Fadmin", ""),
        ("https://h", "/v1/%2e%2E%5cadmin", ""),
        ("https://h", "/v1/..;/admin", ""),
        ("https://h", "/v1/chat/completions#x", ""),
    ],
)
def test_a_path_leads_to_one_place_behind_the_base_address(upstream: str, path: str, url: str) -> None:
    assert target(upstream, path) == url


@given(
    st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=8), max_size=4), st.text(" \n", max_size=2)
)
def test_one_more_key_changes_no_other_byte(value: dict[str, int | str], blanks: str) -> None:
    body = json.dumps(value).encode()
    made = with_verification(body + blanks.encode(), {"decision": "pass"})
    assert json.loads(made) == {**value, "verification": {"decision": "pass"}}
    assert made.startswith(body[:-1])


@pytest.mark.parametrize("dialect", list(Dialect))
@pytest.mark.parametrize("text", ["plain", "two\nlines\r\n\r\ndata: x", "\u2028\u5317\u4eac\x00"])
def test_the_last_event_is_one_event_whatever_it_quotes(dialect: Dialect, text: str) -> None:
    for seen in ({"choices": [], "id": text}, {}):
        made = last_event(dialect, seen, {"complaints": [text]})
        assert made.endswith(b"\n\n")
        lines = made[:-2].splitlines()
        assert [each for each in lines if not each.startswith((b"data: {", b"event: ", b": verification {"))] == []
