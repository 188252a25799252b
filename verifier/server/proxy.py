"""The proxy: callers change the base address of their client, and every answer of the model behind it is checked on its way."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from verifier.checker import Checker
from verifier.server.metrics import Metrics
from verifier.server.proxy_answers import Answers
from verifier.server.proxy_checks import Checks
from verifier.server.proxy_exchange import Exchange
from verifier.server.proxy_gate import Gate
from verifier.server.proxy_keeper import Keeper
from verifier.server.proxy_pages import Pages
from verifier.server.proxy_settings import ProxySettings, checked_settings
from verifier.server.proxy_upstream import Upstream

_LOG = logging.getLogger(__name__)
_EXPECTED = ("ASGI callable returned without",)
"""What uvicorn says of a response that was cut off on purpose, because the server behind the proxy cut it off."""


def proxy(
    settings: ProxySettings, checker: Checker, keeper: Keeper | None = None, metrics: Metrics | None = None
) -> Gate:
    """The proxy as an ASGI application, which opens its connections when it starts and closes all it was given when it ends.

    ``checker`` raises ``CheckFailed`` where a check crashes (``on_error="closed"``), so that a crash can be told from a
    report. Raises ``ConfigError`` for settings that no proxy may run with.
    """
    settings = checked_settings(settings)
    metrics = metrics or Metrics()
    upstream = Upstream(settings, metrics)
    checks = Checks(
        checker,
        metrics,
        ceiling_s=settings.ceiling_s,
        most_waiting=settings.max_checks_waiting,
        finish=None if keeper is None else keeper.finish,
    )
    answers = Answers(settings, checks, metrics, keeper)

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        upstream.open()
        try:
            yield
        finally:
            await upstream.close()
            if keeper is not None:
                await asyncio.to_thread(keeper.close)
            checker.close()

    exchange = Exchange(settings, upstream, answers, metrics)
    routes = [*Pages(answers, metrics).routes(), Mount("", exchange)]
    return Gate(Starlette(routes=routes, lifespan=lifespan), settings, metrics)


def server(application: Gate, settings: ProxySettings) -> uvicorn.Server:
    """A server for the application that stops when it is told to, and lets requests under way end first."""
    logging.getLogger("uvicorn.error").addFilter(_is_unexpected)
    config = uvicorn.Config(
        application,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        ws="none",
        lifespan="on",
        proxy_headers=False,
        backlog=2048,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=int(settings.shutdown_s),
    )
    return uvicorn.Server(config)


def _is_unexpected(record: logging.LogRecord) -> bool:
    return not record.getMessage().startswith(_EXPECTED)
