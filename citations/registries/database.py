"""A small SQLite file that is allowed to get lost: caches and rate limits, shared by threads and processes."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

_BUSY_S = 10.0


class Database:
    """One SQLite file (mode 0600, WAL). A damaged file is made anew, an unwritable place is replaced by memory.

    Never raises: ``run`` gives ``default`` for whatever could not be read or written.
    """

    def __init__(self, path: Path | None, schema: str) -> None:
        """Open nothing yet; ``None`` as ``path`` keeps everything in memory."""
        self._path = path
        self._schema = schema
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._owner = 0

    def run(self, work: Callable[[sqlite3.Connection], T], default: T) -> T:
        """Do ``work`` in one write transaction."""
        return self._guarded(lambda: self._transaction(work), default)

    def read(self, work: Callable[[sqlite3.Connection], T], default: T) -> T:
        """Do ``work``, which only reads, beside whoever writes."""
        return self._guarded(lambda: work(self._opened()), default)

    def _guarded(self, work: Callable[[], T], default: T) -> T:
        with self._lock:
            for _ in range(2):
                try:
                    return work()
                except sqlite3.OperationalError:  # locked for too long, disk full, read-only
                    return default
                except sqlite3.DatabaseError:
                    self._discard()
                except OSError:
                    self._path = None
            return default

    def close(self) -> None:
        """Let go of the file; the next ``run`` opens it again."""
        with self._lock:
            self._disconnect()

    def _transaction(self, work: Callable[[sqlite3.Connection], T]) -> T:
        connection = self._opened()
        connection.execute("BEGIN IMMEDIATE")
        try:
            result = work(connection)
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
        return result

    def _opened(self) -> sqlite3.Connection:
        """The connection of this process: SQLite handles must not cross a fork."""
        if self._connection is None or self._owner != os.getpid():
            self._connection = self._connect()
            self._owner = os.getpid()
        return self._connection

    def _connect(self) -> sqlite3.Connection:
        if self._path is not None:
            try:
                _create_private(self._path)
            except OSError:
                self._path = None
        connection = sqlite3.connect(
            self._path or ":memory:", timeout=_BUSY_S, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA journal_mode=WAL").fetchone()
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.executescript(self._schema)
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _disconnect(self) -> None:
        if self._connection is not None and self._owner == os.getpid():
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
        self._connection = None

    def _discard(self) -> None:
        """Throw a damaged file away."""
        self._disconnect()
        if self._path is not None:
            for each in _files_of(self._path):
                with contextlib.suppress(OSError):
                    each.unlink()


def _create_private(path: Path) -> None:
    """Create the file readable by its owner only; SQLite gives its side files the same mode."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _files_of(path: Path) -> Iterator[Path]:
    """The file and what SQLite keeps beside it."""
    for suffix in ("", "-wal", "-shm"):
        yield path.with_name(path.name + suffix)
