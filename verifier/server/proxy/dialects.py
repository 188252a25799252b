"""Which API a path speaks, and how that API words an error and an event. Pure."""

from __future__ import annotations

import json
import re
from enum import StrEnum
from typing import Any

from verifier.wrapping.anthropic import AnthropicShape
from verifier.wrapping.interface import Shape
from verifier.wrapping.openai import OpenAIShape


class Dialect(StrEnum):
    """The calls whose answers are checked; everything else passes as it is."""

    CHAT = "chat"
    COMPLETION = "completion"
    RESPONSE = "response"
    MESSAGE = "message"


_CALLS = (
    (re.compile(r"/chat/completions/?$"), Dialect.CHAT),
    (re.compile(r"/completions/?$"), Dialect.COMPLETION),
    (re.compile(r"/responses/?$"), Dialect.RESPONSE),
    (re.compile(r"^(.*/v1)?/messages/?$"), Dialect.MESSAGE),
)
_IGNORED = re.compile(r";[^/]*|(?<=/)/+")
"""What some servers read over in a path."""
_STORED = (
    (re.compile(r"/chat/completions/[^/]+/?$"), Dialect.CHAT),
    (re.compile(r"/responses/[^/]+/?$"), Dialect.RESPONSE),
)
"""Answers that were written in the background, or are asked for again."""
_ANTHROPIC_ERRORS = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    503: "overloaded_error",
    504: "timeout_error",
}
_OPENAI_ERRORS = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}


def dialect_of(method: str, path: str) -> Dialect | None:
    """The API of a request whose answer is text of a model; ``None`` for every other request.

    However a caller spells it: a server that reads over the difference would answer, and nobody would check that.

    >>> dialect_of("POST", "/v1/chat/completions"), dialect_of("GET", "/v1/responses/resp_1")
    (<Dialect.CHAT: 'chat'>, <Dialect.RESPONSE: 'response'>)
    >>> dialect_of("GET", "/v1/models") is None
    True
    """
    calls = {"POST": _CALLS, "GET": _STORED}.get(method.upper(), ())
    path = _IGNORED.sub("", path).casefold()
    return next((dialect for pattern, dialect in calls if pattern.search(path)), None)


def shape_of(dialect: Dialect) -> Shape:
    """What reads requests and responses of the API."""
    return AnthropicShape() if dialect is Dialect.MESSAGE else OpenAIShape()


def error_object(dialect: Dialect | None, status: int, code: str, message: str) -> dict[str, Any]:
    """An error of ours in the shape of the API, so that its clients raise what they raise for any other error."""
    if dialect is Dialect.MESSAGE:
        kind = _ANTHROPIC_ERRORS.get(status, "api_error" if status >= 500 else "invalid_request_error")
        return {"type": "error", "error": {"type": kind, "message": message, "code": code}}
    kind = _OPENAI_ERRORS.get(status, "server_error" if status >= 500 else "invalid_request_error")
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


def error_event(dialect: Dialect, error: dict[str, Any]) -> bytes:
    """The error as an event of a stream that has begun, and has let no text out."""
    if dialect is Dialect.MESSAGE:
        return _event(error, "error")
    if dialect is Dialect.RESPONSE:
        inner = error["error"]
        return _event(
            {"type": "error", "code": inner["code"], "message": inner["message"], "param": None, **error}, "error"
        )
    return _event(error)


def last_event(dialect: Dialect, seen: dict[str, Any], verification: dict[str, Any]) -> bytes:
    """The event that carries the verification behind the answer, in a form that the API's clients read over.

    ``seen`` is an event of the stream, whose names of the answer and the model it repeats. Of chat and completions it is one
    more chunk that adds nothing to the first choice; where no chunk was seen, a comment.
    """
    if dialect is Dialect.MESSAGE:
        return _event({"type": "verification", "verification": verification}, "verification")
    if dialect is Dialect.RESPONSE:
        number = seen.get("sequence_number")
        numbered = {"sequence_number": number + 1} if isinstance(number, int) else {}
        return _event(
            {"type": "response.verification", **numbered, "verification": verification}, "response.verification"
        )
    if "choices" not in seen:
        return b": verification " + _json(verification) + b"\n\n"
    nothing: dict[str, Any] = {"delta": {}} if dialect is Dialect.CHAT else {"text": "", "logprobs": None}
    named: dict[str, Any] = {name: seen[name] for name in ("id", "object", "created", "model") if name in seen}
    return _event({**named, "choices": [{"index": 0, **nothing, "finish_reason": None}], "verification": verification})


def with_verification(body: bytes, verification: dict[str, Any]) -> bytes:
    """A JSON object with one more key, and every other byte as it was.

    >>> with_verification(b'{"a": 1.0}', {"b": 2})
    b'{"a": 1.0,"verification":{"b":2}}'
    """
    stripped = body.rstrip()
    inner = stripped[:-1].rstrip()
    comma = b"" if inner.endswith(b"{") else b","
    return inner + comma + b'"verification":' + _json(verification) + b"}"


def _event(value: dict[str, Any], name: str = "") -> bytes:
    head = f"event: {name}\n".encode() if name else b""
    return head + b"data: " + _json(value) + b"\n\n"


def _json(value: dict[str, Any]) -> bytes:
    """One line of ASCII, which no transport and no reader of lines can cut."""
    return json.dumps(value, separators=(",", ":")).encode()
