"""What goes back to the caller: begun once, ended whole, or cut off where the server behind it cut it off."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

import aiohttp

from verifier.server.proxy.gate import Send
from verifier.server.proxy.headers import Headers, response_headers, value_of
from verifier.server.proxy.upstream import BROKEN

PLAIN = {"", "identity"}
"""Encodings of a body that is as it reads."""


class Undecodable(Exception):
    """The body is compressed in a way that cannot be read."""


class Reply:
    """The response to the caller of one request."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0
        """What the caller gets; 0 until that is known."""
        self.has_begun = False
        self.is_over = False

    async def begin(self, status: int, headers: Headers) -> None:
        """Send status and headers."""
        self.status, self.has_begun = status, True
        await self._send({"type": "http.response.start", "status": status, "headers": headers})

    async def write(self, data: bytes) -> None:
        """Send a piece of the body; nothing is sent behind the last one."""
        if data and not self.is_over:
            await self._send({"type": "http.response.body", "body": data, "more_body": True})

    async def end(self, data: bytes = b"") -> None:
        """Send the last piece; a response that is never ended is one that was cut off, and its caller sees that."""
        self.is_over = True
        await self._send({"type": "http.response.body", "body": data, "more_body": False})

    async def whole(self, status: int, headers: Headers, body: bytes) -> None:
        """Send everything at once."""
        length = (b"content-length", str(len(body)).encode())
        await self.begin(status, [*(each for each in headers if each[0] != b"content-length"), length])
        await self.end(body)


async def pass_on(response: aiohttp.ClientResponse, reply: Reply, extra: Iterable[tuple[bytes, bytes]] = ()) -> bool:
    """Pass a response on as it comes, byte for byte; ``False`` if it was cut off on its way."""
    await reply.begin(response.status, [*response_headers(response.raw_headers), *extra])
    return await pass_rest(response, reply)


async def pass_rest(response: aiohttp.ClientResponse, reply: Reply) -> bool:
    """Pass on what is still to come; ``False`` if it was cut off."""
    try:
        async for piece in response.content.iter_any():
            await reply.write(piece)
    except BROKEN:
        return False
    await reply.end()
    return True


class Decoder:
    """Makes a compressed body readable, piece by piece."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        """Raises ``Undecodable`` for what Python's own library cannot read."""
        lowered = [(name.lower(), value) for name, value in response.raw_headers]
        encoding = value_of(lowered, b"content-encoding").strip().lower()
        if encoding not in PLAIN | {"gzip", "x-gzip", "deflate"}:
            raise Undecodable
        self._inflate = None if encoding in PLAIN else _inflating()

    def feed(self, data: bytes, most: int) -> bytes:
        """What a piece says, at most so many bytes of it; raises ``Undecodable`` for damage and for a bomb."""
        if self._inflate is None:
            return data
        found = b""
        try:
            while data:
                if self._inflate.eof:  # what is compressed piece by piece is several bodies in a row
                    self._inflate = _inflating()
                found += self._inflate.decompress(data, most - len(found))
                if self._inflate.unconsumed_tail or len(found) >= most:
                    raise Undecodable
                data = self._inflate.unused_data
        except zlib.error as error:
            raise Undecodable from error
        return found


def _inflating() -> zlib._Decompress:
    return zlib.decompressobj(zlib.MAX_WBITS | 32)
