"""One request through the proxy: to the server behind it and back, under the proxy's policy."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from verifier.redacted import redacted
from verifier.server.proxy.answers import Answers
from verifier.server.proxy.body import CallerGone, RequestBody
from verifier.server.proxy.dialects import Dialect, dialect_of, shape_of
from verifier.server.proxy.gate import Receive, Refusal, Scope, Send, answer_error
from verifier.server.proxy.headers import request_headers
from verifier.server.proxy.metrics import Metrics
from verifier.server.proxy.reply import Reply, pass_on
from verifier.server.proxy.settings import ProxyPolicy, ProxySettings
from verifier.server.proxy.upstream import BROKEN, Upstream, UpstreamFailed, UpstreamRequest, target

_LOG = logging.getLogger(__name__)

CALLER_GONE = 499
"""How a request is counted whose caller left; nobody gets it as an answer."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """Passes requests on; an ASGI application for every path that is not the proxy's own."""

    settings: ProxySettings
    upstream: Upstream
    answers: Answers
    metrics: Metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; the caller's leaving ends it, and closes the connection to the server behind."""
        dialect = dialect_of(scope["method"], scope["path"])
        watched = dialect if self.settings.policy is not ProxyPolicy.NONE else None
        body = RequestBody(receive, is_read=watched is not None)
        reply = Reply(send)
        try:
            await self._served(scope, body, reply, watched)
        except CallerGone:
            reply.status = CALLER_GONE
        except UpstreamFailed as error:
            reply.status = CALLER_GONE if body.is_abandoned else error.status
            if not (reply.has_begun or body.is_abandoned):
                await answer_error(scope, send, Refusal(error.status, "upstream_failed", error.why))
        except BROKEN as error:  # the response stays without an end, by which its caller sees that it was cut off
            _LOG.info("a response was cut off (%s)", type(error).__name__)
        except Exception as error:  # noqa: BLE001  no caller is left without an answer
            reply.status = 500
            _LOG.error("passing a request on crashed: %s", redacted(error))
            if not reply.has_begun:
                await answer_error(
                    scope, send, Refusal(500, "proxy_failed", "the proxy failed, not the server behind it")
                )
        finally:
            api = "other" if dialect is None else dialect.value
            self.metrics.count("verifier_requests_total", api=api, status=str(reply.status))

    async def _served(self, scope: Scope, body: RequestBody, reply: Reply, watched: Dialect | None) -> None:
        request = await self._request(scope, body, watched)
        async with _until(body.caller_left(), reply), self.upstream.ask(request) as response:
            if watched is None:
                await pass_on(response, reply)
            else:
                await self.answers.answer(response, reply, watched, body.asked(shape_of(watched)))

    async def _request(self, scope: Scope, body: RequestBody, watched: Dialect | None) -> UpstreamRequest:
        path = scope["raw_path"].decode("latin-1")
        if scope["query_string"]:
            path += "?" + scope["query_string"].decode("latin-1")
        url = target(self.settings.upstream, path)
        if not url:
            raise UpstreamFailed(400, "the path leads out of the server behind the proxy")
        headers = request_headers(scope["headers"], self.settings.keys, plain=watched is not None)
        return UpstreamRequest(scope["method"], url, headers, await body.begin())


@asynccontextmanager
async def _until(left: Coroutine[Any, Any, None], reply: Reply) -> AsyncIterator[None]:
    """Run what is inside as long as the caller is there; raises ``CallerGone`` in its place."""
    task = asyncio.current_task()
    watch = asyncio.ensure_future(left)
    gone = False

    def leave(_done: asyncio.Future[None]) -> None:
        nonlocal gone
        if task is not None and not watch.cancelled() and not reply.is_over:
            gone = task.cancel()

    watch.add_done_callback(leave)
    try:
        yield
    except asyncio.CancelledError:
        if not gone or task is None:
            raise
        task.uncancel()
        raise CallerGone from None
    finally:
        watch.remove_done_callback(leave)
        watch.cancel()
