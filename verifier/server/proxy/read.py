"""A response on its way: how it is read, and the ways in which it ends."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import aiohttp

from verifier.server.proxy.checks import Asked
from verifier.server.proxy.dialects import Dialect, error_event, error_object, last_event, shape_of
from verifier.server.proxy.headers import Headers, response_headers
from verifier.server.proxy.reply import Decoder, Reply, Undecodable
from verifier.server.proxy.ruling import Ruling, Withheld, ruling_headers, verification
from verifier.server.proxy.streams import WatchedStream
from verifier.server.proxy.upstream import BROKEN
from verifier.wrapping.types import Answer

_NO_RETRY = (b"x-should-retry", b"false")
"""Clients of OpenAI and Anthropic ask again after a 503, which would have the same answer written and held back again."""
TOO_LONG = "the answer is too long to be read"


class End(StrEnum):
    """How far a body was read."""

    WHOLE = "whole"
    CUT = "cut"
    """The other side, or the way to it, broke."""
    LATER = "later"
    """It is longer than what is read; the rest is still to come."""


@dataclass(frozen=True, slots=True)
class Body:
    """A body that came in one piece."""

    data: bytes
    """As it came."""
    end: End
    text: bytes = b""
    """As it reads, where it was compressed."""
    value: dict[str, Any] | None = None
    """The JSON object that it is, ``None`` if it is none."""


@dataclass(frozen=True, slots=True)
class Read:
    """One response, where it goes, and what is known of it."""

    response: aiohttp.ClientResponse
    reply: Reply
    dialect: Dialect
    asked: Asked
    decoder: Decoder | None
    """``None`` where the body cannot be read."""
    id: str
    """Under which its report can be had."""

    @property
    def stream_headers(self) -> Headers:
        """Those of a stream whose ruling comes later."""
        headers = response_headers(self.response.raw_headers, rewritten=True)
        return [*headers, (b"x-verifier-report", b"last-event"), (b"x-verifier-id", self.id.encode())]

    async def pieces(self, most: int) -> AsyncIterator[bytes]:
        """The body as it reads, piece by piece; damage that is found on the way cuts it off."""
        async for piece in self.response.content.iter_any():
            try:
                yield piece if self.decoder is None else self.decoder.feed(piece, most)
            except Undecodable as error:
                raise aiohttp.ClientPayloadError("the body is damaged") from error


async def finish(read: Read, stream: WatchedStream, made: Ruling, *, is_whole: bool) -> None:
    """Send the last event, then what was kept back; a stream that was cut off stays one."""
    ending = last_event(read.dialect, stream.seen, verification(made)) + stream.ending
    await (read.reply.end(ending) if is_whole else read.reply.write(ending))


async def withhold(read: Read, made: Ruling, why: Withheld) -> None:
    """Send an error in place of an answer, or of the rest of a stream."""
    error = error_object(read.dialect, why.status, why.code, why.message)
    error["verification"] = verification(made)
    if read.reply.has_begun:
        await read.reply.end(error_event(read.dialect, error))
        return
    headers: Headers = [(b"content-type", b"application/json"), _NO_RETRY, *ruling_headers(made)]
    await read.reply.whole(why.status, headers, json.dumps(error).encode())


async def whole_body(read: Read, most: int) -> Body:
    """A whole body, as far as it came and is not too long."""
    data, end = bytearray(), End.WHOLE
    try:
        async for piece in read.response.content.iter_any():
            data += piece
            if len(data) > most:
                end = End.LATER
                break
    except BROKEN:
        end = End.CUT
    if end is not End.WHOLE or read.decoder is None:
        return Body(bytes(data), end)
    try:
        text = read.decoder.feed(bytes(data), most)
        value = json.loads(text.decode("utf-8-sig"))
    except (Undecodable, ValueError, RecursionError):
        return Body(bytes(data), end)
    return Body(bytes(data), end, text, value if isinstance(value, dict) else None)


def answer_in(body: Body, dialect: Dialect) -> Answer:
    """What a whole body says."""
    if body.end is End.LATER:
        return Answer(broken=TOO_LONG)
    if body.end is End.CUT:
        return Answer(broken="the answer was cut off on its way")
    if body.value is None:
        return Answer(broken="the answer is no JSON object")
    try:
        return shape_of(dialect).answer(body.value)
    except Exception as error:  # noqa: BLE001  a response of a kind that nobody foresaw is no text
        return Answer(broken=f"the answer could not be read: {type(error).__name__}")
