"""Answers of a model on their way to the caller: read along, checked, and passed on as the policy says."""

from __future__ import annotations

import uuid
from collections import OrderedDict
from dataclasses import dataclass, field, replace

import aiohttp

from verifier.server.proxy.checks import Asked, Checks
from verifier.server.proxy.dialects import (
    Dialect,
    shape_of,
    with_verification,
)
from verifier.server.proxy.headers import response_headers
from verifier.server.proxy.held import hold
from verifier.server.proxy.keeper import Keeper
from verifier.server.proxy.metrics import Metrics
from verifier.server.proxy.read import End, Read, answer_in, finish, whole_body, withhold
from verifier.server.proxy.reply import Decoder, Reply, Undecodable, pass_on, pass_rest
from verifier.server.proxy.ruling import Ruling, ruling, ruling_headers, verification
from verifier.server.proxy.settings import ProxyPolicy, ProxySettings
from verifier.server.proxy.streams import WatchedStream
from verifier.server.proxy.upstream import BROKEN
from verifier.wrapping.refusal import Outcome
from verifier.wrapping.types import Answer

KEPT_REPORTS = 256
"""So many reports can be asked for by their number; the oldest is forgotten first."""
KEPT_FINDINGS = 5_000
"""So many references they may have together."""


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
            await (hold(read, self) if self.settings.policy is ProxyPolicy.BLOCK else self._streamed(read))
        elif kind.endswith("json"):
            await self._whole(read)
        else:
            await self._unread(read, "the answer is neither JSON nor a stream of events")

    async def rule(self, answer: Answer, asked: Asked, ruling_id: str = "", *, block: bool = False) -> Ruling:
        """Check an answer and rule on it; under ``block`` as if that were the policy."""
        outcome = await self.checks.check(answer, asked, asked.name)
        return self.ruled(outcome, ruling_id or uuid.uuid4().hex, block=block)

    def ruled(self, outcome: Outcome, ruling_id: str, *, block: bool = False, some_left: bool = False) -> Ruling:
        """The ruling on an outcome: counted, kept for a while, and what was flagged kept for longer."""
        settings = replace(self.settings, policy=ProxyPolicy.BLOCK) if block else self.settings
        made = ruling(outcome, settings, ruling_id, some_left=some_left)
        self.metrics.count("verifier_decisions_total", decision=made.decision.value)
        self._remember(made)
        if self.keeper is not None:
            self.keeper.keep(outcome.report)
        return made

    def _remember(self, made: Ruling) -> None:
        self.reports[made.id] = made
        findings = sum(len(each.outcome.report.findings) for each in self.reports.values())
        while len(self.reports) > KEPT_REPORTS or (findings > KEPT_FINDINGS and len(self.reports) > 1):
            _, gone = self.reports.popitem(last=False)
            findings -= len(gone.outcome.report.findings)

    async def rule_blocking(self, answer: Answer, asked: Asked) -> Ruling:
        """The ruling for a guardrail, which exists to block."""
        return await self.rule(answer, asked, block=True)

    async def _unread(self, read: Read, why: str) -> None:
        """Pass on what holds no answer that could be read, and say so; an error of the other side passes as it is."""
        made = await self.rule(Answer(broken=why), Asked(), read.id)
        if made.withheld is not None and read.response.status < 300:
            await withhold(read, made, made.withheld)
            return
        await pass_on(read.response, read.reply, ruling_headers(made))

    async def _whole(self, read: Read) -> None:
        """An answer in one piece: read, checked, then sent."""
        body = await whole_body(read, self.settings.max_answer_bytes)
        made = await self.rule(answer_in(body, read.dialect), read.asked, read.id)
        if made.withheld is not None:
            await withhold(read, made, made.withheld)
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
        is_whole, length = True, 0
        try:
            async for piece in read.pieces(self.settings.max_answer_bytes):
                length += len(piece)
                if length > self.settings.max_answer_bytes:
                    stream.lose()
                await read.reply.write(b"".join([event.raw for event in stream.feed(piece)]))
                if stream.ending:
                    break
        except BROKEN:
            is_whole = False
        await read.reply.write(stream.close(cut=not is_whole).raw)
        made = await self.rule(stream.answer, read.asked, read.id)
        await finish(read, stream, made, is_whole=is_whole)
