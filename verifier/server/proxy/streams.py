"""Server-sent events as bytes: cut at their ends, read on the side, and passed on as they were. Pure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import Any

from verifier.types import Gap
from verifier.wrapping.interface import Shape
from verifier.wrapping.types import Added, Answer

MAX_EVENT = 1024 * 1024
"""Bytes of one event that are kept to be read; of a longer one the stream is passed on and no longer read."""
_END = re.compile(rb"\r\n\r\n|\n\n|\r\r|\n\r\n")
_DONE = b"[DONE]"
_FIELDS = (b"data:", b"event:", b"id:", b"retry:", b":")
_NO_FIELD = re.compile(rb"(?:^|[\r\n])(?!data:|event:|id:|retry:|:)[^\r\n]")
_MARK = b"\xef\xbb\xbf"
"""May stand before a text in UTF-8."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a stream, or bytes that are none."""

    raw: bytes
    """As it came."""
    added: tuple[Added, ...] = ()
    """The text that it adds to the answer."""


class EventCutter:
    r"""Cuts a stream of bytes at the ends of its events, wherever the network cut it.

    >>> cutter = EventCutter()
    >>> cutter.feed(b"data: a\n\ndata"), cutter.feed(b": b\n"), cutter.feed(b"\nc"), cutter.rest
    ([b'data: a\n\n'], [], [b'data: b\n\n'], b'c')
    """

    def __init__(self) -> None:
        self.rest = b""
        """What came of an event that is not whole yet."""

    def feed(self, data: bytes) -> list[bytes]:
        """The events that are whole now."""
        data = self.rest + data if self.rest else data
        events, at = [], 0
        for end in _END.finditer(data):
            events.append(data[at : end.end()])
            at = end.end()
        self.rest = data[at:]
        return events


def data_of(event: bytes) -> bytes | None:
    r"""The data of an event; ``None`` for a comment, and for what has none.

    >>> data_of(b'event: x\ndata: {\ndata: }\n\n'), data_of(b": waiting\n\n")
    (b'{\n}', None)
    """
    if event.startswith(b"data:") and event.find(b"\n") >= len(event) - 2:  # by far the most: one line of data
        return event[5:].strip() or None
    lines = event.removeprefix(_MARK).splitlines()
    lines = [line[5:].removeprefix(b" ") for line in lines if line.startswith(b"data:")]
    return b"\n".join(lines).strip() or None


class WatchedStream:
    """A stream of one answer: what may pass at once, and what it says when it is over.

    The bytes pass unchanged and in order. Only ``[DONE]`` is kept back, and the stream ends there: no client reads on behind
    it, and what stands there is not read.
    """

    def __init__(self, shape: Shape) -> None:
        self._reading = shape.reading()
        self._cutter = EventCutter()
        self._unread = 0
        self._line_is_open = False
        self.ending = b""
        """What is kept back; it goes behind everything else."""
        self.is_lost = False
        """It was too long: nothing is read any more."""
        self.seen: dict[str, Any] = {}
        """The last event that was a JSON object without an error."""

    def feed(self, data: bytes) -> list[Event]:
        """What may pass now."""
        passing = [Event(self.give_up() + data)] if self.is_lost else self._events(data)
        if passing:
            self._line_is_open = not passing[-1].raw.endswith((b"\n", b"\r"))
        return passing

    def lose(self) -> None:
        """Read no further: what follows passes as it is."""
        self.is_lost = True

    def give_up(self) -> bytes:
        """Everything that was kept back, byte for byte: what follows passes unread."""
        kept, self.ending, self._cutter.rest = self.ending + self._cutter.rest, b"", b""
        return kept

    def close(self, *, cut: bool) -> Event:
        """What may pass when nothing more comes, so that another event can follow.

        An event that was cut off in its middle is none, and no client would read it as one; anything else is passed on.
        """
        rest, self._cutter.rest = self._cutter.rest, b""
        if cut and rest.startswith(_FIELDS):
            return Event(b"")
        payload = data_of(rest + b"\n\n")
        if payload == _DONE:
            self.ending = rest.rstrip() + b"\n\n"
            return Event(b"")
        added = () if cut else self._read(rest, payload)
        return Event(rest + b"\n\n" if rest or self._line_is_open else b"", added)

    def _events(self, data: bytes) -> list[Event]:
        passing: list[Event] = []
        for event in self._cutter.feed(data):
            payload = data_of(event)
            if payload == _DONE:
                self.ending, self._cutter.rest = event, b""
                return passing
            passing.append(Event(event, self._read(event, payload)))
        if len(self._cutter.rest) > MAX_EVENT:
            self.is_lost = True
            passing.append(Event(self._cutter.rest))
            self._cutter.rest = b""
        return passing

    def _read(self, event: bytes, payload: bytes | None) -> tuple[Added, ...]:
        """The text that an event adds; what is no event, no JSON, or of a shape that nobody foresaw is counted."""
        if payload is None:
            self._unread += bool(_NO_FIELD.search(event))
            return ()
        try:
            value = json.loads(payload)
            added = tuple(self._reading.feed(value))
        except Exception:  # noqa: BLE001  garbage passes, whatever it is
            self._unread += 1
            return ()
        if isinstance(value, dict) and not value.get("error"):
            self.seen = value
        return added

    @property
    def answer(self) -> Answer:
        """What the stream said; events that could not be read are a gap in it."""
        try:
            found = self._reading.answer()
        except Exception as error:  # noqa: BLE001  a stream of a kind that nobody foresaw is no text
            found = Answer(broken=f"the stream could not be read: {type(error).__name__}")
        gaps = found.gaps
        if self._unread:
            events = "1 event" if self._unread == 1 else f"{self._unread} events"
            gaps += (Gap(f"{events} of the stream", "they could not be read"),)
        if self.is_lost:
            gaps += (Gap("the rest of the stream", "it is too long to be read"),)
        return replace(found, gaps=gaps)
