"""The gate before the proxy: who may come in, and how many at a time. A plain ASGI application around another."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from verifier.redacted import redacted
from verifier.server.access import LOOPBACK_NAMES, host_name, is_same_token
from verifier.server.proxy.dialects import dialect_of, error_object
from verifier.server.proxy.headers import Headers, tokens_in, value_of
from verifier.server.proxy.metrics import Metrics
from verifier.server.proxy.settings import ProxySettings

_LOG = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

HEALTH = "/healthz"
"""The one page that tells nothing and therefore asks for nothing; by other methods the path is one as any other."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request does not come in."""

    status: int
    code: str
    message: str
    retry_after_s: int = 0


class Gate:
    """Lets requests through to the application; refuses the others in the words of the API that they speak."""

    def __init__(self, application: Application, settings: ProxySettings, metrics: Metrics) -> None:
        self._application = application
        self._settings = settings
        self._metrics = metrics
        self.stopping = False
        """No further request comes in."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection's request."""
        if scope["type"] != "http" or (scope["path"] == HEALTH and scope["method"] in {"GET", "HEAD"}):
            await self._application(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            self._metrics.count("verifier_refused_total", reason=refusal.code)
            await answer_error(scope, send, refusal)
            return
        self._metrics.requests_open += 1
        try:
            await self._application(scope, receive, send)
        except Exception as error:  # noqa: BLE001  the caller has had its status 500 from the framework
            _LOG.error("a request crashed: %s", redacted(error))
        finally:
            self._metrics.requests_open -= 1

    def _refusal(self, scope: Scope) -> Refusal | None:
        headers: Headers = scope["headers"]
        token = self._settings.keys.client_token
        refusal = self._of_token(headers, token) if token else self._of_origin(headers)
        if refusal is not None:
            return refusal
        if self.stopping:
            return Refusal(503, "stopping", "the proxy is stopping", 5)
        if self._metrics.requests_open >= self._settings.max_requests:
            return Refusal(429, "too_many_requests", "too many requests are under way; come again", 1)
        return None

    def _of_token(self, headers: Headers, token: str) -> Refusal | None:
        if any(is_same_token(each, token) for each in tokens_in(headers)):
            return None
        return Refusal(401, "token_needed", "this proxy wants its own token, in X-Verifier-Token or as the API key")

    def _of_origin(self, headers: Headers) -> Refusal | None:
        """Without a token only this machine may ask, and no page of somebody else's in its browser."""
        names = LOOPBACK_NAMES | self._settings.allowed_hosts
        if host_name(value_of(headers, b"host")) not in names:
            return Refusal(403, "foreign_host", "this proxy serves its own machine; ask it as 127.0.0.1 or localhost")
        origin = value_of(headers, b"origin")
        if origin and host_name(origin.partition("://")[2]) not in names:
            return Refusal(403, "foreign_origin", "this proxy serves no pages from elsewhere")
        return None


async def answer_error(scope: Scope, send: Send, refusal: Refusal) -> None:
    """Answer with an error of ours, in the shape of the API that the path speaks."""
    dialect = dialect_of(scope["method"], scope["path"])
    body = json.dumps(error_object(dialect, refusal.status, refusal.code, refusal.message)).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if refusal.retry_after_s:
        headers.append((b"retry-after", str(refusal.retry_after_s).encode()))
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
