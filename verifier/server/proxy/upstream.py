"""The server behind the proxy: where a path leads, and one request to it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import unquote

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from verifier.server.proxy.headers import Headers
from verifier.server.proxy.metrics import Metrics
from verifier.server.proxy.settings import ProxySettings

IDLE_CONNECTION_S = 4.0
"""An idle connection is given up before servers do it (uvicorn after 5 s): a request on a dead one would fail for nothing."""
_DOTS = re.compile(r"(^|[/\\])\.{1,2}([/\\;]|$)")
_CUTS = re.compile(r"[\\#]")
"""What cuts a path for one server and not for another."""
BROKEN = (aiohttp.ClientError, TimeoutError, OSError)
"""What reading a response may raise when the other side, or the way to it, breaks."""


class UpstreamFailed(Exception):
    """The server behind the proxy gave no response: the status to answer with, and why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


def target(upstream: str, path: str) -> str:
    """The address for a path; what base address and path have in common stands once. Empty for a path that leads elsewhere.

    >>> target("https://host/api/v1", "/v1/models"), target("https://host", "/v1/models?a=%20b")
    ('https://host/api/v1/models', 'https://host/v1/models?a=%20b')
    >>> target("https://host/api", "/../admin"), target("https://host", "//elsewhere")
    ('', '')
    """
    bare = path.partition("?")[0]
    if not path.startswith("/") or path.startswith("//") or _CUTS.search(path) or _DOTS.search(unquote(bare)):
        return ""
    scheme, _, rest = upstream.partition("://")
    host, slash, base = rest.partition("/")
    steps = base.split("/") if slash else []
    for number in range(len(steps)):
        shared = "/" + "/".join(steps[number:])
        if path == shared or path.startswith((f"{shared}/", f"{shared}?")):
            steps = steps[:number]
            break
    return f"{scheme}://{'/'.join([host, *steps])}{path}"


@dataclass(frozen=True, slots=True)
class UpstreamRequest:
    """What goes to the server behind the proxy."""

    method: str
    url: str
    headers: Headers
    body: bytes | AsyncIterator[bytes] | None


class Upstream:
    """Keeps the connections; opened and closed inside a running event loop."""

    def __init__(self, settings: ProxySettings, metrics: Metrics) -> None:
        """Open nothing yet."""
        self._settings = settings
        self._metrics = metrics
        self._session: aiohttp.ClientSession | None = None

    def open(self) -> None:
        """Make ready to ask."""
        timeout = aiohttp.ClientTimeout(
            total=None, sock_connect=self._settings.connect_s, sock_read=self._settings.idle_s
        )
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=IDLE_CONNECTION_S),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=timeout,
            auto_decompress=False,
            max_line_size=64 * 1024,
            max_field_size=64 * 1024,
        )

    async def close(self) -> None:
        """Give all connections back."""
        if self._session is not None:
            await self._session.close()

    @asynccontextmanager
    async def ask(self, request: UpstreamRequest) -> AsyncIterator[aiohttp.ClientResponse]:
        """The response while it is read; whatever ends the reading early, also a cancellation, closes its connection.

        Raises ``UpstreamFailed`` where none came.
        """
        self._metrics.upstream_open += 1
        try:
            response = await self._begin(request)
            try:
                yield response
            finally:
                if response.content.at_eof():
                    response.release()
                else:
                    response.close()
        finally:
            self._metrics.upstream_open -= 1

    async def _begin(self, request: UpstreamRequest) -> aiohttp.ClientResponse:
        if self._session is None:
            raise UpstreamFailed(503, "the proxy is not ready")
        try:
            return await self._session.request(
                request.method,
                URL(request.url, encoded=True),
                headers=CIMultiDict(
                    (name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers
                ),
                data=request.body,
                allow_redirects=False,
                skip_auto_headers=("User-Agent", "Content-Type", "Accept", "Accept-Encoding"),
            )
        except TimeoutError as error:
            self._metrics.count("verifier_upstream_errors_total", kind="timeout")
            raise UpstreamFailed(504, "the server behind the proxy did not answer in time") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            self._metrics.count("verifier_upstream_errors_total", kind="unreachable")
            raise UpstreamFailed(
                502, f"the server behind the proxy could not be asked ({type(error).__name__})"
            ) from error
