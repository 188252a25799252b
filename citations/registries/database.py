"""A small SQLite file that is allowed to get lost: caches and rate limits, shared by threads and processes."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

_BUSY_S = 10.0
_PASSING = frozenset(
    {
        sqlite3.SQLITE_BUSY,  # for too long
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_INTERRUPT,
    }
)


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
                except OSError:
                    self._path = None
                except Exception as error:  # noqa: BLE001  a damaged file shows itself in many ways
                    if not _is_damage(error):
                        return default
                    self._discard()
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
            connection.text_factory = _lenient
            self._prepare(connection)
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        """Set the modes and make the tables; SQLite itself does not wait where two processes do so at once."""
        end = time.monotonic() + _BUSY_S
        while True:
            try:
                connection.execute("PRAGMA journal_mode=WAL").fetchone()
                connection.execute("PRAGMA synchronous=NORMAL")
                connection.executescript(self._schema)
            except sqlite3.OperationalError as error:
                if _code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                    raise
                time.sleep(0.01)
            else:
                return

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


def seal(*values: object) -> str:
    """Digest kept in a row beside its values: SQLite does not notice a byte that changed inside one."""
    return blake2b(repr(values).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _is_damage(error: Exception) -> bool:
    """Whether the file is to blame, and not the moment or what it was given to keep."""
    if isinstance(error, sqlite3.OperationalError):
        return _code(error) not in _PASSING
    if isinstance(error, sqlite3.ProgrammingError | sqlite3.NotSupportedError):
        return False
    # SQLite's messages quote the file, and Python cannot always read them.
    return isinstance(error, sqlite3.DatabaseError | UnicodeDecodeError)


def _code(error: sqlite3.Error) -> int:
    """SQLite's primary result code; what Python found by itself counts as damage."""
    return int(getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)) & 0xFF


def _lenient(text: bytes) -> str:
    return text.decode("utf-8", "replace")


def _create_private(path: Path) -> None:
    """Create the file readable by its owner only; SQLite gives its side files the same mode."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _files_of(path: Path) -> Iterator[Path]:
    """The file and what SQLite keeps beside it."""
    for suffix in ("", "-wal", "-shm"):
        yield path.with_name(path.name + suffix)
