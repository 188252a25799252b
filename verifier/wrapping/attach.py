"""Where the report of a response is kept: beside it, never in it, and no longer than it lives."""

from __future__ import annotations

import asyncio
import weakref
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from datetime import UTC, datetime
from threading import Lock
from typing import Any

import verifier
from verifier.types import Gap, Report, Tool
from verifier.wrapping.parts import part

KEPT = 256
"""Responses that cannot be referred to weakly (dicts, strings) are kept, the last so many of them."""
PATIENCE_S = 30.0
"""So long ``get_report`` waits unless it is told otherwise; the ceiling of a check is usually far below."""
UNFINISHED = "the stream was not read to its end"
_INNER = ("_raw_stream", "_response")
"""Where the streams of the ``openai`` and ``anthropic`` packages keep the stream that they read."""


class Pending:
    """The report of one response, as soon as there is one."""

    def __init__(self) -> None:
        self.future: Future[Report] = Future()
        self.conclude: Callable[[], None] | None = None
        """Begins the check of a stream that was read to its end and not closed."""
        self.is_read: Callable[[], bool] = lambda: True
        """Whether a stream was read to its end."""
        self.unread = UNFINISHED
        """What its report says until then."""
        self._begun = False
        self._lock = Lock()

    def come_later(self, unread: str = UNFINISHED) -> None:
        """The report comes by itself once the answer was read; until then there is one that says that it was not."""
        self.is_read, self.conclude, self.unread = (lambda: False), (lambda: None), unread

    def begin(self) -> bool:
        """Whether the check is to begin now; true once."""
        with self._lock:
            first, self._begun = not self._begun, True
        return first

    @property
    def is_begun(self) -> bool:
        """Whether the check has begun."""
        return self._begun

    def report(self, timeout_s: float) -> Report:
        """The report, or one that says what is missing; raises only ``CheckFailed``, and where the policy asks for it."""
        if not self._begin():
            return nothing_checked("the answer", self.unread)
        try:
            return self.future.result(timeout_s)
        except FutureTimeoutError:
            return nothing_checked("the answer", f"the check is not finished after {timeout_s:g} s")

    async def areport(self, timeout_s: float) -> Report:
        """The same for coroutines."""
        if not self._begin():
            return nothing_checked("the answer", self.unread)
        waited = asyncio.wrap_future(self.future)
        waited.add_done_callback(_looked_at)
        done, _ = await asyncio.wait({waited}, timeout=timeout_s)
        return (
            waited.result()
            if done
            else nothing_checked("the answer", f"the check is not finished after {timeout_s:g} s")
        )

    def _begin(self) -> bool:
        """Begin what is not begun; ``False`` for a stream that is still to be read, whose report comes later."""
        if self.conclude is None or self._begun or self.future.done():
            return True
        if not self.is_read():
            return False
        self.conclude()
        return True


def _looked_at(waited: asyncio.Future[Report]) -> None:
    """Take what a check raised after nobody waited for it any more, or the event loop logs it with its traceback."""
    if not waited.cancelled():
        waited.exception()


class SideTable:
    """Responses and their reports, by identity."""

    def __init__(self, kept: int = KEPT) -> None:
        self._lock = Lock()
        self._weak: dict[int, tuple[weakref.ref[Any], Pending]] = {}
        self._kept: OrderedDict[int, tuple[Any, Pending]] = OrderedDict()
        self._most = kept

    def attach(self, response: Any, pending: Pending) -> None:
        """Remember the report of a response; a second one takes the place of the first."""
        key = id(response)
        try:
            entry = weakref.ref(response, lambda gone: self._forget(key, gone))
        except TypeError:
            with self._lock:
                self._kept[key] = (response, pending)
                self._kept.move_to_end(key)
                if len(self._kept) > self._most:
                    self._kept.popitem(last=False)
            return
        self._weak[key] = (entry, pending)

    def find(self, response: Any) -> Pending | None:
        """The report of exactly this object."""
        weak = self._weak.get(id(response))
        if weak is not None and weak[0]() is response:
            return weak[1]
        kept = self._kept.get(id(response))
        return kept[1] if kept is not None and kept[0] is response else None

    def __len__(self) -> int:
        """How many are remembered."""
        return len(self._weak) + len(self._kept)

    def _forget(self, key: int, gone: weakref.ref[Any]) -> None:
        """Takes no lock: the collector may call it while one is held."""
        entry = self._weak.get(key)
        if entry is not None and entry[0] is gone:
            del self._weak[key]


TABLE = SideTable()
"""Everything that is watched in this process."""


def get_report(response: Any, timeout: float | None = None) -> Report:
    """The report of a response, or of a stream that was read to its end, once it is there.

    ``timeout`` is in seconds. There is always a report: what is not finished in that time, was not read to its end or was
    never watched is a gap in it, so that nothing unchecked looks clean. Raises only ``CheckFailed``, and only where the
    policy says ``on_error="closed"``.

    >>> [gap.why for gap in get_report(object()).gaps]
    ['it does not come from a watched client or function']
    """
    pending = _pending(response)
    if pending is None:
        return _unwatched()
    return pending.report(PATIENCE_S if timeout is None else timeout)


async def aget_report(response: Any, timeout: float | None = None) -> Report:  # noqa: ASYNC109  as in get_report
    """``get_report`` for coroutines."""
    pending = _pending(response)
    if pending is None:
        return _unwatched()
    return await pending.areport(PATIENCE_S if timeout is None else timeout)


def nothing_checked(what: str, why: str, hint: str = "", *, gaps: tuple[Gap, ...] = ()) -> Report:
    """A report without findings that says why there are none."""
    now = datetime.now(UTC)
    return Report(Tool("factprobe", verifier.__version__), (), (), (), (Gap(what, why, hint), *gaps), now, now)


def _unwatched() -> Report:
    return nothing_checked("the response", "it does not come from a watched client or function")


def _pending(response: Any) -> Pending | None:
    found = TABLE.find(response)
    for name in _INNER:
        inner = part(response, name) if found is None else None
        found = found or (None if inner is None else TABLE.find(inner))
    return found
