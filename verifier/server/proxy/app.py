"""The proxy as an application: everything that a request passes, put together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import Mount

from verifier.checker import Checker
from verifier.server.proxy.answers import Answers
from verifier.server.proxy.checks import Checks
from verifier.server.proxy.exchange import Exchange
from verifier.server.proxy.gate import Gate
from verifier.server.proxy.keeper import Keeper
from verifier.server.proxy.metrics import Metrics
from verifier.server.proxy.pages import Pages
from verifier.server.proxy.settings import ProxySettings, checked_settings
from verifier.server.proxy.upstream import Upstream


def proxy_app(
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

    @asynccontextmanager
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
