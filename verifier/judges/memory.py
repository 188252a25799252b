"""What judges said and what they are worth, kept in the cache folder: numbers under digests, never the text under test."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from threading import Lock

from verifier.judges.admission import TEST_VERSION, Skill, Standing, admit
from verifier.judges.interface import Answers, AskAfresh, Budget, Judge, Reply, SameWorkQuestion, SupportQuestion
from verifier.judges.model_judge import NO_NUMBERS
from verifier.judges.prompt import PROMPT_VERSION

_LOG = logging.getLogger(__name__)

_FILE = "judges.sqlite3"
_SCHEMA = "CREATE TABLE IF NOT EXISTS said (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"
_BUSY_S = 2.0


class Memory:
    """A small table of JSON under digests. A folder that cannot be written is a slower memory, never an error."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._lock = Lock()
        self._held: dict[str, str] = {}
        self._database: sqlite3.Connection | None = None
        self._broken = folder is None

    def get(self, key: str) -> str | None:
        """What was kept under the key."""
        with self._lock:
            if key in self._held:
                return self._held[key]
            row = None
            with self._guarded() as database:
                row = database.execute("SELECT value FROM said WHERE key = ?", (key,)).fetchone()
            return None if row is None else str(row[0])

    def put(self, key: str, value: str) -> None:
        """Keep a value."""
        with self._lock:
            self._held[key] = value
            with self._guarded() as database, database:
                database.execute("INSERT OR REPLACE INTO said VALUES (?, ?)", (key, value))

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._database is not None:
                self._database.close()
                self._database = None

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[sqlite3.Connection]:
        """The database; what goes wrong with it is noted once and ends its use."""
        database = self._opened()
        if database is None:
            database = sqlite3.connect(":memory:")
            database.execute(_SCHEMA)
            with contextlib.closing(database):
                yield database
            return
        try:
            yield database
        except sqlite3.Error as error:
            self._broken = True
            _LOG.warning("what judges said is not kept: %s", error)

    def _opened(self) -> sqlite3.Connection | None:
        if self._database is None and not self._broken and self._folder is not None:
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                self._database = sqlite3.connect(self._folder / _FILE, timeout=_BUSY_S, check_same_thread=False)
                self._database.execute("PRAGMA journal_mode = WAL")
                self._database.execute(_SCHEMA)
            except (OSError, sqlite3.Error) as error:
                self._broken = True
                _LOG.warning("what judges said is not kept: %s", error)
        return None if self._broken else self._database


class RememberingJudge:
    """A judge that is asked everything but once, and tested but once; it closes the judge only if it ``owns`` it."""

    def __init__(self, judge: Judge, memory: Memory, *, owns: bool = True) -> None:
        self.judge = judge
        self._owns = owns
        self._memory = memory
        self._standing: Standing | None = None

    @property
    def name(self) -> str:
        """The judge's name."""
        return self.judge.name

    @property
    def identity(self) -> str:
        """The judge's identity."""
        return self.judge.identity

    @property
    def was_tested(self) -> bool:
        """Whether its standing is known from here or from an earlier process."""
        return self._standing is not None or self._memory.get(self._standing_key) is not None

    @property
    def _standing_key(self) -> str:
        return _key("standing", TEST_VERSION, PROMPT_VERSION, self.identity)

    def standing(self, budget: Budget | None = None) -> Standing:
        """What the judge is worth; tested now if it never was, in the time that the budget has left.

        A test that ran out of time goes on with the next text where it stopped; one that failed otherwise is tried again by
        the next process. The calls of a test are not counted.
        """
        if self._standing is not None:
            return self._standing
        kept = self._memory.get(self._standing_key)
        within = Budget(None if budget is None or budget.left_s == float("inf") else budget.left_s)
        found = _read_standing(kept) if kept else admit(self, within)
        if not kept and found.support is not None:
            self._memory.put(self._standing_key, json.dumps(asdict(found)))
        if found.support is not None or within.left_s > 0:
            self._standing = found
        return found

    def support(self, questions: Sequence[SupportQuestion], budget: Budget) -> Iterator[Reply]:
        """Whether the passages bear out the claims."""
        keys = [_key("support", PROMPT_VERSION, self.identity, each.claim, *each.passages) for each in questions]
        known = [self._recalled(key) for key in keys]
        fresh = iter(
            self.judge.support([q for q, reply in zip(questions, known, strict=True) if reply is None], budget)
        )
        yield from self._merged(keys, known, fresh)

    def same_work(self, questions: Sequence[SameWorkQuestion], budget: Budget) -> Iterator[Reply]:
        """Whether the records are the cited works."""
        keys = [_key("same", PROMPT_VERSION, self.identity, q.reference.raw, repr(q.work.fields)) for q in questions]
        known = [self._recalled(key) for key in keys]
        left = [question for question, reply in zip(questions, known, strict=True) if reply is None]
        yield from self._merged(keys, known, iter(self.judge.same_work(left, budget)))

    def answer(self, question: AskAfresh, budget: Budget) -> Answers:
        """The question answered from memory: the model's, and anew each time."""
        return self.judge.answer(question, budget)

    def close(self) -> None:
        """Release the file, and the judge unless it is somebody else's."""
        if self._owns:
            self.judge.close()
        self._memory.close()

    def _recalled(self, key: str) -> Reply | None:
        kept = self._memory.get(key)
        try:
            reply = _sound(Reply(*json.loads(kept))) if kept else None
        except (TypeError, ValueError):
            return None
        return None if reply is None or reply.unavailable else reply

    def _merged(self, keys: Sequence[str], known: Sequence[Reply | None], fresh: Iterator[Reply]) -> Iterator[Reply]:
        """The replies in their order; a judge that gives too few is unavailable for the rest."""
        for key, reply in zip(keys, known, strict=True):
            if reply is not None:
                yield reply
                continue
            said = _sound(next(fresh, Reply(unavailable="the judge gave no answer")))
            if not said.unavailable:
                self._memory.put(key, json.dumps([said.probability, said.contradicted]))
            yield said


def _sound(reply: Reply) -> Reply:
    """The reply, unless its numbers are no probabilities: those of a judge of one's own must not become a verdict."""
    numbers = (reply.probability, reply.contradicted)
    if all(each is None or 0 <= each <= 1 for each in numbers):
        return reply
    return Reply(unavailable=NO_NUMBERS)


def _key(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _read_standing(kept: str) -> Standing:
    found = json.loads(kept)
    support, same_work = (Skill(**found[job]) if found[job] else None for job in ("support", "same_work"))
    return Standing(support, same_work, found.get("why_not", ""))
