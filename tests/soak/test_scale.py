"""A million flags on SQLite, a hundred thousand on PostgreSQL: how long pages, next items and searches take."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text

from citations.types import Status
from tests.soak.children import finding
from tests.verifier.samples import claim_finding
from verifier.fingerprint import short_digest
from verifier.store.connect import closing_engine, connect, writing_to
from verifier.store.filters import QueueFilter
from verifier.store.queue import count, flag, neighbours, next_flag, queue, same_work
from verifier.store.reviews import FlagState
from verifier.store.stored import FlagKind
from verifier.store.wire import finding_json, flagged_json
from verifier.types import Stance

FLAGS = {
    "sqlite": int(os.environ.get("FACTPROBE_SOAK_ROWS", "1000000")),
    "postgresql": int(os.environ.get("FACTPROBE_SOAK_ROWS", "1000000")) // 10,
}
PAPERS = 5_000
SKIPPED = 2_000
"""The gravest flags, all of which one reviewer has left for later."""
TIMES = 40
AT_ONCE = 50_000
Clock = Callable[[], float]
PAGE_MS, NEXT_MS, SEARCH_MS = 100.0, 50.0, 200.0
"""The longest that 95 of 100 may take."""

PAGES = {
    "open": QueueFilter(),
    "any state": QueueFilter(state=None),
    "rejected": QueueFilter(state=FlagState.REJECTED),
    "fabricated": QueueFilter(verdict=Status.FABRICATED),
    "retracted, of which there are few": QueueFilter(verdict=Status.RETRACTED),
    "mismatch in any state": QueueFilter(verdict=Status.MISMATCH, state=None),
    "claims": QueueFilter(kind=FlagKind.CLAIM),
    "claims in any state": QueueFilter(kind=FlagKind.CLAIM, state=None),
    "not supported": QueueFilter(verdict=Stance.NOT_SUPPORTED),
    "references": QueueFilter(kind=FlagKind.REFERENCE),
    "one paper": QueueFilter(paper="paper17.pdf"),
    "one paper in any state": QueueFilter(paper="paper17.pdf", state=None),
    "a paper that is not there": QueueFilter(paper="nothing.pdf"),
    "risk above 0.99": QueueFilter(risk_above=0.99),
    "risk above 0.9999": QueueFilter(risk_above=0.9999),
    "risk above 0.9 of mismatches": QueueFilter(risk_above=0.9, verdict=Status.MISMATCH),
    "claims with risk above 0.99": QueueFilter(kind=FlagKind.CLAIM, risk_above=0.99),
}
SEARCHES = {
    "a rare word": "topic123",
    "a common word": "study",
    "two words": "study topic12",
    "a common and a rare word": "study topic4567",
    "a word that is nowhere": "xylophone",
    "a paper": "paper17",
    "one letter": "s",
    "a phrase": "study of topic77 in field3",
}


@pytest.mark.soak
def test_pages_items_and_searches_are_quick_however_many_flags_there_are(database):
    with closing_engine(connect(database)) as engine:
        started_at = time.monotonic()
        number = FLAGS[engine.dialect.name]
        fill(engine, number)
        print(f"{engine.dialect.name}: {number} flags made in {time.monotonic() - started_at:.0f} s")
        clock = _clock(engine)
        slow = [*_pages(engine, clock), *_items(engine, clock), *_searches(engine, clock)]
    assert slow == []


def _pages(engine: Engine, clock: Clock) -> list[str]:
    slow = []
    for name, wanted in PAGES.items():
        cursors = ["", queue(engine, wanted, limit=50).after, "700000.500000", "500400.20000"]
        slow += _timed(
            clock,
            f"page: {name}",
            PAGE_MS,
            lambda turn, w=wanted, after=cursors: queue(engine, w, after=after[turn % 4]),
        )
        slow += _timed(clock, f"count: {name}", PAGE_MS, lambda _, w=wanted: count(engine, w))
    return slow


def _items(engine: Engine, clock: Clock) -> list[str]:
    slow = []
    for name in ("zoe", "ana"):
        for kind, wanted in PAGES.items():
            slow += _timed(
                clock, f"next: {kind}, {name}", NEXT_MS, lambda _, who=name, w=wanted: next_flag(engine, who, w)
            )
    numbers = [each.id for each in queue(engine, limit=500).items]
    slow += _timed(clock, "item", NEXT_MS, lambda turn: flag(engine, numbers[turn]))
    slow += _timed(clock, "neighbours", NEXT_MS, lambda turn: neighbours(engine, numbers[turn]))
    return slow + _timed(clock, "same work", NEXT_MS, lambda turn: same_work(engine, numbers[turn]))


def _searches(engine: Engine, clock: Clock) -> list[str]:
    slow = []
    for name, words in SEARCHES.items():
        for state in (FlagState.OPEN, None):
            wanted = QueueFilter(search=words, state=state)
            of = "open" if state else "all"
            slow += _timed(clock, f"search: {name}, {of}", SEARCH_MS, lambda _, w=wanted: queue(engine, w))
            slow += _timed(clock, f"count: {name}, {of}", SEARCH_MS, lambda _, w=wanted: count(engine, w))
    return slow


def _clock(engine: Engine) -> Clock:
    """Seconds that this process and the database's have worked, which other work on the machine does not lengthen."""
    if engine.dialect.name == "sqlite":
        return time.process_time
    with engine.connect() as connection:
        server = Path(f"/proc/{connection.execute(text('SELECT pg_backend_pid()')).scalar()}/schedstat")
    return lambda: time.process_time() + int(server.read_text(encoding="ascii").split()[0]) / 1e9


