"""How fast a registry may be asked: learnt from its headers, shared by all threads and processes.

A rate is kept as the distance between two requests of one lane. Reserving the next free moment is one row in one
SQLite transaction, so any number of processes on a machine keep the pace of one.
"""

from __future__ import annotations

import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from citations.registries.database import Database, seal
from citations.registries.settings import without_credentials

_SCHEMA = """
CREATE TABLE IF NOT EXISTS lane (
    name TEXT PRIMARY KEY, free_at REAL NOT NULL, interval_s REAL, learnt_at REAL NOT NULL, kept_at REAL NOT NULL,
    seal TEXT NOT NULL);
"""
_VERSION = 2
_MARGIN = 1.1  # requests bunch up on the way: at exactly the published rate some are refused
_REMEMBERED_S = 86_400.0
_CLOCK_SLACK_S = 5.0
_UNITS = {"": 1.0, "s": 1.0, "sec": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}


@dataclass(frozen=True, slots=True)
class Lane:
    """Requests that share one quota: a host and a kind of request."""

    name: str
    """Unique for registry, host and kind: ``crossref https://api.crossref.org list``."""
    interval_s: float
    """Distance between two requests until the registry's headers say otherwise."""
    connections: int = 1
    """Requests in flight at the same time, likewise."""
    burst: int = 0
    """Requests that need not keep the distance after a rest, where the limit counts over minutes."""


@dataclass(frozen=True, slots=True)
class Rate:
    """What the headers of an answer say about the pace."""

    interval_s: float | None = None
    connections: int | None = None


def read_rate(headers: Mapping[str, str]) -> Rate:
    """The pace that an answer's headers (lower-case names) allow; what is missing or nonsense stays ``None``.

    Crossref was seen to send the values twice, merged to ``50, 50`` and ``1s, 1s``.

    >>> read_rate({"x-rate-limit-limit": "50, 50", "x-rate-limit-interval": "1s, 1s"})
    Rate(interval_s=0.02, connections=None)
    >>> read_rate({"x-rate-limit-limit": "lots"})
    Rate(interval_s=None, connections=None)
    """
    limit = _number(headers.get("x-rate-limit-limit") or headers.get("x-ratelimit-limit") or "")
    per_s = _duration(headers.get("x-rate-limit-interval") or headers.get("x-ratelimit-interval") or "")
    at_once = _number(headers.get("x-concurrency-limit") or "")
    interval = per_s / limit if limit and per_s else None
    return Rate(
        interval_s=interval if interval and 0.005 <= interval <= 600 else None,
        connections=int(at_once) if at_once and 1 <= at_once <= 50 else None,
    )


def read_retry_after(text: str, now: float) -> float | None:
    """Seconds that a ``Retry-After`` header asks for (a number or a date), ``None`` if it says nothing usable."""
    text = text.strip()
    if re.fullmatch(r"\d{1,9}(\.\d+)?", text):
        return float(text)
    from email.utils import parsedate_to_datetime

    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except (ValueError, TypeError, OverflowError):
        return None


def _number(text: str) -> float | None:
    """The least of the comma-separated numbers."""
    found = [float(part) for part in text.split(",") if re.fullmatch(r"\s*\d{1,9}\s*", part)]
    return min(found, default=None)


def _duration(text: str) -> float | None:
    """The longest of the comma-separated durations such as ``1s``."""
    matches = (re.fullmatch(r"\s*(\d{1,6})\s*([a-z]*)\s*", part.lower()) for part in text.split(","))
    found = [float(match[1]) * _UNITS[match[2]] for match in matches if match and match[2] in _UNITS]
    return max(found, default=None)


