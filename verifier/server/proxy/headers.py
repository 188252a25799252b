"""Which headers travel: those of one hop stay behind, and ours never reach the other side. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from verifier.server.access import bearer

Headers = list[tuple[bytes, bytes]]

OURS = b"x-verifier-"
TOKEN = b"x-verifier-token"
_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
"""RFC 9110 section 7.6.1, and two that are older."""
_OF_REQUEST = _HOP | {b"host", b"expect"}
_KEYS = (b"authorization", b"x-api-key", b"api-key")
"""Where the clients of OpenAI, of Anthropic and of Azure put a key."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Two secrets that are never the same: one opens the proxy, the other is what the proxy shows to the server behind it."""

    client_token: str = field(default="", repr=False)
    """Empty where the proxy asks for none."""
    upstream_key: str = field(default="", repr=False)
    """Empty where callers send their own."""


def value_of(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> str:
    """The first value of a header, empty if there is none; names are lower case."""
    return next((value.decode("latin-1") for each, value in headers if each == name), "")


def tokens_in(headers: Headers) -> list[str]:
    """Everything a caller may mean as the proxy's token: a header of our own, or where clients put their key."""
    given = [value_of(headers, TOKEN), bearer(value_of(headers, _KEYS[0])), *(value_of(headers, n) for n in _KEYS[1:])]
    return [each for each in given if each]


def request_headers(headers: Headers, keys: Keys, *, plain: bool) -> Headers:
    """The headers for the server behind the proxy; ``plain`` asks it not to compress what is to be read.

    The proxy's own token goes no further, wherever it stood. A key of the proxy takes the place of whatever the caller sent.
    """
    dropped = _OF_REQUEST | _named_by_connection(headers) | ({b"accept-encoding"} if plain else set())
    kept = [each for each in headers if each[0] not in dropped and not each[0].startswith(OURS)]
    if keys.client_token:
        kept = [each for each in kept if not (each[0] in _KEYS and _secret(*each) == keys.client_token)]
    if keys.upstream_key:
        kept = [each for each in kept if each[0] not in _KEYS] + [_key(headers, keys.upstream_key)]
    return [*kept, (b"accept-encoding", b"identity")] if plain else kept


def response_headers(headers: Iterable[tuple[bytes, bytes]], *, rewritten: bool = False) -> Headers:
    """The headers for the caller; those that describe the body stay behind where the body is not the one that came."""
    lowered = [(name.lower(), value) for name, value in headers]
    dropped = _HOP | _named_by_connection(lowered)
    if rewritten:
        dropped |= {b"content-length", b"content-encoding", b"content-md5", b"digest", b"content-digest", b"etag"}
    return [each for each in lowered if each[0] not in dropped and not each[0].startswith(OURS)]


def _named_by_connection(headers: Headers) -> set[bytes]:
    return {name.strip().lower() for each, value in headers if each == b"connection" for name in value.split(b",")}


def _secret(name: bytes, value: bytes) -> str:
    text = value.decode("latin-1")
    return bearer(text) if name == b"authorization" else text


def _key(headers: Headers, key: str) -> tuple[bytes, bytes]:
    """The key where the caller's client puts one."""
    for name in _KEYS[1:]:
        if value_of(headers, name):
            return name, key.encode("latin-1", "replace")
    if value_of(headers, b"anthropic-version"):
        return b"x-api-key", key.encode("latin-1", "replace")
    return b"authorization", f"Bearer {key}".encode("latin-1", "replace")