def _timed(clock: Clock, name: str, limit_ms: float, work: Callable[[int], object]) -> list[str]:
    """The name, if it takes longer than it may."""
    took, waited = [], []
    for turn in range(TIMES):
        started_at, worked_s = time.perf_counter(), clock()
        work(turn)
        took.append(1000 * (clock() - worked_s))
        waited.append(1000 * (time.perf_counter() - started_at))
        if turn == 2 and min(took) > 10 * limit_ms:
            break
    high, longest = _p95(took), _p95(waited)
    mark = "" if high < limit_ms else "  SLOW"
    print(
        f"  {name:<48} median {statistics.median(took):7.1f} ms, p95 {high:7.1f} ms, by the clock {longest:7.1f} ms{mark}"
    )
    return [] if high < limit_ms else [f"{name}: {high:.0f} ms"]


def _p95(values: list[float]) -> float:
    return sorted(values)[int(0.95 * (len(values) - 1))]


def fill(engine: Engine, number: int) -> None:
    """Flags of every kind in every state, each in one of many papers, some decided, some skipped."""
    template = finding(0)
    title = template.checked.reference.fields.title
    claim = claim_finding(Stance.NOT_SUPPORTED)
    values = {
        "finding": finding_json(template).replace(title, "TITLE"),
        "claim": flagged_json(claim).replace(claim.claim.text, "TITLE"),
        "at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    papers = [{"n": each, "d": short_digest(f"paper{each}.pdf"), "p": f"paper{each}.pdf"} for each in range(PAPERS)]
    for start in range(0, number, AT_ONCE):
        with writing_to(engine) as connection:
            _fill_flags(connection, values | {"start": start + 1, "end": min(number, start + AT_ONCE)})
    with writing_to(engine) as connection:
        connection.execute(text("CREATE TEMPORARY TABLE some_papers (n INTEGER PRIMARY KEY, d TEXT, p TEXT)"))
        connection.execute(text("INSERT INTO some_papers VALUES (:n, :d, :p)"), papers)
        connection.execute(
            text(
                "INSERT INTO flag_papers (flag_id, paper_digest, paper, seen_at)"
                f" SELECT id, d, p, last_seen_at FROM flags JOIN some_papers ON n = flags.id % {PAPERS}"
            )
        )
        review = "INSERT INTO reviews (flag_id, reviewer, answer, at, note, fact, status)"
        connection.execute(
            text(
                f"{review} SELECT id, 'reviewer' || (id % 5), CASE state WHEN 'accepted' THEN 'accept' ELSE 'reject' END,"
                " last_seen_at, '', '', '' FROM flags WHERE state != 'open'"
            )
        )
        gravest = f"SELECT id FROM flags WHERE state = 'open' ORDER BY rank DESC, id DESC LIMIT {SKIPPED}"
        connection.execute(
            text(f"{review} SELECT id, 'ana', 'skip', :at, '', '', '' FROM ({gravest}) AS gravest"),
            {"at": values["at"]},
        )
        connection.execute(text("DROP TABLE some_papers"))
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))  # which the server does by itself after a while


def _fill_flags(connection: Connection, values: dict[str, object]) -> None:
    if connection.dialect.name == "sqlite":
        numbers = "WITH RECURSIVE s(n) AS (SELECT :start UNION ALL SELECT n + 1 FROM s WHERE n < :end) SELECT n FROM s"
        fingerprint = "printf('%032x', n)"
    else:
        numbers = "SELECT generate_series(CAST(:start AS integer), CAST(:end AS integer)) AS n"
        fingerprint = "lpad(to_hex(n), 32, '0')"
    title = "'A study of topic' || (n % 9973) || ' in field' || (n % 97)"
    kind = "CASE WHEN n % 200 = 0 THEN 'claim' ELSE 'reference' END"
    status = (
        "CASE WHEN n % 200 = 0 THEN 'not_supported' WHEN n % 5000 = 1 THEN 'retracted' WHEN n % 50 = 1 THEN 'fabricated'"
        " WHEN n % 3 = 0 THEN 'not_found' ELSE 'mismatch' END"
    )
    base = (
        "CASE WHEN n % 200 = 0 THEN 400000 WHEN n % 5000 = 1 THEN 800000 WHEN n % 50 = 1 THEN 900000"
        " WHEN n % 3 = 0 THEN 600000 ELSE 500000 END"
    )
    risk = "((CAST(n AS bigint) * 7919) % 10007) / 10007.0"
    state = (
        "CASE WHEN n % 10 < 6 THEN 'open' WHEN n % 10 < 8 THEN 'accepted' WHEN n % 100 = 99 THEN 'disputed'"
        " ELSE 'rejected' END"
    )
    statement = (
        "INSERT INTO flags (fingerprint, fact, kind, subject, subject_digest, status, decision, excerpt, finding, searchable,"
        " first_scan_id, last_scan_id, seen, created_at, last_seen_at, state, risk, rank, quorum, blind, context)"
        f" SELECT {fingerprint}, {fingerprint}, {kind}, title, {fingerprint.replace('n)', 'n / 3)')}, {status}, 'flag', title,"
        f" replace(CASE WHEN n % 200 = 0 THEN :claim ELSE :finding END, 'TITLE', title),"
        f" title || ' paper' || (n % {PAPERS}) || '.pdf', 1, 1, 1, :at, :at, {state}, {risk},"
        f" {base} + CAST(1000 * {risk} AS integer), 1, false, ''"
        f" FROM (SELECT n, {title} AS title FROM ({numbers}) AS numbers) AS made"
    )
    connection.execute(text(statement), values)
