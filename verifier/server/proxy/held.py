"""A stream of which nothing leaves unchecked: whole when it is whole, or sentence by sentence."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from verifier.server.proxy.dialects import shape_of
from verifier.server.proxy.read import TOO_LONG, End, Read, finish, withhold
from verifier.server.proxy.ruling import Ruling, blocking, ruling_headers
from verifier.server.proxy.streams import Event, WatchedStream
from verifier.server.proxy.upstream import BROKEN
from verifier.wrapping.hold import Hold, Piece
from verifier.wrapping.parts import whole_lines
from verifier.wrapping.refusal import Outcome, refusal
from verifier.wrapping.types import Answer

if TYPE_CHECKING:
    from verifier.server.proxy.answers import Answers


async def hold(read: Read, answers: Answers) -> None:
    """Pass a stream on as far as it is checked; a caller that hears nothing for long is told that it goes on."""
    held = _Held(read, answers)
    passing = asyncio.ensure_future(held.run())
    try:
        while not (await asyncio.wait({passing}, timeout=answers.settings.keepalive_s))[0]:
            await held.keep_alive()
        passing.result()
    finally:
        passing.cancel()


class _Held:
    """One stream."""

    def __init__(self, read: Read, answers: Answers) -> None:
        self._read = read
        self._answers = answers
        self._hold: Hold = Hold(answers.settings.mode)
        self._stream = WatchedStream(shape_of(read.dialect))
        self._before_text = b""
        """What may leave and has no text: it waits, so that a status can still say that nothing left."""
        self._length = 0
        self._left_s = answers.checks.ceiling_s
        self._is_quiet = True
        self._is_held = True

    async def keep_alive(self) -> None:
        """Send a comment, unless something was sent since the last call, or is sent as it comes: that may be half an event."""
        if self._is_quiet and self._is_held:
            await self._begin(None)
            await self._read.reply.write(b": the answer is being checked\n\n")
        self._is_quiet = True

    async def run(self) -> None:
        """From the first event to the last."""
        end = End.WHOLE
        try:
            async for piece in self._read.pieces(self._answers.settings.max_answer_bytes):
                for event in self._stream.feed(piece):
                    stopped = await self._take(event)
                    if stopped is not None:
                        await self._stop(stopped)
                        return
                await self._send()
                if self._length > self._answers.settings.max_answer_bytes or self._stream.is_lost:
                    end = End.LATER
                if self._stream.ending or end is End.LATER:
                    break
        except BROKEN:
            end = End.CUT
        await (self._pass_unread() if end is End.LATER else self._conclude(is_whole=end is End.WHOLE))

    async def _take(self, event: Event) -> Ruling | None:
        """Take an event, and check what has become complete by it; a ruling if that may not leave."""
        self._length += len(event.raw)
        self._hold.put(event.raw, event.added)
        for piece in list(self._hold.due()):
            stopped = await self._look(piece)
            if stopped is not None:
                return stopped
            self._hold.let(piece)
        return None

    async def _look(self, piece: Piece) -> Ruling | None:
        """Check a part by itself; what looks wrong there is judged again with all that stands before it."""
        policy = blocking(self._answers.settings)
        asked = replace(self._read.asked, question=f"{self._read.asked.question}\n\n{piece.before}".strip())
        outcome = await self._check(Answer((piece.text,)), replace(self._read, asked=asked))
        if refusal(outcome, policy) is None:
            return None
        outcome = await self._check(Answer(self._hold.until(piece)), self._read)
        if refusal(outcome, policy) is None:
            return None
        return self._answers.ruled(outcome, self._read.id, some_left=self._hold.some_left)

    async def _check(self, answer: Answer, read: Read) -> Outcome:
        """All checks of one stream take no longer together than one of a whole answer may."""
        began = time.monotonic()
        outcome = await self._answers.checks.check(answer, read.asked, read.asked.name, self._left_s)
        self._left_s = max(0.0, self._left_s - (time.monotonic() - began))
        return outcome

    async def _conclude(self, *, is_whole: bool) -> None:
        """Check the whole answer, and let the rest of it go; of one that broke off its whole lines are checked."""
        last = self._stream.close(cut=not is_whole)
        self._hold.put(last.raw, last.added)
        answer = self._stream.answer
        if answer.broken:
            answer = replace(answer, texts=tuple(whole_lines(text) for text in self._hold.texts))
        outcome = await self._check(answer, self._read)
        made = self._answers.ruled(outcome, self._read.id, some_left=self._hold.some_left)
        if made.withheld is not None:
            await self._stop(made)
            return
        self._hold.let_all()
        await self._begin(made)
        await self._send()
        await finish(self._read, self._stream, made, is_whole=is_whole)

    async def _pass_unread(self) -> None:
        """A stream too long to be read: what becomes of it is for ``on_error`` to say."""
        outcome = await self._check(Answer(broken=TOO_LONG), self._read)
        made = self._answers.ruled(outcome, self._read.id, some_left=self._hold.some_left)
        if made.withheld is not None:
            await self._stop(made)
            return
        self._is_held = False
        self._hold.let_all()
        await self._begin(made)
        await self._send()
        await self._read.reply.write(self._stream.give_up())
        async for piece in self._read.pieces(self._answers.settings.max_answer_bytes):
            await self._read.reply.write(piece)
        await self._read.reply.end()

    async def _send(self) -> None:
        """Send what may leave; the first text begins the response."""
        self._before_text += b"".join(self._hold.leaving())
        if not (self._hold.some_left or self._read.reply.has_begun):
            return
        await self._begin(None)
        data, self._before_text = self._before_text, b""
        self._is_quiet = self._is_quiet and not data
        await self._read.reply.write(data)

    async def _begin(self, made: Ruling | None) -> None:
        """Begin the response, with what is known of the ruling."""
        if not self._read.reply.has_begun:
            told = [] if made is None else ruling_headers(made)
            await self._read.reply.begin(self._read.response.status, [*self._read.stream_headers, *told])

    async def _stop(self, made: Ruling) -> None:
        if made.withheld is not None:
            await withhold(self._read, made, made.withheld)
