"""Answers of a model on their way to the caller: read along, checked, and passed on as the policy says."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections import OrderedDict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import aiohttp

from verifier.server.metrics import Metrics
from verifier.server.proxy_checks import Asked, Checks
from verifier.server.proxy_dialects import (
    Dialect,
    error_event,
    error_object,
    last_event,
    shape_of,
    with_verification,
)
from verifier.server.proxy_headers import Headers, response_headers
from verifier.server.proxy_keeper import Keeper
from verifier.server.proxy_reply import Decoder, Reply, Undecodable, pass_on, pass_rest
from verifier.server.proxy_ruling import Ruling, Withheld, ruling, ruling_headers, verification
from verifier.server.proxy_settings import ProxyPolicy, ProxySettings
from verifier.server.proxy_upstream import BROKEN
from verifier.server.streams import WatchedStream
from verifier.wrapping.types import Answer

KEPT_REPORTS = 256
"""So many reports can be asked for by their number; the oldest is forgotten first."""
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
class Held:
    """A stream that was read before anything of it was sent."""

    stream: WatchedStream
    body: bytes
    end: End
    made: Ruling


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


@dataclass(frozen=True, slots=True)
class Answers:
    """Everything that happens to an answer between the server behind the proxy and the caller."""

    settings: ProxySettings
    checks: Checks
    metrics: Metrics
    keeper: Keeper | None = None
    reports: OrderedDict[str, Ruling] = field(default_factory=OrderedDict)
    """The last rulings by their number."""

    async def answer(self, response: aiohttp.ClientResponse, reply: Reply, dialect: Dialect, asked: Asked) -> None:
        """Pass one response on under the policy."""
        try:
            read = Read(response, reply, dialect, asked, Decoder(response), uuid.uuid4().hex)
        except Undecodable:
            read = Read(response, reply, dialect, asked, None, uuid.uuid4().hex)
        kind = response.content_type
        if not 200 <= response.status < 300:
            await self._unread(read, "the server answered with an error")
        elif read.decoder is None:
            await self._unread(read, "the answer is compressed in a way that is not read")
        elif kind == "text/event-stream":
            await (self._held(read) if self.settings.policy is ProxyPolicy.BLOCK else self._streamed(read))
        elif kind.endswith("json"):
            await self._whole(read)
        else:
            await self._unread(read, "the answer is neither JSON nor a stream of events")

    async def rule(self, answer: Answer, asked: Asked, ruling_id: str = "", *, block: bool = False) -> Ruling:
        """Check an answer, decide (under ``block`` as if that were the policy), count, and have what was flagged kept."""
        policy = ProxyPolicy.BLOCK if block else self.settings.policy
        name = f"proxy {asked.model[:80]}".strip() if asked.model.isprintable() else "proxy"
        outcome = await self.checks.check(answer, asked, name)
        made = ruling(outcome, replace(self.settings, policy=policy), ruling_id or uuid.uuid4().hex)
        self.metrics.count("verifier_decisions_total", decision=made.decision.value)
        self.reports[made.id] = made
        if len(self.reports) > KEPT_REPORTS:
            self.reports.popitem(last=False)
        if self.keeper is not None:
            self.keeper.keep(made.outcome.report)
        return made

    async def rule_blocking(self, answer: Answer, asked: Asked) -> Ruling:
        """The ruling for a guardrail, which exists to block."""
        return await self.rule(answer, asked, block=True)

    async def _unread(self, read: Read, why: str) -> None:
        """Pass on what holds no answer that could be read, and say so; an error of the other side passes as it is."""
        made = await self.rule(Answer(broken=why), Asked(), read.id)
        if made.withheld is not None and read.response.status < 300:
            await _withhold(read, made, made.withheld)
            return
        await pass_on(read.response, read.reply, ruling_headers(made))

    async def _whole(self, read: Read) -> None:
        """An answer in one piece: read, checked, then sent."""
        body = await _body(read, self.settings.max_answer_bytes)
        made = await self.rule(_answer(body, read.dialect), read.asked, read.id)
        if made.withheld is not None:
            await _withhold(read, made, made.withheld)
            return
        told = ruling_headers(made)
        if self.settings.policy is ProxyPolicy.BODY and body.value is not None:
            headers = [*response_headers(read.response.raw_headers, rewritten=True), *told]
            await read.reply.whole(read.response.status, headers, with_verification(body.text, verification(made)))
            return
        await read.reply.begin(read.response.status, [*response_headers(read.response.raw_headers), *told])
        await read.reply.write(body.data)
        if body.end is End.LATER:
            await pass_rest(read.response, read.reply)
        elif body.end is End.WHOLE:
            await read.reply.end()

    async def _streamed(self, read: Read) -> None:
        """A stream that passes as it comes; what was found is its last event."""
        stream = WatchedStream(shape_of(read.dialect))
        await read.reply.begin(read.response.status, read.stream_headers)
        is_whole = True
        try:
            async for piece in read.pieces(self.settings.max_answer_bytes):
                await read.reply.write(stream.feed(piece))
                if stream.ending:
                    break
        except BROKEN:
            is_whole = False
        await read.reply.write(stream.close(cut=not is_whole))
        made = await self.rule(stream.answer, read.asked, read.id)
        await _finish(read, stream, made, is_whole=is_whole)

    async def _held(self, read: Read) -> None:
        """A stream that is held back until it is checked; a caller that waits long hears that it goes on."""
        checking = asyncio.ensure_future(self._checked(read))
        try:
            while not (await asyncio.wait({checking}, timeout=self.settings.keepalive_s))[0]:
                if not read.reply.has_begun:
                    await read.reply.begin(read.response.status, read.stream_headers)
                await read.reply.write(b": the answer is being checked\n\n")
            held = checking.result()
        finally:
            checking.cancel()
        made = held.made
        if made.withheld is not None:
            await _withhold(read, made, made.withheld)
            return
        if not read.reply.has_begun:
            await read.reply.begin(read.response.status, [*read.stream_headers, *ruling_headers(made)])
        await read.reply.write(held.body)
        if held.end is End.LATER:
            async for piece in read.pieces(self.settings.max_answer_bytes):
                await read.reply.write(piece)
            await read.reply.end()
            return
        await _finish(read, held.stream, made, is_whole=held.end is End.WHOLE)

    async def _checked(self, read: Read) -> Held:
        """Read a whole stream and have it checked; nothing of it is sent."""
        stream, held, end = WatchedStream(shape_of(read.dialect)), bytearray(), End.WHOLE
        try:
            async for piece in read.pieces(self.settings.max_answer_bytes):
                held += stream.feed(piece)
                if len(held) > self.settings.max_answer_bytes:
                    end = End.LATER
                    break
                if stream.ending:
                    break
        except BROKEN:
            end = End.CUT
        held += stream.give_up() if end is End.LATER else stream.close(cut=end is End.CUT)
        answer = Answer(broken=TOO_LONG) if end is End.LATER else stream.answer
        return Held(stream, bytes(held), end, await self.rule(answer, read.asked, read.id))


async def _finish(read: Read, stream: WatchedStream, made: Ruling, *, is_whole: bool) -> None:
    """Send the last event, then what was kept back; a stream that was cut off stays one."""
    ending = last_event(read.dialect, stream.seen, verification(made)) + stream.ending
    await (read.reply.end(ending) if is_whole else read.reply.write(ending))


async def _withhold(read: Read, made: Ruling, why: Withheld) -> None:
    """Send an error in place of an answer of which nothing has been sent."""
    error = error_object(read.dialect, why.status, why.code, why.message)
    error["verification"] = verification(made)
    if read.reply.has_begun:
        await read.reply.end(error_event(read.dialect, error))
        return
    headers: Headers = [(b"content-type", b"application/json"), _NO_RETRY, *ruling_headers(made)]
    await read.reply.whole(why.status, headers, json.dumps(error).encode())


async def _body(read: Read, most: int) -> Body:
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
        value = json.loads(text)
    except (Undecodable, ValueError, RecursionError):
        return Body(bytes(data), end)
    return Body(bytes(data), end, text, value if isinstance(value, dict) else None)


def _answer(body: Body, dialect: Dialect) -> Answer:
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