class Limits:
    """Gives out moments at which a lane may be used."""

    def __init__(self, folder: Path | None, clock: Callable[[], float] = time.time) -> None:
        """Keep the lanes in ``folder``, or in memory for this process alone."""
        self._database = Database(folder and folder / f"limits-{_VERSION}.sqlite3", _SCHEMA)
        self._clock = clock
        self._gates: dict[str, _Gate] = {}
        self._lock = threading.Lock()

    def reserve(self, lane: Lane) -> float:
        """Seconds to wait before the next request of this lane; the moment is taken when this returns."""

        def take(connection: sqlite3.Connection) -> float:
            now = self._clock()
            pace = _pace(connection, lane, now)
            _keep(connection, lane, replace(pace, free_at=max(now, pace.free_at) + pace.interval_s * _MARGIN), now)
            return _wait_s(pace, lane, now)

        return self._database.run(take, lane.interval_s)

    def free_in(self, lane: Lane) -> float:
        """Seconds until the lane is free, without taking it."""

        def look(connection: sqlite3.Connection) -> float:
            now = self._clock()
            return _wait_s(_pace(connection, lane, now), lane, now)

        return self._database.read(look, 0.0)

    def pause(self, lane: Lane, seconds: float) -> None:
        """Nobody uses the lane for so long: the registry asked for it."""

        def hold(connection: sqlite3.Connection) -> None:
            now = self._clock()
            pace = _pace(connection, lane, now)
            until = now + seconds + lane.burst * pace.interval_s
            _keep(connection, lane, replace(pace, free_at=max(until, pace.free_at)), now)

        self._database.run(hold, None)

    def learn(self, lane: Lane, rate: Rate) -> None:
        """Keep the pace that the registry's headers allow."""
        if rate.connections is not None:
            self._gate(lane).resize(rate.connections)
        if rate.interval_s is None:
            return
        interval_s = rate.interval_s

        def keep(connection: sqlite3.Connection) -> None:
            now = self._clock()
            pace = _pace(connection, lane, now)
            free_at = pace.free_at
            if interval_s < pace.interval_s:  # the next moment was given out at the slower pace
                free_at = min(free_at, now + interval_s * _MARGIN)
            _keep(connection, lane, _Pace(free_at, interval_s, learnt_at=now), now)

        self._database.run(keep, None)

    @contextmanager
    def in_flight(self, lane: Lane, stop: threading.Event) -> Iterator[None]:
        """Hold one of the lane's connections; waits for it, but not beyond ``stop``."""
        gate = self._gate(lane)
        gate.enter(stop)
        try:
            yield
        finally:
            gate.leave()

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def _gate(self, lane: Lane) -> _Gate:
        with self._lock:
            return self._gates.setdefault(lane.name, _Gate(lane.connections))


@dataclass(frozen=True, slots=True)
class _Pace:
    """What is kept of a lane."""

    free_at: float
    interval_s: float
    learnt_at: float | None = None
    """When the registry's headers told the interval, ``None`` where it is only assumed."""


def _pace(connection: sqlite3.Connection, lane: Lane, now: float) -> _Pace:
    """The kept pace of a lane; a damaged row is none, and neither is one kept before the clock was set back."""
    name = without_credentials(lane.name)
    query = "SELECT free_at, interval_s, learnt_at, kept_at, seal FROM lane WHERE name = ?"
    row = connection.execute(query, (name,)).fetchone()
    if row is None or row[-1] != seal(name, *row[:-1]) or row[3] > now + _CLOCK_SLACK_S:
        return _Pace(now, lane.interval_s)
    free_at, interval_s, learnt_at = row[:3]
    known = interval_s is not None and 0 <= now - learnt_at < _REMEMBERED_S
    return _Pace(free_at, interval_s, learnt_at) if known else _Pace(free_at, lane.interval_s)


def _keep(connection: sqlite3.Connection, lane: Lane, pace: _Pace, now: float) -> None:
    interval_s = None if pace.learnt_at is None else pace.interval_s
    values = (without_credentials(lane.name), pace.free_at, interval_s, pace.learnt_at or 0.0, now)
    connection.execute("INSERT OR REPLACE INTO lane VALUES (?, ?, ?, ?, ?, ?)", (*values, seal(*values)))


def _wait_s(pace: _Pace, lane: Lane, now: float) -> float:
    return max(0.0, pace.free_at - lane.burst * pace.interval_s - now)


class _Gate:
    """A semaphore whose size can change while it is in use."""

    def __init__(self, size: int) -> None:
        self._condition = threading.Condition()
        self._size = size
        self._inside = 0

    def enter(self, stop: threading.Event) -> None:
        with self._condition:
            while self._inside >= self._size and not stop.is_set():
                self._condition.wait(0.2)
            self._inside += 1

    def leave(self) -> None:
        with self._condition:
            self._inside -= 1
            self._condition.notify()

    def resize(self, size: int) -> None:
        with self._condition:
            self._size = size
            self._condition.notify_all()
