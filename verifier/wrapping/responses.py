"""Takes note of the responses of a watched client, and gives them back as what they were."""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncIterator, Iterator
from typing import Any

from verifier.errors import WrongArgument
from verifier.wrapping.attach import TABLE, Pending, nothing_checked
from verifier.wrapping.holding import Holding, adrive, drive
from verifier.wrapping.interface import Reading, Shape
from verifier.wrapping.parts import part
from verifier.wrapping.streams import aalong, aheld, along, held, said
from verifier.wrapping.types import Answer, Mode
from verifier.wrapping.watcher import Checks, Watcher, settle

UNREAD = "a stream of this kind cannot be read along"
RAW = "the response is a raw one, whose text was not read by parse()"
STREAMED = "stream"
"""A form of a response: its bytes are still to be read."""
OTHER = "other"
"""A form of a response: nobody knows how to read it along."""
_UNHELD = {STREAMED: "with_streaming_response gives bytes", OTHER: "this call gives a stream"}
_AT_ONCE = "use mode='after', where the report says what was not read"


class Responses:
    """Watches responses; where answers are not held, nothing in it raises."""

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher
        self._holds = watcher.mode is not Mode.AFTER

    def seen(self, response: Any, shape: Shape, question: str, raw: str = "") -> Any:
        """Take note of a response, and give it back; of a generator another one that gives the same.

        ``raw`` says in which form it was asked for: ``stream`` as bytes that are still to be read, else empty or anything.
        """
        pending = Pending()
        body = response if raw == STREAMED else _parsed(response)
        if not self._holds or _is_stream(body):
            return self._noted(response, body, shape, question, pending)
        answer = self._attached(response, body, shape, pending)
        drive(self._holding(question, pending).finish(answer), Checks(self._watcher))
        return response

    async def aseen(self, response: Any, shape: Shape, question: str, raw: str = "") -> Any:
        """The same for coroutines."""
        pending = Pending()
        body = response if raw == STREAMED else _parsed(response)
        if not self._holds or _is_stream(body):
            return self._noted(response, body, shape, question, pending)
        answer = self._attached(response, body, shape, pending)
        await adrive(self._holding(question, pending).finish(answer), Checks(self._watcher))
        return response

    def refuse_unread(self, raw: str) -> None:
        """Before anything is asked: where answers are held, none may come in a form that can be read past the check."""
        if self._holds and raw in _UNHELD:
            raise WrongArgument(
                f"{_UNHELD[raw]} that mode={self._watcher.mode.value!r} cannot hold back", hint=_AT_ONCE
            )

    def _attached(self, response: Any, body: Any, shape: Shape, pending: Pending) -> Answer:
        for each in (response, body):
            TABLE.attach(each, pending)
        return _read(shape, body)

    def _noted(self, response: Any, body: Any, shape: Shape, question: str, pending: Pending) -> Any:
        """Note a stream, or an answer that is not held."""
        try:
            if inspect.isgenerator(body):
                body = self._stream(body, shape, question, pending)
                response = body
            elif part(body, "_iterator") is not None:  # the streams of ``openai`` and ``anthropic`` have no public way
                body._iterator = self._stream(body._iterator, shape, question, pending)  # noqa: SLF001
            elif _is_stream(body):
                self.refuse_unread(OTHER)
                settle(pending, nothing_checked("the answer", UNREAD))
            elif _is_raw(body):
                self._parsed_later(body, shape, question, pending)
            else:
                self._watcher.conclude(_read(shape, body), question, pending)
            TABLE.attach(body, pending)
            TABLE.attach(response, pending)
        except WrongArgument:
            raise
        except Exception as error:  # noqa: BLE001  the program gets its response, whatever becomes of the check
            settle(pending, nothing_checked("the answer", f"watching it failed: {type(error).__name__}"))
        return response

    def _stream(self, inner: Any, shape: Shape, question: str, pending: Pending) -> Any:
        reading = shape.reading()
        is_async = isinstance(inner, AsyncIterator)
        if self._holds:
            holding, checks = self._holding(question, pending), Checks(self._watcher)
            return (aheld if is_async else held)(inner, reading, holding, checks)
        conclude = self._concluding(reading, question, pending)
        return (aalong if is_async else along)(inner, reading, conclude)

    def _concluding(self, reading: Reading, question: str, pending: Pending) -> Any:
        """What is to be called at the end of a stream."""
        pending.is_read = lambda: reading.finished
        pending.conclude = lambda: self._watcher.conclude(said(reading), question, pending)
        return pending.conclude

    def _parsed_later(self, response: Any, shape: Shape, question: str, pending: Pending) -> None:
        """A response that is read while the program reads it: what it makes of it is watched."""
        parse = response.parse

        def noted(parsed: Any) -> Any:
            return self._noted(parsed, parsed, shape, question, pending)

        @functools.wraps(parse)
        def run(*arguments: Any, **settings: Any) -> Any:
            return noted(parse(*arguments, **settings))

        @functools.wraps(parse)
        async def run_coroutine(*arguments: Any, **settings: Any) -> Any:
            return noted(await parse(*arguments, **settings))

        response.parse = run_coroutine if inspect.iscoroutinefunction(parse) else run
        pending.come_later(RAW)

    def _holding(self, question: str, pending: Pending) -> Holding:
        return Holding(self._watcher.policy, self._watcher.mode, question, pending)


def _is_raw(response: Any) -> bool:
    return part(response, "http_response") is not None and callable(part(response, "parse"))


def _is_stream(body: Any) -> bool:
    return (
        inspect.isgenerator(body) or part(body, "_iterator") is not None or isinstance(body, Iterator | AsyncIterator)
    )


def _parsed(response: Any) -> Any:
    """What a raw response holds; it parses to the same object each time. Any other response as it is."""
    if not _is_raw(response) or inspect.iscoroutinefunction(response.parse):
        return response
    try:
        return response.parse()
    except Exception:  # noqa: BLE001  the program will see for itself
        return response


def _read(shape: Shape, response: Any) -> Answer:
    try:
        return shape.answer(response)
    except Exception as error:  # noqa: BLE001  a response of a kind that nobody foresaw is no text
        return Answer(broken=f"the response could not be read: {type(error).__name__}")
