"""Run something with an upper bound on the time, whatever it is stuck in."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import TypeVar

T = TypeVar("T")

_LOOK_UP_S = 0.1


def bounded(call: Callable[[], T], seconds: float, stop: threading.Event | None = None) -> T | None:
    """The result of ``call``, or ``None`` once the time is over or ``stop`` is set; ``call`` must not raise.

    The call runs in a daemon thread that is left behind when it does not return: name resolution, a proxy's handshake
    and headers that drip in cannot be interrupted in any other way.
    """
    result: SimpleQueue[T] = SimpleQueue()
    threading.Thread(target=lambda: result.put(call()), daemon=True, name="factprobe-request").start()
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0 and not (stop and stop.is_set()):
        try:
            return result.get(timeout=min(left, _LOOK_UP_S))
        except Empty:
            continue
    return None
