"""What a proxy is told when it starts, and what it refuses to start with. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from urllib.parse import urlsplit

from verifier.errors import ConfigError
from verifier.policy import FailOn, OnError
from verifier.server.access import is_loopback
from verifier.server.proxy.headers import Keys
from verifier.wrapping.types import Mode


class ProxyPolicy(StrEnum):
    """What callers see of a check."""

    NONE = "none"
    """Nothing: everything passes, nothing is checked."""
    HEADER = "header"
    """The answer as it was, with ``X-Verifier-*`` headers; behind a stream one event more."""
    BODY = "body"
    """The answer with one more key, ``verification``; behind a stream one event more."""
    BLOCK = "block"
    """An answer leaves when it is checked, or an error in its place."""


@dataclass(frozen=True, slots=True)
class ProxySettings:
    """How a proxy behaves."""

    upstream: str
    """Base address of the server behind it."""
    policy: ProxyPolicy = ProxyPolicy.HEADER
    on_error: OnError = OnError.OPEN
    """Under ``block``: whether an answer that could not be checked leaves as it is (open) or not at all (closed)."""
    fail_on: FailOn = FailOn.FABRICATED
    """Under ``block``: the mildest verdict that keeps an answer back."""
    mode: Mode = Mode.BUFFER
    """Under ``block``: whether a stream leaves whole (``buffer``) or sentence by sentence (``holdback``)."""
    host: str = "127.0.0.1"
    port: int = 8731
    keys: Keys = field(default_factory=Keys, repr=False)
    ceiling_s: float = 5.0
    """How long an answer waits for its check."""
    max_requests: int = 256
    """Requests under way at a time; further ones are told to come again."""
    max_checks_waiting: int = 64
    """Answers that wait to be checked; further ones are not checked, and their report says so."""
    connect_s: float = 10.0
    idle_s: float = 600.0
    """How long the server behind it may be silent."""
    keepalive_s: float = 15.0
    """So often a caller whose stream is held back hears that it is being checked."""
    max_answer_bytes: int = 16 * 1024 * 1024
    """Longest answer that is read."""
    shutdown_s: float = 30.0
    """How long requests under way may go on when the proxy is told to stop."""
    allowed_hosts: frozenset[str] = frozenset()
    """Names besides those of loopback under which it may be asked without a token."""


def checked_settings(settings: ProxySettings) -> ProxySettings:
    """The settings, if a proxy may run with them; raises ``ConfigError``.

    >>> checked_settings(ProxySettings("http://127.0.0.1:8080/v1/")).upstream
    'http://127.0.0.1:8080/v1'
    """
    parts = urlsplit(settings.upstream)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ConfigError(
            "--upstream is no http or https address", hint="--upstream https://api.openai.com, or a local server's"
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ConfigError(
            "--upstream holds more than scheme, host and path", hint="keys come from the callers, or --upstream-key-env"
        )
    _check_keys(settings)
    return replace(settings, upstream=settings.upstream.rstrip("/"))


def _check_keys(settings: ProxySettings) -> None:
    token, key = settings.keys.client_token, settings.keys.upstream_key
    if not is_loopback(settings.host) and not token:
        raise ConfigError(
            f"whoever reaches {settings.host} could use the server behind this proxy: it needs a token of its own",
            hint="set VERIFIER_PROXY_TOKEN to 16 or more characters that only your callers know",
        )
    if token and (len(token) < 16 or not token.isascii() or any(each.isspace() for each in token)):
        raise ConfigError(
            "VERIFIER_PROXY_TOKEN must be 16 or more ASCII characters without blanks",
            hint="python -c 'import secrets; print(secrets.token_urlsafe(32))'",
        )
    if token and token == key:
        raise ConfigError(
            "the proxy's token and the key of the server behind it are the same",
            hint="give the callers a token of its own, so that they never learn the key",
        )
