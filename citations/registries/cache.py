"""Answers kept by record: positives long, negatives briefly, failures never.

A row is written only after its body decoded, for each record of a single or a batch answer alike. What decided the
answer is part of the key: the registry's base URL and the version of its decoder, so that a simulated registry never
answers for the real one, and old logic never for new.
"""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from citations.registries.bodies import Body
from citations.registries.database import Database, seal
from citations.registries.settings import without_credentials
from citations.types import Answer, DoiExists, DoiUnknown, Found

if TYPE_CHECKING:
    from pydantic import TypeAdapter

_SCHEMA = """
CREATE TABLE IF NOT EXISTS answer (
    source TEXT NOT NULL, key TEXT NOT NULL, outcome TEXT NOT NULL, answer TEXT NOT NULL, asked_at REAL NOT NULL,
    fresh_until REAL NOT NULL, usable_until REAL NOT NULL, body_sha256 TEXT NOT NULL, seal TEXT NOT NULL,
    PRIMARY KEY (source, key));
CREATE TABLE IF NOT EXISTS body (sha256 TEXT PRIMARY KEY, content BLOB NOT NULL, usable_until REAL NOT NULL);
CREATE INDEX IF NOT EXISTS answer_age ON answer (usable_until);
"""
_VERSION = 2
_SELECT = """
SELECT outcome, answer, asked_at, fresh_until, usable_until, body_sha256, seal FROM answer WHERE source = ? AND key = ?
"""
_POSITIVE = timedelta(days=90)
_NEGATIVE = timedelta(days=7)
_NEGATIVE_OF_NEW_WORK = timedelta(days=1)
_RETRACTION = timedelta(days=14)
_CLOCK_SLACK_S = 300.0
_BODY_BYTES = 100_000_000


@dataclass(frozen=True, slots=True)
class Source:
    """Who answered, and in which version of our understanding."""

    registry: str
    base_url: str
    decoder: int
    """Raised whenever the decoder reads more or reads differently."""
    tells_retractions: bool = False
    """Its positive answers are asked again sooner, because a work may be retracted meanwhile."""

    @property
    def key(self) -> str:
        """First half of the cache key; a password in the URL stays out of the file."""
        return f"{self.registry} {without_credentials(self.base_url)} {self.decoder}"


class AnswerCache:
    """The table of answers in one folder; never raises, and a damaged row or file is a miss."""

    def __init__(self, folder: Path | None, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Keep answers in ``folder``, or in memory for this process alone."""
        self._database = Database(folder and folder / f"answers-{_VERSION}.sqlite3", _SCHEMA)
        self._clock = clock
        self._pruned = False

    def get(self, source: Source, key: str, *, stale: bool = False) -> Answer | None:
        """The kept answer if it is fresh; with ``stale`` also a positive one past its time: a work stays a work.

        One from the future is none: it was kept under a wrong clock, and nobody knows how old it is.
        """
        place = (source.key, key)
        row = self._database.read(lambda db: db.execute(_SELECT, place).fetchone(), None)
        if row is None:
            return None
        *values, sealed = row
        outcome, written, asked_at, fresh_until, usable_until, _ = values
        answer = _read(outcome, written) if sealed == seal(*place, *values) else None
        if answer is None:
            self._database.run(lambda db: db.execute("DELETE FROM answer WHERE source = ? AND key = ?", place), None)
            return None
        now = self._clock().timestamp()
        return answer if asked_at - _CLOCK_SLACK_S <= now < (usable_until if stale else fresh_until) else None

    def put(self, source: Source, key: str, answer: Answer, *, cited_year: int | None = None) -> None:
        """Keep an answer; one that is not a statement about the work is ignored."""
        if not isinstance(answer, Found | DoiExists | DoiUnknown):
            return
        now = self._clock()
        fresh, usable = _lifetimes(source, answer, cited_year, now)
        try:
            written = _adapter(type(answer).__name__).dump_json(answer).decode()
        except ValueError:  # half a surrogate pair, which no file can hold
            return
        values = (
            source.key,
            key,
            type(answer).__name__,
            written,
            answer.asked.asked_at.timestamp(),
            (now + fresh).timestamp(),
            (now + usable).timestamp(),
            answer.asked.body_sha256,
        )
        row = (*values, seal(*values))
        self._database.run(
            lambda db: db.execute("INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row), None
        )

    def keep_body(self, body: Body) -> None:
        """Keep the body behind an answer, compressed, as evidence for what may be flagged."""
        until = (self._clock() + _POSITIVE).timestamp()
        row = (body.asked.body_sha256, zlib.compress(body.content, 6), until)

        def keep(db: sqlite3.Connection) -> None:
            if not self._pruned:
                self._prune(db)
            db.execute("INSERT OR REPLACE INTO body VALUES (?, ?, ?)", row)

        self._database.run(keep, None)

    def body(self, sha256: str) -> bytes | None:
        """The kept body with this digest, ``None`` if it is not there or damaged."""
        query = "SELECT content FROM body WHERE sha256 = ?"
        row = self._database.read(lambda db: db.execute(query, (sha256,)).fetchone(), None)
        if row is None:
            return None
        try:
            content = zlib.decompressobj().decompress(row[0], _BODY_BYTES)
        except (zlib.error, TypeError):
            content = b""
        if hashlib.sha256(content).hexdigest() == sha256:
            return content
        self._database.run(lambda db: db.execute("DELETE FROM body WHERE sha256 = ?", (sha256,)), None)
        return None

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def _prune(self, db: sqlite3.Connection) -> None:
        """Drop what nobody may use any more, once a process."""
        now = self._clock().timestamp()
        db.execute("DELETE FROM answer WHERE usable_until < ?", (now,))
        db.execute("DELETE FROM body WHERE usable_until < ?", (now,))
        self._pruned = True


def _lifetimes(source: Source, answer: Answer, cited_year: int | None, now: datetime) -> tuple[timedelta, timedelta]:
    """How long an answer is fresh, and how long it may stand in where the registry cannot be asked."""
    if isinstance(answer, DoiExists) or (isinstance(answer, Found) and answer.works):
        return (_RETRACTION if source.tells_retractions else _POSITIVE), _POSITIVE
    new = cited_year is None or cited_year >= now.year - 1
    negative = _NEGATIVE_OF_NEW_WORK if new else _NEGATIVE
    return negative, negative


def _read(outcome: str, written: str) -> Answer | None:
    try:
        answer: Answer = _adapter(outcome).validate_json(written)
        return replace(answer, asked=replace(answer.asked, from_cache=True))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


@cache
def _adapter(outcome: str) -> TypeAdapter[Any]:
    """Reads and writes one class of answers as JSON."""
    from pydantic import TypeAdapter

    return TypeAdapter({each.__name__: each for each in (Found, DoiExists, DoiUnknown)}[outcome])
