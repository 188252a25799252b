"""The body of a request on its way through: streamed, seen on the side as far as it is short, ended when the caller goes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from verifier.server.proxy.checks import Asked
from verifier.server.proxy.gate import Receive
from verifier.wrapping.interface import Shape

MAX_SEEN = 4 * 1024 * 1024
"""Bytes of a request that are read for its question; of a longer one no question is known."""


class CallerGone(Exception):
    """The caller closed the connection before the request was whole."""


class RequestBody:
    """One request's body."""

    def __init__(self, receive: Receive, *, is_read: bool) -> None:
        """``is_read``: keep what passes, so that the question can be read."""
        self._receive = receive
        self._seen: bytearray | None = bytearray() if is_read else None
        self._more = True
        self._whole = asyncio.Event()
        self.is_abandoned = False
        """The caller left before it was whole."""

    async def begin(self) -> bytes | AsyncIterator[bytes] | None:
        """The whole body if it came in one piece, otherwise its pieces as they come; ``None`` if there is none."""
        first = await self._piece()
        if not self._more:
            return first or None
        return self._pieces(first)

    def asked(self, shape: Shape) -> Asked:
        """What the request asked whom, as far as it was seen; a request of a kind nobody foresaw asks nothing."""
        if not self._seen:
            return Asked()
        try:
            request: Any = json.loads(self._seen)
            model = request.get("model")
            return Asked(shape.asked((), request), model if isinstance(model, str) else "")
        except Exception:  # noqa: BLE001  what is sent is the caller's affair
            return Asked()

    async def caller_left(self) -> None:
        """Return when the caller has gone, who cannot be watched before the body is whole."""
        await self._whole.wait()
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def _piece(self) -> bytes:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            self.is_abandoned = True
            raise CallerGone
        self._more = bool(message.get("more_body", False))
        if not self._more:
            self._whole.set()
        piece: bytes = message.get("body", b"")
        if self._seen is not None:
            self._seen += piece
            if len(self._seen) > MAX_SEEN:
                self._seen = None
        return piece

    async def _pieces(self, first: bytes) -> AsyncIterator[bytes]:
        if first:
            yield first
        while self._more:
            piece = await self._piece()
            if piece:
                yield piece
