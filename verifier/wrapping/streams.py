"""Streams that pass through: read along on their way, or held until what they bring is checked."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from typing import Any

from verifier.wrapping.attach import UNFINISHED
from verifier.wrapping.holding import Holding, adrive, drive
from verifier.wrapping.interface import Reading
from verifier.wrapping.types import Answer
from verifier.wrapping.watcher import Checks


def along(inner: Iterator[Any], reading: Reading, conclude: Callable[[], None]) -> Iterator[Any]:
    """The events as they come, read on their way; ``conclude`` is called at their end, whichever it is."""
    note = reading.note
    try:
        for event in inner:
            try:  # noqa: SIM105  a context manager for each event is slow
                note(event)
            except Exception:  # noqa: BLE001, S110  every event arrives, whatever becomes of the check
                pass
            yield event
    finally:
        with suppress(Exception):
            conclude()
        _close(inner)


async def aalong(inner: AsyncIterator[Any], reading: Reading, conclude: Callable[[], None]) -> AsyncIterator[Any]:
    """The same for coroutines."""
    note = reading.note
    try:
        async for event in inner:
            try:  # noqa: SIM105  as above
                note(event)
            except Exception:  # noqa: BLE001, S110  as above
                pass
            yield event
    finally:
        with suppress(Exception):
            conclude()
        await _aclose(inner)


def held(inner: Iterator[Any], reading: Reading, holding: Holding, checks: Checks) -> Iterator[Any]:
    """The events in their order, each once the text up to its end is checked; raises what keeps the rest back.

    However it ends, the stream behind it is closed.
    """
    try:
        for event in inner:
            for piece in holding.take(reading, event):
                drive(holding.look(piece), checks)
            yield from holding.hold.leaving()
        drive(holding.finish(said(reading)), checks)
        yield from holding.hold.leaving()
    finally:
        holding.abandon(said(reading).broken or UNFINISHED)
        _close(inner)


async def aheld(inner: AsyncIterator[Any], reading: Reading, holding: Holding, checks: Checks) -> AsyncIterator[Any]:
    """The same for coroutines."""
    try:
        async for event in inner:
            for piece in holding.take(reading, event):
                await adrive(holding.look(piece), checks)
            for leaving in holding.hold.leaving():
                yield leaving
        await adrive(holding.finish(said(reading)), checks)
        for leaving in holding.hold.leaving():
            yield leaving
    finally:
        holding.abandon(said(reading).broken or UNFINISHED)
        await _aclose(inner)


def said(reading: Reading) -> Answer:
    """What has been read so far; never raises."""
    try:
        return reading.answer()
    except Exception as error:  # noqa: BLE001  a stream of a kind that nobody foresaw is no text
        return Answer(broken=f"the stream could not be read: {type(error).__name__}")


def _close(inner: Iterator[Any]) -> None:
    if inspect.isgenerator(inner):
        inner.close()


async def _aclose(inner: AsyncIterator[Any]) -> None:
    if inspect.isasyncgen(inner):
        await inner.aclose()
